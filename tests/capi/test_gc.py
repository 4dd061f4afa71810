"""PyGC_... and PyObject_GC_..."""

import gc
import weakref

GC = r"""
    typedef struct { PyObject_VAR_HEAD PyObject *item[1]; } Box;
    static long finalized;
    static int box_traverse(PyObject *self, visitproc visit, void *arg) { return 0; }
    static void box_finalize(PyObject *self) { finalized++; }
    static void box_dealloc(PyObject *self)
    {
        if (PyObject_CallFinalizerFromDealloc(self) < 0) return;
        PyObject_GC_UnTrack(self);
        PyObject_GC_Del(self);
    }
    static PyTypeObject Box_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "boxes.Box", .tp_basicsize = offsetof(Box, item), .tp_itemsize = sizeof(PyObject *),
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .tp_traverse = box_traverse, .tp_dealloc = box_dealloc, .tp_finalize = box_finalize,
    };
    @EXPORT_TYPE("Box", Box_Type)
    @EXPORT(life, METH_NOARGS)
    static PyObject *life(PyObject *self, PyObject *ignored)
    {
        int s[8];
        long before = finalized;
        PyObject *b = (PyObject *)PyObject_GC_NewVar(Box, &Box_Type, 2);
        s[0] = PyObject_GC_IsTracked(b);
        b = (PyObject *)PyObject_GC_Resize(Box, b, 100);
        ((Box *)b)->item[99] = NULL;
        PyObject_GC_Track(b);
        s[1] = PyObject_GC_IsTracked(b); s[2] = PyObject_GC_IsFinalized(b); s[3] = (int)Py_SIZE(b); s[4] = PyObject_IS_GC(b);
        PyObject_CallFinalizer(b);
        PyObject_CallFinalizer(b);
        s[5] = PyObject_GC_IsFinalized(b);
        Py_DECREF(b);
        s[6] = (int)(finalized - before); s[7] = PyObject_IS_GC(self);
        return Py_BuildValue("iiiiiii", s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
    }
    @EXPORT(switches, METH_NOARGS)
    static PyObject *switches(PyObject *self, PyObject *ignored)
    {
        int was = PyGC_Disable(), off = PyGC_IsEnabled(), before = PyGC_Enable(), on = PyGC_IsEnabled();
        return Py_BuildValue("iiiii", was, off, before, on, PyGC_Collect() >= 0);
    }
"""


def test_life(make):
    assert make(GC).life() == (0, 1, 0, 100, 1, 1, 1)


def test_switches(make):
    assert make(GC).switches() == (1, 0, 0, 1, 1)


def test_what_a_dead_list_had_lent(make):
    mod = make(r"""
        @EXPORT(walk, METH_O)
        static PyObject *walk(PyObject *self, PyObject *list)
        {
            Py_ssize_t n = 0;
            for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
                n += PyTuple_GET_ITEM(PyList_GET_ITEM(list, i), 0) != Py_None;
            return PyLong_FromSsize_t(n);
        }
    """)

    class Value:
        pass
    values = [Value() for _ in range(100)]
    refs = [weakref.ref(value) for value in values]
    assert mod.walk([(value,) for value in values]) == 100
    del values
    gc.collect()
    assert not any(ref() for ref in refs)
