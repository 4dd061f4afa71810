"""Run cppyy's own test suite on `cppbind`: ``python -m tests.cppyy_suite [--machine cpython|pypy] [--tests FOLDER] [NAMES]``.

NAMES choose files by a part of their name; ``NAME::PART`` only the tests in them with a part of theirs.  No release on the package index
contains the tests: they are the folder ``test`` of cppyy's repository, which is cloned into ``build/cppyy_suite`` unless --tests or
$CPPYY_TESTS says where one is.  The C++ of the tests is compiled to libraries once.  Logs are ``build/cppyy_suite/<machine>/<file>.log``,
outcomes ``build/cppyy_suite/<machine>.json``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "cppyy_suite"
REPOSITORY = "https://github.com/wlav/cppyy"
TIMEOUT = 900                                          # seconds for one file of tests


def tests(given):
    """The folder of cppyy's tests, cloned if there is none."""
    folder = Path(given or os.environ.get("CPPYY_TESTS") or HOME / "clone" / "test")
    if not folder.is_dir():
        if given or os.environ.get("CPPYY_TESTS"):
            sys.exit(f"cppyy_suite: there is no folder {folder}")
        done = subprocess.run(["git", "clone", "--quiet", "--depth=1", REPOSITORY, str(HOME / "clone")], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"cppyy_suite: cppyy's tests cannot be had: {done.stderr.strip()}\nTell where they are with --tests FOLDER.")
    return folder


def copied(source, machine):
    """A copy of the tests to work in, kept up to date; it is a package, as the tests import each other."""
    folder = HOME / machine / "test"
    folder.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        target = folder / path.name
        if path.is_file() and (not target.exists() or target.stat().st_mtime < path.stat().st_mtime):
            shutil.copy2(path, target)
    (folder / "__init__.py").touch()
    alias = HOME / "path" / "cppyy.py"                 # for the processes that tests start
    alias.parent.mkdir(exist_ok=True)
    alias.write_text("import cppbind.compat\ncppbind.compat.install()\n")
    return folder


def python_of(machine):
    if machine == "pypy":
        return sys.executable if sys.implementation.name == "pypy" else str(ROOT / ".venv" / "bin" / "python")
    if sys.implementation.name == "cpython":
        return sys.executable
    from tests.oracle import find_cpython
    return find_cpython()


def run(machine, folder, names):
    """test -> outcome, of the files that are chosen."""
    home, outcomes = HOME / machine, {}
    home.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.glob("test_*.py")):
        chosen = [name.partition("::")[2] for name in names if name.partition("::")[0] in path.name]
        if names and not chosen:
            continue
        outcomes.update(run_file(machine, path, [part for part in chosen if part], home))
    return outcomes


def run_file(machine, path, parts, home):
    """Each file in a process of its own; if that dies, the tests that were not reached run again without the one that killed it."""
    out, log, outcomes = home / f"{path.stem}.json", home / f"{path.stem}.log", {}
    log.write_text("")
    for _ in range(20):
        out.write_text("{}")
        skipped = [f"--deselect=test/{test}" for test in outcomes]
        chosen = ["-k", " or ".join(parts)] if parts else []
        command = [python_of(machine), "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider", "-p", "tests.cppyy_suite.plugin", "--rootdir", str(home),
                   "-c", os.devnull, "-W", "ignore", "--runxfail", *skipped, *chosen, f"test/{path.name}"]
        places = os.pathsep.join(filter(None, (str(ROOT), str(HOME / "path"), str(path.parent), os.environ.get("PYTHONPATH"))))
        environ = {**os.environ, "PYTHONPATH": places, "CPPYY_SUITE_OUT": str(out)}
        with log.open("a") as stream:
            try:
                done = subprocess.run(command, cwd=home, env=environ, stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=TIMEOUT).returncode
            except subprocess.TimeoutExpired:
                done = -1
        found = json.loads(out.read_text())
        outcomes.update(found)
        if done in (0, 1, 5) or "running" not in found.values():
            break
        outcomes.update({test: "crashed" for test, outcome in found.items() if outcome == "running"})
    return outcomes or {path.name: "broken"}


def table(machine, outcomes):
    print(f"{machine:32} {'tests':>6} {'passed':>7} {'failed':>7} {'crashed':>8} {'skipped':>8}")
    files = sorted({test.split("::")[0] for test in outcomes})
    for file in [*files, "all"]:
        count = Counter(outcome for test, outcome in outcomes.items() if file in ("all", test.split("::")[0]))
        print(f"{file:32} {count.total():6} {count['passed']:7} {count['failed'] + count['broken']:7} {count['crashed']:8} {count['skipped']:8}")
    for test, outcome in sorted(outcomes.items()):
        if outcome not in ("passed", "skipped"):
            print(f"{outcome}: {test}")


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.cppyy_suite", description=__doc__.split("\n\n")[0])
    parser.add_argument("--machine", choices=("cpython", "pypy"), default=sys.implementation.name, help="default: the one that runs this")
    parser.add_argument("--tests", help="the folder of cppyy's tests")
    parser.add_argument("names", nargs="*", help="parts of file names: overloads, templates::test01")
    options = parser.parse_args()
    outcomes = run(options.machine, copied(tests(options.tests), options.machine), options.names)
    if not outcomes:
        sys.exit("cppyy_suite: no file has such a name")
    (HOME / f"{options.machine}.json").write_text(json.dumps(outcomes, indent=0, sort_keys=True))
    table(options.machine, outcomes)
    sys.exit(any(outcome not in ("passed", "skipped") for outcome in outcomes.values()))


if __name__ == "__main__":
    main()
