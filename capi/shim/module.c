/* PyModule_...: creation, state, and what importing needs. */
#include "core/mooring.h"
#include <dlfcn.h>

PYAPI PyObject *PyModule_Create2(PyModuleDef *module, int module_api_version)
{
    (void)module_api_version;
    if (module->m_slots) {
        PyErr_Format(PyExc_SystemError, "module %s: PyModule_Create is incompatible with m_slots", module->m_name);
        return NULL;
    }
    PyObject *made = vm_module_create((W)module);
    if (made && PyState_AddModule(made, module) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}

PYAPI PyObject *PyModuleDef_Init(PyModuleDef *def)
{
    static Py_ssize_t next_index;
    if (!def->m_base.m_index) {
        def->m_base.m_index = ++next_index;
        Py_SET_REFCNT((PyObject *)def, 1);
        Py_SET_TYPE((PyObject *)def, &PyModuleDef_Type);
    }
    return (PyObject *)def;
}

/* Functions of modules ask for these at each call.  The link tells the module: another at this address has another. */
typedef struct {
    W link;
    void *state;
    PyModuleDef *def;
} KnownModule;

static KnownModule *known_module(PyObject *module)
{
    static KnownModule known[64], stranger;
    W link = module && PyModule_Check(module) ? M_HDR(module)->link : 0;
    if (unlikely(!link)) {
        memset(&stranger, 0, sizeof stranger);
        return &stranger;
    }
    KnownModule *found = &known[W_INDEX(link) % 64];
    if (unlikely(found->link != link))
        *found = (KnownModule){link, NULL, NULL};
    return found;
}

PYAPI void *PyModule_GetState(PyObject *module)
{
    void *state = known_module(module)->state;
    if (unlikely(!state)) {
        state = (void *)vm_module_state(module);
        known_module(module)->state = state;
    }
    return state;
}

PYAPI PyModuleDef *PyModule_GetDef(PyObject *module)
{
    PyModuleDef *def = known_module(module)->def;
    if (unlikely(!def)) {
        def = (PyModuleDef *)vm_module_def(module);
        known_module(module)->def = def;
    }
    return def;
}

PYAPI PyObject *PyModule_GetDict(PyObject *module)
{
    PyObject *dict = vm_module_dict(module);
    if (dict)
        M_HDR(dict)->flags |= M_NAMESPACE;
    return dict;                        /* borrowed */
}

PYAPI int PyModule_AddObjectRef(PyObject *mod, const char *name, PyObject *value)
{
    if (!value) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "PyModule_AddObjectRef() must be called with an exception raised if value is NULL");
        return -1;
    }
    PyObject *dict = PyModule_GetDict(mod);
    return dict ? PyDict_SetItemString(dict, name, value) : -1;
}

PYAPI int PyModule_AddObject(PyObject *mod, const char *name, PyObject *value)
{
    int r = PyModule_AddObjectRef(mod, name, value);
    if (r == 0)
        Py_DECREF(value);               /* stolen on success */
    return r;
}

PYAPI int PyModule_AddIntConstant(PyObject *module, const char *name, long value)
{
    PyObject *v = PyLong_FromLong(value);
    int r = v ? PyModule_AddObjectRef(module, name, v) : -1;
    Py_XDECREF(v);
    return r;
}

PYAPI int PyModule_AddStringConstant(PyObject *module, const char *name, const char *value)
{
    PyObject *v = PyUnicode_FromString(value);
    int r = v ? PyModule_AddObjectRef(module, name, v) : -1;
    Py_XDECREF(v);
    return r;
}

PYAPI int PyModule_AddType(PyObject *module, PyTypeObject *type)
{
    if (PyType_Ready(type) < 0)
        return -1;
    const char *dot = strrchr(type->tp_name, '.');
    return PyModule_AddObjectRef(module, dot ? dot + 1 : type->tp_name, (PyObject *)type);
}

/* ---- for the VM's loader -------------------------------------------------------------------------------------- */

VMCALL W m_dlopen(const char *path)
{
    return (W)dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

VMCALL const char *m_dlerror(void)
{
    return dlerror();
}

VMCALL W m_dlsym(W library, const char *name)
{
    return (W)dlsym((void *)library, name);
}

VMCALL W m_zeroed(long size)
{
    return (W)calloc(1, (size_t)size);
}

/* Call PyInit_...: the word of a module, or the address of a definition. */
VMCALL W m_module_init(W function)
{
    MThread *t = &m_tls;
    m_enter(t);
    PyObject *r = ((PyObject *(*)(void))function)();
    W w;
    if (r && !t->err_type && Py_TYPE(r) == &PyModuleDef_Type)
        w = (W)r;
    else
        w = m_return(t, r);
    m_leave(t);
    return w;
}

VMCALL long m_is_module_def(W address)
{
    return Py_TYPE((PyObject *)address) == &PyModuleDef_Type;
}
