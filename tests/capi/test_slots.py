"""Slots of extension types: sequences, mappings, comparison, hash, iteration, descriptors, calls."""

import pytest

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
