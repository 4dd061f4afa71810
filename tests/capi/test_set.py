"""PySet_... and PyFrozenSet_..."""

import pytest

SOURCE = r"""
    #define TWO(a, b) PyObject *a, *b; if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
    #define SAY(call) int r = (call); if (r < 0) return NULL; return PyLong_FromLong(r);
    @EXPORT(new, METH_VARARGS)
    static PyObject *new(PyObject *self, PyObject *args)
    {
        PyObject *x = NULL;
        if (!PyArg_ParseTuple(args, "|O", &x)) return NULL;
        return PySet_New(x);
    }
    @EXPORT(frozen, METH_VARARGS)
    static PyObject *frozen(PyObject *self, PyObject *args)
    {
        PyObject *x = NULL;
        if (!PyArg_ParseTuple(args, "|O", &x)) return NULL;
        return PyFrozenSet_New(x);
    }
    @EXPORT(size, METH_O)
    static PyObject *size(PyObject *self, PyObject *s) { SAY((int)PySet_Size(s)) }
    @EXPORT(contains, METH_VARARGS)
    static PyObject *contains(PyObject *self, PyObject *args) { TWO(s, x) SAY(PySet_Contains(s, x)) }
    @EXPORT(add, METH_VARARGS)
    static PyObject *add(PyObject *self, PyObject *args) { TWO(s, x) SAY(PySet_Add(s, x)) }
    @EXPORT(discard, METH_VARARGS)
    static PyObject *discard(PyObject *self, PyObject *args) { TWO(s, x) SAY(PySet_Discard(s, x)) }
    @EXPORT(pop, METH_O)
    static PyObject *pop(PyObject *self, PyObject *s) { return PySet_Pop(s); }
    @EXPORT(clear, METH_O)
    static PyObject *clear(PyObject *self, PyObject *s) { SAY(PySet_Clear(s)) }
    @EXPORT(update, METH_VARARGS)
    static PyObject *update(PyObject *self, PyObject *args) { TWO(s, x) SAY(_PySet_Update(s, x)) }
    @EXPORT(walk, METH_O)
    static PyObject *walk(PyObject *self, PyObject *s)
    {
        PyObject *k, *out = PyList_New(0);
        Py_ssize_t pos = 0;
        Py_hash_t hash;
        int more;
        while ((more = _PySet_NextEntry(s, &pos, &k, &hash)) > 0) {
            if (hash != PyObject_Hash(k)) Py_RETURN_NONE;
            if (PyList_Append(out, k) < 0) return NULL;
        }
        if (more < 0) return NULL;
        return out;
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *s)
    {
        return Py_BuildValue("iiii", PySet_Check(s), PyFrozenSet_Check(s), PyAnySet_Check(s), PyAnySet_CheckExact(s));
    }
"""


class Sub(set):
    pass


def test_sets(make):
    mod = make(SOURCE)
    x = object()
    assert mod.new() == set() and mod.new("abca") == set("abc") and mod.frozen([1, x]) == frozenset([1, x])
    for s in (mod.new([1, 2.5]), Sub([1, 2.5])):
        assert mod.add(s, x) == 0 and mod.size(s) == 3 and mod.contains(s, x) == 1 and mod.contains(s, "no") == 0
        assert mod.discard(s, 1) == 1 and mod.discard(s, 1) == 0
        assert mod.update(s, range(3)) == 0 and s == {2.5, x, 0, 1, 2}
        assert sorted(map(str, mod.walk(s))) == sorted(map(str, s))
        popped = mod.pop(s)
        assert popped not in s and len(s) == 4
        assert mod.clear(s) == 0 and not s
    assert mod.size(frozenset("ab")) == 2 and mod.contains(frozenset("ab"), "a") == 1


@pytest.mark.parametrize("n", [0, 1, 32, 33, 1000])
def test_walk(make, n):
    mod = make(SOURCE)
    for s in (set(range(n)), frozenset(str(i) for i in range(n)), {(i, i) for i in range(n)}):
        assert set(mod.walk(s)) == s and len(mod.walk(s)) == n


def test_checks(make):
    mod = make(SOURCE)
    assert mod.check({1}) == (1, 0, 1, 1) and mod.check(frozenset()) == (0, 1, 1, 1) and mod.check(Sub()) == (1, 0, 1, 0)
    assert mod.check([]) == (0, 0, 0, 0)


def test_errors(make):
    mod = make(SOURCE)
    for call in (mod.size, mod.pop, mod.clear, lambda o: mod.add(o, 1), lambda o: mod.contains(o, 1), lambda o: mod.discard(o, 1)):
        with pytest.raises(SystemError):
            call([])
    with pytest.raises(KeyError):
        mod.pop(set())
    for call in (mod.add, mod.contains, mod.discard):
        with pytest.raises(TypeError):
            call({1}, [])
    with pytest.raises(TypeError):
        mod.new(5)
