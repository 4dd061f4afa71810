/* PyUnicode_...: UTF-8, ASCII and Latin-1, both ways.  What is not plain goes to the VM's codecs. */
#include "unicode.h"

/* Where valid UTF-8 from `p` ends.  Counts characters, notes the greatest one; `cut` tells that what follows is the start of
   a sequence that could be valid if there were more bytes. */
static const unsigned char *scan(const unsigned char *p, const unsigned char *end, Py_ssize_t *length, Py_UCS4 *maxchar, int *cut)
{
    Py_UCS4 max = 0x7f;
    Py_ssize_t n = 0;
    *cut = 0;
    while (p < end) {
        unsigned char c = *p;
        if (c < 0x80) {
            Py_ssize_t run = m_ascii_prefix((const char *)p, end - p);
            p += run;
            n += run;
            continue;
        }
        int size;
        unsigned char low = 0x80, high = 0xbf;
        if (c < 0xc2)
            break;
        if (c < 0xe0)
            size = 2;
        else if (c < 0xf0) {
            size = 3;
            if (c == 0xe0)
                low = 0xa0;
            else if (c == 0xed)
                high = 0x9f;            /* no surrogates */
        } else if (c < 0xf5) {
            size = 4;
            if (c == 0xf0)
                low = 0x90;
            else if (c == 0xf4)
                high = 0x8f;
        } else
            break;
        int have = end - p < size ? (int)(end - p) : size, i = 1;
        if (have > 1 && (p[1] < low || p[1] > high))
            break;
        for (i = 2; i < have; i++)
            if ((p[i] & 0xc0) != 0x80)
                goto done;
        if (have < size) {
            *cut = 1;
            break;
        }
        Py_UCS4 bound = size == 2 ? (c < 0xc4 ? 0xff : 0x7ff) : size == 3 ? 0xffff : 0x10ffff;
        if (bound > max)
            max = bound;
        p += size;
        n++;
    }
done:
    *length = n;
    *maxchar = max;
    return p;
}

#define FILL(type) { \
    type *q = out; \
    while (p < end) { \
        Py_UCS4 c = *p++; \
        if (c >= 0xf0) \
            c = (c & 7) << 18 | (Py_UCS4)(p[0] & 63) << 12 | (Py_UCS4)(p[1] & 63) << 6 | (p[2] & 63), p += 3; \
        else if (c >= 0xe0) \
            c = (c & 15) << 12 | (Py_UCS4)(p[0] & 63) << 6 | (p[1] & 63), p += 2; \
        else if (c >= 0xc0) \
            c = (c & 31) << 6 | (p[0] & 63), p += 1; \
        *q++ = (type)c; \
    } }

/* A str of valid UTF-8 that was scanned. */
static PyObject *decode(const unsigned char *p, const unsigned char *end, Py_ssize_t length, Py_UCS4 maxchar)
{
    PyObject *op = m_str_alloc(&PyUnicode_Type, length, maxchar);
    if (!op)
        return NULL;
    void *out = PyUnicode_DATA(op);
    switch (PyUnicode_KIND(op)) {
    case PyUnicode_1BYTE_KIND: FILL(Py_UCS1) break;
    case PyUnicode_2BYTE_KIND: FILL(Py_UCS2) break;
    default: FILL(Py_UCS4)
    }
    return op;
}

PYAPI PyObject *PyUnicode_DecodeUTF8Stateful(const char *string, Py_ssize_t length, const char *errors, Py_ssize_t *consumed)
{
    if (length <= 1 && (length <= 0 || (unsigned char)*string < 0x80)) {
        if (consumed)
            *consumed = length;
        return length > 0 ? m_str_char((unsigned char)*string) : m_str_empty();
    }
    Py_ssize_t run = m_ascii_prefix(string, length);
    if (likely(run == length)) {
        PyObject *op = m_str_alloc(&PyUnicode_Type, length, 127);
        if (likely(op != NULL))
            memcpy((PyASCIIObject *)op + 1, string, (size_t)length);
        if (consumed)
            *consumed = length;
        return op;
    }
    const unsigned char *p = (const unsigned char *)string, *end = p + length, *stop;
    Py_ssize_t n;
    Py_UCS4 maxchar;
    int cut;
    stop = scan(p, end, &n, &maxchar, &cut);
    if (stop < end && !(cut && consumed))
        return vm_decode_stateful("utf_8_decode", string, length, errors, consumed);
    if (consumed)
        *consumed = stop - p;
    return n ? decode(p, stop, n, maxchar) : m_str_empty();
}

PYAPI PyObject *PyUnicode_DecodeUTF8(const char *string, Py_ssize_t length, const char *errors)
{
    return PyUnicode_DecodeUTF8Stateful(string, length, errors, NULL);
}

PYAPI PyObject *PyUnicode_DecodeASCII(const char *string, Py_ssize_t length, const char *errors)
{
    if (m_ascii_prefix(string, length) == length)
        return _PyUnicode_FromASCII(string, length);
    return vm_decode("ascii", string, length, errors);
}

