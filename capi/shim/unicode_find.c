/* PyUnicode_...: searching and comparing. */
#define _GNU_SOURCE
#include "unicode.h"

#define NOT_FOUND (-1)
#define FAILED (-2)

static int is_str(PyObject *op)
{
    return PyUnicode_Check(op) || m_not_str(op, "") == 0;
}

static void adjust(Py_ssize_t *start, Py_ssize_t *end, Py_ssize_t length)
{
    if (*end > length)
        *end = length;
    else if (*end < 0 && (*end += length) < 0)
        *end = 0;
    if (*start < 0 && (*start += length) < 0)
        *start = 0;
}

/* ---- searching ---------------------------------------------------------------------------------------------------------- */

#define SCAN(type) { \
    const type *p = (const type *)s.data; \
    if (direction > 0) { \
        for (Py_ssize_t i = start; i < end; i++) \
            if (p[i] == ch) \
                return i; \
    } else \
        for (Py_ssize_t i = end; i-- > start;) \
            if (p[i] == ch) \
                return i; \
    return NOT_FOUND; }

Py_ssize_t m_text_find_char(Text s, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (s.kind == 2)
        SCAN(Py_UCS2)
    if (s.kind == 4)
        SCAN(Py_UCS4)
    if (ch > 0xff || start >= end)
        return NOT_FOUND;
    const char *from = s.data + start, *found;
    found = direction > 0 ? memchr(from, (int)ch, (size_t)(end - start)) : memrchr(from, (int)ch, (size_t)(end - start));
    return found ? found - s.data : NOT_FOUND;
}

static Py_ssize_t find_same_kind(Text s, Text part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    size_t size = (size_t)part.length * (size_t)part.kind;
    if (direction <= 0) {
        for (Py_ssize_t i = end - part.length; i >= start; i--)
            if (!memcmp(s.data + i * s.kind, part.data, size))
                return i;
        return NOT_FOUND;
    }
    const char *p = s.data + start * s.kind, *last = s.data + end * s.kind;
    while ((p = memmem(p, (size_t)(last - p), part.data, size))) {
        Py_ssize_t at = p - s.data;
        if (at % s.kind == 0)
            return at / s.kind;
        p += s.kind - at % s.kind;      /* found across characters */
        if (p > last)
            break;
    }
    return NOT_FOUND;
}

/* -1: not found; -2: out of memory.  `start` and `end` lie within `s`. */
Py_ssize_t m_text_find(Text s, Text part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (end - start < part.length || part.kind > s.kind)
        return NOT_FOUND;
    if (part.length == 0)
        return direction > 0 ? start : end;
    if (part.length == 1)
        return m_text_find_char(s, m_text_at(part, 0), start, end, direction);
    if (part.kind == s.kind)
        return find_same_kind(s, part, start, end, direction);
    PyObject *wide = m_str_alloc(&PyUnicode_Type, part.length, s.kind == 2 ? 0xffff : 0x10ffff);
    if (!wide)
        return FAILED;
    m_copy_text(wide, 0, part.kind, part.data, 0, part.length);
    Py_ssize_t found = find_same_kind(s, m_text(wide), start, end, direction);
    Py_DECREF(wide);
    return found;
}

PYAPI Py_ssize_t PyUnicode_Find(PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (!is_str(str) || !is_str(substr))
        return FAILED;
    adjust(&start, &end, PyUnicode_GET_LENGTH(str));
    return m_text_find(m_text(str), m_text(substr), start, end, direction);
}

PYAPI Py_ssize_t PyUnicode_FindChar(PyObject *str, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end, int direction)
{
    adjust(&start, &end, PyUnicode_GET_LENGTH(str));
    return m_text_find_char(m_text(str), ch, start, end, direction);
}

PYAPI Py_ssize_t PyUnicode_Count(PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end)
{
    if (!is_str(str) || !is_str(substr))
        return -1;
    Text s = m_text(str), part = m_text(substr);
    adjust(&start, &end, s.length);
    if (end - start < part.length)
        return 0;
    if (part.length == 0)
        return end - start + 1;
    Py_ssize_t n = 0, at;
    for (; (at = m_text_find(s, part, start, end, 1)) >= 0; start = at + part.length)
        n++;
    return at == FAILED ? -1 : n;
}

PYAPI int PyUnicode_Contains(PyObject *container, PyObject *element)
{
    if (!PyUnicode_Check(element)) {
        PyErr_Format(PyExc_TypeError, "'in <string>' requires string as left operand, not %.100s", Py_TYPE(element)->tp_name);
        return -1;
    }
    if (!is_str(container))
        return -1;
    Py_ssize_t at = m_text_find(m_text(container), m_text(element), 0, PyUnicode_GET_LENGTH(container), 1);
    return at == FAILED ? -1 : at >= 0;
}

