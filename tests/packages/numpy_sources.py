"""Compile all of numpy's C and C++ sources with our headers: ``python -m tests.packages.numpy_sources``.

numpy's own build scripts configure the build and generate sources; every object is then compiled, whichever others fail.
Needs numpy's sdist, meson-python, Cython and ninja from the package index.  Prints how many of how many compiled, and the
first error of each that did not; the log is ``build/numpy/build.log``.  Exit status 1 if any failed.

The objects are kept: a second run compiles what changed.  They are compiled without optimisation, for the compiler's
verdict alone; ``--optimise`` is for use.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile

from capi.core.build import BuildError, cache_dir
from capi.core.project import build_environment, fetch_sdist, pip

VERSION = "2.4.6"
TOOLS = ("pip>=24", "meson-python>=0.18", "Cython>=3.0.6", "ninja")
SHOWN = 40                                      # failed files whose first error is printed
HOME = cache_dir() / "numpy"


def sources(version):
    """The folder of numpy's unpacked sdist."""
    folder = HOME / f"numpy-{version}"
    if not folder.exists():
        sdist = fetch_sdist(f"numpy=={version}", cache_dir() / "sdists")
        with tarfile.open(sdist) as archive:
            archive.extractall(HOME)
    return folder


def tools():
    """The Python of a virtual environment for builds that has what numpy's build needs."""
    python = build_environment("numpy-env")
    done = python.with_name("numpy-tools")
    if not done.exists():
        if pip(["install", "--upgrade", *TOOLS], HOME / "tools.log", python=python):
            raise BuildError(f"{', '.join(TOOLS)} cannot be installed: read {HOME / 'tools.log'}.")
        done.touch()
    return python


def hasty_compilers():
    """$CC and $CXX that have the last word on optimisation: numpy asks for -O3 file by file."""
    found = {}
    for variable, default in ("CC", "cc"), ("CXX", "c++"):
        path = HOME / "hasty" / default
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\nexec {os.environ.get(variable, default)} "$@" -O0 -w\n')
        path.chmod(0o755)
        found[variable] = str(path)
    return found


def build(folder, jobs, optimise, log):
    """Run the build to its end, failed files or not; return the folder with the objects and pip's exit status."""
    python = tools()
    objects = HOME / ("objects-optimised" if optimise else "objects")
    os.environ["PATH"] = f"{python.parent}{os.pathsep}{os.environ['PATH']}"     # of meson, cython and ninja
    settings = {"build-dir": [str(objects)], "setup-args": ["-Dallow-noblas=true"], "compile-args": ["-k0", f"-j{jobs}", "-v"]}
    if not optimise:
        os.environ.update(hasty_compilers())
    options = [f"--config-settings={name}={value}" for name, values in settings.items() for value in values]
    status = pip(["wheel", "-v", "--no-deps", "--no-build-isolation", "--use-pep517", *options, "-w", str(HOME / "wheel"), str(folder)],
                 log, as_cpython=True, python=python)
    if not (objects / "build.ninja").exists():
        raise BuildError(f"numpy's build scripts did not get to the end: read {log}.")
    return objects, status


def targets(objects):
    """The paths, from the build folder, of all objects that are compiled from C or C++."""
    text = (objects / "build.ninja").read_text(encoding="utf-8").replace("$\n", "")
    return re.findall(r"^build (\S+\.o): (?:c|cpp)_COMPILER", text, re.MULTILINE)


def failures(output):
    """{object: the compiler's first error} of ninja's output."""
    found = {}
    for part in re.split(r"^\s*FAILED: ", output, flags=re.MULTILINE)[1:]:
        name = re.sub(r"^\[code=\d+\] ", "", part.splitlines()[0]).strip()
        part = re.split(r"^\s*\[\d+/\d+\]", part, flags=re.MULTILINE)[0]
        error = re.search(r"^.*\berror: .*$", part, re.MULTILINE)
        found[name] = error[0].strip() if error else "no error message: read the log"
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.packages.numpy_sources", description=__doc__.split("\n\n")[0])
    parser.add_argument("--version", default=VERSION, help=f"numpy's version (default: {VERSION})")
    parser.add_argument("--jobs", type=int, default=2, help="how many compilers at once (default: 2)")
    parser.add_argument("--optimise", action="store_true", help="compile as numpy does for use; takes several times as long")
    parser.add_argument("--again", action="store_true", help="forget what was compiled before")
    options = parser.parse_args(arguments)
    os.nice(5)
    HOME.mkdir(parents=True, exist_ok=True)
    if options.again:
        for folder in HOME.glob("objects*"):
            shutil.rmtree(folder)
    log = HOME / "build.log"
    objects, status = build(sources(options.version), options.jobs, options.optimise, log)
    failed = failures(log.read_text(encoding="utf-8", errors="replace"))
    every = targets(objects)
    done = [name for name in every if (objects / name).exists() and name not in failed]
    for name in [name for name in every if name not in done][:SHOWN]:
        print(f"{name}: {failed.get(name, 'its generated source is missing: read the log')}")
    for name in sorted(set(failed) - set(every)):
        print(f"{name} (not an object): {failed[name]}")
    print(f"numpy {options.version}: {len(done)} of {len(every)} C and C++ files compiled; {log}")
    return 0 if len(done) == len(every) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as reason:
        sys.exit(f"numpy_sources: {reason}")
