/* PyLong_FromString() and its kin: the text is checked here; numbers of more than 64 bits are computed by the VM. */
#include "long.h"

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 37;
}

static int base_of_prefix(const char *p)
{
    char letter = (char)(p[0] == '0' ? p[1] | 0x20 : 0);
    return letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
}

static PyObject *invalid(const char *text, int base)
{
    size_t n = strnlen(text, 200);
    PyObject *shown = PyUnicode_FromStringAndSize(text, (Py_ssize_t)n);
    if (shown) {
        PyErr_Format(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
        Py_DECREF(shown);
    }
    return NULL;
}

/* Reads digits with single underscores between them; NULL if there are none or the underscores are misplaced. */
static const char *read_digits(const char **at, int base, uint64_t *value, int *wide)
{
    const char *p = *at, *start = p;
    *value = 0;
    *wide = 0;
    for (;; p++) {
        if (*p == '_') {
            if (p == start || p[-1] == '_')
                break;
            continue;
        }
        int digit = digit_of(*p);
        if (digit >= base)
            break;
        *wide |= __builtin_mul_overflow(*value, (uint64_t)base, value) || __builtin_add_overflow(*value, (uint64_t)digit, value);
    }
    *at = p;
    return p == start || *p == '_' || p[-1] == '_' ? NULL : start;
}

PYAPI PyObject *PyLong_FromString(const char *str, char **pend, int base)
{
    const char *p = str;
    PyObject *result = NULL;
    uint64_t value;
    int wide, only_zero = 0;
    if ((base != 0 && base < 2) || base > 36) {
        PyErr_SetString(PyExc_ValueError, "int() arg 2 must be >= 2 and <= 36");
        return NULL;
    }
    while (Py_ISSPACE(*p))
        p++;
    int negative = *p == '-';
    if (*p == '+' || *p == '-')
        p++;
    if (base == 0) {
        base = *p == '0' ? base_of_prefix(p) : 10;
        if (!base) {                    /* 007 is no literal, 000 is */
            only_zero = 1;
            base = 10;
        }
    }
    if (base_of_prefix(p) == base) {
        p += 2;
        if (*p == '_')
            p++;
    }
    const char *digits = read_digits(&p, base, &value, &wide);
    int shown_base = base;
    if (only_zero) {
        shown_base = 0;
        if (value || wide)
            digits = NULL;
    }
    if (digits) {
        const char *end = p;
        while (Py_ISSPACE(*p))
            p++;
        if (!*p) {
            if (wide)
                result = vm_long_read((W)digits, end - digits, base, negative);
            else if (!negative)
                result = m_long_from_u64(value);
            else
                result = m_long_from_limbs(&PyLong_Type, 1, &value, 1);
            if (pend)
                *pend = (char *)p;
            return result;
        }
    }
    if (pend)
        *pend = (char *)p;
    return invalid(str, shown_base);
}

/* Bytes that may hold zeros. */
PYAPI PyObject *_PyLong_FromBytes(const char *s, Py_ssize_t len, int base)
{
    char *end = NULL;
    PyObject *result = PyLong_FromString(s, &end, base);
    if (end == NULL || (result != NULL && end == s + len))
        return result;
    Py_XDECREF(result);
    PyErr_Clear();
    PyObject *shown = PyBytes_FromStringAndSize(s, len < 200 ? len : 200);
    if (shown) {
        PyErr_Format(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
        Py_DECREF(shown);
    }
    return NULL;
}

PYAPI PyObject *_PyLong_Format(PyObject *obj, int base)
{
    if (!PyLong_Check(obj) || (base != 2 && base != 8 && base != 10 && base != 16)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return vm_long_format(obj, base);
}
