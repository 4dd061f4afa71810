/* PyUnicode_...: wchar_t and UCS4, both ways, and file names. */
#include "unicode.h"
#include <wchar.h>

static int bad_call(void)
{
    PyErr_BadInternalCall();
    return -1;
}

PYAPI PyObject *PyUnicode_FromWideChar(const wchar_t *w, Py_ssize_t size)
{
    if (!w && size != 0) {
        bad_call();
        return NULL;
    }
    if (size == -1)
        size = (Py_ssize_t)wcslen(w);
    return m_str_from_text(4, w, size);
}

PYAPI PyObject *PyUnicode_FromUnicode(const Py_UNICODE *u, Py_ssize_t size)
{
    if (!u && size > 0)
        return m_str_alloc(&PyUnicode_Type, size, 0x10ffff);
    return PyUnicode_FromWideChar(u, size);
}

static void read_ucs4(Text t, Py_UCS4 *to, Py_ssize_t n)
{
    if (t.kind == 4)
        memcpy(to, t.data, (size_t)n * 4);
    else if (t.kind == 2)
        for (Py_ssize_t i = 0; i < n; i++)
            to[i] = ((const Py_UCS2 *)t.data)[i];
    else
        for (Py_ssize_t i = 0; i < n; i++)
            to[i] = ((const Py_UCS1 *)t.data)[i];
}

PYAPI Py_ssize_t PyUnicode_AsWideChar(PyObject *unicode, wchar_t *w, Py_ssize_t size)
{
    if (!unicode)
        return bad_call();
    if (!m_is_str(unicode))
        return -1;
    Text t = m_text(unicode);
    if (!w)
        return t.length + 1;
    if (size > t.length) {
        size = t.length;
        w[size] = 0;
    }
    read_ucs4(t, (Py_UCS4 *)w, size);
    return size;
}

static void *wide_copy(Text t)
{
    Py_UCS4 *made = PyMem_Malloc((size_t)(t.length + 1) * 4);
    if (!made) {
        PyErr_NoMemory();
        return NULL;
    }
    read_ucs4(t, made, t.length);
    made[t.length] = 0;
    return made;
}

PYAPI wchar_t *PyUnicode_AsWideCharString(PyObject *unicode, Py_ssize_t *size)
{
    if (!unicode) {
        bad_call();
        return NULL;
    }
    if (!m_is_str(unicode))
        return NULL;
    Text t = m_text(unicode);
    if (size)
        *size = t.length;
    else if (m_text_find_char(t, 0, 0, t.length, 1) >= 0) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return wide_copy(t);
}

PYAPI Py_UCS4 *PyUnicode_AsUCS4(PyObject *unicode, Py_UCS4 *buffer, Py_ssize_t buflen, int copy_null)
{
    if (!buffer || buflen < 0) {
        bad_call();
        return NULL;
    }
    if (!m_is_str(unicode))
        return NULL;
    Text t = m_text(unicode);
    if (buflen < t.length + (copy_null != 0)) {
        PyErr_SetString(PyExc_SystemError, "string is longer than the buffer");
        if (copy_null && buflen > 0)
            buffer[0] = 0;
        return NULL;
    }
    read_ucs4(t, buffer, t.length);
    if (copy_null)
        buffer[t.length] = 0;
    return buffer;
}

PYAPI Py_UCS4 *PyUnicode_AsUCS4Copy(PyObject *unicode)
{
    return m_is_str(unicode) ? wide_copy(m_text(unicode)) : NULL;
}

/* The wchar_t form lives as long as the str. */
PYAPI Py_UNICODE *PyUnicode_AsUnicodeAndSize(PyObject *unicode, Py_ssize_t *size)
{
    if (!m_is_str(unicode))
        return NULL;
    PyASCIIObject *v = (PyASCIIObject *)unicode;
    if (!v->wstr && !(v->wstr = wide_copy(m_text(unicode))))
        return NULL;
    if (size)
        *size = v->length;
    return v->wstr;
}

PYAPI Py_UNICODE *PyUnicode_AsUnicode(PyObject *unicode)
{
    return PyUnicode_AsUnicodeAndSize(unicode, NULL);
}

PYAPI const Py_UNICODE *_PyUnicode_AsUnicode(PyObject *unicode)
{
    Py_ssize_t n;
    const Py_UNICODE *data = PyUnicode_AsUnicodeAndSize(unicode, &n);
    if (data && wcslen(data) != (size_t)n) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return data;
}

