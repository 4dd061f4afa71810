"""The engine's encoding of types: numbered operations in one array, each with an argument in its upper bits.

    [FUNCTION result][argument]...[FUNCTION_END flags]   [POINTER to]   [ARRAY item][length]   [NOOP same as]   ...

The numbers are `_cffi_backend`'s (facts of its binary interface, the same in all its versions).
"""

PRIMITIVE, POINTER, ARRAY, OPEN_ARRAY, STRUCT_UNION, ENUM, FUNCTION, FUNCTION_END, NOOP, BITFIELD, TYPENAME = range(1, 22, 2)
CPYTHON_BLTN_V, CPYTHON_BLTN_N, CPYTHON_BLTN_O, CONSTANT, CONSTANT_INT, GLOBAL_VAR, DLOPEN_FUNC, DLOPEN_CONST, GLOBAL_VAR_F, \
    EXTERN_PYTHON = range(23, 42, 2)
NAMES = {value: name for name, value in list(globals().items()) if name.isupper() and isinstance(value, int)}

PRIMITIVES = dict(zip((
    "void", "_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long", "unsigned long",
    "long long", "unsigned long long", "float", "double", "long double", "wchar_t", "int8_t", "uint8_t", "int16_t", "uint16_t", "int32_t",
    "uint32_t", "int64_t", "uint64_t", "intptr_t", "uintptr_t", "ptrdiff_t", "size_t", "ssize_t", "int_least8_t", "uint_least8_t",
    "int_least16_t", "uint_least16_t", "int_least32_t", "uint_least32_t", "int_least64_t", "uint_least64_t", "int_fast8_t", "uint_fast8_t",
    "int_fast16_t", "uint_fast16_t", "int_fast32_t", "uint_fast32_t", "int_fast64_t", "uint_fast64_t", "intmax_t", "uintmax_t",
    "_cffi_float_complex_t", "_cffi_double_complex_t", "char16_t", "char32_t"), range(52)))

UNION, CHECK_FIELDS, PACKED, EXTERNAL, OPAQUE = 1, 2, 4, 8, 16     # flags of a struct or union
FLAG_NAMES = {UNION: "_CFFI_F_UNION", CHECK_FIELDS: "_CFFI_F_CHECK_FIELDS", PACKED: "_CFFI_F_PACKED", EXTERNAL: "_CFFI_F_EXTERNAL",
              OPAQUE: "_CFFI_F_OPAQUE"}
FILE_STRUCT = -1                                       # as the number of a struct: FILE
VERSION, VERSION_CHAR16 = 0x2601, 0x2801


def sized_integer(size, signed):
    """The primitive's number of an integer of `size` bytes."""
    return PRIMITIVES[f"{'' if signed else 'u'}int{size * 8}_t"]


class Op(tuple):
    """(operation or None, argument): an argument that is C text is for the C compiler; without an operation it is a length."""

    def __str__(self):
        return f"({NAMES.get(self[0])} {self[1]})"

    def c(self):
        """C's expression of it."""
        operation, argument = self
        if operation is None:
            return f"(_cffi_opcode_t)({argument})"
        return f"_FFI_OP(_CFFI_OP_{NAMES[operation]}, {argument})"

    def code(self):
        """The number that stands for it."""
        operation, argument = self
        return argument if operation is None else argument << 8 | operation
