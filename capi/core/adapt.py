"""Adapt CPython's own ``abi3`` binaries, so that they load on this layer.

The layer keeps CPython 3.11's layout of every struct that the stable ABI exposes, and exports CPython's functions under
its own prefix (``PyList_New`` is ``MooringList_New``).  So an ``abi3`` binary needs only its undefined ``Py`` symbols
renamed; its code stays as it is.
"""

import argparse
import base64
import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from .build import BuildError, cache_dir, ext_suffix, first_error
from .elf import ElfError, Library

PYTHON_SYMBOL = re.compile(r"(_*)Py(?=[A-Z_])")


class AdaptError(Exception):
    """What the given binary or wheel lacks, and what to do."""


def prefixed(name):
    """The layer's name of a C-API symbol: ``PyList_New`` gives ``MooringList_New``, ``_Py_Dealloc`` ``_Mooring_Dealloc``."""
    return PYTHON_SYMBOL.sub(r"\1Mooring", name, count=1)


def layer_rename():
    """A callable that gives the layer's name of a C-API symbol, or None where the shim exports no such symbol."""
    from . import engine                        # loads the shim: only when it is asked for
    exported = Library(engine.find()).defined()
    return lambda name: prefixed(name) if prefixed(name) in exported else None


def adapt_binary(source, target, rename):
    """Write `source`, a shared library, to `target` with its undefined ``Py`` symbols renamed.

    `rename` is a dict or a callable from a C-API name to the layer's, with None (or no entry) for a name that the layer
    lacks.  Returns the sorted list of the names that it lacks.  Those are renamed by rule all the same, so that none can
    bind to a symbol of that name in the VM itself: loading the result then fails and names the symbol.  Raises AdaptError.
    """
    try:
        library = Library(source)
    except ElfError as reason:
        raise AdaptError(f"{reason}; give the .abi3.so file of a Linux wheel.") from None
    if library.machine != platform.machine():
        raise AdaptError(f"{source} is compiled for {library.machine}; this machine is {platform.machine()}: "
                         f"take the wheel for {platform.machine()}.")
    for name in library.needed():
        if name.startswith("libpython"):
            raise AdaptError(f"{source} links {name}, which would bring a second interpreter into the process; "
                             f"take a manylinux wheel, which does not.")
    look_up = rename if callable(rename) else rename.get
    symbols = [symbol for symbol in library.symbols() if not symbol.defined and PYTHON_SYMBOL.match(symbol.name)]
    if not symbols:
        raise AdaptError(f"{source} uses no symbol of Python's C API: it is no extension module, or is adapted already.")
    names = {symbol.name: look_up(symbol.name) for symbol in symbols}
    try:
        library.rename_undefined({name: new or prefixed(name) for name, new in names.items()})
    except ElfError as reason:
        raise AdaptError(f"{reason}; get the file again.") from None
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    library.write(target)
    shutil.copymode(source, target)
    return sorted(symbol.name for symbol in symbols if not names[symbol.name] and not symbol.weak)


def adapt_wheel(wheel, target, rename=None, suffix=None):
    """Unpack the ``abi3`` wheel `wheel` into the folder `target`, its binaries adapted; return their paths.

    `rename` and `suffix` are the layer's own unless given.  Nothing is written where a binary needs a symbol that the
    layer lacks.  Raises AdaptError.
    """
    wheel, target = Path(wheel), Path(target)
    check_tags(wheel)
    if rename is None:
        rename = layer_rename()
    if suffix is None:
        suffix = ext_suffix()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".adapt-") as folder:
        root = Path(folder)
        unpack(wheel, root)
        binaries = sorted(root.rglob("*.abi3.so"))
        if not binaries:
            raise AdaptError(f"{wheel.name} holds no .abi3.so file; if it is pure Python, install it with pip.")
        moved, missing = {}, []
        for source in binaries:
            made = source.with_name(source.name.removesuffix(".abi3.so") + suffix)
            missing += adapt_binary(source, made, rename)
            moved[source.relative_to(root).as_posix()] = made.relative_to(root).as_posix()
            source.unlink()
        if missing:
            raise AdaptError(f"{wheel.name} needs {', '.join(sorted(set(missing)))}, which this layer lacks; "
                             f"take the package's sdist and `python -m capi build` it, or an older wheel.")
        rewrite_record(root, moved)
        merge(root, target)
    return [target / name for name in moved.values()]


