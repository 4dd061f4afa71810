/* PyState_...: the modules of an interpreter, found by their definition. */
#include "core/mooring.h"

static PyObject **found;                /* strong references, by m_index */
static Py_ssize_t found_n;

PYAPI PyObject *PyState_FindModule(PyModuleDef *def)
{
    Py_ssize_t i = def->m_base.m_index;
    return def->m_slots || i <= 0 || i >= found_n ? NULL : found[i];     /* borrowed */
}

PYAPI int _PyState_AddModule(PyObject *module, PyModuleDef *def)
{
    PyModuleDef_Init(def);
    Py_ssize_t i = def->m_base.m_index;
    if (i >= found_n) {
        PyObject **more = realloc(found, (size_t)(i + 16) * sizeof *more);
        if (!more) {
            PyErr_NoMemory();
            return -1;
        }
        memset(more + found_n, 0, (size_t)(i + 16 - found_n) * sizeof *more);
        found = more;
        found_n = i + 16;
    }
    PyObject *old = found[i];
    Py_INCREF(module);
    found[i] = module;
    Py_XDECREF(old);
    return 0;
}

PYAPI int PyState_AddModule(PyObject *o, PyModuleDef *def)
{
    if (!def) {
        Py_FatalError("PyState_AddModule: module definition is NULL");
        return -1;
    }
    if (def->m_slots) {
        PyErr_SetString(PyExc_SystemError, "PyState_AddModule called on module with slots");
        return -1;
    }
    return _PyState_AddModule(o, def);
}

PYAPI int PyState_RemoveModule(PyModuleDef *def)
{
    if (def->m_slots) {
        PyErr_SetString(PyExc_SystemError, "PyState_RemoveModule called on module with slots");
        return -1;
    }
    Py_ssize_t i = def->m_base.m_index;
    if (i <= 0 || i >= found_n || !found[i]) {
        PyErr_SetString(PyExc_SystemError, "PyState_RemoveModule: the module was not added");
        return -1;
    }
    Py_CLEAR(found[i]);
    return 0;
}
