"""len() of C types whose function is so short that the VM does it itself."""

import pytest

from tests.capi import extension

CODE = r"""
typedef struct { PyObject_HEAD int narrow; unsigned char byte; unsigned short word; unsigned int wide; Py_ssize_t size; long calls; } Row;

static Py_ssize_t size(PyObject *self) { return ((Row *)self)->size; }
static Py_ssize_t narrow(PyObject *self) { return ((Row *)self)->narrow; }
static Py_ssize_t byte(PyObject *self) { return ((Row *)self)->byte; }
static Py_ssize_t word(PyObject *self) { return ((Row *)self)->word; }
static Py_ssize_t wide(PyObject *self) { return ((Row *)self)->wide; }
static Py_ssize_t none(PyObject *self) { return 0; }
static Py_ssize_t many(PyObject *self) { return 1234567; }
static Py_ssize_t counted(PyObject *self) { return ++((Row *)self)->calls, ((Row *)self)->size; }
static Py_ssize_t twice(PyObject *self) { return 2 * ((Row *)self)->size; }
static Py_ssize_t checked(PyObject *self)
{
    if (((Row *)self)->size == 13)
        PyErr_SetString(PyExc_ValueError, "unlucky");
    return ((Row *)self)->size == 13 ? -1 : ((Row *)self)->size;
}
static Py_ssize_t fails(PyObject *self) { PyErr_SetString(PyExc_ValueError, "none"); return -1; }

static PyObject *set(PyObject *op, PyObject *arg)
{
    Row *self = (Row *)op;
    long n = PyLong_AsLong(arg);
    self->narrow = (int)n, self->byte = (unsigned char)n, self->word = (unsigned short)n, self->wide = (unsigned)n, self->size = n;
    Py_RETURN_NONE;
}
static PyMethodDef row_methods[] = {{"set", set, METH_O, NULL}, {NULL}};
static PyMemberDef row_members[] = {{"calls", T_LONG, offsetof(Row, calls), 0, NULL}, {NULL}};

static PyObject *new_row(const char *name, lenfunc length, int as_mapping)
{
    PyType_Slot slots[] = {{as_mapping ? Py_mp_length : Py_sq_length, (void *)length}, {Py_tp_methods, row_methods}, {Py_tp_members, row_members}, {0, NULL}};
    PyType_Spec spec = {name, sizeof(Row), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
    return PyType_FromSpec(&spec);
}

@EXPORT(types, METH_NOARGS)
static PyObject *types(PyObject *self, PyObject *ignored)
{
    return Py_BuildValue("{sNsNsNsNsNsNsNsNsNsNsN}", "size", new_row("leaf.size", size, 0), "narrow", new_row("leaf.narrow", narrow, 1),
                         "byte", new_row("leaf.byte", byte, 0), "word", new_row("leaf.word", word, 1), "wide", new_row("leaf.wide", wide, 0),
                         "none", new_row("leaf.none", none, 0), "many", new_row("leaf.many", many, 1), "counted", new_row("leaf.counted", counted, 0),
                         "twice", new_row("leaf.twice", twice, 0), "checked", new_row("leaf.checked", checked, 0), "fails", new_row("leaf.fails", fails, 1));
}
"""


@pytest.fixture
def types(make):
    return make(CODE).types()


def test_fields(types):
    for n in (0, 1, 200, 300, 70_000, 5_000_000_000):
        for name, expected in {"size": n, "wide": n & 0xffffffff, "word": n & 0xffff, "byte": n & 0xff, "twice": 2 * n}.items():
            row = types[name]()
            assert len(row) == 0 and not row
            row.set(n)
            assert len(row) == row.__len__() == expected, name
    row = types["narrow"]()
    row.set(7)
    assert len(row) == 7


@pytest.mark.parametrize("name", ["size", "narrow"])
def test_a_negative_length_is_an_error(types, name):
    row = types[name]()
    row.set(-1)
    with pytest.raises(SystemError):
        len(row)
    row.set(3)
    assert len(row) == 3


def test_constants(types):
    assert len(types["none"]()) == 0 and len(types["many"]()) == 1234567
    assert types["many"].__len__(types["many"]()) == 1234567


@pytest.mark.parametrize("name", ["size", "many"])
def test_other_objects_are_refused(types, name):
    for wrong in (3, [], types["twice"]()):
        with pytest.raises(TypeError):
            types[name].__len__(wrong)


def test_functions_that_do_more_are_called(types):
    row = types["counted"]()
    row.set(2)
    assert [len(row) for _ in range(5)] == [2] * 5 and row.calls == 5
    row = types["checked"]()
    row.set(12)
    assert len(row) == 12
    row.set(13)
    with pytest.raises(ValueError, match="unlucky"):
        len(row)
    with pytest.raises(ValueError, match="none"):
        len(types["fails"]())


@pytest.mark.parametrize("name", ["size", "many", "none"])
def test_classes_that_derive_from_them(types, name):
    class Derived(types[name]):
        pass

    class Own(types[name]):
        def __len__(self):
            return super().__len__() + 1

    for cls, more in ((Derived, 0), (Own, 1)):
        row = cls()
        row.set(9)
        assert len(row) == {"size": 9, "many": 1234567, "none": 0}[name] + more


MACHINE_CODE = {
    "31 c0 c3": ("Constant", 0),
    "33 c0 c3": ("Constant", 0),
    "f3 0f 1e fa b8 2a 00 00 00 c3": ("Constant", 42),
    "48 c7 c0 ff ff ff ff c3": ("Constant", -1),
    "48 8b 47 10 c3": ("Field", "long *", 16),
    "48 8b 07 c3": ("Field", "long *", 0),
    "f3 0f 1e fa 48 63 87 00 01 00 00 c3": ("Field", "int *", 256),
    "8b 47 f8 c3": ("Field", "unsigned int *", -8),
    "0f b6 47 18 c3": ("Field", "unsigned char *", 24),
    "0f b7 47 1a c3": ("Field", "unsigned short *", 26),
    "48 8b 46 10 c3": None,                            # [rsi + 16]
    "48 8b 4f 10 c3": None,                            # into rcx
    "48 8b 47 10 48 8b 40 08 c3": None,                # a field of what the field points to
    "48 8b 47 10 48 ff c0 c3": None,
    "55 48 89 e5 48 8b 47 10 5d c3": None,
    "b8 2a 00 00 00 90 c3": None,
    "ff 25 00 00 00 00": None,
}


@pytest.mark.skipif(not extension.ON_PYPY, reason="CPython calls the function")
@pytest.mark.parametrize("code", MACHINE_CODE)
def test_machine_code(code):
    from capi.core import leaf
    from capi.core.engine import ffi

    expected = MACHINE_CODE[code]
    found = leaf.leaf(ffi.from_buffer(bytes.fromhex(code)))
    assert (found and (type(found).__name__, *found)) == expected
