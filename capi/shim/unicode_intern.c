/* PyUnicode_Intern...: one str for equal text.  The table owns its strings for good. */
#include "unicode.h"

static PyObject **table;                /* open hash, by the UTF-8 */
static size_t table_n, table_cap;

static uint64_t hash_of(const char *data, Py_ssize_t n)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ (uint64_t)n, w;
    for (; n >= 8; n -= 8, data += 8) {
        memcpy(&w, data, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    if (n) {
        w = 0;
        memcpy(&w, data, (size_t)n);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    return h;
}

/* Where the text is, or where it would be. */
static PyObject **place_of(const char *data, Py_ssize_t n)
{
    size_t i = hash_of(data, n) & (table_cap - 1);
    for (; table[i]; i = (i + 1) & (table_cap - 1)) {
        Py_ssize_t size;
        const char *have = m_str_utf8(table[i], &size);
        if (size == n && !memcmp(have, data, (size_t)n))
            break;
    }
    return &table[i];
}

static int reserve(void)
{
    if (table_n * 2 < table_cap)
        return 0;
    size_t old_cap = table_cap, cap = old_cap ? old_cap * 2 : 1024;
    PyObject **old = table, **made = calloc(cap, sizeof *made);
    if (!made) {
        PyErr_NoMemory();
        return -1;
    }
    table = made;
    table_cap = cap;
    for (size_t i = 0; i < old_cap; i++)
        if (old[i]) {
            Py_ssize_t n;
            const char *data = m_str_utf8(old[i], &n);
            *place_of(data, n) = old[i];
        }
    free(old);
    return 0;
}

static void keep(PyObject **place, PyObject *str)
{
    M_DEBUG(m_debug_keep(str);)
    Py_INCREF(str);
    ((PyASCIIObject *)str)->state.interned = SSTATE_INTERNED_IMMORTAL;
    M_HDR(str)->flags |= M_CROSSED;     /* worth a link at its first crossing */
    *place = str;
    table_n++;
}

PYAPI void PyUnicode_InternInPlace(PyObject **string)
{
    PyObject *str = *string, **place;
    Py_ssize_t n;
    const char *data;
    if (!str || !PyUnicode_CheckExact(str) || PyUnicode_CHECK_INTERNED(str))
        return;
    if (reserve() < 0 || !(data = m_str_utf8(str, &n))) {
        PyErr_Clear();                  /* not interned, as CPython does */
        return;
    }
    place = place_of(data, n);
    if (!*place) {
        keep(place, str);
        return;
    }
    Py_INCREF(*place);
    *string = *place;
    Py_DECREF(str);
}

PYAPI void PyUnicode_InternImmortal(PyObject **string)
{
    PyUnicode_InternInPlace(string);
}

PYAPI PyObject *PyUnicode_InternFromString(const char *u)
{
    PyObject *str, **place;
    if (table_cap && *(place = place_of(u, (Py_ssize_t)strlen(u)))) {
        Py_INCREF(*place);
        return *place;
    }
    str = PyUnicode_FromString(u);
    if (str)
        PyUnicode_InternInPlace(&str);
    return str;
}

/* The str of an identifier in static memory; borrowed, for good. */
PYAPI PyObject *_PyUnicode_FromId(_Py_Identifier *id)
{
    PyObject *str = PyUnicode_InternFromString(id->string);
    Py_XDECREF(str);                    /* the table has it */
    return str;
}
