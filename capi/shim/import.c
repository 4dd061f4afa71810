/* PyImport_...: C strings, borrowed references, the table of modules linked into a program. */
#include "core/mooring.h"

/* sys.modules, which lends its modules; one reference for good. */
PYAPI PyObject *PyImport_GetModuleDict(void)
{
    static PyObject *modules;
    if (!modules)
        modules = vm_modules();
    return modules;
}

PYAPI PyObject *PyImport_AddModuleObject(PyObject *name)
{
    PyObject *modules = PyImport_GetModuleDict();
    return modules ? m_borrow(modules, m_key(name), vm_add_module(name)) : NULL;
}

PYAPI PyObject *PyImport_AddModule(const char *name)
{
    PyObject *text = PyUnicode_FromString(name);
    PyObject *module = text ? PyImport_AddModuleObject(text) : NULL;
    Py_XDECREF(text);
    return module;
}

PYAPI PyObject *PyImport_ImportModuleNoBlock(const char *name)
{
    return PyImport_ImportModule(name);
}

PYAPI PyObject *PyImport_ImportModuleLevel(const char *name, PyObject *globals, PyObject *locals, PyObject *fromlist, int level)
{
    PyObject *text = PyUnicode_FromString(name);
    PyObject *module = text ? PyImport_ImportModuleLevelObject(text, globals, locals, fromlist, level) : NULL;
    Py_XDECREF(text);
    return module;
}

PYAPI PyObject *PyImport_ExecCodeModuleWithPathnames(const char *name, PyObject *co, const char *pathname, const char *cpathname)
{
    PyObject *module = NULL, *path = NULL, *cpath = NULL, *text = PyUnicode_FromString(name);
    if (!text)
        return NULL;
    if (pathname && !(path = PyUnicode_DecodeFSDefault(pathname)))
        goto fail;
    if (cpathname && !(cpath = PyUnicode_DecodeFSDefault(cpathname)))
        goto fail;
    module = PyImport_ExecCodeModuleObject(text, co, path, cpath);
fail:
    Py_XDECREF(path);
    Py_XDECREF(cpath);
    Py_DECREF(text);
    return module;
}

PYAPI PyObject *PyImport_ExecCodeModuleEx(const char *name, PyObject *co, const char *pathname)
{
    return PyImport_ExecCodeModuleWithPathnames(name, co, pathname, NULL);
}

PYAPI PyObject *PyImport_ExecCodeModule(const char *name, PyObject *co)
{
    return PyImport_ExecCodeModuleWithPathnames(name, co, NULL, NULL);
}

PYAPI const char *PyImport_GetMagicTag(void)
{
    static PyObject *tag;
    if (!tag)
        tag = vm_magic_tag();
    return tag ? PyUnicode_AsUTF8(tag) : NULL;
}

PYAPI int PyImport_ImportFrozenModule(const char *name)
{
    (void)name;
    return 0;
}

PYAPI PyObject *_PyImport_GetModuleId(_Py_Identifier *name)
{
    PyObject *text = _PyUnicode_FromId(name);       /* borrowed */
    return text ? PyImport_GetModule(text) : NULL;
}

PYAPI int PyImport_AppendInittab(const char *name, PyObject *(*initfunc)(void))
{
    PyObject *text = PyUnicode_FromString(name);
    int r = text ? vm_inittab(text, (W)initfunc) : -1;
    Py_XDECREF(text);
    return r;
}

PYAPI int PyImport_ExtendInittab(struct _inittab *newtab)
{
    for (; newtab->name; newtab++)
        if (PyImport_AppendInittab(newtab->name, newtab->initfunc) < 0)
            return -1;
    return 0;
}

/* The import lock is the import system's own affair. */
PYAPI void _PyImport_AcquireLock(void)
{
}

PYAPI int _PyImport_ReleaseLock(void)
{
    return 1;
}

PYAPI int _PyImport_IsInitialized(PyInterpreterState *interp)
{
    (void)interp;
    return 1;
}
