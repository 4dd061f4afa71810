"""Slots of extension types: numbers, sequences, mappings, comparison, hash, iteration, descriptors, calls, attributes."""

import gc
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


SEQUENCE = r"""
typedef struct { PyObject_HEAD Py_ssize_t n; long items[10]; } Seq;

static Py_ssize_t length(PyObject *op) { return ((Seq *)op)->n; }
static PyObject *item(PyObject *op, Py_ssize_t i)
{
    Seq *self = (Seq *)op;
    if (i < 0 || i >= self->n) {
        PyErr_SetString(PyExc_IndexError, "out of range");
        return NULL;
    }
    return PyLong_FromLong(self->items[i]);
}
static int assign(PyObject *op, Py_ssize_t i, PyObject *value)
{
    Seq *self = (Seq *)op;
    if (i < 0 || i >= self->n) {
        PyErr_SetString(PyExc_IndexError, "out of range");
        return -1;
    }
    if (!value) {
        for (; i + 1 < self->n; i++)
            self->items[i] = self->items[i + 1];
        self->n--;
        return 0;
    }
    long v = PyLong_AsLong(value);
    if (v == -1 && PyErr_Occurred())
        return -1;
    self->items[i] = v;
    return 0;
}
static int contains(PyObject *op, PyObject *value)
{
    Seq *self = (Seq *)op;
    long v = PyLong_AsLong(value);
    if (v == -1 && PyErr_Occurred())
        return -1;
    for (Py_ssize_t i = 0; i < self->n; i++)
        if (self->items[i] == v)
            return 1;
    return 0;
}
static PyObject *concat(PyObject *a, PyObject *b) { return Py_BuildValue("(sOO)", "concat", a, b); }
static PyObject *repeat(PyObject *a, Py_ssize_t n) { return Py_BuildValue("(sOn)", "repeat", a, n); }
static PyObject *Seq_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "n", &n))
        return NULL;
    Seq *self = (Seq *)type->tp_alloc(type, 0);
    if (self)
        for (self->n = n; n--;)
            self->items[n] = (long)n * 10;
    return (PyObject *)self;
}
static PySequenceMethods sequence = {
    .sq_length = length, .sq_item = item, .sq_ass_item = assign, .sq_contains = contains, .sq_concat = concat, .sq_repeat = repeat,
};
static PyTypeObject Seq_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "sequences.Seq", .tp_basicsize = sizeof(Seq), .tp_new = Seq_new,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_as_sequence = &sequence,
};
@EXPORT_TYPE("Seq", Seq_Type)
"""


def test_sequence(make):
    Seq = make(SEQUENCE).Seq
    s = Seq(4)
    assert len(s) == 4
    assert [s[0], s[3], s[-1]] == [0, 30, 30]
    assert list(s) == [0, 10, 20, 30]
    assert list(reversed(s)) == [30, 20, 10, 0]
    s[1] = 11
    s[-1] = 33
    assert list(s) == [0, 11, 20, 33]
    del s[0]
    assert list(s) == [11, 20, 33]
    assert 20 in s and 21 not in s
    assert bool(Seq(0)) is False
    for index in (5, -5):
        with pytest.raises(IndexError, match="out of range"):
            s[index]
    with pytest.raises(TypeError, match="sequence index must be integer, not 'str'"):
        s["x"]
    with pytest.raises(TypeError):
        "x" in s


def test_concatenation_and_repetition(make):
    s = make(SEQUENCE).Seq(2)
    assert s + [1] == ("concat", s, [1])
    assert s * 3 == 3 * s == ("repeat", s, 3)
    with pytest.raises(TypeError, match="can't multiply sequence by non-int of type 'str'"):
        s * "x"


