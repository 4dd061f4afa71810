/* Operators on exact ints of 63 bits and on floats; str + str.  NULL: not decided here. */
#ifndef NUMBER_FAST_H
#define NUMBER_FAST_H
#include "number.h"

/* ---- operands that C reads itself --------------------------------------------------------------------------- */

static inline int is_small(PyObject *op)
{
    return Py_TYPE(op) == &PyLong_Type && m_long_is_small(op);
}

/* Both are exact ints of 63 bits: sums and differences do not overflow. */
static inline int ints(PyObject *o1, PyObject *o2, int64_t *a, int64_t *b)
{
    if (unlikely(!o1 || !o2) || !is_small(o1) || !is_small(o2))
        return 0;
    *a = m_long_value(o1);
    *b = m_long_value(o2);
    return 1;
}

#define EXACT ((int64_t)1 << 53)        /* ints up to here are doubles */

static inline int as_double(PyObject *op, double *x)
{
    if (Py_TYPE(op) == &PyFloat_Type) {
        *x = PyFloat_AS_DOUBLE(op);
        return 1;
    }
    if (!is_small(op))
        return 0;
    int64_t value = m_long_value(op);
    *x = (double)value;
    return value >= -EXACT && value <= EXACT;
}

/* Floats, or one of them and an int that is a double without loss. */
static inline int floats(PyObject *o1, PyObject *o2, double *x, double *y)
{
    return likely(o1 && o2) && (Py_TYPE(o1) == &PyFloat_Type || Py_TYPE(o2) == &PyFloat_Type) && as_double(o1, x) && as_double(o2, y);
}

static inline int bools(PyObject *o1, PyObject *o2)
{
    return o1 && o2 && PyBool_Check(o1) && PyBool_Check(o2);
}

/* ---- results ------------------------------------------------------------------ */

static inline PyObject *product(int64_t a, int64_t b)
{
    int64_t result;
    return likely(!__builtin_mul_overflow(a, b, &result)) ? m_long_new(result) : NULL;
}

static inline int64_t floor_quotient(int64_t a, int64_t b)
{
    return a / b - (a % b && (a < 0) != (b < 0));
}

static inline int64_t floor_remainder(int64_t a, int64_t b)
{
    int64_t rest = a % b;
    return rest && (rest < 0) != (b < 0) ? rest + b : rest;
}

static inline int shift_fits(int64_t a, int64_t b)
{
    return b >= 0 && b < 62 && (a >> (62 - b) == 0 || a >> (62 - b) == -1);
}

/* Doubles hold both, and division rounds once. */
static inline int divides(int64_t a, int64_t b)
{
    return b && a >= -EXACT && a <= EXACT && b >= -EXACT && b <= EXACT;
}

/* ---- operators ---------------------------------------------------------------------------------------------------- */

static inline PyObject *fast_add(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    double x, y;
    if (ints(o1, o2, &a, &b))
        return m_long_new(a + b);
    if (floats(o1, o2, &x, &y))
        return m_float_new(x + y);
    if (o1 && o2 && PyUnicode_CheckExact(o1) && PyUnicode_CheckExact(o2))
        return PyUnicode_Concat(o1, o2);
    return NULL;
}

static inline PyObject *fast_subtract(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    double x, y;
    if (ints(o1, o2, &a, &b))
        return m_long_new(a - b);
    if (floats(o1, o2, &x, &y))
        return m_float_new(x - y);
    return NULL;
}

static inline PyObject *fast_multiply(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    double x, y;
    if (ints(o1, o2, &a, &b))
        return product(a, b);
    if (floats(o1, o2, &x, &y))
        return m_float_new(x * y);
    return NULL;
}

static inline PyObject *fast_floor_divide(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (ints(o1, o2, &a, &b) && b)
        return m_long_new(floor_quotient(a, b));
    return NULL;
}

static inline PyObject *fast_true_divide(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    double x, y;
    if (ints(o1, o2, &a, &b) && divides(a, b))
        return m_float_new((double)a / (double)b);
    if (floats(o1, o2, &x, &y) && y != 0.0)
        return m_float_new(x / y);
    return NULL;
}

static inline PyObject *fast_remainder(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (ints(o1, o2, &a, &b) && b)
        return m_long_new(floor_remainder(a, b));
    return NULL;
}

static inline PyObject *fast_lshift(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (ints(o1, o2, &a, &b) && shift_fits(a, b))
        return m_long_new((int64_t)((uint64_t)a << b));
    return NULL;
}

static inline PyObject *fast_rshift(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (ints(o1, o2, &a, &b) && b >= 0)
        return m_long_new(a >> (b < 63 ? b : 63));
    return NULL;
}

static inline PyObject *fast_and(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (ints(o1, o2, &a, &b))
        return m_long_new(a & b);
    if (bools(o1, o2))
        return PyBool_FromLong((o1 == Py_True) & (o2 == Py_True));
    return NULL;
}

static inline PyObject *fast_xor(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (ints(o1, o2, &a, &b))
        return m_long_new(a ^ b);
    if (bools(o1, o2))
        return PyBool_FromLong((o1 == Py_True) ^ (o2 == Py_True));
    return NULL;
}

static inline PyObject *fast_or(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (ints(o1, o2, &a, &b))
        return m_long_new(a | b);
    if (bools(o1, o2))
        return PyBool_FromLong((o1 == Py_True) | (o2 == Py_True));
    return NULL;
}

#define fast_matrix_multiply(o1, o2) ((PyObject *)NULL)

static inline PyObject *fast_divmod(PyObject *o1, PyObject *o2)
{
    int64_t a, b;
    if (!ints(o1, o2, &a, &b) || !b)
        return NULL;
    PyObject *quotient = m_long_new(floor_quotient(a, b)), *rest = m_long_new(floor_remainder(a, b));
    PyObject *pair = quotient && rest ? m_tuple_new(2) : NULL;
    if (!pair) {
        Py_XDECREF(quotient);
        Py_XDECREF(rest);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, quotient);
    PyTuple_SET_ITEM(pair, 1, rest);
    return pair;
}
#endif
