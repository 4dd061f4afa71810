"""Frames and code that C code makes, and the tracebacks that they appear in."""

import traceback

import pytest

SOURCE = r"""
    #include "frameobject.h"

    static void add(PyObject *globals, const char *function, const char *file, int line)
    {
        PyObject *t, *v, *tb;
        PyErr_Fetch(&t, &v, &tb);
        PyCodeObject *code = PyCode_NewEmpty(file, function, line);
        PyFrameObject *frame = code ? PyFrame_New(PyThreadState_Get(), code, globals, NULL) : NULL;
        PyErr_Restore(t, v, tb);
        if (frame) PyTraceBack_Here(frame);
        Py_XDECREF(code);
        Py_XDECREF(frame);
    }
    @EXPORT(fail, METH_O)
    static PyObject *fail(PyObject *self, PyObject *callable)
    {
        PyObject *r = PyObject_CallNoArgs(callable);
        if (r) return r;
        add(PyModule_GetDict(self), "inner", "inner.pyx", 7);
        add(PyModule_GetDict(self), "outer", "outer.pyx", 123);
        return NULL;
    }
    @EXPORT(raises, METH_NOARGS)
    static PyObject *raises(PyObject *self, PyObject *unused)
    {
        PyErr_SetString(PyExc_ValueError, "mine");
        add(PyModule_GetDict(self), "one", "one.pyx", 1);
        return NULL;
    }
"""


def entries(error):
    return [(f.filename, f.name, f.lineno) for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".pyx")]


def test_entries(make):
    mod = make(SOURCE)

    def callee():
        raise KeyError("deep")
    with pytest.raises(KeyError) as caught:
        mod.fail(callee)
    assert entries(caught.value) == [("outer.pyx", "outer", 123), ("inner.pyx", "inner", 7)]
    names = [f.name for f in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-1] == "callee" and names[0] == "test_entries"
    with pytest.raises(ValueError) as caught:
        mod.raises()
    assert entries(caught.value) == [("one.pyx", "one", 1)]
    assert caught.value.__traceback__.tb_next is not None


def test_globals_of_entries(make):
    mod = make(SOURCE)
    with pytest.raises(ValueError) as caught:
        mod.raises()
    last = caught.value.__traceback__
    while last.tb_next:
        last = last.tb_next
    assert last.tb_frame.f_globals["__name__"] == mod.__name__


def test_same_place_many_times(make):
    mod = make(SOURCE)
    for _ in range(300):
        with pytest.raises(ValueError) as caught:
            mod.raises()
        assert len(entries(caught.value)) == 1


def test_frames_of_the_vm(make):
    mod = make(r"""
        #include "frameobject.h"
        @EXPORT(here, METH_NOARGS)
        static PyObject *here(PyObject *self, PyObject *unused)
        {
            PyFrameObject *frame = PyEval_GetFrame();
            if (!frame) return PyUnicode_FromString("none");
            PyCodeObject *code = PyFrame_GetCode(frame);
            PyObject *name = PyObject_GetAttrString((PyObject *)code, "co_name");
            PyFrameObject *back = PyFrame_GetBack(frame);
            PyObject *r = Py_BuildValue("(NiO)", name, PyFrame_GetLineNumber(frame), back ? (PyObject *)back : Py_None);
            Py_DECREF(code);
            Py_XDECREF(back);
            return r;
        }
        @EXPORT(fields, METH_O)
        static PyObject *fields(PyObject *self, PyObject *o)
        {
            PyCodeObject *code = (PyCodeObject *)o;
            return Py_BuildValue("(OOiii)", code->co_name, code->co_filename, code->co_argcount, code->co_firstlineno,
                                 (code->co_flags & CO_VARARGS) != 0);
        }
    """)
    import sys
    name, line, back = mod.here()
    assert name == "test_frames_of_the_vm"
    assert line == sys._getframe().f_lineno - 2
    assert back is sys._getframe().f_back
    code = (lambda a, b, *c: a).__code__
    assert mod.fields(code) == ("<lambda>", __file__, 2, code.co_firstlineno, 1)


def test_exception_attributes(make):
    mod = make(r"""
        @EXPORT(get, METH_O)
        static PyObject *get(PyObject *self, PyObject *error)
        {
            PyObject *a = PyException_GetCause(error), *b = PyException_GetContext(error), *c = PyException_GetTraceback(error);
            PyObject *r = PyTuple_Pack(3, a ? a : Py_None, b ? b : Py_None, c ? c : Py_None);
            Py_XDECREF(a); Py_XDECREF(b); Py_XDECREF(c);
            return r;
        }
        @EXPORT(set, METH_VARARGS)
        static PyObject *set(PyObject *self, PyObject *args)
        {
            PyObject *error, *cause, *context, *tb;
            if (!PyArg_ParseTuple(args, "OOOO", &error, &cause, &context, &tb)) return NULL;
            PyException_SetCause(error, cause == Py_None ? NULL : Py_NewRef(cause));
            PyException_SetContext(error, context == Py_None ? NULL : Py_NewRef(context));
            if (PyException_SetTraceback(error, tb) < 0) return NULL;
            Py_RETURN_NONE;
        }
    """)
    error, cause, context = KeyError(1), ValueError(2), LookupError(3)
    assert mod.get(error) == (None, None, None)
    try:
        raise TypeError
    except TypeError as other:
        tb = other.__traceback__
    mod.set(error, cause, context, tb)
    assert error.__cause__ is cause and error.__context__ is context and error.__traceback__ is tb
    assert mod.get(error) == (cause, context, tb)
    mod.set(error, None, None, None)
    assert mod.get(error) == (None, None, None)
    with pytest.raises(TypeError):
        mod.set(error, cause, context, 3)