/* ---- converters for PyArg_Parse ------------------------------------------------------------------------------------------------ */

PYAPI int _PyUnicode_WideCharString_Converter(PyObject *obj, void *result)
{
    wchar_t **p = result;
    if (!obj) {
        PyMem_Free(*p);
        *p = NULL;
        return 1;
    }
    if (PyUnicode_Check(obj)) {
        *p = PyUnicode_AsWideCharString(obj, NULL);
        return *p ? Py_CLEANUP_SUPPORTED : 0;
    }
    PyErr_Format(PyExc_TypeError, "argument must be str, not %.50s", Py_TYPE(obj)->tp_name);
    return 0;
}

PYAPI int _PyUnicode_WideCharString_Opt_Converter(PyObject *obj, void *result)
{
    if (obj != Py_None)
        return _PyUnicode_WideCharString_Converter(obj, result);
    *(wchar_t **)result = NULL;
    return 1;
}

static int release(PyObject **place)
{
    PyObject *old = *place;
    *place = NULL;
    Py_XDECREF(old);
    return 1;
}

PYAPI int PyUnicode_FSConverter(PyObject *obj, void *result)
{
    if (!obj)
        return release(result);
    PyObject *path = PyOS_FSPath(obj), *made = path;
    if (!path)
        return 0;
    if (!PyBytes_Check(path)) {
        made = PyUnicode_EncodeFSDefault(path);
        Py_DECREF(path);
        if (!made)
            return 0;
    }
    if (strlen(PyBytes_AS_STRING(made)) != (size_t)PyBytes_GET_SIZE(made)) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        Py_DECREF(made);
        return 0;
    }
    *(PyObject **)result = made;
    return Py_CLEANUP_SUPPORTED;
}

PYAPI int PyUnicode_FSDecoder(PyObject *obj, void *result)
{
    if (!obj)
        return release(result);
    PyObject *path = PyOS_FSPath(obj), *made = path;
    if (!path)
        return 0;
    if (PyBytes_Check(path)) {
        made = PyUnicode_DecodeFSDefaultAndSize(PyBytes_AS_STRING(path), PyBytes_GET_SIZE(path));
        Py_DECREF(path);
        if (!made)
            return 0;
    }
    if (m_text_find_char(m_text(made), 0, 0, PyUnicode_GET_LENGTH(made), 1) >= 0) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        Py_DECREF(made);
        return 0;
    }
    *(PyObject **)result = made;
    return Py_CLEANUP_SUPPORTED;
}

/* ---- the file system's and the locale's encoding --------------------------------------------------------------------------------- */

PYAPI PyObject *PyUnicode_DecodeFSDefaultAndSize(const char *s, Py_ssize_t size)
{
    return m_ascii_prefix(s, size) == size ? _PyUnicode_FromASCII(s, size) : vm_decode_fs(s, size, NULL);
}

PYAPI PyObject *PyUnicode_DecodeFSDefault(const char *s)
{
    return PyUnicode_DecodeFSDefaultAndSize(s, (Py_ssize_t)strlen(s));
}

PYAPI PyObject *PyUnicode_EncodeFSDefault(PyObject *unicode)
{
    return m_is_str(unicode) ? vm_encode_fs(unicode, NULL) : NULL;
}

static int locale_errors(const char *errors)
{
    if (!errors || !strcmp(errors, "strict") || !strcmp(errors, "surrogateescape"))
        return 1;
    PyErr_SetString(PyExc_ValueError, "unsupported error handler");
    return 0;
}

PYAPI PyObject *PyUnicode_DecodeLocaleAndSize(const char *str, Py_ssize_t len, const char *errors)
{
    if (!locale_errors(errors))
        return NULL;
    if (str[len] || strlen(str) != (size_t)len) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return NULL;
    }
    return vm_decode_fs(str, len, errors ? errors : "strict");
}

PYAPI PyObject *PyUnicode_DecodeLocale(const char *str, const char *errors)
{
    return PyUnicode_DecodeLocaleAndSize(str, (Py_ssize_t)strlen(str), errors);
}

PYAPI PyObject *PyUnicode_EncodeLocale(PyObject *unicode, const char *errors)
{
    if (!m_is_str(unicode) || !locale_errors(errors))
        return NULL;
    if (m_text_find_char(m_text(unicode), 0, 0, PyUnicode_GET_LENGTH(unicode), 1) >= 0) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;
    }
    return vm_encode_fs(unicode, errors ? errors : "strict");
}
