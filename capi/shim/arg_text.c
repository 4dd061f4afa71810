/* The units of PyArg_Parse...() for text and memory: "s#", "y*", "w*", "es", "c". */
#include "core/mooring.h"
#include "arg.h"

static const char *fail(PyObject *type, const char *text)
{
    PyErr_SetString(type, text);
    return ARG_RAISED;
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

int arg_sizes_ok(ArgWalk *w)
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
const char *arg_text_view(ArgWalk *w, char unit, PyObject *arg)
{
    Py_buffer *view = va_arg(w->va, Py_buffer *);
    if (unit == 'z' && arg == Py_None) {
        PyBuffer_FillInfo(view, NULL, NULL, 0, 1, 0);
    } else if (unit != 'y' && PyUnicode_Check(arg)) {
        Py_ssize_t size;
        const char *utf8 = PyUnicode_AsUTF8AndSize(arg, &size);
        if (utf8 == NULL)
            return arg_wrong(w, "(unicode conversion error)", arg);
        PyBuffer_FillInfo(view, arg, (void *)utf8, size, 1, 0);
    } else {
        const char *expected = simple_view(arg, view);
        if (expected != NULL)
            return arg_wrong(w, expected, arg);
    }
    return arg_remember(w, view, release_buffer) ? NULL : ARG_RAISED;
}

/* s# z# y# */
const char *arg_text_and_size(ArgWalk *w, char unit, PyObject *arg)
{
    const void **p = va_arg(w->va, const void **);
    Py_ssize_t *size = va_arg(w->va, Py_ssize_t *);
    if (!arg_sizes_ok(w))
        return ARG_RAISED;
    if (unit == 'z' && arg == Py_None) {
        *p = NULL;
        *size = 0;
    } else if (unit != 'y' && PyUnicode_Check(arg)) {
        const char *utf8 = PyUnicode_AsUTF8AndSize(arg, size);
        if (utf8 == NULL)
            return arg_wrong(w, "(unicode conversion error)", arg);
        *p = utf8;
    } else {
        const char *expected = lasting_memory(arg, p, size);
        if (expected != NULL)
            return arg_wrong(w, expected, arg);
    }
    return NULL;
}

/* s z */
const char *arg_text(ArgWalk *w, char unit, PyObject *arg)
{
    const char **p = va_arg(w->va, const char **);
    if (unit == 'z' && arg == Py_None) {
        *p = NULL;
        return NULL;
    }
    if (!PyUnicode_Check(arg))
        return arg_wrong(w, unit == 'z' ? "str or None" : "str", arg);
    Py_ssize_t size;
    const char *utf8 = PyUnicode_AsUTF8AndSize(arg, &size);
    if (utf8 == NULL)
        return arg_wrong(w, "(unicode conversion error)", arg);
    if (strlen(utf8) != (size_t)size)
        return fail(PyExc_ValueError, "embedded null character");
    *p = utf8;
    return NULL;
}

/* y */
const char *arg_bytes_text(ArgWalk *w, PyObject *arg)
{
    const void **p = va_arg(w->va, const void **);
    Py_ssize_t size;
    const char *expected = lasting_memory(arg, p, &size);
    if (expected != NULL)
        return arg_wrong(w, expected, arg);
    if (strlen(*p) != (size_t)size)
        return fail(PyExc_ValueError, "embedded null byte");
    return NULL;
}

/* w* */
const char *arg_writable_view(ArgWalk *w, PyObject *arg)
{
    void **p = va_arg(w->va, void **);
    if (*w->format != '*')
        return arg_wrong(w, "(invalid use of 'w' format character)", arg);
    w->format++;
    Py_buffer *view = (Py_buffer *)p;
    if (PyObject_GetBuffer(arg, view, PyBUF_WRITABLE) < 0) {
        PyErr_Clear();
        return arg_wrong(w, "read-write bytes-like object", arg);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return arg_wrong(w, "contiguous buffer", arg);
    }
    return arg_remember(w, view, release_buffer) ? NULL : ARG_RAISED;
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
        return arg_wrong(w, accept_bytes ? "str, bytes or bytearray" : "str", arg);
    *encoded = PyUnicode_AsEncodedString(arg, encoding != NULL ? encoding : "utf-8", NULL);
    if (*encoded == NULL)
        return arg_wrong(w, "(encoding failed)", arg);
    return NULL;
}

/* es et es# et# */
const char *arg_encoded_text(ArgWalk *w, PyObject *arg)
{
    const char *encoding = va_arg(w->va, const char *);
    char kind = *w->format;
    if (kind != 's' && kind != 't')
        return arg_wrong(w, "(unknown parser marker combination)", arg);
    char **buffer = va_arg(w->va, char **);
    w->format++;
    if (buffer == NULL)
        return arg_wrong(w, "(buffer is NULL)", arg);
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
        if (!arg_sizes_ok(w)) {
            failure = ARG_RAISED;
            goto done;
        }
        if (p_size == NULL) {
            failure = arg_wrong(w, "(buffer_len is NULL)", arg);
            goto done;
        }
        if (*buffer != NULL && size + 1 > *p_size) {
            PyErr_Format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", size, *p_size - 1);
            failure = ARG_RAISED;
            goto done;
        }
    } else if (strlen(from) != (size_t)size) {
        failure = arg_wrong(w, "encoded string without null bytes", arg);
        goto done;
    }
    if (p_size == NULL || *buffer == NULL) {
        *buffer = PyMem_Malloc(size + 1);
        if (*buffer == NULL) {
            PyErr_NoMemory();
            failure = ARG_RAISED;
            goto done;
        }
        if (!arg_remember(w, buffer, release_memory)) {
            failure = ARG_RAISED;
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

/* c */
const char *arg_one_byte(ArgWalk *w, PyObject *arg)
{
    char *p = va_arg(w->va, char *);
    if (PyBytes_Check(arg) && PyBytes_GET_SIZE(arg) == 1)
        *p = PyBytes_AS_STRING(arg)[0];
    else if (PyByteArray_Check(arg) && PyByteArray_Size(arg) == 1)
        *p = PyByteArray_AsString(arg)[0];
    else
        return arg_wrong(w, "a byte string of length 1", arg);
    return NULL;
}

/* C */
const char *arg_one_character(ArgWalk *w, PyObject *arg)
{
    int *p = va_arg(w->va, int *);
    if (!PyUnicode_Check(arg) || PyUnicode_GetLength(arg) != 1)
        return arg_wrong(w, "a unicode character", arg);
    *p = (int)PyUnicode_ReadChar(arg, 0);
    return NULL;
}
