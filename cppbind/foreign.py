"""Values of ctypes, as arguments and for templates: `values.of_ctypes()` gives this module once the program has imported ctypes."""

import ctypes

from cppbind.values import SPELLED

CODES = {ctypes.c_bool: "b", ctypes.c_char: "c", ctypes.c_wchar: "w", ctypes.c_byte: "a", ctypes.c_ubyte: "h", ctypes.c_short: "s", ctypes.c_ushort: "t",
         ctypes.c_int: "i", ctypes.c_uint: "j", ctypes.c_long: "l", ctypes.c_ulong: "m", ctypes.c_float: "f", ctypes.c_double: "d",
         ctypes.c_longdouble: "e"}
for one, code in ((ctypes.c_longlong, "x"), (ctypes.c_ulonglong, "y")):
    CODES.setdefault(one, code)
ByReference = type(ctypes.byref(ctypes.c_int()))        # PyPy's is a pointer like others
ByReference = () if issubclass(ByReference, ctypes._Pointer) else ByReference
POINTERS = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_wchar_p)


def number(value):
    """The number in an object of ctypes; else the value itself."""
    return value.value if isinstance(value, ctypes._SimpleCData) else value


def type_text(value):
    """The C++ type of an object of ctypes as an argument; None for others."""
    kind = type(value)
    if kind in CODES:
        return SPELLED[CODES[kind]] + "&"
    if kind is ctypes.c_char_p:
        return "const char*"
    if kind is ctypes.c_void_p:
        return "void*"
    if isinstance(value, ctypes._Pointer):
        return SPELLED.get(CODES.get(kind._type_), "void") + "*"
    return None


def class_text(cls):
    """A class of ctypes as a template's argument; None for others."""
    if cls in CODES:
        return SPELLED[CODES[cls]]
    if cls in (ctypes.c_char_p, ctypes.c_void_p):
        return "const char*" if cls is ctypes.c_char_p else "void*"
    if issubclass(cls, ctypes._Pointer):
        from cppbind.templates import argument_text
        return argument_text(cls._type_) + "*"
    return None


def memory(value):
    """(code of the number, "v" of a c_void_p or None, address, what keeps it) of an object that is no pointer, or of what one points to; None for others."""
    value = referred(value)
    if isinstance(value, ctypes._Pointer):
        return CODES.get(type(value)._type_), ctypes.cast(value, ctypes.c_void_p).value or 0, value
    if isinstance(value, POINTERS):
        code = "v" if isinstance(value, ctypes.c_void_p) else {ctypes.c_char_p: "c", ctypes.c_wchar_p: "w"}.get(type(value))
        return code, ctypes.cast(value, ctypes.c_void_p).value or 0, value
    if isinstance(value, ctypes.Array):
        return CODES.get(type(value)._type_), ctypes.addressof(value), value
    if isinstance(value, (ctypes._SimpleCData, ctypes.Structure, ctypes.Union)):
        return CODES.get(type(value)), ctypes.addressof(value), value
    return None


def referred(value):
    """What a byref() refers to; else the value itself."""
    return value._obj if isinstance(value, ByReference) else value


def slot(value, array):
    """The address of the word that holds a pointer, or of the first of an `array` of pointers; None if the value is neither."""
    if isinstance(value, ctypes._Pointer):
        if array and issubclass(type(value)._type_, (ctypes._Pointer, *POINTERS)):
            return ctypes.cast(value, ctypes.c_void_p).value or 0
        return ctypes.addressof(value)
    return ctypes.addressof(value) if isinstance(value, (*POINTERS, ctypes.Array)) else None
