/* PyArg_Parse...(): positional arguments into C variables. The units themselves are in arg_unit.c. */
#include "core/mooring.h"
#include "arg.h"

void arg_begin(ArgWalk *w, const char *format, int sizes_are_ssize, va_list va)
{
    w->format = format;
    w->function = NULL;
    w->message = NULL;
    w->sizes_are_ssize = sizes_are_ssize;
    w->ncleanups = 0;
    w->room = ARG_FEW_CLEANUPS;
    w->cleanups = w->few;
    w->path[0] = 0;
    va_copy(w->va, va);
}

/* On failure gives back, in order, what the units before it acquired. */
int arg_end(ArgWalk *w, int ok)
{
    va_end(w->va);
    if (!ok)
        for (int i = 0; i < w->ncleanups; i++)
            w->cleanups[i].release(NULL, w->cleanups[i].item);
    if (w->cleanups != w->few)
        PyMem_Free(w->cleanups);
    return ok;
}

int arg_remember(ArgWalk *w, void *item, int (*release)(PyObject *, void *))
{
    if (w->ncleanups == w->room) {
        ArgCleanup *more = PyMem_Malloc(2 * w->room * sizeof(ArgCleanup));
        if (more == NULL) {
            release(NULL, item);
            PyErr_NoMemory();
            return 0;
        }
        memcpy(more, w->cleanups, w->ncleanups * sizeof(ArgCleanup));
        if (w->cleanups != w->few)
            PyMem_Free(w->cleanups);
        w->cleanups = more;
        w->room *= 2;
    }
    w->cleanups[w->ncleanups++] = (ArgCleanup){item, release};
    return 1;
}

/* Raises "f() argument 2, item 1 must be ...", unless the conversion has raised its own. */
void arg_set_error(ArgWalk *w, int number, const char *text)
{
    if (PyErr_Occurred())
        return;
    PyObject *type = text[0] == '(' ? PyExc_SystemError : PyExc_TypeError;
    if (w->message != NULL) {
        PyErr_SetString(type, w->message);
        return;
    }
    char where[512];
    size_t n = 0;
    if (w->function != NULL)
        n += snprintf(where, sizeof(where), "%.200s() ", w->function);
    if (number == 0)
        n += snprintf(where + n, sizeof(where) - n, "argument");
    else
        n += snprintf(where + n, sizeof(where) - n, "argument %d", number);
    for (int i = 0; number && w->path[i] > 0 && n < 220; i++)
        n += snprintf(where + n, sizeof(where) - n, ", item %d", w->path[i] - 1);
    snprintf(where + n, sizeof(where) - n, " %.256s", text);
    PyErr_SetString(type, where);
}

/* Fills min, max, function and message. */
static int count_units(ArgWalk *w)
{
    int depth = 0, min = -1, max = 0;

    for (const char *p = w->format; ; p++) {
        char c = *p;
        if ((c >= 'a' && c <= 'z' && c != 'e') || (c >= 'A' && c <= 'Z')) {
            max += depth == 0;
            continue;
        }
        switch (c) {
        case '(':
            max += depth == 0;
            if (++depth >= ARG_MAX_DEPTH) {
                PyErr_SetString(PyExc_SystemError, "too many tuple nesting levels in argument format string");
                return 0;
            }
            continue;
        case ')':
            if (--depth < 0) {
                PyErr_SetString(PyExc_SystemError, "excess ')' in getargs format");
                return 0;
            }
            continue;
        case '|':
            if (depth == 0)
                min = max;
            continue;
        default:
            continue;
        case ':':
            w->function = p + 1;
            break;
        case ';':
            w->message = p + 1;
            break;
        case '\0':
            break;
        }
        break;
    }
    if (depth != 0) {
        PyErr_SetString(PyExc_SystemError, "missing ')' in getargs format");
        return 0;
    }
    w->min = min < 0 ? max : min;
    w->max = max;
    return 1;
}

static void set_count_error(ArgWalk *w, Py_ssize_t nitems)
{
    if (w->message != NULL) {
        PyErr_SetString(PyExc_TypeError, w->message);
        return;
    }
    int wanted = nitems < w->min ? w->min : w->max;
    PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", ARG_CALLER(w->function),
                 w->min == w->max ? "exactly" : nitems < w->min ? "at least" : "at most",
                 wanted, wanted == 1 ? "" : "s", nitems);
}

