/* int in C: sign times number of limbs in ob_size, magnitude in mooring_limb. */
#ifndef LONG_H
#define LONG_H
#include "number.h"

#define LIMBS(op) (((PyLongObject *)(op))->mooring_limb)
#define LIMB_COUNT(op) (Py_SIZE(op) < 0 ? -Py_SIZE(op) : Py_SIZE(op))
#define TOP_BIT ((uint64_t)1 << 63)

/* The value of an int that fits 64 signed bits; 0 if it does not. */
static inline int m_long_fits(PyObject *op, int64_t *value)
{
    Py_ssize_t n = Py_SIZE(op);
    uint64_t limb = LIMBS(op)[0];
    if (likely((size_t)(n + 1) <= 2 && limb < TOP_BIT)) {
        *value = (int64_t)n * (int64_t)limb;
        return 1;
    }
    if (n == -1 && limb == TOP_BIT) {
        *value = INT64_MIN;
        return 1;
    }
    return 0;
}

PyObject *m_long_from_u64(uint64_t value);
#endif
