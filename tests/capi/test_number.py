"""PyNumber_..., PyIndex_Check."""

import functools
import operator
import sys
import warnings

import pytest

OPERATORS = {"Add": "+", "Subtract": "-", "Multiply": "*", "MatrixMultiply": "@", "FloorDivide": "//", "TrueDivide": "/", "Remainder": "%",
             "Lshift": "<<", "Rshift": ">>", "And": "&", "Xor": "^", "Or": "|"}
BINARY = {name: eval(f"lambda a, b: a {symbol} b") for name, symbol in OPERATORS.items()}
INPLACE = {"MatrixMultiply": operator.imatmul, "Add": operator.iadd, "Subtract": operator.isub, "Multiply": operator.imul,
           "FloorDivide": operator.ifloordiv, "TrueDivide": operator.itruediv, "Remainder": operator.imod, "Lshift": operator.ilshift,
           "Rshift": operator.irshift, "And": operator.iand, "Xor": operator.ixor, "Or": operator.ior}
UNARY = {"Negative": operator.neg, "Positive": operator.pos, "Absolute": abs, "Invert": operator.invert}

SOURCE = r"""
    #define BINARY(name) \
        static PyObject *f_##name(PyObject *self, PyObject *args) \
        { \
            PyObject *a, *b; \
            return PyArg_ParseTuple(args, "OO", &a, &b) ? PyNumber_##name(a, b) : NULL; \
        }
    #define UNARY(name) static PyObject *f_##name(PyObject *self, PyObject *a) { return PyNumber_##name(a); }
    #define TERNARY(name) \
        static PyObject *f_##name(PyObject *self, PyObject *args) \
        { \
            PyObject *a, *b, *c; \
            return PyArg_ParseTuple(args, "OOO", &a, &b, &c) ? PyNumber_##name(a, b, c) : NULL; \
        }
    #define EACH(B) \
        B(Add) B(Subtract) B(Multiply) B(MatrixMultiply) B(FloorDivide) B(TrueDivide) B(Remainder) B(Lshift) B(Rshift) B(And) B(Xor) B(Or) B(Divmod) \
        B(InPlaceAdd) B(InPlaceSubtract) B(InPlaceMultiply) B(InPlaceMatrixMultiply) B(InPlaceFloorDivide) B(InPlaceTrueDivide) \
        B(InPlaceRemainder) B(InPlaceLshift) B(InPlaceRshift) B(InPlaceAnd) B(InPlaceXor) B(InPlaceOr)
    #define EACH_UNARY(U) U(Negative) U(Positive) U(Absolute) U(Invert) U(Index) U(Long) U(Float)
    EACH(BINARY)
    EACH_UNARY(UNARY)
    TERNARY(Power)
    TERNARY(InPlacePower)
    #define ROW(name) {#name, f_##name, METH_VARARGS, NULL},
    #define ROW1(name) {#name, f_##name, METH_O, NULL},
    static PyMethodDef operators[] = {EACH(ROW) EACH_UNARY(ROW1) ROW(Power) ROW(InPlacePower) {NULL}};
    @INIT
    {
        if (PyModule_AddFunctions(m, operators) < 0)
            return NULL;
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *arg) { return Py_BuildValue("(ii)", PyNumber_Check(arg), PyIndex_Check(arg)); }
    @EXPORT(null, METH_NOARGS)
    static PyObject *null(PyObject *self, PyObject *ignored) { return PyNumber_Check(NULL) ? Py_BuildValue("") : PyNumber_Index(NULL); }
    @EXPORT(as_ssize, METH_VARARGS)
    static PyObject *as_ssize(PyObject *self, PyObject *args)
    {
        PyObject *a, *exc = NULL;
        if (!PyArg_ParseTuple(args, "O|O", &a, &exc)) return NULL;
        Py_ssize_t value = PyNumber_AsSsize_t(a, exc);
        return value == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(value);
    }
    @EXPORT(to_base, METH_VARARGS)
    static PyObject *to_base(PyObject *self, PyObject *args)
    {
        PyObject *a;
        int base;
        return PyArg_ParseTuple(args, "Oi", &a, &base) ? PyNumber_ToBase(a, base) : NULL;
    }

    /* A number in C. Its add takes ints on either side, and its in-place add changes it. */
    typedef struct { PyObject_HEAD long n; } Num;
    static PyTypeObject Num_Type;
    static PyObject *num(long n)
    {
        Num *v = PyObject_New(Num, &Num_Type);
        if (v) v->n = n;
        return (PyObject *)v;
    }
    static long value(PyObject *o) { return PyObject_TypeCheck(o, &Num_Type) ? ((Num *)o)->n : PyLong_Check(o) ? PyLong_AsLong(o) : -1; }
    static PyObject *num_add(PyObject *a, PyObject *b)
    {
        if (value(a) == -1 || value(b) == -1) Py_RETURN_NOTIMPLEMENTED;
        return num(value(a) + value(b));
    }
    static PyObject *num_iadd(PyObject *a, PyObject *b)
    {
        if (value(b) == -1) Py_RETURN_NOTIMPLEMENTED;
        ((Num *)a)->n += value(b);
        Py_INCREF(a);
        return a;
    }
    static PyObject *num_fail(PyObject *a, PyObject *b)
    {
        PyErr_SetString(PyExc_ArithmeticError, "never");
        return NULL;
    }
    static PyObject *num_neg(PyObject *a) { return num(-value(a)); }
    static PyObject *num_index(PyObject *a) { return PyLong_FromLong(value(a)); }
    static PyObject *num_float(PyObject *a) { return PyFloat_FromDouble(value(a)); }
    static PyObject *num_power(PyObject *a, PyObject *b, PyObject *c)
    {
        return Py_BuildValue("(lOO)", value(a), b, c);
    }
    static PyNumberMethods num_number = {.nb_add = num_add, .nb_inplace_add = num_iadd, .nb_subtract = num_fail, .nb_negative = num_neg,
        .nb_index = num_index, .nb_float = num_float, .nb_power = num_power};
    static PyMemberDef num_members[] = {{"n", T_LONG, offsetof(Num, n), 0, NULL}, {NULL}};
    static PyTypeObject Num_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "numbers.Num", .tp_basicsize = sizeof(Num),
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_as_number = &num_number, .tp_members = num_members, .tp_new = PyType_GenericNew};
    @EXPORT_TYPE("Num", Num_Type)
    @EXPORT(new_num, METH_O)
    static PyObject *new_num(PyObject *self, PyObject *arg) { return num(PyLong_AsLong(arg)); }
"""


