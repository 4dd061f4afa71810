"""PyModule_... and PyState_...: module objects, definitions, state."""

import gc
import sys
import types

import pytest


def test_names(make):
    mod = make(r"""
        @EXPORT(new, METH_VARARGS)
        static PyObject *new(PyObject *self, PyObject *args)
        {
            const char *name;
            if (!PyArg_ParseTuple(args, "s", &name)) return NULL;
            return PyModule_New(name);
        }
        @EXPORT(name, METH_O)
        static PyObject *name(PyObject *self, PyObject *module)
        {
            const char *name = PyModule_GetName(module);
            return name ? PyUnicode_FromString(name) : NULL;
        }
        @EXPORT(filename, METH_O)
        static PyObject *filename(PyObject *self, PyObject *module)
        {
            const char *name = PyModule_GetFilename(module);
            return name ? PyUnicode_FromString(name) : NULL;
        }
        @EXPORT(document, METH_O)
        static PyObject *document(PyObject *self, PyObject *module)
        {
            if (PyModule_SetDocString(module, "What it is.") < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(check, METH_O)
        static PyObject *check(PyObject *self, PyObject *o)
        {
            return Py_BuildValue("(ii)", PyModule_Check(o), PyModule_CheckExact(o));
        }
    """)
    made = mod.new("fresh")
    assert type(made) is types.ModuleType and made.__name__ == "fresh"
    assert mod.name(made) == "fresh"
    import json
    assert mod.filename(json) == json.__file__
    with pytest.raises(SystemError, match="module filename missing"):
        mod.filename(made)
    with pytest.raises(TypeError):
        mod.name(3)
    made.__name__ = 3
    with pytest.raises(SystemError, match="nameless module"):
        mod.name(made)
    mod.document(made)
    assert made.__doc__ == "What it is."

    class Sub(types.ModuleType):
        pass
    assert mod.check(made) == (1, 1) and mod.check(Sub("x")) == (1, 0) and mod.check(1) == (0, 0)


def test_fill(make):
    mod = make(r"""
        static PyObject *three(PyObject *self, PyObject *unused) { return PyLong_FromLong(3); }
        static PyMethodDef more[] = {{"three", three, METH_NOARGS, "Three."}, {NULL}};
        @EXPORT(functions, METH_O)
        static PyObject *functions(PyObject *self, PyObject *module)
        {
            if (PyModule_AddFunctions(module, more) < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(objects, METH_O)
        static PyObject *objects(PyObject *self, PyObject *module)
        {
            PyObject *list = PyList_New(0);
            if (PyModule_AddObjectRef(module, "list", list) < 0) return NULL;
            Py_DECREF(list);
            if (PyModule_AddObject(module, "other", PyList_New(0)) < 0) return NULL;
            if (PyModule_AddIntConstant(module, "seven", 7) < 0 || PyModule_AddStringConstant(module, "text", "s") < 0) return NULL;
            if (PyModule_AddType(module, &PyLong_Type) < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(null, METH_O)
        static PyObject *null(PyObject *self, PyObject *module)
        {
            PyErr_SetString(PyExc_KeyError, "came before");
            return PyModule_AddObject(module, "x", NULL) < 0 ? NULL : PyLong_FromLong(0);
        }
    """)
    mod.functions(mod)
    assert mod.three() == 3 and mod.three.__doc__ == "Three."
    module = types.ModuleType("filled")
    mod.objects(module)
    assert (module.list, module.other, module.seven, module.text, module.int) == ([], [], 7, "s", int)
    with pytest.raises(KeyError, match="came before"):
        mod.null(module)