def check_tags(wheel):
    """Refuse a file whose name says that it cannot run here.  Its form is name-version-python-abi-platform.whl (PEP 427)."""
    if not wheel.is_file():
        raise AdaptError(f"there is no file {wheel}; get one with `pip download --only-binary :all: --abi abi3 ...`.")
    parts = wheel.name.removesuffix(".whl").split("-")
    if wheel.suffix != ".whl" or len(parts) not in (5, 6):
        raise AdaptError(f"{wheel.name} is not the name of a wheel, as in bcrypt-5.0.0-cp39-abi3-manylinux_2_28_x86_64.whl.")
    python, abi, machine = parts[-3:]
    if "abi3" not in abi.split("."):
        raise AdaptError(f"{wheel.name} is compiled for the ABI {abi}, not abi3; "
                         f"take the package's sdist and `python -m capi build` it.")
    versions = [int(tag[3:]) for tag in python.split(".") if re.fullmatch(r"cp3\d+", tag)]
    if not versions or min(versions) > 11:
        raise AdaptError(f"{wheel.name} is for {python}, newer than the 3.11 that this layer offers; take an older wheel.")
    if "linux" not in machine or "musllinux" in machine and "manylinux" not in machine:
        raise AdaptError(f"{wheel.name} is for {machine}; take a manylinux wheel.")


def unpack(wheel, root):
    """Unpack `wheel` and lay out its ``.data`` folder as an installer does, as far as it is importable."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(root)
    except zipfile.BadZipFile as reason:
        raise AdaptError(f"{wheel} is not a wheel: {reason}; download it again.") from None
    for folder in root.glob("*.data/p*lib"):
        merge(folder, root)


def merge(source, target):
    """Move every file below `source` to its place below `target`."""
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, place)


def rewrite_record(root, moved):
    """Write the names and hashes of the adapted binaries into the wheel's RECORD, so that pip can uninstall them."""
    for record in root.glob("*.dist-info/RECORD"):
        lines = []
        for line in record.read_text().splitlines():
            new = moved.get(line.rsplit(",", 2)[0])
            if new:
                data = (root / new).read_bytes()
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                line = f"{new},sha256={digest},{len(data)}"
            lines.append(line)
        record.write_text("\n".join(lines) + "\n")


def fetch_wheel(requirement, folder=None):
    """Download the newest ``abi3`` wheel of a requirement (``bcrypt``, ``bcrypt==5.0.0``) that fits this machine, through pip.

    Returns its path in `folder`, by default one that is kept.  Raises AdaptError.
    """
    from .project import pip
    folder = Path(folder or cache_dir() / "abi3")
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "fetch.log"
    platforms = [f"--platform={name}" for name in platform_tags()]
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        if pip(["download", "--no-deps", "--only-binary=:all:", "--implementation=cp", "--python-version=3.11", "--abi=abi3",
                *platforms, "--dest", temporary, requirement], log, fetch_only=True):
            output = log.read_text(encoding="utf-8", errors="replace")
            raise AdaptError(f"there is no file {requirement}, and no abi3 wheel of that name can be had: {first_error(output)} "
                             f"(all of it: {log}).")
        found, = Path(temporary).iterdir()
        return Path(shutil.move(str(found), str(folder / found.name)))


def platform_tags():
    """The manylinux tags that this machine's C library satisfies, newest first (PEP 600), with their older names."""
    machine = platform.machine()
    version = platform.libc_ver()[1] or "2.17"
    older = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    for minor in range(int(version.split(".")[1]), 4, -1):
        yield f"manylinux_2_{minor}_{machine}"
        if minor in older:
            yield f"{older[minor]}_{machine}"


def main(argv=None):
    """``python -m capi adapt WHEEL... --target DIR``."""
    parser = argparse.ArgumentParser(prog="python -m capi adapt",
                                     description="Unpack CPython's abi3 wheels, adapted to this layer.")
    parser.add_argument("wheel", nargs="+", help="an abi3 wheel for CPython 3.11 or older, for this machine; or a name, or "
                                                  "name==version, of the package index")
    parser.add_argument("--target", required=True, help="the folder to unpack into; put it on sys.path")
    options = parser.parse_args(argv)
    for wheel in options.wheel:
        try:
            made = adapt_wheel(wheel if wheel.endswith(".whl") else fetch_wheel(wheel), options.target)
        except (AdaptError, BuildError) as reason:
            print(f"capi adapt: {reason}", file=sys.stderr)
            return 1
        for path in made:
            print(path)
    return 0