MAPPING = r"""
typedef struct { PyObject_HEAD PyObject *dict; } Map;

static Py_ssize_t length(PyObject *op) { return PyDict_Size(((Map *)op)->dict); }
static PyObject *get(PyObject *op, PyObject *key)
{
    PyObject *found = PyDict_GetItemWithError(((Map *)op)->dict, key);
    if (found)
        return Py_NewRef(found);
    if (!PyErr_Occurred())
        PyErr_SetObject(PyExc_KeyError, key);
    return NULL;
}
static int set(PyObject *op, PyObject *key, PyObject *value)
{
    PyObject *dict = ((Map *)op)->dict;
    return value ? PyDict_SetItem(dict, key, value) : PyDict_DelItem(dict, key);
}
static PyObject *Map_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Map *self = (Map *)type->tp_alloc(type, 0);
    if (self && !(self->dict = PyDict_New()))
        Py_CLEAR(self);
    return (PyObject *)self;
}
static void Map_dealloc(PyObject *op)
{
    Py_XDECREF(((Map *)op)->dict);
    Py_TYPE(op)->tp_free(op);
}
static PyObject *iterate(PyObject *op) { return PyObject_GetIter(((Map *)op)->dict); }
static PyMappingMethods mapping = {length, get, set};
static PyTypeObject Map_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "mappings.Map", .tp_basicsize = sizeof(Map), .tp_new = Map_new,
    .tp_dealloc = Map_dealloc, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_as_mapping = &mapping, .tp_iter = iterate,
};
@EXPORT_TYPE("Map", Map_Type)
"""


def test_mapping(make):
    m = make(MAPPING).Map()
    m["a"] = 1
    m[2] = [3]
    assert len(m) == 2
    assert m["a"] == 1 and m[2] == [3]
    assert sorted(map(str, m)) == ["2", "a"]
    del m["a"]
    assert len(m) == 1
    with pytest.raises(KeyError) as caught:
        m["a"]
    assert caught.value.args == ("a",)
    with pytest.raises(KeyError):
        del m["a"]
    with pytest.raises(TypeError, match="unhashable"):
        m[[]]


COMPARE = r"""
typedef struct { PyObject_HEAD long n; } Cmp;
static PyTypeObject Cmp_Type;

static PyObject *compare(PyObject *a, PyObject *b, int op)
{
    if (!PyObject_TypeCheck(a, &Cmp_Type) || !PyObject_TypeCheck(b, &Cmp_Type))
        Py_RETURN_NOTIMPLEMENTED;
    Py_RETURN_RICHCOMPARE(((Cmp *)a)->n, ((Cmp *)b)->n, op);
}
static Py_hash_t hash(PyObject *op)
{
    if (((Cmp *)op)->n < 0) {
        PyErr_SetString(PyExc_ValueError, "no hash");
        return -1;
    }
    return ((Cmp *)op)->n + 1000;
}
static PyObject *repr(PyObject *op) { return PyUnicode_FromFormat("<Cmp %ld>", ((Cmp *)op)->n); }
static PyObject *str(PyObject *op) { return PyUnicode_FromFormat("%ld", ((Cmp *)op)->n); }
static int init(PyObject *op, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"n", NULL};
    return PyArg_ParseTupleAndKeywords(args, kwargs, "l", names, &((Cmp *)op)->n) ? 0 : -1;
}
static PyTypeObject Cmp_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "comparing.Cmp", .tp_basicsize = sizeof(Cmp), .tp_new = PyType_GenericNew,
    .tp_init = init, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_richcompare = compare, .tp_hash = hash,
    .tp_repr = repr, .tp_str = str,
};
@EXPORT_TYPE("Cmp", Cmp_Type)

static PyTypeObject Unhashable_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "comparing.Unhashable", .tp_basicsize = sizeof(Cmp), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_richcompare = compare,
};
@EXPORT_TYPE("Unhashable", Unhashable_Type)
"""


def test_compare(make):
    Cmp = make(COMPARE).Cmp
    one, other, two = Cmp(1), Cmp(1), Cmp(n=2)
    assert one == other and one != two
    assert one < two and two > one and one <= other and one >= other
    assert not one > two
    assert one != 1 and not one == "1"
    with pytest.raises(TypeError, match="'<' not supported between instances"):
        one < 1
    assert sorted([two, one]) == [one, two]
    assert max(one, two) is two


def test_hash(make):
    Cmp = make(COMPARE).Cmp
    assert hash(Cmp(5)) == 1005
    assert {Cmp(1): "x"}[Cmp(1)] == "x"
    assert len({Cmp(1), Cmp(1), Cmp(2)}) == 2
    with pytest.raises(ValueError, match="no hash"):
        hash(Cmp(-1))


def test_compare_without_hash_is_unhashable(make):
    Unhashable = make(COMPARE).Unhashable
    assert Unhashable.__hash__ is None
    with pytest.raises(TypeError, match="unhashable type"):
        hash(Unhashable())