class Sub(int):
    pass


class SubFloat(float):
    pass


class Truncated:
    def __trunc__(self):
        return 6


class Dunder:
    def __add__(self, other):
        return "add", other

    def __radd__(self, other):
        return "radd", other

    def __iadd__(self, other):
        return "iadd", other

    def __neg__(self):
        return "neg"

    def __pow__(self, other, modulus=None):
        return "pow", other, modulus

    def __ipow__(self, other):
        return "ipow", other

    def __matmul__(self, other):
        return "matmul", other

    def __int__(self):
        return 12

    def __float__(self):
        return 1.25


class Indexed:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


INTS = [0, 1, -1, 2, 3, -3, 7, 63, 64, -64, 2**31, -2**53 - 1, 2**53 + 1, 2**61, -2**62, 2**62 - 1, 2**63, -2**63, 2**64 + 1, 2**64 - 1, 1 - 2**64, 2**63 + 12345, -2**100, True, False, Sub(5)]
FLOATS = [0.0, -0.0, 1.5, -2.25, 1e300, float("inf"), 2.0**70]


def outcome(function, *args):
    """The result, or the error that came instead."""
    try:
        result = function(*args)
    except (TypeError, ZeroDivisionError, ValueError, OverflowError, MemoryError) as error:
        return type(error)
    return type(result), repr(result)


@pytest.mark.parametrize("name", OPERATORS)
def test_numbers(make, name):
    mod = make(SOURCE)
    values = INTS + (FLOATS if name not in ("Lshift", "Rshift") else [])
    for a in values:
        for b in values:
            if name == "Lshift" and abs(b) > 1000:
                continue
            wanted = outcome(BINARY[name], a, b)
            assert outcome(getattr(mod, name), a, b) == wanted, (a, b)
            assert outcome(getattr(mod, "InPlace" + name), a, b) == wanted, (a, b)


def test_divmod(make):
    mod = make(SOURCE)
    for a in INTS + FLOATS:
        for b in INTS + FLOATS:
            assert outcome(mod.Divmod, a, b) == outcome(divmod, a, b)


@pytest.mark.parametrize("name", UNARY)
def test_unary(make, name):
    function = getattr(make(SOURCE), name)
    for a in INTS + (FLOATS if name != "Invert" else []) + [1 + 2j]:
        assert outcome(function, a) == outcome(UNARY[name], a), a


def test_unary_errors(make):
    mod = make(SOURCE)
    for name, text in [("Negative", "unary -: 'list'"), ("Positive", r"unary \+: 'list'"), ("Invert", "unary ~: 'list'"), ("Absolute", r"abs\(\): 'list'")]:
        with pytest.raises(TypeError, match=f"^bad operand type for {text}$"):
            getattr(mod, name)([])


