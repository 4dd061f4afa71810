"""PyCFunction_...: C functions as objects."""

import builtins
import copy
import inspect
import pickle
import types

import pytest

FUNCTIONS = r"""
    static PyObject *noargs(PyObject *self, PyObject *unused) { return Py_BuildValue("sO", "noargs", self); }
    static PyObject *one(PyObject *self, PyObject *arg) { return Py_BuildValue("OO", self, arg); }
    static PyObject *varargs(PyObject *self, PyObject *args) { Py_INCREF(args); return args; }
    static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kw) { return Py_BuildValue("OO", args, kw ? kw : Py_None); }
    static PyObject *quick(PyObject *self, PyObject *const *args, Py_ssize_t n) { return PyLong_FromSsize_t(n); }
    static PyObject *quick_keywords(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names)
    {
        return Py_BuildValue("nO", n, names ? names : Py_None);
    }
    static PyMethodDef defs[] = {
        {"noargs", noargs, METH_NOARGS, "noargs($self)\n--\n\nNothing."}, {"one", one, METH_O, NULL}, {"varargs", varargs, METH_VARARGS, "All."},
        {"keywords", (PyCFunction)(void (*)(void))keywords, METH_VARARGS | METH_KEYWORDS, NULL},
        {"quick", (PyCFunction)(void (*)(void))quick, METH_FASTCALL, NULL},
        {"quick_keywords", (PyCFunction)(void (*)(void))quick_keywords, METH_FASTCALL | METH_KEYWORDS, NULL},
        {"bad", noargs, METH_NOARGS | METH_O, NULL}};
    @EXPORT(function, METH_VARARGS)
    static PyObject *function(PyObject *self, PyObject *args)
    {
        int i; PyObject *me = NULL, *module = NULL;
        return PyArg_ParseTuple(args, "i|OO", &i, &me, &module) ? PyCFunction_NewEx(&defs[i], me, module) : NULL;
    }
    @EXPORT(call, METH_VARARGS)
    static PyObject *call(PyObject *self, PyObject *args)
    {
        PyObject *f, *a, *kw = NULL;
        return PyArg_ParseTuple(args, "OO|O", &f, &a, &kw) ? PyObject_Call(f, a, kw) : NULL;
    }
    @EXPORT(inside, METH_O)
    static PyObject *inside(PyObject *self, PyObject *f)
    {
        if (!PyCFunction_Check(f)) Py_RETURN_NONE;
        PyObject *me = PyCFunction_GetSelf(f);
        return Py_BuildValue("iOi", PyCFunction_GetFlags(f), me ? me : Py_None, PyCFunction_GetFunction(f) == one);
    }
"""


def test_calls(make):
    mod = make(FUNCTIONS)
    me = object()
    noargs, one, varargs, keywords, quick, quick_keywords = (mod.function(i, me) for i in range(6))
    for call in (lambda f, *args, **kw: f(*args, **kw), lambda f, *args, **kw: mod.call(f, args, kw)):
        assert call(noargs) == ("noargs", me)
        assert call(one, 5) == (me, 5)
        assert call(varargs, 1, 2) == (1, 2)
        assert call(keywords, 1, k=2) == ((1,), {"k": 2})
        assert call(keywords)[0] == () and not call(keywords)[1]
        assert call(quick, *range(8)) == 8
        assert call(quick_keywords, 1, a=2, b=3) == (1, ("a", "b"))
        with pytest.raises(TypeError, match=r"takes exactly one argument \(2 given\)"):
            call(one, 1, 2)
        with pytest.raises(TypeError, match=r"takes no arguments \(1 given\)"):
            call(noargs, 1)
        with pytest.raises(TypeError, match="takes no keyword arguments"):
            call(varargs, k=1)


def test_looks(make):
    mod = make(FUNCTIONS)
    f = mod.function(0, [], "here")
    assert (f.__name__, f.__doc__, f.__text_signature__, f.__module__, f.__self__) == ("noargs", "Nothing.", "($self)", "here", [])
    assert f.__qualname__ == "list.noargs"
    assert repr(f).startswith("<built-in method noargs of list object at 0x")
    assert mod.function(2).__doc__ == "All."
    assert type(f).__name__ == "builtin_function_or_method"
    me = []
    assert mod.function(1, me) == mod.function(1, me) != mod.function(1, [])
    assert hash(mod.function(1, me)) == hash(mod.function(1, me))
    assert mod.inside(mod.function(1, me)) == (8, me, 1)
    assert mod.inside(3) is None
    with pytest.raises(SystemError, match=r"bad\(\) method: bad call flags"):
        mod.function(6)


