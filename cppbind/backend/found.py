"""Where the built shim is: found by a stamp of its sources' times and sizes, without reading them.  Imported at each start: light."""

import os

HERE = os.path.dirname(os.path.abspath(__file__))


def home():
    """The folder of what is built and got: ``build/cppbind`` of a source checkout, else the user's cache."""
    checkout = os.path.dirname(os.path.dirname(HERE))
    if os.path.exists(os.path.join(checkout, "pyproject.toml")) and os.access(checkout, os.W_OK):
        return os.path.join(checkout, "build", "cppbind")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "mooring", "cppbind")


def inputs():
    """The shim's sources."""
    return sorted(entry.path for folder in ("clang", "runtime") for entry in os.scandir(os.path.join(HERE, folder)))


def native_inputs():
    """The sources of the extension module for CPython."""
    return sorted(entry.path for entry in os.scandir(os.path.join(HERE, "native")))


def fingerprint(first, paths):
    """`first`, and the names, times and sizes of files."""
    states = ((path, os.stat(path)) for path in paths)
    return "\n".join([first, *(f"{path} {state.st_mtime_ns} {state.st_size}" for path, state in states)])


def stamp():
    """What the shim is made from."""
    return fingerprint(os.environ.get("CPPBIND_LLVM", ""), inputs())


def find():
    """(path of the library, path of clang's own headers) if it is built for the sources as they are, else None."""
    try:
        with open(os.path.join(home(), "current"), encoding="utf-8") as file:
            library, resources, rest = file.read().split("\n", 2)
    except (OSError, ValueError):
        return None
    return (library, resources) if rest == stamp() and os.path.exists(library) and os.path.exists(resources) else None


def find_native():
    """The path of the extension module for CPython if it is built for the sources as they are, else None."""
    return current("current-native", fingerprint("", native_inputs()))


def current(name, made_of):
    """The path that a file of home() tells, if it was written for this fingerprint and is still there, else None."""
    try:
        with open(os.path.join(home(), name), encoding="utf-8") as file:
            path, rest = file.read().split("\n", 1)
    except (OSError, ValueError):
        return None
    return path if rest == made_of and os.path.exists(path) else None