def test_repr_and_str(make):
    Cmp = make(COMPARE).Cmp
    assert repr(Cmp(3)) == "<Cmp 3>"
    assert str(Cmp(3)) == f"{Cmp(3)}" == "3"
    assert repr([Cmp(3)]) == "[<Cmp 3>]"


ITERATE = r"""
typedef struct { PyObject_HEAD long now, end; } Count;
static PyObject *next(PyObject *op)
{
    Count *self = (Count *)op;
    if (self->now == 13) {
        PyErr_SetString(PyExc_RuntimeError, "unlucky");
        return NULL;
    }
    return self->now < self->end ? PyLong_FromLong(self->now++) : NULL;
}
static int init(PyObject *op, PyObject *args, PyObject *kwargs)
{
    return PyArg_ParseTuple(args, "ll", &((Count *)op)->now, &((Count *)op)->end) ? 0 : -1;
}
static PyTypeObject Count_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "iterating.Count", .tp_basicsize = sizeof(Count), .tp_new = PyType_GenericNew,
    .tp_init = init, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_iter = PyObject_SelfIter, .tp_iternext = next,
};
@EXPORT_TYPE("Count", Count_Type)
"""


def test_iterate(make):
    Count = make(ITERATE).Count
    assert list(Count(0, 4)) == [0, 1, 2, 3]
    it = Count(0, 2)
    assert iter(it) is it
    assert [next(it), next(it)] == [0, 1]
    with pytest.raises(StopIteration):
        next(it)
    assert next(it, "end") == "end"
    assert it.__next__ and sum(Count(0, 10)) == 45
    a, b, c = Count(5, 8)
    assert (a, b, c) == (5, 6, 7)


def test_iteration_that_fails(make):
    Count = make(ITERATE).Count
    seen = []
    with pytest.raises(RuntimeError, match="unlucky"):
        for i in Count(11, 20):
            seen.append(i)
    assert seen == [11, 12]


DESCRIPTOR = r"""
static PyObject *get(PyObject *self, PyObject *obj, PyObject *type)
{
    return Py_BuildValue("(OO)", obj ? obj : Py_None, type ? type : Py_None);
}
static int set(PyObject *self, PyObject *obj, PyObject *value)
{
    return PyObject_SetAttrString(obj, "seen", value ? value : Py_None);
}
static PyTypeObject Data_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "descriptors.Data", .tp_basicsize = sizeof(PyObject), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_descr_get = get, .tp_descr_set = set,
};
@EXPORT_TYPE("Data", Data_Type)
"""


@pytest.mark.keeps("a class stays for good, with the instance in its dictionary")
def test_descriptor(make):
    class Holder:
        data = make(DESCRIPTOR).Data()

    holder = Holder()
    assert holder.data == (holder, Holder)
    assert Holder.data == (None, Holder)
    holder.data = 5
    assert holder.seen == 5
    del holder.data
    assert holder.seen is None


CALL = r"""
static PyObject *call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return Py_BuildValue("(OOO)", self, args, kwargs ? kwargs : Py_None);
}
static PyTypeObject Call_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "calling.Call", .tp_basicsize = sizeof(PyObject), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_call = call,
};
@EXPORT_TYPE("Call", Call_Type)

typedef struct { PyObject_HEAD vectorcallfunc vectorcall; } Fast;
static PyObject *fast(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names)
{
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    return Py_BuildValue("(nOO)", n, n ? args[0] : Py_None, names ? names : Py_None);
}
static PyObject *Fast_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Fast *self = (Fast *)type->tp_alloc(type, 0);
    if (self)
        self->vectorcall = fast;
    return (PyObject *)self;
}
static PyTypeObject Fast_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "calling.Fast", .tp_basicsize = sizeof(Fast), .tp_new = Fast_new,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Fast, vectorcall),
};
@EXPORT_TYPE("Fast", Fast_Type)
"""


def test_call(make):
    call = make(CALL).Call()
    assert call() == (call, (), None)
    assert call(1, 2) == (call, (1, 2), None)
    assert call(1, a=2) == (call, (1,), {"a": 2})
    assert callable(call)


