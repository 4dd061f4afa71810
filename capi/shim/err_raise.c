/* PyErr_...: raising from errno, new exception classes, warnings, printing, signals. */
#include "core/mooring.h"
#include <errno.h>
#include <signal.h>

/* ---- errno ---------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyErr_SetFromErrnoWithFilenameObjects(PyObject *type, PyObject *filename, PyObject *filename2)
{
    int number = errno;
    if (number == EINTR && PyErr_CheckSignals() != 0)
        return NULL;
    return vm_os_error(type, number, filename, filename2);
}

PYAPI PyObject *PyErr_SetFromErrnoWithFilenameObject(PyObject *type, PyObject *filename)
{
    return PyErr_SetFromErrnoWithFilenameObjects(type, filename, NULL);
}

PYAPI PyObject *PyErr_SetFromErrnoWithFilename(PyObject *exc, const char *filename)
{
    int number = errno;
    PyObject *name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (filename && !name)
        return NULL;
    errno = number;
    PyErr_SetFromErrnoWithFilenameObjects(exc, name, NULL);
    Py_XDECREF(name);
    return NULL;
}

PYAPI PyObject *PyErr_SetFromErrno(PyObject *type)
{
    return PyErr_SetFromErrnoWithFilenameObjects(type, NULL, NULL);
}

/* ---- classes --------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyErr_NewExceptionWithDoc(const char *name, const char *doc, PyObject *base, PyObject *dict)
{
    PyObject *made = NULL, *text = NULL, *full = PyUnicode_FromString(name);
    if (!full)
        return NULL;
    if (doc && !(text = PyUnicode_FromString(doc)))
        goto fail;
    made = vm_new_exception(full, base, dict, text);
fail:
    Py_XDECREF(text);
    Py_DECREF(full);
    return made;
}

PYAPI PyObject *PyErr_NewException(const char *name, PyObject *base, PyObject *dict)
{
    return PyErr_NewExceptionWithDoc(name, NULL, base, dict);
}

PYAPI const char *PyExceptionClass_Name(PyObject *type)
{
    return ((PyTypeObject *)type)->tp_name;
}

PYAPI void PyException_SetCause(PyObject *exc, PyObject *cause)
{
    vm_set_cause(exc, cause);
    Py_XDECREF(cause);                  /* stolen */
}

PYAPI void PyException_SetContext(PyObject *exc, PyObject *ctx)
{
    vm_set_context(exc, ctx);
    Py_XDECREF(ctx);                    /* stolen */
}

PYAPI void _PyErr_SetKeyError(PyObject *key)
{
    PyObject *args = PyTuple_Pack(1, key);          /* a tuple as key must not become the arguments */
    if (!args)
        return;
    PyErr_SetObject(PyExc_KeyError, args);
    Py_DECREF(args);
}

/* The exception given, whose references are stolen, becomes the context of the pending one; or is pending itself. */
PYAPI void _PyErr_ChainExceptions(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (!type)
        return;
    PyObject *new_error = m_take_error();
    PyErr_Restore(type, value, traceback);
    if (!new_error)
        return;
    PyObject *old = m_take_error();
    PyException_SetContext(new_error, old);         /* steals */
    PyErr_SetObject((PyObject *)Py_TYPE(new_error), new_error);
    Py_DECREF(new_error);
}

/* An exception of the same class whose text is prefixed and whose cause is the pending one; NULL if it is not that simple. */
PYAPI PyObject *_PyErr_TrySetFromCause(const char *prefix_format, ...)
{
    PyObject *cause = m_take_error();
    if (!cause)
        return NULL;
    va_list va;
    va_start(va, prefix_format);
    PyObject *prefix = PyUnicode_FromFormatV(prefix_format, va);
    va_end(va);
    PyObject *error = prefix ? vm_prefixed_error(cause, prefix) : NULL;
    Py_XDECREF(prefix);
    PyErr_Clear();
    PyObject *pending = error ? error : cause;
    PyErr_SetObject((PyObject *)Py_TYPE(pending), pending);
    Py_DECREF(cause);
    return error;                       /* borrowed from the indicator, as CPython's tells success only */
}

