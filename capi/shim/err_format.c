/* PyErr_Format() and the other errors and warnings that need no more than a text. */
#include "core/mooring.h"

PYAPI PyObject *PyErr_FormatV(PyObject *exception, const char *format, va_list vargs)
{
    PyErr_Clear();
    PyObject *text = PyUnicode_FromFormatV(format, vargs);
    if (text != NULL) {
        PyErr_SetObject(exception, text);
        Py_DECREF(text);
    }
    return NULL;
}

PYAPI PyObject *PyErr_Format(PyObject *exception, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyErr_FormatV(exception, format, va);
    va_end(va);
    return NULL;
}

/* As PyErr_Format(), with the current error as __cause__ and __context__ of the new one. */
PYAPI PyObject *_PyErr_FormatFromCause(PyObject *exception, const char *format, ...)
{
    PyObject *type, *cause, *tb, *new_type, *value, *new_tb;

    PyErr_Fetch(&type, &cause, &tb);
    PyErr_NormalizeException(&type, &cause, &tb);
    if (tb != NULL)
        PyException_SetTraceback(cause, tb);
    Py_XDECREF(type);
    Py_XDECREF(tb);

    va_list va;
    va_start(va, format);
    PyErr_FormatV(exception, format, va);
    va_end(va);

    PyErr_Fetch(&new_type, &value, &new_tb);
    PyErr_NormalizeException(&new_type, &value, &new_tb);
    if (cause != NULL) {
        Py_INCREF(cause);
        PyException_SetCause(value, cause);    /* steals */
        PyException_SetContext(value, cause);  /* steals */
    }
    PyErr_Restore(new_type, value, new_tb);
    return NULL;
}

PYAPI int PyErr_BadArgument(void)
{
    PyErr_SetString(PyExc_TypeError, "bad argument type for built-in operation");
    return 0;
}

PYAPI void _PyErr_BadInternalCall(const char *filename, int lineno)
{
    PyErr_Format(PyExc_SystemError, "%s:%d: bad argument to internal function", filename, lineno);
}

PYAPI void PyErr_BadInternalCall(void)
{
    PyErr_SetString(PyExc_SystemError, "bad argument to internal function");
}

PYAPI PyObject *PyErr_NoMemory(void)
{
    PyErr_SetNone(PyExc_MemoryError);
    return NULL;
}

static int warn(PyObject *category, Py_ssize_t stack_level, const char *format, va_list va)
{
    int error = -1;
    PyObject *text = PyUnicode_FromFormatV(format, va);
    const char *utf8 = text == NULL ? NULL : PyUnicode_AsUTF8(text);
    if (utf8 != NULL)
        error = PyErr_WarnEx(category, utf8, stack_level);
    Py_XDECREF(text);
    return error;
}

PYAPI int PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int error = warn(category, stack_level, format, va);
    va_end(va);
    return error;
}

/* `source` would only serve tracemalloc. */
PYAPI int PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...)
{
    (void)source;
    va_list va;
    va_start(va, format);
    int error = warn(PyExc_ResourceWarning, stack_level, format, va);
    va_end(va);
    return error;
}

PYAPI int PyErr_WarnExplicitFormat(PyObject *category, const char *filename, int lineno, const char *module, PyObject *registry, const char *format, ...)
{
    int error = -1;
    va_list va;
    va_start(va, format);
    PyObject *text = PyUnicode_FromFormatV(format, va);
    va_end(va);
    const char *utf8 = text == NULL ? NULL : PyUnicode_AsUTF8(text);
    if (utf8 != NULL)
        error = PyErr_WarnExplicit(category, utf8, filename, lineno, module, registry);
    Py_XDECREF(text);
    return error;
}
