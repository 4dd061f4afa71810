/* PyMember_GetOne() and PyMember_SetOne(): one field of a C struct as an attribute. */
#include "core/mooring.h"
#include <limits.h>

static PyObject *new_reference(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

static PyObject *no_attribute(const char *obj_addr, PyMemberDef *m)
{
    PyErr_Format(PyExc_AttributeError, "'%.200s' object has no attribute '%s'",
                 Py_TYPE((PyObject *)obj_addr)->tp_name, m->name);
    return NULL;
}

PYAPI PyObject *PyMember_GetOne(const char *obj_addr, PyMemberDef *m)
{
    const char *p = obj_addr + m->offset;

    switch (m->type) {
    case T_BOOL:
        return PyBool_FromLong(*p);
    case T_BYTE:
        return PyLong_FromLong(*(const signed char *)p);
    case T_UBYTE:
        return PyLong_FromLong(*(const unsigned char *)p);
    case T_SHORT:
        return PyLong_FromLong(*(const short *)p);
    case T_USHORT:
        return PyLong_FromLong(*(const unsigned short *)p);
    case T_INT:
        return PyLong_FromLong(*(const int *)p);
    case T_UINT:
        return PyLong_FromUnsignedLong(*(const unsigned int *)p);
    case T_LONG:
        return PyLong_FromLong(*(const long *)p);
    case T_ULONG:
        return PyLong_FromUnsignedLong(*(const unsigned long *)p);
    case T_LONGLONG:
        return PyLong_FromLongLong(*(const long long *)p);
    case T_ULONGLONG:
        return PyLong_FromUnsignedLongLong(*(const unsigned long long *)p);
    case T_PYSSIZET:
        return PyLong_FromSsize_t(*(const Py_ssize_t *)p);
    case T_FLOAT:
        return PyFloat_FromDouble(*(const float *)p);
    case T_DOUBLE:
        return PyFloat_FromDouble(*(const double *)p);
    case T_CHAR:
        return PyUnicode_FromStringAndSize(p, 1);
    case T_STRING:
        p = *(const char *const *)p;
        return p == NULL ? new_reference(Py_None) : PyUnicode_FromString(p);
    case T_STRING_INPLACE:
        return PyUnicode_FromString(p);
    case T_OBJECT: {
        PyObject *value = *(PyObject *const *)p;
        return new_reference(value == NULL ? Py_None : value);
    }
    case T_OBJECT_EX: {
        PyObject *value = *(PyObject *const *)p;
        return value == NULL ? no_attribute(obj_addr, m) : new_reference(value);
    }
    case T_NONE:
        return new_reference(Py_None);
    default:
        PyErr_SetString(PyExc_SystemError, "bad memberdescr type");
        return NULL;
    }
}

static int warn(const char *text)
{
    return PyErr_WarnEx(PyExc_RuntimeWarning, text, 1);
}

/* An int that the field may cut: stored all the same, with a warning. */
static int set_small(PyObject *v, void *p, size_t size, long low, long high, const char *warning)
{
    long value = PyLong_AsLong(v);
    if (value == -1 && PyErr_Occurred())
        return -1;
    if (size == 1)
        *(unsigned char *)p = (unsigned char)value;
    else if (size == 2)
        *(unsigned short *)p = (unsigned short)value;
    else
        *(int *)p = (int)value;
    return value < low || value > high ? warn(warning) : 0;
}

/* Negative numbers are accepted, with a warning. */
static int get_unsigned(PyObject *v, unsigned long *value, int *negative)
{
    *negative = 0;
    *value = PyLong_AsUnsignedLong(v);
    if (*value != (unsigned long)-1 || !PyErr_Occurred())
        return 0;
    PyErr_Clear();
    *value = (unsigned long)PyLong_AsLong(v);
    if (*value == (unsigned long)-1 && PyErr_Occurred())
        return -1;
    *negative = 1;
    return 0;
}

static int set_unsigned(PyObject *v, void *p, int type)
{
    unsigned long value;
    int negative;
    if (get_unsigned(v, &value, &negative) < 0)
        return -1;
    if (type == T_UINT)
        *(unsigned int *)p = (unsigned int)value;
    else
        *(unsigned long *)p = value;
    if (negative && warn("Writing negative value into unsigned field") < 0)
        return -1;
    return type == T_UINT && value > UINT_MAX ? warn("Truncation of value to unsigned int") : 0;
}

static int set_long_long(PyObject *v, void *p, int type)
{
    long long value;
    if (type == T_ULONGLONG && PyLong_Check(v))
        value = (long long)PyLong_AsUnsignedLongLong(v);
    else
        value = type == T_LONGLONG ? PyLong_AsLongLong(v) : PyLong_AsLong(v);
    if (value == -1 && PyErr_Occurred())
        return -1;
    *(long long *)p = value;
    return 0;
}

static int set_long(PyObject *v, void *p, int type)
{
    long value = type == T_LONG ? PyLong_AsLong(v) : PyLong_AsSsize_t(v);
    if (value == -1 && PyErr_Occurred())
        return -1;
    *(long *)p = value;
    return 0;
}

static int set_float(PyObject *v, void *p, int type)
{
    double value = PyFloat_AsDouble(v);
    if (value == -1.0 && PyErr_Occurred())
        return -1;
    if (type == T_FLOAT)
        *(float *)p = (float)value;
    else
        *(double *)p = value;
    return 0;
}

static int set_char(PyObject *v, char *p)
{
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(v, &size);
    if (text == NULL || size != 1) {
        PyErr_BadArgument();
        return -1;
    }
    *p = *text;
    return 0;
}

static int set_bool(PyObject *v, char *p)
{
    if (!PyBool_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "attribute value type must be bool");
        return -1;
    }
    *p = v == Py_True;
    return 0;
}

