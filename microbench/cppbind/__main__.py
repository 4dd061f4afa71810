"""``python -m microbench.cppbind``: cppbind on PyPy and CPython beside cppyy and pybind11 on CPython, in one run; prints a table."""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from microbench import machines
from microbench.__main__ import matches
from microbench.cppbind.operations import OPERATIONS
from microbench.report import median
from tools.readme import fill

HERE = Path(__file__).resolve().parent
NURSERY = "4M"                             # PyPy's, on most machines; where it is as large as a large cache, runs with and without a collection differ
FOLDER = machines.ROOT / "build" / "cppbind-bench"
PACKAGES = {"cppyy": "cppyy==3.5.0", "pybind11": "pybind11"}
COLUMNS = ("PyPy cppbind", "CPython cppbind", "CPython cppyy", "CPython pybind11")
START = "import sys; sys.stdout.write('')", """
import cppbind
cppbind.cppdef("class MyClass { public: MyClass(int i = -99) : m_myint(i) {} int GetMyInt() { return m_myint; } int m_myint; };")
assert cppbind.gbl.MyClass().GetMyInt() == -99
""", """
import cppbind
v = cppbind.gbl.std.vector[int]([1, 2]); m = cppbind.gbl.std.map["std::string", int](); m["x"] = v[1]
assert m["x"] == 2
"""


def arguments():
    parser = argparse.ArgumentParser(prog="python -m microbench.cppbind", description=__doc__.split(": ", 1)[1])
    parser.add_argument("--runs", type=int, default=3, help="fresh processes a column; the median counts (default 3)")
    parser.add_argument("--only", metavar="PATTERN", help="operations whose name contains this, or matches it if it has a *")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/cppbind.md")
    parser.add_argument("--start", action="store_true", help="only the time from a process's start to the first call")
    options = parser.parse_args()
    options.operations = [one.name for one in OPERATIONS if matches(options.only, one.name)]
    if not options.operations:
        parser.error(f"no operation is named like {options.only!r}")
    return options


def say(text):
    print(f"microbench.cppbind: {text}", file=sys.stderr, flush=True)


def environment(cpython):
    """The Python of a venv, made on first need, which the others are installed into."""
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        say("making a virtual environment for cppyy and pybind11")
        subprocess.run([cpython, "-m", "venv", str(FOLDER / "venv")], check=True, stdout=subprocess.DEVNULL)
    return str(python)


def installed(python, package):
    """Have a package in the venv; raises Unavailable with the reason."""
    if subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode == 0:
        return
    say(f"installing {package}")
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGES.get(package, package)], capture_output=True, text=True)
    if not done.returncode:
        done = subprocess.run([python, "-c", f"import {package}"], capture_output=True, text=True)
    if done.returncode:
        raise machines.Unavailable((done.stderr.strip().splitlines() or ["it does not start"])[-1])


def build_pybind(python):
    """own_pybind, compiled for the venv's Python."""
    ask = "import pybind11, sysconfig; print(pybind11.get_include(), sysconfig.get_path('include'), sysconfig.get_config_var('EXT_SUFFIX'))"
    pybind, include, suffix = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True).stdout.split()
    target = FOLDER / f"own_pybind{suffix}"
    if not target.exists() or target.stat().st_mtime < max(path.stat().st_mtime for path in (HERE / "own.h", HERE / "pybind.cpp")):
        say("compiling the module for pybind11")
        subprocess.run([os.environ.get("CXX", "g++"), "-O2", "-fPIC", "-shared", "-std=c++17", "-fvisibility=hidden", f"-I{pybind}", f"-I{include}",
                        str(HERE / "pybind.cpp"), "-o", str(target)], check=True)


