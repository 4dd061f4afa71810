/* What the files of PyUnicode_... share: the characters of a str, their width, and how they are copied. */
#ifndef MOORING_UNICODE_H
#define MOORING_UNICODE_H

#include "core/mooring.h"

typedef struct {                        /* the characters of a str */
    PyObject *object;
    const char *data;
    Py_ssize_t length;
    int kind;
} Text;

static inline Text m_text(PyObject *str)
{
    return (Text){str, PyUnicode_DATA(str), PyUnicode_GET_LENGTH(str), (int)PyUnicode_KIND(str)};
}

static inline Py_UCS4 m_text_at(Text t, Py_ssize_t i)
{
    return PyUnicode_READ(t.kind, t.data, i);
}

static inline int m_same_text(Text a, Text b)
{
    return a.length == b.length && a.kind == b.kind && !memcmp(a.data, b.data, (size_t)a.length * (size_t)a.kind);
}

Py_ssize_t m_ascii_prefix(const char *data, Py_ssize_t n);   /* how many bytes from the start are below 128 */
Py_UCS4 m_maxchar(int kind, const void *data, Py_ssize_t start, Py_ssize_t end); /* 0x7f, 0xff, 0xffff or 0x10ffff */
void m_copy_text(PyObject *to, Py_ssize_t to_start, int kind, const void *data, Py_ssize_t start, Py_ssize_t n);
PyObject *m_str_from_text(int kind, const void *data, Py_ssize_t n);
PyObject *m_str_char(Py_UCS4 ch);
PyObject *m_str_empty(void);
Py_ssize_t m_text_find(Text s, Text part, Py_ssize_t start, Py_ssize_t end, int direction);
Py_ssize_t m_text_find_char(Text s, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end, int direction);
int m_str_modifiable(PyObject *str);
int m_not_str(PyObject *op, const char *what);              /* sets TypeError, returns -1 */

/* True where `op` is a str; else PyErr_BadArgument. */
static inline int m_is_str(PyObject *op)
{
    if (likely(PyUnicode_Check(op)))
        return 1;
    PyErr_BadArgument();
    return 0;
}

#endif
