"""Real C++ libraries through `cppbind`, from their headers: ``python -m tests.cpp_libraries [--machine pypy|cpython] [--cppyy PYTHON] [NAMES]``.

Runs the programs of ``tests/cppbind/libraries`` and prints a table: seconds from a process's start to the first result that is checked,
and to the end.  --cppyy runs them with the cppyy of another Python, too.  Headers that are not installed are Debian's, downloaded with apt
and unpacked into ``build/cpp_libraries``, without root.  Exits with 1 if a program fails on cppbind.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "cpp_libraries"
PROGRAMS = ROOT / "tests" / "cppbind" / "libraries"
MORE = "# ---- more"                                   # what follows in a program is left out of the test suite
TIMEOUT = 600
# program: (Debian's packages, the first is its version's; a header)
LIBRARIES = {
    "eigen": (["libeigen3-dev"], "Eigen/Dense"),
    "boost_any_variant": (["libboost-dev"], "boost/variant.hpp"),
    "boost_geometry": (["libboost-dev"], "boost/geometry.hpp"),
    "fmt": (["libfmt-dev"], "fmt/format.h"),
    "nlohmann_json": (["nlohmann-json3-dev"], "nlohmann/json.hpp"),
    "range_v3": (["librange-v3-dev"], "range/v3/all.hpp"),
    "opencv": (["libopencv-core-dev", "libopencv-imgproc-dev"], "opencv2/imgproc.hpp"),
}


class Missing(Exception):
    """A library is not there; says what to install."""


# ---- getting them ------------------------------------------------------------------------------------------------------------

def folders():
    """Of the system and of what was unpacked: where headers are, where libraries."""
    headers, libraries = [], []
    for place in (Path("/usr"), HOME / "root" / "usr"):
        for name in ("include", f"include/{os.uname().machine}-linux-gnu"):
            headers += [one for one in (place / name, place / name / "eigen3", place / name / "opencv4") if one.is_dir()]
        found = place / "lib" / f"{os.uname().machine}-linux-gnu"
        libraries += [one for one in (found, found / "blas", found / "lapack") if one.is_dir()]
    return headers, libraries


def environment():
    """For programs to find headers and libraries where they are."""
    headers, libraries = folders()
    return {**os.environ, "CPLUS_INCLUDE_PATH": ":".join(str(one) for one in headers if one.parent != Path("/usr")),
            # not the system's own folder: another Python would find its libpython there
            "LD_LIBRARY_PATH": ":".join(str(one) for one in libraries if one.parent != Path("/usr/lib")), "PYTHONPATH": str(ROOT)}


def is_there(name):
    return any((folder / LIBRARIES[name][1]).exists() for folder in folders()[0])


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C"), **more)
    if done.returncode:
        raise Missing((done.stderr.strip() or "no message").splitlines()[-1])
    return done.stdout


def get(packages):
    """Download packages, with what they depend on and is not installed, and unpack them.  Raises Missing."""
    if not shutil.which("apt-get"):
        raise Missing(f"there is no apt-get: install {' '.join(packages)}, or what it is called here")
    wanted = re.findall(r"^Inst (\S+)", run("apt-get", "install", "--simulate", "--no-install-recommends", *packages), re.M)
    downloads = HOME / "packages"
    downloads.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        if not list(downloads.glob(f"{name}_*.deb")):
            print(f"getting {name}", file=sys.stderr, flush=True)
            run("apt-get", "download", name, cwd=downloads)
        run("dpkg-deb", "-x", str(next(downloads.glob(f"{name}_*.deb"))), str(HOME / "root"))


def version(name):
    package = LIBRARIES[name][0][0]
    for path in (HOME / "packages").glob(f"{package}_*.deb"):
        return path.name.split("_")[1].replace("%3a", ":")
    try:
        return run("dpkg-query", "-W", "-f", "${Version}", package)
    except (Missing, OSError):
        return "?"


# ---- running them ------------------------------------------------------------------------------------------------------------

def program(path, short=False):
    """Run a program here, a statement at a time: when the first assertion held, and when all was done, in seconds since `BEGIN`."""
    source = Path(path).read_text()
    if short:
        source = source.partition(MORE)[0]
    space, first = {"__name__": "__main__"}, None
    for statement in ast.parse(source, path).body:
        exec(compile(ast.Module([statement], []), path, "exec"), space)
        if first is None and isinstance(statement, ast.Assert):
            first = time.time() - float(os.environ["BEGIN"])
    print(json.dumps([first, time.time() - float(os.environ["BEGIN"])]))


def start(python, name, *options):
    """The finished process of a program on a Python."""
    command = [python, str(Path(__file__).resolve()), "--child", str(PROGRAMS / f"{name}.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=HOME.parent, stdin=subprocess.DEVNULL, timeout=TIMEOUT,
                          env={**environment(), "BEGIN": str(time.time())})


def outcome(python, name, *options):
    """(whether it passed, what the table says)"""
    try:
        done = start(python, name, *options)
    except subprocess.TimeoutExpired:
        return False, f"more than {TIMEOUT} s"
    if done.returncode:
        kind = f"signal {-done.returncode}" if done.returncode < 0 else (done.stderr.strip().splitlines() or ["no message"])[-1].partition(":")[0][:18]
        return False, f"failed: {kind}"
    first, whole = json.loads(done.stdout.splitlines()[-1])
    return True, f"{first:.1f} / {whole:.1f}"


def python_of(machine):
    """The Python of a machine; of CPython one with cffi."""
    from microbench import machines
    if machine == "pypy":
        return machines.find_pypy()["executable"]
    from microbench.cppbind.__main__ import environment, installed
    python = environment(machines.find_cpython()["executable"])
    installed(python, "cffi")
    return python


def cppyy():
    """The child runs with cppyy under the name of cppbind."""
    import cppyy as other
    for folder in filter(None, os.environ["CPLUS_INCLUDE_PATH"].split(":")):
        other.add_include_path(folder)
    sys.modules["cppbind"] = other


def main(arguments):
    if arguments[:1] == ["--child"]:
        if "--cppyy" in arguments:
            cppyy()
        return program(arguments[1], short="--short" in arguments)
    parser = argparse.ArgumentParser(prog="python -m tests.cpp_libraries", description=__doc__.split(":")[0])
    parser.add_argument("--machine", choices=("pypy", "cpython"), help="default: both")
    parser.add_argument("--cppyy", metavar="PYTHON", help="a Python with cppyy, to run the programs on as well")
    parser.add_argument("names", nargs="*", choices=[[], *LIBRARIES], help="default: all")
    options = parser.parse_args(arguments)
    machines = [(one, python_of(one), ()) for one in ([options.machine] if options.machine else ["pypy", "cpython"])]
    machines += [("cppyy", options.cppyy, ("--cppyy",))] if options.cppyy else []
    print(f"{'program':20}{'version':18}" + "".join(f"{machine:26}" for machine, _, _ in machines) + "what is done     (seconds to the first result / to the end)")
    good = True
    for name in options.names or LIBRARIES:
        try:
            if not is_there(name):
                get(LIBRARIES[name][0])
        except Missing as reason:
            print(f"{name:20}not there: {reason}")
            continue
        line = f"{name:20}{version(name)[:17]:18}"
        for machine, python, more in machines:
            passed, text = outcome(python, name, *more)
            good &= passed or machine == "cppyy"
            line += f"{text:26}"
        about = ast.get_docstring(ast.parse((PROGRAMS / f"{name}.py").read_text()))
        print(line + about.partition(": ")[2].rstrip("."), flush=True)
    return not good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