def columns():
    """{column: (executable, binder)}, {column: why it is left out}."""
    found, missing = {}, {}

    def add(column, make):
        try:
            found[column] = make(), column.split()[1]
        except (machines.Unavailable, OSError, subprocess.CalledProcessError) as reason:
            missing[column] = str(reason)

    def other(package, then=lambda python: None):
        python = environment(machines.find_cpython()["executable"])
        installed(python, package)
        then(python)
        return python
    add("PyPy cppbind", lambda: machines.find_pypy()["executable"])
    add("CPython cppbind", lambda: machines.find_cpython()["executable"])
    add("CPython cppyy", lambda: other("cppyy"))
    add("CPython pybind11", lambda: other("pybind11", build_pybind))
    return found, missing


def run(executable, binder, names):
    done = subprocess.run([executable, "-m", "microbench.cppbind.worker", binder, str(FOLDER), json.dumps(names)], cwd=machines.ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, PYTHONPATH=str(machines.ROOT), PYPY_GC_NURSERY=NURSERY))
    if done.returncode:
        raise machines.Unavailable(f"its process ended with {done.returncode}: {(done.stderr.strip().splitlines() or [''])[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(found, missing, names, runs):
    """{column: {operation: median ns, or text}}; the columns take turns."""
    taken = {column: [] for column in found}
    for number in range(runs):
        for column, (executable, binder) in found.items():
            if column in missing:
                continue
            say(f"run {number + 1}/{runs}, {column}")
            try:
                taken[column].append(run(executable, binder, names))
            except machines.Unavailable as reason:
                missing[column] = str(reason)
    return {column: {name: median([row[name] for row in rows]) for name in names} for column, rows in taken.items() if rows}


def starts(found, runs):
    """Lines: milliseconds from a process's start to its end, the empty process taken off."""
    lines = []
    for column in ("PyPy cppbind", "CPython cppbind"):
        if column in found:
            for script in START:
                once(found[column][0], script)
            times = [statistics.median(once(found[column][0], script) for _ in range(2 * runs)) for script in START]
            lines.append(f"{column}: start to first call {times[1] - times[0]:.0f} ms; std::vector and std::map used {times[2] - times[0]:.0f} ms; "
                         f"the empty process, {times[0]:.0f} ms, is not counted")
    return lines


def once(executable, script):
    from time import perf_counter
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}     # the first, uncounted, keeps byte code
    begin = perf_counter()
    subprocess.run([executable, "-c", script], check=True, cwd=machines.ROOT, env=dict(environment, PYTHONPATH=str(machines.ROOT)))
    return (perf_counter() - begin) * 1e3


def table(results, names):
    shown = [column for column in COLUMNS if column in results]
    others = [column for column in shown if not column.endswith("cppbind")]
    rows = [["ns per operation", *shown, *(f"{mine.split()[0]}/{other.split()[1]}" for other in others for mine in shown if mine.endswith("cppbind"))]]
    for name in names:
        row = [name, *(cell(results[column][name]) for column in shown)]
        for other in others:
            row += [ratio(results[mine][name], results[other][name]) for mine in shown if mine.endswith("cppbind")]
        rows.append(row)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(text.ljust(width) if not i else text.rjust(width) for i, (text, width) in enumerate(zip(row, widths))).rstrip() for row in rows)


def cell(value):
    return "failed" if isinstance(value, str) else f"{value:.1f}"


def ratio(mine, other):
    return "" if isinstance(mine, str) or isinstance(other, str) else f"{mine / other:.2f}"


def main():
    options = arguments()
    FOLDER.mkdir(parents=True, exist_ok=True)
    found, missing = columns()
    lines = starts(found, options.runs)
    if not options.start:
        results = measure(found, missing, options.operations, options.runs)
        lines = [table(results, options.operations), "", *lines]
        for column, rows in results.items():
            for name, value in rows.items():
                if isinstance(value, str):
                    lines.append(f"{column}, {name}: {value.splitlines()[0]}")
    lines += [f"{column} is left out: {reason}" for column, reason in missing.items()]
    print("\n".join(lines))
    if options.docs:
        fill("bench", "```\n" + "\n".join(lines) + "\n```", machines.ROOT / "docs" / "cppbind.md")


if __name__ == "__main__":
    sys.exit(main())
