"""Dicts that C makes: they stay in C until they cross, and nobody can tell."""

import gc

import pytest

CODE = r"""
    /* build(((operation, key, value), ...)): a dict made by these in C, none of which hands it to Python. */
    static int apply(PyObject *d, PyObject *step)
    {
        const char *what; PyObject *k, *v, *r;
        if (!PyArg_ParseTuple(step, "sOO", &what, &k, &v)) return -1;
        switch (*what) {
        case 's': return PyDict_SetItem(d, k, v);
        case 't': return PyDict_SetItemString(d, PyUnicode_AsUTF8(k), v);
        case 'd': return PyDict_DelItem(d, k);
        case 'e': return PyDict_DelItemString(d, PyUnicode_AsUTF8(k));
        case 'f': return PyDict_SetDefault(d, k, v) ? 0 : -1;
        case 'o': return PyObject_SetItem(d, k, v);
        case 'x': return PyObject_DelItem(d, k);
        case 'c': PyDict_Clear(d); return 0;
        case 'p': r = _PyDict_Pop(d, k, v); Py_XDECREF(r); return r ? 0 : -1;
        case 'm': return PyMapping_SetItemString(d, PyUnicode_AsUTF8(k), v);
        }
        return 0;
    }
    static PyObject *built(PyObject *steps)
    {
        PyObject *d = PyDict_New();
        for (Py_ssize_t i = 0; d && i < PyTuple_GET_SIZE(steps); i++)
            if (apply(d, PyTuple_GET_ITEM(steps, i)) < 0) Py_CLEAR(d);
        return d;
    }
    @EXPORT(build, METH_O)
    static PyObject *build(PyObject *self, PyObject *steps) { return built(steps); }
    static int add(PyObject *list, PyObject *item)
    {
        int r = item ? PyList_Append(list, item) : -1;
        Py_XDECREF(item);
        return r;
    }
    #define NUMBER(x) if (add(out, PyLong_FromLong(x)) < 0) goto done;
    #define LENT(x) { PyObject *v = (x); if (!v && PyErr_Occurred()) goto done; if (PyList_Append(out, v ? v : Py_Ellipsis) < 0) goto done; }
    #define MADE(x) if (add(out, (x)) < 0) goto done;
    /* look(steps, key): what C sees of such a dict. */
    @EXPORT(look, METH_VARARGS)
    static PyObject *look(PyObject *self, PyObject *args)
    {
        PyObject *steps, *key, *k, *v, *out = NULL, *d, *copy = NULL;
        Py_ssize_t pos = 0;
        if (!PyArg_ParseTuple(args, "OO", &steps, &key) || !(d = built(steps))) return NULL;
        if (!(out = PyList_New(0)) || !(copy = PyDict_Copy(d)) || PyDict_SetItemString(copy, "only in the copy", key) < 0) goto done;
        NUMBER(PyDict_Size(d)) NUMBER(PyDict_GET_SIZE(d)) NUMBER(PyObject_Size(d)) NUMBER(PyMapping_Size(d)) NUMBER(PyObject_IsTrue(d))
        NUMBER(PyDict_Contains(d, key)) NUMBER(PySequence_Contains(d, key)) NUMBER(PyMapping_HasKey(d, key))
        LENT(PyDict_GetItem(d, key)) LENT(PyDict_GetItemWithError(d, key))
        if (PyUnicode_Check(key)) {
            const char *text = PyUnicode_AsUTF8(key);
            if (!text) goto done;
            LENT(PyDict_GetItemString(d, text)) LENT(_PyDict_GetItemStringWithError(d, text)) NUMBER(PyMapping_HasKeyString(d, text))
        }
        while (PyDict_Next(d, &pos, &k, &v)) { MADE(PyTuple_Pack(2, k, v)) }
        MADE(PyDict_Keys(d)) MADE(PyDict_Values(d)) MADE(PyDict_Items(d))
        NUMBER(PyObject_IsTrue(d)) NUMBER(PyDict_CheckExact(d))
        if (PyObject_SetAttr(key, key, key) == 0) goto done;
        PyErr_Clear();
        NUMBER(PyDict_Update(copy, d)) MADE(Py_NewRef(copy)) MADE(Py_NewRef(d))
    done:
        Py_XDECREF(d); Py_XDECREF(copy);
        if (PyErr_Occurred()) Py_CLEAR(out);
        return out;
    }
    /* Hands its dict to `f`, changes it, hands it again, changes it, and returns it. */
    @EXPORT(share, METH_O)
    static PyObject *share(PyObject *self, PyObject *f)
    {
        PyObject *d = PyDict_New(), *v = PyUnicode_FromString("value"), *r;
        PyDict_SetItemString(d, "first", v);
        PyDict_SetItemString(d, "second", Py_None);
        PyObject *lent = PyDict_GetItemString(d, "first");
        if (lent != v) return NULL;
        Py_DECREF(v);
        if (!(r = PyObject_CallOneArg(f, d))) return NULL;
        Py_DECREF(r);
        if (PyUnicode_CompareWithASCIIString(lent, "value")) return NULL;
        PyDict_SetItemString(d, "from C", Py_True);
        PyDict_DelItemString(d, "second");
        if (!(r = PyObject_CallOneArg(f, d))) return NULL;
        Py_DECREF(r);
        if (!PyDict_GetItemString(d, "from Python")) return NULL;
        PyDict_SetItemString(d, "from Python", Py_False);
        return d;
    }
    @EXPORT(cycle, METH_NOARGS)
    static PyObject *cycle(PyObject *self, PyObject *unused)
    {
        PyObject *d = PyDict_New(), *inner = PyDict_New(), *list = PyList_New(1);
        PyDict_SetItemString(d, "self", d);
        PyDict_SetItemString(d, "inner", inner);
        PyDict_SetItemString(inner, "outer", d);
        PyList_SET_ITEM(list, 0, Py_NewRef(d));
        PyDict_SetItemString(inner, "list", list);
        Py_DECREF(inner); Py_DECREF(list);
        return d;
    }
    @EXPORT(nested, METH_O)
    static PyObject *nested(PyObject *self, PyObject *depth)
    {
        PyObject *x = PyUnicode_FromString("core");
        for (long i = PyLong_AsLong(depth); i; i--) {
            PyObject *outer = i % 3 == 0 ? PyList_New(1) : i % 3 == 1 ? PyDict_New() : PyTuple_New(1);
            if (i % 3 == 0) PyList_SET_ITEM(outer, 0, x);
            else if (i % 3 == 2) PyTuple_SET_ITEM(outer, 0, x);
            else { PyDict_SetItemString(outer, "in", x); Py_DECREF(x); }
            x = outer;
        }
        return x;
    }
    @EXPORT(many, METH_VARARGS)
    static PyObject *many(PyObject *self, PyObject *args)
    {
        long n, step; PyObject *d = PyDict_New(), *k, *v, *s;
        if (!PyArg_ParseTuple(args, "ll", &n, &step)) return NULL;
        for (long i = 0; i < n; i++) {
            k = PyLong_FromLong(i); s = PyUnicode_FromFormat("key %ld", i); v = PyLong_FromLong(i * 10);
            if (PyDict_SetItem(d, k, v) < 0 || PyDict_SetItem(d, s, v) < 0) return NULL;
            if (i % step == 0 && PyDict_DelItem(d, k) < 0) return NULL;
            Py_DECREF(k); Py_DECREF(s); Py_DECREF(v);
        }
        for (long i = 0; i < n; i++) {
            char text[40];
            sprintf(text, "key %ld", i);
            k = PyLong_FromLong(i);
            v = PyDict_GetItem(d, k);
            if ((i % step == 0) != !v || (v && PyLong_AsLong(v) != i * 10)) return NULL;
            if (!(v = PyDict_GetItemString(d, text)) || PyLong_AsLong(v) != i * 10) return NULL;
            Py_DECREF(k);
        }
        return d;
    }
    /* call(f, args, steps, how): with a dict of keyword arguments. */
    @EXPORT(call, METH_VARARGS)
    static PyObject *call(PyObject *self, PyObject *args)
    {
        PyObject *f, *a, *steps, *kw, *r; int how;
        if (!PyArg_ParseTuple(args, "OOOi", &f, &a, &steps, &how) || !(kw = built(steps))) return NULL;
        if (how == 1) PyDict_SetItemString(kw, "kw", kw);
        r = how == 2 ? PyObject_VectorcallDict(f, &PyTuple_GET_ITEM(a, 0), PyTuple_GET_SIZE(a), kw) : PyObject_Call(f, a, kw);
        if (how == 1) PyDict_Clear(kw);
        Py_DECREF(kw);
        return r;
    }
    @EXPORT(parse, METH_VARARGS | METH_KEYWORDS)
    static PyObject *parse(PyObject *self, PyObject *args, PyObject *kw)
    {
        static char *names[] = {"a", "b", "c", NULL};
        PyObject *a, *b = Py_None, *c = Py_None;
        return PyArg_ParseTupleAndKeywords(args, kw, "O|OO", names, &a, &b, &c) ? PyTuple_Pack(3, a, b, c) : NULL;
    }
    static PyObject *kept;
    @EXPORT(keep, METH_O)
    static PyObject *keep(PyObject *self, PyObject *steps)
    {
        Py_CLEAR(kept);
        if (steps == Py_None) Py_RETURN_NONE;
        kept = built(steps);
        return Py_XNewRef(kept);
    }
    @EXPORT(update_kept, METH_O)
    static PyObject *update_kept(PyObject *self, PyObject *other)
    {
        if (PyDict_Merge(kept, other, 0) < 0) return NULL;
        return PyLong_FromSsize_t(PyDict_Size(kept));
    }
    @EXPORT(replace_while_walking, METH_O)
    static PyObject *replace_while_walking(PyObject *self, PyObject *f)
    {
        PyObject *d = PyDict_New(), *k, *v, *r;
        Py_ssize_t pos = 0;
        for (const char *p = "abcdef"; *p; p++) {
            char text[2] = {*p};
            PyDict_SetItemString(d, text, Py_None);
        }
        PyDict_DelItemString(d, "b");
        while (PyDict_Next(d, &pos, &k, &v)) {          /* the dict crosses when this is halfway */
            if (!(v = PyObject_CallFunctionObjArgs(f, k, !PyUnicode_CompareWithASCIIString(k, "d") ? d : Py_None, NULL))) return NULL;
            r = PyDict_SetItem(d, k, v) < 0 ? NULL : v;
            Py_DECREF(v);
            if (!r) return NULL;
        }
        return d;
    }
"""