def test_in_a_class(make):
    mod = make(FUNCTIONS)

    class Thing:
        f = mod.function(2)
    assert Thing().f(1) == (1,)                        # not bound, like every builtin function


def test_callback(make):
    mod = make(FUNCTIONS)
    assert sorted([3, 1, 2], key=mod.function(4)) == [3, 1, 2]
    assert list(map(mod.function(1, None), "ab")) == [(None, "a"), (None, "b")]


MODULE = r"""
    @EXPORT(plain, METH_O)
    static PyObject *plain(PyObject *self, PyObject *arg) { return Py_BuildValue("OO", self, arg); }
    @EXPORT(document, METH_VARARGS)
    static PyObject *document(PyObject *self, PyObject *args)
    {
        PyObject *f; const char *doc;
        if (!PyArg_ParseTuple(args, "Os", &f, &doc)) return NULL;
        if (!Py_IS_TYPE(f, &PyCFunction_Type)) Py_RETURN_FALSE;
        ((PyCFunctionObject *)f)->m_ml->ml_doc = strdup(doc);
        Py_RETURN_TRUE;
    }
    @EXPORT(own, METH_O)
    static PyObject *own(PyObject *self, PyObject *f)
    {
        return PyBool_FromLong(PyCFunction_Check(f) && ((PyCFunctionObject *)f)->m_ml->ml_meth == plain
                               && PyCFunction_GET_SELF(f) == self);
    }
    static PyObject *fixed(PyObject *self, PyObject *args) { return Py_BuildValue("OO", self ? self : Py_None, args); }
    static PyMethodDef thing_methods[] = {{"fixed", fixed, METH_VARARGS | METH_STATIC, "fixed()\n--\n\nStatic."}, {NULL}};
    static PyTypeObject Thing_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.Thing", .tp_basicsize = sizeof(PyObject),
                                      .tp_flags = Py_TPFLAGS_DEFAULT, .tp_methods = thing_methods};
    @EXPORT_TYPE("Thing", Thing_Type)
"""


def test_of_a_module(make):
    mod = make(MODULE)
    f = mod.plain
    assert f(1) == (mod, 1) and mod.own(f)
    assert isinstance(f, types.BuiltinFunctionType) and inspect.isbuiltin(f)
    assert f.__self__ is mod and f.__module__ == mod.__name__ and f.__qualname__ == "plain"
    assert repr(f) == "<built-in function plain>"
    assert pickle.loads(pickle.dumps(f)) is f is copy.deepcopy(f)
    before = f.__module__
    f.__module__ = "elsewhere"
    assert mod.plain.__module__ == "elsewhere"
    f.__module__ = before
    with pytest.raises(AttributeError):
        f.__doc__ = "No."
    with pytest.raises(AttributeError):
        f.other = 1
    assert mod.document(f, "plain($module, arg, /)\n--\n\nIn C.")
    assert f.__doc__ == "In C." and str(inspect.signature(f)) == "(arg, /)"
    with pytest.raises(TypeError, match=r"plain\(\) takes no keyword arguments"):
        f(x=1)


def test_static_method(make):
    mod = make(MODULE)
    assert mod.Thing.fixed(1) == (None, (1,))
    assert type(mod.Thing.fixed) is type(mod.plain) and mod.Thing.fixed.__doc__ == "Static."


def test_of_the_vm(make):
    mod = make(FUNCTIONS + MODULE)
    flags, me, same = mod.inside(len)
    assert flags & 13 and me is builtins and not same
    assert mod.call(len, ([1, 2],)) == 2
    assert mod.call(sorted, ([1, 3, 2],), {"reverse": True}) == [3, 2, 1]
    assert mod.inside(print) and not mod.inside(int)
    assert not mod.own(len) and not mod.own(lambda: 0)