PYAPI Py_ssize_t PyUnicode_Tailmatch(PyObject *str, PyObject *substr, Py_ssize_t start, Py_ssize_t end, int direction)
{
    if (!is_str(str) || !is_str(substr))
        return -1;
    Text s = m_text(str), part = m_text(substr);
    adjust(&start, &end, s.length);
    end -= part.length;
    if (end < start)
        return 0;
    if (part.length == 0)
        return 1;
    Py_ssize_t from = direction > 0 ? end : start;
    if (part.kind == s.kind)
        return !memcmp(s.data + from * s.kind, part.data, (size_t)part.length * (size_t)part.kind);
    for (Py_ssize_t i = 0; i < part.length; i++)
        if (m_text_at(s, from + i) != m_text_at(part, i))
            return 0;
    return 1;
}

/* ---- comparing ---------------------------------------------------------------------------------------------------------------- */

static int compare(Text a, Text b)
{
    Py_ssize_t n = a.length < b.length ? a.length : b.length;
    if (a.kind == 1 && b.kind == 1) {
        int order = memcmp(a.data, b.data, (size_t)n);
        if (order)
            return order < 0 ? -1 : 1;
    } else
        for (Py_ssize_t i = 0; i < n; i++) {
            Py_UCS4 x = m_text_at(a, i), y = m_text_at(b, i);
            if (x != y)
                return x < y ? -1 : 1;
        }
    return (a.length > b.length) - (a.length < b.length);
}

PYAPI int PyUnicode_Compare(PyObject *left, PyObject *right)
{
    if (PyUnicode_Check(left) && PyUnicode_Check(right))
        return left == right ? 0 : compare(m_text(left), m_text(right));
    PyErr_Format(PyExc_TypeError, "Can't compare %.100s and %.100s", Py_TYPE(left)->tp_name, Py_TYPE(right)->tp_name);
    return -1;
}

PYAPI int PyUnicode_CompareWithASCIIString(PyObject *left, const char *right)
{
    return compare(m_text(left), (Text){NULL, right, (Py_ssize_t)strlen(right), 1});
}

PYAPI int _PyUnicode_EqualToASCIIString(PyObject *left, const char *right)
{
    size_t n = (size_t)PyUnicode_GET_LENGTH(left);
    return PyUnicode_IS_ASCII(left) && strlen(right) == n && !memcmp(PyUnicode_DATA(left), right, n);
}

PYAPI int _PyUnicode_EqualToASCIIId(PyObject *left, _Py_Identifier *right)
{
    return _PyUnicode_EqualToASCIIString(left, right->string);
}

PYAPI int _PyUnicode_EQ(PyObject *a, PyObject *b)
{
    return a == b || m_same_text(m_text(a), m_text(b));
}

PYAPI int _PyUnicode_Equal(PyObject *a, PyObject *b)
{
    return _PyUnicode_EQ(a, b);
}

PYAPI PyObject *PyUnicode_RichCompare(PyObject *left, PyObject *right, int op)
{
    if (!PyUnicode_Check(left) || !PyUnicode_Check(right))
        Py_RETURN_NOTIMPLEMENTED;
    if (op == Py_EQ || op == Py_NE)
        return PyBool_FromLong(_PyUnicode_EQ(left, right) == (op == Py_EQ));
    int order = left == right ? 0 : compare(m_text(left), m_text(right));
    Py_RETURN_RICHCOMPARE(order, 0, op);
}

/* ---- identifiers ---------------------------------------------------------------------------------------------------------------- */

PYAPI Py_ssize_t _PyUnicode_ScanIdentifier(PyObject *string)
{
    Text s = m_text(string);
    Py_ssize_t i = 0;
    for (; i < s.length; i++) {
        Py_UCS4 c = m_text_at(s, i);
        int fits = c >= 128 ? (i ? _PyUnicode_IsXidContinue(c) : _PyUnicode_IsXidStart(c)) : c == '_' || (i ? Py_ISALNUM(c) : Py_ISALPHA(c));
        if (!fits)
            break;
    }
    return i;
}

PYAPI int PyUnicode_IsIdentifier(PyObject *s)
{
    Py_ssize_t n = PyUnicode_GET_LENGTH(s);
    return n && _PyUnicode_ScanIdentifier(s) == n;
}
