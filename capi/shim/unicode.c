/* PyUnicode_...: making str objects, and their characters. */
#include "unicode.h"

static PyObject *empty, *latin1[256];

/* ---- characters ------------------------------------------------------------------------------------------------------ */

Py_ssize_t m_ascii_prefix(const char *data, Py_ssize_t n)
{
    const char *p = data, *end = data + n;
    uint64_t w[4];
    for (; end - p >= 32; p += 32) {
        memcpy(w, p, 32);
        if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u)
            break;
    }
    for (; end - p >= 8; p += 8) {
        memcpy(w, p, 8);
        if (w[0] & 0x8080808080808080u)
            return p - data + (__builtin_ctzll(w[0] & 0x8080808080808080u) >> 3);
    }
    while (p < end && (unsigned char)*p < 0x80)
        p++;
    return p - data;
}

Py_UCS4 m_maxchar(int kind, const void *data, Py_ssize_t start, Py_ssize_t end)
{
    if (kind == 1)
        return m_ascii_prefix((const char *)data + start, end - start) == end - start ? 0x7f : 0xff;
    Py_UCS4 all = 0;
    if (kind == 2)
        for (const Py_UCS2 *p = (const Py_UCS2 *)data + start; start < end; start++)
            all |= *p++;
    else
        for (const Py_UCS4 *p = (const Py_UCS4 *)data + start; start < end; start++)
            all |= *p++;
    return all < 0x80 ? 0x7f : all < 0x100 ? 0xff : all < 0x10000 ? 0xffff : 0x10ffff;
}

#define CONVERT(to_type, from_type) \
    for (Py_ssize_t i = 0; i < n; i++) \
        ((to_type *)out)[i] = (to_type)((const from_type *)in)[i];

/* The characters must fit. */
void m_copy_text(PyObject *to, Py_ssize_t to_start, int kind, const void *data, Py_ssize_t start, Py_ssize_t n)
{
    int to_kind = (int)PyUnicode_KIND(to);
    char *out = (char *)PyUnicode_DATA(to) + to_start * to_kind;
    const char *in = (const char *)data + start * kind;
    switch (to_kind << 4 | kind) {
    case 0x12: CONVERT(Py_UCS1, Py_UCS2) break;
    case 0x14: CONVERT(Py_UCS1, Py_UCS4) break;
    case 0x21: CONVERT(Py_UCS2, Py_UCS1) break;
    case 0x24: CONVERT(Py_UCS2, Py_UCS4) break;
    case 0x41: CONVERT(Py_UCS4, Py_UCS1) break;
    case 0x42: CONVERT(Py_UCS4, Py_UCS2) break;
    default: memmove(out, in, (size_t)n * (size_t)kind);
    }
}

PyObject *m_str_empty(void)
{
    if (!empty && !(empty = m_str_alloc(&PyUnicode_Type, 0, 0)))
        return NULL;
    Py_INCREF(empty);
    return empty;
}

PyObject *m_str_char(Py_UCS4 ch)
{
    PyObject *op = ch < 256 ? latin1[ch] : NULL;
    if (!op) {
        op = m_str_alloc(&PyUnicode_Type, 1, ch);
        if (!op)
            return NULL;
        PyUnicode_WRITE(PyUnicode_KIND(op), PyUnicode_DATA(op), 0, ch);
        if (ch >= 256)
            return op;
        latin1[ch] = op;
        M_HDR(op)->flags |= M_CROSSED;  /* worth a link at its first crossing */
    }
    Py_INCREF(op);
    return op;
}

PyObject *m_str_from_text(int kind, const void *data, Py_ssize_t n)
{
    if (n == 0)
        return m_str_empty();
    if (n == 1)
        return m_str_char(PyUnicode_READ(kind, data, 0));
    PyObject *op = m_str_alloc(&PyUnicode_Type, n, m_maxchar(kind, data, 0, n));
    if (op)
        m_copy_text(op, 0, kind, data, 0, n);
    return op;
}

int m_not_str(PyObject *op, const char *what)
{
    PyErr_Format(PyExc_TypeError, "%smust be str, not %.100s", what, Py_TYPE(op)->tp_name);
    return -1;
}

/* ---- making ------------------------------------------------------------------------------------------------------------ */

PYAPI PyObject *PyUnicode_New(Py_ssize_t size, Py_UCS4 maxchar)
{
    if (size == 0)
        return m_str_empty();
    if (maxchar > 0x10ffff) {
        PyErr_SetString(PyExc_SystemError, "invalid maximum character passed to PyUnicode_New");
        return NULL;
    }
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyUnicode_New");
        return NULL;
    }
    if (size > (PY_SSIZE_T_MAX >> 2) - 100)
        return PyErr_NoMemory();
    return m_str_alloc(&PyUnicode_Type, size, maxchar);
}

