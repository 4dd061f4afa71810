/* PyLong_...: between int and C's integers.  Bytes, bits and text are in long_bytes.c and long_text.c. */
#include "long.h"
#include <math.h>

/* ---- from C ------------------------------------------------------------------------------------------------- */

PyObject *m_long_from_u64(uint64_t value)
{
    return likely(value < TOP_BIT) ? m_long_new((int64_t)value) : m_long_from_limbs(&PyLong_Type, 0, &value, 1);
}

PYAPI PyObject *PyLong_FromLong(long v)
{
    return m_long_new(v);
}

PYAPI PyObject *PyLong_FromLongLong(long long v)
{
    return m_long_new(v);
}

PYAPI PyObject *PyLong_FromSsize_t(Py_ssize_t v)
{
    return m_long_new(v);
}

PYAPI PyObject *PyLong_FromUnsignedLong(unsigned long v)
{
    return m_long_from_u64(v);
}

PYAPI PyObject *PyLong_FromUnsignedLongLong(unsigned long long v)
{
    return m_long_from_u64(v);
}

PYAPI PyObject *PyLong_FromSize_t(size_t v)
{
    return m_long_from_u64(v);
}

PYAPI PyObject *PyLong_FromVoidPtr(void *p)
{
    return m_long_from_u64((uintptr_t)p);
}

static __attribute__((noinline)) PyObject *from_large_double(double v)
{
    uint64_t limbs[1024 / 64 + 1] = {0};
    int exponent;
    if (isnan(v)) {
        PyErr_SetString(PyExc_ValueError, "cannot convert float NaN to integer");
        return NULL;
    }
    if (isinf(v)) {
        PyErr_SetString(PyExc_OverflowError, "cannot convert float infinity to integer");
        return NULL;
    }
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(v), &exponent), 64);
    int shift = exponent - 64, place = shift < 0 ? 0 : shift / 64;
    if (shift < 0)
        limbs[0] = mantissa >> -shift;
    else {
        limbs[place] = mantissa << shift % 64;
        if (shift % 64)
            limbs[place + 1] = mantissa >> (64 - shift % 64);
    }
    return m_long_from_limbs(&PyLong_Type, v < 0, limbs, place + 2 > 17 ? 17 : place + 2);
}

PYAPI PyObject *PyLong_FromDouble(double v)
{
    return likely(v > -0x1p63 && v < 0x1p63) ? m_long_new((int64_t)v) : from_large_double(v);
}

/* ---- to C --------------------------------------------------------------------------------------------------- */

static int too_large(const char *text)
{
    PyErr_SetString(PyExc_OverflowError, text);
    return -1;
}

static __attribute__((noinline)) int64_t indexed_value(PyObject *obj, int *overflow)
{
    int64_t value;
    if (!obj) {
        PyErr_BadInternalCall();
        return -1;
    }
    PyObject *number = m_index(obj);
    if (!number)
        return -1;
    if (!m_long_fits(number, &value)) {
        *overflow = Py_SIZE(number) < 0 ? -1 : 1;
        value = -1;
    }
    Py_DECREF(number);
    return value;
}

/* `obj` as a signed 64-bit number by way of __index__.  *overflow: the sign of an int that does not fit. */
static inline int64_t signed_value(PyObject *obj, int *overflow)
{
    int64_t value;
    *overflow = 0;
    return likely(obj && PyLong_Check(obj)) && likely(m_long_fits(obj, &value)) ? value : indexed_value(obj, overflow);
}

PYAPI long PyLong_AsLong(PyObject *obj)
{
    int overflow;
    long value = signed_value(obj, &overflow);
    return unlikely(overflow) ? too_large("Python int too large to convert to C long") : value;
}

PYAPI long PyLong_AsLongAndOverflow(PyObject *obj, int *overflow)
{
    return signed_value(obj, overflow);
}

PYAPI long long PyLong_AsLongLong(PyObject *obj)
{
    int overflow;
    long long value = signed_value(obj, &overflow);
    return unlikely(overflow) ? too_large("int too big to convert") : value;
}

PYAPI long long PyLong_AsLongLongAndOverflow(PyObject *obj, int *overflow)
{
    return signed_value(obj, overflow);
}

PYAPI int _PyLong_AsInt(PyObject *obj)
{
    int overflow;
    int64_t value = signed_value(obj, &overflow);
    if (unlikely(overflow || value != (int)value))
        return too_large("Python int too large to convert to C int");
    return (int)value;
}

static int an_int(PyObject *obj)
{
    if (likely(obj && PyLong_Check(obj)))
        return 1;
    if (!obj)
        PyErr_BadInternalCall();
    else
        PyErr_SetString(PyExc_TypeError, "an integer is required");
    return 0;
}

