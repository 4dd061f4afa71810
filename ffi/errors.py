"""The exceptions of `ffi`; those of the engine itself are its own (`ffi.error`)."""


class FFIError(Exception):
    """Something asked of an FFI is not possible."""
    __module__ = "ffi"


class CDefError(FFIError):
    """C source that cannot be understood: file, line, column, the line with a caret, and what would work."""
    __module__ = "ffi"


class VerificationError(FFIError):
    """The C compiler, or a compiled module, does not agree with the declarations."""
    __module__ = "ffi"


class VerificationMissing(FFIError):
    """A compiled module lacks what was declared, or a `...` needs a compiler to be filled in."""
    __module__ = "ffi"


class NotConstant(Exception):
    """Why an expression has no value that is known now; never leaves this package."""


class PkgConfigError(FFIError):
    """pkg-config is not there, or does not know the package."""
    __module__ = "ffi"
