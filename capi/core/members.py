"""PyGetSetDef and PyMemberDef as descriptors."""

import operator
import warnings

from capi.core.calls import convert, indent, maker, named, result
from capi.core.descriptors import getset_descriptor, member_descriptor
from capi.core.engine import ffi, lib
from capi.core.to_vm import from_field, set_field
from capi.core.tables import NULL, text

T_SHORT, T_INT, T_LONG, T_FLOAT, T_DOUBLE, T_STRING, T_OBJECT, T_CHAR, T_BYTE, T_UBYTE = range(10)
T_USHORT, T_UINT, T_ULONG, T_STRING_INPLACE, T_BOOL = range(10, 15)
T_OBJECT_EX, T_LONGLONG, T_ULONGLONG, T_PYSSIZET, T_NONE = range(16, 21)
READONLY = 1

C_TYPES = {T_SHORT: "short *", T_INT: "int *", T_LONG: "long *", T_FLOAT: "float *", T_DOUBLE: "double *", T_BYTE: "signed char *",
           T_UBYTE: "unsigned char *", T_USHORT: "unsigned short *", T_UINT: "unsigned int *", T_ULONG: "unsigned long *",
           T_BOOL: "unsigned char *", T_LONGLONG: "long *", T_ULONGLONG: "unsigned long *", T_PYSSIZET: "long *"}

WIDE = {T_LONG: "long", T_LONGLONG: "long", T_PYSSIZET: "ssize_t"}
UNSIGNED = (T_UINT, T_ULONG, T_ULONGLONG)
NARROW = {T_BYTE: "char", T_UBYTE: "unsigned char", T_SHORT: "short", T_USHORT: "unsigned short", T_INT: "int", T_UINT: "unsigned int"}

GETTER = "def f(self):\n" + indent("r = lib.m_O_Op(fn, address(self), closure)\n" + result("f(self)", ""))
SETTER = ("def f(self, value):\n" + indent(convert("value", "w", "") + "r = lib.m_i_OOp(fn, address(self), w, closure)\n"
          "if r < 0:\n    if r == L_RETRY:\n        return settle() or f(self, value)\n    raise_if_pending(name)\n"))
DELETER = ("def f(self):\n" + indent("r = lib.m_i_OOp(fn, address(self), 0, closure)\nif r < 0:\n    raise_if_pending(name)\n"))


def getset(definition, address, cls):
    """(name, property) of a PyGetSetDef."""
    name = text(ffi.cast("intptr_t", definition.name))
    made = []
    for source, fn in ((GETTER, definition.get), (SETTER, definition.set), (DELETER, definition.set)):
        make = maker(source, "fn", "address", "closure")
        made.append(named(make(name, fn, address, definition.closure), name) if fn else None)
    return name, getset_descriptor(*made).of(definition, cls)


def reader(kind, offset, address, name):
    if kind == T_NONE:
        return lambda self: None
    if kind in (T_OBJECT, T_OBJECT_EX):
        def get(self):
            x = from_field(address(self) + offset)
            if x is NULL:
                if kind == T_OBJECT_EX:
                    raise AttributeError(name)
                return None
            return x
        return get
    if kind == T_STRING:
        return lambda self: text(ffi.cast("intptr_t *", address(self) + offset)[0])
    if kind == T_STRING_INPLACE:
        return lambda self: text(address(self) + offset)
    if kind == T_CHAR:
        return lambda self: chr(ffi.cast("unsigned char *", address(self) + offset)[0])
    if kind == T_BOOL:
        return lambda self: ffi.cast("unsigned char *", address(self) + offset)[0] != 0
    ctype = ffi.typeof(C_TYPES[kind])

    def read(self):
        # JIT: a raw load (tests/capi/test_traces.py).
        return ffi.cast(ctype, address(self) + offset)[0]
    return read


def writer(kind, offset, address, name):
    if kind in (T_OBJECT, T_OBJECT_EX):
        def put(self, value):
            set_field(address(self), offset, value)
        return put
    if kind in (T_STRING, T_STRING_INPLACE, T_NONE):
        def put_text(self, value):
            raise TypeError("readonly attribute")
        return put_text
    if kind == T_CHAR:
        def put_char(self, value):
            if not isinstance(value, str) or len(value) != 1:
                raise TypeError("bad argument type for built-in operation")
            ffi.cast("unsigned char *", address(self) + offset)[0] = ord(value)
        return put_char
    if kind == T_BOOL:
        def put_bool(self, value):
            if not isinstance(value, bool):
                raise TypeError("attribute value type must be bool")
            ffi.cast("unsigned char *", address(self) + offset)[0] = value
        return put_bool
    ctype = ffi.typeof(C_TYPES[kind])
    if kind in (T_FLOAT, T_DOUBLE):
        def put_float(self, value):
            ffi.cast(ctype, address(self) + offset)[0] = as_double(value)
        return put_float
    size = ffi.sizeof(ctype.item) * 8
    signed = kind not in (T_UBYTE, T_USHORT, *UNSIGNED)
    low, high = (-1 << size - 1, (1 << size - 1) - 1) if signed else (0, (1 << size) - 1)

    def put_int(self, value):
        value = operator.index(value)
        if not low <= value <= high:
            value = squeezed(kind, value, low, high)
        ffi.cast(ctype, address(self) + offset)[0] = value
    return put_int


def as_double(value):
    """PyFloat_AsDouble()."""
    if not isinstance(value, float) and not hasattr(type(value), "__float__") and not hasattr(type(value), "__index__"):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return float(value)


def squeezed(kind, value, low, high):
    """What a field takes of an int that is out of its range: with a warning, as CPython does, if it fits a C long."""
    if not -1 << 63 <= value < 1 << 63:
        raise OverflowError(f"Python int too large to convert to C {WIDE.get(kind, 'long')}")
    if kind in UNSIGNED and value < 0:
        warnings.warn("Writing negative value into unsigned field", RuntimeWarning, 3)
    elif kind in NARROW:
        warnings.warn(f"Truncation of value to {NARROW[kind]}", RuntimeWarning, 3)
    width = (high - low + 1)
    return (value - low) % width + low


def refuse(self, value=None):
    raise AttributeError("readonly attribute")


def deleter(kind, offset, address, name):
    def delete(self):
        if kind == T_OBJECT_EX:
            if not ffi.cast("intptr_t *", address(self) + offset)[0]:
                raise AttributeError(name)
        elif kind != T_OBJECT:
            raise TypeError("can't delete numeric/char attribute")
        lib.m_set_field(address(self), offset, 0)
    return delete


def member(definition, address, cls):
    """(name, property) of a PyMemberDef."""
    name = text(ffi.cast("intptr_t", definition.name))
    get = reader(definition.type, definition.offset, address, name)
    if definition.flags & READONLY:
        made = member_descriptor(get, refuse, refuse)
    else:
        made = member_descriptor(get, writer(definition.type, definition.offset, address, name),
                                 deleter(definition.type, definition.offset, address, name))
    return name, made.of(definition, cls)
