/* str objects in C: CPython 3.11's compact layout, made from UTF-8 and read back as UTF-8. */
#include "core/mooring.h"

/* A compact str with room for `n` code points up to `maxchar`; contents uninitialised but for the final NUL. */
PyObject *m_str_alloc(PyTypeObject *type, Py_ssize_t n, Py_UCS4 maxchar)
{
    size_t head, width;
    int kind, ascii = maxchar < 128;
    if (ascii)
        head = sizeof(PyASCIIObject), width = 1, kind = PyUnicode_1BYTE_KIND;
    else {
        head = sizeof(PyCompactUnicodeObject);
        width = maxchar < 256 ? 1 : maxchar < 65536 ? 2 : 4;
        kind = (int)width;
    }
    int compact = type == &PyUnicode_Type;
    if (!compact)                       /* the fields of the subtype come before the characters */
        head = m_str_head(type);
    PyASCIIObject *v = m_alloc(head + (size_t)(n + 1) * width);
    if (!v)
        return PyErr_NoMemory();
    memset(v, 0, head);
    v->ob_base.ob_type = type;
    v->ob_base.ob_refcnt = 1;
    v->length = n;
    v->hash = -1;
    v->state.kind = (unsigned int)kind;
    v->state.compact = (unsigned int)compact;
    v->state.ascii = (unsigned int)ascii;
    v->state.ready = 1;
    memset((char *)v + head + (size_t)n * width, 0, width);
    if (!compact)
        ((PyUnicodeObject *)v)->data.any = (char *)v + head;
    return (PyObject *)v;
}

PyObject *m_str_realloc(PyObject *str, Py_ssize_t n)
{
    size_t head = PyUnicode_IS_ASCII(str) ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject), width = PyUnicode_KIND(str);
    PyCompactUnicodeObject *v = m_realloc(str, head + (size_t)(n + 1) * width);
    if (!v)
        return PyErr_NoMemory();
    M_HDR(v)->flags &= ~M_SURROGATES;
    v->_base.length = n;
    v->_base.hash = -1;
    free(v->_base.wstr);
    v->_base.wstr = NULL;
    if (head != sizeof(PyASCIIObject)) {
        free(v->utf8);
        v->utf8 = NULL;
        v->utf8_length = 0;
    }
    memset((char *)v + head + (size_t)n * width, 0, width);
    return (PyObject *)v;
}

/* Decode one code point of valid UTF-8 in which lone surrogates may be encoded. */
static inline const unsigned char *decode(const unsigned char *p, Py_UCS4 *out)
{
    Py_UCS4 c = *p++;
    if (c < 0x80)
        *out = c;
    else if (c < 0xe0)
        *out = (c & 0x1f) << 6 | (p[0] & 0x3f), p += 1;
    else if (c < 0xf0)
        *out = (c & 0x0f) << 12 | (Py_UCS4)(p[0] & 0x3f) << 6 | (p[1] & 0x3f), p += 2;
    else
        *out = (c & 0x07) << 18 | (Py_UCS4)(p[0] & 0x3f) << 12 | (Py_UCS4)(p[1] & 0x3f) << 6 | (p[2] & 0x3f), p += 3;
    return p;
}

/* `data` must be valid UTF-8; `n` is its size in bytes. */
PyObject *m_str_from_utf8(PyTypeObject *type, const char *data, Py_ssize_t n)
{
    const unsigned char *p = (const unsigned char *)data, *end = p + n;
    Py_ssize_t length = 0;
    Py_UCS4 maxchar = 0, c;
    const unsigned char *q = p;
    while (q < end && *q < 0x80)
        q++;
    if (q == end) {
        PyObject *v = m_str_alloc(type, n, 127);
        if (v)
            memcpy(PyUnicode_DATA(v), data, (size_t)n);
        return v;
    }
    for (q = p; q < end; length++) {
        q = decode(q, &c);
        if (c > maxchar)
            maxchar = c;
    }
    PyObject *v = m_str_alloc(type, length, maxchar);
    if (!v)
        return NULL;
    void *out = PyUnicode_DATA(v);
    unsigned int kind = ((PyASCIIObject *)v)->state.kind;
    for (Py_ssize_t i = 0; i < length; i++) {
        p = decode(p, &c);
        if (kind == 1)
            ((Py_UCS1 *)out)[i] = (Py_UCS1)c;
        else if (kind == 2)
            ((Py_UCS2 *)out)[i] = (Py_UCS2)c;
        else
            ((Py_UCS4 *)out)[i] = c;
    }
    return v;
}