def test_vectorcall(make):
    fast = make(CALL).Fast()
    assert fast() == (0, None, None)
    assert fast(1, 2, 3) == (3, 1, None)
    assert fast(1, a=2, b=3) == (1, 1, ("a", "b"))


ATTRIBUTES = r"""
static PyObject *getattro(PyObject *self, PyObject *name)
{
    PyObject *found = PyObject_GenericGetAttr(self, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError))
        return found;
    PyErr_Clear();
    return PyUnicode_FromFormat("made %U", name);
}
static int setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyErr_Format(PyExc_AttributeError, "%U is %s", name, value ? "fixed" : "kept");
    return -1;
}
static PyObject *real(PyObject *self, PyObject *ignored) { return PyUnicode_FromString("method"); }
static PyMethodDef real_methods[] = {{"real", real, METH_NOARGS, NULL}, {NULL}};
static PyTypeObject Any_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "attributes.Any", .tp_basicsize = sizeof(PyObject), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_getattro = getattro, .tp_setattro = setattro, .tp_methods = real_methods,
};
@EXPORT_TYPE("Any", Any_Type)

static PyObject *getattr_(PyObject *self, char *name) { return PyUnicode_FromFormat("old %s", name); }
static PyTypeObject Old_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "attributes.Old", .tp_basicsize = sizeof(PyObject), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_getattr = getattr_,
};
@EXPORT_TYPE("Old", Old_Type)
"""


def test_attributes(make):
    mod = make(ATTRIBUTES)
    any_ = mod.Any()
    assert any_.real() == "method"
    assert any_.thing == "made thing"
    assert getattr(any_, "other") == "made other"
    with pytest.raises(AttributeError, match="x is fixed"):
        any_.x = 1
    with pytest.raises(AttributeError, match="x is kept"):
        del any_.x
    assert mod.Old().name == "old name"


def test_async_slots(make):
    Awaitable = make(r"""
        typedef struct { PyObject_HEAD int done; } Awaitable;
        static PyObject *await_(PyObject *self) { return Py_NewRef(self); }
        static PyObject *next(PyObject *op)
        {
            if (!((Awaitable *)op)->done++)
                return PyLong_FromLong(1);
            PyObject *value = PyLong_FromLong(42);
            PyErr_SetObject(PyExc_StopIteration, value);
            Py_XDECREF(value);
            return NULL;
        }
        static PyAsyncMethods async = {.am_await = await_};
        static PyTypeObject Awaitable_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "awaiting.Awaitable", .tp_basicsize = sizeof(Awaitable),
            .tp_new = PyType_GenericNew, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_as_async = &async, .tp_iter = PyObject_SelfIter,
            .tp_iternext = next,
        };
        @EXPORT_TYPE("Awaitable", Awaitable_Type)
    """).Awaitable

    async def wait():
        return await Awaitable()

    coroutine = wait()
    assert coroutine.send(None) == 1
    with pytest.raises(StopIteration) as stop:
        coroutine.send(None)
    assert stop.value.value == 42


BUFFER = r"""
typedef struct { PyObject_HEAD char data[8]; int exports; } Buf;
static int getbuffer(PyObject *op, Py_buffer *view, int flags)
{
    if (PyBuffer_FillInfo(view, op, ((Buf *)op)->data, 8, 0, flags) < 0)
        return -1;
    ((Buf *)op)->exports++;
    return 0;
}
static void releasebuffer(PyObject *op, Py_buffer *view) { ((Buf *)op)->exports--; }
static PyBufferProcs procs = {getbuffer, releasebuffer};
static PyMemberDef buf_members[] = {{"exports", T_INT, offsetof(Buf, exports), READONLY, NULL}, {NULL}};
static PyTypeObject Buf_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "buffers.Buf", .tp_basicsize = sizeof(Buf), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_as_buffer = &procs, .tp_members = buf_members,
};
@EXPORT_TYPE("Buf", Buf_Type)
"""


def test_buffer(make):
    buf = make(BUFFER).Buf()
    with memoryview(buf) as view:
        assert view.nbytes == 8 and view.format == "B" and not view.readonly
        assert buf.exports == 1
        view[0] = 65
        view[1:4] = b"BCD"
        assert bytes(view) == b"ABCD\0\0\0\0"
    del view
    gc.collect()                            # PyPy gives the memory back when the memoryview is gone, not at its release()
    assert buf.exports == 0
    assert bytes(buf) == b"ABCD\0\0\0\0"
    assert bytearray(buf)[:2] == b"AB"
    assert b"".join([buf]) == b"ABCD\0\0\0\0"
    gc.collect()
    assert buf.exports == 0


