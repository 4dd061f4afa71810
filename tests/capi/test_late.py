"""Results of callbacks that have no link while the call lasts: nobody can tell."""

import gc

import pytest

CODE = r"""
    /* pairs(iterable): what an iteration gives, each item asked for its identity in Python as well: f(item) -> item. */
    @EXPORT(walk, METH_VARARGS)
    static PyObject *walk(PyObject *self, PyObject *args)
    {
        PyObject *iterable, *f, *item, *again, *out = PyList_New(0);
        if (!PyArg_ParseTuple(args, "OO", &iterable, &f)) return NULL;
        PyObject *it = PyObject_GetIter(iterable);
        if (!it) return NULL;
        while ((item = PyIter_Next(it))) {
            if (!(again = PyObject_CallOneArg(f, item))) return NULL;
            PyList_Append(out, again == item ? Py_True : Py_False);
            Py_DECREF(again); Py_DECREF(item);
        }
        Py_DECREF(it);
        return PyErr_Occurred() ? NULL : out;
    }
    /* Items of an iteration, all kept until the end. */
    @EXPORT(collect, METH_O)
    static PyObject *collect(PyObject *self, PyObject *iterable)
    {
        PyObject *item, *it = PyObject_GetIter(iterable), *out = PyList_New(0);
        while ((item = PyIter_Next(it))) { PyList_Append(out, item); Py_DECREF(item); }
        Py_DECREF(it);
        return out;
    }
    /* How many of two iterations at once give the same addresses. */
    @EXPORT(same, METH_VARARGS)
    static PyObject *same(PyObject *self, PyObject *args)
    {
        PyObject *a, *b, *x, *y; long n = 0;
        if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
        a = PyObject_GetIter(a); b = PyObject_GetIter(b);
        while ((x = PyIter_Next(a)) && (y = PyIter_Next(b))) { n += x == y; Py_DECREF(x); Py_DECREF(y); }
        Py_DECREF(a); Py_DECREF(b);
        return PyLong_FromLong(n);
    }
    static PyObject *kept[20];
    static int kept_n;
    /* Keeps iterators of `n` lists, or gives the next item of each, or lets go of them. */
    @EXPORT(keep, METH_O)
    static PyObject *keep(PyObject *self, PyObject *lists)
    {
        for (kept_n = 0; kept_n < PyTuple_GET_SIZE(lists); kept_n++)
            if (!(kept[kept_n] = PyObject_GetIter(PyTuple_GET_ITEM(lists, kept_n)))) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(nexts, METH_NOARGS)
    static PyObject *nexts(PyObject *self, PyObject *unused)
    {
        PyObject *out = PyTuple_New(kept_n);
        for (int i = 0; i < kept_n; i++) {
            PyObject *item = PyIter_Next(kept[i]);
            PyTuple_SET_ITEM(out, i, item ? item : Py_NewRef(Py_None));
        }
        return out;
    }
    @EXPORT(iterators, METH_NOARGS)
    static PyObject *iterators(PyObject *self, PyObject *unused)
    {
        PyObject *out = PyTuple_New(kept_n);
        for (int i = 0; i < kept_n; i++) PyTuple_SET_ITEM(out, i, Py_NewRef(kept[i]));
        return out;
    }
    @EXPORT(drop, METH_NOARGS)
    static PyObject *drop(PyObject *self, PyObject *unused)
    {
        while (kept_n) Py_DECREF(kept[--kept_n]);
        Py_RETURN_NONE;
    }
    @EXPORT(iterator, METH_O)
    static PyObject *iterator(PyObject *self, PyObject *x) { return PyObject_GetIter(x); }
    /* An iterator that Python sees in the middle. */
    @EXPORT(shown, METH_VARARGS)
    static PyObject *shown(PyObject *self, PyObject *args)
    {
        PyObject *x, *f, *a, *b;
        if (!PyArg_ParseTuple(args, "OO", &x, &f) || !(x = PyObject_GetIter(x))) return NULL;
        a = PyObject_CallOneArg(f, x);
        b = PyObject_CallOneArg(f, x);
        PyObject *r = a && b ? PyBool_FromLong(a == x && b == x) : NULL;
        Py_XDECREF(a); Py_XDECREF(b); Py_DECREF(x);
        return r;
    }
    /* Do the items of two rounds have the same addresses, and those that come back as arguments of is_held()? */
    static PyObject *held[40];
    @EXPORT(is_held, METH_O)
    static PyObject *is_held(PyObject *self, PyObject *x)
    {
        long n = 0;
        for (PyObject **p = held; *p; p++) n += *p == x;
        return PyLong_FromLong(n);
    }
    @EXPORT(two_rounds, METH_VARARGS)
    static PyObject *two_rounds(PyObject *self, PyObject *args)
    {
        PyObject *list, *f, *x, *r = NULL; long n = 0, same = 0;
        if (!PyArg_ParseTuple(args, "OO", &list, &f)) return NULL;
        PyObject *a = PyObject_GetIter(list), *b = PyObject_GetIter(list);
        while ((held[n] = PyIter_Next(a))) n++;
        if (f == Py_None || (r = PyObject_CallOneArg(f, list)))
            for (long i = 0; i < n; i++) { x = PyIter_Next(b); same += x == held[i]; Py_DECREF(x); }
        Py_DECREF(a); Py_DECREF(b);
        while (n) { Py_DECREF(held[--n]); held[n] = NULL; }
        if (r) return r;
        return PyErr_Occurred() ? NULL : PyLong_FromLong(same);
    }
    /* Attributes, each used when C has let go of it, as their owner has them. */
    @EXPORT(texts, METH_O)
    static PyObject *texts(PyObject *self, PyObject *list)
    {
        PyObject *x[30], *it = PyObject_GetIter(list), *out = PyList_New(0);
        int n = 0;
        while (n < 30 && (x[n] = PyIter_Next(it))) { Py_DECREF(x[n]); n++; }
        for (int i = 0; i < n; i++) PyList_Append(out, x[i]);
        Py_DECREF(it);
        return out;
    }
"""


