/* _Py_Hash...(): of numbers as the language defines it. */
#include "core/mooring.h"
#include <math.h>

/* (x + y) and (x << n) modulo 2**61 - 1 */
static uint64_t add_mod(uint64_t x, uint64_t y)
{
    x += y;
    return x >= _PyHASH_MODULUS ? x - _PyHASH_MODULUS : x;
}

static uint64_t rotate_mod(uint64_t x, int n)
{
    return n == 0 ? x : ((x << n) & _PyHASH_MODULUS) | x >> (_PyHASH_BITS - n);
}

/* Of a finite v: v modulo the prime 2**61 - 1, as a fraction. A nan hashes as `inst`. */
PYAPI Py_hash_t _Py_HashDouble(PyObject *inst, double v)
{
    if (isinf(v))
        return v > 0 ? _PyHASH_INF : -_PyHASH_INF;
    if (isnan(v))
        return _Py_HashPointer(inst);
    int exponent;
    double mantissa = frexp(fabs(v), &exponent);
    uint64_t x = (uint64_t)ldexp(mantissa, 53);  /* exact: |v| == x * 2**(exponent - 53) */
    x = add_mod(x % _PyHASH_MODULUS, 0);
    int shift = (exponent - 53) % _PyHASH_BITS;
    x = rotate_mod(x, shift < 0 ? shift + _PyHASH_BITS : shift);
    Py_hash_t hash = v < 0 ? -(Py_hash_t)x : (Py_hash_t)x;
    return hash == -1 ? -2 : hash;
}

PYAPI Py_hash_t _Py_HashPointerRaw(const void *p)
{
    uintptr_t y = (uintptr_t)p;
    return (Py_hash_t)(y >> 4 | y << (8 * sizeof(y) - 4));  /* the low bits of an address say little */
}

PYAPI Py_hash_t _Py_HashPointer(const void *p)
{
    Py_hash_t hash = _Py_HashPointerRaw(p);
    return hash == -1 ? -2 : hash;
}

/* FNV-1a. Not what the VM's bytes hash to: never mix the two. */
PYAPI Py_hash_t _Py_HashBytes(const void *src, Py_ssize_t len)
{
    const unsigned char *p = src;
    uint64_t x = 0xcbf29ce484222325u;

    if (len == 0)
        return 0;
    for (Py_ssize_t i = 0; i < len; i++)
        x = (x ^ p[i]) * 0x100000001b3u;
    x ^= x >> 32;
    return (Py_hash_t)x == -1 ? -2 : (Py_hash_t)x;
}
