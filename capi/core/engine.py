"""Load the C shim: the one place that knows which binder drives the engine.

`ffi` and `lib` are the engine's interface to the shim.  It is built at the first import, by `capi.core.shim_build`, into
``build/shim`` of a source checkout or the user's cache directory; ``python -m capi shim`` builds without loading.
"""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

from capi.core import registry
from capi.core.registry import CAPI, SHIM

NAME = "_mooring_shim"
DEBUG = os.environ.get("CAPI_DEBUG", "0") not in ("", "0")     # run with the debug build: capi/core/debug.py
INCLUDE = CAPI.parent / "include" if (CAPI.parent / "include").exists() else CAPI / "include"


def binder():
    """A fresh declaration object of the binder that the shim is built with, and the files that make it write what it does."""
    import ffi
    return ffi.FFI(), sorted(path for path in Path(ffi.__file__).parent.rglob("*.*") if path.suffix in (".py", ".h"))


def cache_home():
    """The folder of the shim's builds."""
    checkout = CAPI.parent
    if (checkout / "pyproject.toml").exists() and os.access(checkout, os.W_OK):
        return checkout / "build" / "shim"
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "mooring" / "shim"


def inputs():
    """Every file that the shim is made of."""
    return sorted(str(p) for folder in (SHIM, INCLUDE) for p in folder.rglob("*.[ch]"))


def fingerprint():
    """Names, times and sizes of the inputs: cheap to compare at each import."""
    lines = [sys.version.replace("\n", " ")]
    for path in inputs():
        state = os.stat(path)
        lines.append(f"{path} {state.st_mtime_ns} {state.st_size}")
    return "\n".join(lines)


def stamp_path(debug):
    return cache_home() / ("current-debug" if debug else "current")


def write_stamp(target, debug=False):
    """Remember which library belongs to the inputs as they are."""
    stamp = stamp_path(debug)
    scratch = stamp.with_suffix(f".{os.getpid()}")
    scratch.write_text(f"{target}\n{fingerprint()}")
    os.replace(scratch, stamp)


def find():
    """The library's path, built first if the inputs have changed."""
    try:
        target, _, known = stamp_path(DEBUG).read_text().partition("\n")
        if known == fingerprint() and os.path.exists(target):
            return target
    except OSError:
        pass
    from capi.core.shim_build import announce, build
    return str(build(announce))


def load(path):
    """Load the shim with its symbols visible to extensions; returns (ffi, lib)."""
    import _cffi_backend
    opener = _cffi_backend.FFI()
    keep.append(opener.dlopen(str(path), _cffi_backend.RTLD_GLOBAL | _cffi_backend.RTLD_NOW))
    loader = importlib.machinery.ExtensionFileLoader(NAME, str(path))
    spec = importlib.util.spec_from_file_location(NAME, str(path), loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module.ffi, module.lib


keep = []
keep_path = []
ffi = lib = None
if not registry.COLLECTING:
    if sys.implementation.name != "pypy":
        raise ImportError("capi runs on PyPy; CPython has its own C API and needs none.")
    keep_path.append(find())
    ffi, lib = load(keep_path[0])
