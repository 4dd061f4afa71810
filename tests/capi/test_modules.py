"""Modules: single-phase and multi-phase initialisation, state, constants, finding a module by its definition."""

import inspect
import os
import pkgutil
import sys
import types

import pytest

from tests.capi import extension


def test_single_phase(make):
    mod = make(r"""
        static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, MODULE_NAME, "A module.", -1, methods};
        MODULE_INIT
        {
            PyObject *m = PyModule_Create(&definition);
            if (!m)
                return NULL;
            if (PyModule_AddIntConstant(m, "number", 42) < 0
                || PyModule_AddStringConstant(m, "text", "h\xc3\xa9") < 0
                || PyModule_AddObjectRef(m, "none", Py_None) < 0
                || PyModule_AddObject(m, "list", PyList_New(0)) < 0)
                return NULL;
            return m;
        }
    """)
    assert type(mod) is types.ModuleType
    assert (mod.number, mod.text, mod.none, mod.list) == (42, "hé", None, [])
    assert mod.__doc__ == "A module."
    assert mod.__file__.endswith(".so")
    assert mod.__spec__.name == mod.__name__
    assert sys.modules[mod.__name__] is mod


MULTI = r"""
typedef struct { PyObject *list; long calls; } State;

static int exec_first(PyObject *m)
{
    State *state = PyModule_GetState(m);
    if (state->list || state->calls) {
        PyErr_SetString(PyExc_SystemError, "the state is not zero");
        return -1;
    }
    state->list = PyList_New(0);
    return state->list ? 0 : -1;
}

static int exec_second(PyObject *m)
{
    return PyModule_AddObjectRef(m, "list", ((State *)PyModule_GetState(m))->list);
}

@EXPORT(count, METH_NOARGS)
static PyObject *count(PyObject *self, PyObject *ignored)
{
    State *state = PyModule_GetState(self);
    return PyLong_FromLong(++state->calls);
}

@EXPORT(same_definition, METH_NOARGS)
static PyObject *same_definition(PyObject *self, PyObject *ignored);

static int traverse(PyObject *m, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(m);
    Py_VISIT(state->list);
    return 0;
}

static int clear(PyObject *m)
{
    State *state = PyModule_GetState(m);
    Py_CLEAR(state->list);
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec_first}, {Py_mod_exec, exec_second}, {0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, MODULE_NAME, "Many phases.", sizeof(State), methods, slots, traverse, clear, NULL,
};

static PyObject *same_definition(PyObject *self, PyObject *ignored)
{
    return PyBool_FromLong(PyModule_GetDef(self) == &definition);
}

MODULE_INIT { return PyModuleDef_Init(&definition); }
"""


def test_multi_phase(make):
    mod = make(MULTI)
    assert mod.list == []
    before = mod.count()
    assert mod.count() == before + 1
    assert mod.same_definition() is True
    assert mod.__doc__ == "Many phases."
    assert mod.__spec__.name == mod.__name__


def test_a_failing_exec_slot(make):
    with pytest.raises(RuntimeError, match="no luck"):
        make(r"""
            static int fail(PyObject *m) { PyErr_SetString(PyExc_RuntimeError, "no luck"); return -1; }
            static PyModuleDef_Slot slots[] = {{Py_mod_exec, fail}, {0, NULL}};
            static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, MODULE_NAME, NULL, 0, methods, slots};
            MODULE_INIT { return PyModuleDef_Init(&definition); }
        """)


def test_a_create_slot(make):
    mod = make(r"""
        static PyObject *create(PyObject *spec, PyModuleDef *def)
        {
            PyObject *name = PyObject_GetAttrString(spec, "name"), *m, *seen;
            if (!name)
                return NULL;
            m = PyModule_NewObject(name);
            seen = PyUnicode_FromFormat("made %U", name);
            Py_DECREF(name);
            if (!m || !seen || PyObject_SetAttrString(m, "seen", seen) < 0)
                return NULL;
            Py_DECREF(seen);
            return m;
        }
        static PyModuleDef_Slot slots[] = {{Py_mod_create, create}, {0, NULL}};
        static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, MODULE_NAME, NULL, 0, methods, slots};
        MODULE_INIT { return PyModuleDef_Init(&definition); }
    """)
    assert mod.seen == f"made {mod.__name__}"


def test_an_initialiser_that_fails(make):
    with pytest.raises(ValueError, match="not today"):
        make('MODULE_INIT { PyErr_SetString(PyExc_ValueError, "not today"); return NULL; }')


def test_an_initialiser_without_an_error(make):
    with pytest.raises(SystemError, match="without raising an exception|without setting an exception"):
        make("/* silent */ MODULE_INIT { return NULL; }")


