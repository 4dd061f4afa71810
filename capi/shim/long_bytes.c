/* PyLong_...: an int's sign, bits and bytes. */
#include "long.h"

PYAPI int _PyLong_Sign(PyObject *v)
{
    return Py_SIZE(v) < 0 ? -1 : Py_SIZE(v) > 0;
}

PYAPI size_t _PyLong_NumBits(PyObject *v)
{
    Py_ssize_t n = LIMB_COUNT(v);
    return n ? (size_t)n * 64 - (size_t)__builtin_clzll(LIMBS(v)[n - 1]) : 0;
}

/* An exact int of the same value. */
PYAPI PyObject *_PyLong_Copy(PyLongObject *src)
{
    return m_long_from_limbs(&PyLong_Type, Py_SIZE(src) < 0, src->mooring_limb, LIMB_COUNT(src));
}

PYAPI PyObject *_PyLong_FromByteArray(const unsigned char *bytes, size_t n, int little_endian, int is_signed)
{
    size_t count = (n + 7) / 8;
    uint64_t few[4], *limbs = few;
    if (n == 0)
        return m_long_new(0);
    int negative = is_signed && (little_endian ? bytes[n - 1] : bytes[0]) >= 0x80;
    if (count > 4 && !(limbs = malloc(count * 8)))
        return PyErr_NoMemory();
    memset(limbs, negative ? 0xff : 0, count * 8);
    for (size_t i = 0; i < n; i++)
        ((unsigned char *)limbs)[i] = little_endian ? bytes[i] : bytes[n - 1 - i];
    if (negative) {
        uint64_t carry = 1;
        for (size_t i = 0; i < count; i++) {
            limbs[i] = ~limbs[i] + carry;
            carry = carry && !limbs[i];
        }
    }
    PyObject *result = m_long_from_limbs(&PyLong_Type, negative, limbs, (Py_ssize_t)count);
    if (limbs != few)
        free(limbs);
    return result;
}

PYAPI int _PyLong_AsByteArray(PyLongObject *v, unsigned char *bytes, size_t n, int little_endian, int is_signed)
{
    const unsigned char *magnitude = (const unsigned char *)v->mooring_limb;
    size_t have = (size_t)LIMB_COUNT(v) * 8;
    int negative = Py_SIZE(v) < 0;
    unsigned carry = (unsigned)negative;
    if (negative && !is_signed) {
        PyErr_SetString(PyExc_OverflowError, "can't convert negative int to unsigned");
        return -1;
    }
    while (have && !magnitude[have - 1])
        have--;
    for (size_t i = 0; i < n; i++) {
        unsigned byte = i < have ? magnitude[i] : 0;
        if (negative) {
            byte = (byte ^ 0xff) + carry;
            carry = byte >> 8;
        }
        bytes[little_endian ? i : n - 1 - i] = (unsigned char)byte;
    }
    int sign_bit = n && bytes[little_endian ? n - 1 : 0] >= 0x80;
    if (have > n || (is_signed && have && sign_bit != negative)) {
        PyErr_SetString(PyExc_OverflowError, "int too big to convert");
        return -1;
    }
    return 0;
}
