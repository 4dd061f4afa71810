"""Call C from its own headers: a cffi-compatible binder.  ``from ffi import FFI``."""

from ffi.api import FFI
from ffi.engine import VERSION as __version__
from ffi.errors import CDefError, FFIError, PkgConfigError, VerificationError, VerificationMissing

__all__ = ["FFI", "CDefError", "FFIError", "PkgConfigError", "VerificationError", "VerificationMissing"]
__version_info__ = tuple(int(part) for part in __version__.split(".")[:3] if part.isdigit())
