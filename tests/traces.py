"""What the tracing JIT made of a piece of code: its hot loops and the operations in them.

`loops` runs a script in another PyPy with ``PYPYLOG=jit-log-opt:FILE`` and reads the log.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOCATIONS = ("new", "new_with_vtable", "new_array", "new_array_clear", "newstr", "newunicode", "call_malloc_nursery",
               "call_malloc_nursery_varsize", "raw_malloc")

SECTION = re.compile(r"\[[0-9a-f]+\] \{jit-log-opt-(loop|bridge)\n(.*?)\[[0-9a-f]+\] jit-log-opt-\1\}", re.S)
OPERATION = re.compile(r"^(?:\+\d+: )?(?:(\w+) = )?([a-z]\w*)\((.*)\)", re.M)
# 'f;file.py:3-5~#12 LOAD_FAST', and as older PyPys write it, '<code object f. file 'file.py'. line 3> #12 LOAD_FAST'
WHERE = re.compile(r"debug_merge_point\(\d+, \d+, '(?:<code object )?([^;.']+)(?:;|\. file ')")
# What an inlined function costs that calls out: the reference by which its frame could still be found.
FRAME = re.compile(r"setfield_gc\((\w+), [^)]*JitVirtualRef\.virtual_token")


class Loop:
    """One compiled loop or bridge: the code that it goes through and its operations, of the loop proper where it is peeled."""

    def __init__(self, kind, text):
        self.kind, self.text = kind, text
        labels = [match.start() for match in re.finditer(r"^(?:\+\d+: )?label\(", text, re.M)]
        self.body = text[labels[-1]:] if labels else text
        self.functions = [match.group(1) for match in WHERE.finditer(self.body)]
        frames = set(FRAME.findall(self.body))
        self.operations = Counter()
        for result, name, arguments in OPERATION.findall(self.body):
            if name in ("debug_merge_point", "label"):
                continue
            if name == "new_with_vtable" and result in frames:
                name = "frame"
            elif name.startswith("call_may_force") and "action_dispatcher" in arguments:
                name = "dispatch"                      # the VM's own tick: one was due just when the loop was traced
            self.operations[name] += 1

    def __getitem__(self, name):
        return self.operations[name]

    @property
    def allocations(self):
        """{operation: how often} of what allocates, but for the references to inlined frames (``frame``: 24 bytes of the nursery)."""
        return {name: n for name, n in self.operations.items()
                if name in ALLOCATIONS or name.startswith(("call", "cond_call")) and "malloc" in name}

    def calls(self, prefix="call"):
        """How many operations' names begin with `prefix`, such as ``call_release_gil`` with its suffixes."""
        return sum(n for name, n in self.operations.items() if name.startswith(prefix))

    def lines(self):
        """The body without what is only for the reader."""
        return "\n".join(line for line in self.body.splitlines() if "debug_merge_point" not in line)


def read_log(text):
    """[Loop] of a jit-log-opt."""
    return [Loop(match[1], match[2]) for match in SECTION.finditer(text)]


def loops(script, *arguments):
    """[Loop] of the JIT's log when `script` (source text) is run; AssertionError with its output if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        file = Path(folder) / "script.py"
        file.write_text(script)
        done = subprocess.run([sys.executable, str(file), *map(str, arguments)], cwd=ROOT, capture_output=True, text=True,
                              env=dict(os.environ, PYPYLOG=f"jit-log-opt:{log}", PYTHONPATH=str(ROOT)))
        assert done.returncode == 0, done.stdout + done.stderr
        return read_log(log.read_text(errors="replace"))


HOT = """
def hot({parameters}):
    total = 0
    i = 0
    while i < 5000:
        {body}
        i += 1
    return total

hot({given})
"""


def hot_loop(setup, parameters, given, body, *arguments):
    """The last compiled loop of a function with these `parameters`, called with the expressions `given` after `setup`, that does `body` again and
    again (`i` counts, `total` is returned); `arguments` are the script's."""
    script = setup + HOT.format(parameters=parameters, given=given, body=body)
    found = [loop for loop in loops(script, *arguments) if loop.kind == "loop" and loop.functions and loop.functions[0] == "hot"]
    assert found, "no loop was compiled"
    return found[-1]