def test_binary_errors(make):
    mod = make(SOURCE)
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for -: 'int' and 'str'$"):
        mod.Subtract(1, "a")
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for -=: 'int' and 'str'$"):
        mod.InPlaceSubtract(1, "a")
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for @: 'int' and 'int'$"):
        mod.MatrixMultiply(1, 2)
    with pytest.raises(ZeroDivisionError, match="^float division by zero$"):
        mod.TrueDivide(1.0, 0)
    with pytest.raises(ZeroDivisionError, match="^division by zero$"):
        mod.TrueDivide(1, 0)
    with pytest.raises(ValueError, match="^negative shift count$"):
        mod.Lshift(1, -1)


def test_sequences_and_sets(make):
    mod = make(SOURCE)
    assert mod.Add([1], [2]) == [1, 2]
    assert mod.Add("a", "b") == "ab"
    assert mod.Add("a\xe9", "\u20ac") == "a\xe9\u20ac" and mod.InPlaceAdd("x", "y") == "xy"
    assert mod.Multiply([1], 2) == [1, 1]
    assert mod.Multiply(2, (1,)) == (1, 1)
    assert mod.Remainder("%s-%d", ("x", 5)) == "x-5"
    assert mod.Or({1}, {2}) == {1, 2}
    assert mod.Or({1: 2}, {3: 4}) == {1: 2, 3: 4}
    items = [1]
    assert mod.InPlaceAdd(items, (2,)) is items and items == [1, 2]
    assert mod.InPlaceMultiply(items, 2) is items and items == [1, 2, 1, 2]
    some = {1, 2}
    assert mod.InPlaceAnd(some, {2}) is some and some == {2}


def test_dunders(make):
    mod = make(SOURCE)
    d = Dunder()
    assert mod.Add(d, 1) == ("add", 1)
    assert mod.Add(1, d) == ("radd", 1)
    assert mod.Add([], d) == ("radd", [])
    assert mod.InPlaceAdd(d, 1) == ("iadd", 1)
    assert mod.Negative(d) == "neg"
    assert mod.MatrixMultiply(d, 2) == ("matmul", 2)
    assert mod.InPlaceMatrixMultiply(d, 2) == ("matmul", 2)
    assert mod.Power(d, 2, None) == ("pow", 2, None)
    assert mod.Power(d, 2, 3) == ("pow", 2, 3)
    assert mod.InPlacePower(d, 2, None) == ("ipow", 2)


def test_power(make):
    mod = make(SOURCE)
    assert mod.Power(2, 100, None) == 2**100
    assert mod.Power(2, 100, 7) == pow(2, 100, 7)
    assert mod.Power(2.0, -1, None) == 0.5
    assert mod.InPlacePower(3, 3, None) == 27
    assert mod.InPlacePower(3, 3, 5) == 2
    with pytest.raises(TypeError, match="unsupported operand"):
        mod.Power("a", 2, None)


def test_c_type(make):
    mod = make(SOURCE)
    three = mod.new_num(3)
    assert mod.Add(three, mod.new_num(4)).n == 7
    assert mod.Add(three, 4).n == 7
    assert mod.Add(4, three).n == 7
    assert mod.Add(three, Dunder()) == ("radd", three)
    assert (three + 2).n == 5 and (2 + three).n == 5
    assert mod.InPlaceAdd(three, 2) is three and three.n == 5
    assert mod.InPlaceAdd(1, three).n == 6
    assert mod.Negative(three).n == -5
    assert mod.Index(three) == 5 and mod.Long(three) == 5 and mod.Float(three) == 5.0
    assert mod.Power(three, 2, None) == (5, 2, None)
    assert mod.Power(three, 2, 9) == (5, 2, 9)
    assert mod.check(three) == (1, 1)
    assert mod.as_ssize(three) == 5
    with pytest.raises(ArithmeticError, match="^never$"):
        mod.Subtract(three, three)
    with pytest.raises(ArithmeticError, match="^never$"):
        mod.InPlaceSubtract(three, 1)
    for function in (mod.Add, mod.InPlaceAdd, mod.Multiply):
        with pytest.raises(TypeError, match="unsupported operand"):
            function(three, "x" if function is not mod.Multiply else three)
    with pytest.raises(TypeError, match="bad operand type for unary ~"):
        mod.Invert(three)


@functools.cache
def child_of(base):
    class Child(base):
        def __add__(self, other):
            return "add", other

        def __radd__(self, other):
            return "radd", other
    return Child