PYAPI PyObject *PyUnicode_FromStringAndSize(const char *u, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
        return NULL;
    }
    if (u)
        return PyUnicode_DecodeUTF8Stateful(u, size, NULL, NULL);
    if (size) {
        PyErr_SetString(PyExc_SystemError, "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize");
        return NULL;
    }
    return m_str_empty();
}

PYAPI PyObject *PyUnicode_FromString(const char *u)
{
    return PyUnicode_DecodeUTF8Stateful(u, (Py_ssize_t)strlen(u), NULL, NULL);
}

PYAPI PyObject *_PyUnicode_FromASCII(const char *buffer, Py_ssize_t size)
{
    if (size == 0)
        return m_str_empty();
    if (size == 1)
        return m_str_char((unsigned char)*buffer);
    PyObject *op = m_str_alloc(&PyUnicode_Type, size, 127);
    if (op)
        memcpy(PyUnicode_DATA(op), buffer, (size_t)size);
    return op;
}

PYAPI PyObject *PyUnicode_FromKindAndData(int kind, const void *buffer, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "size must be positive");
        return NULL;
    }
    if (kind != 1 && kind != 2 && kind != 4) {
        PyErr_SetString(PyExc_SystemError, "invalid kind");
        return NULL;
    }
    return m_str_from_text(kind, buffer, size);
}

PYAPI PyObject *PyUnicode_FromOrdinal(int ordinal)
{
    if (ordinal < 0 || ordinal > 0x10ffff) {
        PyErr_SetString(PyExc_ValueError, "chr() arg not in range(0x110000)");
        return NULL;
    }
    return m_str_char((Py_UCS4)ordinal);
}

