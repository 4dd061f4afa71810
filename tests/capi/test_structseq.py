"""PyStructSequence_..."""

import pickle
import sys

import pytest

SOURCE = r"""
    static PyStructSequence_Field fields[] = {
        {"width", "how wide"}, {"height", NULL}, {NULL, NULL}, {"hidden", "behind the end"}, {"more", NULL}, {NULL, NULL}
    };
    static PyStructSequence_Desc desc = {"shapes.Box", "A box.", fields, 3};
    static PyStructSequence_Field plain_fields[] = {{"a", NULL}, {"b", "the b"}, {NULL, NULL}};
    static PyStructSequence_Desc plain_desc = {"shapes.Plain", NULL, plain_fields, 2};
    static PyTypeObject *Box;
    static PyTypeObject Plain;
    @INIT
    {
        fields[2].name = PyStructSequence_UnnamedField;
        Box = PyStructSequence_NewType(&desc);
        if (!Box || PyModule_AddObjectRef(m, "Box", (PyObject *)Box) < 0) return NULL;
        if (PyStructSequence_InitType2(&Plain, &plain_desc) < 0) return NULL;
        if (PyModule_AddObjectRef(m, "Plain", (PyObject *)&Plain) < 0) return NULL;
    }
    @EXPORT(box, METH_O)
    static PyObject *box(PyObject *self, PyObject *x)
    {
        PyObject *b = PyStructSequence_New(Box);
        if (!b) return NULL;
        for (long i = 0; i < 4; i++) PyStructSequence_SetItem(b, i, PyLong_FromLong(i + 1));
        Py_INCREF(x);
        PyStructSequence_SET_ITEM(b, 4, x);
        if (PyTuple_GET_SIZE(b) != 3 || !PyTuple_Check(b) || Py_TYPE(b) != Box) Py_RETURN_NONE;
        return b;
    }
    @EXPORT(plain, METH_VARARGS)
    static PyObject *plain(PyObject *self, PyObject *args)
    {
        PyObject *x, *y, *p = PyStructSequence_New(&Plain);
        if (!p || !PyArg_ParseTuple(args, "OO", &x, &y)) return NULL;
        PyStructSequence_SetItem(p, 0, Py_NewRef(x));
        PyStructSequence_SetItem(p, 1, Py_NewRef(y));
        return p;
    }
    @EXPORT(field, METH_VARARGS)
    static PyObject *field(PyObject *self, PyObject *args)
    {
        PyObject *p; Py_ssize_t i;
        if (!PyArg_ParseTuple(args, "On", &p, &i)) return NULL;
        return Py_NewRef(PyStructSequence_GetItem(p, i));
    }
"""


def test_instances(make):
    mod = make(SOURCE)
    x = object()
    b = mod.box(x)
    assert type(b) is mod.Box and isinstance(b, tuple) and b == (1, 2, 3) and len(b) == 3
    assert (b.width, b.height, b.hidden, b.more) == (1, 2, 4, x) and b.more is x
    assert [mod.field(b, i) for i in range(5)] == [1, 2, 3, 4, x]
    p = mod.plain("k", x)
    assert type(p) is mod.Plain and p.a == "k" and p.b is x and p == ("k", x)
    assert repr(mod.plain(1, "b")) == "shapes.Plain(a=1, b='b')"
    with pytest.raises(AttributeError):
        p.a = 1


def test_the_class(make):
    mod = make(SOURCE)
    Box = mod.Box
    assert Box.__name__ == "Box" and Box.__module__ == "shapes" and Box.__doc__ == "A box."
    assert (Box.n_fields, Box.n_sequence_fields, Box.n_unnamed_fields) == (5, 3, 1)
    assert Box.__match_args__ == ("width", "height")
    assert mod.Plain.__match_args__ == ("a", "b") and Box.width.__doc__ == "how wide"
    with pytest.raises(TypeError):
        type("Sub", (Box,), {})


def test_made_in_python(make):
    mod = make(SOURCE)
    b = mod.Box((1, 2, 3))
    assert b == (1, 2, 3) and b.hidden is None and b.more is None
    assert [mod.field(b, i) for i in range(5)] == [1, 2, 3, None, None]
    b = mod.Box(range(4), {"more": 9})
    assert b == (0, 1, 2) and b.hidden == 3 and b.more == 9 and mod.field(b, 4) == 9
    assert mod.Plain("xy").b == "y"
    for bad in ((1,), range(9)):
        with pytest.raises(TypeError, match="-sequence"):
            mod.Box(bad)
    with pytest.raises(TypeError, match=r"shapes.Plain\(\) takes a 2-sequence \(1-sequence given\)"):
        mod.Plain("x")
    with pytest.raises(TypeError, match="constructor requires a sequence"):
        mod.Plain(5)


def test_reduce(make):
    mod = make(SOURCE)
    b = mod.Box((1, 2, 3), {"hidden": 5})
    cls, (items, hidden) = b.__reduce__()
    assert cls is mod.Box and items == (1, 2, 3) and hidden == {"hidden": 5, "more": None}
    sys.modules["shapes"] = mod
    try:
        again = pickle.loads(pickle.dumps(b))
    finally:
        del sys.modules["shapes"]
    assert again == b and again.hidden == 5
