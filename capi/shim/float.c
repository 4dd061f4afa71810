/* PyFloat_...; how floats are packed into bytes is in float_pack.c. */
#include "number.h"
#include <float.h>

PYAPI PyObject *PyFloat_FromDouble(double v)
{
    return m_float_new(v);
}

PYAPI double PyFloat_AsDouble(PyObject *o)
{
    if (unlikely(!o)) {
        PyErr_BadArgument();
        return -1.0;
    }
    return likely(PyFloat_Check(o)) ? PyFloat_AS_DOUBLE(o) : m_float_value(o);
}

PYAPI double PyFloat_GetMax(void)
{
    return DBL_MAX;
}

PYAPI double PyFloat_GetMin(void)
{
    return DBL_MIN;
}