PYAPI PyObject *PyUnicode_DecodeLatin1(const char *string, Py_ssize_t length, const char *errors)
{
    (void)errors;                       /* each byte is a character */
    return m_str_from_text(1, string, length);
}

/* ---- encoding -------------------------------------------------------------------------------------------------------------- */

static const char *utf8_or_error(PyObject *unicode, Py_ssize_t *size)
{
    const char *data = m_str_utf8(unicode, size);
    if (data && unlikely(M_HDR(unicode)->flags & M_SURROGATES)) {
        PyObject *none = vm_encode(unicode, "utf-8", NULL);     /* raises */
        Py_XDECREF(none);
        return NULL;
    }
    return data;
}

PYAPI const char *PyUnicode_AsUTF8AndSize(PyObject *unicode, Py_ssize_t *size)
{
    Py_ssize_t n = 0;
    const char *data = m_is_str(unicode) ? utf8_or_error(unicode, &n) : NULL;
    if (size)
        *size = data ? n : -1;
    return data;
}

PYAPI const char *PyUnicode_AsUTF8(PyObject *unicode)
{
    return PyUnicode_AsUTF8AndSize(unicode, NULL);
}

PYAPI PyObject *_PyUnicode_AsUTF8String(PyObject *unicode, const char *errors)
{
    if (!m_is_str(unicode))
        return NULL;
    Py_ssize_t n;
    const char *data = m_str_utf8(unicode, &n);
    if (!data)
        return NULL;
    if (M_HDR(unicode)->flags & M_SURROGATES)
        return vm_encode(unicode, "utf-8", errors);
    return PyBytes_FromStringAndSize(data, n);
}

PYAPI PyObject *PyUnicode_AsUTF8String(PyObject *unicode)
{
    return _PyUnicode_AsUTF8String(unicode, NULL);
}

PYAPI PyObject *_PyUnicode_AsLatin1String(PyObject *unicode, const char *errors)
{
    if (!m_is_str(unicode))
        return NULL;
    if (PyUnicode_KIND(unicode) == PyUnicode_1BYTE_KIND)
        return PyBytes_FromStringAndSize(PyUnicode_DATA(unicode), PyUnicode_GET_LENGTH(unicode));
    return vm_encode(unicode, "latin-1", errors);
}

PYAPI PyObject *PyUnicode_AsLatin1String(PyObject *unicode)
{
    return _PyUnicode_AsLatin1String(unicode, NULL);
}

PYAPI PyObject *_PyUnicode_AsASCIIString(PyObject *unicode, const char *errors)
{
    if (!m_is_str(unicode))
        return NULL;
    if (PyUnicode_IS_ASCII(unicode))
        return PyBytes_FromStringAndSize(PyUnicode_DATA(unicode), PyUnicode_GET_LENGTH(unicode));
    return vm_encode(unicode, "ascii", errors);
}

PYAPI PyObject *PyUnicode_AsASCIIString(PyObject *unicode)
{
    return _PyUnicode_AsASCIIString(unicode, NULL);
}

/* ---- any encoding: the common ones by name, the rest in the VM ------------------------------------------------------------------ */

typedef enum { OTHER, UTF8, LATIN1, ASCII } Encoding;

static Encoding encoding_of(const char *name)
{
    static const struct { const char *name; Encoding encoding; } known[] = {
        {"utf8", UTF8}, {"latin1", LATIN1}, {"iso88591", LATIN1}, {"ascii", ASCII}, {"usascii", ASCII},
    };
    if (!name)
        return UTF8;
    char plain[12];
    size_t n = 0;
    for (; *name; name++) {
        if (*name == '-' || *name == '_' || *name == ' ')
            continue;
        if (n == sizeof plain - 1)
            return OTHER;
        plain[n++] = *name >= 'A' && *name <= 'Z' ? (char)(*name + 32) : *name;
    }
    plain[n] = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(plain, known[i].name))
            return known[i].encoding;
    return OTHER;
}

PYAPI PyObject *PyUnicode_Decode(const char *s, Py_ssize_t size, const char *encoding, const char *errors)
{
    switch (encoding_of(encoding)) {
    case UTF8: return PyUnicode_DecodeUTF8(s, size, errors);
    case LATIN1: return PyUnicode_DecodeLatin1(s, size, errors);
    case ASCII: return PyUnicode_DecodeASCII(s, size, errors);
    default: return vm_decode(encoding, s, size, errors);
    }
}

PYAPI PyObject *PyUnicode_AsEncodedString(PyObject *unicode, const char *encoding, const char *errors)
{
    if (!m_is_str(unicode))
        return NULL;
    switch (encoding_of(encoding)) {
    case UTF8: return _PyUnicode_AsUTF8String(unicode, errors);
    case LATIN1: return _PyUnicode_AsLatin1String(unicode, errors);
    case ASCII: return _PyUnicode_AsASCIIString(unicode, errors);
    default: return vm_encode(unicode, encoding, errors);
    }
}

PYAPI const char *PyUnicode_GetDefaultEncoding(void)
{
    return "utf-8";
}
