/* PyTraceBack_Here(): entries of C code in the traceback of the pending exception. */
#include "core/mooring.h"

/* Steals nothing; the pending exception stays pending whatever happens. */
static int add_entry(PyObject *function, PyObject *file, int line, PyObject *globals)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyObject *made = function && file ? vm_traceback_entry(function, file, line, globals, tb) : NULL;
    int ok = made != NULL;
    if (!ok) {
        PyErr_Clear();
        made = tb;
    } else
        Py_XDECREF(tb);
    if (type)
        PyErr_Restore(type, value, made);
    else
        Py_XDECREF(made);
    return ok ? 0 : -1;
}

PYAPI int PyTraceBack_Here(PyFrameObject *frame)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyObject *code = (PyObject *)PyFrame_GetCode(frame);
    PyObject *globals = PyFrame_GetGlobals(frame);
    PyObject *function = code ? PyObject_GetAttrString(code, "co_name") : NULL;
    PyObject *file = code ? PyObject_GetAttrString(code, "co_filename") : NULL;
    int line = PyFrame_GetLineNumber(frame);
    PyErr_Restore(type, value, tb);
    int r = add_entry(function, file, line, globals);
    Py_XDECREF(function);
    Py_XDECREF(file);
    Py_XDECREF(globals);
    Py_XDECREF(code);
    return r;
}

PYAPI void _PyTraceback_Add(const char *funcname, const char *filename, int lineno)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyObject *function = PyUnicode_FromString(funcname), *file = PyUnicode_DecodeFSDefault(filename);
    PyErr_Restore(type, value, tb);
    add_entry(function, file, lineno, NULL);
    Py_XDECREF(function);
    Py_XDECREF(file);
}
