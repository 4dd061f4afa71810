"""PyMemoryView_...: shim/memoryview.c asks these."""

from __pypy__ import newmemoryview

from capi.core import NULL, vm
from capi.core.buffers import dense_strides, lent, shaped
from capi.core.engine import ffi
from capi.core.own_views import view_of


@vm("PyObject *vm_memoryview(PyObject *base)")
def vm_memoryview(base):
    return view_of(base)


@vm("PyObject *vm_memoryview_base(PyObject *view)")
def vm_memoryview_base(view):
    return view.obj


@vm("int vm_release_number(W number)")
def vm_release_number(number):
    lent.pop(number, None)


@vm("PyObject *vm_memory(W p_memory, Py_ssize_t size, int writable)")
def vm_memory(p_memory, size, writable):
    memory = memoryview(ffi.buffer(ffi.cast("char *", p_memory), size))
    return memory if writable else memory.toreadonly()


@vm("PyObject *vm_memory_of(W p_view)")
def vm_memory_of(p_view):
    """The buffer's owner stays responsible for it: the view holds no reference."""
    view = ffi.cast("MBufferView *", p_view)
    return shaped(view, ffi.cast("char *", view.buf))


@vm("PyObject *vm_contiguous(PyObject *base, int writable, int order)")
def vm_contiguous(base, writable, order):
    """The view of `base` if it is contiguous in that order; NULL if a copy is needed."""
    memory = view_of(base)
    if writable and memory.readonly:
        raise BufferError("underlying buffer is not writable")
    if memory.c_contiguous if order == ord("C") else memory.f_contiguous if order == ord("F") else memory.contiguous:
        return memory
    if writable:
        raise BufferError("writable contiguous buffer requested for a non-contiguous object.")
    return NULL


@vm("PyObject *vm_dense(PyObject *base, PyObject *data, int order)")
def vm_dense(base, data, order):
    """A view of the copy `data`, with the shape of `base`."""
    memory = memoryview(base)
    shape = memory.shape
    strides = dense_strides(shape, memory.itemsize) if order != ord("F") else dense_strides(shape[::-1], memory.itemsize)[::-1]
    return newmemoryview(memoryview(data), memory.itemsize, memory.format, shape, strides)
