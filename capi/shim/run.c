/* PyRun_...: run source text from strings and files. */
#include "core/mooring.h"
#include <stdio.h>

static int flags_of(const PyCompilerFlags *flags)
{
    return flags ? flags->cf_flags : 0;
}

PYAPI PyObject *PyRun_StringFlags(const char *str, int start, PyObject *globals, PyObject *locals, PyCompilerFlags *flags)
{
    PyObject *r = NULL, *source = PyBytes_FromString(str), *name = PyUnicode_FromString("<string>");
    if (source && name)
        r = vm_run(source, name, start, globals, locals, flags_of(flags));
    Py_XDECREF(source);
    Py_XDECREF(name);
    return r;
}

PYAPI PyObject *PyRun_String(const char *str, int s, PyObject *g, PyObject *l)
{
    return PyRun_StringFlags(str, s, g, l, NULL);
}

static int print_failure(PyObject *r)
{
    if (!r) {
        PyErr_Print();
        return -1;
    }
    Py_DECREF(r);
    return 0;
}

PYAPI int PyRun_SimpleStringFlags(const char *command, PyCompilerFlags *flags)
{
    PyObject *r = NULL, *source = PyBytes_FromString(command), *name = PyUnicode_FromString("<string>");
    if (source && name)
        r = vm_run_main(source, name, flags_of(flags));
    Py_XDECREF(source);
    Py_XDECREF(name);
    return print_failure(r);
}

PYAPI int PyRun_SimpleString(const char *s)
{
    return PyRun_SimpleStringFlags(s, NULL);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* The rest of the file as bytes. */
static PyObject *read_all(FILE *fp, int closeit)
{
    size_t n = 0, cap = 4096;
    char *data = malloc(cap);
    PyObject *source = NULL;
    while (data) {
        size_t got = fread(data + n, 1, cap - n, fp);
        n += got;
        if (n < cap)
            break;
        char *more = realloc(data, cap * 2);
        if (!more)
            free(data);
        data = more;
        cap *= 2;
    }
    if (!data)
        PyErr_NoMemory();
    else if (ferror(fp))
        PyErr_SetFromErrno(PyExc_OSError);
    else
        source = PyBytes_FromStringAndSize(data, (Py_ssize_t)n);
    free(data);
    if (closeit)
        fclose(fp);
    return source;
}

PYAPI PyObject *PyRun_FileExFlags(FILE *fp, const char *filename, int start, PyObject *globals, PyObject *locals, int closeit,
                                  PyCompilerFlags *flags)
{
    PyObject *r = NULL, *source = read_all(fp, closeit), *name = source ? PyUnicode_DecodeFSDefault(filename) : NULL;
    if (source && name)
        r = vm_run(source, name, start, globals, locals, flags_of(flags));
    Py_XDECREF(source);
    Py_XDECREF(name);
    return r;
}

PYAPI PyObject *PyRun_FileFlags(FILE *fp, const char *p, int s, PyObject *g, PyObject *l, PyCompilerFlags *flags)
{
    return PyRun_FileExFlags(fp, p, s, g, l, 0, flags);
}

PYAPI PyObject *PyRun_FileEx(FILE *fp, const char *p, int s, PyObject *g, PyObject *l, int c)
{
    return PyRun_FileExFlags(fp, p, s, g, l, c, NULL);
}

PYAPI PyObject *PyRun_File(FILE *fp, const char *p, int s, PyObject *g, PyObject *l)
{
    return PyRun_FileExFlags(fp, p, s, g, l, 0, NULL);
}

PYAPI int _PyRun_SimpleFileObject(FILE *fp, PyObject *filename, int closeit, PyCompilerFlags *flags)
{
    PyObject *source = read_all(fp, closeit), *r = source ? vm_run_main(source, filename, flags_of(flags)) : NULL;
    Py_XDECREF(source);
    return print_failure(r);
}

PYAPI int PyRun_SimpleFileExFlags(FILE *fp, const char *filename, int closeit, PyCompilerFlags *flags)
{
    PyObject *name = PyUnicode_DecodeFSDefault(filename);
    if (!name)
        return -1;
    int r = _PyRun_SimpleFileObject(fp, name, closeit, flags);
    Py_DECREF(name);
    return r;
}

PYAPI int PyRun_SimpleFileEx(FILE *f, const char *p, int c)
{
    return PyRun_SimpleFileExFlags(f, p, c, NULL);
}

PYAPI int PyRun_SimpleFile(FILE *f, const char *p)
{
    return PyRun_SimpleFileExFlags(f, p, 0, NULL);
}

PYAPI int _PyRun_AnyFileObject(FILE *fp, PyObject *filename, int closeit, PyCompilerFlags *flags)
{
    return _PyRun_SimpleFileObject(fp, filename, closeit, flags);
}

PYAPI int PyRun_AnyFileExFlags(FILE *fp, const char *filename, int closeit, PyCompilerFlags *flags)
{
    return PyRun_SimpleFileExFlags(fp, filename ? filename : "???", closeit, flags);
}

PYAPI int PyRun_AnyFileEx(FILE *fp, const char *name, int closeit)
{
    return PyRun_AnyFileExFlags(fp, name, closeit, NULL);
}

PYAPI int PyRun_AnyFileFlags(FILE *fp, const char *name, PyCompilerFlags *flags)
{
    return PyRun_AnyFileExFlags(fp, name, 0, flags);
}

PYAPI int PyRun_AnyFile(FILE *fp, const char *name)
{
    return PyRun_AnyFileExFlags(fp, name, 0, NULL);
}
