"""Iterators that C makes: of lists, tuples, dicts, views and sets, which may change meanwhile, and which may cross."""

import gc

import pytest

SOURCE = r"""
    /* Items of `o`; `f` is called, if it is not None, when `k` of them have been taken. */
    @EXPORT(walk, METH_VARARGS)
    static PyObject *walk(PyObject *self, PyObject *args)
    {
        PyObject *o, *f, *item, *out = PyList_New(0);
        int k, n = 0;
        if (!PyArg_ParseTuple(args, "OiO", &o, &k, &f)) return NULL;
        PyObject *it = PyObject_GetIter(o);
        if (!it) return NULL;
        for (;;) {
            if (n++ == k && f != Py_None) {
                PyObject *r = PyObject_CallNoArgs(f);
                if (!r) return NULL;
                Py_DECREF(r);
            }
            if (!(item = PyIter_Next(it)))
                break;
            PyList_Append(out, item);
            Py_DECREF(item);
            if (n > 100)
                break;
        }
        if (PyErr_Occurred()) {
            PyErr_Clear();
            if ((item = PyIter_Next(it)) || !PyErr_ExceptionMatches(PyExc_RuntimeError)) {
                PyErr_SetString(PyExc_AssertionError, "the error did not stay");
                return NULL;
            }
            PyErr_Clear();
            Py_DECREF(it);
            Py_DECREF(out);
            return PyErr_Format(PyExc_RuntimeError, "changed after %d", n - 1);
        }
        if (PyIter_Next(it) && n <= 100) { PyErr_SetString(PyExc_AssertionError, "not at its end"); return NULL; }
        Py_DECREF(it);
        return out;
    }

    /* An iterator of which `k` items have been taken. */
    @EXPORT(begun, METH_VARARGS)
    static PyObject *begun(PyObject *self, PyObject *args)
    {
        PyObject *o;
        int k;
        if (!PyArg_ParseTuple(args, "Oi", &o, &k)) return NULL;
        PyObject *it = PyObject_GetIter(o);
        while (it && k--)
            Py_XDECREF(Py_TYPE(it)->tp_iternext(it));
        return it;
    }

    /* Its next item before and after it was given to `f`. */
    @EXPORT(shown, METH_VARARGS)
    static PyObject *shown(PyObject *self, PyObject *args)
    {
        PyObject *o, *f;
        if (!PyArg_ParseTuple(args, "OO", &o, &f)) return NULL;
        PyObject *it = PyObject_GetIter(o);
        PyObject *first = PyIter_Next(it), *r = PyObject_CallOneArg(f, it), *second = PyIter_Next(it);
        PyObject *same = PyObject_GetIter(it);
        int is_same = same == it;
        Py_DECREF(same);
        Py_DECREF(it);
        return Py_BuildValue("NNNi", first, r, second, is_same);
    }

    /* Of a list and a dict that C itself changes. */
    @EXPORT(own, METH_NOARGS)
    static PyObject *own(PyObject *self, PyObject *ignored)
    {
        PyObject *list = PyList_New(0), *dict = PyDict_New(), *out = PyList_New(0), *item;
        PyObject *one = PyLong_FromLong(1), *two = PyLong_FromLong(2), *name = PyUnicode_FromString("name");
        PyList_Append(list, one);
        PyDict_SetItem(dict, name, one);
        PyDict_SetItem(dict, one, two);
        PyObject *it = PyObject_GetIter(list);
        for (int i = 0; (item = PyIter_Next(it)); i++) {
            PyList_Append(out, item);
            Py_DECREF(item);
            if (i < 2) PyList_Append(list, two);
        }
        Py_DECREF(it);
        it = PyObject_GetIter(dict);
        while ((item = PyIter_Next(it))) {
            PyDict_SetItem(dict, item, name);
            PyList_Append(out, item);
            Py_DECREF(item);
        }
        Py_DECREF(it);
        it = PyObject_GetIter(dict);
        PyDict_SetItem(dict, two, one);
        item = PyIter_Next(it);
        int failed = !item && PyErr_ExceptionMatches(PyExc_RuntimeError);
        PyErr_Clear();
        Py_DECREF(it);
        it = PyObject_GetIter(dict);
        Py_DECREF(PyIter_Next(it));
        return Py_BuildValue("NNNNNNNi", list, dict, out, it, one, two, name, failed);
    }

    @EXPORT(kinds, METH_O)
    static PyObject *kinds(PyObject *self, PyObject *o)
    {
        PyObject *it = PyObject_GetIter(o);
        PyTypeObject *type = Py_TYPE(it);
        int kind = type == &PyDictIterKey_Type ? 1 : type == &PyDictIterValue_Type ? 2 : type == &PyDictIterItem_Type ? 3 : type == &PySetIter_Type ? 4
            : type == &PyListIter_Type ? 5 : 0;
        int iterator = PyIter_Check(it);
        Py_DECREF(it);
        return Py_BuildValue("ii", kind, iterator);
    }
"""


class Key:
    """Of no value that C knows."""

    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return 1

    def __eq__(self, other):
        raise AssertionError("iterating compares no keys")


