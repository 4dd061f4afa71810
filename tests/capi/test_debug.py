"""CAPI_DEBUG=1: each kind of fault of an extension is reported, with its place; a correct extension is not."""

import os
import subprocess
import sys
import textwrap

import pytest

from tests.capi import extension

if not extension.ON_PYPY:
    pytest.skip("the debug mode is our layer's", allow_module_level=True)

FAULTS = r"""
@EXPORT(fine, METH_O)
static PyObject *fine(PyObject *self, PyObject *list)
{
    PyObject *copy = PyList_New(0), *sum = NULL;
    for (Py_ssize_t i = 0; copy && i < PyList_Size(list); i++) {
        PyObject *item = PyList_GetItem(list, i);           /* borrowed */
        if (!item || PyList_Append(copy, item) < 0 || PyList_SetItem(list, i, Py_NewRef(item)) < 0 || PyObject_Not(item) < 0) goto fail;
    }
    char *text = PyMem_Malloc(100);
    text = PyMem_Realloc(text, 1000);
    PyMem_Free(text);
    Py_BEGIN_ALLOW_THREADS
    free(malloc(10));
    PyGILState_STATE state = PyGILState_Ensure();
    sum = PyLong_FromLong(12345678);
    PyGILState_Release(state);
    Py_END_ALLOW_THREADS
    Py_DECREF(sum);
    sum = PyObject_GetAttrString(self, "missing");
    if (!sum) PyErr_Clear();
    return copy;
fail:
    Py_XDECREF(copy);
    return NULL;
}

@EXPORT(no_lock, METH_NOARGS)
static PyObject *no_lock(PyObject *self, PyObject *none)
{
    PyObject *made;
    Py_BEGIN_ALLOW_THREADS
    made = PyFloat_FromDouble(1.5);                         // without the lock
    Py_END_ALLOW_THREADS
    return made;
}

@EXPORT(no_lock_variadic, METH_NOARGS)
static PyObject *no_lock_variadic(PyObject *self, PyObject *none)
{
    PyObject *made;
    Py_BEGIN_ALLOW_THREADS
    made = PyTuple_Pack(1, self);                           // no lock, variadic
    Py_END_ALLOW_THREADS
    return made;
}

@EXPORT(ignored, METH_O)
static PyObject *ignored(PyObject *self, PyObject *x)
{
    PyObject_GetAttrString(x, "missing");                   // sets the error
    PyObject *r = PyObject_Repr(x);                         // with the error
    PyErr_Clear();
    return r;
}

@EXPORT(ignored_variadic, METH_O)
static PyObject *ignored_variadic(PyObject *self, PyObject *x)
{
    PyErr_Format(PyExc_ValueError, "%s is %d", "it", 1);    // variadic sets
    PyObject *r = PyObject_CallFunction(x, "d", 2.5);       // variadic with
    PyErr_Clear();
    return r;
}

@EXPORT(freed, METH_NOARGS)
static PyObject *freed(PyObject *self, PyObject *none)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, 100); // makes bytes
    Py_DECREF(bytes);                                       // frees bytes
    return PyBytes_FromObject(bytes);                       // uses bytes
}

@EXPORT(freed_variadic, METH_NOARGS)
static PyObject *freed_variadic(PyObject *self, PyObject *none)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, 100);
    Py_DECREF(bytes);
    return PyObject_CallMethod(bytes, "decode", NULL);      // calls bytes
}

@EXPORT(twice, METH_NOARGS)
static PyObject *twice(PyObject *self, PyObject *none)
{
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, 100); // made to be released twice
    PyObject **volatile p = &bytes;
    Py_DECREF(*p);
    Py_DECREF(*p);
    Py_RETURN_NONE;
}

@EXPORT(free_twice, METH_NOARGS)
static PyObject *free_twice(PyObject *self, PyObject *none)
{
    void *p = PyMem_Malloc(50);
    PyMem_Free(p);
    PyMem_Free(p);                                          // second free
    Py_RETURN_NONE;
}

@EXPORT(write_after, METH_NOARGS)
static PyObject *write_after(PyObject *self, PyObject *none)
{
    char *volatile p = PyMem_Malloc(50);                    // written to
    PyMem_Free(p);
    p[30] = 1;
    Py_RETURN_NONE;
}

@EXPORT(released, METH_O)
static PyObject *released(PyObject *self, PyObject *x)
{
    PyObject *type = PyObject_GetAttrString(x, "value");    // got
    Py_DECREF(type);
    return PyObject_Repr(type);                             // uses released
}

@EXPORT(leak, METH_NOARGS)
static PyObject *leak(PyObject *self, PyObject *none)
{
    PyObject *number = PyLong_FromLong(7654321);            // leaked int
    PyMem_Malloc(77);                                       // leaked memory
    return PyLong_FromLong(PyLong_AsLong(number));
}

@EXPORT(lost, METH_O)
static PyObject *lost(PyObject *self, PyObject *list)
{
    PyObject *item = PyList_GetItem(list, 0);               // borrows item
    if (PyList_SetItem(list, 0, Py_NewRef(Py_None)) < 0)    // changes list
        return NULL;
    return PyObject_Repr(item);                             // uses item
}

@EXPORT(lost_own, METH_NOARGS)
static PyObject *lost_own(PyObject *self, PyObject *none)
{
    PyObject *list = PyList_New(1), *r;
    PyList_SetItem(list, 0, PyBytes_FromStringAndSize(NULL, 50));
    PyObject *item = PyList_GetItem(list, 0);
    PyList_SetSlice(list, 0, 1, NULL);
    r = PyObject_Repr(item);                                // uses own item
    Py_DECREF(list);
    return r;
}

@EXPORT(lost_dict, METH_O)
static PyObject *lost_dict(PyObject *self, PyObject *dict)
{
    PyObject *value = PyDict_GetItemString(dict, "key");    // borrows value
    PyDict_Clear(dict);                                     // clears dict
    return PyObject_Repr(value);                            // uses value
}
"""

