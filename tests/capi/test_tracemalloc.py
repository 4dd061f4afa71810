"""tracemalloc over what C allocates; PyTraceMalloc_...."""

import gc
import tracemalloc

import pytest

ALLOCATES = r"""
    static void *blocks[3];
    @EXPORT(take, METH_VARARGS)
    static PyObject *take(PyObject *self, PyObject *args)
    {
        int which; Py_ssize_t size;
        if (!PyArg_ParseTuple(args, "in", &which, &size)) return NULL;
        blocks[which] = which == 0 ? PyMem_Realloc(blocks[0], size) : which == 1 ? PyMem_RawRealloc(blocks[1], size)
                        : PyObject_Realloc(blocks[2], size);
        Py_RETURN_NONE;
    }
    @EXPORT(give, METH_O)
    static PyObject *give(PyObject *self, PyObject *which)
    {
        long i = PyLong_AsLong(which);
        (i == 0 ? PyMem_Free : i == 1 ? PyMem_RawFree : PyObject_Free)(blocks[i]);
        blocks[i] = NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(unlocked, METH_O)
    static PyObject *unlocked(PyObject *self, PyObject *size)
    {
        size_t n = PyLong_AsSize_t(size);
        Py_BEGIN_ALLOW_THREADS
        blocks[1] = PyMem_RawMalloc(n);
        Py_END_ALLOW_THREADS
        Py_RETURN_NONE;
    }
    @EXPORT(tuples, METH_O)
    static PyObject *tuples(PyObject *self, PyObject *count)
    {
        PyObject *r = PyList_New(0);
        for (long i = PyLong_AsLong(count); r && i > 0; i--) {
            PyObject *item = PyTuple_New(30);
            for (int j = 0; j < 30; j++) PyTuple_SET_ITEM(item, j, Py_NewRef(Py_None));
            if (PyList_Append(r, item) < 0) Py_CLEAR(r);
            Py_XDECREF(item);
        }
        Py_XDECREF(r);
        return PyLong_FromLong(r != NULL);
    }
    @EXPORT(track, METH_VARARGS)
    static PyObject *track(PyObject *self, PyObject *args)
    {
        unsigned int domain; Py_ssize_t ptr, size;
        if (!PyArg_ParseTuple(args, "Inn", &domain, &ptr, &size)) return NULL;
        return PyLong_FromLong(size < 0 ? PyTraceMalloc_Untrack(domain, ptr) : PyTraceMalloc_Track(domain, ptr, size));
    }
    typedef struct { PyObject_HEAD char big[5000]; } Big;
    static PyTypeObject Big_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.Big", .tp_basicsize = sizeof(Big),
                                    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_new = PyType_GenericNew};
    @EXPORT_TYPE("Big", Big_Type)
    @EXPORT(big, METH_NOARGS)
    static PyObject *big(PyObject *self, PyObject *unused) { return PyType_GenericAlloc(&Big_Type, 0); }
"""


@pytest.fixture
def mod(make):
    made = make(ALLOCATES)
    yield made
    tracemalloc.stop()
    for i in range(3):
        made.give(i)


def here(statistics):
    """{line's source: Statistic} of this file."""
    return {s.traceback[0].lineno: s for s in statistics if s.traceback[0].filename == __file__}


def traced(call, *args):
    """How many bytes more are traced after the call."""
    before = tracemalloc.get_traced_memory()[0]
    call(*args)
    return tracemalloc.get_traced_memory()[0] - before


def test_off(mod):
    assert not tracemalloc.is_tracing()
    mod.take(0, 100000)
    assert tracemalloc.get_traced_memory() == (0, 0)
    with pytest.raises(RuntimeError, match="the tracemalloc module must be tracing memory allocations to take a snapshot"):
        tracemalloc.take_snapshot()
    assert mod.track(1, 4096, 10) == mod.track(1, 4096, -1) == -2
    for wrong in 0, 1 << 16:
        with pytest.raises(ValueError, match=r"the number of frames must be in range \[1; 65535\]"):
            tracemalloc.start(wrong)


