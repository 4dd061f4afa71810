"""Call C from its own headers: a cffi-compatible binder.  ``from ffi import FFI``."""

from ffi.api import FFI
from ffi.engine import VERSION as __version__
from ffi.errors import CDefError, FFIError, PkgConfigError, VerificationError, VerificationMissing

__all__ = ["FFI", "dtype", "CDefError", "FFIError", "PkgConfigError", "VerificationError", "VerificationMissing"]
__version_info__ = tuple(int(part) for part in __version__.split(".")[:3] if part.isdigit())


def dtype(ctype):
    """The numpy dtype of a ctype, of any FFI's or compiled module's typeof(): numpy.frombuffer(ffi.buffer(array), dtype(item))."""
    from ffi.numpy_types import dtype
    return dtype(ctype)
