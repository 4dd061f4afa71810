"""cffi.cffi_opcode: the numbers."""

from ffi import opcodes

PRIMITIVE_TO_INDEX = {name: number for name, number in opcodes.PRIMITIVES.items() if name != "void"}
CLASS_NAME = dict(opcodes.NAMES)
globals().update({f"OP_{name}": number for number, name in opcodes.NAMES.items()})
PRIM_NAMES = {"void": "VOID", "_Bool": "BOOL", "signed char": "SCHAR", "unsigned char": "UCHAR", "long double": "LONGDOUBLE", "wchar_t": "WCHAR",
              "_cffi_float_complex_t": "FLOATCOMPLEX", "_cffi_double_complex_t": "DOUBLECOMPLEX"}
for _name, _number in opcodes.PRIMITIVES.items():
    _short = PRIM_NAMES.get(_name) or _name.removesuffix("_t").upper().replace("UNSIGNED ", "U").replace(" ", "")
    globals()[f"PRIM_{_short}"] = _number
_NUM_PRIM = len(opcodes.PRIMITIVES)
_UNKNOWN_PRIM, _UNKNOWN_FLOAT_PRIM, _UNKNOWN_LONG_DOUBLE, _IO_FILE_STRUCT = -1, -2, -3, opcodes.FILE_STRUCT
F_UNION, F_CHECK_FIELDS, F_PACKED, F_EXTERNAL, F_OPAQUE = 1, 2, 4, 8, 16
