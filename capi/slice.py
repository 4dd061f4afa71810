"""PySlice_...: what needs arithmetic on ints of any size."""

from capi.core import vm


@vm("PyObject *vm_slice_indices(PyObject *slice, PyObject *length)")
def vm_slice_indices(slice, length):
    return slice.indices(length)
