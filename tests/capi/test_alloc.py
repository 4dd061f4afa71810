"""Memory and objects made in C."""

import pytest
from tests.capi import extension


def test_memory(make):
    mod = make(r"""
        @EXPORT(check, METH_NOARGS)
        static PyObject *check(PyObject *self, PyObject *ignored)
        {
            int ok = 1;
            for (size_t n = 1; n < 3000; n = n * 3 + 1) {
                char *p = PyObject_Malloc(n), *q = PyObject_Calloc(n, 3), *r = PyMem_Malloc(n), *s = PyObject_Realloc(NULL, n);
                for (size_t i = 0; i < 3 * n; i++) ok &= q[i] == 0;
                memset(p, 7, n); memset(r, 8, n); memset(s, 9, n);
                p = PyObject_Realloc(p, n * 5); r = PyMem_Realloc(r, n * 5); s = PyObject_Realloc(s, n / 2);
                for (size_t i = 0; i < n; i++) ok &= p[i] == 7 && r[i] == 8;
                for (size_t i = 0; i < n / 2; i++) ok &= s[i] == 9;
                PyObject_Free(p); PyObject_Free(q); PyMem_Free(r); PyObject_Free(s);
            }
            void *none = PyObject_Malloc(0), *huge = PyObject_Malloc(PY_SSIZE_T_MAX);
            ok &= none != NULL && huge == NULL;
            PyObject_Free(none); PyObject_Free(NULL);
            return PyBool_FromLong(ok);
        }
    """)
    assert mod.check() is True


OBJECTS = r"""
    typedef struct { PyObject_VAR_HEAD long items[1]; } Row;
    static long freed;
    static void row_dealloc(PyObject *self) { freed++; PyObject_Free(self); }
    static PyObject *row_sum(PyObject *self, PyObject *ignored)
    {
        long total = 0;
        for (Py_ssize_t i = 0; i < Py_SIZE(self); i++) total += ((Row *)self)->items[i];
        return PyLong_FromLong(total);
    }
    static PyMethodDef row_methods[] = {{"sum", row_sum, METH_NOARGS, NULL}, {NULL}};
    static PyTypeObject Row_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "rows.Row", .tp_basicsize = offsetof(Row, items), .tp_itemsize = sizeof(long),
        .tp_flags = Py_TPFLAGS_DEFAULT, .tp_dealloc = row_dealloc, .tp_methods = row_methods,
    };
    @EXPORT_TYPE("Row", Row_Type)
    @EXPORT(row, METH_O)
    static PyObject *row(PyObject *self, PyObject *n)
    {
        Row *r = PyObject_NewVar(Row, &Row_Type, PyLong_AsSsize_t(n));
        for (Py_ssize_t i = 0; r && i < Py_SIZE(r); i++) r->items[i] = i;
        return (PyObject *)r;
    }
    @EXPORT(row_by_hand, METH_NOARGS)
    static PyObject *row_by_hand(PyObject *self, PyObject *ignored)
    {
        Row *r = PyObject_Malloc(sizeof(Row));
        PyObject_InitVar((PyVarObject *)r, &Row_Type, 1);
        r->items[0] = 42;
        return (PyObject *)r;
    }
    @EXPORT(gone, METH_NOARGS)
    static PyObject *gone(PyObject *self, PyObject *ignored) { return PyLong_FromLong(freed); }
"""


def test_variable_size(make):
    mod = make(OBJECTS)
    assert [mod.row(n).sum() for n in (0, 1, 2, 100)] == [0, 0, 1, 4950]
    assert mod.row_by_hand().sum() == 42
    assert type(mod.row(1)) is mod.Row


def test_deallocation(make):
    import gc
    mod = make(OBJECTS)
    gc.collect()
    before = mod.gone()
    for _ in range(10):
        mod.row(3).sum()
    gc.collect()
    gc.collect()
    assert mod.gone() >= before + 10


def test_long_chain(make):
    mod = make(r"""
        typedef struct { PyObject_HEAD PyObject *next; } Link;
        static long freed;
        static void link_dealloc(PyObject *self)
        {
            PyObject_GC_UnTrack(self);
            Py_TRASHCAN_BEGIN(self, link_dealloc)
            Py_CLEAR(((Link *)self)->next);
            freed++;
            PyObject_GC_Del(self);
            Py_TRASHCAN_END
        }
        static int link_traverse(PyObject *self, visitproc visit, void *arg) { Py_VISIT(((Link *)self)->next); return 0; }
        static PyTypeObject Link_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "chain.Link", .tp_basicsize = sizeof(Link), .tp_dealloc = link_dealloc,
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = link_traverse,
        };
        @EXPORT_TYPE("Link", Link_Type)
        @EXPORT(chain, METH_O)
        static PyObject *chain(PyObject *self, PyObject *n)
        {
            PyObject *last = NULL;
            freed = 0;
            for (long i = PyLong_AsLong(n); i; i--) {
                Link *one = PyObject_GC_New(Link, &Link_Type);
                one->next = last;
                PyObject_GC_Track(one);
                last = (PyObject *)one;
            }
            Py_XDECREF(last);
            return PyLong_FromLong(freed);
        }
    """)
    assert mod.chain(200000) == 200000


@pytest.mark.skipif(not extension.ON_PYPY, reason="CPython leaves the memory as it is")
@pytest.mark.parametrize("make_object, flags", [("PyObject_New", "0"), ("PyObject_GC_New", "Py_TPFLAGS_HAVE_GC")])
def test_new_objects_are_zero(make, make_object, flags):
    """As in PyPy's own C API: the generators of Cython rely on it, which on PyPy do not fill in all of their struct."""
    mod = make(r"""
        typedef struct { PyObject_HEAD unsigned char bytes[150]; } Block;
        static int traverse(PyObject *self, visitproc visit, void *arg) { return 0; }
        static PyTypeObject Block_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "Block", .tp_basicsize = sizeof(Block),
            .tp_traverse = traverse, .tp_flags = Py_TPFLAGS_DEFAULT | GC};
        @EXPORT_TYPE("Block", Block_Type)
        @EXPORT(sum, METH_NOARGS)
        static PyObject *sum(PyObject *self, PyObject *unused)
        {
            Block *blocks[50];
            long sum = 0;
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 50; i++) {
                    blocks[i] = NEW(Block, &Block_Type);
                    for (size_t k = 0; k < sizeof blocks[i]->bytes; k++) sum += blocks[i]->bytes[k];
                    memset(blocks[i]->bytes, 255, sizeof blocks[i]->bytes);
                }
                for (int i = 0; i < 50; i++) FREE(blocks[i]);
            }
            return PyLong_FromLong(sum);
        }
    """.replace("NEW", make_object).replace("FREE", "PyObject_GC_Del" if flags != "0" else "PyObject_Free").replace("| GC", f"| {flags}"))
    assert mod.sum() == 0
