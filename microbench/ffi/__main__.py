"""``python -m microbench.ffi``: ffi, cffi and ctypes on CPython and PyPy, in one run; prints a table, writes a JSON file."""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from microbench import machines
from microbench.__main__ import matches
from microbench.ffi.operations import EMPTY, OPERATIONS
from microbench.report import median
from tools import get_pypy
from tools.readme import fill

HERE = Path(__file__).resolve().parent
BINDINGS = ("ffi", "cffi", "ctypes")
FIND = {"cpython": machines.find_cpython, "pypy": machines.find_pypy}
BEYOND_NOISE = 1.1                          # what two runs of one thing may differ by
NURSERY = "1M"                              # PyPy's, by default as large as the machine's cache: some collections fall into each turn
LEAST = 1.0                                 # ns that do not count


def arguments():
    parser = argparse.ArgumentParser(prog="python -m microbench.ffi", description=__doc__.split(": ", 1)[1])
    parser.add_argument("--runs", type=int, default=3, help="fresh processes a machine; the median counts (default 3)")
    parser.add_argument("--machines", default=",".join(FIND), help="which, comma-separated (default: both)")
    parser.add_argument("--only", metavar="PATTERN", help="operations whose name contains this, or matches it if it has a *")
    parser.add_argument("--json", metavar="FILE", type=Path, default=machines.ROOT / "build" / "bench-ffi.json",
                        help="where the numbers go (default build/bench-ffi.json)")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/ffi.md")
    parser.add_argument("--check", action="store_true", help="exit non-zero if an operation is slower than cffi")
    options = parser.parse_args()
    options.operations = [one.name for one in OPERATIONS if matches(options.only, one.name)]
    if not options.operations:
        parser.error(f"no operation is named like {options.only!r}")
    unknown = set(options.machines.split(",")) - set(FIND)
    if unknown:
        parser.error(f"no such machine: {', '.join(sorted(unknown))}; there are {', '.join(FIND)}")
    return options


def library():
    """The path of own.c, compiled; beside it the compiled modules may be put."""
    source = HERE / "own.c"
    folder = machines.BUILD / "ffi" / hashlib.sha256(source.read_bytes()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.c").write_bytes(source.read_bytes())
    target = folder / "own.so"
    if not target.exists():
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-fPIC", "-shared", str(source), "-o", str(target)], check=True)
    return target


def headers(machine, executable):
    """Folders of a Python.h that the interpreter does not find by itself: PyPy's packages have them apart."""
    if machine != "pypy":
        return []
    try:
        return [str(folder) for folder in get_pypy.peer_headers(executable)]
    except (OSError, subprocess.CalledProcessError):
        return []


def run(machine, executable, target, names):
    """{operation: {binding: ns or text}} of one fresh process."""
    done = subprocess.run([executable, "-m", "microbench.ffi.worker", str(target), json.dumps(headers(machine, executable)), json.dumps(names)],
                          cwd=machines.ROOT, env={**os.environ, "PYPY_GC_NURSERY": NURSERY}, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise machines.Unavailable(f"its process ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(found, target, names, runs):
    """{machine: {operation: {binding: median ns or text}}}; the machines take turns."""
    taken = {name: [] for name in found}
    for number in range(runs):
        for name, executable in found.items():
            print(f"microbench.ffi: run {number + 1}/{runs}, {name}", file=sys.stderr, flush=True)
            taken[name].append(run(name, executable, target, names))
    return {name: {one: {binding: median([row[one][binding] for row in rows]) for binding in rows[0][one]} for one in names}
            for name, rows in taken.items()}


def table(results, names):
    columns = [(machine, binding) for machine in results for binding in (*BINDINGS, "ffi/cffi")]
    rows = [["ns per operation", *(f"{machine} {binding}" if binding in BINDINGS else binding for machine, binding in columns)]]
    for name in names:
        rows.append([name, *(cell(results[machine][name], binding) for machine, binding in columns)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(text.ljust(width) if not i else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))).rstrip()
                     for row in rows)


def cell(row, binding):
    if binding == "ffi/cffi":
        return f"{row['ffi'] / row['cffi']:.2f}" if all(isinstance(row.get(b), float) for b in ("ffi", "cffi")) else ""
    value = row.get(binding)
    return "" if value is None else "failed" if isinstance(value, str) else f"{value:.1f}"


def slower(results):
    """A sentence for each operation that takes longer than with cffi."""
    return [f"{machine}: {name} takes {row['ffi']:.1f} ns, with cffi {row['cffi']:.1f}" for machine, rows in results.items()
            for name, row in rows.items() if name != EMPTY and cell(row, "ffi/cffi")
            and row["ffi"] > row["cffi"] * BEYOND_NOISE + LEAST]


def main():
    options = arguments()
    found = {}
    for name in options.machines.split(","):
        try:
            found[name] = FIND[name]()["executable"]
        except machines.Unavailable as reason:
            print(f"microbench.ffi: {name} is left out: {reason}", file=sys.stderr)
    if not found:
        sys.exit("microbench.ffi: no machine to run on")
    try:
        results = measure(found, library(), options.operations, options.runs)
    except machines.Unavailable as reason:
        sys.exit(f"microbench.ffi: {reason}")
    print(table(results, options.operations))
    for machine, rows in results.items():
        for name, row in rows.items():
            for binding, value in row.items():
                if isinstance(value, str):
                    print(f"{machine}, {binding}, {name}: {value}", file=sys.stderr)
    if options.docs:
        fill("bench", f"```\n{table(results, options.operations)}\n```", machines.ROOT / "docs" / "ffi.md")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=1) + "\n")
    sentences = slower(results)
    print("\n".join(sentences) or "no operation is slower than with cffi")
    return 1 if options.check and sentences else 0


if __name__ == "__main__":
    sys.exit(main())
