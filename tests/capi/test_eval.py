"""PyEval_..., PyRun_..., Py_CompileString, PyFunction_...: code and what runs it."""

import builtins

import pytest


def test_surroundings(make):
    mod = make(r"""
        @EXPORT(globals, METH_NOARGS)
        static PyObject *globals(PyObject *self, PyObject *unused) { return Py_XNewRef(PyEval_GetGlobals()); }
        @EXPORT(locals, METH_NOARGS)
        static PyObject *locals(PyObject *self, PyObject *unused) { return Py_XNewRef(PyEval_GetLocals()); }
        @EXPORT(builtins, METH_NOARGS)
        static PyObject *builtins(PyObject *self, PyObject *unused) { return Py_XNewRef(PyEval_GetBuiltins()); }
    """)
    here = "a local"
    assert mod.globals() is globals()
    assert mod.locals()["here"] == here
    assert mod.builtins() is builtins.__dict__


def test_calls(make):
    mod = make(r"""
        @EXPORT(call, METH_VARARGS)
        static PyObject *call(PyObject *self, PyObject *args)
        {
            PyObject *f, *a, *k = NULL;
            if (!PyArg_ParseTuple(args, "OO|O", &f, &a, &k)) return NULL;
            return PyEval_CallObjectWithKeywords(f, a == Py_None ? NULL : a, k);
        }
        @EXPORT(function, METH_O)
        static PyObject *function(PyObject *self, PyObject *f) { return PyEval_CallFunction(f, "is", 1, "two"); }
        @EXPORT(method, METH_O)
        static PyObject *method(PyObject *self, PyObject *o) { return PyEval_CallMethod(o, "index", "(i)", 3); }
    """)

    def f(*args, **kwargs):
        return args, kwargs
    assert mod.call(f, None) == ((), {})
    assert mod.call(f, (1, 2), {"k": 3}) == ((1, 2), {"k": 3})
    with pytest.raises(TypeError, match="argument list must be a tuple"):
        mod.call(f, [1])
    with pytest.raises(TypeError, match="keyword list must be a dictionary"):
        mod.call(f, (), 3)
    assert mod.function(f) == ((1, "two"), {})
    assert mod.method([1, 2, 3]) == 2


RUN = r"""
    @EXPORT(run, METH_VARARGS)
    static PyObject *run(PyObject *self, PyObject *args)
    {
        const char *source; int start; PyObject *g, *l;
        if (!PyArg_ParseTuple(args, "siOO", &source, &start, &g, &l)) return NULL;
        return PyRun_String(source, start, g, l);
    }
    @EXPORT(evaluate, METH_VARARGS)
    static PyObject *evaluate(PyObject *self, PyObject *args)
    {
        const char *source; int start; PyObject *g;
        if (!PyArg_ParseTuple(args, "siO", &source, &start, &g)) return NULL;
        PyObject *code = Py_CompileString(source, "a file.py", start);
        if (!code) return NULL;
        PyObject *r = PyEval_EvalCode(code, g, g);
        Py_DECREF(code);
        return r;
    }
    @EXPORT(simple, METH_VARARGS)
    static PyObject *simple(PyObject *self, PyObject *args)
    {
        const char *source;
        if (!PyArg_ParseTuple(args, "s", &source)) return NULL;
        return PyLong_FromLong(PyRun_SimpleString(source));
    }
"""
SINGLE, FILE, EVAL = 256, 257, 258


def test_run_string(make):
    mod = make(RUN)
    g, local = {"x": 4}, {}
    assert mod.run("x * 10", EVAL, g, g) == 40
    assert mod.run("y = x + 1", FILE, g, local) is None
    assert local == {"y": 5}
    with pytest.raises(SyntaxError):
        mod.run("x +", EVAL, g, g)
    with pytest.raises(ZeroDivisionError):
        mod.run("1 / 0", EVAL, g, g)


def test_compile(make):
    mod = make(RUN)
    g = {}
    assert mod.evaluate("6 * 7", EVAL, g) == 42
    assert mod.evaluate("def f():\n    raise KeyError\n", FILE, g) is None
    with pytest.raises(KeyError) as caught:
        g["f"]()
    assert str(caught.traceback[-1].frame.code.raw.co_filename) == "a file.py"


def test_simple_string(make, capsys):
    mod = make(RUN)
    import __main__
    assert mod.simple("made_by_simple = 3") == 0
    assert __main__.made_by_simple == 3
    del __main__.made_by_simple
    assert mod.simple("1 / 0") == -1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_eval_code_ex(make):
    mod = make(r"""
        @EXPORT(call, METH_VARARGS)
        static PyObject *call(PyObject *self, PyObject *args)
        {
            PyObject *code, *g, *a, *k, *v, *d;
            if (!PyArg_ParseTuple(args, "OOOOOO", &code, &g, &a, &k, &v, &d)) return NULL;
            PyObject *positional[] = {a}, *named[] = {k, v}, *defaults[] = {d};
            return PyEval_EvalCodeEx(code, g, NULL, positional, 1, named, 1, defaults, 1, NULL, NULL);
        }
    """)

    def f(a, b, c):
        return a, b, c
    assert mod.call(f.__code__, {}, 1, "b", 2, 3) == (1, 2, 3)


def test_functions(make):
    mod = make(r"""
        @EXPORT(new, METH_VARARGS)
        static PyObject *new(PyObject *self, PyObject *args)
        {
            PyObject *code, *g;
            if (!PyArg_ParseTuple(args, "OO", &code, &g)) return NULL;
            return PyFunction_New(code, g);
        }
        @EXPORT(parts, METH_O)
        static PyObject *parts(PyObject *self, PyObject *f)
        {
            PyObject *d = PyFunction_GetDefaults(f), *k = PyFunction_GetKwDefaults(f), *c = PyFunction_GetClosure(f);
            return Py_BuildValue("(OOOOO)", PyFunction_GetCode(f), PyFunction_GetGlobals(f), d ? d : Py_None, k ? k : Py_None,
                                 c ? c : Py_None);
        }
        @EXPORT(names, METH_O)
        static PyObject *names(PyObject *self, PyObject *f)
        {
            return Py_BuildValue("(ss)", PyEval_GetFuncName(f), PyEval_GetFuncDesc(f));
        }
    """)

    def f(a=1, *, b=2):
        return some_global
    made = mod.new(f.__code__, {"some_global": 5})
    assert made(1, b=2) == 5
    assert mod.parts(f)[:4] == (f.__code__, globals(), (1,), {"b": 2})
    assert mod.names(f) == ("f", "()")
    assert mod.names(3) == ("int", " object")
