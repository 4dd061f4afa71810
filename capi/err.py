"""PyErr_...: what needs the VM's exceptions.  The indicator itself is in shim/err.c."""

from capi.core import NULL, api, vm
from capi.core.errors import instance


@vm("PyObject *vm_normalize(PyObject *type, PyObject *value, PyObject *traceback)")
def vm_normalize(type, value, traceback):
    return instance(type, None if value is NULL else value, None if traceback is NULL else traceback)
