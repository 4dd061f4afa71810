"""PyBytes_...: what needs the VM.  Everyday functions are in shim/bytes.c."""

from capi.core import NULL, api, text, vm
from capi.core.words import bytes_at


@vm("PyObject *vm_bytes_concat(PyObject *a, PyObject *b)")
def vm_bytes_concat(a, b):
    if not isinstance(a, bytes):
        raise TypeError(f"can't concat {type(b).__name__} to {type(a).__name__}")
    return a + b


@vm("PyObject *vm_bytes_join(PyObject *sep, PyObject *x)")
def vm_bytes_join(sep, x):
    return sep.join(x)
