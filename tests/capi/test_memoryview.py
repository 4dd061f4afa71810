"""PyMemoryView_..."""

import array
import gc

import pytest

from tests.capi.test_buffer import BUFFERS

DENSE = BUFFERS.replace("shape[] = {2}, strides[] = {16}", "shape[] = {4}, strides[] = {8}").replace("view->len = 16", "view->len = 32")

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


@pytest.fixture
def of_numbers(make):
    """A module with a type that exports memory, and an instance of it."""
    mod = make(VIEWS + DENSE)
    return mod, mod.Numbers()


def test_release_gives_the_buffer_back_at_once(of_numbers):
    mod, n = of_numbers
    for view_of in (mod.of_object, mod.contiguous):
        v = view_of(n)
        assert isinstance(v, memoryview) and n.exports == 1 and v.obj is n and bytes(n) == bytes(v) and n.exports == 1
        v[1] = 2.5
        assert bytes(v) == v.tobytes() and v.tolist() == [0.0, 2.5, n.third, 0.0] and v == v
        gc.collect()
        v.release()
        assert n.exports == 0
        v.release()
        with pytest.raises(ValueError, match="released"):
            v[0]
        with mod.of_object(n) as v:
            assert n.exports == 1
        assert n.exports == 0


def test_a_view_made_by_c_is_like_any_other(of_numbers):
    mod, n = of_numbers
    v, w = mod.of_object(n), memoryview(n)
    for name in ("nbytes", "itemsize", "ndim", "shape", "strides", "suboffsets", "format", "readonly", "c_contiguous", "f_contiguous", "contiguous"):
        assert getattr(v, name) == getattr(w, name)
    assert (list(v), len(v), v[1:], v[::-1].tolist(), v.hex()) == (list(w), len(w), w[1:], w[::-1].tolist(), w.hex())
    assert v == w and w == v and v != b"" and not v == 3
    assert v.cast("B") == w.cast("B") and v.toreadonly().readonly and v.__class__ is memoryview
    assert b"".join([v]) == bytes(w) and bytearray(v) == bytes(w) and memoryview(v) == w
    assert mod.of_object(v) == w and mod.inside(v) == mod.inside(w)
    with pytest.raises(TypeError):
        v["a"]
    with pytest.raises(AttributeError):
        v.no_such
    del v, w
    for _ in range(3):
        gc.collect()
    assert n.exports == 0


def test_what_a_view_lent_keeps_the_buffer(of_numbers):
    mod, n = of_numbers
    v = mod.of_object(n)
    part = v[1:]
    v.release()
    assert n.exports == 1 and len(part) == len(memoryview(n)) - 1
    del part, v
    for _ in range(3):
        gc.collect()
    assert n.exports == 0