STEPS = {
    "empty": (),
    "text": (("s", "a", 1), ("t", "b", "two"), ("m", "c", 3.5), ("o", "d", None)),
    "replaced": (("s", "a", 1), ("s", "b", 2), ("t", "a", 3)),
    "deleted": (("s", "a", 1), ("s", "b", 2), ("d", "a", 0), ("s", "c", 3), ("s", "a", 4), ("e", "b", 0), ("x", "c", 0)),
    "setdefault": (("s", "a", 1), ("f", "a", 2), ("f", "b", 3), ("p", "a", 0), ("p", "z", 0)),
    "cleared": (("s", "a", 1), ("c", 0, 0), ("s", "b", 2)),
    "ints": tuple(("s", i * i - 7, i) for i in range(30)) + (("s", 2, "two"), ("d", 42, 0)),
    "none": (("s", None, "none"), ("s", 0, "zero"), ("s", "", "empty"), ("s", None, "again")),
    "wide": (("t", "\xe4", 1), ("s", "\xe4", 2), ("s", "\u20ac", 3), ("t", "\U0001f600", 4), ("t", "\u20ac", 5), ("s", "e", 6)),
    "equal": (("s", 1, "int"), ("s", True, "bool"), ("s", 1.0, "float"), ("s", 2.5, "other")),
    "bytes": (("s", "a", 1), ("s", b"a", 2), ("s", (1, 2), 3), ("s", "b", 4)),
    "large int": (("s", 1 << 70, 1), ("s", 1 << 62, 2), ("s", -(1 << 62), 3), ("s", (1 << 62) - 1, 4)),
    "longer": tuple(("s", f"a longer key {i}", [i]) for i in range(100)) + (("d", "a longer key 50", 0), ("s", "a longer key 51", 0)),
}


