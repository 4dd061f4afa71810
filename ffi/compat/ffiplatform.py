"""cffi.ffiplatform"""

import os

from ffi.build import compile, new_extension
from ffi.errors import VerificationError, VerificationMissing

__all__ = ["LIST_OF_FILE_NAMES", "VerificationError", "VerificationMissing", "compile", "flatten", "get_extension", "maybe_relative_path"]
LIST_OF_FILE_NAMES = ["sources", "include_dirs", "library_dirs", "extra_objects", "depends"]


def get_extension(srcfilename, modname, sources=(), **kwds):
    return new_extension(srcfilename, modname, sources, **kwds)


def maybe_relative_path(path):
    """The path from the current directory if it is below it, the path itself otherwise."""
    if not os.path.isabs(path):
        return path
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative


def flatten(x):
    """Keywords as text: lengths and types told, dicts in the order of their keys.  TypeError for what is no text, number or container."""
    if isinstance(x, str):
        return f"{len(x)}s{x}"
    if isinstance(x, int):
        return f"{int(x)}i"
    if isinstance(x, dict):
        return f"{len(x)}d" + "".join(flatten(key) + flatten(x[key]) for key in sorted(x))
    if isinstance(x, (list, tuple)):
        return f"{len(x)}l" + "".join(map(flatten, x))
    raise TypeError(f"keywords of verify() are text, numbers, lists and dicts, not {x!r}")
