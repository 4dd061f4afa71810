"""What the slot functions of VM classes do (capi/shim/core/slots.c): C code calls a VM object's slot."""

import operator

from __pypy__ import identity_dict

from capi.core.registry import vm
from capi.core.tables import NULL, TI_MAKES, addresses, info_view, mro_of

BINARY = [f"__{n}__" for n in ("add sub mul mod divmod lshift rshift and xor or floordiv truediv matmul iadd isub imul imod ilshift irshift "
                               "iand ixor ior ifloordiv itruediv imatmul").split()]
UNARY = [f"__{n}__" for n in "neg pos abs invert int float index repr str await aiter anext".split()]
COMPARE = [operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]
COMPARE_NAMES = ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"]


def call_special(name, self, *args):
    """The dunder `name` looked up on the class, called; NotImplemented if there is none."""
    cls = type(self)
    method = getattr(cls, name, None)
    return NotImplemented if method is None else method(self, *args)


@vm("PyObject *vm_slot_binary(int i, PyObject *a, PyObject *b)")
def vm_slot_binary(i, a, b):
    name = BINARY[i]
    r = call_special(name, a, b)
    if r is NotImplemented and i < 13 and type(b) is not type(a):
        r = call_special("__r" + name[2:], b, a)
    return r


@vm("PyObject *vm_slot_unary(int i, PyObject *a)")
def vm_slot_unary(i, a):
    r = call_special(UNARY[i], a)
    if r is NotImplemented:
        raise TypeError(f"bad operand type: '{type(a).__name__}'")
    return r


@vm("PyObject *vm_slot_next(PyObject *o)")
def vm_slot_next(o):
    try:
        return type(o).__next__(o)
    except StopIteration as stop:
        if stop.args:
            raise
        return NULL


@vm("Py_hash_t vm_slot_hash(PyObject *o)")
def vm_slot_hash(o):
    return hash(o)


@vm("int vm_slot_true(PyObject *o)")
def vm_slot_true(o):
    return bool(o)


def three(name, a, b, c):
    return call_special(name, a, b) if c is None or c is NULL else call_special(name, a, b, c)


@vm("PyObject *vm_slot_power(PyObject *a, PyObject *b, PyObject *c)")
def vm_slot_power(a, b, c):
    r = three("__pow__", a, b, c)
    if r is NotImplemented and type(b) is not type(a):
        r = call_special("__rpow__", b, a)
    return r


@vm("PyObject *vm_slot_inplace_power(PyObject *a, PyObject *b, PyObject *c)")
def vm_slot_inplace_power(a, b, c):
    return three("__ipow__", a, b, c)


@vm("Py_ssize_t vm_slot_length(PyObject *o)")
def vm_slot_length(o):
    return len(o)


@vm("PyObject *vm_slot_item(PyObject *o, Py_ssize_t i)")
def vm_slot_item(o, i):
    return o[i]


@vm("int vm_slot_ass_item(PyObject *o, Py_ssize_t i, PyObject *v)")
def vm_slot_ass_item(o, i, v):
    if v is NULL:
        del o[i]
    else:
        o[i] = v


@vm("int vm_slot_contains(PyObject *o, PyObject *v)")
def vm_slot_contains(o, v):
    return v in o


@vm("PyObject *vm_slot_concat(PyObject *a, PyObject *b)")
def vm_slot_concat(a, b):
    return a + b


@vm("PyObject *vm_slot_repeat(PyObject *o, Py_ssize_t n)")
def vm_slot_repeat(o, n):
    return o * n


@vm("PyObject *vm_slot_inplace_concat(PyObject *a, PyObject *b)")
def vm_slot_inplace_concat(a, b):
    a += b
    return a


@vm("PyObject *vm_slot_inplace_repeat(PyObject *o, Py_ssize_t n)")
def vm_slot_inplace_repeat(o, n):
    o *= n
    return o


@vm("PyObject *vm_slot_subscript(PyObject *o, PyObject *key)")
def vm_slot_subscript(o, key):
    return o[key]


@vm("int vm_slot_ass_subscript(PyObject *o, PyObject *key, PyObject *v)")
def vm_slot_ass_subscript(o, key, v):
    if v is NULL:
        del o[key]
    else:
        o[key] = v


@vm("PyObject *vm_slot_call(PyObject *o, PyObject *args, PyObject *kw)")
def vm_slot_call(o, args, kw):
    return o(*args) if kw is NULL else o(*args, **kw)


@vm("PyObject *vm_slot_getattr(PyObject *o, PyObject *name)")
def vm_slot_getattr(o, name):
    return getattr(o, name)


