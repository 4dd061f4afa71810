"""PyLong_..., PyBool_FromLong."""

import sys
import warnings

import pytest

CONVERSIONS = r"""
    #define AS(function, ctype, back) \
        static PyObject *as_##function(PyObject *self, PyObject *arg) \
        { \
            ctype value = function(arg); \
            if (value == (ctype)-1 && PyErr_Occurred()) \
                return NULL; \
            return back(value); \
        }
    AS(PyLong_AsLong, long, PyLong_FromLong)
    AS(PyLong_AsLongLong, long long, PyLong_FromLongLong)
    AS(PyLong_AsSsize_t, Py_ssize_t, PyLong_FromSsize_t)
    AS(PyLong_AsSize_t, size_t, PyLong_FromSize_t)
    AS(PyLong_AsUnsignedLong, unsigned long, PyLong_FromUnsignedLong)
    AS(PyLong_AsUnsignedLongLong, unsigned long long, PyLong_FromUnsignedLongLong)
    AS(PyLong_AsUnsignedLongMask, unsigned long, PyLong_FromUnsignedLong)
    AS(PyLong_AsUnsignedLongLongMask, unsigned long long, PyLong_FromUnsignedLongLong)
    AS(_PyLong_AsInt, int, PyLong_FromLong)
    AS(PyLong_AsDouble, double, PyFloat_FromDouble)
    static PyObject *as_PyLong_AsVoidPtr(PyObject *self, PyObject *arg)
    {
        void *value = PyLong_AsVoidPtr(arg);
        return !value && PyErr_Occurred() ? NULL : PyLong_FromVoidPtr(value);
    }
    static PyMethodDef conversions[] = {
        #define ROW(function) {#function, as_##function, METH_O, NULL},
        ROW(PyLong_AsLong) ROW(PyLong_AsLongLong) ROW(PyLong_AsSsize_t) ROW(PyLong_AsSize_t) ROW(PyLong_AsUnsignedLong)
        ROW(PyLong_AsUnsignedLongLong) ROW(PyLong_AsUnsignedLongMask) ROW(PyLong_AsUnsignedLongLongMask) ROW(_PyLong_AsInt)
        ROW(PyLong_AsDouble) ROW(PyLong_AsVoidPtr)
        {NULL}
    };
    @INIT
    {
        if (PyModule_AddFunctions(m, conversions) < 0)
            return NULL;
    }
"""
VALUES = [0, 1, -1, 5, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**62, 2**62 - 1, -2**62, 2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1,
          2**64, -2**64, 2**64 + 5, 2**100, -2**100, True, False]
SIGNED, UNSIGNED = (-2**63, 2**63 - 1), (0, 2**64 - 1)
LIMITS = {"PyLong_AsLong": SIGNED, "PyLong_AsLongLong": SIGNED, "PyLong_AsSsize_t": SIGNED, "PyLong_AsSize_t": UNSIGNED,
          "PyLong_AsUnsignedLong": UNSIGNED, "PyLong_AsUnsignedLongLong": UNSIGNED, "_PyLong_AsInt": (-2**31, 2**31 - 1)}
TOO_LARGE = {"PyLong_AsLong": "Python int too large to convert to C long", "PyLong_AsLongLong": "int too big to convert",
             "PyLong_AsSsize_t": "Python int too large to convert to C ssize_t", "PyLong_AsSize_t": "Python int too large to convert to C size_t",
             "PyLong_AsUnsignedLong": "Python int too large to convert to C unsigned long",
             "PyLong_AsUnsignedLongLong": "int too big to convert", "_PyLong_AsInt": "Python int too large to convert to C int"}
NEGATIVE = {"PyLong_AsSize_t": "can't convert negative value to size_t",
            "PyLong_AsUnsignedLong": "can't convert negative value to unsigned int",
            "PyLong_AsUnsignedLongLong": "can't convert negative int to unsigned"}


class Indexed:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Sub(int):
    pass


@pytest.mark.parametrize("function", LIMITS)
def test_limits(make, function):
    convert = getattr(make(CONVERSIONS), function)
    low, high = LIMITS[function]
    for value in VALUES:
        for number in (value, Sub(value)):
            if low <= value <= high:
                assert convert(number) == value
            else:
                with pytest.raises(OverflowError) as caught:
                    convert(number)
                assert str(caught.value) == (NEGATIVE.get(function) if value < 0 and function in NEGATIVE else TOO_LARGE[function])


def test_mask(make):
    mod = make(CONVERSIONS)
    for value in VALUES:
        assert mod.PyLong_AsUnsignedLongMask(value) == value & 2**64 - 1
        assert mod.PyLong_AsUnsignedLongLongMask(Indexed(int(value))) == value & 2**64 - 1