def containers():
    d = {"a": 1, "b": 2.5, "c": None, 4: "d", (5,): [6]}
    odd = {Key("k"): 1}
    return [list(d), tuple(d), d, d.keys(), d.values(), d.items(), set(d), frozenset(d), odd, odd.items(), [], (), {}, set(),
            list(range(300)), dict.fromkeys(range(90)), {i: str(i) for i in range(40)}.items(), set(range(90))]


def test_items(make):
    mod = make(SOURCE)
    for o in containers():
        for _ in range(2):
            assert mod.walk(o, 0, None) == list(o)[:101]
            for k in 0, 1, 3:
                assert mod.walk(o, k, lambda: None) == list(o)[:101]


def test_kinds(make):
    mod = make(SOURCE)
    d = {1: 2}
    assert [mod.kinds(o) for o in ([1], d, d.values(), d.items(), d.keys(), {1})] == [(5, 1), (1, 1), (2, 1), (3, 1), (1, 1), (4, 1)]


def test_list_that_changes(make):
    mod = make(SOURCE)
    x = [1, 2, 3]
    assert mod.walk(x, 1, lambda: x.append(4)) == [1, 2, 3, 4]
    assert mod.walk(x, 2, lambda: x.__setitem__(2, "new")) == [1, 2, "new", 4]
    assert mod.walk(x, 2, x.pop) == [1, 2, "new"]
    assert mod.walk(x, 1, x.clear) == [1]
    assert mod.walk(x, 0, lambda: x.append(9)) == [9]


def test_dict_that_changes(make):
    mod = make(SOURCE)
    for view in dict, dict.keys, dict.values, dict.items:
        d = {"a": 1, "b": 2, "c": 3}
        o = d if view is dict else view(d)
        for k in range(4):
            with pytest.raises(RuntimeError, match=f"changed after {k}"):
                mod.walk(o, k, lambda: d.__setitem__(k, 0))
    d = {"a": 1, "b": 2, "c": 3}
    assert mod.walk(d.values(), 1, lambda: d.update(b="new")) == [1, "new", 3]
    assert mod.walk(d.items(), 2, lambda: d.update(c="new")) == [("a", 1), ("b", "new"), ("c", "new")]
    s = {1, 2}
    with pytest.raises(RuntimeError, match="changed after 1"):
        mod.walk(s, 1, lambda: s.add(3))


def test_crossing(make):
    mod = make(SOURCE)
    for o in containers():
        items = list(o)
        for k in range(min(len(items), 3)):
            it = mod.begun(o, k)
            assert type(it) is type(iter(o)) and list(it) == items[k:] and list(it) == []
        it = mod.begun(o, len(items) + 1)
        assert list(it) == []
    d = {1: 1, 2: 2}
    it = mod.begun(d, 1)
    d[3] = 3
    with pytest.raises(RuntimeError):
        next(it)


def test_shown(make):
    mod = make(SOURCE)
    seen = []

    def show(it):
        seen.append(it)
        return next(it)
    d = {"a": 1, "b": 2, "c": 3}
    for o in [1, 2, 3], (1, 2, 3), d, d.values(), d.items():
        assert mod.shown(o, show) == (*list(o), 1)
        assert list(seen[-1]) == [] and mod.walk(seen[-1], 0, None) == []


def test_own(make):
    mod = make(SOURCE)
    one, two, name = 1, 2, "name"
    result = list(mod.own())
    result[3] = list(result[3])
    assert result == [[1, 2, 2], {name: name, one: name, two: one}, [1, 2, 2, name, one], [one, two], one, two, name, 1]


def test_dropped(make):
    mod = make(SOURCE)
    for _ in range(200):
        for o in containers():
            it = mod.begun(o, 1)
    del it
    gc.collect()


def test_views_that_methods_return(make):
    mod = make(r"""
        static PyObject *view;
        @EXPORT(view_of, METH_VARARGS)
        static PyObject *view_of(PyObject *self, PyObject *args)
        {
            PyObject *o, *f;
            static const char *const names[] = {"keys", "values", "items", "copy", "item"};
            int i;
            if (!PyArg_ParseTuple(args, "OiO", &o, &i, &f)) return NULL;
            PyObject *v = PyObject_CallMethod(o, names[i], NULL), *r = v ? PyObject_CallOneArg(f, v) : NULL;
            if (!r) { Py_XDECREF(v); return NULL; }
            int same = r == v;
            Py_DECREF(r);
            Py_XSETREF(view, v);
            return Py_BuildValue("Oni", v, PyObject_Size(v), same);
        }
        @EXPORT(again, METH_NOARGS)
        static PyObject *again(PyObject *self, PyObject *ignored) { return Py_BuildValue("O", view); }
        @EXPORT(drop, METH_NOARGS)
        static PyObject *drop(PyObject *self, PyObject *ignored) { Py_CLEAR(view); Py_RETURN_NONE; }
    """)
    for d in ({}, {"a": 1, 2: [3]}):
        for i, name in enumerate(("keys", "values", "items")):
            view, n, same = mod.view_of(d, i, lambda v: v)
            assert type(view) is type(getattr(d, name)()) and list(view) == list(getattr(d, name)()) and n == len(d) and same
            assert mod.again() is view
        assert mod.view_of(d, 3, lambda v: v)[0] == d
    with pytest.raises(AttributeError):
        mod.view_of({}, 4, lambda v: v)
    mod.drop()
