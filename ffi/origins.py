"""Where preprocessed text comes from: which of the files that were read make up the named headers' library."""

import os
import re
from bisect import bisect_right

LINE = re.compile(r'^#[ \t]*(?:(\d+)[ \t]+"((?:\\.|[^"\\])*)"([ \d]*)|include(?:_next)?[ \t]*(["<])).*$', re.M)
INTERNAL = ("bits", "asm", "asm-generic", "gnu")       # folders of the C library whose files only its own headers include


class Origins:
    """Which file and line each part of preprocessed text comes from, and whether that file is of the named headers' library.

    A file is if it is a named header; or if one that is includes it and it lies in the same folder (one of the system's search
    path does not count), is included by "..." quotes, has the same base name (<poll.h> is <sys/poll.h>), or is internal to the C library.
    """

    def __init__(self, text, headers, roots):
        self.headers, self.roots = headers, set(roots)
        self.starts, self.lines, self.paths = [0], [1], ["<built-in>"]
        self.own = {}                                  # path -> True if it is of the library
        stack, quoted = ["<stdin>"], False
        for m in LINE.finditer(text):
            number, path, flags, quote = m.groups()
            if quote:
                quoted = quote == '"'
                continue
            words = flags.split()
            if "1" in words:
                if not self.own.get(path):
                    self.own[path] = self.belongs(path, stack[-1], quoted)
                stack.append(path)
                quoted = False
            elif "2" in words and len(stack) > 1:
                stack.pop()
            elif path[:1] == "<":
                stack = [path]
            self.starts.append(m.end() + 1)
            self.lines.append(int(number))
            self.paths.append(path)
        self.text = text

    def belongs(self, path, includer, quoted):
        if includer == "<stdin>":
            return True
        if any(path == os.path.abspath(h) if h.startswith(".") else path == h or path.endswith("/" + h) for h in self.headers):
            return True
        if not self.own.get(includer):
            return False
        folder = os.path.dirname(path)
        if quoted or os.path.basename(path) == os.path.basename(includer) or os.path.basename(folder) in INTERNAL:
            return True
        return folder == os.path.dirname(includer) and os.path.realpath(folder) not in self.roots

    def files(self):
        """All files that were read."""
        return sorted({path for path in self.paths if path[:1] != "<"})

    def place(self, offset):
        """The index of the stretch of text that `offset` lies in, for the other methods."""
        return bisect_right(self.starts, offset) - 1

    def is_own(self, offset):
        return self.own.get(self.paths[self.place(offset)], False)

    def line(self, offset):
        """(path, line) of a place."""
        at = self.place(offset)
        return self.paths[at], self.lines[at] + self.text.count("\n", self.starts[at], offset)