const char *m_str_utf8(PyObject *str, Py_ssize_t *n)
{
    PyCompactUnicodeObject *v = (PyCompactUnicodeObject *)str;
    Py_ssize_t length = v->_base.length;
    if (v->_base.state.ascii) {
        *n = length;
        return PyUnicode_DATA(str);
    }
    if (!v->utf8) {
        unsigned int kind = v->_base.state.kind;
        unsigned char *p = malloc((size_t)length * (kind < 4 ? kind + 1 : 4) + 1);
        if (!p) {
            PyErr_NoMemory();
            return NULL;
        }
        v->utf8 = (char *)p;
        const void *data = PyUnicode_DATA(str);
        for (Py_ssize_t i = 0; i < length; i++) {
            Py_UCS4 c = PyUnicode_READ((int)kind, data, i);
            if (c < 0x80)
                *p++ = (unsigned char)c;
            else if (c < 0x800) {
                *p++ = (unsigned char)(0xc0 | c >> 6);
                *p++ = (unsigned char)(0x80 | (c & 0x3f));
            } else if (c < 0x10000) {
                if (Py_UNICODE_IS_SURROGATE(c))
                    M_HDR(str)->flags |= M_SURROGATES;
                *p++ = (unsigned char)(0xe0 | c >> 12);
                *p++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
                *p++ = (unsigned char)(0x80 | (c & 0x3f));
            } else {
                *p++ = (unsigned char)(0xf0 | c >> 18);
                *p++ = (unsigned char)(0x80 | (c >> 12 & 0x3f));
                *p++ = (unsigned char)(0x80 | (c >> 6 & 0x3f));
                *p++ = (unsigned char)(0x80 | (c & 0x3f));
            }
        }
        *p = 0;
        v->utf8_length = (char *)p - v->utf8;
    }
    *n = v->utf8_length;
    return v->utf8;
}

/* For the VM: address of the UTF-8 of a str.  Its size then stands in the object. */
VMCALL W m_utf8(W str)
{
    MThread *t = &m_tls;
    m_enter(t);
    Py_ssize_t n = 0;
    const char *p = m_str_utf8((PyObject *)str, &n);
    m_leave(t);
    return (W)p;
}

int64_t m_text_key(const char *text)
{
    uint64_t h = 1469598103934665603u;
    while (text && *text)
        h = (h ^ (unsigned char)*text++) * 1099511628211u;
    return (int64_t)(h == (uint64_t)-1 ? 0 : h);
}

/* An instance of a subtype with fields of its own gets its characters: `data` is UTF-8, `n` its size. */
VMCALL int m_fill_str(W address, const char *data, long n)
{
    MThread *t = &m_tls;
    m_enter(t);
    int r = -1;
    PyUnicodeObject *v = (PyUnicodeObject *)address;
    PyASCIIObject *head = &v->_base._base;
    PyObject *plain = m_str_from_utf8(&PyUnicode_Type, data, n);
    size_t size = plain ? (size_t)(PyUnicode_GET_LENGTH(plain) + 1) * PyUnicode_KIND(plain) : 0;
    if (plain && (v->data.any = PyObject_Malloc(size))) {
        memcpy(v->data.any, PyUnicode_DATA(plain), size);
        head->length = PyUnicode_GET_LENGTH(plain);
        head->hash = -1;
        head->state = ((PyASCIIObject *)plain)->state;
        head->state.compact = 0;
        r = 0;
    }
    Py_XDECREF(plain);
    m_leave(t);
    return r;
}
