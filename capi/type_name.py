"""PyType_GetName() and kin, _PyType_Lookup()."""

from capi.core import NULL, api
from capi.core.tables import dict_of, mro_of


@api("PyObject *PyType_GetName(PyTypeObject *type)")
def PyType_GetName(type):
    return type.__name__


@api("PyObject *PyType_GetQualName(PyTypeObject *type)")
def PyType_GetQualName(type):
    return type.__qualname__


@api("PyObject *_PyType_Lookup(PyTypeObject *type, PyObject *name)", borrowed=True)
def _PyType_Lookup(type, name):
    for base in mro_of(type):
        if name in dict_of(base):
            return dict_of(base)[name]
    return NULL
