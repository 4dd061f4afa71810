"""PyMapping_...: keys by C string, and the three views as lists."""

from capi.core import NULL, api, text, vm


@vm("PyObject *vm_mapping_get_text(PyObject *o, const char *p_key)")
def vm_mapping_get_text(o, p_key):
    check(o, p_key)
    return o[text(p_key)]


@vm("int vm_mapping_set_text(PyObject *o, const char *p_key, PyObject *value)", given=("value",))
def vm_mapping_set_text(o, p_key, value):
    check(o, p_key)
    o[text(p_key)] = value


def check(o, p_key=1):
    if o is NULL or not p_key:
        raise SystemError("null argument to internal routine")


def listed(o, name):
    check(o)
    if type(o) is dict:
        return list(getattr(o, name)())
    result = getattr(o, name)()
    try:
        return list(iter(result))
    except TypeError:
        raise TypeError(f"{type(o).__name__}.{name}() returned a non-iterable (type {type(result).__name__})") from None


@api("PyObject *PyMapping_Keys(PyObject *o)")
def PyMapping_Keys(o):
    return listed(o, "keys")


@api("PyObject *PyMapping_Values(PyObject *o)")
def PyMapping_Values(o):
    return listed(o, "values")


@api("PyObject *PyMapping_Items(PyObject *o)")
def PyMapping_Items(o):
    return listed(o, "items")
