"""PyGILState_..., PyThreadState_..., PyInterpreterState_... in one thread."""

import threading

SOURCE = r"""
    @EXPORT(nest, METH_NOARGS)
    static PyObject *nest(PyObject *self, PyObject *unused)
    {
        if (!PyGILState_Check()) return PyUnicode_FromString("not held");
        PyGILState_STATE a = PyGILState_Ensure();
        if (a != PyGILState_LOCKED) return PyUnicode_FromString("a");
        PyGILState_Release(a);
        PyThreadState *mine = PyEval_SaveThread();
        if (PyGILState_Check()) return PyUnicode_FromString("held outside");
        PyGILState_STATE b = PyGILState_Ensure();
        if (b != PyGILState_UNLOCKED || !PyGILState_Check()) return PyUnicode_FromString("b");
        PyGILState_Release(b);
        if (PyGILState_Check()) return PyUnicode_FromString("held after release");
        PyEval_RestoreThread(mine);
        if (!PyGILState_Check() || PyThreadState_Get() != mine) return PyUnicode_FromString("c");
        Py_RETURN_NONE;
    }
    @EXPORT(states, METH_NOARGS)
    static PyObject *states(PyObject *self, PyObject *unused)
    {
        PyThreadState *state = PyThreadState_Get();
        if (state != PyGILState_GetThisThreadState()) return PyUnicode_FromString("this");
        if (state->interp != PyInterpreterState_Get()) return PyUnicode_FromString("interp");
        if (PyThreadState_GetInterpreter(state) != PyInterpreterState_Main()) return PyUnicode_FromString("main");
        if (PyInterpreterState_GetID(state->interp) != 0) return PyUnicode_FromString("id");
        Py_RETURN_NONE;
    }
    @EXPORT(thread_dict, METH_NOARGS)
    static PyObject *thread_dict(PyObject *self, PyObject *unused) { return Py_XNewRef(PyThreadState_GetDict()); }
    @EXPORT(thread_id, METH_NOARGS)
    static PyObject *thread_id(PyObject *self, PyObject *unused) { return PyLong_FromUnsignedLongLong(PyThreadState_GetID(PyThreadState_Get())); }
    @EXPORT(interpreter_dict, METH_NOARGS)
    static PyObject *interpreter_dict(PyObject *self, PyObject *unused)
    {
        return Py_XNewRef(PyInterpreterState_GetDict(PyInterpreterState_Get()));
    }
    @EXPORT(outside, METH_O)
    static PyObject *outside(PyObject *self, PyObject *callable)
    {
        PyThreadState *state = PyEval_SaveThread();
        PyGILState_STATE held = PyGILState_Ensure();
        PyObject *r = PyObject_CallNoArgs(callable);
        PyGILState_Release(held);
        PyEval_RestoreThread(state);
        return r;
    }
"""


def test_nesting(make):
    assert make(SOURCE).nest() is None


def test_states(make):
    assert make(SOURCE).states() is None


def test_dictionaries(make):
    mod = make(SOURCE)
    mod.thread_dict()["x"] = 1
    assert mod.thread_dict()["x"] == 1
    mod.interpreter_dict()["y"] = 2
    seen = []
    thread = threading.Thread(target=lambda: seen.append((dict(mod.thread_dict()), mod.interpreter_dict()["y"], mod.thread_id())))
    thread.start()
    thread.join()
    assert seen[0][:2] == ({}, 2)
    assert seen[0][2] != mod.thread_id()


def test_ensure_while_outside(make):
    mod = make(SOURCE)
    assert mod.outside(lambda: mod.outside(lambda: 42)) == 42
