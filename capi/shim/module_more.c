/* PyModule_...: names, documentation, functions, multi-phase initialisation from C. */
#include "core/mooring.h"

enum { NAME_KEY = 1, FILE_KEY = 2 };    /* what the module's proxy lends */

PYAPI PyObject *PyModule_New(const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    PyObject *module = text ? PyModule_NewObject(text) : NULL;
    Py_XDECREF(text);
    return module;
}

static const char *lent_text(PyObject *module, int64_t key, PyObject *text)
{
    return text ? PyUnicode_AsUTF8(m_borrow(module, key, text)) : NULL;
}

PYAPI const char *PyModule_GetName(PyObject *module)
{
    return lent_text(module, NAME_KEY, PyModule_GetNameObject(module));
}

PYAPI const char *PyModule_GetFilename(PyObject *module)
{
    return lent_text(module, FILE_KEY, PyModule_GetFilenameObject(module));
}

PYAPI int PyModule_AddFunctions(PyObject *module, PyMethodDef *functions)
{
    return vm_add_functions(module, (W)functions);
}

PYAPI int PyModule_SetDocString(PyObject *module, const char *docstring)
{
    PyObject *text = PyUnicode_FromString(docstring);
    int r = text ? PyObject_SetAttrString(module, "__doc__", text) : -1;
    Py_XDECREF(text);
    return r;
}

PYAPI PyObject *PyModule_FromDefAndSpec2(PyModuleDef *def, PyObject *spec, int module_api_version)
{
    (void)module_api_version;
    PyModuleDef_Init(def);
    return vm_module_from_spec(spec, (W)def);
}

PYAPI int PyModule_ExecDef(PyObject *module, PyModuleDef *def)
{
    return vm_module_execute(module, (W)def);
}

/* Steals `value` whatever happens. */
PYAPI int _PyModule_Add(PyObject *module, const char *name, PyObject *value)
{
    int r = PyModule_AddObjectRef(module, name, value);
    Py_XDECREF(value);
    return r;
}

PYAPI PyObject *_PyModule_CreateInitialized(PyModuleDef *def, int apiver)
{
    return PyModule_Create2(def, apiver);
}

PYAPI void _PyModule_Clear(PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module);       /* borrowed */
    if (dict)
        _PyModule_ClearDict(dict);
}

PYAPI void _PyModule_ClearDict(PyObject *module)
{
    PyDict_Clear(module);
}
