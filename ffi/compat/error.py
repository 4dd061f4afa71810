"""cffi.error"""

from ffi.errors import CDefError, FFIError, PkgConfigError, VerificationError, VerificationMissing

__all__ = ["CDefError", "FFIError", "PkgConfigError", "VerificationError", "VerificationMissing"]
