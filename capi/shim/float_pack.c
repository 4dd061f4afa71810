/* PyFloat_Pack...() and PyFloat_Unpack...(): IEEE 754 numbers of 2, 4 and 8 bytes, in either byte order. */
#include "core/mooring.h"
#include <math.h>

static int too_large(const char *format)
{
    PyErr_Format(PyExc_OverflowError, "float too large to pack with %s format", format);
    return -1;
}

static void store(uint64_t bits, char *p, int n, int le)
{
    for (int i = 0; i < n; i++)
        p[le ? i : n - 1 - i] = (char)(bits >> 8 * i);
}

static uint64_t fetch(const char *p, int n, int le)
{
    uint64_t bits = 0;
    for (int i = 0; i < n; i++)
        bits |= (uint64_t)(unsigned char)p[le ? i : n - 1 - i] << 8 * i;
    return bits;
}

PYAPI int PyFloat_Pack2(double x, char *p, int le)
{
    int exponent;
    unsigned sign = signbit(x) ? 0x8000 : 0, bits;
    double size = fabs(x);
    if (isnan(x))
        bits = 0x7e00;
    else if (isinf(x))
        bits = 0x7c00;
    else if (size == 0.0)
        bits = 0;
    else {
        frexp(size, &exponent);
        if (exponent > 16)
            return too_large("e");
        if (exponent < -13)             /* subnormal: units of 2**-24 */
            exponent = -13;
        bits = (unsigned)nearbyint(ldexp(size, 11 - exponent));     /* ties to even, as the FPU rounds */
        bits += (unsigned)(exponent + 13) << 10;                    /* a carry goes into the exponent, as it should */
        if (bits >= 0x7c00)
            return too_large("e");
    }
    store(sign | bits, p, 2, le);
    return 0;
}

PYAPI int PyFloat_Pack4(double x, char *p, int le)
{
    float y = (float)x;
    uint32_t bits;
    if (isinf(y) && !isinf(x))
        return too_large("f");
    memcpy(&bits, &y, 4);
    store(bits, p, 4, le);
    return 0;
}

PYAPI int PyFloat_Pack8(double x, char *p, int le)
{
    uint64_t bits;
    memcpy(&bits, &x, 8);
    store(bits, p, 8, le);
    return 0;
}

PYAPI double PyFloat_Unpack2(const char *p, int le)
{
    unsigned bits = (unsigned)fetch(p, 2, le);
    unsigned exponent = bits >> 10 & 0x1f, mantissa = bits & 0x3ff;
    double x;
    if (exponent == 0x1f)
        x = mantissa ? (double)NAN : HUGE_VAL;
    else
        x = exponent ? ldexp(mantissa + 0x400, (int)exponent - 25) : ldexp(mantissa, -24);
    return bits & 0x8000 ? -x : x;
}

PYAPI double PyFloat_Unpack4(const char *p, int le)
{
    uint32_t bits = (uint32_t)fetch(p, 4, le);
    float y;
    memcpy(&y, &bits, 4);
    return y;
}

PYAPI double PyFloat_Unpack8(const char *p, int le)
{
    uint64_t bits = fetch(p, 8, le);
    double x;
    memcpy(&x, &bits, 8);
    return x;
}
