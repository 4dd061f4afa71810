"""PyFloat_..."""

import math
import struct
import sys
import warnings

import pytest

SOURCE = r"""
    @EXPORT(as_double, METH_O)
    static PyObject *as_double(PyObject *self, PyObject *arg)
    {
        double value = PyFloat_AsDouble(arg);
        return value == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(value);
    }
    @EXPORT(from_string, METH_O)
    static PyObject *from_string(PyObject *self, PyObject *arg) { return PyFloat_FromString(arg); }
    @EXPORT(null, METH_NOARGS)
    static PyObject *null(PyObject *self, PyObject *ignored)
    {
        PyFloat_AsDouble(NULL);
        return NULL;
    }
    @EXPORT(facts, METH_NOARGS)
    static PyObject *facts(PyObject *self, PyObject *ignored)
    {
        return Py_BuildValue("(ddN)", PyFloat_GetMin(), PyFloat_GetMax(), PyFloat_GetInfo());
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *arg)
    {
        int is_float = PyFloat_Check(arg);
        return Py_BuildValue("(iid)", is_float, PyFloat_CheckExact(arg), is_float ? PyFloat_AS_DOUBLE(arg) : 0.0);
    }
    @EXPORT(pack, METH_VARARGS)
    static PyObject *pack(PyObject *self, PyObject *args)
    {
        double x;
        int n, little, result;
        unsigned char p[8];
        if (!PyArg_ParseTuple(args, "dii", &x, &n, &little)) return NULL;
        result = n == 2 ? PyFloat_Pack2(x, (char *)p, little) : n == 4 ? PyFloat_Pack4(x, (char *)p, little) : PyFloat_Pack8(x, (char *)p, little);
        return result < 0 ? NULL : _PyLong_FromByteArray(p, n, 0, 0);
    }
    @EXPORT(unpack, METH_VARARGS)
    static PyObject *unpack(PyObject *self, PyObject *args)
    {
        PyObject *bits;
        int n, little;
        unsigned char p[8];
        if (!PyArg_ParseTuple(args, "Oii", &bits, &n, &little)) return NULL;
        if (_PyLong_AsByteArray((PyLongObject *)bits, p, n, 0, 0) < 0) return NULL;
        double x = n == 2 ? PyFloat_Unpack2((char *)p, little) : n == 4 ? PyFloat_Unpack4((char *)p, little) : PyFloat_Unpack8((char *)p, little);
        return x == -1.0 && PyErr_Occurred() ? NULL : PyFloat_FromDouble(x);
    }
"""


class Sub(float):
    pass


class Floating:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return self.value


class Indexed:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class SubInt(int):
    def __float__(self):
        return 0.25


def test_as_double(make):
    mod = make(SOURCE)
    for value, wanted in [(1.5, 1.5), (-1.0, -1.0), (3, 3.0), (True, 1.0), (2**70, 2.0**70), (Sub(2.5), 2.5), (Floating(0.5), 0.5), (Indexed(4), 4.0),
                          (SubInt(3), 0.25), (-0.0, -0.0), (float("inf"), float("inf"))]:
        result = mod.as_double(value)
        assert result == wanted and type(result) is float and math.copysign(1, result) == math.copysign(1, wanted)
    assert math.isnan(mod.as_double(float("nan")))


def test_as_double_errors(make):
    mod = make(SOURCE)
    with pytest.raises(TypeError, match="^must be real number, not str$"):
        mod.as_double("1")
    with pytest.raises(TypeError, match="^must be real number, not NoneType$"):
        mod.as_double(None)
    with pytest.raises(TypeError, match="^must be real number, not complex$"):
        mod.as_double(1j)
    with pytest.raises(TypeError, match=r"Floating.__float__ returned non-float \(type int\)$"):
        mod.as_double(Floating(1))
    with pytest.raises(OverflowError, match="^int too large to convert to float$"):
        mod.as_double(10**400)
    with pytest.raises(OverflowError, match="^int too large to convert to float$"):
        mod.as_double(Indexed(10**400))
    with pytest.raises(TypeError, match="^bad argument type for built-in operation$"):
        mod.null()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert mod.as_double(Floating(Sub(1.5))) == 1.5
    assert [w.category for w in seen] == [DeprecationWarning]


def test_from_string(make):
    mod = make(SOURCE)
    for text in ("1.5", " -2e10 ", "inf", "1_000.5", b"2.25", bytearray(b"3"), memoryview(b"1e-3")):
        assert mod.from_string(text) == float(bytes(text) if not isinstance(text, str) else text)
    with pytest.raises(ValueError, match="^could not convert string to float: 'x'$"):
        mod.from_string("x")
    with pytest.raises(TypeError, match=r"^float\(\) argument must be a string or a real number, not 'list'$"):
        mod.from_string([])
    with pytest.raises(TypeError, match=r"^float\(\) argument must be a string or a real number, not 'int'$"):
        mod.from_string(5)


def test_info(make):
    assert make(SOURCE).facts() == (sys.float_info.min, sys.float_info.max, sys.float_info)


def test_check(make):
    mod = make(SOURCE)
    assert mod.check(1.5) == (1, 1, 1.5)
    assert mod.check(Sub(2.5)) == (1, 0, 2.5)
    assert mod.check(1) == (0, 0, 0.0)


CODES = {2: "e", 4: "f", 8: "d"}
VALUES = [0.0, -0.0, 1.0, -1.5, 65504.0, 2.0**-14, 2.0**-24, 2.0**-25, 3 * 2.0**-25, 2.0**-26, 2.0**-14 - 2.0**-25, 1.0 + 2.0**-11, 1.0 + 3 * 2.0**-11,
          65519.99, 0.1, 1 / 3, 1e-5, 6.1e-5, float("inf"), -float("inf"), 2047.5, 2048.5, 1e-40, 1e-300]


@pytest.mark.parametrize("size", CODES)
def test_pack(make, size):
    mod = make(SOURCE)
    for little in (0, 1):
        for x in VALUES:
            if size == 4 and abs(x) == 1e300:
                continue
            packed = struct.pack("<>"[not little] + CODES[size], x)
            assert mod.pack(x, size, little).to_bytes(size, "big") == packed, x
            y, = struct.unpack("<>"[not little] + CODES[size], packed)
            assert mod.unpack(int.from_bytes(packed, "big"), size, little) == y
        assert math.isnan(mod.unpack(mod.pack(float("nan"), size, little), size, little))
    if size < 8:
        with pytest.raises(OverflowError, match=f"^float too large to pack with {CODES[size]} format$"):
            mod.pack(1e300, size, 1)
    if size == 2:
        with pytest.raises(OverflowError):
            mod.pack(65520.0, 2, 1)


def test_unpack_every_half(make):
    unpack = make(SOURCE).unpack
    for bits in range(0, 65536, 37):
        x, = struct.unpack("<e", bits.to_bytes(2, "little"))
        assert unpack(int.from_bytes(bits.to_bytes(2, "little"), "big"), 2, 1) == x or math.isnan(x)
