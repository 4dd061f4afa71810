"""PyMemberDef of every T_ code, and getsets."""

import math

import pytest

HOLDER = r"""
typedef struct {
    PyObject_HEAD
    char b; unsigned char ub; short h; unsigned short uh; int i; unsigned int ui; long l; unsigned long ul;
    long long ll; unsigned long long ull; Py_ssize_t n; float f; double d; char flag; char c;
    const char *s; char inplace[8]; PyObject *o; PyObject *ox; long fixed; PyObject *none;
} Holder;

static PyMemberDef members[] = {
    {"byte", T_BYTE, offsetof(Holder, b), 0, "a byte"},
    {"ubyte", T_UBYTE, offsetof(Holder, ub), 0, NULL},
    {"short", T_SHORT, offsetof(Holder, h), 0, NULL},
    {"ushort", T_USHORT, offsetof(Holder, uh), 0, NULL},
    {"int", T_INT, offsetof(Holder, i), 0, NULL},
    {"uint", T_UINT, offsetof(Holder, ui), 0, NULL},
    {"long", T_LONG, offsetof(Holder, l), 0, NULL},
    {"ulong", T_ULONG, offsetof(Holder, ul), 0, NULL},
    {"longlong", T_LONGLONG, offsetof(Holder, ll), 0, NULL},
    {"ulonglong", T_ULONGLONG, offsetof(Holder, ull), 0, NULL},
    {"ssize", T_PYSSIZET, offsetof(Holder, n), 0, NULL},
    {"float", T_FLOAT, offsetof(Holder, f), 0, NULL},
    {"double", T_DOUBLE, offsetof(Holder, d), 0, NULL},
    {"bool", T_BOOL, offsetof(Holder, flag), 0, NULL},
    {"char", T_CHAR, offsetof(Holder, c), 0, NULL},
    {"string", T_STRING, offsetof(Holder, s), 0, NULL},
    {"inplace", T_STRING_INPLACE, offsetof(Holder, inplace), 0, NULL},
    {"object", T_OBJECT, offsetof(Holder, o), 0, NULL},
    {"object_ex", T_OBJECT_EX, offsetof(Holder, ox), 0, NULL},
    {"fixed", T_LONG, offsetof(Holder, fixed), READONLY, NULL},
    {"none", T_NONE, offsetof(Holder, none), READONLY, NULL},
    {NULL}
};

static PyObject *Holder_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Holder *self = (Holder *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->c = 'c';
    strcpy(self->inplace, "in\xc3\xa9");
    self->fixed = 7;
    return (PyObject *)self;
}

static void Holder_dealloc(PyObject *op)
{
    Holder *self = (Holder *)op;
    Py_XDECREF(self->o);
    Py_XDECREF(self->ox);
    Py_TYPE(op)->tp_free(op);
}

static PyObject *set_string(PyObject *op, PyObject *ignored)
{
    ((Holder *)op)->s = "out";
    Py_RETURN_NONE;
}

static PyObject *get_double(PyObject *op, void *closure)
{
    return PyFloat_FromDouble(((Holder *)op)->d * *(double *)closure);
}

static int set_double(PyObject *op, PyObject *value, void *closure)
{
    if (!value) {
        PyErr_SetString(PyExc_AttributeError, "cannot delete");
        return -1;
    }
    double d = PyFloat_AsDouble(value);
    if (d == -1 && PyErr_Occurred())
        return -1;
    ((Holder *)op)->d = d / *(double *)closure;
    return 0;
}

static PyObject *fail(PyObject *op, void *closure)
{
    PyErr_SetString(PyExc_LookupError, "no value");
    return NULL;
}

static double ten = 10, two = 2;
static PyGetSetDef getset[] = {
    {"tenfold", get_double, set_double, "ten times", &ten},
    {"twice", get_double, NULL, NULL, &two},
    {"fails", fail, NULL, NULL, NULL},
    {NULL}
};
static PyMethodDef holder_methods[] = {{"set_string", set_string, METH_NOARGS, NULL}, {NULL}};
static PyTypeObject Holder_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "holding.Holder", .tp_basicsize = sizeof(Holder), .tp_new = Holder_new,
    .tp_dealloc = Holder_dealloc, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_members = members,
    .tp_getset = getset, .tp_methods = holder_methods,
};
@EXPORT_TYPE("Holder", Holder_Type)
"""

LIMITS = {"byte": (-2 ** 7, 2 ** 7 - 1), "short": (-2 ** 15, 2 ** 15 - 1), "int": (-2 ** 31, 2 ** 31 - 1),
          "long": (-2 ** 63, 2 ** 63 - 1), "longlong": (-2 ** 63, 2 ** 63 - 1), "ssize": (-2 ** 63, 2 ** 63 - 1),
          "ubyte": (0, 2 ** 8 - 1), "ushort": (0, 2 ** 16 - 1), "uint": (0, 2 ** 32 - 1), "ulong": (0, 2 ** 64 - 1),
          "ulonglong": (0, 2 ** 64 - 1)}


