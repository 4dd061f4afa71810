"""PyMemoryView_..."""

import array

import pytest

VIEWS = r"""
    static char memory[] = "hello";
    @EXPORT(of_memory, METH_O)
    static PyObject *of_memory(PyObject *self, PyObject *write)
    {
        return PyMemoryView_FromMemory(memory, 5, PyObject_IsTrue(write) ? PyBUF_WRITE : PyBUF_READ);
    }
    @EXPORT(of_object, METH_O)
    static PyObject *of_object(PyObject *self, PyObject *o) { return PyMemoryView_FromObject(o); }
    @EXPORT(of_buffer, METH_NOARGS)
    static PyObject *of_buffer(PyObject *self, PyObject *ignored)
    {
        static int numbers[] = {1, 2, 3, 4, 5, 6};
        static Py_ssize_t shape[] = {2, 3}, strides[] = {12, 4};
        Py_buffer b = {numbers, NULL, sizeof numbers, sizeof(int), 1, 2, "i", shape, strides, NULL, NULL};
        return PyMemoryView_FromBuffer(&b);
    }
    @EXPORT(contiguous, METH_O)
    static PyObject *contiguous(PyObject *self, PyObject *o) { return PyMemoryView_GetContiguous(o, PyBUF_READ, 'C'); }
    @EXPORT(inside, METH_O)
    static PyObject *inside(PyObject *self, PyObject *o)
    {
        if (!PyMemoryView_Check(o)) Py_RETURN_NONE;
        Py_buffer *b = PyMemoryView_GET_BUFFER(o);
        PyObject *base = PyMemoryView_GET_BASE(o);
        return Py_BuildValue("Oniisn", base ? base : Py_None, b->len, b->readonly, b->ndim, b->format, b->shape[0]);
    }
"""


def test_memory(make):
    mod = make(VIEWS)
    m = mod.of_memory(True)
    m[0] = ord("j")
    assert mod.of_memory(False).tobytes() == b"jello"
    m[0] = ord("h")
    with pytest.raises(TypeError):
        mod.of_memory(False)[0] = 1


def test_object(make):
    mod = make(VIEWS)
    data = bytearray(b"abc")
    m = mod.of_object(data)
    m[1] = 0
    assert data == b"a\0c"
    with pytest.raises(TypeError):
        mod.of_object(3)


def test_buffer(make):
    m = make(VIEWS).of_buffer()
    assert m.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert (m.shape, m.format, m.readonly) == ((2, 3), "i", True)


def test_contiguous(make):
    mod = make(VIEWS)
    assert mod.contiguous(memoryview(b"abcdef")[::2]).tobytes() == b"ace"
    assert mod.contiguous(b"abc").tobytes() == b"abc"


def test_inside(make):
    mod = make(VIEWS)
    numbers = array.array("d", [1, 2, 3])
    assert mod.inside(memoryview(numbers)) == (numbers, 24, 0, 1, "d", 3)
    assert mod.inside(memoryview(b"abc")) == (b"abc", 3, 1, 1, "B", 3)
    assert mod.inside(3) is None
