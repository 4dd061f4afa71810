"""cffi.ffiplatform"""

import os

from ffi.build import compile, new_extension
from ffi.errors import VerificationError, VerificationMissing

__all__ = ["LIST_OF_FILE_NAMES", "VerificationError", "VerificationMissing", "compile", "get_extension", "maybe_relative_path"]
LIST_OF_FILE_NAMES = ["sources", "include_dirs", "library_dirs", "extra_objects", "depends"]


def get_extension(srcfilename, modname, sources=(), **kwds):
    return new_extension(srcfilename, modname, sources, **kwds)


def maybe_relative_path(path):
    """The path from the current directory if it is below it, the path itself otherwise."""
    if not os.path.isabs(path):
        return path
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative
