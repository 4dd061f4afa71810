/* PySys_Write...() and PySys_Format...(): to sys.stdout and sys.stderr, or to C's own where those fail. */
#include "core/mooring.h"
#include <stdio.h>

#define MAX_WRITE 1000

static void write_text(const char *name, FILE *fallback, const char *text)
{
    PyObject *file = PySys_GetObject(name);  /* borrowed */
    if (file == NULL || file == Py_None || PyFile_WriteString(text, file) != 0) {
        PyErr_Clear();
        fputs(text, fallback);
    }
}

static void write_c(const char *name, FILE *fallback, const char *format, va_list va)
{
    PyObject *type, *value, *tb;
    char text[MAX_WRITE + 1];

    PyErr_Fetch(&type, &value, &tb);
    int n = vsnprintf(text, sizeof(text), format, va);
    write_text(name, fallback, text);
    if (n < 0 || (size_t)n >= sizeof(text))
        write_text(name, fallback, "... truncated");
    PyErr_Restore(type, value, tb);
}

static void write_formatted(const char *name, FILE *fallback, const char *format, va_list va)
{
    PyObject *type, *value, *tb;

    PyErr_Fetch(&type, &value, &tb);
    PyObject *text = PyUnicode_FromFormatV(format, va);
    PyObject *file = PySys_GetObject(name);  /* borrowed */
    if (text != NULL && (file == NULL || file == Py_None || PyFile_WriteObject(text, file, Py_PRINT_RAW) != 0)) {
        PyErr_Clear();
        const char *utf8 = PyUnicode_AsUTF8(text);
        if (utf8 != NULL)
            fputs(utf8, fallback);
    }
    Py_XDECREF(text);
    PyErr_Clear();
    PyErr_Restore(type, value, tb);
}

PYAPI void PySys_WriteStdout(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    write_c("stdout", stdout, format, va);
    va_end(va);
}

PYAPI void PySys_WriteStderr(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    write_c("stderr", stderr, format, va);
    va_end(va);
}

PYAPI void PySys_FormatStdout(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    write_formatted("stdout", stdout, format, va);
    va_end(va);
}

PYAPI void PySys_FormatStderr(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    write_formatted("stderr", stderr, format, va);
    va_end(va);
}
