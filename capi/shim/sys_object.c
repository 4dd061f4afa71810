/* PySys_...: attributes of sys, arguments, options, auditing. */
#include "core/mooring.h"

/* sys, which lends its attributes; one reference for good. */
static PyObject *sys_module(void)
{
    static PyObject *module;
    if (!module)
        module = vm_sys_module();
    return module;
}

PYAPI PyObject *PySys_GetObject(const char *name)
{
    PyObject *type, *value, *tb, *sys = sys_module();
    PyErr_Fetch(&type, &value, &tb);
    PyObject *found = sys ? m_borrow(sys, m_text_key(name), vm_sys_get((W)name)) : NULL;
    PyErr_Restore(type, value, tb);
    return found;
}

PYAPI PyObject *_PySys_GetAttr(PyThreadState *tstate, PyObject *name)
{
    (void)tstate;
    const char *text = PyUnicode_AsUTF8(name);
    return text ? PySys_GetObject(text) : NULL;
}

PYAPI PyObject *PySys_GetXOptions(void)
{
    static PyObject *options;
    if (!options)
        options = vm_x_options();
    return options;                     /* borrowed */
}

/* ---- what a program sets before it runs Python ---------------------------------------------------------------------- */

static PyObject *list_of(int argc, wchar_t **argv)
{
    PyObject *list = PyList_New(argc > 0 ? argc : 1);
    for (int i = 0; list && i < (argc > 0 ? argc : 1); i++) {
        PyObject *text = PyUnicode_FromWideChar(argc > 0 ? argv[i] : L"", -1);
        if (!text)
            Py_CLEAR(list);
        else
            PyList_SetItem(list, i, text);
    }
    return list;
}

PYAPI void PySys_SetArgvEx(int argc, wchar_t **argv, int updatepath)
{
    PyObject *list = list_of(argc, argv);
    if (!list || vm_sys_argv(list, updatepath) < 0)
        PyErr_Clear();
    Py_XDECREF(list);
}

PYAPI void PySys_SetArgv(int argc, wchar_t **argv)
{
    PySys_SetArgvEx(argc, argv, 1);
}

static void with_text(const wchar_t *wide, int (*use)(PyObject *))
{
    PyObject *text = PyUnicode_FromWideChar(wide, -1);
    if (!text || use(text) < 0)
        PyErr_Clear();
    Py_XDECREF(text);
}

PYAPI void PySys_SetPath(const wchar_t *path)
{
    with_text(path, vm_sys_path);
}

PYAPI void PySys_AddXOption(const wchar_t *option)
{
    with_text(option, vm_x_option);
}

PYAPI void PySys_AddWarnOption(const wchar_t *option)
{
    with_text(option, vm_warn_option);
}

PYAPI void PySys_AddWarnOptionUnicode(PyObject *option)
{
    if (vm_warn_option(option) < 0)
        PyErr_Clear();
}

PYAPI void PySys_ResetWarnOptions(void)
{
    if (vm_warn_option(Py_None) < 0)
        PyErr_Clear();
}

/* ---- auditing -------------------------------------------------------------------------------------------------------- */

PYAPI int PySys_Audit(const char *event, const char *argFormat, ...)
{
    PyObject *arguments = NULL;
    if (argFormat && argFormat[0]) {
        va_list va;
        va_start(va, argFormat);
        arguments = Py_VaBuildValue(argFormat, va);
        va_end(va);
        if (arguments && !PyTuple_Check(arguments)) {
            PyObject *one = PyTuple_Pack(1, arguments);
            Py_DECREF(arguments);
            arguments = one;
        }
        if (!arguments)
            return -1;
    }
    int r = vm_audit((W)event, arguments ? arguments : m_empty_tuple());
    Py_XDECREF(arguments);
    return r;
}

PYAPI int PySys_AddAuditHook(Py_AuditHookFunction hook, void *userData)
{
    return vm_add_audit_hook((W)hook, (W)userData);
}

VMCALL long m_call_audit(W hook, W event, W arguments, W data)
{
    MThread *t = &m_tls;
    PyObject *error[3];
    m_enter(t);
    m_error_aside(t, error);
    PyObject *name = (PyObject *)event, *args = (PyObject *)arguments;      /* both stolen */
    const char *text = PyUnicode_AsUTF8(name);
    long r = text ? ((Py_AuditHookFunction)hook)(text, args, (void *)data) : -1;
    Py_DECREF(name);
    Py_DECREF(args);
    if (r >= 0)
        m_error_back(error);
    else
        for (int i = 0; i < 3; i++)
            Py_XDECREF(error[i]);       /* the hook's own error takes its place */
    m_leave(t);
    return r;
}
