"""PyObject_...: what only the VM can decide.  The roads that stay in C are in shim/object*.c."""

import operator
import types

from __pypy__ import identity_dict

from capi.core import NULL, api, fading, vm
from capi.core.engine import ffi
from capi.core.slots import note_changed
from capi.core.tables import dict_of, getters, mro_of
from capi.core.to_c import address, late_word
from capi.core.types import dictionaries

MethodType = types.MethodType
COMPARE = [operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]


# ---- truth, size, text, hash, comparison -----------------------------------------------------------------------------


@vm("int vm_true(PyObject *o)")
def vm_true(o):
    return 1 if o else 0


@vm("Py_ssize_t vm_length(PyObject *o)")
def vm_length(o):
    return len(o)


@vm("PyObject *vm_repr(PyObject *o)")
def vm_repr(o):
    return repr(o)


@vm("PyObject *vm_str(PyObject *o)")
def vm_str(o):
    return str(o)


@vm("PyObject *vm_ascii(PyObject *o)")
def vm_ascii(o):
    return ascii(o)


@vm("PyObject *vm_bytes(PyObject *o)")
def vm_bytes(o):
    special = getattr(type(o), "__bytes__", None)
    if special is None:
        return NULL
    r = special(o)
    if not isinstance(r, bytes):
        raise TypeError(f"__bytes__ returned non-bytes (type {type(r).__name__})")
    return r


@vm("Py_hash_t vm_hash(PyObject *o)")
def vm_hash(o):
    return hash(o)


@vm("PyObject *vm_compare(PyObject *a, PyObject *b, int op)")
def vm_compare(a, b, op):
    if op == 2:
        return a == b
    if op == 3:
        return a != b
    return COMPARE[op](a, b)


@api("PyObject *PyObject_Format(PyObject *obj, PyObject *format_spec)")
def PyObject_Format(obj, format_spec):
    if format_spec is NULL:
        return format(obj)
    if not isinstance(format_spec, str):
        raise SystemError(f"Format specifier must be a string, not {type(format_spec).__name__:.200}")
    return format(obj, format_spec)


@api("PyObject *PyObject_Dir(PyObject *o)")
def PyObject_Dir(o):
    if o is NULL:
        raise SystemError("frame does not exist")
    return dir(o)


@api("Py_ssize_t PyObject_LengthHint(PyObject *o, Py_ssize_t defaultvalue)")
def PyObject_LengthHint(o, defaultvalue):
    return operator.length_hint(o, defaultvalue)


@api("int _PyObject_HasLen(PyObject *o)")
def _PyObject_HasLen(o):
    return hasattr(type(o), "__len__")


@api("int _PyObject_IsAbstract(PyObject *o)")
def _PyObject_IsAbstract(o):
    return bool(getattr(o, "__isabstractmethod__", False))


@api("PyObject *_PyObject_FunctionStr(PyObject *o)")
def _PyObject_FunctionStr(o):
    name = getattr(o, "__qualname__", None)
    if name is None:
        return str(o)
    module = getattr(o, "__module__", None)
    return f"{name}()" if module in (None, "builtins") else f"{module}.{name}()"


@api("PyObject *_PyObject_GetState(PyObject *o)")
def _PyObject_GetState(o):
    return o.__getstate__()


@api("int PyObject_AsFileDescriptor(PyObject *o)")
def PyObject_AsFileDescriptor(o):
    if isinstance(o, int):
        fd = int(o)
    else:
        method = getattr(o, "fileno", None)
        if method is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        fd = method()
        if not isinstance(fd, int):
            raise TypeError("fileno() returned a non-integer")
    if not -2**31 <= fd < 2**31:
        raise OverflowError("Python int too large to convert to C int")
    if fd < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({fd})")
    return fd


# ---- items, iteration ------------------------------------------------------------------------------------------------


@vm("PyObject *vm_get_item(PyObject *o, PyObject *key)")
def vm_get_item(o, key):
    return o[key]


@vm("int vm_set_item(PyObject *o, PyObject *key, PyObject *v)", given=("key", "v"))
def vm_set_item(o, key, v):
    o[key] = v


@vm("int vm_delete_item(PyObject *o, PyObject *key)")
def vm_delete_item(o, key):
    del o[key]


@vm("W vm_iter(PyObject *o)")
def vm_iter(o):
    """An iterator with a reference that C owns: its address, or the handle of one that has no link yet."""
    # JIT: the identity of a new iterator is not asked for.
    return late_word(iter(o)) if with_new_iterators.get(type(o)) else address(iter(o))


with_new_iterators = identity_dict()
for _cls in (list, tuple, dict, set, frozenset, str, bytes, bytearray, range, type({}.keys()), type({}.values()), type({}.items())):
    with_new_iterators[_cls] = True


@vm("PyObject *vm_aiter(PyObject *o)")
def vm_aiter(o):
    return aiter(o)


# ---- instances and subclasses ----------------------------------------------------------------------------------------


@vm("int vm_is_instance(PyObject *object, PyObject *cls)")
def vm_is_instance(object, cls):
    return 1 if isinstance(object, cls) else 0


@vm("int vm_is_subclass(PyObject *derived, PyObject *cls)")
def vm_is_subclass(derived, cls):
    return 1 if issubclass(derived, cls) else 0


