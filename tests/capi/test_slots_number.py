"""Number slots of C types: operators in both directions, in place, by name."""

import operator

import pytest

NUMBER = r"""
typedef struct { PyObject_HEAD double v; } Num;
static PyTypeObject Num_Type;

static PyObject *num(double v)
{
    Num *self = PyObject_New(Num, &Num_Type);
    if (self)
        self->v = v;
    return (PyObject *)self;
}
static int value(PyObject *op, double *v)
{
    if (PyObject_TypeCheck(op, &Num_Type))
        *v = ((Num *)op)->v;
    else if (PyLong_CheckExact(op))
        *v = PyLong_AsDouble(op);
    else
        return 0;
    return 1;
}
#define BINARY(name, expression) \
    static PyObject *name(PyObject *x, PyObject *y) \
    { \
        double a, b; \
        if (!value(x, &a) || !value(y, &b)) \
            Py_RETURN_NOTIMPLEMENTED; \
        return num(expression); \
    }
#define INPLACE(name, expression) \
    static PyObject *name(PyObject *x, PyObject *y) \
    { \
        double a = ((Num *)x)->v, b; \
        if (!value(y, &b)) \
            Py_RETURN_NOTIMPLEMENTED; \
        ((Num *)x)->v = expression; \
        return Py_NewRef(x); \
    }
BINARY(add, a + b) BINARY(subtract, a - b) BINARY(multiply, a * b) BINARY(remainder_, a - b * (long)(a / b))
BINARY(divide, a / b) BINARY(floor_divide, (double)(long)(a / b)) BINARY(lshift, (double)((long)a << (long)b))
BINARY(rshift, (double)((long)a >> (long)b)) BINARY(and_, (double)((long)a & (long)b))
BINARY(or_, (double)((long)a | (long)b)) BINARY(xor_, (double)((long)a ^ (long)b)) BINARY(matmul, a * 100 + b)
INPLACE(iadd, a + b) INPLACE(isub, a - b) INPLACE(imul, a * b) INPLACE(imatmul, a * 1000 + b)

static PyObject *divmod_(PyObject *x, PyObject *y)
{
    double a, b;
    if (!value(x, &a) || !value(y, &b))
        Py_RETURN_NOTIMPLEMENTED;
    return Py_BuildValue("(dd)", (double)(long)(a / b), a - b * (long)(a / b));
}
static PyObject *power(PyObject *x, PyObject *y, PyObject *z)
{
    double a, b, r = 1;
    if (!value(x, &a) || !value(y, &b))
        Py_RETURN_NOTIMPLEMENTED;
    while (b-- > 0)
        r *= a;
    if (z != Py_None) {
        double m;
        if (!value(z, &m))
            Py_RETURN_NOTIMPLEMENTED;
        r -= m * (long)(r / m);
    }
    return num(r);
}
static PyObject *negative(PyObject *x) { return num(-((Num *)x)->v); }
static PyObject *positive(PyObject *x) { return Py_NewRef(x); }
static PyObject *absolute(PyObject *x) { double v = ((Num *)x)->v; return num(v < 0 ? -v : v); }
static PyObject *invert(PyObject *x) { return num(~(long)((Num *)x)->v); }
static int truth(PyObject *x) { return ((Num *)x)->v != 0; }
static PyObject *to_int(PyObject *x) { return PyLong_FromDouble(((Num *)x)->v); }
static PyObject *to_float(PyObject *x) { return PyFloat_FromDouble(((Num *)x)->v); }

static PyNumberMethods numbers = {
    .nb_add = add, .nb_subtract = subtract, .nb_multiply = multiply, .nb_remainder = remainder_, .nb_divmod = divmod_,
    .nb_power = power, .nb_negative = negative, .nb_positive = positive, .nb_absolute = absolute, .nb_bool = truth,
    .nb_invert = invert, .nb_lshift = lshift, .nb_rshift = rshift, .nb_and = and_, .nb_xor = xor_, .nb_or = or_,
    .nb_int = to_int, .nb_float = to_float, .nb_index = to_int, .nb_true_divide = divide, .nb_floor_divide = floor_divide,
    .nb_inplace_add = iadd, .nb_inplace_subtract = isub, .nb_inplace_multiply = imul,
    .nb_matrix_multiply = matmul, .nb_inplace_matrix_multiply = imatmul,
};
static PyObject *Num_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    double v = 0;
    if (!PyArg_ParseTuple(args, "|d", &v))
        return NULL;
    Num *self = (Num *)type->tp_alloc(type, 0);
    if (self)
        self->v = v;
    return (PyObject *)self;
}
static PyTypeObject Num_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "numbers_.Num", .tp_basicsize = sizeof(Num), .tp_new = Num_new,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_as_number = &numbers,
};
@EXPORT_TYPE("Num", Num_Type)
"""

BINARY = [("add", 9), ("sub", 5), ("mul", 14), ("mod", 1), ("truediv", 3.5), ("floordiv", 3), ("lshift", 28), ("rshift", 1),
          ("and_", 2), ("or_", 7), ("xor", 5), ("matmul", 702), ("pow", 49)]


@pytest.mark.parametrize("name, expected", BINARY)
def test_binary(make, name, expected):
    Num = make(NUMBER).Num
    operate = getattr(operator, name)
    for x, y in ((Num(7), Num(2)), (Num(7), 2), (7, Num(2))):
        result = operate(x, y)
        assert type(result) is Num
        assert float(result) == expected
    for x, y in ((Num(1), None), (object(), Num(1)), (Num(1), object())):
        with pytest.raises(TypeError):
            operate(x, y)


