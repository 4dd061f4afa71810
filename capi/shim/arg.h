/* Shared by arg*.c: one walk over a format string of PyArg_Parse...(). */
#ifndef MOORING_ARG_H
#define MOORING_ARG_H

#define ARG_MAX_DEPTH 30
#define ARG_FEW_CLEANUPS 8

/* What a unit acquired, and how to give it back when a later unit fails. */
typedef struct {
    void *item;
    int (*release)(PyObject *, void *);  /* called as a converter is: (NULL, item) */
} ArgCleanup;

typedef struct {
    const char *format;                  /* the next unit */
    const char *function;                /* what follows ':', or NULL */
    const char *message;                 /* what follows ';', or NULL */
    int min, max;                        /* number of arguments */
    int sizes_are_ssize;                 /* PY_SSIZE_T_CLEAN was defined */
    int ncleanups, room;
    ArgCleanup *cleanups;                /* `few`, or allocated */
    int path[ARG_MAX_DEPTH + 2];         /* item of item of ... that failed, from 1; 0 ends it */
    ArgCleanup few[ARG_FEW_CLEANUPS];
    char text[256];                      /* the last failure */
    va_list va;
} ArgWalk;

/* A failure is a text "must be ..., not ..." or this, where the error indicator is set already. */
#define ARG_RAISED ""

/* arg_unit.c */
const char *arg_wrong(ArgWalk *w, const char *expected, PyObject *arg);
const char *arg_convert(ArgWalk *w, PyObject *arg, int depth);
const char *arg_skip(ArgWalk *w);

/* arg_text.c: a unit each, the letter taken from the format already */
const char *arg_text(ArgWalk *w, char unit, PyObject *arg);
const char *arg_text_and_size(ArgWalk *w, char unit, PyObject *arg);
const char *arg_text_view(ArgWalk *w, char unit, PyObject *arg);
const char *arg_bytes_text(ArgWalk *w, PyObject *arg);
const char *arg_writable_view(ArgWalk *w, PyObject *arg);
const char *arg_encoded_text(ArgWalk *w, PyObject *arg);
const char *arg_one_byte(ArgWalk *w, PyObject *arg);
const char *arg_one_character(ArgWalk *w, PyObject *arg);
int arg_sizes_ok(ArgWalk *w);

/* arg.c */
void arg_begin(ArgWalk *w, const char *format, int sizes_are_ssize, va_list va);
int arg_end(ArgWalk *w, int ok);
int arg_remember(ArgWalk *w, void *item, int (*release)(PyObject *, void *));
void arg_set_error(ArgWalk *w, int number, const char *text);
int arg_parse_items(ArgWalk *w, PyObject *const *items, Py_ssize_t nitems);

/* Arguments as one of the two calling conventions passes them. */
typedef struct {
    PyObject *const *args;
    Py_ssize_t nargs;
    PyObject *kwargs;                    /* a dict, or NULL */
    PyObject *kwnames;                   /* a tuple of names whose values follow args, or NULL */
    Py_ssize_t nkwargs;
} ArgCall;

/* What the format and the names say. The first `pos` arguments have no name. */
typedef struct {
    const char *const *names;
    int len, pos;
    int min;                             /* required arguments */
    int max;                             /* arguments that may be given by position */
    int optional;                        /* there was a '|' */
} ArgSignature;

/* arg_names.c */
PyObject *arg_find_keyword(const ArgCall *call, const char *name);
int arg_read_names(ArgSignature *sig, const char *const *names);
int arg_set_keyword_error(const char *function, const ArgSignature *sig, const ArgCall *call);
int arg_set_positional_error(const char *function, const char *bound, int wanted, Py_ssize_t nargs);

/* How many units a format has; -1 where it is not a plain one, or does not allow nitems arguments. */
static inline int arg_count_plain(const char *format, Py_ssize_t nitems)
{
    int units = 0, min = -1;

    for (;; format++) {
        char c = *format;
        if (c == '\0' || c == ':' || c == ';')
            return nitems <= units && nitems >= (min < 0 ? units : min) ? units : -1;
        if (c == '|')
            min = units;
        else if (c == 'e' || c == '(' || c == '$')
            return -1;
        else if (c != '!' && c != '&' && c != '#' && c != '*')
            units++;
    }
}

/* The usual case: plain units, exact types, nothing to release. Where that is not it, returns 0 without an error set, having
   converted some of the arguments; the caller then starts anew. */
static inline int arg_try_fast(PyObject *const *items, Py_ssize_t nitems, const char *format, va_list va, int *units)
{
    *units = arg_count_plain(format, nitems);
    if (*units < 0)
        return 0;
    for (Py_ssize_t i = 0; i < nitems; i++) {
        PyObject *arg = items[i];
        if (*format == '|')
            format++;
        switch (*format++) {
        case 'O':
            if (*format == '&')
                return 0;
            if (*format == '!') {
                format++;
                PyTypeObject *type = va_arg(va, PyTypeObject *);
                if (!PyObject_TypeCheck(arg, type))
                    return 0;
            }
            *va_arg(va, PyObject **) = arg;  /* borrowed */
            break;
        case 'i': case 'l': case 'n': {
            if (!PyLong_Check(arg))
                return 0;
            long value = PyLong_AsLong(arg);
            if (value == -1 && PyErr_Occurred()) {
                PyErr_Clear();  /* too large: raised again, and in its turn, when the caller starts anew */
                return 0;
            }
            if (format[-1] != 'i')
                *va_arg(va, long *) = value;
            else if (value == (int)value)
                *va_arg(va, int *) = (int)value;
            else
                return 0;
            break;
        }
        case 'd':
            if (!PyFloat_Check(arg))
                return 0;
            *va_arg(va, double *) = PyFloat_AS_DOUBLE(arg);
            break;
        case 's': {
            if (*format == '#' || *format == '*' || !PyUnicode_Check(arg))
                return 0;
            Py_ssize_t size;
            const char *utf8 = PyUnicode_AsUTF8AndSize(arg, &size);
            if (utf8 == NULL)
                PyErr_Clear();
            if (utf8 == NULL || strlen(utf8) != (size_t)size)
                return 0;
            *va_arg(va, const char **) = utf8;
            break;
        }
        default:
            return 0;
        }
    }
    return 1;
}

/* "name" and "()" of an error's beginning */
#define ARG_CALLER(function) (function) ? (function) : "function", (function) ? "()" : ""

#endif