def test_python_subclass_of_c_type(make):
    mod = make(SOURCE)
    child = child_of(mod.Num)()
    child.n = 4
    assert mod.Add(child, 1) == ("add", 1)
    assert mod.Add(mod.new_num(1), child)[0] == "radd"
    assert mod.Negative(child).n == -4
    assert mod.Index(child) == 4


def test_check(make):
    mod = make(SOURCE)
    for value, wanted in [(1, (1, 1)), (1.5, (1, 0)), (1j, (1, 0)), (True, (1, 1)), ("1", (0, 0)), (None, (0, 0)), ([], (0, 0)), (Dunder(), (1, 0)),
                          (Indexed(1), (1, 1)), (int, (0, 0))]:
        assert mod.check(value) == wanted, value


def test_index(make):
    mod = make(SOURCE)
    assert mod.Index(5) == 5 and mod.Index(Indexed(2**80)) == 2**80
    assert type(mod.Index(True)) is int and type(mod.Index(Sub(3))) is int
    with pytest.raises(TypeError, match="^'float' object cannot be interpreted as an integer$"):
        mod.Index(1.0)
    with pytest.raises(TypeError, match=r"^__index__ returned non-int \(type float\)$"):
        mod.Index(Indexed(1.0))
    with pytest.raises(SystemError, match="^null argument to internal routine$"):
        mod.null()


def test_long(make):
    mod = make(SOURCE)
    for value in (5, 2**70, True, Sub(7), 1.9, -1e30, "12", " -5 ", b"12", bytearray(b"13"), memoryview(b"14"), Dunder(), Indexed(9)):
        result = mod.Long(value)
        wanted = int(bytes(value) if isinstance(value, memoryview) else value)
        assert result == wanted and type(result) is int
    for bad, text in [("x", "invalid literal for int() with base 10: 'x'"), (b"x", "invalid literal for int() with base 10: b'x'"),
                      ([], "int() argument must be a string, a bytes-like object or a real number, not 'list'"),
                      (1j, "int() argument must be a string, a bytes-like object or a real number, not 'complex'"),
                      (float("nan"), "cannot convert float NaN to integer"), (float("inf"), "cannot convert float infinity to integer")]:
        with pytest.raises((TypeError, ValueError, OverflowError)) as caught:
            mod.Long(bad)
        assert str(caught.value) == text

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert mod.Long(Truncated()) == 6


def test_float(make):
    mod = make(SOURCE)
    for value in (5, 2**70, True, 1.5, SubFloat(2.5), "1.5", b"2.5", Dunder(), Indexed(9)):
        result = mod.Float(value)
        assert result == float(value) and type(result) is float
    with pytest.raises(TypeError, match=r"^float\(\) argument must be a string or a real number, not 'NoneType'$"):
        mod.Float(None)
    with pytest.raises(OverflowError, match="^int too large to convert to float$"):
        mod.Float(10**400)


def test_as_ssize(make):
    mod = make(SOURCE)
    assert mod.as_ssize(-7) == -7 and mod.as_ssize(Indexed(8)) == 8
    assert mod.as_ssize(2**64) == sys.maxsize
    assert mod.as_ssize(-2**64) == -sys.maxsize - 1
    with pytest.raises(IndexError, match="^cannot fit 'int' into an index-sized integer$"):
        mod.as_ssize(2**64, IndexError)
    with pytest.raises(OverflowError, match="^cannot fit 'Indexed' into an index-sized integer$"):
        mod.as_ssize(Indexed(-2**64), OverflowError)
    with pytest.raises(TypeError, match="^'str' object cannot be interpreted as an integer$"):
        mod.as_ssize("1", IndexError)


def test_to_base(make):
    mod = make(SOURCE)
    for value in (0, 10, -10, 2**100, True, Indexed(255)):
        n = operator.index(value)
        assert [mod.to_base(value, base) for base in (2, 8, 10, 16)] == [bin(n), oct(n), str(int(n)), hex(n)]
    with pytest.raises(SystemError, match="^PyNumber_ToBase: base must be 2, 8, 10 or 16$"):
        mod.to_base(1, 7)
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        mod.to_base(1.5, 2)


def test_own_int_is_asked_once(make):
    mod = make(r"""
        @EXPORT(number, METH_O)
        static PyObject *number(PyObject *self, PyObject *x) { return PyNumber_Long(x); }
    """)

    class Counting(int):
        calls = 0

        def __int__(self):
            self.calls += 1
            return 7

    x = Counting(3)
    assert mod.number(x) == 7 and x.calls == 1
