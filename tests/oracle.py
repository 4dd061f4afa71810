"""Run the C-API tests on CPython, with its own headers: what passes there is right.  ``python -m tests.oracle [PYTEST ARGUMENTS]``.

The CPython is ``$ORACLE``, or ``python3.11`` and later on PATH; it needs its headers.  pytest goes into ``build/oracle``.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "oracle"
# Pinned as in tools/requirements.txt.
PINNED = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
PROBE = ("import os, sys, sysconfig; print(sys.implementation.name, sys.version_info >= (3, 11), "
         "os.path.exists(os.path.join(sysconfig.get_paths()['include'], 'Python.h')))")
OURS = {"test_adapt.py", "test_layout.py"}          # tests of our own headers and adapter, not of the C API


class NoOracle(Exception):
    """There is no CPython to ask; says why."""


def find_cpython():
    """The path of a CPython 3.11 or later with headers.  Raises NoOracle."""
    seen = []
    for name in filter(None, (os.environ.get("ORACLE"), "python3.11", "python3.12", "python3.13", "python3")):
        path = shutil.which(name)
        if not path:
            continue
        done = subprocess.run([path, "-c", PROBE], capture_output=True, text=True)
        if done.returncode == 0 and done.stdout.split() == ["cpython", "True", "True"]:
            return path
        seen.append(path)
    raise NoOracle("no CPython 3.11 or later with its headers on PATH" + (f" (without: {', '.join(seen)})" if seen else "")
                   + "; install one (Debian: python3-dev) or name it in $ORACLE")


def prepared():
    """The Python of a virtual environment of CPython with pytest in it, made if needed.  Raises NoOracle."""
    python = HOME / "bin" / "python"
    wanted = [line.strip() for line in (ROOT / "tools" / "requirements.txt").read_text().splitlines()
              if line.split("==")[0] in PINNED]
    stamp = HOME / "installed"
    if stamp.exists() and stamp.read_text() == "\n".join(wanted):
        return python
    cpython = find_cpython()
    for command in ([cpython, "-m", "venv", "--clear", str(HOME)],
                    [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise NoOracle(f"{' '.join(command[:4])} failed: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
    stamp.write_text("\n".join(wanted))
    return python


def command(arguments):
    """The command line that runs the tests there.  Raises NoOracle."""
    files = [] if any(not a.startswith("-") for a in arguments) else \
        [str(p) for p in sorted((ROOT / "tests" / "capi").glob("test_*.py")) if p.name not in OURS]
    return [str(prepared()), "-m", "pytest", "-q", *arguments, *files]


def main():
    try:
        sys.exit(subprocess.call(command(sys.argv[1:]), cwd=ROOT))
    except NoOracle as reason:
        sys.exit(f"oracle: {reason}")


if __name__ == "__main__":
    main()