int arg_parse_items(ArgWalk *w, PyObject *const *items, Py_ssize_t nitems)
{
    const char *whole = w->format;

    if (!count_units(w))
        return 0;
    if (nitems < w->min || nitems > w->max) {
        set_count_error(w, nitems);
        return 0;
    }
    for (Py_ssize_t i = 0; i < nitems; i++) {
        if (*w->format == '|')
            w->format++;
        if (w->format[0] == 'O' && w->format[1] != '!' && w->format[1] != '&') {
            *va_arg(w->va, PyObject **) = items[i];  /* borrowed */
            w->format++;
            continue;
        }
        const char *failure = arg_convert(w, items[i], 0);
        if (failure != NULL) {
            arg_set_error(w, (int)i + 1, failure);
            return 0;
        }
    }
    char c = *w->format;
    if (c != '\0' && !Py_ISALPHA(c) && strchr("(|:;", c) == NULL) {
        PyErr_Format(PyExc_SystemError, "bad format string: %.200s", whole);
        return 0;
    }
    return 1;
}

static int parse_tuple(PyObject *args, const char *format, int sizes_are_ssize, va_list va)
{
    if (args == NULL || !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    ArgWalk w;
    arg_begin(&w, format, sizes_are_ssize, va);
    return arg_end(&w, arg_parse_items(&w, ((PyTupleObject *)args)->ob_item, Py_SIZE(args)));
}

static inline int try_tuple(PyObject *args, const char *format, va_list va)
{
    int units;
    return args != NULL && PyTuple_Check(args)
           && arg_try_fast(((PyTupleObject *)args)->ob_item, Py_SIZE(args), format, va, &units);
}

static int parse_one(ArgWalk *w, PyObject *arg)
{
    if (!count_units(w))
        return 0;
    if (w->max == 0) {
        if (arg == NULL)
            return 1;
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", ARG_CALLER(w->function));
        return 0;
    }
    if (w->min != 1 || w->max != 1) {
        PyErr_SetString(PyExc_SystemError, "old style getargs format uses new features");
        return 0;
    }
    if (arg == NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at least one argument", ARG_CALLER(w->function));
        return 0;
    }
    const char *failure = arg_convert(w, arg, 0);
    if (failure == NULL)
        return 1;
    arg_set_error(w, 0, failure);
    return 0;
}

static int parse_object(PyObject *arg, const char *format, int sizes_are_ssize, va_list va)
{
    ArgWalk w;
    arg_begin(&w, format, sizes_are_ssize, va);
    return arg_end(&w, parse_one(&w, arg));
}

static int parse_stack(PyObject *const *args, Py_ssize_t nargs, const char *format, int sizes_are_ssize, va_list va)
{
    ArgWalk w;
    arg_begin(&w, format, sizes_are_ssize, va);
    return arg_end(&w, arg_parse_items(&w, args, nargs));
}

PYAPI int PyArg_VaParse(PyObject *args, const char *format, va_list vargs)
{
    return parse_tuple(args, format, 0, vargs);
}

PYAPI int _PyArg_VaParse_SizeT(PyObject *args, const char *format, va_list vargs)
{
    return parse_tuple(args, format, 1, vargs);
}

PYAPI int PyArg_ParseTuple(PyObject *args, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int ok = try_tuple(args, format, va);
    va_end(va);
    if (ok)
        return 1;
    va_start(va, format);
    ok = parse_tuple(args, format, 0, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_ParseTuple_SizeT(PyObject *args, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int ok = try_tuple(args, format, va);
    va_end(va);
    if (ok)
        return 1;
    va_start(va, format);
    ok = parse_tuple(args, format, 1, va);
    va_end(va);
    return ok;
}

PYAPI int PyArg_Parse(PyObject *args, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int ok = parse_object(args, format, 0, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_Parse_SizeT(PyObject *args, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int ok = parse_object(args, format, 1, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_ParseStack(PyObject *const *args, Py_ssize_t nargs, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int ok = parse_stack(args, nargs, format, 0, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_ParseStack_SizeT(PyObject *const *args, Py_ssize_t nargs, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    int ok = parse_stack(args, nargs, format, 1, va);
    va_end(va);
    return ok;
}