BASES = r"""
static PyObject *repr(PyObject *o)
{
    PyObject *inner = PyDict_Type.tp_repr(o), *whole = inner ? PyUnicode_FromFormat("D(%U)", inner) : NULL;
    Py_XDECREF(inner);
    return whole;
}
static PyObject *subscript(PyObject *o, PyObject *key)
{
    PyObject *found = PyDict_Type.tp_as_mapping->mp_subscript(o, key);
    return found ? Py_BuildValue("(sN)", "found", found) : NULL;
}
static int ass_subscript(PyObject *o, PyObject *key, PyObject *v) { return PyDict_Type.tp_as_mapping->mp_ass_subscript(o, key, v); }
static Py_ssize_t length(PyObject *o) { return PyDict_Type.tp_as_mapping->mp_length(o) + 100; }
static int contains(PyObject *o, PyObject *key) { return PyDict_Type.tp_as_sequence->sq_contains(o, key); }
static PyObject *iter(PyObject *o) { return PyDict_Type.tp_iter(o); }
static PyObject *compare(PyObject *a, PyObject *b, int op) { return PyDict_Type.tp_richcompare(a, b, op); }
static PyObject *getattro(PyObject *o, PyObject *name) { return PyDict_Type.tp_getattro(o, name); }
static int setattro(PyObject *o, PyObject *name, PyObject *v) { return PyDict_Type.tp_setattro(o, name, v); }
static int init(PyObject *o, PyObject *args, PyObject *kwargs) { return PyDict_Type.tp_init(o, args, kwargs); }
static PyObject *new(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return PyDict_Type.tp_new(type, args, kwargs); }
static PyMappingMethods mapping = {length, subscript, ass_subscript};
static PySequenceMethods sequence = {.sq_contains = contains};
static PyTypeObject D_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "bases.D", .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_repr = repr,
    .tp_as_mapping = &mapping, .tp_as_sequence = &sequence, .tp_iter = iter, .tp_richcompare = compare, .tp_getattro = getattro,
    .tp_setattro = setattro, .tp_init = init, .tp_new = new,
};
@INIT
{
    D_Type.tp_base = &PyDict_Type;
    if (PyModule_AddType(m, &D_Type) < 0)
        return NULL;
}
"""


def test_slots_of_a_builtin_base_called_from_c(make):
    D = make(BASES).D

    class Sub(D):
        def __getitem__(self, key):
            return "sub", super().__getitem__(key)

        def __repr__(self):
            return "Sub " + super().__repr__()

    d, s = D(a=1), Sub(a=1)
    assert repr(d) == "D({'a': 1})" and repr(s) == "Sub D({'a': 1})"
    assert d["a"] == ("found", 1) and s["a"] == ("sub", ("found", 1))
    d["b"] = s["b"] = 2
    assert len(d) == len(s) == 102
    assert "b" in d and "x" not in s
    assert list(d) == list(s) == ["a", "b"]
    assert d == s and d == {"a": 1, "b": 2}
    assert d.get("a") == 1
    s.extra = 1
    assert s.extra == 1
    del d["b"]
    with pytest.raises(KeyError):
        d["b"]