PYAPI PyObject *_PyUnicode_Copy(PyObject *unicode)
{
    if (!PyUnicode_Check(unicode)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Text t = m_text(unicode);
    PyObject *op = m_str_alloc(&PyUnicode_Type, t.length, PyUnicode_MAX_CHAR_VALUE(unicode));
    if (op)
        memcpy(PyUnicode_DATA(op), t.data, (size_t)t.length * (size_t)t.kind);
    return op;
}

PYAPI PyObject *PyUnicode_FromObject(PyObject *obj)
{
    if (PyUnicode_CheckExact(obj)) {
        Py_INCREF(obj);
        return obj;
    }
    if (PyUnicode_Check(obj))
        return _PyUnicode_Copy(obj);
    PyErr_Format(PyExc_TypeError, "Can't convert '%.100s' object to str implicitly", Py_TYPE(obj)->tp_name);
    return NULL;
}

/* ---- reading and writing ------------------------------------------------------------------------------------------------- */

PYAPI Py_ssize_t PyUnicode_GetLength(PyObject *unicode)
{
    return m_is_str(unicode) ? PyUnicode_GET_LENGTH(unicode) : -1;
}

PYAPI Py_ssize_t PyUnicode_GetSize(PyObject *unicode)
{
    return PyUnicode_GetLength(unicode);
}

PYAPI Py_UCS4 PyUnicode_ReadChar(PyObject *unicode, Py_ssize_t index)
{
    if (!m_is_str(unicode))
        return (Py_UCS4)-1;
    if (index < 0 || index >= PyUnicode_GET_LENGTH(unicode)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return (Py_UCS4)-1;
    }
    return PyUnicode_READ_CHAR(unicode, index);
}

/* A str may be changed while its maker alone has it. */
int m_str_modifiable(PyObject *str)
{
    return Py_REFCNT(str) == 1 && Py_TYPE(str) == &PyUnicode_Type && !M_HDR(str)->link && !PyUnicode_CHECK_INTERNED(str);
}

static int check_modifiable(PyObject *str)
{
    if (m_str_modifiable(str))
        return 0;
    PyErr_SetString(PyExc_SystemError, "Cannot modify a string currently used");
    return -1;
}

PYAPI int PyUnicode_WriteChar(PyObject *unicode, Py_ssize_t index, Py_UCS4 character)
{
    if (!m_is_str(unicode))
        return -1;
    if (index < 0 || index >= PyUnicode_GET_LENGTH(unicode)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (check_modifiable(unicode) < 0)
        return -1;
    if (character > PyUnicode_MAX_CHAR_VALUE(unicode)) {
        PyErr_SetString(PyExc_ValueError, "character out of range");
        return -1;
    }
    PyUnicode_WRITE(PyUnicode_KIND(unicode), PyUnicode_DATA(unicode), index, character);
    return 0;
}

PYAPI void _PyUnicode_FastFill(PyObject *unicode, Py_ssize_t start, Py_ssize_t length, Py_UCS4 fill_char)
{
    int kind = (int)PyUnicode_KIND(unicode);
    void *data = PyUnicode_DATA(unicode);
    if (kind == 1)
        memset((char *)data + start, (int)fill_char, (size_t)length);
    else
        for (Py_ssize_t i = start; i < start + length; i++)
            PyUnicode_WRITE(kind, data, i, fill_char);
}

PYAPI Py_ssize_t PyUnicode_Fill(PyObject *unicode, Py_ssize_t start, Py_ssize_t length, Py_UCS4 fill_char)
{
    if (!PyUnicode_Check(unicode)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (check_modifiable(unicode) < 0)
        return -1;
    if (start < 0) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (fill_char > PyUnicode_MAX_CHAR_VALUE(unicode)) {
        PyErr_SetString(PyExc_ValueError, "fill character is bigger than the string maximum character");
        return -1;
    }
    Py_ssize_t room = PyUnicode_GET_LENGTH(unicode) - start;
    if (length > room)
        length = room;
    if (length <= 0)
        return 0;
    _PyUnicode_FastFill(unicode, start, length, fill_char);
    return length;
}

PYAPI Py_UCS4 _PyUnicode_FindMaxChar(PyObject *unicode, Py_ssize_t start, Py_ssize_t end)
{
    if (start == 0 && end == PyUnicode_GET_LENGTH(unicode))
        return PyUnicode_MAX_CHAR_VALUE(unicode);
    if (PyUnicode_IS_ASCII(unicode) || start == end)
        return 127;
    return m_maxchar((int)PyUnicode_KIND(unicode), PyUnicode_DATA(unicode), start, end);
}

PYAPI void _PyUnicode_FastCopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t how_many)
{
    m_copy_text(to, to_start, (int)PyUnicode_KIND(from), PyUnicode_DATA(from), from_start, how_many);
}

static const char *kind_name(PyObject *str)
{
    return PyUnicode_IS_ASCII(str) ? "ascii" : PyUnicode_KIND(str) == 1 ? "latin1" : PyUnicode_KIND(str) == 2 ? "UCS2" : "UCS4";
}

PYAPI Py_ssize_t PyUnicode_CopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t how_many)
{
    if (!PyUnicode_Check(from) || !PyUnicode_Check(to)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if ((size_t)from_start > (size_t)PyUnicode_GET_LENGTH(from) || (size_t)to_start > (size_t)PyUnicode_GET_LENGTH(to)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return -1;
    }
    if (how_many < 0) {
        PyErr_SetString(PyExc_SystemError, "how_many cannot be negative");
        return -1;
    }
    if (how_many > PyUnicode_GET_LENGTH(from) - from_start)
        how_many = PyUnicode_GET_LENGTH(from) - from_start;
    if (to_start + how_many > PyUnicode_GET_LENGTH(to)) {
        PyErr_Format(PyExc_SystemError, "Cannot write %zi characters at %zi in a string of %zi characters", how_many, to_start,
                     PyUnicode_GET_LENGTH(to));
        return -1;
    }
    if (how_many == 0)
        return 0;
    if (check_modifiable(to) < 0)
        return -1;
    if (_PyUnicode_FindMaxChar(from, from_start, from_start + how_many) > PyUnicode_MAX_CHAR_VALUE(to)) {
        PyErr_Format(PyExc_SystemError, "Cannot copy %s characters into a string of %s characters",
                     kind_name(from), kind_name(to));
        return -1;
    }
    _PyUnicode_FastCopyCharacters(to, to_start, from, from_start, how_many);
    return how_many;
}

PYAPI int PyUnicode_Resize(PyObject **unicode, Py_ssize_t length)
{
    PyObject *old = unicode ? *unicode : NULL;
    if (!old || !PyUnicode_Check(old) || length < 0) {
        PyErr_BadInternalCall();
        return -1;
    }
    Text t = m_text(old);
    if (t.length == length)
        return 0;
    if (length == 0) {
        *unicode = m_str_empty();
        Py_DECREF(old);
        return *unicode ? 0 : -1;
    }
    PyObject *made;
    if (m_str_modifiable(old)) {
        made = m_str_realloc(old, length);
        if (!made)
            return -1;
        *unicode = made;
        return 0;
    }
    made = m_str_alloc(&PyUnicode_Type, length, PyUnicode_MAX_CHAR_VALUE(old));
    if (!made)
        return -1;
    m_copy_text(made, 0, t.kind, t.data, 0, length < t.length ? length : t.length);
    *unicode = made;
    Py_DECREF(old);
    return 0;
}

PYAPI int _PyUnicode_Ready(PyObject *unicode)
{
    (void)unicode;                      /* all str objects are made ready */
    return 0;
}

PYAPI int _PyUnicode_CheckConsistency(PyObject *op, int check_content)
{
    (void)check_content;
    return PyUnicode_Check(op) && PyUnicode_IS_READY(op);
}