@pytest.mark.parametrize("name", LIMITS)
def test_integers(make, name):
    holder = make(HOLDER).Holder()
    assert getattr(holder, name) == 0
    for value in (1, 100, *LIMITS[name]):
        setattr(holder, name, value)
        assert getattr(holder, name) == value
        assert type(getattr(holder, name)) is int
    for wrong in ("x", 1.5, None):
        with pytest.raises(TypeError):
            setattr(holder, name, wrong)
    with pytest.raises(TypeError, match="can't delete numeric/char attribute"):
        delattr(holder, name)


@pytest.mark.parametrize("name", ["long", "longlong", "ulong", "ulonglong", "ssize"])
def test_integers_too_large(make, name):
    holder = make(HOLDER).Holder()
    with pytest.raises(OverflowError):
        setattr(holder, name, 2 ** 64)


@pytest.mark.parametrize("name", ["byte", "ubyte", "short", "ushort", "int"])
def test_narrowing_warns(make, name):
    holder = make(HOLDER).Holder()
    with pytest.warns(RuntimeWarning, match="Truncation of value"):
        setattr(holder, name, LIMITS[name][1] + 1)
    assert getattr(holder, name) == LIMITS[name][0]


def test_floats(make):
    holder = make(HOLDER).Holder()
    holder.float = 0.1
    holder.double = 0.1
    assert holder.double == 0.1
    assert holder.float != 0.1 and abs(holder.float - 0.1) < 1e-7
    holder.double = 3
    assert holder.double == 3.0 and type(holder.double) is float
    holder.double = math.inf
    assert holder.double == math.inf
    with pytest.raises(TypeError):
        holder.double = "x"


def test_bool(make):
    holder = make(HOLDER).Holder()
    assert holder.bool is False
    holder.bool = True
    assert holder.bool is True
    with pytest.raises(TypeError, match="attribute value type must be bool"):
        holder.bool = 1


def test_char(make):
    holder = make(HOLDER).Holder()
    assert holder.char == "c"
    holder.char = "x"
    assert holder.char == "x"
    for wrong in ("xy", "", 1):
        with pytest.raises(TypeError):
            holder.char = wrong


def test_strings(make):
    holder = make(HOLDER).Holder()
    assert holder.string is None
    holder.set_string()
    assert holder.string == "out"
    assert holder.inplace == "iné"
    for name in ("string", "inplace"):
        with pytest.raises(TypeError, match="readonly attribute"):
            setattr(holder, name, "x")


def test_objects(make):
    holder = make(HOLDER).Holder()
    assert holder.object is None
    with pytest.raises(AttributeError):
        holder.object_ex
    with pytest.raises(AttributeError):
        del holder.object_ex
    for name in ("object", "object_ex"):
        for value in ([1], "text", 5, None, 2.5, (1, 2), object()):
            setattr(holder, name, value)
            assert getattr(holder, name) == value
        kept = [1]
        setattr(holder, name, kept)
        assert getattr(holder, name) is kept
        delattr(holder, name)
    assert holder.object is None
    with pytest.raises(AttributeError):
        holder.object_ex


def test_an_object_in_a_member_lives_with_its_holder(make):
    holders = [make(HOLDER).Holder() for _ in range(50)]
    for i, holder in enumerate(holders):
        holder.object = [i]
    assert [holder.object for holder in holders] == [[i] for i in range(50)]


def test_read_only(make):
    holder = make(HOLDER).Holder()
    assert holder.fixed == 7
    with pytest.raises(AttributeError):
        holder.fixed = 8
    assert holder.none is None
    with pytest.raises(AttributeError):
        holder.none = 1


def test_getset(make):
    holder = make(HOLDER).Holder()
    holder.double = 1.5
    assert holder.tenfold == 15
    holder.tenfold = 40
    assert holder.double == 4
    assert holder.twice == 8
    with pytest.raises(AttributeError, match="cannot delete"):
        del holder.tenfold
    with pytest.raises(TypeError):
        holder.tenfold = "x"
    with pytest.raises(AttributeError):
        holder.twice = 1
    with pytest.raises(LookupError, match="no value"):
        holder.fails


def test_documentation(make):
    Holder = make(HOLDER).Holder
    assert Holder.byte.__doc__ == "a byte"
    assert Holder.tenfold.__doc__ == "ten times"
    assert Holder.byte.__get__(Holder()) == 0


def test_descriptors_refuse_other_objects(make):
    Holder = make(HOLDER).Holder
    for name in ("long", "object", "tenfold"):
        with pytest.raises(TypeError):
            Holder.__dict__[name].__get__(3)
        with pytest.raises(TypeError):
            Holder.__dict__[name].__set__([], 1)


def test_subclasses_inherit_members(make):
    class Sub(make(HOLDER).Holder):
        pass

    sub = Sub()
    sub.long = 5
    sub.extra = 6
    assert (sub.long, sub.extra) == (5, 6)
    sub.tenfold = 1
    assert sub.double == 0.1