DICTIONARY = r"""
    typedef struct { PyObject_HEAD PyObject *dict; } Open;
    static PyObject *open_new(PyTypeObject *type, PyObject *args, PyObject *kw)
    {
        PyObject *self = type->tp_alloc(type, 0);
        if (self && PyTuple_GET_SIZE(args)) ((Open *)self)->dict = Py_BuildValue("{sO}", "given", PyTuple_GET_ITEM(args, 0));
        return self;
    }
    static int open_init(PyObject *self, PyObject *args, PyObject *kw) { return 0; }
    static int traverse(PyObject *self, visitproc visit, void *arg) { Py_VISIT(((Open *)self)->dict); return 0; }
    static void dealloc(PyObject *self)
    {
        PyObject_GC_UnTrack(self);
        Py_CLEAR(((Open *)self)->dict);
        Py_TYPE(self)->tp_free(self);
    }
    static PyGetSetDef open_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
    static PyTypeObject Open_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.Open", .tp_basicsize = sizeof(Open), .tp_new = open_new, .tp_init = open_init,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_dictoffset = offsetof(Open, dict),
        .tp_getset = open_getset, .tp_dealloc = dealloc, .tp_traverse = traverse, .tp_doc = "Open.",
    };
    @EXPORT_TYPE("Open", Open_Type)
    @EXPORT(put, METH_VARARGS)
    static PyObject *put(PyObject *self, PyObject *args)
    {
        PyObject *o, *name, *value;
        if (!PyArg_ParseTuple(args, "OOO", &o, &name, &value) || PyObject_GenericSetAttr(o, name, value) < 0) return NULL;
        return PyObject_GenericGetAttr(o, name);
    }
    @EXPORT(asked, METH_O)
    static PyObject *asked(PyObject *self, PyObject *o)
    {
        PyObject **place = _PyObject_GetDictPtr(o);
        return place && *place ? PyDict_Copy(*place) : PyDict_New();
    }
    @EXPORT(inside, METH_O)
    static PyObject *inside(PyObject *self, PyObject *o)
    {
        PyObject *d = ((Open *)o)->dict;
        return d ? PyDict_Copy(d) : PyDict_New();
    }
"""


@pytest.mark.parametrize("derived", [False, True])
def test_the_dictionary_in_the_struct(make, derived):
    mod = make(DICTIONARY)
    cls = type("Derived", (mod.Open,), {}) if derived else mod.Open
    for x in cls(), cls(1):
        before = mod.inside(x)
        assert x.__dict__ == before
        assert mod.put(x, "a", 2) == 2 == x.a == object.__getattribute__(x, "a")
        object.__setattr__(x, "b", 3)
        x.c = 4
        assert mod.inside(x) == {**before, "a": 2, "b": 3, "c": 4} == x.__dict__
        assert object.__getattribute__(x, "c") == 4
        mod.put(x, "__doc__", "Mine.")
        assert object.__getattribute__(x, "__doc__") == "Mine." == x.__doc__
        del x.b
        object.__delattr__(x, "c")
        assert "b" not in mod.inside(x) and not hasattr(x, "c")
        with pytest.raises(AttributeError):
            object.__getattribute__(x, "c")


def test_a_dictionary_that_only_python_made(make):
    mod = make(DICTIONARY)
    x = mod.Open()
    assert mod.asked(x) == {}
    object.__setattr__(x, "b", 3)
    assert mod.asked(x) == {"b": 3} == mod.inside(x)
    x.c = 4
    object.__setattr__(x, "d", 5)
    assert mod.inside(x) == {"b": 3, "c": 4, "d": 5} == x.__dict__
    assert x.b == 3 and object.__getattribute__(x, "c") == 4


def test_slots_copied_from_a_second_base(make):
    """As numpy's float64 does: the first base compares, and so has no hash."""
    mod = make(r"""
        static PyObject *compare(PyObject *a, PyObject *b, int op) { Py_RETURN_NOTIMPLEMENTED; }
        static PyTypeObject First_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.First", .tp_basicsize = sizeof(PyObject),
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_richcompare = compare,
        };
        @EXPORT_TYPE("First", First_Type)
        static PyObject *both_new(PyTypeObject *type, PyObject *args, PyObject *kw)
        {
            PyFloatObject *self = (PyFloatObject *)type->tp_alloc(type, 0);
            if (self) self->ob_fval = 2.5;
            return (PyObject *)self;
        }
        static PyTypeObject Both_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.Both", .tp_basicsize = sizeof(PyFloatObject), .tp_flags = Py_TPFLAGS_DEFAULT,
            .tp_new = both_new,
        };
        @INIT
        {
            Both_Type.tp_base = &First_Type;
            Both_Type.tp_bases = PyTuple_Pack(2, &First_Type, &PyFloat_Type);
            Both_Type.tp_hash = PyFloat_Type.tp_hash;
            Both_Type.tp_richcompare = PyFloat_Type.tp_richcompare;
            if (PyModule_AddType(m, &Both_Type) < 0) return NULL;
        }
    """)
    assert mod.First.__hash__ is None
    x = mod.Both()
    assert hash(x) == hash(2.5) and x == 2.5 and x < 3 and {2.5: 1}[x] == 1
