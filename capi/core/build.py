"""Compile C and C++ sources into an extension module for this layer.

`capi.core.project` does so for whole projects, with their own build scripts.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from capi.core.registry import EXT_SUFFIX

ROOT = Path(__file__).resolve().parents[2]      # of a source checkout, or the folder that the package is installed in
TAG = "mooring311"
CPLUSPLUS = {".cc", ".cpp", ".cxx", ".c++", ".C"}


class BuildError(ImportError):
    """What could not be built, why, and what to do."""


def include_dir():
    """Absolute path of the folder that has ``Python.h``: of the source checkout, or as installed.  Raises BuildError."""
    for folder in (ROOT / "capi" / "include", ROOT / "include", Path(sys.prefix) / "include" / "mooring"):
        if (folder / "Python.h").exists():
            return str(folder)
    raise BuildError("the layer's Python.h is missing: write it with `python -m capi.core.generate`, or install mooring again.")


def ext_suffix():
    """The end of the file names of our extension modules, such as ``.mooring311-x86_64-linux-gnu.so``."""
    return EXT_SUFFIX


def cache_dir():
    """Folder for what is built once and kept: ``build/`` of a source checkout, else the user's cache."""
    if (ROOT / "pyproject.toml").exists() or (ROOT / ".git").exists():
        return ROOT / "build"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mooring"


def headers_hash():
    """A short text that changes when any of our headers does."""
    return _hash_of_tree(include_dir())


@lru_cache(maxsize=None)
def _hash_of_tree(folder):
    digest = hashlib.sha256()
    for path in sorted(Path(folder).rglob("*.h")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def compiler(language="c"):
    """The command of the C or C++ compiler, as a list: ``$CC`` or ``$CXX``, else one on PATH.  Raises BuildError."""
    variable, names = ("CXX", ("c++", "g++", "clang++")) if language == "c++" else ("CC", ("cc", "gcc", "clang"))
    named = shlex.split(os.environ.get(variable, ""))
    if named:
        if not shutil.which(named[0]):
            raise BuildError(f"${variable} names {named[0]!r}, which is not there: unset it or name a compiler.")
        return named
    for name in names:
        if shutil.which(name):
            return [name]
    raise BuildError(f"no {'C++' if language == 'c++' else 'C'} compiler found: install one "
                     f"(Debian and Ubuntu: apt-get install {'g++' if language == 'c++' else 'gcc'}) or set ${variable}.")


def build_extension(name, sources, include_dirs=(), *, define_macros=(), libraries=(), library_dirs=(),
                    extra_compile_args=(), extra_link_args=(), language=None, build_dir=None):
    """Compile `sources` into the extension module `name`; return the path of the module.

    The options mean what they mean for setuptools' ``Extension``; `define_macros` has pairs ``(name, value or None)``.
    `language` is "c" or "c++", by default what the sources' names say.  The module is written to `build_dir` (default: a
    folder of the cache) and compiled anew only when a source, an option, a header beside the sources or in `include_dirs`,
    or one of the layer's headers changed.  Raises BuildError.
    """
    sources = [Path(source) for source in ([sources] if isinstance(sources, (str, Path)) else sources)]
    if not sources:
        raise BuildError(f"no sources given for the extension {name!r}.")
    for source in sources:
        if not source.is_file():
            raise BuildError(f"the source {source} of the extension {name!r} does not exist.")
    if language is None:
        language = "c++" if any(source.suffix in CPLUSPLUS for source in sources) else "c"
    command = [*compiler(language), "-O2", "-fPIC", "-shared", f"-I{include_dir()}",
               *(f"-I{folder}" for folder in include_dirs),
               *(f"-D{macro}" if value is None else f"-D{macro}={value}" for macro, value in define_macros),
               *extra_compile_args]
    link = [*extra_link_args, *(f"-L{folder}" for folder in library_dirs), *(f"-l{library}" for library in libraries)]
    digest = _hash_of_build(sources, include_dirs, [*command, "--", *link])
    folder = Path(build_dir) if build_dir else cache_dir() / "extensions" / digest
    target = folder / (name.rpartition(".")[2] + ext_suffix())
    stamp = folder / (target.name + ".hash")
    if target.exists() and stamp.exists() and stamp.read_text() == digest:
        return str(target)
    folder.mkdir(parents=True, exist_ok=True)
    _compile(name, [*command, *map(str, sources), *link], target)
    stamp.write_text(digest)
    return str(target)


def _hash_of_build(sources, include_dirs, flags):
    digest = hashlib.sha256("\0".join([headers_hash(), *flags]).encode())
    headers = {header for folder in {*(source.parent for source in sources), *map(Path, include_dirs)}
               for pattern in ("*.h", "*.hpp", "*.hh", "*.inc") for header in folder.glob(pattern)}
    for path in [*sources, *sorted(headers)]:
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _compile(name, command, target):
    """Run the compiler into a file of another name first, so that no half of a module is ever found."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    os.close(handle)
    try:
        done = subprocess.run([*command, "-o", temporary], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace")
        log = target.with_name(target.name + ".log")
        log.write_text(shlex.join([*command, "-o", str(target)]) + "\n" + done.stdout, encoding="utf-8")
        if done.returncode:
            raise BuildError(f"the extension {name!r} does not compile: {first_error(done.stdout)} (all of it: {log})")
        os.chmod(temporary, 0o755)
        os.replace(temporary, target)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def first_error(output):
    """The line of a compiler's or build's output that says best what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in ("error:", "undefined reference", "Error:", "ERROR"):
        for line in lines:
            if mark in line:
                return line
    return lines[-1] if lines else "the compiler said nothing"