def test_three_arguments_of_pow(make):
    Num = make(NUMBER).Num
    assert float(pow(Num(7), Num(2), Num(10))) == 9
    assert float(pow(Num(7), 2, 10)) == 9


def test_divmod(make):
    Num = make(NUMBER).Num
    assert divmod(Num(7), Num(2)) == (3.0, 1.0)
    assert divmod(7, Num(2)) == (3.0, 1.0)


def test_unary(make):
    Num = make(NUMBER).Num
    x = Num(-3)
    assert float(-x) == 3
    assert +x is x
    assert float(abs(x)) == 3
    assert float(~x) == 2
    assert int(x) == -3
    assert float(x) == -3.0
    assert bool(x) is True and bool(Num(0)) is False
    assert [10, 20, 30][Num(1)] == 20
    assert operator.index(Num(4)) == 4
    assert range(Num(2)) == range(2)


@pytest.mark.parametrize("name, expected", [("iadd", 9), ("isub", 5), ("imul", 14), ("imatmul", 7002)])
def test_in_place(make, name, expected):
    Num = make(NUMBER).Num
    x = Num(7)
    assert getattr(operator, name)(x, 2) is x
    assert float(x) == expected


def test_in_place_falls_back(make):
    Num = make(NUMBER).Num
    x = y = Num(7)
    x <<= 1
    assert float(x) == 14 and x is not y


def test_special_methods_by_name(make):
    Num = make(NUMBER).Num
    assert float(Num(1).__add__(2)) == 3
    assert float(Num(1).__rsub__(3)) == 2
    assert Num(1).__add__("x") is NotImplemented
    assert Num.__neg__(Num(3)).__float__() == -3


def test_a_subclass_overrides_slots(make):
    Num = make(NUMBER).Num

    class Loud(Num):
        def __add__(self, other):
            return "loud"

        def __radd__(self, other):
            return "reflected"

    assert Loud(1) + 1 == "loud"
    assert 1 + Loud(1) == "reflected"
    assert Num(1) + Loud(1) == "reflected"
    assert float(Loud(1) - 1) == 0


def test_a_base_keeps_its_slots(make):
    """A type without number methods of its own shares those of its first base, into which nothing is inherited."""
    mod = make(r"""
        static PyObject *as_float(PyObject *op) { return PyFloat_FromDouble(4.5); }
        static PyNumberMethods numbers = {.nb_float = as_float};
        static PyTypeObject Number_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "Number", .tp_basicsize = sizeof(PyObject), .tp_as_number = &numbers,
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = PyType_GenericNew};
        static PyTypeObject Text_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "Text", .tp_basicsize = sizeof(PyUnicodeObject) + sizeof(void *),
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_base = &PyUnicode_Type};
        @INIT
        {
            if (PyType_Ready(&Number_Type) < 0)
                return NULL;
            Text_Type.tp_bases = PyTuple_Pack(2, &PyUnicode_Type, &Number_Type);
            if (PyType_Ready(&Text_Type) < 0 || PyModule_AddObjectRef(m, "Text", (PyObject *)&Text_Type) < 0)
                return NULL;
        }
        @EXPORT(groups, METH_NOARGS)
        static PyObject *groups(PyObject *self, PyObject *ignored)
        {
            return Py_BuildValue("ii", PyUnicode_Type.tp_as_number->nb_float != NULL, Text_Type.tp_as_number == PyUnicode_Type.tp_as_number);
        }
        @EXPORT(as_float, METH_O)
        static PyObject *to_float(PyObject *self, PyObject *o) { return PyNumber_Float(o); }
    """)
    assert mod.groups() == (0, 1)
    assert mod.as_float("2.5") == 2.5 == mod.as_float(mod.Text("2.5"))


def test_sequences_have_no_number_slots(make):
    """C code tells a sequence, which repeats, from a number, which multiplies, by the slots."""
    mod = make(r"""
        @EXPORT(slots, METH_O)
        static PyObject *slots(PyObject *self, PyObject *type)
        {
            PyNumberMethods *nb = ((PyTypeObject *)type)->tp_as_number;
            PySequenceMethods *sq = ((PyTypeObject *)type)->tp_as_sequence;
            return Py_BuildValue("iiiiiiii", nb && nb->nb_add, nb && nb->nb_multiply, nb && nb->nb_inplace_add, nb && nb->nb_inplace_multiply,
                sq && sq->sq_concat, sq && sq->sq_repeat, sq && sq->sq_inplace_concat, sq && sq->sq_inplace_repeat);
        }
        @EXPORT(results, METH_VARARGS)
        static PyObject *results(PyObject *self, PyObject *args)
        {
            PyObject *a, *b, *n;
            if (!PyArg_ParseTuple(args, "OOO", &a, &b, &n)) return NULL;
            return Py_BuildValue("NNNN", PyNumber_Add(a, b), PyNumber_Multiply(a, n), PyNumber_Multiply(n, a), PySequence_Concat(a, b));
        }
    """)

    class Added(list):
        def __add__(self, other):
            return "added"

    class Plain(list):
        pass
    for cls in (tuple, str, bytes):
        assert mod.slots(cls) == (0, 0, 0, 0, 1, 1, 0, 0)
    for cls in (list, bytearray):
        assert mod.slots(cls) == (0, 0, 0, 0, 1, 1, 1, 1)
    assert mod.slots(Added)[0] == 1 and mod.slots(int)[:2] == (1, 1) and mod.slots(int)[4:] == (0, 0, 0, 0)
    for x in ([1], (1,), "a", b"a", bytearray(b"a"), Plain([1])):
        assert mod.results(x, x, 2) == (x + x, x * 2, 2 * x, x + x)
    assert mod.results(Added([1]), [2], 1)[0] == "added"