SETUP = """
    from tests.capi import extension
    import capi, gc
    m = extension.module_of(FAULTS, flags=("-g", "-O1"))
    class Thing:
        def __init__(self):
            self.value = [1]
"""


@pytest.fixture(autouse=True, scope="module")
def debug_build():
    """Built before it is needed: the runs must print their reports only."""
    from capi.core.shim_build import build
    build(debug=True)


def run(code, mode="1"):
    """Run Python code in the debug mode; returns (exit status, standard output, standard error)."""
    source = f"FAULTS = {FAULTS!r}\n" + textwrap.dedent(SETUP) + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", source], cwd=extension.ROOT, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "CAPI_DEBUG": mode, "PYTHONPATH": str(extension.ROOT)})
    return done.returncode, done.stdout, done.stderr


def line_of(comment):
    """Its number in the C file."""
    return next(i for i, line in enumerate(textwrap.dedent(FAULTS).splitlines(), 1) if comment in line)


def reported(code, *wanted):
    """Run the code; its one report has each of the texts."""
    status, out, err = run(code)
    assert status == 0, err
    assert err.count("mooring: ") == 1, err
    for text in wanted:
        assert (f".c:{line_of(text[3:])} in " if text.startswith("// ") else text) in err, (text, err)


def test_a_correct_extension_is_not_reported():
    status, out, err = run("""
        x = [Thing(), "a", 5, (1, 2), {}]
        with capi.debug().leaks() as found:
            for _ in range(100):
                assert m.fine(x) == x
        assert not capi.debug().check()
        print(found)
    """)
    assert (status, out.strip(), err) == (0, "[]", "")


def test_a_call_without_the_lock():
    reported("assert m.no_lock() == 1.5", "no lock: PyFloat_FromDouble() was called without the lock", "// // without the lock")
    reported("m.no_lock_variadic()", "no lock: PyTuple_Pack()", "// // no lock, variadic")


