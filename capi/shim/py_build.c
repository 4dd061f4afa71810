/* Py_BuildValue(): C values into objects by a format. */
#include "core/mooring.h"

typedef struct {
    const char *format;                  /* the next unit */
    int sizes_are_ssize;                 /* PY_SSIZE_T_CLEAN was defined */
    va_list va;
} Build;

static PyObject *build_one(Build *b);

/* Units up to `close`; -1 with an error set. */
static Py_ssize_t count_units(const char *p, char close)
{
    Py_ssize_t n = 0;
    int depth = 0;

    for (; depth > 0 || *p != close; p++) {
        switch (*p) {
        case '\0':
            PyErr_SetString(PyExc_SystemError, "unmatched paren in format");
            return -1;
        case '(': case '[': case '{':
            n += depth++ == 0;
            break;
        case ')': case ']': case '}':
            depth--;
            break;
        case '#': case '&': case ',': case ':': case ' ': case '\t':
            break;
        default:
            n += depth == 0;
        }
    }
    return n;
}

/* After a failure: consumes n units all the same, for the references that 'N' hands over. */
static void discard(Build *b, Py_ssize_t n)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    while (n-- > 0) {
        Py_XDECREF(build_one(b));
        PyErr_Clear();
    }
    PyErr_Restore(type, value, tb);
}

/* n new references into items; on failure none. */
static int build_items(Build *b, PyObject **items, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        items[i] = build_one(b);
        if (items[i] == NULL) {
            discard(b, n - i - 1);
            while (i-- > 0)
                Py_CLEAR(items[i]);
            return 0;
        }
    }
    return 1;
}

static int close_group(Build *b, char close)
{
    if (*b->format != close) {
        PyErr_SetString(PyExc_SystemError, "Unmatched paren in format");
        return 0;
    }
    b->format += close != '\0';
    return 1;
}

static PyObject *build_tuple(Build *b, char close, Py_ssize_t n)
{
    if (n < 0)
        return NULL;
    PyObject *tuple = PyTuple_New(n);
    if (tuple == NULL) {
        discard(b, n);
        return NULL;
    }
    if (!build_items(b, ((PyTupleObject *)tuple)->ob_item, n) || !close_group(b, close)) {
        Py_DECREF(tuple);
        return NULL;
    }
    return tuple;
}

static PyObject *build_list(Build *b, Py_ssize_t n)
{
    if (n < 0)
        return NULL;
    PyObject *list = PyList_New(n);
    if (list == NULL) {
        discard(b, n);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = build_one(b);
        if (item == NULL) {
            discard(b, n - i - 1);
            goto fail;
        }
        PyList_SetItem(list, i, item);  /* steals item */
    }
    if (close_group(b, ']'))
        return list;
fail:
    Py_DECREF(list);
    return NULL;
}

static PyObject *build_dict(Build *b, Py_ssize_t n)
{
    if (n < 0)
        return NULL;
    PyObject *dict = n % 2 ? NULL : PyDict_New();
    if (dict == NULL) {
        if (n % 2)
            PyErr_SetString(PyExc_SystemError, "Bad dict format");
        discard(b, n);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i += 2) {
        PyObject *pair[2];
        if (!build_items(b, pair, 2)) {
            discard(b, n - i - 2);
            goto fail;
        }
        int error = PyDict_SetItem(dict, pair[0], pair[1]);
        Py_DECREF(pair[0]);
        Py_DECREF(pair[1]);
        if (error < 0) {
            discard(b, n - i - 2);
            goto fail;
        }
    }
    if (close_group(b, '}'))
        return dict;
fail:
    Py_DECREF(dict);
    return NULL;
}

/* The length that follows a pointer: -1 where the format gives none, -2 with an error set. */
static Py_ssize_t length_after(Build *b)
{
    if (*b->format != '#')
        return -1;
    b->format++;
    if (b->sizes_are_ssize) {
        Py_ssize_t n = va_arg(b->va, Py_ssize_t);
        return n < 0 ? -1 : n;
    }
    (void)va_arg(b->va, int);
    PyErr_SetString(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
    return -2;
}

/* s z U y u: NULL is None */
static PyObject *build_text(Build *b, char unit)
{
    const void *p = va_arg(b->va, const void *);
    Py_ssize_t n = length_after(b);
    if (n == -2)
        return NULL;
    if (p == NULL) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    if (unit == 'u')
        return PyUnicode_FromWideChar(p, n);
    if (n < 0)
        n = strlen(p);
    return unit == 'y' ? PyBytes_FromStringAndSize(p, n) : PyUnicode_FromStringAndSize(p, n);
}

/* O S N, O& */
static PyObject *build_object(Build *b, char unit)
{
    if (*b->format == '&') {
        b->format++;
        PyObject *(*convert)(void *) = va_arg(b->va, PyObject *(*)(void *));
        return convert(va_arg(b->va, void *));
    }
    PyObject *object = va_arg(b->va, PyObject *);
    if (object == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_SystemError, "NULL object passed to Py_BuildValue");
        return NULL;
    }
    if (unit != 'N')  /* 'N' hands its reference over */
        Py_INCREF(object);
    return object;
}