/* ---- warnings ---------------------------------------------------------------------------------------------------- */

PYAPI int PyErr_WarnEx(PyObject *category, const char *message, Py_ssize_t stack_level)
{
    PyObject *text = PyUnicode_FromString(message);
    if (!text)
        return -1;
    int r = vm_warn(category, text, stack_level);
    Py_DECREF(text);
    return r;
}

PYAPI int PyErr_WarnExplicit(PyObject *category, const char *message, const char *filename, int lineno, const char *module,
                             PyObject *registry)
{
    int r = -1;
    PyObject *text = PyUnicode_FromString(message), *file = PyUnicode_DecodeFSDefault(filename);
    PyObject *name = module ? PyUnicode_FromString(module) : NULL;
    if (text && file && (name || !module))
        r = PyErr_WarnExplicitObject(category, text, file, lineno, name, registry);
    Py_XDECREF(text);
    Py_XDECREF(file);
    Py_XDECREF(name);
    return r;
}

/* ---- printing ------------------------------------------------------------------------------------------------------ */

PYAPI void PyErr_PrintEx(int set_sys_last_vars)
{
    PyObject *error = m_take_error();
    if (!error)
        return;
    vm_print_error(error, set_sys_last_vars);
    PyErr_Clear();
    Py_DECREF(error);
}

PYAPI void PyErr_Print(void)
{
    PyErr_PrintEx(1);
}

PYAPI void _PyErr_WriteUnraisableMsg(const char *err_msg, PyObject *obj)
{
    PyObject *error = m_take_error();
    if (!error)
        return;
    PyObject *text = err_msg ? PyUnicode_FromFormat("Exception ignored %s", err_msg) : NULL;
    vm_unraisable(error, text, obj);
    PyErr_Clear();
    Py_XDECREF(text);
    Py_DECREF(error);
}

PYAPI void PyErr_WriteUnraisable(PyObject *obj)
{
    _PyErr_WriteUnraisableMsg(NULL, obj);
}

/* ---- signals --------------------------------------------------------------------------------------------------------- */

PYAPI int PyErr_CheckSignals(void)
{
    if (Py_MakePendingCalls() < 0)
        return -1;
    return vm_check_signals();
}

PYAPI int _PyErr_CheckSignals(void)
{
    return PyErr_CheckSignals();
}

PYAPI int PyErr_SetInterruptEx(int signum)
{
    if (signum < 1 || signum >= NSIG)
        return -1;
    return raise(signum) == 0 ? 0 : -1;
}

PYAPI void PyErr_SetInterrupt(void)
{
    PyErr_SetInterruptEx(SIGINT);
}

/* ---- syntax errors ------------------------------------------------------------------------------------------------------ */

static void syntax_location(PyObject *filename, int lineno, int column, int end_lineno, int end_column)
{
    PyObject *error = m_take_error();
    if (!error)
        return;
    if (vm_syntax_location(error, filename, lineno, column, end_lineno, end_column) < 0)
        PyErr_Clear();
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_DECREF(error);
}

PYAPI void PyErr_RangedSyntaxLocationObject(PyObject *filename, int lineno, int col_offset, int end_lineno, int end_col_offset)
{
    syntax_location(filename, lineno, col_offset, end_lineno, end_col_offset);
}

PYAPI void PyErr_SyntaxLocationObject(PyObject *filename, int lineno, int col_offset)
{
    syntax_location(filename, lineno, col_offset, lineno, -1);
}

PYAPI void PyErr_SyntaxLocationEx(const char *filename, int lineno, int col_offset)
{
    PyObject *name = filename ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (filename && !name)
        PyErr_Clear();
    syntax_location(name, lineno, col_offset, lineno, -1);
    Py_XDECREF(name);
}

PYAPI void PyErr_SyntaxLocation(const char *filename, int lineno)
{
    PyErr_SyntaxLocationEx(filename, lineno, -1);
}
