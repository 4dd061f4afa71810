/* PyNumber_Index(), PyNumber_Long() and the other ways from an object to a number. */
#include "number.h"
#include "long.h"

PyObject *m_null_argument(void)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

/* The result of a conversion method must be of `type`; an instance of a subclass is let through with a warning. */
static PyObject *checked(PyObject *op, const char *method, PyObject *result, PyTypeObject *type)
{
    if (!result || Py_IS_TYPE(result, type))
        return result;
    const char *owner = type == &PyFloat_Type ? Py_TYPE(op)->tp_name : "", *dot = *owner ? "." : "";
    const char *wanted = type->tp_name, *got = Py_TYPE(result)->tp_name;
    if (!PyObject_TypeCheck(result, type))
        PyErr_Format(PyExc_TypeError, "%.50s%s%s returned non-%s (type %.200s)", owner, dot, method, wanted, got);
    else if (PyErr_WarnFormat(PyExc_DeprecationWarning, 1, "%.50s%s%s returned non-%s (type %.200s).  The ability to return an instance "
                              "of a strict subclass of %s is deprecated, and may be removed in a future version of Python.",
                              owner, dot, method, wanted, got, wanted) == 0)
        return result;
    Py_DECREF(result);
    return NULL;
}

PYAPI int PyIndex_Check(PyObject *o)
{
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    return nb && nb->nb_index;
}

PYAPI int PyNumber_Check(PyObject *o)
{
    if (!o)
        return 0;
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    return (nb && (nb->nb_index || nb->nb_int || nb->nb_float)) || PyComplex_Check(o);
}

PyObject *m_index(PyObject *op)
{
    if (!op)
        return m_null_argument();
    if (PyLong_Check(op)) {
        Py_INCREF(op);
        return op;
    }
    if (!PyIndex_Check(op))
        return PyErr_Format(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", Py_TYPE(op)->tp_name);
    return checked(op, "__index__", Py_TYPE(op)->tp_as_number->nb_index(op), &PyLong_Type);
}

PYAPI PyObject *_PyNumber_Index(PyObject *o)
{
    return m_index(o);
}

/* The exact int of a new reference, which it takes. */
static PyObject *exact_int(PyObject *number)
{
    if (!number || PyLong_CheckExact(number))
        return number;
    PyObject *exact = _PyLong_Copy((PyLongObject *)number);
    Py_DECREF(number);
    return exact;
}

PYAPI PyObject *PyNumber_Index(PyObject *o)
{
    return exact_int(m_index(o));
}

PYAPI Py_ssize_t PyNumber_AsSsize_t(PyObject *o, PyObject *exc)
{
    int64_t value;
    if (likely(o && PyLong_Check(o)) && likely(m_long_fits(o, &value)))
        return value;
    PyObject *number = m_index(o);
    if (!number)
        return -1;
    if (!m_long_fits(number, &value)) {
        value = Py_SIZE(number) < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
        if (exc) {
            PyErr_Format(exc, "cannot fit '%.200s' into an index-sized integer", Py_TYPE(o)->tp_name);
            value = -1;
        }
    }
    Py_DECREF(number);
    return value;
}

PYAPI PyObject *PyNumber_Long(PyObject *o)
{
    if (!o)
        return m_null_argument();
    if (PyLong_CheckExact(o)) {
        Py_INCREF(o);
        return o;
    }
    if (PyBool_Check(o))
        return m_long_new(o == Py_True);
    if (PyFloat_CheckExact(o))
        return PyLong_FromDouble(PyFloat_AS_DOUBLE(o));
    if (PyUnicode_Check(o))
        return PyLong_FromUnicodeObject(o, 10);
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    if (nb && nb->nb_int)
        return exact_int(checked(o, "__int__", nb->nb_int(o), &PyLong_Type));
    if (nb && nb->nb_index)
        return PyNumber_Index(o);
    return vm_number_long(o);
}

/* What nb_float, or else __index__, says; -1.0 with an error set. */
double m_float_value(PyObject *o)
{
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    double value;
    PyObject *number;
    if (PyLong_CheckExact(o) || PyBool_Check(o))
        return PyLong_AsDouble(o);
    if (nb && nb->nb_float) {
        number = checked(o, "__float__", nb->nb_float(o), &PyFloat_Type);
        value = number ? PyFloat_AS_DOUBLE(number) : -1.0;
    } else if (nb && nb->nb_index) {
        number = m_index(o);
        value = number ? PyLong_AsDouble(number) : -1.0;
    } else {
        PyErr_Format(PyExc_TypeError, "must be real number, not %.50s", Py_TYPE(o)->tp_name);
        return -1.0;
    }
    Py_XDECREF(number);
    return value;
}

PYAPI PyObject *PyNumber_Float(PyObject *o)
{
    if (!o)
        return m_null_argument();
    if (PyFloat_CheckExact(o)) {
        Py_INCREF(o);
        return o;
    }
    PyNumberMethods *nb = Py_TYPE(o)->tp_as_number;
    double value;
    if (nb && (nb->nb_float || nb->nb_index))
        value = m_float_value(o);
    else if (PyFloat_Check(o))
        value = PyFloat_AS_DOUBLE(o);
    else
        return PyFloat_FromString(o);
    return value == -1.0 && PyErr_Occurred() ? NULL : m_float_new(value);
}

PYAPI PyObject *PyNumber_ToBase(PyObject *n, int base)
{
    if (base != 2 && base != 8 && base != 10 && base != 16) {
        PyErr_SetString(PyExc_SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
        return NULL;
    }
    PyObject *number = PyNumber_Index(n);
    if (!number)
        return NULL;
    PyObject *result = vm_long_format(number, base);
    Py_DECREF(number);
    return result;
}
