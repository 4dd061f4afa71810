"""PyImport_...: importing from C."""

import sys
import types

import pytest

SOURCE = r"""
    @EXPORT(module, METH_VARARGS)
    static PyObject *module(PyObject *self, PyObject *args)
    {
        const char *name;
        if (!PyArg_ParseTuple(args, "s", &name)) return NULL;
        return PyImport_ImportModule(name);
    }
    @EXPORT(import, METH_O)
    static PyObject *import(PyObject *self, PyObject *name) { return PyImport_Import(name); }
    @EXPORT(level, METH_VARARGS)
    static PyObject *level(PyObject *self, PyObject *args)
    {
        PyObject *name, *globals, *from; int level;
        if (!PyArg_ParseTuple(args, "OOOi", &name, &globals, &from, &level)) return NULL;
        return PyImport_ImportModuleLevelObject(name, globals, NULL, from, level);
    }
    @EXPORT(add, METH_VARARGS)
    static PyObject *add(PyObject *self, PyObject *args)
    {
        const char *name;
        if (!PyArg_ParseTuple(args, "s", &name)) return NULL;
        return Py_XNewRef(PyImport_AddModule(name));
    }
    @EXPORT(get, METH_O)
    static PyObject *get(PyObject *self, PyObject *name)
    {
        PyObject *m = PyImport_GetModule(name);
        if (!m && !PyErr_Occurred()) Py_RETURN_NONE;
        return m;
    }
    @EXPORT(modules, METH_NOARGS)
    static PyObject *modules(PyObject *self, PyObject *unused) { return Py_XNewRef(PyImport_GetModuleDict()); }
    @EXPORT(reload, METH_O)
    static PyObject *reload(PyObject *self, PyObject *module) { return PyImport_ReloadModule(module); }
    @EXPORT(execute, METH_VARARGS)
    static PyObject *execute(PyObject *self, PyObject *args)
    {
        const char *name, *source;
        if (!PyArg_ParseTuple(args, "ss", &name, &source)) return NULL;
        PyObject *code = Py_CompileString(source, "made.py", Py_file_input);
        PyObject *m = code ? PyImport_ExecCodeModuleEx(name, code, "path.py") : NULL;
        Py_XDECREF(code);
        return m;
    }
"""


def test_import_module(make):
    mod = make(SOURCE)
    import os.path
    import xml.dom
    assert mod.module("os.path") is os.path
    assert mod.module("xml.dom") is xml.dom
    assert getattr(mod, "import")("xml.dom") is xml.dom
    with pytest.raises(ModuleNotFoundError) as caught:
        mod.module("no_such_module_here")
    assert caught.value.name == "no_such_module_here"


def test_level(make):
    mod = make(SOURCE)
    import xml
    import xml.dom
    import xml.dom.minidom
    assert mod.level("xml.dom", {}, (), 0) is xml
    assert mod.level("xml.dom", {}, ("minidom",), 0) is xml.dom
    assert mod.level("minidom", {"__package__": "xml.dom", "__name__": "xml.dom.x"}, ("x",), 1) is xml.dom.minidom
    with pytest.raises(ValueError):
        mod.level("xml", {}, (), -1)


def test_sys_modules(make):
    mod = make(SOURCE)
    assert mod.modules() is sys.modules
    assert mod.get("sys") is sys
    assert mod.get("not there") is None
    try:
        made = mod.add("made_in_c")
        assert isinstance(made, types.ModuleType) and sys.modules["made_in_c"] is made
        assert mod.add("made_in_c") is made
    finally:
        sys.modules.pop("made_in_c", None)


def test_execute(make):
    mod = make(SOURCE)
    try:
        made = mod.execute("executed", "x = 6 * 7\nname = __name__")
        assert (made.x, made.name, made.__file__) == (42, "executed", "path.py")
        assert sys.modules["executed"] is made
        with pytest.raises(ZeroDivisionError):
            mod.execute("failed", "1 / 0")
        assert "failed" not in sys.modules
    finally:
        sys.modules.pop("executed", None)


def test_reload(make, tmp_path, monkeypatch):
    mod = make(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "reloaded_here.py").write_text("x = 1")
    module = mod.module("reloaded_here")
    try:
        (tmp_path / "reloaded_here.py").write_text("x = 22")
        assert mod.reload(module) is module and module.x == 22
    finally:
        sys.modules.pop("reloaded_here", None)
