/* One unit of a PyArg_Parse...() format: "i", "s#", "O!", "(ii)". */
#include "core/mooring.h"
#include "arg.h"

#define RAISED ""  /* the error indicator is set */

/* `expected` that begins with '(' complains about the format or the call, not about the argument. */
static const char *wrong(ArgWalk *w, const char *expected, PyObject *arg)
{
    if (expected[0] == '(')
        snprintf(w->text, sizeof(w->text), "%.100s", expected);
    else
        snprintf(w->text, sizeof(w->text), "must be %.50s, not %.50s", expected,
                 arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    return w->text;
}

static const char *fail(PyObject *type, const char *text)
{
    PyErr_SetString(type, text);
    return RAISED;
}

static int release_buffer(PyObject *unused, void *view)
{
    (void)unused;
    PyBuffer_Release(view);
    return 0;
}

static int release_memory(PyObject *unused, void *p_memory)
{
    (void)unused;
    PyMem_Free(*(void **)p_memory);
    *(void **)p_memory = NULL;
    return 0;
}

static int sizes_ok(ArgWalk *w)
{
    if (!w->sizes_are_ssize)
        PyErr_SetString(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
    return w->sizes_are_ssize;
}

/* A contiguous view; NULL or what was expected instead. */
static const char *simple_view(PyObject *arg, Py_buffer *view)
{
    if (PyObject_GetBuffer(arg, view, PyBUF_SIMPLE) != 0)
        return "bytes-like object";
    if (PyBuffer_IsContiguous(view, 'C'))
        return NULL;
    PyBuffer_Release(view);
    return "contiguous buffer";
}

/* Memory that stays valid without a view: the exporter must need no release. */
static const char *lasting_memory(PyObject *arg, const void **p, Py_ssize_t *size)
{
    PyBufferProcs *procs = Py_TYPE(arg)->tp_as_buffer;
    *p = NULL;
    if (procs != NULL && procs->bf_releasebuffer != NULL)
        return "read-only bytes-like object";
    Py_buffer view;
    const char *expected = simple_view(arg, &view);
    if (expected != NULL)
        return expected;
    *p = view.buf;
    *size = view.len;
    PyBuffer_Release(&view);
    return NULL;
}

/* s* z* y* */
static const char *text_view(ArgWalk *w, char unit, PyObject *arg)
{
    Py_buffer *view = va_arg(w->va, Py_buffer *);
    if (unit == 'z' && arg == Py_None) {
        PyBuffer_FillInfo(view, NULL, NULL, 0, 1, 0);
    } else if (unit != 'y' && PyUnicode_Check(arg)) {
        Py_ssize_t size;
        const char *utf8 = PyUnicode_AsUTF8AndSize(arg, &size);
        if (utf8 == NULL)
            return wrong(w, "(unicode conversion error)", arg);
        PyBuffer_FillInfo(view, arg, (void *)utf8, size, 1, 0);
    } else {
        const char *expected = simple_view(arg, view);
        if (expected != NULL)
            return wrong(w, expected, arg);
    }
    return arg_remember(w, view, release_buffer) ? NULL : RAISED;
}

/* s# z# y# */
static const char *text_and_size(ArgWalk *w, char unit, PyObject *arg)
{
    const void **p = va_arg(w->va, const void **);
    Py_ssize_t *size = va_arg(w->va, Py_ssize_t *);
    if (!sizes_ok(w))
        return RAISED;
    if (unit == 'z' && arg == Py_None) {
        *p = NULL;
        *size = 0;
    } else if (unit != 'y' && PyUnicode_Check(arg)) {
        const char *utf8 = PyUnicode_AsUTF8AndSize(arg, size);
        if (utf8 == NULL)
            return wrong(w, "(unicode conversion error)", arg);
        *p = utf8;
    } else {
        const char *expected = lasting_memory(arg, p, size);
        if (expected != NULL)
            return wrong(w, expected, arg);
    }
    return NULL;
}

/* s z */
static const char *text(ArgWalk *w, char unit, PyObject *arg)
{
    const char **p = va_arg(w->va, const char **);
    if (unit == 'z' && arg == Py_None) {
        *p = NULL;
        return NULL;
    }
    if (!PyUnicode_Check(arg))
        return wrong(w, unit == 'z' ? "str or None" : "str", arg);
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(arg, &size);
    if (utf8 == NULL)
        return wrong(w, "(unicode conversion error)", arg);
    if (strlen(utf8) != (size_t)size)
        return fail(PyExc_ValueError, "embedded null character");
    *p = utf8;
    return NULL;
}

/* y */
static const char *bytes_text(ArgWalk *w, PyObject *arg)
{
    const void **p = va_arg(w->va, const void **);
    Py_ssize_t size;
    const char *expected = lasting_memory(arg, p, &size);
    if (expected != NULL)
        return wrong(w, expected, arg);
    if (strlen(*p) != (size_t)size)
        return fail(PyExc_ValueError, "embedded null byte");
    return NULL;
}

/* w* */
static const char *writable_view(ArgWalk *w, PyObject *arg)
{
    void **p = va_arg(w->va, void **);
    if (*w->format != '*')
        return wrong(w, "(invalid use of 'w' format character)", arg);
    w->format++;
    Py_buffer *view = (Py_buffer *)p;
    if (PyObject_GetBuffer(arg, view, PyBUF_WRITABLE) < 0) {
        PyErr_Clear();
        return wrong(w, "read-write bytes-like object", arg);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return wrong(w, "contiguous buffer", arg);
    }
    return arg_remember(w, view, release_buffer) ? NULL : RAISED;
}

/* The encoded bytes of arg as a new reference in *encoded. */
static const char *encode(ArgWalk *w, PyObject *arg, const char *encoding, int accept_bytes, PyObject **encoded)
{
    if (accept_bytes && (PyBytes_Check(arg) || PyByteArray_Check(arg))) {
        Py_INCREF(arg);
        *encoded = arg;
        return NULL;
    }
    if (!PyUnicode_Check(arg))
        return wrong(w, accept_bytes ? "str, bytes or bytearray" : "str", arg);
    *encoded = PyUnicode_AsEncodedString(arg, encoding != NULL ? encoding : "utf-8", NULL);
    if (*encoded == NULL)
        return wrong(w, "(encoding failed)", arg);
    return NULL;
}

/* es et es# et# */
static const char *encoded_text(ArgWalk *w, PyObject *arg)
{
    const char *encoding = va_arg(w->va, const char *);
    char kind = *w->format;
    if (kind != 's' && kind != 't')
        return wrong(w, "(unknown parser marker combination)", arg);
    char **buffer = va_arg(w->va, char **);
    w->format++;
    if (buffer == NULL)
        return wrong(w, "(buffer is NULL)", arg);
    PyObject *encoded;
    const char *failure = encode(w, arg, encoding, kind == 't', &encoded);
    if (failure != NULL)
        return failure;
    int is_bytes = PyBytes_Check(encoded);
    const char *from = is_bytes ? PyBytes_AS_STRING(encoded) : PyByteArray_AsString(encoded);
    Py_ssize_t size = is_bytes ? PyBytes_GET_SIZE(encoded) : PyByteArray_Size(encoded);

    Py_ssize_t *p_size = NULL;
    if (*w->format == '#') {
        w->format++;
        p_size = va_arg(w->va, Py_ssize_t *);
        if (!sizes_ok(w)) {
            failure = RAISED;
            goto done;
        }
        if (p_size == NULL) {
            failure = wrong(w, "(buffer_len is NULL)", arg);
            goto done;
        }
        if (*buffer != NULL && size + 1 > *p_size) {
            PyErr_Format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", size, *p_size - 1);
            failure = RAISED;
            goto done;
        }
    } else if (strlen(from) != (size_t)size) {
        failure = wrong(w, "encoded string without null bytes", arg);
        goto done;
    }
    if (p_size == NULL || *buffer == NULL) {
        *buffer = PyMem_Malloc(size + 1);
        if (*buffer == NULL) {
            PyErr_NoMemory();
            failure = RAISED;
            goto done;
        }
        if (!arg_remember(w, buffer, release_memory)) {
            failure = RAISED;
            goto done;
        }
    }
    memcpy(*buffer, from, size + 1);
    if (p_size != NULL)
        *p_size = size;
done:
    Py_DECREF(encoded);
    return failure;
}

/* O! O& O */
static const char *object(ArgWalk *w, PyObject *arg)
{
    if (*w->format == '!') {
        w->format++;
        PyTypeObject *type = va_arg(w->va, PyTypeObject *);
        PyObject **p = va_arg(w->va, PyObject **);
        if (!PyObject_TypeCheck(arg, type))
            return wrong(w, type->tp_name, arg);
        *p = arg;  /* borrowed */
        return NULL;
    }
    if (*w->format == '&') {
        w->format++;
        int (*convert)(PyObject *, void *) = va_arg(w->va, int (*)(PyObject *, void *));
        void *address = va_arg(w->va, void *);
        int result = convert(arg, address);
        if (result == 0)
            return wrong(w, "(unspecified)", arg);
        if (result == Py_CLEANUP_SUPPORTED && !arg_remember(w, address, convert))
            return RAISED;
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
        return wrong(w, expected, arg);
    *p = arg;  /* borrowed */
    return NULL;
}

/* b h i: refused where it does not fit. `name` is "unsigned byte", "signed short", "signed". */
static const char *bounded(PyObject *arg, long low, long high, const char *name, long *value)
{
    *value = PyLong_AsLong(arg);
    if (*value == -1 && PyErr_Occurred())
        return RAISED;
    if (*value >= low && *value <= high)
        return NULL;
    PyErr_Format(PyExc_OverflowError, "%s integer is %s", name,
                 *value < low ? "less than minimum" : "greater than maximum");
    return RAISED;
}

/* B H I: whatever the value, its low bits. */
static const char *masked(PyObject *arg, unsigned long *value)
{
    *value = PyLong_AsUnsignedLongMask(arg);
    return *value == (unsigned long)-1 && PyErr_Occurred() ? RAISED : NULL;
}

/* c */
static const char *one_byte(ArgWalk *w, PyObject *arg)
{
    char *p = va_arg(w->va, char *);
    if (PyBytes_Check(arg) && PyBytes_GET_SIZE(arg) == 1)
        *p = PyBytes_AS_STRING(arg)[0];
    else if (PyByteArray_Check(arg) && PyByteArray_Size(arg) == 1)
        *p = PyByteArray_AsString(arg)[0];
    else
        return wrong(w, "a byte string of length 1", arg);
    return NULL;
}

/* C */
static const char *one_character(ArgWalk *w, PyObject *arg)
{
    int *p = va_arg(w->va, int *);
    if (!PyUnicode_Check(arg) || PyUnicode_GetLength(arg) != 1)
        return wrong(w, "a unicode character", arg);
    *p = (int)PyUnicode_ReadChar(arg, 0);
    return NULL;
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
        return RAISED;
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
            return RAISED;
        STORE(long, value);
    case 'n':
        return index_number(w, arg);
    case 's': case 'z': case 'y':
        if (next == '*' || next == '#') {
            w->format++;
            return next == '*' ? text_view(w, unit, arg) : text_and_size(w, unit, arg);
        }
        return unit == 'y' ? bytes_text(w, arg) : text(w, unit, arg);
    case 'd': case 'f': {
        double number = PyFloat_AsDouble(arg);
        if (number == -1.0 && PyErr_Occurred())
            return RAISED;
        if (unit == 'd')
            STORE(double, number);
        STORE(float, number);
    }
    case 'p': {
        int *p = va_arg(w->va, int *);
        int truth = PyObject_IsTrue(arg);
        if (truth < 0)
            return RAISED;
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
            return wrong(w, "int", arg);
        STORE(unsigned long, PyLong_AsUnsignedLongMask(arg));
    case 'K':
        if (!PyLong_Check(arg))
            return wrong(w, "int", arg);
        STORE(unsigned long long, PyLong_AsUnsignedLongLongMask(arg));
    case 'L': {
        long long *p = va_arg(w->va, long long *);
        long long number = PyLong_AsLongLong(arg);
        if (number == -1 && PyErr_Occurred())
            return RAISED;
        *p = number;
        return NULL;
    }
    case 'D': {
        Py_complex *p = va_arg(w->va, Py_complex *);
        Py_complex number = PyComplex_AsCComplex(arg);
        if (PyErr_Occurred())
            return RAISED;
        *p = number;
        return NULL;
    }
    case 'c':
        return one_byte(w, arg);
    case 'C':
        return one_character(w, arg);
    case 'w':
        return writable_view(w, arg);
    case 'e':
        return encoded_text(w, arg);
    default:
        return wrong(w, "(impossible<bad format char>)", arg);
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
        if (!sizes_ok(w))
            return RAISED;
        (void)va_arg(w->va, Py_ssize_t *);
        w->format++;
    } else if (*w->format == '*') {
        w->format++;
    }
    return NULL;
}
