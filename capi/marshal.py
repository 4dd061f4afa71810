"""PyMarshal_...: the VM's `marshal`."""

import marshal

from capi.core import api, vm
from capi.core.tables import bytes_at


@api("PyObject *PyMarshal_ReadObjectFromString(const char *p_data, Py_ssize_t len)")
def PyMarshal_ReadObjectFromString(p_data, len):
    return marshal.loads(bytes_at(p_data, len))


@api("PyObject *PyMarshal_WriteObjectToString(PyObject *value, int version)")
def PyMarshal_WriteObjectToString(value, version):
    return marshal.dumps(value, version)


@vm("PyObject *vm_marshal_read(PyObject *data)")
def vm_marshal_read(data):
    """(object, bytes used)."""
    import io
    file = io.BytesIO(data)
    return marshal.load(file), file.tell()
