"""``python -m tests.cppbind.checklist [NAMES]``: the programs on cppyy 3.5 and on cppbind, under CPython, side by side; a table by section.

A process runs as many programs as it lives through, and writes a line of JSON for each outcome.
"""

import json
import os
import subprocess
import sys
import traceback
from collections import Counter
from pathlib import Path

from tests.cppbind.checklist import load

ROOT = Path(__file__).resolve().parents[3]
NO_COMPILER = dict.fromkeys(("CPPBIND_LLVM", "PATH"), "/nonexistent")


def one(binder, names):
    """Run programs in this process, for better or worse; `binder` is cppyy, cppbind or the path of a dictionary for cppbind."""
    if binder == "cppyy":
        import cppyy
    else:
        import cppbind as cppyy
    frozen = binder not in ("cppyy", "cppbind")
    if frozen:
        cppyy.load_reflection_info(binder)
    for name in names:
        program = load()[name]
        print(json.dumps([name, "running"]), flush=True)
        try:
            if not frozen:
                cppyy.cppdef(program.source())
            program(cppyy)
        except BaseException:
            outcome = traceback.format_exc()
        else:
            outcome = None
        print(json.dumps([name, outcome]), flush=True)


def outcomes(python, binder, names):
    """{name: None or what went wrong}; a process that dies is followed by another for the rest."""
    found, left = {}, list(names)
    more = {} if binder in ("cppyy", "cppbind") else NO_COMPILER
    while left:
        done = subprocess.run([python, "-c", "import sys; from tests.cppbind.checklist.__main__ import one; one(sys.argv[1], sys.argv[2:])", binder, *left],
                              capture_output=True, text=True, cwd=ROOT, env={**os.environ, **more, "PYTHONPATH": str(ROOT)})
        reached = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
        if not reached:
            sys.exit(done.stderr)
        found.update(reached)
        last = reached[-1][0]
        if found[last] == "running":
            found[last] = f"the process died ({done.returncode})\n{done.stderr[-2000:]}"
        left = [name for name in left if name not in found]
    return found


def main():
    from microbench import machines
    from microbench.cppbind.__main__ import environment, installed
    parts = sys.argv[1:]
    programs = {name: program for name, program in load().items() if not parts or any(part in name or part in program.section for part in parts)}
    python = environment(machines.find_cpython()["executable"])
    for package in ("cppyy", "pytest", "cffi"):
        installed(python, package)
    theirs, ours = outcomes(python, "cppyy", programs), outcomes(python, "cppbind", programs)
    bad, count = 0, Counter()
    for name, program in programs.items():
        count[program.section, "programs"] += 1
        count[program.section, "cppyy"] += theirs[name] is None
        count[program.section, "cppbind"] += ours[name] is None
        if ours[name] is not None:
            bad += 1
            print(f"cppbind fails: {name}\n{ours[name]}")
        if (theirs[name] is None) == (program.cppyy is not None):
            bad += 1
            print(f"cppyy {'passes, which its program denies' if theirs[name] is None else 'fails'}: {name}\n{theirs[name] or program.cppyy}")
    print(f"{'section':20} {'programs':>9} {'cppyy':>6} {'cppbind':>8}")
    for section in dict.fromkeys(program.section for program in programs.values()):
        print(f"{section:20} {count[section, 'programs']:9} {count[section, 'cppyy']:6} {count[section, 'cppbind']:8}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
