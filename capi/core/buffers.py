"""The buffer protocol in both directions: VM objects lend their memory to C, and C instances theirs to the VM."""

import itertools
import math

from __pypy__ import newmemoryview

from capi.core import linking, to_c
from capi.core.engine import ffi, lib
from capi.core.registry import vm
from capi.core.tables import text
from capi.core.to_c import address

WRITABLE, FORMAT, ND, STRIDES, INDIRECT = 1, 4, 8, 0x10 | 8, 0x100 | 0x10 | 8
C_CONTIGUOUS, F_CONTIGUOUS, ANY_CONTIGUOUS = 0x20, 0x40, 0x80
FULL_READ, FULL_WRITE = INDIRECT | FORMAT, INDIRECT | FORMAT | WRITABLE

lent = {}                                  # number of an export to what keeps its memory in place
numbers = itertools.count(1)


def check(o, memory, flags):
    """Raise what CPython says where `memory`, a memoryview of `o`, does not fulfil a request."""
    if not isinstance(o, memoryview):
        if flags & WRITABLE and memory.readonly:
            memory.release()
            raise BufferError("Object is not writable.")
        return
    if flags & WRITABLE and memory.readonly:
        raise BufferError("memoryview: underlying buffer is not writable")
    if not memory.c_contiguous and (flags & C_CONTIGUOUS or not flags & 0x10):
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    if flags & F_CONTIGUOUS and not memory.f_contiguous:
        raise BufferError("memoryview: underlying buffer is not Fortran contiguous")
    if flags & ANY_CONTIGUOUS and not memory.contiguous:
        raise BufferError("memoryview: underlying buffer is not contiguous")
    if flags & FORMAT and not flags & ND:
        raise BufferError("memoryview: cannot cast to unsigned bytes if the format flag is present")


@vm("int vm_slot_getbuffer(PyObject *o, W p_view, int flags)")
def vm_slot_getbuffer(o, p_view, flags):
    view = ffi.cast("MBufferView *", p_view)
    view.obj = 0
    memory = memoryview(o)
    check(o, memory, flags)
    if type(o) is bytes:
        w = to_c.to_word(o)
        raw, start = None, lib.m_object_address(w) + 32
    else:
        raw = ffi.from_buffer(o if memory.c_contiguous else memory.obj)
        start = int(ffi.cast("intptr_t", raw)) if memory.c_contiguous else memory._pypy_raw_address()
    n = memory.ndim
    shape, strides = ffi.new("long[]", memory.shape or (0,)), ffi.new("long[]", memory.strides or (0,))
    format_ = ffi.new("char[]", memory.format.encode())
    if not start:                          # no memory; as C code takes NULL for an error it gets an address all the same
        start = int(ffi.cast("intptr_t", format_))
    number = next(numbers)
    lent[number] = (o, memory, raw, shape, strides, format_)
    view.buf, view.len, view.itemsize, view.readonly, view.ndim = start, memory.nbytes, memory.itemsize, memory.readonly, n
    if n > 1:
        view.len = math.prod(memory.shape, start=memory.itemsize)  # the VM's own slices do not know theirs
    view.format = format_ if flags & FORMAT else ffi.NULL
    view.shape = shape if flags & ND else ffi.NULL
    view.strides = strides if flags & 0x10 else ffi.NULL
    if not flags & ND:
        view.ndim = 1
    view.suboffsets = ffi.NULL
    view.internal = number
    view.obj = address(o)
    return 0


@vm("int vm_slot_releasebuffer(PyObject *o, W p_view)")
def vm_slot_releasebuffer(o, p_view):
    held = lent.pop(ffi.cast("MBufferView *", p_view).internal, None)
    if held:
        if held[2] is not None:
            ffi.release(held[2])
        held[1].release()
    return 0


def release(view):
    lib.m_buffer_release(int(ffi.cast("intptr_t", view)))
    borrowed.pop(view, None)


borrowed = {}


def exporter(get, address_of, name):
    """`__buffer__` of a class whose C type has bf_getbuffer, and `__bytes__`: with that, bytes() gives the buffer back at once."""
    def fill(self, flags):
        view = ffi.new("MBufferView *")
        p_view = int(ffi.cast("intptr_t", view))
        if lib.m_i_Opi(get, address_of(self), p_view, FULL_WRITE if flags & WRITABLE else FULL_READ):
            linking.raise_pending(name)
        return view

    def __buffer__(self, flags):
        view = fill(self, flags)
        return shaped(view, hold(view))
    __buffer__.fill = fill

    def __bytes__(self):
        view = fill(self, 0)
        held = hold(view)
        try:
            return shaped(view, held).tobytes()
        finally:
            ffi.release(held)
    return __buffer__, __bytes__


def hold(view):
    """What keeps the memory of a filled Py_buffer until it is gone, or released."""
    return ffi.gc(ffi.cast("char *", view.buf), lambda _, view=view: release(view))


def shaped(view, held):
    """A memoryview of the memory that `held`, a ``char *``, keeps: shape and format are those of a Py_buffer."""
    if view.suboffsets and any(view.suboffsets[i] >= 0 for i in range(view.ndim)):
        raise BufferError("memoryview: suboffsets are not supported")
    format_ = text(int(ffi.cast("intptr_t", view.format))) or "B"
    n = view.ndim
    shape = tuple(view.shape[0:n]) if view.shape else (view.len // (view.itemsize or 1),)
    dense = dense_strides(shape, view.itemsize)
    strides = tuple(view.strides[0:n]) if view.strides else dense
    if strides == dense or not view.len:
        return typed(ffi.buffer(held, view.len), view, format_, shape, dense)
    if any(s < 0 for s in strides):
        if n != 1:
            raise BufferError("memoryview: negative strides in several dimensions are not supported")
        low = (shape[0] - 1) * strides[0]
        memory = typed(ffi.buffer(held + low, -shape[0] * strides[0]), view, format_, shape, (-strides[0],))
        return memory.toreadonly()[::-1]               # the VM's own slices with a step write to the wrong place
    # The VM wants whole strides: the last one reaches beyond the memory, where no index leads.
    return typed(ffi.buffer(held, shape[0] * strides[0]), view, format_, shape, strides)


def dense_strides(shape, itemsize):
    strides, step = [], itemsize
    for extent in reversed(shape):
        strides.insert(0, step)
        step *= extent
    return tuple(strides)


def typed(buffer, view, format_, shape, strides):
    memory = memoryview(buffer)
    if view.readonly:
        memory = memory.toreadonly()
    if len(shape) == 1 and format_ == "B" and strides == (1,):
        return memory
    return newmemoryview(memory, view.itemsize, format_, shape, strides)