@pytest.mark.parametrize("function", ["PyLong_AsLong", "PyLong_AsLongLong", "_PyLong_AsInt", "PyLong_AsUnsignedLongMask"])
def test_index_is_used(make, function):
    convert = getattr(make(CONVERSIONS), function)
    assert convert(Indexed(7)) == 7
    with pytest.raises(TypeError, match="^'float' object cannot be interpreted as an integer$"):
        convert(1.5)
    with pytest.raises(TypeError, match="^'NoneType' object cannot be interpreted as an integer$"):
        convert(None)
    with pytest.raises(TypeError, match=r"^__index__ returned non-int \(type str\)$"):
        convert(Indexed("x"))
    with pytest.raises(OverflowError) if "Mask" not in function else warnings.catch_warnings():
        convert(Indexed(2**70))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert convert(Indexed(Sub(8))) == 8
    assert [(w.category, str(w.message)) for w in seen] == [(DeprecationWarning, "__index__ returned non-int (type Sub).  The ability to return "
        "an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.")]


@pytest.mark.parametrize("function", ["PyLong_AsSsize_t", "PyLong_AsSize_t", "PyLong_AsUnsignedLong", "PyLong_AsUnsignedLongLong", "PyLong_AsDouble"])
def test_index_is_not_used(make, function):
    convert = getattr(make(CONVERSIONS), function)
    for bad in (Indexed(7), 1.5, "1"):
        with pytest.raises(TypeError, match="^an integer is required$"):
            convert(bad)


def test_as_double(make):
    convert = make(CONVERSIONS).PyLong_AsDouble
    for value in VALUES + [2**53 + 1, 2**53 + 3, 2**64 + 2**11, 2**64 + 2**11 + 1, 2**64 + 3 * 2**11, 10**300, -10**300, 2**1023, 3**200,
                           2**1024 - 2**970 - 1]:
        assert convert(value) == float(value)
    for value in (2**1024, -2**1024, 2**1024 - 2**970, 2**70000):
        with pytest.raises(OverflowError, match="^int too large to convert to float$"):
            convert(value)


def test_void_pointer(make):
    convert = make(CONVERSIONS).PyLong_AsVoidPtr
    assert convert(0) == 0
    assert convert(2**64 - 2) == 2**64 - 2
    assert convert(-2) == 2**64 - 2
    with pytest.raises(OverflowError):
        convert(2**64)
    with pytest.raises(OverflowError):
        convert(-2**63 - 1)


def test_and_overflow(make):
    mod = make(r"""
        @EXPORT(get, METH_O)
        static PyObject *get(PyObject *self, PyObject *arg)
        {
            int o1, o2;
            long a = PyLong_AsLongAndOverflow(arg, &o1);
            if (a == -1 && PyErr_Occurred()) return NULL;
            long long b = PyLong_AsLongLongAndOverflow(arg, &o2);
            return Py_BuildValue("(liLi)", a, o1, b, o2);
        }
    """)
    assert mod.get(-1) == (-1, 0, -1, 0)
    assert mod.get(Indexed(2**63 - 1)) == (2**63 - 1, 0, 2**63 - 1, 0)
    assert mod.get(2**63) == (-1, 1, -1, 1)
    assert mod.get(-2**63 - 1) == (-1, -1, -1, -1)
    with pytest.raises(TypeError):
        mod.get("1")


def test_null(make):
    mod = make(r"""
        @EXPORT(get, METH_NOARGS)
        static PyObject *get(PyObject *self, PyObject *ignored)
        {
            if (PyLong_AsLong(NULL) != -1 || !PyErr_ExceptionMatches(PyExc_SystemError)) return PyLong_FromLong(1);
            PyErr_Clear();
            if (PyLong_AsSsize_t(NULL) != -1 || !PyErr_ExceptionMatches(PyExc_SystemError)) return PyLong_FromLong(2);
            PyErr_Clear();
            if (PyLong_AsDouble(NULL) != -1.0 || !PyErr_ExceptionMatches(PyExc_SystemError)) return PyLong_FromLong(3);
            PyErr_Clear();
            return PyLong_FromLong(0);
        }
    """)
    assert mod.get() == 0


