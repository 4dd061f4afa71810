"""PyGetSetDef and PyMemberDef as descriptors."""

from capi.core import calls, words
from capi.core.calls import convert, indent, maker, named, result
from capi.core.engine import ffi, lib
from capi.core.words import NULL, from_pointer, text, word

T_SHORT, T_INT, T_LONG, T_FLOAT, T_DOUBLE, T_STRING, T_OBJECT, T_CHAR, T_BYTE, T_UBYTE = range(10)
T_USHORT, T_UINT, T_ULONG, T_STRING_INPLACE, T_BOOL, T_OBJECT_EX, T_LONGLONG, T_ULONGLONG, T_PYSSIZET, T_NONE = range(10, 20)
READONLY = 1

C_TYPES = {T_SHORT: "short *", T_INT: "int *", T_LONG: "long *", T_FLOAT: "float *", T_DOUBLE: "double *", T_BYTE: "signed char *",
           T_UBYTE: "unsigned char *", T_USHORT: "unsigned short *", T_UINT: "unsigned int *", T_ULONG: "unsigned long *",
           T_BOOL: "unsigned char *", T_LONGLONG: "long *", T_ULONGLONG: "unsigned long *", T_PYSSIZET: "long *"}

GETTER = "def f(self):\n" + indent("r = lib.m_O_Op(fn, address(self), closure)\n" + result("f(self)", ""))
SETTER = ("def f(self, value):\n" + indent(convert("value", "w", "") + "r = lib.m_i_OOp(fn, address(self), w, closure)\n"
          "if r < 0:\n    if r == L_RETRY:\n        return f(self, value)\n    raise_if_pending(name)\n"))
DELETER = ("def f(self):\n" + indent("r = lib.m_i_OOp(fn, address(self), 0, closure)\nif r < 0:\n    raise_if_pending(name)\n"))


def getset(definition, address):
    """(name, property) of a PyGetSetDef."""
    name = text(ffi.cast("intptr_t", definition.name))
    doc = text(ffi.cast("intptr_t", definition.doc))
    made = []
    for source, fn in ((GETTER, definition.get), (SETTER, definition.set), (DELETER, definition.set)):
        make = maker(source, "fn", "address", "closure")
        made.append(named(make(name, fn, address, definition.closure), name) if fn else None)
    return name, property(*made, doc=doc)


def reader(kind, offset, address, name):
    if kind == T_NONE:
        return lambda self: None
    if kind in (T_OBJECT, T_OBJECT_EX):
        def get(self):
            x = from_pointer(ffi.cast("intptr_t *", address(self) + offset)[0])
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
            lib.m_set_field(address(self), offset, word(value))
        return put
    if kind in (T_STRING, T_STRING_INPLACE, T_NONE):
        def refuse(self, value):
            raise TypeError("readonly attribute")
        return refuse
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
    convert_value = float if kind in (T_FLOAT, T_DOUBLE) else (lambda value: value.__index__())

    def write(self, value):
        ffi.cast(ctype, address(self) + offset)[0] = convert_value(value)
    return write


def deleter(kind, offset, address, name):
    def delete(self):
        if kind == T_OBJECT_EX:
            if not ffi.cast("intptr_t *", address(self) + offset)[0]:
                raise AttributeError(name)
        elif kind != T_OBJECT:
            raise TypeError("can't delete numeric/char attribute")
        lib.m_set_field(address(self), offset, 0)
    return delete


def member(definition, address):
    """(name, property) of a PyMemberDef."""
    name = text(ffi.cast("intptr_t", definition.name))
    doc = text(ffi.cast("intptr_t", definition.doc))
    get = reader(definition.type, definition.offset, address, name)
    if definition.flags & READONLY:
        return name, property(get, doc=doc)
    return name, property(get, writer(definition.type, definition.offset, address, name),
                          deleter(definition.type, definition.offset, address, name), doc=doc)
