/* _PyLong_..._Converter(), which Argument Clinic's code calls, and time_t. */
#include "long.h"

static int clinic_value(PyObject *obj, unsigned long limit, const char *text, unsigned long *value)
{
    if (PyLong_Check(obj) && Py_SIZE(obj) < 0) {
        PyErr_SetString(PyExc_ValueError, "value must be positive");
        return 0;
    }
    *value = PyLong_AsUnsignedLong(obj);
    if (*value == (unsigned long)-1 && PyErr_Occurred())
        return 0;
    if (*value > limit) {
        PyErr_SetString(PyExc_OverflowError, text);
        return 0;
    }
    return 1;
}

#define STORE_CLINIC(type, limit, name) \
    unsigned long value; \
    if (!clinic_value(obj, limit, "Python int too large to convert to C " name, &value)) \
        return 0; \
    *(type *)result = (type)value; \
    return 1;

PYAPI int _PyLong_UnsignedShort_Converter(PyObject *obj, void *result)
{
    STORE_CLINIC(unsigned short, USHRT_MAX, "unsigned short")
}

PYAPI int _PyLong_UnsignedInt_Converter(PyObject *obj, void *result)
{
    STORE_CLINIC(unsigned int, UINT_MAX, "unsigned int")
}

PYAPI int _PyLong_UnsignedLong_Converter(PyObject *obj, void *result)
{
    STORE_CLINIC(unsigned long, ULONG_MAX, "unsigned long")
}

PYAPI int _PyLong_UnsignedLongLong_Converter(PyObject *obj, void *result)
{
    STORE_CLINIC(unsigned long long, ULONG_MAX, "unsigned long long")
}

PYAPI int _PyLong_Size_t_Converter(PyObject *obj, void *result)
{
    STORE_CLINIC(size_t, ULONG_MAX, "size_t")
}

PYAPI int _PyLong_FileDescriptor_Converter(PyObject *obj, void *result)
{
    int fd = PyObject_AsFileDescriptor(obj);
    if (fd == -1)
        return 0;
    *(int *)result = fd;
    return 1;
}

PYAPI time_t _PyLong_AsTime_t(PyObject *obj)
{
    int overflow;
    time_t value = PyLong_AsLongAndOverflow(obj, &overflow);
    if (overflow)
        PyErr_SetString(PyExc_OverflowError, "timestamp out of range for platform time_t");
    return value;
}

PYAPI PyObject *_PyLong_FromTime_t(time_t sec)
{
    return m_long_new(sec);
}