def test_from_c(make):
    mod = make(r"""
        @EXPORT(all, METH_NOARGS)
        static PyObject *all(PyObject *self, PyObject *ignored)
        {
            return Py_BuildValue("(NNNNNNNNNN)", PyLong_FromLong(LONG_MIN), PyLong_FromLong(-1), PyLong_FromLong(LONG_MAX),
                PyLong_FromUnsignedLong(ULONG_MAX), PyLong_FromLongLong(LLONG_MIN), PyLong_FromUnsignedLongLong(ULLONG_MAX),
                PyLong_FromSsize_t(PY_SSIZE_T_MIN), PyLong_FromSize_t((size_t)-1), PyLong_FromVoidPtr((void *)-1),
                PyLong_FromUnsignedLong(0));
        }
        @EXPORT(from_double, METH_O)
        static PyObject *from_double(PyObject *self, PyObject *arg) { return PyLong_FromDouble(PyFloat_AsDouble(arg)); }
        @EXPORT(same, METH_NOARGS)
        static PyObject *same(PyObject *self, PyObject *ignored)
        {
            PyObject *a = PyLong_FromLong(7), *b = PyLong_FromLongLong(7);
            int result = a == b;
            Py_DECREF(a);
            Py_DECREF(b);
            return PyBool_FromLong(result);
        }
    """)
    big = 2**64 - 1
    assert mod.all() == (-2**63, -1, 2**63 - 1, big, -2**63, big, -2**63, big, big, 0)
    assert mod.same() is True
    for x in (0.0, -0.5, 1.9, -1.9, 2.0**52 + .5, 2.0**62, -2.0**63, 2.0**63, 2.0**64, 1.5 * 2.0**64, -1e300, sys.float_info.max, 2.0**127):
        assert mod.from_double(x) == int(x)
    with pytest.raises(OverflowError, match="^cannot convert float infinity to integer$"):
        mod.from_double(-float("inf"))
    with pytest.raises(ValueError, match="^cannot convert float NaN to integer$"):
        mod.from_double(float("nan"))


def test_bool(make):
    mod = make(r"""
        @EXPORT(truth, METH_O)
        static PyObject *truth(PyObject *self, PyObject *arg)
        {
            long value = PyLong_AsLong(arg);
            if (value == -1 && PyErr_Occurred()) return NULL;
            return PyBool_FromLong(value);
        }
        @EXPORT(is_int, METH_O)
        static PyObject *is_int(PyObject *self, PyObject *arg)
        {
            return Py_BuildValue("(iii)", PyLong_Check(arg), PyLong_CheckExact(arg), PyBool_Check(arg));
        }
    """)
    assert mod.truth(256) is True
    assert mod.truth(0) is False
    assert mod.is_int(True) == (1, 0, 1)
    assert mod.is_int(3) == (1, 1, 0)
    assert mod.is_int(Sub(3)) == (1, 0, 0)
    assert mod.is_int(1.0) == (0, 0, 0)


TEXT = r"""
    @EXPORT(read_text, METH_VARARGS)
    static PyObject *read_text(PyObject *self, PyObject *args)
    {
        const char *text;
        int base;
        if (!PyArg_ParseTuple(args, "si", &text, &base)) return NULL;
        char *end = NULL;
        PyObject *result = PyLong_FromString(text, &end, base);
        if (!result) return NULL;
        return Py_BuildValue("(Ni)", result, (int)(end - text));
    }
    @EXPORT(read_str, METH_VARARGS)
    static PyObject *read_str(PyObject *self, PyObject *args)
    {
        PyObject *text;
        int base;
        if (!PyArg_ParseTuple(args, "Ui", &text, &base)) return NULL;
        return PyLong_FromUnicodeObject(text, base);
    }
"""


@pytest.mark.parametrize("text, base, value", [
    ("12", 10, 12), ("  -12 ", 10, -12), ("+7", 10, 7), ("0x1F", 16, 31), ("0x1F", 0, 31), ("1F", 16, 31), ("0b101", 0, 5), ("0o17", 0, 15),
    ("1_000", 10, 1000), ("0x_ff", 0, 255), ("000", 0, 0), ("z", 36, 35), ("9223372036854775807", 10, 2**63 - 1),
    ("-9223372036854775808", 10, -2**63), ("18446744073709551616", 10, 2**64), ("-" + "f" * 40, 16, -(16**40 - 1)), ("1" * 100, 2, 2**100 - 1),
    ("-0", 10, 0), ("0", 0, 0), ("0b1", 16, 0xb1), ("1_0", 7, 7)])
def test_from_string(make, text, base, value):
    mod = make(TEXT)
    assert mod.read_text(text, base) == (value, len(text))
    assert mod.read_str(text, base) == value


@pytest.mark.parametrize("text, base, shown", [
    ("", 10, 10), ("abc", 10, 10), ("12a", 10, 10), ("1__0", 10, 10), ("_1", 10, 10), ("1_", 10, 10), ("012", 0, 0), ("0x", 16, 16), ("- 1", 10, 10),
    ("2", 2, 2), ("1 2", 10, 10), ("+", 10, 10), ("0x_", 16, 16), ("1 x", 0, 10)])
