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


def test_referents_of_an_instance(make):
    mod = make(r"""
        typedef struct { PyObject_HEAD PyObject *a, *b; } Pair;
        static int pair_traverse(PyObject *self, visitproc visit, void *arg)
        {
            Py_VISIT(((Pair *)self)->a);
            Py_VISIT(((Pair *)self)->b);
            return 0;
        }
        static int pair_clear(PyObject *self)
        {
            Py_CLEAR(((Pair *)self)->a);
            Py_CLEAR(((Pair *)self)->b);
            return 0;
        }
        static void pair_dealloc(PyObject *self)
        {
            PyObject_GC_UnTrack(self);
            pair_clear(self);
            Py_TYPE(self)->tp_free(self);
        }
        static int pair_init(PyObject *self, PyObject *args, PyObject *kwargs)
        {
            PyObject *a, *b = NULL;
            if (!PyArg_ParseTuple(args, "O|O", &a, &b)) return -1;
            Py_INCREF(a);
            Py_XINCREF(b);
            ((Pair *)self)->a = a;
            ((Pair *)self)->b = b;
            return 0;
        }
        static PyTypeObject Pair_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "pairs.Pair", .tp_basicsize = sizeof(Pair), .tp_init = pair_init,
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, .tp_traverse = pair_traverse, .tp_clear = pair_clear,
            .tp_dealloc = pair_dealloc, .tp_new = PyType_GenericNew,
        };
        @EXPORT_TYPE("Pair", Pair_Type)
    """)

    class Sub(mod.Pair):
        pass

    one, two = [], object()
    pair = mod.Pair(one, two)
    assert [x is y for x, y in zip(gc.get_referents(pair), (one, two))] == [True, True] and len(gc.get_referents(pair)) == 2
    assert len(gc.get_referents(pair, mod.Pair(pair), [one])) == 4
    sub = Sub(two)
    sub.other = one
    referents = gc.get_referents(sub, [mod])
    assert any(x is two for x in referents) and any(x is mod for x in referents)
    assert {id(x) for x in gc.get_referrers(one)} >= {id(pair)}
    assert not {id(x) for x in gc.get_referrers(object())} & {id(pair), id(sub)}
    assert {id(x) for x in gc.get_referrers(two, one)} >= {id(pair), id(sub)}


def test_what_was_linked_dies(make):
    mod = make(r"""
        static PyObject *kept[4000];
        static Py_ssize_t n, first;
        @EXPORT(keep, METH_O)
        static PyObject *keep(PyObject *self, PyObject *x)
        {
            Py_INCREF(x);
            kept[n++] = x;
            Py_RETURN_NONE;
        }
        @EXPORT(release, METH_O)
        static PyObject *release(PyObject *self, PyObject *count)
        {
            for (long i = PyLong_AsLong(count); i && first < n; i--)
                Py_DECREF(kept[first++]);
            if (first == n) first = n = 0;
            Py_RETURN_NONE;
        }
    """)

    class Value:
        pass

    def keep(count):
        for _ in range(count):
            x = Value()
            mod.keep(x)
            refs.append(weakref.ref(x))

    for old in range(300, 3300, 300):
        refs = []
        keep(old)
        mod.release(old - 60)                          # what is left moves to where these were
        keep(600)
        mod.release(4000)
        gc.collect()
        assert not any(r() for r in refs)
