"""PyComplex_... and _Py_c_..."""

import cmath
import math
import warnings

import pytest

SOURCE = r"""
    @EXPORT(round_trip, METH_O)
    static PyObject *round_trip(PyObject *self, PyObject *arg)
    {
        Py_complex value = PyComplex_AsCComplex(arg);
        return value.real == -1.0 && PyErr_Occurred() ? NULL : PyComplex_FromCComplex(value);
    }
    @EXPORT(parts, METH_O)
    static PyObject *parts(PyObject *self, PyObject *arg)
    {
        double real = PyComplex_RealAsDouble(arg);
        if (real == -1.0 && PyErr_Occurred()) return NULL;
        return Py_BuildValue("(dd)", real, PyComplex_ImagAsDouble(arg));
    }
    @EXPORT(from_doubles, METH_VARARGS)
    static PyObject *from_doubles(PyObject *self, PyObject *args)
    {
        double real, imag;
        return PyArg_ParseTuple(args, "dd", &real, &imag) ? PyComplex_FromDoubles(real, imag) : NULL;
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *arg)
    {
        return Py_BuildValue("(ii)", PyComplex_Check(arg), PyComplex_CheckExact(arg));
    }
    @EXPORT(arithmetic, METH_VARARGS)
    static PyObject *arithmetic(PyObject *self, PyObject *args)
    {
        Py_complex a, b;
        if (!PyArg_ParseTuple(args, "DD", &a, &b)) return NULL;
        Py_complex sum = _Py_c_sum(a, b), difference = _Py_c_diff(a, b), negative = _Py_c_neg(a), product = _Py_c_prod(a, b);
        errno = 0;
        Py_complex quotient = _Py_c_quot(a, b);
        int quotient_errno = errno;
        errno = 0;
        Py_complex power = _Py_c_pow(a, b);
        int power_errno = errno;
        return Py_BuildValue("(DDDDDiDid)", &sum, &difference, &negative, &product, &quotient, quotient_errno, &power, power_errno, _Py_c_abs(a));
    }
"""


class Sub(complex):
    pass


class Special:
    def __init__(self, value):
        self.value = value

    def __complex__(self):
        return self.value


class Floating:
    def __float__(self):
        return 0.5


def test_round_trip(make):
    mod = make(SOURCE)
    for value, wanted in [(1 + 2j, 1 + 2j), (2.5, 2.5 + 0j), (3, 3 + 0j), (True, 1 + 0j), (Sub(1, -1), 1 - 1j), (Special(4j), 4j), (Floating(), 0.5 + 0j)]:
        result = mod.round_trip(value)
        assert result == wanted and type(result) is complex


def test_errors(make):
    mod = make(SOURCE)
    with pytest.raises(TypeError, match="^must be real number, not str$"):
        mod.round_trip("1j")
    with pytest.raises(TypeError, match=r"^__complex__ returned non-complex \(type int\)$"):
        mod.round_trip(Special(1))
    with pytest.raises(TypeError, match="^must be real number, not list$"):
        mod.parts([])
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert mod.round_trip(Special(Sub(1j))) == 1j
    assert [w.category for w in seen] == [DeprecationWarning]


def test_parts(make):
    mod = make(SOURCE)
    assert mod.parts(1 + 2j) == (1.0, 2.0)
    assert mod.parts(Sub(3, 4)) == (3.0, 4.0)
    assert mod.parts(5) == (5.0, 0.0)
    assert mod.parts(Floating()) == (0.5, 0.0)
    assert mod.from_doubles(1.5, -0.0) == 1.5 and math.copysign(1, mod.from_doubles(1.5, -0.0).imag) == -1


def test_check(make):
    mod = make(SOURCE)
    assert mod.check(1j) == (1, 1)
    assert mod.check(Sub(1j)) == (1, 0)
    assert mod.check(1.0) == (0, 0)


def test_arithmetic(make):
    mod = make(SOURCE)
    for a, b in [(1 + 2j, 3 - 4j), (0.5j, 2), (-3 + 1e-3j, 0.5 + 0.25j), (2, 1e-5 + 1e5j), (1e200 + 1e200j, 1e200 - 1e200j)]:
        total, difference, negative, product, quotient, quotient_errno, power, power_errno, size = mod.arithmetic(a, b)
        assert (total, difference, negative, size) == (a + b, a - b, -a, abs(a))
        assert quotient == a / b and quotient_errno == 0
        if abs(a) < 1e100:
            assert product == a * b
            assert cmath.isclose(power, a ** b, rel_tol=1e-9) and power_errno == 0
    assert mod.arithmetic(1j, 0)[4:8] == (0j, 33, 1 + 0j, 0)
    assert mod.arithmetic(0, -1)[6:8] == (0j, 33)
    assert mod.arithmetic(0, 2)[6:8] == (0j, 0)