static int set_object(PyObject *v, PyObject **p)
{
    PyObject *before = *p;
    Py_XINCREF(v);
    *p = v;
    Py_XDECREF(before);
    return 0;
}

static int may_set(const char *p, PyMemberDef *m, PyObject *v)
{
    if (m->flags & READONLY) {
        PyErr_SetString(PyExc_AttributeError, "readonly attribute");
        return 0;
    }
    if (v == NULL && m->type == T_OBJECT_EX && *(PyObject *const *)p == NULL) {
        PyErr_SetString(PyExc_AttributeError, m->name);
        return 0;
    }
    if (v == NULL && m->type != T_OBJECT && m->type != T_OBJECT_EX) {
        PyErr_SetString(PyExc_TypeError, "can't delete numeric/char attribute");
        return 0;
    }
    return 1;
}

PYAPI int PyMember_SetOne(char *obj_addr, PyMemberDef *m, PyObject *o)
{
    char *p = obj_addr + m->offset;

    if (!may_set(p, m, o))
        return -1;
    switch (m->type) {
    case T_BOOL:
        return set_bool(o, p);
    case T_BYTE:
        return set_small(o, p, sizeof(char), SCHAR_MIN, SCHAR_MAX, "Truncation of value to char");
    case T_UBYTE:
        return set_small(o, p, sizeof(char), 0, UCHAR_MAX, "Truncation of value to unsigned char");
    case T_SHORT:
        return set_small(o, p, sizeof(short), SHRT_MIN, SHRT_MAX, "Truncation of value to short");
    case T_USHORT:
        return set_small(o, p, sizeof(short), 0, USHRT_MAX, "Truncation of value to unsigned short");
    case T_INT:
        return set_small(o, p, sizeof(int), INT_MIN, INT_MAX, "Truncation of value to int");
    case T_UINT: case T_ULONG:
        return set_unsigned(o, p, m->type);
    case T_LONG: case T_PYSSIZET:
        return set_long(o, p, m->type);
    case T_LONGLONG: case T_ULONGLONG:
        return set_long_long(o, p, m->type);
    case T_FLOAT: case T_DOUBLE:
        return set_float(o, p, m->type);
    case T_CHAR:
        return set_char(o, p);
    case T_OBJECT: case T_OBJECT_EX:
        return set_object(o, (PyObject **)p);
    case T_STRING: case T_STRING_INPLACE:
        PyErr_SetString(PyExc_TypeError, "readonly attribute");
        return -1;
    default:
        PyErr_Format(PyExc_SystemError, "bad memberdescr type for %s", m->name);
        return -1;
    }
}
