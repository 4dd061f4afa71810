"""PyByteArray_...: bytearrays are the VM's; C gets the address of their memory, which stays until they are resized."""

from capi.core import api
from capi.core.engine import ffi
from capi.core.tables import bytes_at


@api("PyObject *PyByteArray_FromStringAndSize(const char *p_string, Py_ssize_t size)")
def PyByteArray_FromStringAndSize(p_string, size):
    if size < 0:
        raise SystemError("Negative size passed to PyByteArray_FromStringAndSize")
    return bytearray(bytes_at(p_string, size)) if p_string and size else bytearray(size)


@api("PyObject *PyByteArray_FromObject(PyObject *bytearray)")
def PyByteArray_FromObject(bytearray):
    return new(bytearray)


new = bytearray


@api("PyObject *PyByteArray_Concat(PyObject *a, PyObject *b)")
def PyByteArray_Concat(a, b):
    try:
        return bytearray().join((a, b))
    except TypeError:
        raise TypeError(f"can't concat {type(b).__name__} to {type(a).__name__}") from None


@api("Py_ssize_t PyByteArray_Size(PyObject *bytearray)")
def PyByteArray_Size(bytearray):
    return new.__len__(bytearray)


@api("char *PyByteArray_AsString(PyObject *bytearray)")
def PyByteArray_AsString(bytearray):
    # The memory stays where it is once its address was taken; an export that lasted would forbid to resize it.
    memory = ffi.from_buffer(bytearray)
    p = int(ffi.cast("intptr_t", memory))
    ffi.release(memory)
    return p


@api("int PyByteArray_Resize(PyObject *bytearray, Py_ssize_t size)")
def PyByteArray_Resize(bytearray, size):
    if size < 0:
        raise SystemError("Negative size passed to PyByteArray_Resize")
    have = new.__len__(bytearray)
    if size < have:
        del bytearray[size:]
    elif size > have:
        bytearray.extend(bytes(size - have))