PYAPI Py_ssize_t PyLong_AsSsize_t(PyObject *obj)
{
    int64_t value;
    if (!an_int(obj))
        return -1;
    return likely(m_long_fits(obj, &value)) ? value : too_large("Python int too large to convert to C ssize_t");
}

/* An int that is not negative and has one limb at most; the other numbers set the error whose text is given. */
static uint64_t unsigned_value(PyObject *obj, const char *negative, const char *large)
{
    if (!an_int(obj))
        return (uint64_t)-1;
    Py_ssize_t n = Py_SIZE(obj);
    if (likely((size_t)n <= 1))
        return n ? LIMBS(obj)[0] : 0;
    return (uint64_t)(int64_t)too_large(n < 0 ? negative : large);
}

PYAPI unsigned long PyLong_AsUnsignedLong(PyObject *obj)
{
    return unsigned_value(obj, "can't convert negative value to unsigned int",
                          "Python int too large to convert to C unsigned long");
}

PYAPI size_t PyLong_AsSize_t(PyObject *obj)
{
    return unsigned_value(obj, "can't convert negative value to size_t", "Python int too large to convert to C size_t");
}

PYAPI unsigned long long PyLong_AsUnsignedLongLong(PyObject *obj)
{
    return unsigned_value(obj, "can't convert negative int to unsigned", "int too big to convert");
}

/* The lowest 64 bits, in two's complement. */
static uint64_t low_bits(PyObject *number)
{
    uint64_t value = Py_SIZE(number) ? LIMBS(number)[0] : 0;
    return Py_SIZE(number) < 0 ? -value : value;
}

static uint64_t mask_value(PyObject *obj)
{
    if (likely(obj && PyLong_Check(obj)))
        return low_bits(obj);
    if (!obj) {
        PyErr_BadInternalCall();
        return (uint64_t)-1;
    }
    PyObject *number = m_index(obj);
    if (!number)
        return (uint64_t)-1;
    uint64_t value = low_bits(number);
    Py_DECREF(number);
    return value;
}

PYAPI unsigned long PyLong_AsUnsignedLongMask(PyObject *obj)
{
    return mask_value(obj);
}

PYAPI unsigned long long PyLong_AsUnsignedLongLongMask(PyObject *obj)
{
    return mask_value(obj);
}

PYAPI void *PyLong_AsVoidPtr(PyObject *obj)
{
    intptr_t value;
    if (obj && PyLong_Check(obj) && Py_SIZE(obj) < 0)
        value = PyLong_AsLong(obj);
    else
        value = (intptr_t)PyLong_AsUnsignedLong(obj);
    return value == -1 && PyErr_Occurred() ? NULL : (void *)value;
}

/* ---- to double ------------------------------------------------------------------------------------------------ */

/* The magnitude as a number of 64 bits, the lowest one set if bits were cut off, times 2**exponent. */
static uint64_t leading_bits(PyObject *obj, Py_ssize_t *exponent)
{
    const uint64_t *limbs = LIMBS(obj);
    Py_ssize_t n = LIMB_COUNT(obj);
    *exponent = 0;
    if (n <= 1)
        return n ? limbs[0] : 0;
    int shift = __builtin_clzll(limbs[n - 1]);
    uint64_t top = shift ? limbs[n - 1] << shift | limbs[n - 2] >> (64 - shift) : limbs[n - 1];
    uint64_t rest = limbs[n - 2] << shift;
    for (Py_ssize_t i = 0; i < n - 2 && !rest; i++)
        rest = limbs[i];
    *exponent = (n - 1) * 64 - shift;
    return top | (rest != 0);
}

PYAPI double PyLong_AsDouble(PyObject *obj)
{
    int64_t small;
    if (!an_int(obj))
        return -1.0;
    if (likely(m_long_fits(obj, &small)))
        return (double)small;
    Py_ssize_t exponent;
    double value = (double)leading_bits(obj, &exponent);
    value = exponent > 1024 ? HUGE_VAL : ldexp(value, (int)exponent);
    if (isinf(value))
        return too_large("int too large to convert to float");
    return Py_SIZE(obj) < 0 ? -value : value;
}

PYAPI double _PyLong_Frexp(PyLongObject *a, Py_ssize_t *e)
{
    Py_ssize_t shift;
    int exponent;
    double value = frexp((double)leading_bits((PyObject *)a, &shift), &exponent);
    *e = value == 0.0 ? 0 : shift + exponent;
    return Py_SIZE(a) < 0 ? -value : value;
}
