/* Py_CompileString...() and the life of the interpreter, which is there before us and after us. */
#include "core/mooring.h"
#include <locale.h>
#include <signal.h>
#include <unistd.h>

PYAPI PyObject *Py_CompileStringObject(const char *str, PyObject *filename, int start, PyCompilerFlags *flags, int optimize)
{
    PyObject *source = PyBytes_FromString(str);
    PyObject *r = source ? vm_compile(source, filename, start, flags ? flags->cf_flags : 0, optimize) : NULL;
    Py_XDECREF(source);
    return r;
}

PYAPI PyObject *Py_CompileStringExFlags(const char *str, const char *filename, int start, PyCompilerFlags *flags, int optimize)
{
    PyObject *name = PyUnicode_DecodeFSDefault(filename);
    PyObject *r = name ? Py_CompileStringObject(str, name, start, flags, optimize) : NULL;
    Py_XDECREF(name);
    return r;
}

PYAPI PyObject *Py_CompileString(const char *str, const char *filename, int start)
{
    return Py_CompileStringExFlags(str, filename, start, NULL, -1);
}

/* ---- start and end: nothing to do ------------------------------------------------------------------------------------ */

PYAPI void Py_Initialize(void)
{
}

PYAPI void Py_InitializeEx(int initsigs)
{
    (void)initsigs;
}

PYAPI PyStatus Py_InitializeFromConfig(const PyConfig *config)
{
    (void)config;
    return PyStatus_Ok();
}

PYAPI PyStatus _Py_InitializeMain(void)
{
    return PyStatus_Ok();
}

PYAPI int Py_FinalizeEx(void)
{
    return 0;
}

PYAPI void Py_Finalize(void)
{
}

PYAPI int _Py_IsFinalizing(void)
{
    return 0;
}

PYAPI int _Py_IsCoreInitialized(void)
{
    return 1;
}

PYAPI void _Py_RestoreSignals(void)
{
    PyOS_setsig(SIGPIPE, SIG_DFL);
    PyOS_setsig(SIGXFSZ, SIG_DFL);
}

PYAPI void Py_EndInterpreter(PyThreadState *tstate)
{
    (void)tstate;
}

PYAPI int Py_FdIsInteractive(FILE *fp, const char *filename)
{
    (void)filename;
    return isatty(fileno(fp));
}

PYAPI int _Py_FdIsInteractive(FILE *fp, PyObject *filename)
{
    (void)filename;
    return isatty(fileno(fp));
}

PYAPI void Py_ExitStatusException(PyStatus err)
{
    if (PyStatus_IsExit(err))
        Py_Exit(err.exitcode);
    if (PyStatus_IsError(err))
        Py_FatalError(err.err_msg ? err.err_msg : "unknown error");
}

/* ---- where things are --------------------------------------------------------------------------------------------------- */

/* The i-th text of vm_place(), kept for good. */
static wchar_t *place(int i)
{
    static wchar_t *known[6];
    if (!known[i]) {
        PyObject *text = vm_place(i);
        if (text) {
            known[i] = PyUnicode_AsWideCharString(text, NULL);
            Py_DECREF(text);
        }
        PyErr_Clear();
    }
    return known[i];
}

PYAPI wchar_t *Py_GetProgramName(void)
{
    return place(0);
}

PYAPI wchar_t *Py_GetProgramFullPath(void)
{
    return place(0);
}

PYAPI wchar_t *Py_GetPrefix(void)
{
    return place(1);
}

PYAPI wchar_t *Py_GetExecPrefix(void)
{
    return place(2);
}

PYAPI wchar_t *Py_GetPath(void)
{
    return place(3);
}

PYAPI wchar_t *Py_GetPythonHome(void)
{
    return NULL;
}

PYAPI void Py_SetProgramName(const wchar_t *name)
{
    (void)name;
}

PYAPI void Py_SetPythonHome(const wchar_t *home)
{
    (void)home;
}

PYAPI void Py_SetPath(const wchar_t *path)
{
    PySys_SetPath(path);
}

PYAPI void _Py_SetProgramFullPath(const wchar_t *path)
{
    (void)path;
}

PYAPI void Py_GetArgcArgv(int *argc, wchar_t ***argv)
{
    static wchar_t *all[256];
    static int n;
    if (!n) {
        PyObject *list = vm_original_arguments();
        Py_ssize_t count = list ? PyList_Size(list) : 0;
        for (Py_ssize_t i = 0; i < count && n < 255; i++) {
            PyObject *text = PyList_GetItem(list, i);       /* borrowed */
            if (text && (all[n] = PyUnicode_AsWideCharString(text, NULL)) != NULL)
                n++;
        }
        Py_XDECREF(list);
        PyErr_Clear();
    }
    *argc = n;
    *argv = all;
}

PYAPI int Py_SetStandardStreamEncoding(const char *encoding, const char *errors)
{
    (void)encoding;
    (void)errors;
    return -1;                          /* as after initialisation */
}

PYAPI char *_Py_SetLocaleFromEnv(int category)
{
    return setlocale(category, "");
}

PYAPI int _Py_LegacyLocaleDetected(int warn)
{
    (void)warn;
    const char *name = setlocale(LC_CTYPE, NULL);
    return name && !strcmp(name, "C");
}

/* There is one interpreter, and it is not ours to start a second. */
PYAPI PyThreadState *Py_NewInterpreter(void)
{
    return NULL;
}

PYAPI PyThreadState *_Py_NewInterpreter(int isolated_subinterpreter)
{
    (void)isolated_subinterpreter;
    return NULL;
}

PYAPI PyObject *_Py_CheckFunctionResult(PyThreadState *tstate, PyObject *callable, PyObject *result, const char *where)
{
    (void)tstate;
    if (!result == !!PyErr_Occurred())
        return result;
    if (!result) {
        if (callable)
            PyErr_Format(PyExc_SystemError, "%R returned NULL without setting an exception", callable);
        else
            PyErr_Format(PyExc_SystemError, "%s returned NULL without setting an exception", where);
        return NULL;
    }
    Py_DECREF(result);
    if (callable)
        return _PyErr_FormatFromCause(PyExc_SystemError, "%R returned a result with an exception set", callable);
    return _PyErr_FormatFromCause(PyExc_SystemError, "%s returned a result with an exception set", where);
}

/* fopen() of a path-like object; NULL with an error set. */
PYAPI FILE *_Py_fopen_obj(PyObject *path, const char *mode)
{
    PyObject *bytes;
    if (!PyUnicode_FSConverter(path, &bytes))
        return NULL;
    FILE *file = fopen(PyBytes_AS_STRING(bytes), mode);
    if (!file)
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
    Py_DECREF(bytes);
    return file;
}
