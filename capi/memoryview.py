"""PyMemoryView_...: shim/memoryview.c asks these."""

from capi.core import vm
from capi.core.buffers import lent, shaped
from capi.core.engine import ffi


@vm("PyObject *vm_memoryview(PyObject *base)")
def vm_memoryview(base):
    return memoryview(base)


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
    memory = memoryview(base)
    if writable and memory.readonly:
        raise BufferError("underlying buffer is not writable")
    if memory.c_contiguous if order == ord("C") else memory.f_contiguous if order == ord("F") else memory.contiguous:
        return memory
    if writable:
        raise BufferError("writable contiguous buffer requested for a non-contiguous object.")
    flat = memoryview(memory.tobytes(chr(order)))
    if order == ord("F"):
        return flat
    return flat.cast("B").cast(memory.format, memory.shape) if memory.ndim > 1 else flat.cast(memory.format)
