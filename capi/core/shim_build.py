"""Builds the C shim.  Objects and the library are cached by content, so that nothing is built twice."""

import hashlib
import importlib.machinery
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from capi.core.engine import DEBUG, INCLUDE, NAME, binder, cache_home, write_stamp
from capi.core.registry import SHIM

FLAGS = ["-O2", "-g1", "-fPIC", "-std=gnu11", "-fno-strict-aliasing", "-fvisibility=hidden", "-fno-semantic-interposition", "-Wall",
         "-Wextra", "-Wno-unused-parameter", "-Wno-cast-function-type", "-Wno-unused-function"]
DEBUG_FOLDER = SHIM / "debug"


class BuildError(ImportError):
    """The shim could not be built; says why and what to do."""


def compiler():
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if name and shutil.which(name.split()[0]):
            return name.split()
    raise BuildError("mooring needs a C compiler to build its shim; install gcc or clang (Debian: apt-get install gcc), or set $CC.")


def sources(debug=False):
    return sorted(p for p in [*SHIM.glob("*.c"), *(SHIM / "core").glob("*.c"), *(DEBUG_FOLDER.glob("*.c") if debug else ())])


def digest(paths, *more):
    state = hashlib.sha256(repr(more).encode())
    for path in paths:
        state.update(path.name.encode())
        state.update(path.read_bytes())
    return state.hexdigest()[:24]


def compile_one(cc, source, home, headers_digest, flags):
    """Compile one file unless its object is there; returns the object's path."""
    target = home / f"{source.stem}-{digest([source], headers_digest, flags)}.o"
    if not target.exists():
        scratch = target.with_suffix(f".{os.getpid()}.tmp")
        command = [*cc, *flags, f"-I{SHIM}", f"-I{INCLUDE}", "-c", str(source), "-o", str(scratch)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise BuildError(f"the shim's {source.name} does not compile:\n{done.stderr}")
        if done.stderr and "MOORING_WARNINGS" in os.environ:
            print(done.stderr, file=sys.stderr)
        os.replace(scratch, target)
    return target


def engine_source(home):
    """The engine's own C file, from the declarations the generator wrote."""
    declared = [SHIM / "core" / "views.h", SHIM / "cdef.gen.h"]
    ffi, writer = binder()
    ffi.cdef("\n".join(path.read_text() for path in declared))
    ffi.set_source(NAME, '#include "core/mooring.h"\n#include "core/calls.h"\n')
    target = home / f"{NAME}-{digest([*declared, *writer])}.c"
    if not target.exists():
        scratch = target.with_suffix(f".{os.getpid()}.c")
        ffi.emit_c_code(str(scratch))
        os.replace(scratch, target)
    return target


def build(progress=lambda text: None, debug=DEBUG):
    """Build the shim if needed and return the library's path; `debug`: with a wrapper around each function."""
    flags = [*FLAGS, "-DMOORING_DEBUG", "-include", "debug/names.gen.h", "-Wno-use-after-free"] if debug else FLAGS
    home = cache_home()
    home.mkdir(parents=True, exist_ok=True)
    headers = sorted([*SHIM.rglob("*.h"), *INCLUDE.rglob("*.h")])
    everything = digest([*sources(debug), *headers, *binder()[1]], flags, sys.version)
    target = home / everything / (NAME + importlib.machinery.EXTENSION_SUFFIXES[0])
    if target.exists():
        write_stamp(target, debug)
        return target
    cc = compiler()
    start = time.time()
    headers_digest = digest(headers)
    files = [*sources(debug), engine_source(home)]
    objects = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = [pool.submit(compile_one, cc, source, home, headers_digest, flags) for source in files]
        for number, job in enumerate(jobs, 1):
            objects.append(job.result())
            progress(f"mooring: building the shim {number}/{len(jobs)}")
    target.parent.mkdir(exist_ok=True)
    scratch = target.with_suffix(f".{os.getpid()}.tmp")
    link = [*cc, "-shared", "-o", str(scratch), *map(str, objects), "-lm", "-lpthread"]
    if debug:
        link += ["-ldl", f"-Wl,--version-script={DEBUG_FOLDER / 'exports.map'}"]      # hides the bodies
    done = subprocess.run(link, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"the shim does not link:\n{done.stderr}")
    os.replace(scratch, target)
    write_stamp(target, debug)
    forget_old(home, everything)
    progress(f"mooring: shim built in {time.time() - start:.1f} s")
    return target


def forget_old(home, keep, most=16):
    """Delete all but the newest builds, so that the cache does not grow without end."""
    builds = sorted((p for p in home.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)
    for path in builds[:-most]:
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
    week = time.time() - 7 * 86400
    for path in home.glob("*.o"):
        if path.stat().st_mtime < week:
            path.unlink(missing_ok=True)


def announce(text):
    """Progress to a person who waits, on standard error."""
    if sys.stderr is None:
        return
    tty = sys.stderr.isatty()
    print(("\r\x1b[K" if tty else "") + text, end="" if tty and "built" not in text else "\n", file=sys.stderr, flush=True)