@vm("int vm_slot_setattr(PyObject *o, PyObject *name, PyObject *v)")
def vm_slot_setattr(o, name, v):
    if v is NULL:
        delattr(o, name)
    else:
        setattr(o, name, v)


@vm("PyObject *vm_slot_compare(PyObject *a, PyObject *b, int op)")
def vm_slot_compare(a, b, op):
    return call_special(COMPARE_NAMES[op], a, b)


@vm("PyObject *vm_slot_descr_get(PyObject *d, PyObject *o, PyObject *t)")
def vm_slot_descr_get(d, o, t):
    return type(d).__get__(d, None if o is NULL else o, None if t is NULL else t)


@vm("int vm_slot_descr_set(PyObject *d, PyObject *o, PyObject *v)")
def vm_slot_descr_set(d, o, v):
    if v is NULL:
        type(d).__delete__(d, o)
    else:
        type(d).__set__(d, o, v)


@vm("int vm_slot_init(PyObject *o, PyObject *args, PyObject *kw)")
def vm_slot_init(o, args, kw):
    type(o).__init__(o, *args, **({} if kw is NULL else kw))


@vm("PyObject *vm_slot_new(PyObject *cls, PyObject *args, PyObject *kw)")
def vm_slot_new(cls, args, kw):
    return cls.__new__(cls, *args, **({} if kw is NULL else kw))


# What slots_base.h asks for, by number.
BASE = """repr str iter next hash len call getattribute setattr delattr getitem setitem delitem contains init new lt le eq ne gt
    ge""".split()
B_NEXT, B_CALL, B_INIT, B_NEW = (BASE.index(name) for name in ("next", "call", "init", "new"))
builtin_bases = identity_dict()
flags_of = type.__dict__["__flags__"].__get__


def builtin_base(cls):
    """The builtin class that `cls` derives from."""
    base = builtin_bases.get(cls)
    if base is None:
        base = builtin_bases[cls] = next(b for b in mro_of(cls) if not flags_of(b) >> 9 & 1)
    return base


@vm("PyObject *vm_slot_base(int i, PyObject *o, PyObject *a, PyObject *b)")
def vm_slot_base(i, o, a, b):
    """A slot of the builtin type that the type of `o` derives from; `a` and `b` are its arguments, or NULL."""
    if i == B_NEW:
        return builtin_base(o).__new__(o, *a, **({} if b is NULL else b))
    method = getattr(builtin_base(type(o)), f"__{BASE[i]}__")
    if i in (B_CALL, B_INIT):
        return method(o, *a, **({} if b is NULL else b))
    if i == B_NEXT:
        try:
            return method(o)
        except StopIteration as stop:
            if stop.args:
                raise
            return NULL
    return method(o) if a is NULL else method(o, a) if b is NULL else method(o, a, b)


# ---- what `type` and `object` do themselves -------------------------------------------------------------------------------


def keywords(kw):
    return {} if kw is NULL else kw


@vm("PyObject *vm_type_call(PyObject *cls, PyObject *args, PyObject *kw)")
def vm_type_call(cls, args, kw):
    return type.__call__(cls, *args, **keywords(kw))


@vm("PyObject *vm_type_new(PyObject *metatype, PyObject *args, PyObject *kw)")
def vm_type_new(metatype, args, kw):
    return type.__new__(metatype, *args, **keywords(kw))


@vm("int vm_type_init(PyObject *cls, PyObject *args, PyObject *kw)")
def vm_type_init(cls, args, kw):
    type.__init__(cls, *args, **keywords(kw))


@vm("PyObject *vm_type_getattr(PyObject *cls, PyObject *name)")
def vm_type_getattr(cls, name):
    return type.__getattribute__(cls, name)


@vm("int vm_type_setattr(PyObject *cls, PyObject *name, PyObject *v)")
def vm_type_setattr(cls, name, v):
    type.__delattr__(cls, name) if v is NULL else type.__setattr__(cls, name, v)
    note_changed(cls, name)


def note_changed(cls, name):
    """C has set an attribute of a class: that of a C type may be how instances are made."""
    if name in ("__init__", "__new__") and cls in addresses:
        info_view(addresses[cls]).flags |= TI_MAKES


@vm("PyObject *vm_object_new(PyObject *cls, PyObject *args, PyObject *kw)")
def vm_object_new(cls, args, kw):
    return object.__new__(cls)


@vm("int vm_object_init(PyObject *o, PyObject *args, PyObject *kw)")
def vm_object_init(o, args, kw):
    """The arguments were for a tp_new: object() itself would complain."""
