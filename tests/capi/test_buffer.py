"""PyObject_GetBuffer() and PyBuffer_..."""

import array
import io

import pytest

BUFFERS = r"""
    @EXPORT(take, METH_VARARGS)
    static PyObject *take(PyObject *self, PyObject *args)
    {
        PyObject *o; Py_buffer b; int flags;
        if (!PyArg_ParseTuple(args, "Oi", &o, &flags) || PyObject_GetBuffer(o, &b, flags) < 0) return NULL;
        PyObject *r = Py_BuildValue("y#ninzO", (char *)b.buf, b.len, b.itemsize, b.readonly, b.shape ? b.shape[0] : -1, b.format, b.obj);
        PyBuffer_Release(&b);
        return b.obj ? NULL : r;
    }
    @EXPORT(put, METH_O)
    static PyObject *put(PyObject *self, PyObject *o)
    {
        Py_buffer b;
        if (PyObject_GetBuffer(o, &b, PyBUF_WRITABLE) < 0) return NULL;
        if (b.len) ((char *)b.buf)[0] = 'W';
        PyBuffer_Release(&b);
        Py_RETURN_NONE;
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *o) { return PyBool_FromLong(PyObject_CheckBuffer(o)); }
    typedef struct { PyObject_HEAD int exports; double data[4]; } Numbers;
    static int numbers_get(PyObject *self, Py_buffer *view, int flags)
    {
        static Py_ssize_t shape[] = {2}, strides[] = {16};
        view->buf = ((Numbers *)self)->data; view->len = 16; view->itemsize = 8; view->readonly = 0; view->ndim = 1; view->format = "d";
        view->shape = shape; view->strides = strides; view->suboffsets = NULL; view->internal = NULL; view->obj = self;
        Py_INCREF(self);
        ((Numbers *)self)->exports++;
        return 0;
    }
    static void numbers_release(PyObject *self, Py_buffer *view) { ((Numbers *)self)->exports--; }
    static PyBufferProcs procs = {numbers_get, numbers_release};
    static PyMemberDef members[] = {{"exports", T_INT, offsetof(Numbers, exports), READONLY, NULL},
        {"third", T_DOUBLE, offsetof(Numbers, data) + 16, 0, NULL}, {NULL}};
    static PyTypeObject Numbers_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "buffers.Numbers", .tp_basicsize = sizeof(Numbers), .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_new = PyType_GenericNew, .tp_as_buffer = &procs, .tp_members = members,
    };
    @EXPORT_TYPE("Numbers", Numbers_Type)
"""
SIMPLE, FULL = 0, 0x11c


def test_read(make):
    mod = make(BUFFERS)
    text = b"abc"
    assert mod.take(text, SIMPLE) == (b"abc", 1, 1, -1, None, text)
    assert mod.take(text, FULL) == (b"abc", 1, 1, 3, "B", text)
    data = bytearray(b"xyz")
    assert mod.take(data, FULL) == (b"xyz", 1, 0, 3, "B", data)
    numbers = array.array("i", [1, 2])
    assert mod.take(numbers, FULL) == (numbers.tobytes(), 4, 0, 2, "i", numbers)
    assert mod.take(memoryview(b"hello")[1:3], FULL)[:4] == (b"el", 1, 1, 2)

    class Derived(bytes):
        pass
    assert mod.take(Derived(b"q"), SIMPLE)[0] == b"q"


def test_write(make):
    mod = make(BUFFERS)
    data = bytearray(b"abc")
    mod.put(data)
    assert data == b"Wbc"
    with pytest.raises(BufferError, match="not writable"):
        mod.put(b"abc")
    for bad in (3, "text", None):
        assert mod.check(bad) is False
        with pytest.raises(TypeError, match="a bytes-like object is required, not '"):
            mod.put(bad)


def test_exporter_in_c(make):
    import gc
    mod = make(BUFFERS)
    n = mod.Numbers()
    assert mod.check(n) is True
    m = memoryview(n)
    assert n.exports >= 1
    m[1] = 2.5
    assert n.third == 2.5 and m.tolist() == [0.0, 2.5]
    m.release()
    del m
    for _ in range(3):
        gc.collect()
    assert n.exports == 0
    assert mod.take(n, FULL)[1:3] == (8, 0)


def test_empty_memory_has_an_address(make):
    mod = make(BUFFERS)
    for o in (b"", bytearray(), array.array("d"), memoryview(bytearray(2))[2:]):
        assert mod.take(o, SIMPLE)[0] == b""             # Py_BuildValue() makes None of NULL


def test_requests_that_a_memoryview_refuses(make):
    mod = make(BUFFERS)
    data = bytearray(b"abcdefghijkl")
    view, rows = memoryview(data), memoryview(data).cast("B", (3, 4))
    for o, flags, said in [
        (view[::2], SIMPLE, "underlying buffer is not C-contiguous"),
        (view[::2], 0x38, "underlying buffer is not C-contiguous"),
        (view[::2], 0x98, "underlying buffer is not contiguous"),
        (rows, 0x58, "underlying buffer is not Fortran contiguous"),
        (view, 4, "cannot cast to unsigned bytes if the format flag is present"),
        (view.toreadonly(), 1, "underlying buffer is not writable"),
    ]:
        with pytest.raises(BufferError, match=f"^memoryview: {said}$"):
            mod.take(o, flags)
    assert mod.take(rows[1:], FULL)[:5] == (b"efghijkl", 1, 0, 2, "B")


def test_writable_only_on_request(make):
    """As numpy's broadcast arrays: who does not ask for writing gets memory to read."""
    mod = make(r"""
        static char memory[4] = "abcd";
        typedef struct { PyObject_HEAD } Lender;
        static int getbuffer(PyObject *self, Py_buffer *view, int flags)
        {
            return PyBuffer_FillInfo(view, self, memory, 4, !(flags & PyBUF_WRITABLE), flags);
        }
        static PyBufferProcs procs = {getbuffer, NULL};
        static PyTypeObject Lender_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "Lender", .tp_basicsize = sizeof(Lender), .tp_new = PyType_GenericNew,
            .tp_as_buffer = &procs, .tp_flags = Py_TPFLAGS_DEFAULT};
        @EXPORT_TYPE("Lender", Lender_Type)
    """)
    lender = mod.Lender()
    for text in (b"wxyz", b"abcd"):
        assert memoryview(lender).readonly
        assert io.BytesIO(text).readinto(lender) == 4 and bytes(lender) == text