def test_an_error_ignored():
    reported("assert m.ignored(5) == '5'", "error ignored: PyObject_Repr() was called while an error is set (AttributeError)",
             "set by PyObject_GetAttrString()", "// // sets the error", "// // with the error", "called from Python: <string>:")
    reported("assert m.ignored_variadic(float) == 2.5", "error ignored: PyObject_CallFunction()", "set by PyErr_Format()", "// // variadic sets", "// // variadic with")


def test_a_freed_object():
    code = """
        try:
            m.{}()
        except SystemError as error:
            assert "freed" in str(error), error
        else:
            raise AssertionError
    """
    reported(code.format("freed"), "use of a freed object: PyBytes_FromObject()", "made by PyBytes_FromStringAndSize()", "// // makes bytes",
             "freed by Py_DECREF()", "// // frees bytes", "// // uses bytes")
    reported(code.format("freed_variadic"), "use of a freed object: PyObject_CallMethod()", "// // calls bytes")
    reported(code.format("lost_own"), "use of a freed object: PyObject_Repr()", "freed by PyList_SetSlice()", "// // uses own item")


@pytest.mark.parametrize("name, wanted", [
    ("twice", ("released 1 times after it was freed", "// // made to be released twice")),
    ("free_twice", ("freed twice", "// // second free", "made by PyMem_Malloc()")),
    ("write_after", ("written to, at offset 30", "// // written to"))])
def test_memory_that_was_freed(name, wanted):
    reported(f"m.{name}()\nassert len(capi.debug().check()) + len(capi.debug().reports) >= 1", *wanted)


def test_what_shows_late_is_reported_at_the_end():
    reported("m.twice()", "released 1 times after it was freed")


def test_an_object_to_which_c_has_no_reference():
    reported("assert m.released(Thing()) == '[1]'", "use of a released object: PyObject_Repr()", "made by PyObject_GetAttrString()",
             "// // got", "// // uses released")


def test_leaks():
    status, out, err = run("""
        m.leak()
        with capi.debug().leaks() as found:
            m.leak()
            m.leak()
        for leak in found:
            print(leak)
    """)
    assert (status, err) == (0, "")
    assert out.count("int 7654321, ") == 2 and out.count("memory, 77 bytes") == 2, out
    assert f".c:{line_of('leaked int')} in leak" in out and f".c:{line_of('leaked memory')} in leak" in out, out


def test_a_borrowed_reference_whose_container_changed():
    reported("m.lost([Thing(), 1])", "borrowed reference: PyObject_Repr()", "borrowed by PyList_GetItem()", "// // borrows item",
             "container changed by PyList_SetItem()", "// // changes list", "// // uses item")
    reported("m.lost_dict({'key': Thing()})", "borrowed reference: PyObject_Repr()", "borrowed by PyDict_GetItemString()",
             "container changed by PyDict_Clear()", "// // uses value")


def test_fatal_stops():
    status, out, err = run("m.ignored(5)\nprint('went on')", mode="fatal")
    assert status == -6 and "went on" not in out and "error ignored" in err


def symbols(path):
    text = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in text.splitlines()}


def test_both_builds_export_the_same():
    from capi.core.shim_build import build
    normal, debug = symbols(build(debug=False)), symbols(build(debug=True))
    assert not any("debug" in name or "m_body" in name for name in normal)
    assert normal <= debug
    assert all(name.startswith("m_debug_") for name in debug - normal)


def test_without_the_debug_mode():
    code = "import capi\ntry: capi.debug()\nexcept RuntimeError as error: print(error)"
    environment = {name: value for name, value in os.environ.items() if name != "CAPI_DEBUG"}
    done = subprocess.run([sys.executable, "-c", code], cwd=extension.ROOT, capture_output=True, text=True, timeout=60, env=environment)
    assert "CAPI_DEBUG=1" in done.stdout
