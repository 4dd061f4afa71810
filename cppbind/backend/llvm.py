"""Find an LLVM with clang's libraries, or get Debian's.

The order: ``$CPPBIND_LLVM`` (its folder); the newest ``/usr/lib/llvm-N``, or ``llvm-config`` on PATH, of version 19 or later with
headers and shared libraries; one unpacked earlier; on Debian and its kin the packages below, installed with apt as root, else
downloaded with apt and unpacked beside the shim.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST, OFFERED = 19, 19
PACKAGES = [name.format(OFFERED) for name in ("libclang-{}-dev", "llvm-{}-dev", "libclang-common-{}-dev", "libclang-cpp{}", "libllvm{}")]
# Of what those packages depend on, what only other programs of LLVM's need.
LEFT_OUT = re.compile(r"(llvm-\d+(-tools|-runtime|-linker-tools)?|libclang1-\d+|libobjc.*|libgc1|libpfm.*|.*-dev)$")


class NoLLVM(ImportError):
    """There is no LLVM to build the compiler back-end with; says what to install."""


class LLVM:
    """An LLVM: its folder, version, and shared libraries."""

    def __init__(self, folder):
        self.folder = Path(folder)
        config = self.folder / "include" / "llvm" / "Config" / "llvm-config.h"
        self.version = int(re.search(r"LLVM_VERSION_MAJOR (\d+)", config.read_text()).group(1))
        self.include = self.folder / "include"
        if not (self.include / "clang" / "Interpreter" / "Interpreter.h").exists():
            raise FileNotFoundError(self.include / "clang")
        self.libraries = [self.library("libclang-cpp"), self.library("libLLVM")]
        if self.folder.parent != Path("/usr/lib"):      # unpacked: with what those two need, which has to be loaded before them
            others = self.folder.parent.glob("*-linux-gnu/*.so.*")
            self.libraries += sorted(path for path in others if path.exists() and not path.name.startswith(("libclang", "libLLVM")))
        self.resources = next(path for path in (self.folder / "lib" / "clang" / str(self.version),
                                                self.folder.parent / "clang" / str(self.version)) if path.exists())

    def library(self, stem):
        places = [self.folder / "lib", *self.folder.parent.glob("*-linux-gnu")]
        for pattern in (f"{stem}.so.{self.version}.*", f"{stem}.so.{self.version}*", f"{stem}-{self.version}.so"):
            for place in places:
                for path in sorted(place.glob(pattern)):
                    if path.exists():
                        return path
        raise FileNotFoundError(f"{stem}.so")


def usable(folder):
    """The LLVM of a folder, None if it will not do."""
    try:
        found = LLVM(folder)
    except (OSError, AttributeError, StopIteration):
        return None
    return found if found.version >= OLDEST else None


def installed():
    candidates = sorted(Path("/usr/lib").glob("llvm-*"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)], reverse=True)
    config = shutil.which("llvm-config")
    if config:
        candidates.append(Path(subprocess.run([config, "--prefix"], capture_output=True, text=True).stdout.strip()))
    return next(filter(None, map(usable, candidates)), None)


def find(home, progress):
    """The LLVM to use; `home`: the folder for one that is unpacked.  Raises NoLLVM."""
    named = os.environ.get("CPPBIND_LLVM")
    if named:
        found = usable(named)
        if not found:
            raise NoLLVM(f"$CPPBIND_LLVM is {named!r}, which has no clang {OLDEST} or later with headers and shared libraries")
        return found
    unpacked = home / "root" / "usr" / "lib" / f"llvm-{OFFERED}"
    found = installed() or usable(unpacked)
    if found:
        return found
    if shutil.which("apt-get"):
        problem = (install if os.geteuid() == 0 else unpack)(home, progress)
        found = installed() or usable(unpacked)
        if found:
            return found
    else:
        problem = "there is no apt-get"
    raise NoLLVM(f"cppbind compiles C++ with clang's libraries, version {OLDEST} or later, and finds none ({problem}). Debian and Ubuntu: "
                 f"apt-get install {' '.join(PACKAGES)}; elsewhere install LLVM with clang's headers and name its folder in $CPPBIND_LLVM.")


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C"), **more)
    if done.returncode:
        raise OSError((done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1])
    return done.stdout


def needed():
    """The packages that are not installed yet, dependencies included."""
    try:
        return re.findall(r"^Inst (\S+)", run(["apt-get", "install", "--simulate", "--no-install-recommends", *PACKAGES]), re.M)
    except OSError:
        if os.geteuid() != 0:
            raise
        run(["apt-get", "update"])
        return re.findall(r"^Inst (\S+)", run(["apt-get", "install", "--simulate", "--no-install-recommends", *PACKAGES]), re.M)


def install(home, progress):
    """As root.  What went wrong, or ''."""
    try:
        progress(f"cppbind: installing LLVM {OFFERED} ({len(needed())} packages, 110 MB)")
        run(["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES])
    except OSError as reason:
        return f"apt-get: {reason}"
    return ""


def unpack(home, progress):
    """Without root, into `home`.  What went wrong, or ''."""
    try:
        names = [name for name in needed() if name in PACKAGES or not LEFT_OUT.match(name)]
        fresh = home / f"root.{os.getpid()}"
        for number, name in enumerate(names, 1):
            progress(f"cppbind: getting LLVM {OFFERED} [{number}/{len(names)}] {name}")
            folder = fresh / "packages"
            folder.mkdir(parents=True)
            run(["apt-get", "download", name], cwd=folder)
            run(["dpkg-deb", "-x", str(next(folder.glob("*.deb"))), str(fresh)])
            shutil.rmtree(folder)
        shutil.rmtree(home / "root", ignore_errors=True)
        fresh.rename(home / "root")
    except (OSError, StopIteration) as reason:
        return f"apt-get: {reason}"
    return ""
