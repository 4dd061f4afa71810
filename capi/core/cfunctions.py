"""C functions and the VM's builtin functions: what each is on the other's side.

A function of an extension is a PyCFunctionObject.  Its wrapper has a slot that holds a VM function made for that C function;
so a call costs what one of a VM function does, the object does not bind, and name, text and module are read in the struct.
The VM's own builtin functions cross as objects of a type that derives from PyCFunction_Type.
"""

import types

from __pypy__ import _promote, identity_dict

from capi.core import calls, to_vm, linking, tables
from capi.core.engine import ffi, lib
from capi.core.structs import STRUCTS, put_object
from capi.core.tables import info_view, table, text

CALL = "_mooring_call"
BUILTIN = types.BuiltinFunctionType
FIELDS = M_SELF, M_MODULE = 24, 32         # offsets in a PyCFunctionObject
TYPE = [0]                                 # address of PyCFunction_Type


def slots_of(p_type):
    """The names of the slots of a C type's class beside the address."""
    return (CALL,) if p_type == TYPE[0] else ()


def namespace_of(p_type):
    """What the class of a C type has beside what the type says.

    With `__class__`, isinstance(f, types.BuiltinFunctionType) is true, as on CPython.
    """
    return {"__class__": property(lambda self: BUILTIN), "__call__": property(callable_of)} if p_type == TYPE[0] else {}


def callable_of(self):
    # JIT: the function is promoted, as the code of a VM function is when it is called; so its slot is read while compiling.
    return get_call(_promote(self))


def new_function(definition, p_self, p_module=0, p_class=0):
    """The VM's object of a C function: `definition` is a PyMethodDef's view, the others are addresses."""
    w = lib.m_cfunction_new(int(ffi.cast("intptr_t", definition)), p_self, p_module, p_class)
    if not w:
        linking.raise_pending(text(ffi.cast("intptr_t", definition.name)))
    return to_vm.from_word(w)


def filling(wrap):
    """`wrap`, a factory of wrappers, for C functions: the wrapper is made callable."""
    def wrap_function(p, index):
        x = wrap(p, index)
        put_call(x, caller(ffi.cast("MCFunction *", p)))
        return x
    return wrap_function


def caller(function):
    """A VM function that calls a PyCFunctionObject's C function."""
    definition = ffi.cast("MMethodDef *", function.m_ml)
    name = text(ffi.cast("intptr_t", definition.name))
    static, method = definition.flags & calls.METH_STATIC, definition.flags & calls.METH_METHOD
    make = calls.maker(calls.source_of(definition.flags, False), "fn", "me", "label", "defining")
    made = make(name, definition.meth, 0 if static else function.m_self, label(function, name), function.mm_class if method else 0)
    return calls.named(made, name)


def label(function, name):
    """What errors call the function: with its module or its self's class."""
    owner = to_vm.from_pointer(function.m_self)
    if isinstance(owner, type):
        return f"{owner.__qualname__}.{name}"
    module = to_vm.from_pointer(function.m_module)
    return f"{module}.{name}" if isinstance(module, str) else name


class Kept:
    """The PyMethodDefs of the VM's builtin functions."""

    def __init__(self):
        self.definitions = identity_dict()

    def of(self, x):
        found = self.definitions.get(x)
        if found is None:
            name, doc = (ffi.new("char[]", s.encode()) if s is not None else ffi.NULL for s in (x.__name__, x.__doc__))
            made = ffi.new("MMethodDef *", (name, lib.m_no_c_function(), calls.METH_VARARGS | calls.METH_KEYWORDS, doc))
            found = self.definitions[x] = made, name, doc
        return int(ffi.cast("intptr_t", found[0]))


kept = Kept()


def fill_builtin(x, p):
    ffi.cast("intptr_t *", p)[2] = kept.of(x)
    for offset, value in zip(FIELDS, (getattr(x, "__self__", None), x.__module__)):
        if value is not None:
            put_object(p + offset, value)


def prepare(p_type):
    """Before PyCFunction_Type has a class."""
    TYPE[0] = p_type
    STRUCTS["builtins", BUILTIN.__name__] = (ffi.sizeof("MCFunction") - 8, FIELDS, fill_builtin)


def finish():
    """When it has one: C functions can be called, and the VM's own builtin functions get their type."""
    global get_call, put_call              # of the class's slot: set once, for the JIT to take them for constant
    cls = table[(info_view(TYPE[0]).link >> 3) & tables.INDEX]
    get_call, put_call = cls.__dict__[CALL].__get__, cls.__dict__[CALL].__set__
    p = linking.type_address(BUILTIN)
    tables.type_view(p).tp_base = TYPE[0]
    to_vm.set_field(p, ffi.offsetof("MType", "tp_mro"), (BUILTIN, cls, object))