class Text(str):
    """A subclass, equal to the plain str."""

    __slots__ = ()


def expected(steps):
    d = {}
    for what, key, value in steps:
        if what in "stmo":
            d[key] = value
        elif what in "dex":
            del d[key]
        elif what == "f":
            d.setdefault(key, value)
        elif what == "c":
            d.clear()
        elif what == "p":
            d.pop(key, value)
    return d


@pytest.mark.parametrize("name", STEPS)
def test_result(make, name):
    mod = make(CODE)
    want = expected(STEPS[name])
    for _ in range(3):
        d = mod.build(STEPS[name])
        assert type(d) is dict and list(d.items()) == list(want.items()) and list(map(type, d)) == list(map(type, want))
        d["more"] = 1
    assert mod.build(STEPS[name]) is not mod.build(STEPS[name])


@pytest.mark.parametrize("key", ["a", "b", "z", "\xe4", "\u20ac", 2, 1, -7, None, 2.0, True, b"a", (1, 2), Text("a"), 1 << 70], ids=repr)
@pytest.mark.parametrize("name", STEPS)
def test_seen_from_c(make, name, key):
    mod = make(CODE)
    want = expected(STEPS[name])
    there, value = int(key in want), want.get(key, ...)
    n = len(want)
    out = mod.look(STEPS[name], key)
    want_out = [n, n, n, n, int(n > 0), there, there, there, value, value]
    if isinstance(key, str):
        want_out += [value, value, there]
    want_out += [*want.items(), list(want), list(want.values()), list(want.items()), int(n > 0), 1, 0]
    assert out[:-2] == want_out
    assert list(out[-2].items()) == [*want.items(), ("only in the copy", key)] and list(out[-1].items()) == list(want.items())


