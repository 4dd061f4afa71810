"""Builds the clang back-end's shim on first need; libraries are kept by the content of their sources."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cppbind.backend import llvm
from cppbind.backend.found import find, find_native, fingerprint, home, inputs, native_inputs, stamp

HERE = Path(__file__).resolve().parent
FLAGS = ["-O1", "-fPIC", "-std=c++17", "-fvisibility=hidden", "-fvisibility-inlines-hidden", "-Wall", "-Wextra", "-Wno-unused-parameter"]
NAME = "libcppbind_clang.so"
NATIVE = "extension.abi3.so"


class BuildError(ImportError):
    """The shim could not be built; says why and what to do."""


def compiler():
    for name in (os.environ.get("CXX"), "c++", "g++", "clang++"):
        if name and shutil.which(name.split()[0]):
            return name.split()
    raise BuildError("cppbind needs a C++ compiler to build its shim; install g++ (Debian: apt-get install g++), or set $CXX.")


def build(progress=None):
    """Build the shim unless it is there; (path, path of clang's headers).  `progress(text)` is told what happens."""
    progress = progress or announce
    found = find()
    if found:
        return found
    place, now = Path(home()), stamp()                  # before the sources are read, which may change meanwhile
    place.mkdir(parents=True, exist_ok=True)
    stack = llvm.find(place, progress)
    state = hashlib.sha256(repr((FLAGS, str(stack.folder), stack.version, list(map(str, stack.libraries)))).encode())
    for path in inputs():
        state.update(Path(path).read_bytes())
    digest = state.hexdigest()[:20]
    target = place / digest / NAME
    if not target.exists():
        make(target, stack, progress)
        forget_old(place, digest)
    scratch = place / f"current.{os.getpid()}"
    scratch.write_text(f"{target}\n{stack.resources}\n{now}")
    os.replace(scratch, place / "current")
    return str(target), str(stack.resources)


def make(target, stack, progress):
    """Compile and link, two files at a time at least."""
    cxx, start = compiler(), time.time()
    work = target.parent.with_suffix(f".{os.getpid()}")
    work.mkdir(parents=True, exist_ok=True)

    def run(*command):
        done = subprocess.run([*cxx, *map(str, command)], capture_output=True, text=True)
        if done.returncode:
            raise BuildError(f"cppbind's shim does not build with LLVM {stack.version} of {stack.folder}:\n{done.stderr}")
    try:
        sources = sorted((HERE / "clang").glob("*.cpp"))
        objects = [kept_object(target.parent.parent, path, stack) for path in sources]
        progress(f"cppbind: building the shim for LLVM {stack.version} 0/{len(sources)}")
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            jobs = [pool.submit(compile_one, run, path, made, stack) for path, made in zip(sources, objects)]
            for number, job in enumerate(jobs, 1):
                job.result()
                progress(f"cppbind: building the shim for LLVM {stack.version} {number}/{len(jobs)}")
        folders = ":".join(dict.fromkeys(str(path.parent) for path in stack.libraries))
        run("-shared", "-o", work / NAME, *objects, "-Wl,--no-as-needed", *stack.libraries, "-Wl,--disable-new-dtags", f"-Wl,-rpath,{folders}")
        target.parent.mkdir(exist_ok=True)
        os.replace(work / NAME, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    progress(f"cppbind: shim built in {time.time() - start:.0f} s")


def build_native(progress=None):
    """Build the extension module for CPython unless it is there; its path.  It needs neither LLVM nor CPython's headers."""
    progress = progress or announce
    found = find_native()
    if found:
        return found
    sources, now = [Path(path) for path in native_inputs()], fingerprint("", native_inputs())      # before they are read
    flags = [flag for flag in FLAGS if flag != "-O1"] + ["-O2", "-fno-plt", "-Wno-invalid-offsetof", "-shared"]
    state = hashlib.sha256(repr(flags).encode())
    for path in sources:
        state.update(path.read_bytes())
    place = Path(home())
    target = place / f"native-{state.hexdigest()[:20]}" / NATIVE
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        progress("cppbind: building the native methods for CPython")
        scratch = target.with_suffix(f".{os.getpid()}")
        done = subprocess.run([*compiler(), *flags, *(str(path) for path in sources if path.suffix == ".cpp"), "-o", str(scratch)], capture_output=True, text=True)
        if done.returncode:
            raise BuildError(f"the native methods do not build:\n{done.stderr}")
        os.replace(scratch, target)
        progress("cppbind: native methods built")
    scratch = place / f"current-native.{os.getpid()}"
    scratch.write_text(f"{target}\n{now}")
    os.replace(scratch, place / "current-native")
    return str(target)


def kept_object(place, path, stack):
    """Where the object of a source is kept: by the content of what it is compiled from, so that a change compiles one file."""
    state = hashlib.sha256(repr((FLAGS, str(stack.include), stack.version, path.name)).encode())
    for one in [path, *sorted(Path(one) for one in inputs() if one.endswith(".h"))]:
        state.update(one.read_bytes())
    return place / "objects" / f"{path.stem}-{state.hexdigest()[:20]}.o"


def compile_one(run, path, made, stack):
    if not made.exists():
        made.parent.mkdir(exist_ok=True)
        scratch = made.with_suffix(f".{os.getpid()}.o")
        run(*FLAGS, "-isystem", stack.include, "-c", path, "-o", scratch)
        os.replace(scratch, made)
        for old in sorted(made.parent.glob(f"{path.stem}-*.o"), key=lambda one: one.stat().st_mtime)[:-4]:
            old.unlink(missing_ok=True)


def forget_old(place, keep, most=8):
    """Delete all but the newest builds."""
    builds = sorted((path.parent for path in place.glob(f"*/{NAME}")), key=lambda path: path.stat().st_mtime)
    for path in builds[:-most]:
        if path.name != keep:
            shutil.rmtree(path, ignore_errors=True)


def announce(text):
    """Progress to a person who waits, on standard error."""
    if sys.stderr is not None:
        line = "\r\x1b[K" + text if sys.stderr.isatty() else text
        print(line, end="\n" if "built" in text or not sys.stderr.isatty() else "", file=sys.stderr, flush=True)


def main():
    """``python -m cppbind.backend.build``: the shim, native methods, the dictionary of the standard library; --optional: to be without an LLVM is no error."""
    from cppbind.backend import standard
    try:
        build_native()
        build()
        standard.build()
    except ImportError as reason:
        if "--optional" not in sys.argv[1:]:
            sys.exit(str(reason))
        print(reason, file=sys.stderr)


if __name__ == "__main__":
    main()
