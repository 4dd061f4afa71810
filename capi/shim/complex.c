/* PyComplex_...; arithmetic on Py_complex is in py_complex.c. */
#include "number.h"

#define CVAL(op) (((PyComplexObject *)(op))->cval)

PYAPI PyObject *PyComplex_FromCComplex(Py_complex v)
{
    PyComplexObject *op = m_alloc(sizeof *op);
    if (!op)
        return PyErr_NoMemory();
    ((PyObject *)op)->ob_type = &PyComplex_Type;
    ((PyObject *)op)->ob_refcnt = 1;
    op->cval = v;
    return (PyObject *)op;
}

PYAPI PyObject *PyComplex_FromDoubles(double real, double imag)
{
    return PyComplex_FromCComplex((Py_complex){real, imag});
}

PYAPI double PyComplex_RealAsDouble(PyObject *op)
{
    return PyComplex_Check(op) ? CVAL(op).real : PyFloat_AsDouble(op);
}

PYAPI double PyComplex_ImagAsDouble(PyObject *op)
{
    return PyComplex_Check(op) ? CVAL(op).imag : 0.0;
}

PYAPI Py_complex PyComplex_AsCComplex(PyObject *op)
{
    Py_complex value = {-1.0, 0.0};
    if (PyComplex_Check(op))
        return CVAL(op);
    if (!PyFloat_CheckExact(op) && !PyLong_CheckExact(op)) {
        PyObject *number = vm_complex_special(op);
        if (number) {
            value = CVAL(number);
            Py_DECREF(number);
            return value;
        }
        if (PyErr_Occurred())
            return value;
    }
    value.real = PyFloat_AsDouble(op);
    return value;
}
