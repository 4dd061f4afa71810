/* _Py_c_...: arithmetic on Py_complex.  Division by zero and overflow are told by errno, as the API wants it. */
#include "core/mooring.h"
#include <errno.h>
#include <math.h>

PYAPI Py_complex _Py_c_sum(Py_complex left, Py_complex right)
{
    return (Py_complex){left.real + right.real, left.imag + right.imag};
}

PYAPI Py_complex _Py_c_diff(Py_complex left, Py_complex right)
{
    return (Py_complex){left.real - right.real, left.imag - right.imag};
}

PYAPI Py_complex _Py_c_neg(Py_complex num)
{
    return (Py_complex){-num.real, -num.imag};
}

PYAPI Py_complex _Py_c_prod(Py_complex left, Py_complex right)
{
    return (Py_complex){left.real * right.real - left.imag * right.imag, left.real * right.imag + left.imag * right.real};
}

/* Scaled by the larger part of the divisor, so that squares do not overflow. */
PYAPI Py_complex _Py_c_quot(Py_complex left, Py_complex right)
{
    double re = fabs(right.real), im = fabs(right.imag), ratio, scale;
    if (re == 0.0 && im == 0.0) {
        errno = EDOM;
        return (Py_complex){0.0, 0.0};
    }
    if (re >= im) {
        ratio = right.imag / right.real;
        scale = right.real + right.imag * ratio;
        return (Py_complex){(left.real + left.imag * ratio) / scale, (left.imag - left.real * ratio) / scale};
    }
    if (im >= re) {
        ratio = right.real / right.imag;
        scale = right.real * ratio + right.imag;
        return (Py_complex){(left.real * ratio + left.imag) / scale, (left.imag * ratio - left.real) / scale};
    }
    return (Py_complex){NAN, NAN};
}

PYAPI Py_complex _Py_c_pow(Py_complex num, Py_complex power)
{
    if (power.real == 0.0 && power.imag == 0.0)
        return (Py_complex){1.0, 0.0};
    if (num.real == 0.0 && num.imag == 0.0) {
        if (power.imag != 0.0 || power.real < 0.0)
            errno = EDOM;
        return (Py_complex){0.0, 0.0};
    }
    double size = hypot(num.real, num.imag), angle = atan2(num.imag, num.real);
    double length = pow(size, power.real), phase = angle * power.real;
    if (power.imag != 0.0) {
        length /= exp(angle * power.imag);
        phase += power.imag * log(size);
    }
    return (Py_complex){length * cos(phase), length * sin(phase)};
}

PYAPI double _Py_c_abs(Py_complex num)
{
    errno = 0;
    if (isinf(num.real) || isinf(num.imag))
        return HUGE_VAL;
    if (isnan(num.real) || isnan(num.imag))
        return (double)NAN;
    double size = hypot(num.real, num.imag);
    if (isinf(size))
        errno = ERANGE;
    return size;
}
