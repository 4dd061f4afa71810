"""Show progress of long work: a bar on a terminal, a line a step elsewhere."""

import sys
import time


class Progress:
    """Use as ``with Progress("build", total) as progress``, and call ``progress.step("compile wrapt")`` as each step begins."""

    def __init__(self, title, total, stream=None):
        self.title = title
        self.total = total
        self.stream = stream or sys.stderr
        self.begun = 0
        self.start = time.monotonic()
        self._bar = None

    def __enter__(self):
        if self.stream.isatty():
            from rich.console import Console    # only where there is a terminal: it takes a while to import
            from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeElapsedColumn
            self._bar = Bar(TextColumn("{task.fields[title]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                            TextColumn("{task.description}"), console=Console(file=self.stream), transient=True)
            self._task = self._bar.add_task("", total=self.total, title=self.title)
            self._bar.start()
        return self

    def step(self, text):
        """The step before is done, and `text` begins."""
        self.begun += 1
        if self._bar:
            self._bar.update(self._task, completed=self.begun - 1, description=text)
        else:
            seconds = time.monotonic() - self.start
            print(f"{self.title}: [{self.begun}/{self.total}] {text} ({seconds:.0f} s)", file=self.stream, flush=True)

    def __exit__(self, *_):
        if self._bar:
            self._bar.stop()