static PyObject *build_one(Build *b)
{
    for (;;) {
        char unit = *b->format++;
        switch (unit) {
        case 'i': case 'b': case 'B': case 'h':
            return PyLong_FromLong(va_arg(b->va, int));
        case 'O': case 'N': case 'S':
            return build_object(b, unit);
        case 's': case 'z': case 'U': case 'y': case 'u':
            return build_text(b, unit);
        case 'n':
            return PyLong_FromSsize_t(va_arg(b->va, Py_ssize_t));
        case 'l':
            return PyLong_FromLong(va_arg(b->va, long));
        case 'd': case 'f':
            return PyFloat_FromDouble(va_arg(b->va, double));
        case '(':
            return build_tuple(b, ')', count_units(b->format, ')'));
        case '[':
            return build_list(b, count_units(b->format, ']'));
        case '{':
            return build_dict(b, count_units(b->format, '}'));
        case 'H':
            return PyLong_FromLong((long)va_arg(b->va, unsigned int));
        case 'I':
            return PyLong_FromUnsignedLong(va_arg(b->va, unsigned int));
        case 'k':
            return PyLong_FromUnsignedLong(va_arg(b->va, unsigned long));
        case 'L':
            return PyLong_FromLongLong(va_arg(b->va, long long));
        case 'K':
            return PyLong_FromUnsignedLongLong(va_arg(b->va, unsigned long long));
        case 'D':
            return PyComplex_FromCComplex(*va_arg(b->va, Py_complex *));
        case 'c': {
            char byte = (char)va_arg(b->va, int);
            return PyBytes_FromStringAndSize(&byte, 1);
        }
        case 'C':
            return PyUnicode_FromOrdinal(va_arg(b->va, int));
        case ',': case ':': case ' ': case '\t':
            continue;
        default:
            PyErr_SetString(PyExc_SystemError, "bad format char passed to Py_BuildValue");
            return NULL;
        }
    }
}

static PyObject *build(const char *format, int sizes_are_ssize, va_list va)
{
    Build b = {.format = format, .sizes_are_ssize = sizes_are_ssize};
    PyObject *result;
    Py_ssize_t n = count_units(format, '\0');

    if (n < 0)
        return NULL;
    if (n == 0) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    va_copy(b.va, va);
    result = n == 1 ? build_one(&b) : build_tuple(&b, '\0', n);
    va_end(b.va);
    return result;
}

/* The objects of a format as an array, `small` where they fit, else PyMem's. */
static PyObject **build_stack(PyObject **small, Py_ssize_t room, const char *format, int sizes_are_ssize, va_list va,
                              Py_ssize_t *p_nargs)
{
    Build b = {.format = format, .sizes_are_ssize = sizes_are_ssize};
    Py_ssize_t n = count_units(format, '\0');
    PyObject **stack = small;

    *p_nargs = 0;
    if (n < 0)
        return NULL;
    va_copy(b.va, va);
    if (n > room) {
        stack = PyMem_Malloc(n * sizeof(PyObject *));
        if (stack == NULL) {
            PyErr_NoMemory();
            discard(&b, n);
            goto done;
        }
    }
    if (build_items(&b, stack, n)) {
        *p_nargs = n;
    } else {
        if (stack != small)
            PyMem_Free(stack);
        stack = NULL;
    }
done:
    va_end(b.va);
    return stack;
}

PYAPI PyObject *Py_VaBuildValue(const char *format, va_list vargs)
{
    return build(format, 0, vargs);
}

PYAPI PyObject *_Py_VaBuildValue_SizeT(const char *format, va_list vargs)
{
    return build(format, 1, vargs);
}

PYAPI PyObject *Py_BuildValue(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *result = build(format, 0, va);
    va_end(va);
    return result;
}

PYAPI PyObject *_Py_BuildValue_SizeT(const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *result = build(format, 1, va);
    va_end(va);
    return result;
}

PYAPI PyObject **_Py_VaBuildStack(PyObject **small_stack, Py_ssize_t small_stack_len, const char *format, va_list va, Py_ssize_t *p_nargs)
{
    return build_stack(small_stack, small_stack_len, format, 0, va, p_nargs);
}

PYAPI PyObject **_Py_VaBuildStack_SizeT(PyObject **small_stack, Py_ssize_t small_stack_len, const char *format, va_list va, Py_ssize_t *p_nargs)
{
    return build_stack(small_stack, small_stack_len, format, 1, va, p_nargs);
}