def test_from_bad_string(make, text, base, shown):
    mod = make(TEXT)
    with pytest.raises(ValueError) as caught:
        mod.read_text(text, base)
    assert str(caught.value) == f"invalid literal for int() with base {shown}: {text!r}"
    with pytest.raises(ValueError) as caught:
        mod.read_str(text, base)
    assert str(caught.value) == f"invalid literal for int() with base {base}: {text!r}"


def test_bad_base(make):
    for base in (1, 37, -1):
        with pytest.raises(ValueError, match=r"^int\(\) arg 2 must be >= 2 and <= 36$"):
            make(TEXT).read_text("1", base)


BYTES = r"""
    @EXPORT(to_bytes, METH_VARARGS)
    static PyObject *to_bytes(PyObject *self, PyObject *args)
    {
        PyObject *n;
        int size, little, is_signed;
        unsigned char data[64];
        if (!PyArg_ParseTuple(args, "O!iii", &PyLong_Type, &n, &size, &little, &is_signed)) return NULL;
        if (_PyLong_AsByteArray((PyLongObject *)n, data, size, little, is_signed) < 0) return NULL;
        return PyBytes_FromStringAndSize((char *)data, size);
    }
    @EXPORT(from_bytes, METH_VARARGS)
    static PyObject *from_bytes(PyObject *self, PyObject *args)
    {
        PyObject *data;
        int little, is_signed;
        if (!PyArg_ParseTuple(args, "O!ii", &PyBytes_Type, &data, &little, &is_signed)) return NULL;
        return _PyLong_FromByteArray((unsigned char *)PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data), little, is_signed);
    }
    @EXPORT(facts, METH_O)
    static PyObject *facts(PyObject *self, PyObject *n)
    {
        Py_ssize_t exponent;
        double mantissa = _PyLong_Frexp((PyLongObject *)n, &exponent);
        return Py_BuildValue("(inNdn)", _PyLong_Sign(n), (Py_ssize_t)_PyLong_NumBits(n), _PyLong_Copy((PyLongObject *)n), mantissa, exponent);
    }
"""


@pytest.mark.parametrize("little", [0, 1])
def test_byte_arrays(make, little):
    mod = make(BYTES)
    order = "little" if little else "big"
    for value in VALUES + [127, 128, 255, 256, -128, -129, -256, 2**191, -2**191, -2**255, 2**500]:
        for size in (1, 2, 4, 8, 9, 16, 24, 32, 40, 64):
            for signed in (0, 1):
                try:
                    wanted = int(value).to_bytes(size, order, signed=bool(signed))
                except OverflowError as error:
                    text = "can't convert negative int to unsigned" if value < 0 and not signed else "int too big to convert"
                    with pytest.raises(OverflowError) as caught:
                        mod.to_bytes(value, size, little, signed)
                    assert str(caught.value) == text
                else:
                    assert mod.to_bytes(value, size, little, signed) == wanted
                    assert mod.from_bytes(wanted, little, signed) == value


def test_sign_bits_copy(make):
    mod = make(BYTES)
    for value in VALUES + [2**200 - 1, -3**100]:
        sign, bits, copy, mantissa, exponent = mod.facts(Sub(value))
        assert (sign, bits) == ((value > 0) - (value < 0), value.bit_length())
        assert copy == value and type(copy) is int
        assert mantissa * 2.0**exponent == float(value)
        assert value == 0 or 0.5 <= abs(mantissa) < 1


def test_info(make):
    mod = make(r"""
        @EXPORT(info, METH_NOARGS)
        static PyObject *info(PyObject *self, PyObject *ignored) { return PyLong_GetInfo(); }
    """)
    assert mod.info() == sys.int_info


def test_gcd_and_division(make):
    mod = make(r"""
        PyAPI_FUNC(PyObject *) _PyLong_DivmodNear(PyObject *, PyObject *);
        @EXPORT(near, METH_VARARGS)
        static PyObject *near(PyObject *self, PyObject *args)
        {
            PyObject *a, *b;
            return PyArg_ParseTuple(args, "OO", &a, &b) ? _PyLong_DivmodNear(a, b) : NULL;
        }
        @EXPORT(gcd, METH_VARARGS)
        static PyObject *gcd(PyObject *self, PyObject *args)
        {
            PyObject *a, *b;
            return PyArg_ParseTuple(args, "OO", &a, &b) ? _PyLong_GCD(a, b) : NULL;
        }
    """)
    assert mod.gcd(12, -18) == 6
    for a, b, q in [(7, 2, 4), (5, 2, 2), (-7, 2, -4), (7, -2, -4), (8, 3, 3), (-5, -2, 2), (2**70 + 1, 2, 2**69)]:
        assert mod.near(a, b) == (q, a - q * b)