@pytest.mark.parametrize("n", [0, 1, 3, 7, 8, 9, 30])
def test_items_have_an_identity(make, n):
    mod = make(CODE)
    tuples = [(i, str(i), [i]) for i in range(n)]
    d = {i: tuples[i] for i in range(n)}
    for iterable in (tuples, tuple(tuples), d, d.values(), d.items(), zip(tuples, tuples), iter(tuples), [[i] for i in range(n)]):
        assert mod.walk(iterable, lambda item: item) == [True] * n
    assert mod.collect(d.items()) == list(d.items())
    collected = mod.collect(tuples)
    assert all(a is b for a, b in zip(collected, tuples)) and len(collected) == n
    assert mod.same(tuples, tuples) == n and mod.same(tuples, [tuple(list(t)) for t in tuples]) == 0


def test_kept_beyond_the_call(make):
    mod = make(CODE)
    for count in (1, 8, 9, 20):
        lists = tuple([i, (i, i + 1), "x" * i] for i in range(count))
        mod.keep(lists)
        gc.collect()
        assert mod.nexts() == tuple(range(count))
        gc.collect()
        assert all(a is b[1] for a, b in zip(mod.nexts(), lists))
        first, second = mod.iterators(), mod.iterators()
        assert all(a is b for a, b in zip(first, second)) and next(first[0]) == ""
        assert mod.nexts() == (None, *("x" * i for i in range(1, count)))
        mod.drop()
        assert list(first[-1]) == []


def test_returned_and_shown(make):
    mod = make(CODE)
    for x in ([1, 2], (1, 2), {1: 2, 2: 3}, {1, 2}, "12", b"12", range(1, 3), {1: 2, 2: 3}.keys(), frozenset((1, 2))):
        it = mod.iterator(x)
        assert mod.iterator(it) is it and type(it) is type(iter(x)) and list(it) == list(x)
        seen = []
        assert mod.shown(x, lambda it: seen.append(it) or it) is True
        assert seen[0] is seen[1] and list(seen[0]) == list(x)
        assert mod.shown(x, lambda it: mod.iterator(it)) is True
        assert mod.shown(x, lambda it: (gc.collect(), mod.walk([(1, 2)], tuple), it)[2]) is True


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 30])
def test_held_while_others_come(make, n):
    mod = make(CODE)
    for items in ([(i, None) for i in range(n)], [(str(i),) for i in range(n)], [(i, [i], i, i) for i in range(n)]):
        assert mod.two_rounds(items, None) == n
        assert mod.two_rounds(list(items), lambda items: [mod.is_held(item) for item in items]) == [1] * n


def test_error(make):
    with pytest.raises(TypeError, match="not iterable"):
        make(CODE).iterator(5)


@pytest.mark.parametrize("n", [1, 8, 30])
def test_text_is_there_as_long_as_its_owner(make, n):
    mod = make(CODE)
    for texts in ([f"text {i} \xe4" for i in range(n)], [str(i) for i in range(n)], ["", "a", "b" * 1000, "\udc80"], [1, "a", None, "b"]):
        for _ in range(4):
            assert mod.texts(texts) == texts
            assert mod.texts(tuple(texts)) == texts and mod.texts(dict.fromkeys(texts)) == texts
