"""The three machines: where they are, and the extensions built for each."""

import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

from microbench.operations import MODULES
from tools import get_pypy

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build" / "microbench"
NAMES = ("cpython", "cpyext", "mooring")
FLAGS = ["-O2", "-fPIC", "-shared", "-DNDEBUG", "-fwrapv", "-fno-strict-aliasing"]

# `extensions`: {module name: path of the built extension}
Machine = namedtuple("Machine", "name executable version extensions")


class Unavailable(Exception):
    """The machine cannot be had; the message says why."""


PROBE = """
import json, os, sys, sysconfig
print(json.dumps({"name": sys.implementation.name, "python": sys.version_info[:2], "executable": sys.executable,
                  "version": " ".join(sys.version.split()), "include": sysconfig.get_path("include"),
                  "headers": os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))}))
"""


@functools.lru_cache(None)
def probe(executable):
    """What the interpreter says of itself, or None if it does not run."""
    try:
        done = subprocess.run([str(executable), "-c", PROBE], capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired):
        return None


def find_cpython():
    """$CPYTHON; else python3.11, else the newest python3 above it, on PATH and with headers."""
    def fit(facts):
        return facts and facts["name"] == "cpython" and facts["python"] >= [3, 11] and facts["headers"]

    named = os.environ.get("CPYTHON")
    if named:
        facts = probe(shutil.which(named) or named)
        if fit(facts):
            return facts
        raise Unavailable(f"$CPYTHON is {named!r}, which is not a CPython of 3.11 or newer with headers")
    found = []
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        for path in sorted(Path(folder or ".").glob("python3*")):
            if re.fullmatch(r"python3(\.\d+)?", path.name) and fit(probe(str(path))):
                found.append(probe(str(path)))
                if found[-1]["python"] == [3, 11]:
                    return found[-1]
    if not found:
        raise Unavailable("no CPython of 3.11 or newer with its headers (a package python3-dev) is on PATH")
    return max(found, key=lambda facts: facts["python"])


def find_pypy():
    """The PyPy that runs this; else that of .venv/; else the one that tools/get_pypy.py finds or gets."""
    candidates = [sys.executable] if sys.implementation.name == "pypy" else []
    candidates.append(str(ROOT / ".venv" / "bin" / "python"))
    for path in candidates:
        facts = probe(path)
        if facts and facts["name"] == "pypy" and facts["python"] >= [3, 11]:
            return facts
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "get_pypy.py")], stdout=subprocess.PIPE, text=True)
    facts = probe(done.stdout.strip()) if done.returncode == 0 else None
    if not facts:
        raise Unavailable("no PyPy of Python 3.11 was found")
    return facts


def build(facts, name, folders):
    """The extension built against the headers in `folders`; kept in build/, keyed by everything it depends on."""
    source = HERE / f"{name}.c"
    command = [os.environ.get("CC", "cc"), *FLAGS, *(f"-I{folder}" for folder in folders)]
    key = hashlib.sha256("\0".join([facts["version"], *command]).encode() + source.read_bytes()).hexdigest()[:16]
    target = BUILD / key / f"{name}.so"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(f".{os.getpid()}")
        done = subprocess.run([*command, str(source), "-o", str(fresh)], stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Unavailable(f"{name}.c does not compile:\n{done.stderr}")
        fresh.rename(target)
    return str(target)


BUILD_WITH_CAPI = """
import json, sys
import capi
print(json.dumps({name: str(capi.build_extension(name, [source])) for name, source in json.loads(sys.argv[1]).items()}))
"""


def build_with_capi(facts):
    sources = json.dumps({name: str(HERE / f"{name}.c") for name in MODULES})
    done = subprocess.run([facts["executable"], "-c", BUILD_WITH_CAPI, sources], cwd=ROOT,
                          capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"capi does not build the extensions:\n{done.stderr.strip()}")
    return json.loads(done.stdout.splitlines()[-1])


def cpython():
    facts = find_cpython()
    return Machine("cpython", facts["executable"], facts["version"],
                   {name: build(facts, name, [facts["include"]]) for name in MODULES})


def cpyext():
    facts = find_pypy()
    try:
        folders = get_pypy.peer_headers(facts["executable"])
    except (OSError, subprocess.CalledProcessError) as reason:
        raise Unavailable(f"PyPy's own C API has no headers here: {reason}")
    return Machine("cpyext", facts["executable"], facts["version"],
                   {name: build(facts, name, folders) for name in MODULES})


def mooring():
    facts = find_pypy()
    return Machine("mooring", facts["executable"], facts["version"], build_with_capi(facts))


FIND = {"cpython": cpython, "cpyext": cpyext, "mooring": mooring}
