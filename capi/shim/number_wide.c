/* Operators on ints of one limb each: hashes, masks and times need 64 bits, a word has 63. */
#include "long.h"

typedef __int128 Wide;

static PyObject *from_magnitude(int negative, unsigned __int128 size)
{
    uint64_t limbs[2] = {(uint64_t)size, (uint64_t)(size >> 64)};
    return m_long_from_limbs(&PyLong_Type, negative, limbs, 2);
}

static PyObject *from_wide(Wide value)
{
    return from_magnitude(value < 0, value < 0 ? -(unsigned __int128)value : (unsigned __int128)value);
}

static Wide wide(PyObject *op)
{
    return (Wide)Py_SIZE(op) * LIMBS(op)[0];
}

PyObject *m_wide_operator(PyObject *o1, PyObject *o2, size_t slot)
{
    if ((size_t)(Py_SIZE(o1) + 1) > 2 || (size_t)(Py_SIZE(o2) + 1) > 2)
        return NULL;
    Wide a = wide(o1), b = wide(o2);
    switch (slot) {
    case SLOT(nb_add): return from_wide(a + b);
    case SLOT(nb_subtract): return from_wide(a - b);
    case SLOT(nb_and): return from_wide(a & b);
    case SLOT(nb_or): return from_wide(a | b);
    case SLOT(nb_xor): return from_wide(a ^ b);
    case SLOT(nb_multiply):
        return from_magnitude(Py_SIZE(o1) * Py_SIZE(o2) < 0, (unsigned __int128)LIMBS(o1)[0] * LIMBS(o2)[0]);
    case SLOT(nb_lshift): return b >= 0 && b < 63 ? from_wide(a * ((Wide)1 << b)) : NULL;
    case SLOT(nb_rshift): return b >= 0 ? from_wide(a >> (b < 64 ? (int)b : 64)) : NULL;
    case SLOT(nb_floor_divide): return b ? from_wide(a / b - (a % b && (a < 0) != (b < 0))) : NULL;
    case SLOT(nb_remainder): return b ? from_wide(a % b && (a < 0) != (b < 0) ? a % b + b : a % b) : NULL;
    default: return NULL;
    }
}