STATE = r"""
    typedef struct { long n; PyObject *held; } State;
    static struct PyModuleDef def;
    @EXPORT(bump, METH_NOARGS)
    static PyObject *bump(PyObject *self, PyObject *unused)
    {
        State *state = PyModule_GetState(self);
        if (PyModule_GetDef(self) != &def) { PyErr_SetString(PyExc_SystemError, "not my definition"); return NULL; }
        return PyLong_FromLong(++state->n);
    }
    static int execute(PyObject *m)
    {
        State *state = PyModule_GetState(m);
        state->n = 10;
        return PyModule_AddIntConstant(m, "executed", 1);
    }
    static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};
    static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, MODULE_NAME, "doc", sizeof(State), methods, slots};
    MODULE_INIT { return PyModuleDef_Init(&def); }
"""


def test_multi_phase(make):
    mod = make(STATE)
    assert mod.executed == 1 and mod.__doc__ == "doc"
    first = mod.bump()
    assert mod.bump() == first + 1
    assert mod.__spec__.name == mod.__name__ and mod.__file__


def test_from_definition_and_spec(make):
    mod = make(r"""
        static int executed;
        static int execute(PyObject *m) { executed++; return 0; }
        static PyModuleDef_Slot inner_slots[] = {{Py_mod_exec, execute}, {0, NULL}};
        static struct PyModuleDef inner = {PyModuleDef_HEAD_INIT, "inner", "inner doc", 8, NULL, inner_slots};
        @EXPORT(build, METH_O)
        static PyObject *build(PyObject *self, PyObject *spec)
        {
            PyObject *m = PyModule_FromDefAndSpec(&inner, spec);
            if (!m || PyModule_ExecDef(m, &inner) < 0) return NULL;
            if (executed < 1 || PyModule_GetState(m) == NULL) Py_FatalError("not executed");
            return m;
        }
    """)
    from importlib.machinery import ModuleSpec
    made = mod.build(ModuleSpec("named", None))
    assert made.__name__ == "named" and made.__doc__ == "inner doc"


def test_find_module(make):
    mod = make(r"""
        static struct PyModuleDef def;
        @EXPORT(find, METH_NOARGS)
        static PyObject *find(PyObject *self, PyObject *unused)
        {
            PyObject *m = PyState_FindModule(&def);
            return Py_NewRef(m ? m : Py_None);
        }
        @EXPORT(remove, METH_NOARGS)
        static PyObject *remove_it(PyObject *self, PyObject *unused)
        {
            return PyState_RemoveModule(&def) < 0 ? NULL : Py_NewRef(Py_None);
        }
        @EXPORT(add, METH_O)
        static PyObject *add(PyObject *self, PyObject *m)
        {
            return PyState_AddModule(m, &def) < 0 ? NULL : Py_NewRef(Py_None);
        }
        static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, MODULE_NAME, NULL, -1, methods};
        MODULE_INIT { return PyModule_Create(&def); }
    """)
    assert mod.find() is mod
    mod.remove()
    assert mod.find() is None
    mod.add(mod)
    assert mod.find() is mod


def test_dict(make):
    mod = make(r"""
        @EXPORT(dict, METH_O)
        static PyObject *dict(PyObject *self, PyObject *m) { return Py_XNewRef(PyModule_GetDict(m)); }
    """)
    assert mod.dict(sys) is sys.__dict__


def test_what_c_puts_into_a_module_stays_where_it_is(make):
    """As numpy does with a registry: the module's reference is the only one."""
    mod = make(r"""
        static PyObject *registry, *added;
        @INIT
        {
            registry = PyDict_New();
            if (PyDict_SetItemString(PyModule_GetDict(m), "registry", registry) < 0) return NULL;
            Py_DECREF(registry);
            added = PyList_New(0);
            if (PyModule_AddObject(m, "added", added) < 0) return NULL;
        }
        @EXPORT(note, METH_O)
        static PyObject *note(PyObject *self, PyObject *x)
        {
            if (PyDict_SetItemString(registry, "x", x) < 0 || PyList_Append(added, x) < 0) return NULL;
            Py_RETURN_NONE;
        }
    """)
    for i in range(3):
        gc.collect()
        keep = [mod.note([object()]) for _ in range(100)]
        mod.note(i)
        assert mod.registry == {"x": i} and mod.added[-1] == i and len(keep) == 100
    del mod.added[:]