@pytest.mark.parametrize("steps, error", [
    ((("d", "a", 0),), KeyError), ((("s", "a", 1), ("d", "b", 0)), KeyError), ((("s", [], 1),), TypeError),
    ((("s", "a", 1), ("f", {}, 1)), TypeError), ((("x", 7, 0),), KeyError), ((("e", "key", 0),), KeyError),
])
def test_errors(make, steps, error):
    mod = make(CODE)
    with pytest.raises(error) as raised:
        mod.build(steps)
    if error is KeyError:
        assert raised.value.args == (steps[-1][1],)


def test_shared_with_python(make):
    mod = make(CODE)
    seen = []

    def f(d):
        seen.append((d, list(d.items())))
        d["from Python"] = len(seen)

    d = mod.share(f)
    assert seen[0][0] is d and seen[1][0] is d
    assert seen[0][1] == [("first", "value"), ("second", None)]
    assert seen[1][1] == [("first", "value"), ("from Python", 1), ("from C", True)]
    assert list(d.items()) == [("first", "value"), ("from Python", False), ("from C", True)]


def test_kept_by_c(make):
    mod = make(CODE)
    d = mod.keep((("s", "a", 1), ("s", "b", object())))
    d["c"] = 3
    assert mod.update_kept({"a": 2, "d": 4}) == 4
    assert list(d) == ["a", "b", "c", "d"] and d["a"] == 1
    mod.keep(None)
    assert d["d"] == 4


def test_cycle(make):
    mod = make(CODE)
    for _ in range(3):
        d = mod.cycle()
        assert d["self"] is d and d["inner"]["outer"] is d and d["inner"]["list"][0] is d
        d.clear()


@pytest.mark.parametrize("depth", [1, 2, 3, 49, 50, 51, 200, 3000])
def test_nested(make, depth):
    x = make(CODE).nested(depth)
    for i in range(1, depth + 1):
        x = x[0] if i % 3 != 1 else x["in"]
    assert x == "core"


@pytest.mark.parametrize("n", [3, 8, 9, 1000])
@pytest.mark.parametrize("step", [2, 5, 1000])
def test_many(make, n, step):
    want = {}
    for i in range(n):
        want[i] = want[f"key {i}"] = i * 10
        if i % step == 0:
            del want[i]
    assert list(make(CODE).many(n, step).items()) == list(want.items())


@pytest.mark.parametrize("how", [0, 2])
def test_keyword_arguments(make, how):
    mod = make(CODE)
    steps = (("s", "b", 2), ("t", "c", object()))
    for f in (lambda *args, **kw: (args, kw), dict, mod.parse):
        args = (1,) if f is not dict else ()
        assert mod.call(f, args, steps, how) == f(*args, **{key: value for _, key, value in steps})
        assert mod.call(f, args, (), how) == f(*args)
    with pytest.raises(TypeError, match="keyword"):
        mod.call(lambda **kw: kw, (), (("s", 1, 2),), how)
    kw = mod.call(lambda **kw: kw, (), (("s", "a", 1),), 1)
    assert kw["a"] == 1 and kw["kw"] == {}


def test_walked_while_it_crosses(make):
    mod, seen = make(CODE), []

    def f(key, d):
        if d is not None:
            seen.append(list(d.items()))
        return key * 2

    assert mod.replace_while_walking(f) == {k: k * 2 for k in "acdef"}
    assert seen == [[("a", "aa"), ("c", "cc"), ("d", None), ("e", None), ("f", None)]]


def test_values_die_with_it(make):
    class Value:
        died = 0

        def __del__(self):
            Value.died += 1

    mod = make(CODE)
    d = mod.build((("s", "a", Value()), ("s", "a", Value()), ("s", "b", Value()), ("d", "b", 0)))
    kept = mod.keep((("s", "a", Value()),))
    for _ in range(4):
        gc.collect()
    assert Value.died == 2
    del d, kept
    mod.keep(None)
    for _ in range(4):
        gc.collect()
    assert Value.died == 4


def test_a_key_of_several_dicts_is_one_object(make):
    mod = make(r"""
        @EXPORT(records, METH_NOARGS)
        static PyObject *records(PyObject *self, PyObject *unused)
        {
            PyObject *key = PyUnicode_FromString("a_key"), *a = PyDict_New(), *b = PyDict_New();
            PyDict_SetItem(a, key, Py_None);
            PyDict_SetItem(b, key, Py_None);
            Py_DECREF(key);
            return Py_BuildValue("[NN]", a, b);
        }
    """)
    (a,), (c,) = map(list, mod.records())
    assert a == "a_key" and a is c
