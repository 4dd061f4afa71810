/* One unit of a PyArg_Parse...() format: "i", "s#", "O!", "(ii)". */
#include "core/mooring.h"
#include "arg.h"

/* `expected` that begins with '(' complains about the format or the call, not about the argument. */
const char *arg_wrong(ArgWalk *w, const char *expected, PyObject *arg)
{
    if (expected[0] == '(')
        snprintf(w->text, sizeof(w->text), "%.100s", expected);
    else
        snprintf(w->text, sizeof(w->text), "must be %.50s, not %.50s", expected,
                 arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return w->text;
}

/* O! O& O */
static const char *object(ArgWalk *w, PyObject *arg)
{
    if (*w->format == '!') {
        w->format++;
        PyTypeObject *type = va_arg(w->va, PyTypeObject *);
        PyObject **p = va_arg(w->va, PyObject **);
        if (!PyObject_TypeCheck(arg, type))
            return arg_wrong(w, type->tp_name, arg);
        *p = arg;  /* borrowed */
        return NULL;
    }
    if (*w->format == '&') {
        w->format++;
        int (*convert)(PyObject *, void *) = va_arg(w->va, int (*)(PyObject *, void *));
        void *address = va_arg(w->va, void *);
        int result = convert(arg, address);
        if (result == 0)
            return arg_wrong(w, "(unspecified)", arg);
        if (result == Py_CLEANUP_SUPPORTED && !arg_remember(w, address, convert))
            return ARG_RAISED;
        return NULL;
    }
    *va_arg(w->va, PyObject **) = arg;  /* borrowed */
    return NULL;
}

/* U S Y: an object of that type */
static const char *typed(ArgWalk *w, PyObject *arg, int matches, const char *expected)
{
    PyObject **p = va_arg(w->va, PyObject **);
    if (!matches)
        return arg_wrong(w, expected, arg);
    *p = arg;  /* borrowed */
    return NULL;
}

/* b h i: refused where it does not fit. `name` is "unsigned byte", "signed short", "signed". */
static const char *bounded(PyObject *arg, long low, long high, const char *name, long *value)
{
    *value = PyLong_AsLong(arg);
    if (*value == -1 && PyErr_Occurred())
        return ARG_RAISED;
    if (*value >= low && *value <= high)
        return NULL;
    PyErr_Format(PyExc_OverflowError, "%s integer is %s", name,
                 *value < low ? "less than minimum" : "greater than maximum");
    return ARG_RAISED;
}

/* B H I: whatever the value, its low bits. */
static const char *masked(PyObject *arg, unsigned long *value)
{
    *value = PyLong_AsUnsignedLongMask(arg);
    return *value == (unsigned long)-1 && PyErr_Occurred() ? ARG_RAISED : NULL;
}

/* n */
static const char *index_number(ArgWalk *w, PyObject *arg)
{
    Py_ssize_t *p = va_arg(w->va, Py_ssize_t *);
    Py_ssize_t value = -1;
    PyObject *number = PyNumber_Index(arg);
    if (number != NULL) {
        value = PyLong_AsSsize_t(number);
        Py_DECREF(number);
    }
    if (value == -1 && PyErr_Occurred())
        return ARG_RAISED;
    *p = value;
    return NULL;
}

/* (...): the items of a sequence */
static const char *group(ArgWalk *w, PyObject *arg, int depth)
{
    int wanted = 0, inner = 0;
    for (const char *p = w->format; !(inner == 0 && *p == ')') && *p && *p != ':' && *p != ';'; p++) {
        if (inner == 0 && (*p == '(' || (Py_ISALPHA(*p) && *p != 'e')))
            wanted++;
        inner += (*p == '(') - (*p == ')');
    }
    w->path[depth] = 0;
    if (!PySequence_Check(arg) || PyBytes_Check(arg)) {
        snprintf(w->text, sizeof(w->text), "must be %d-item sequence, not %.50s", wanted,
                 arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
        return w->text;
    }
    Py_ssize_t size = PySequence_Size(arg);
    if (size != wanted) {
        snprintf(w->text, sizeof(w->text), "must be sequence of length %d, not %zd", wanted, size);
        return w->text;
    }
    for (int i = 0; i < wanted; i++) {
        PyObject *item = PySequence_GetItem(arg, i);
        if (item == NULL) {
            PyErr_Clear();
            w->path[depth] = i + 1;
            w->path[depth + 1] = 0;
            return "is not retrievable";
        }
        const char *failure = arg_convert(w, item, depth + 1);
        Py_DECREF(item);  /* the sequence holds it: what an 'O' unit stored is borrowed from there */
        if (failure != NULL) {
            w->path[depth] = i + 1;
            return failure;
        }
    }
    if (*w->format == ')')
        w->format++;
    return NULL;
}

#define STORE(type, value) do { *va_arg(w->va, type *) = (type)(value); return NULL; } while (0)

const char *arg_convert(ArgWalk *w, PyObject *arg, int depth)
{
    const char *failure;
    char unit = *w->format++;
    char next = *w->format;
    long value;
    unsigned long bits;

    w->path[depth] = 0;
    switch (unit) {
    case 'O':
        return object(w, arg);
    case 'i':
        if ((failure = bounded(arg, INT_MIN, INT_MAX, "signed", &value)) != NULL)
            return failure;
        STORE(int, value);
    case 'l':
        value = PyLong_AsLong(arg);
        if (value == -1 && PyErr_Occurred())
            return ARG_RAISED;
        STORE(long, value);
    case 'n':
        return index_number(w, arg);
    case 's': case 'z': case 'y':
        if (next == '*' || next == '#') {
            w->format++;
            return next == '*' ? arg_text_view(w, unit, arg) : arg_text_and_size(w, unit, arg);
        }
        return unit == 'y' ? arg_bytes_text(w, arg) : arg_text(w, unit, arg);
    case 'd': case 'f': {
        double number = PyFloat_AsDouble(arg);
        if (number == -1.0 && PyErr_Occurred())
            return ARG_RAISED;
        if (unit == 'd')
            STORE(double, number);
        STORE(float, number);
    }
    case 'p': {
        int *p = va_arg(w->va, int *);
        int truth = PyObject_IsTrue(arg);
        if (truth < 0)
            return ARG_RAISED;
        *p = truth;
        return NULL;
    }
    case 'U':
        return typed(w, arg, PyUnicode_Check(arg), "str");
    case 'S':
        return typed(w, arg, PyBytes_Check(arg), "bytes");
    case 'Y':
        return typed(w, arg, PyByteArray_Check(arg), "bytearray");
    case '(':
        return group(w, arg, depth);
    case 'b':
        if ((failure = bounded(arg, 0, UCHAR_MAX, "unsigned byte", &value)) != NULL)
            return failure;
        STORE(unsigned char, value);
    case 'h':
        if ((failure = bounded(arg, SHRT_MIN, SHRT_MAX, "signed short", &value)) != NULL)
            return failure;
        STORE(short, value);
    case 'B': case 'H': case 'I':
        if ((failure = masked(arg, &bits)) != NULL)
            return failure;
        if (unit == 'B')
            STORE(unsigned char, bits);
        if (unit == 'H')
            STORE(unsigned short, bits);
        STORE(unsigned int, bits);
    case 'k':
        if (!PyLong_Check(arg))
            return arg_wrong(w, "int", arg);
        STORE(unsigned long, PyLong_AsUnsignedLongMask(arg));
    case 'K':
        if (!PyLong_Check(arg))
            return arg_wrong(w, "int", arg);
        STORE(unsigned long long, PyLong_AsUnsignedLongLongMask(arg));
    case 'L': {
        long long *p = va_arg(w->va, long long *);
        long long number = PyLong_AsLongLong(arg);
        if (number == -1 && PyErr_Occurred())
            return ARG_RAISED;
        *p = number;
        return NULL;
    }
    case 'D': {
        Py_complex *p = va_arg(w->va, Py_complex *);
        Py_complex number = PyComplex_AsCComplex(arg);
        if (PyErr_Occurred())
            return ARG_RAISED;
        *p = number;
        return NULL;
    }
    case 'c':
        return arg_one_byte(w, arg);
    case 'C':
        return arg_one_character(w, arg);
    case 'w':
        return arg_writable_view(w, arg);
    case 'e':
        return arg_encoded_text(w, arg);
    default:
        return arg_wrong(w, "(impossible<bad format char>)", arg);
    }
}

/* Steps over the unit of an argument that was not given. NULL or what is wrong with the format. */
const char *arg_skip(ArgWalk *w)
{
    char unit = *w->format++;

    if (unit == '(') {
        while (*w->format != ')') {
            const char *failure = Py_ISALPHA(*w->format) || *w->format == '(' ? arg_skip(w)
                                : "Unmatched left paren in format string";
            if (failure != NULL)
                return failure;
        }
        w->format++;
        return NULL;
    }
    if (unit == ')')
        return *w->format == '\0' ? "Unmatched right paren in format string" : "impossible<bad format char>";
    if (strchr("bBhHiIlkLKnfdDcCpszySUYwOe", unit) == NULL || unit == '\0')
        return "impossible<bad format char>";

    if (unit == 'e') {
        (void)va_arg(w->va, const char *);
        if (*w->format != 's' && *w->format != 't')
            return "impossible<bad format char>";
        w->format++;
    }
    if (unit == 'O' && (*w->format == '!' || *w->format == '&')) {
        w->format++;
        (void)va_arg(w->va, void *);
    }
    (void)va_arg(w->va, void *);
    if (strchr("szyew", unit) == NULL)
        return NULL;
    if (*w->format == '#') {
        if (!arg_sizes_ok(w))
            return ARG_RAISED;
        (void)va_arg(w->va, Py_ssize_t *);
        w->format++;
    } else if (*w->format == '*') {
        w->format++;
    }
    return NULL;
}