@pytest.mark.parametrize("which", range(3))
def test_memory(mod, which):
    mod.take(which, 50000)
    tracemalloc.start()
    assert tracemalloc.is_tracing()
    assert abs(traced(mod.give, which)) < 5000          # what was there before is not traced
    assert 100000 <= traced(mod.take, which, 100000) < 105000
    assert 900000 <= traced(mod.take, which, 1000000) < 905000
    assert -1005000 < traced(mod.give, which) <= -995000
    now, peak = tracemalloc.get_traced_memory()
    assert now < 50000 and 1000000 <= peak < 1100000
    tracemalloc.reset_peak()
    assert tracemalloc.get_traced_memory()[1] < 50000


def test_without_the_lock(mod):
    tracemalloc.start()
    assert 100000 <= traced(mod.unlocked, 100000) < 105000
    assert -105000 < traced(mod.give, 1) <= -95000


def test_snapshot(mod):
    tracemalloc.start()
    before = tracemalloc.take_snapshot()
    mod.take(0, 100000); line = test_snapshot.__code__.co_firstlineno + 3
    mod.take(2, 200000)
    after = tracemalloc.take_snapshot()
    found = here(after.compare_to(before, "lineno"))
    assert 100000 <= found[line].size_diff < 105000 and 200000 <= found[line + 1].size_diff < 205000
    assert tracemalloc.get_tracemalloc_memory() > 0
    tracemalloc.clear_traces()
    assert tracemalloc.is_tracing() and tracemalloc.get_traced_memory()[0] < 50000
    tracemalloc.stop()
    assert tracemalloc.get_traced_memory() == (0, 0)


def test_depth(mod):
    def deep(n):
        mod.take(0, 100000) if n == 0 else deep(n - 1)
    tracemalloc.start(3)
    assert tracemalloc.get_traceback_limit() == 3
    deep(5)
    trace, = (t for t in tracemalloc.take_snapshot().traces if t.size == 100000)
    assert len(trace.traceback) == 3 and trace.traceback.total_nframe > 6
    assert {(f.filename, f.lineno) for f in trace.traceback} == {(__file__, deep.__code__.co_firstlineno + 1)}
    tracemalloc.stop()
    tracemalloc.start()
    assert tracemalloc.get_traceback_limit() == 1


def test_objects(mod):
    mod.tuples(1000)
    tracemalloc.start()
    assert mod.tuples(3000) == 1
    now, peak = tracemalloc.get_traced_memory()
    assert peak > 3000 * 30 * 8 and now < 100000
    x = mod.big(); line = test_objects.__code__.co_firstlineno + 6
    found = tracemalloc.get_object_traceback(x)
    assert (found[0].filename, found[0].lineno) == (__file__, line)
    kept = tracemalloc.get_traced_memory()[0]
    del x
    gc.collect()
    assert kept - tracemalloc.get_traced_memory()[0] > 4000


def test_track(mod):
    tracemalloc.start()
    assert traced(mod.track, 7, 1 << 40, 123456) >= 123456
    trace, = tracemalloc.take_snapshot().filter_traces([tracemalloc.DomainFilter(True, 7)]).traces
    assert (trace.domain, trace.size) == (7, 123456)
    assert traced(mod.track, 7, 1 << 40, 100000) < 0     # once more: it replaces the first
    assert mod.track(7, 1 << 41, -1) == 0               # not known: no error
    assert traced(mod.track, 7, 1 << 40, -1) <= -95000


def test_many(mod):
    """The table of traces grows and shrinks."""
    tracemalloc.start()
    for _ in range(3):
        for i in range(5000):
            mod.track(9, i * 16 + 16, 1000)
        assert tracemalloc.get_traced_memory()[0] >= 5000000
        for i in range(4999, -1, -1):
            mod.track(9, i * 16 + 16, -1)
    gc.collect()                                       # what an earlier test's audit hook was told of our looking at frames
    assert tracemalloc.get_traced_memory()[0] < 500000