def test_find_module(make):
    mod = make(r"""
        static struct PyModuleDef definition;
        @EXPORT(found, METH_NOARGS)
        static PyObject *found(PyObject *self, PyObject *ignored)
        {
            PyObject *m = PyState_FindModule(&definition);
            return Py_NewRef(m ? m : Py_None);
        }
        static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, MODULE_NAME, NULL, 0, methods};
        MODULE_INIT { return PyModule_Create(&definition); }
    """)
    assert mod.found() is mod


def test_the_state_of_a_heap_types_module(make):
    mod = make(r"""
        typedef struct { long secret; } State;
        static struct PyModuleDef definition;
        static PyObject *secret(PyObject *self, PyTypeObject *cls, PyObject *const *args, Py_ssize_t n, PyObject *names)
        {
            State *state = PyType_GetModuleState(cls);
            return state ? PyLong_FromLong(state->secret) : NULL;
        }
        static PyObject *by_definition(PyObject *self, PyObject *ignored)
        {
            return Py_XNewRef(PyType_GetModuleByDef(Py_TYPE(self), &definition));
        }
        static PyMethodDef type_methods[] = {
            {"secret", (PyCFunction)(void *)secret, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
            {"module", by_definition, METH_NOARGS, NULL},
            {NULL}
        };
        static PyType_Slot type_slots[] = {{Py_tp_methods, type_methods}, {0, NULL}};
        static PyType_Spec spec = {"stateful.T", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, type_slots};
        static int exec(PyObject *m)
        {
            PyObject *type = PyType_FromModuleAndSpec(m, &spec, NULL);
            ((State *)PyModule_GetState(m))->secret = 1234;
            return type ? PyModule_AddObject(m, "T", type) : -1;
        }
        static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
        static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, MODULE_NAME, NULL, sizeof(State), methods, slots};
        MODULE_INIT { return PyModuleDef_Init(&definition); }
    """)

    class Sub(mod.T):
        pass

    assert mod.T().secret() == 1234
    assert Sub().secret() == 1234
    assert mod.T().module() is mod
    assert Sub().module() is mod


def test_module_functions_added_later(make):
    mod = make(r"""
        static PyObject *late(PyObject *self, PyObject *ignored) { return Py_NewRef(self); }
        static PyMethodDef more[] = {{"late", late, METH_NOARGS, "Added."}, {NULL}};
        @INIT
        {
            if (PyModule_AddFunctions(m, more) < 0 || PyModule_SetDocString(m, "Set.") < 0)
                return NULL;
        }
    """)
    assert mod.late() is mod
    assert mod.late.__doc__ == "Added."
    assert mod.__doc__ == "Set."


def test_names_and_dictionaries(make):
    mod = make(r"""
        @EXPORT(name, METH_O)
        static PyObject *name(PyObject *self, PyObject *m)
        {
            const char *s = PyModule_GetName(m);
            return s ? PyUnicode_FromString(s) : NULL;
        }
        @EXPORT(dict, METH_O)
        static PyObject *dict(PyObject *self, PyObject *m) { return Py_XNewRef(PyModule_GetDict(m)); }
        @EXPORT(fresh, METH_NOARGS)
        static PyObject *fresh(PyObject *self, PyObject *ignored) { return PyModule_New("fresh"); }
        @EXPORT(state, METH_O)
        static PyObject *state(PyObject *self, PyObject *m) { return PyBool_FromLong(PyModule_GetState(m) != NULL); }
    """)
    assert mod.name(types) == "types"
    assert mod.dict(types) is types.__dict__
    fresh = mod.fresh()
    assert fresh.__name__ == "fresh" and type(fresh) is types.ModuleType
    assert mod.state(types) is False
    with pytest.raises(TypeError, match="bad argument type for built-in operation"):
        mod.name(3)


def test_found_in_their_folder(make):
    mod = make(r"""
        @EXPORT(f, METH_NOARGS)
        static PyObject *f(PyObject *self, PyObject *unused) { Py_RETURN_NONE; }
    """)
    folder, file = os.path.split(mod.__file__)
    name = inspect.getmodulename(file)
    assert name == mod.__name__ and name in [found.name for found in pkgutil.iter_modules([folder])]


@pytest.mark.skipif(not extension.ON_PYPY, reason="CPython's cffi modules are extension modules like any other")
def test_modules_that_cffi_writes(tmp_path):
    """They call no C API: the VM loads them."""
    import capi
    from ffi import FFI
    made = FFI()
    made.cdef("int twice(int);")
    made.set_source("written", "int twice(int n) { return 2 * n; }")
    made.emit_c_code(str(tmp_path / "written.c"))
    module = capi.load_extension("written", capi.build_extension("written", [str(tmp_path / "written.c")]))
    assert module.lib.twice(4) == 8
