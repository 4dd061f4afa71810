"""PySequence_...: the ways through the VM that capi/shim/sequence.c takes."""

from operator import countOf

from capi.core import NULL, text, vm


@vm("PyObject *vm_sequence_slice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2)")
def vm_sequence_slice(o, i1, i2):
    return o[i1:i2]


@vm("int vm_sequence_set_slice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2, PyObject *v)")
def vm_sequence_set_slice(o, i1, i2, v):
    if v is NULL:
        del o[i1:i2]
    else:
        o[i1:i2] = v


@vm("Py_ssize_t vm_sequence_count(PyObject *o, PyObject *value)")
def vm_sequence_count(o, value):
    return countOf(iterator(o), value)


@vm("Py_ssize_t vm_sequence_index(PyObject *o, PyObject *value)")
def vm_sequence_index(o, value):
    for i, item in enumerate(iterator(o)):
        if item is value or item == value:
            return i
    raise ValueError("sequence.index(x): x not in sequence")


def iterator(o):
    try:
        return iter(o)
    except TypeError:
        raise TypeError(f"argument of type '{type(o).__name__}' is not iterable") from None


@vm("PyObject *vm_sequence_tuple(PyObject *o)")
def vm_sequence_tuple(o):
    return tuple(o)


@vm("PyObject *vm_sequence_list(PyObject *o)")
def vm_sequence_list(o):
    return list(o)


@vm("PyObject *vm_sequence_fast(PyObject *o, const char *p_m)")
def vm_sequence_fast(o, p_m):
    try:
        items = iter(o)
    except TypeError:
        raise TypeError(text(p_m)) from None
    return list(items)
