"""PyType_GetName() and kin, _PyType_Lookup()."""

from capi.core import NULL, api


@api("PyObject *PyType_GetName(PyTypeObject *type)")
def PyType_GetName(type):
    return type.__name__


@api("PyObject *PyType_GetQualName(PyTypeObject *type)")
def PyType_GetQualName(type):
    return type.__qualname__


@api("PyObject *_PyType_Lookup(PyTypeObject *type, PyObject *name)", borrowed=True)
def _PyType_Lookup(type, name):
    for base in type.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return NULL