@vm("int vm_really_instance(PyObject *object, PyObject *cls)")
def vm_really_instance(object, cls):
    return 1 if type.__instancecheck__(cls, object) else 0


# ---- attributes ------------------------------------------------------------------------------------------------------


@vm("PyObject *vm_getattr(PyObject *o, PyObject *name)")
def vm_getattr(o, name):
    return getattr(o, name)


@vm("PyObject *vm_lookup_attr(PyObject *o, PyObject *name)")
def vm_lookup_attr(o, name):
    return getattr(o, name, NULL)


@vm("PyObject *vm_get_method(PyObject *o, PyObject *name, W p_unbound)")
def vm_get_method(o, name, p_unbound):
    m = getattr(o, name)
    if type(m) is MethodType and m.__self__ is o:
        f = m.__func__
        if type(f) is types.FunctionType:
            ffi.cast("int *", p_unbound)[0] = 1
            return f
    return m


@vm("PyObject *vm_lookup_special(PyObject *o, PyObject *name)")
def vm_lookup_special(o, name):
    found = lookup(type(o), name)
    if found is NULL:
        return NULL
    get = getattr(type(found), "__get__", None)
    return found if get is None else get(found, o, type(o))


@vm("int vm_setattr(PyObject *o, PyObject *name, PyObject *value)", given=("value",))
def vm_setattr(o, name, value):
    setattr(o, name, value)
    if isinstance(o, type):
        note_changed(o, name)


@vm("int vm_delattr(PyObject *o, PyObject *name)")
def vm_delattr(o, name):
    delattr(o, name)


def lookup(cls, name):
    """The attribute in the class's MRO, as it is there; NULL if there is none."""
    for base in mro_of(cls):
        d = dict_of(base)
        if name in d:
            return d[name]
    return NULL


def dictionary_of(o):
    """(how to get it, has it one) of the dictionary in an instance's C struct."""
    cls = type(o)
    if cls not in getters and id(cls) not in fading.by_id and not issubclass(cls, type):       # the VM's
        return None
    for base in mro_of(cls):
        d = dictionaries.get(base)
        if d is not None:
            return d
    return None


def get_with_dict(o, name, d):
    cls = type(o)
    found = lookup(cls, name)
    if found is not NULL:
        kind = type(found)
        if hasattr(kind, "__get__") and (hasattr(kind, "__set__") or hasattr(kind, "__delete__")):
            return kind.__get__(found, o, cls)
    if d is not None and name in d:
        return d[name]
    if found is not NULL:
        get = getattr(type(found), "__get__", None)
        return found if get is None else get(found, o, cls)
    raise AttributeError(f"'{cls.__name__}' object has no attribute '{name}'", name=name, obj=o)


def set_with_dict(o, name, value, d):
    cls = type(o)
    found = lookup(cls, name)
    if found is not NULL:
        kind = type(found)
        special = getattr(kind, "__delete__" if value is NULL else "__set__", None)
        if special is not None:
            special(found, o) if value is NULL else special(found, o, value)
            return
    if d is None:
        if found is NULL:
            raise AttributeError(f"'{cls.__name__}' object has no attribute '{name}'", name=name, obj=o)
        raise AttributeError(f"'{cls.__name__}' object attribute '{name}' is read-only", name=name, obj=o)
    if value is not NULL:
        d[name] = value
    elif name in d:
        del d[name]
    else:
        raise AttributeError(name, name=name, obj=o)


@vm("PyObject *vm_generic_getattr(PyObject *o, PyObject *name)")
def vm_generic_getattr(o, name):
    dictionary = dictionary_of(o)
    if dictionary is None:
        if issubclass(type(o), type):
            return type.__getattribute__(o, name)
        return object.__getattribute__(o, name)
    return get_with_dict(o, name, dictionary(o))


@vm("int vm_generic_setattr(PyObject *o, PyObject *name, PyObject *value)", given=("value",))
def vm_generic_setattr(o, name, value):
    dictionary = dictionary_of(o)
    if dictionary is not None:
        set_with_dict(o, name, value, dictionary(o, value is not NULL))
    elif issubclass(type(o), type):
        type.__delattr__(o, name) if value is NULL else type.__setattr__(o, name, value)
    elif value is NULL:
        object.__delattr__(o, name)
    else:
        object.__setattr__(o, name, value)


@vm("PyObject *vm_getattr_with_dict(PyObject *o, PyObject *name, PyObject *dict)")
def vm_getattr_with_dict(o, name, dict):
    return get_with_dict(o, name, dict)


@vm("int vm_setattr_with_dict(PyObject *o, PyObject *name, PyObject *value, PyObject *dict)", given=("value",))
def vm_setattr_with_dict(o, name, value, dict):
    set_with_dict(o, name, value, dict)


@vm("PyObject *vm_dictionary(PyObject *o)")
def vm_dictionary(o):
    try:
        return o.__dict__
    except AttributeError:
        raise AttributeError("This object has no __dict__") from None


# ---- the guard of repr() against cycles ----------------------------------------------------------------------------

shown = identity_dict()


@vm("int vm_repr_enter(PyObject *o)")
def vm_repr_enter(o):
    if o in shown:
        return 1
    shown[o] = True
    return 0


@vm("int vm_repr_leave(PyObject *o)")
def vm_repr_leave(o):
    if o in shown:
        del shown[o]
