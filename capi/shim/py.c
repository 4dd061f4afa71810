/* The unprefixed Py_...: identity, references, what this is, the end of the process. */
#include "core/mooring.h"
#include <stdio.h>
#include <stdlib.h>

PYAPI void Py_IncRef(PyObject *o)
{
    Py_XINCREF(o);
}

PYAPI void Py_DecRef(PyObject *o)
{
    Py_XDECREF(o);
}

PYAPI void _Py_IncRef(PyObject *o)
{
    Py_INCREF(o);
}

PYAPI void _Py_DecRef(PyObject *o)
{
    Py_DECREF(o);
}

PYAPI PyObject *Py_NewRef(PyObject *o)
{
    Py_INCREF(o);
    return o;
}

PYAPI PyObject *Py_XNewRef(PyObject *o)
{
    Py_XINCREF(o);
    return o;
}

PYAPI int Py_Is(PyObject *x, PyObject *y)
{
    return x == y;
}

PYAPI int Py_IsNone(PyObject *x)
{
    return x == Py_None;
}

PYAPI int Py_IsTrue(PyObject *x)
{
    return x == Py_True;
}

PYAPI int Py_IsFalse(PyObject *x)
{
    return x == Py_False;
}

PYAPI int Py_IsInitialized(void)
{
    return 1;
}

PYAPI const char *Py_GetVersion(void)
{
    return PY_VERSION " (Mooring)";
}

PYAPI const char *Py_GetPlatform(void)
{
#ifdef __linux__
    return "linux";
#elif defined(__APPLE__)
    return "darwin";
#else
    return "unknown";
#endif
}

PYAPI const char *Py_GetCopyright(void)
{
    return "Copyright the authors of Mooring and of PyPy.";
}

PYAPI const char *Py_GetCompiler(void)
{
#if defined(__clang__)
    return "[Clang " __clang_version__ "]";
#elif defined(__GNUC__)
    return "[GCC " __VERSION__ "]";
#else
    return "[C]";
#endif
}

PYAPI const char *Py_GetBuildInfo(void)
{
    return "mooring, " __DATE__ ", " __TIME__;
}

/* ---- the end ---------------------------------------------------------------------------------------------------- */

#define MAX_EXIT_FUNCTIONS 32

static void (*exit_functions[MAX_EXIT_FUNCTIONS])(void);
static int exit_functions_n;

static void run_exit_functions(void)
{
    while (exit_functions_n > 0)
        exit_functions[--exit_functions_n]();
}

/* They run when the process exits, the last registered first. */
PYAPI int Py_AtExit(void (*func)(void))
{
    static int registered;
    if (exit_functions_n == MAX_EXIT_FUNCTIONS)
        return -1;
    if (!registered && atexit(run_exit_functions) != 0)
        return -1;
    registered = 1;
    exit_functions[exit_functions_n++] = func;
    return 0;
}

PYAPI void Py_Exit(int status)
{
    exit(status);
}

static void die(const char *where, const char *message)
{
    fflush(stdout);
    fprintf(stderr, "Fatal Python error: %s%s%s\n", where ? where : "", where ? ": " : "",
            message ? message : "<message not set>");
    fflush(stderr);
    abort();
}

PYAPI void Py_FatalError(const char *message)
{
    die(NULL, message);
    __builtin_unreachable();
}

PYAPI void _Py_FatalErrorFunc(const char *func, const char *message)
{
    die(func, message);
    __builtin_unreachable();
}
