"""cffi.api"""

from ffi.api import FFI
from ffi.errors import CDefError, FFIError

__all__ = ["CDefError", "FFI", "FFIError"]
