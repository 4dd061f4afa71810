"""PyDescr_... and the descriptors of C types as C sees them."""

import pytest

CODE = r"""
    typedef struct { PyObject_HEAD long n; } Thing;
    static PyObject *bare(PyObject *self, PyObject *unused) { return PyLong_FromLong(1); }
    static PyObject *get(PyObject *self, void *closure) { return PyLong_FromLong(2); }
    static PyMethodDef thing_methods[] = {
        {"bare", bare, METH_NOARGS, NULL}, {"told", bare, METH_NOARGS, "told($self)\n--\n\nTold."}, {NULL}};
    static PyGetSetDef getset[] = {{"got", get, NULL, NULL, NULL}, {"told_got", get, NULL, "Got.", NULL}, {NULL}};
    static PyMemberDef members[] = {{"n", T_LONG, offsetof(Thing, n), 0, NULL}, {NULL}};
    static PyTypeObject Thing_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.Thing", .tp_basicsize = sizeof(Thing), .tp_new = PyType_GenericNew,
        .tp_flags = Py_TPFLAGS_DEFAULT, .tp_methods = thing_methods, .tp_getset = getset, .tp_members = members,
    };
    @EXPORT_TYPE("Thing", Thing_Type)
    @EXPORT(document, METH_VARARGS)
    static PyObject *document(PyObject *self, PyObject *args)
    {
        PyObject *d; const char *doc, **where = NULL;
        if (!PyArg_ParseTuple(args, "Os", &d, &doc)) return NULL;
        if (Py_IS_TYPE(d, &PyCFunction_Type)) where = &((PyCFunctionObject *)d)->m_ml->ml_doc;
        else if (Py_IS_TYPE(d, &PyMethodDescr_Type)) where = &((PyMethodDescrObject *)d)->d_method->ml_doc;
        else if (Py_IS_TYPE(d, &PyGetSetDescr_Type)) where = &((PyGetSetDescrObject *)d)->d_getset->doc;
        else if (Py_IS_TYPE(d, &PyMemberDescr_Type)) where = &((PyMemberDescrObject *)d)->d_member->doc;
        else if (PyType_Check(d)) {
            PyObject *dict = ((PyTypeObject *)d)->tp_dict;
            if (!PyDict_CheckExact(dict) || PyDict_GetItemString(dict, "__doc__") != Py_None) Py_RETURN_FALSE;
            ((PyTypeObject *)d)->tp_doc = doc;
            if (PyDict_SetItemString(dict, "__doc__", PyTuple_GET_ITEM(args, 1)) < 0) return NULL;
            PyType_Modified((PyTypeObject *)d);
            Py_RETURN_TRUE;
        }
        if (!where) { PyErr_SetString(PyExc_TypeError, Py_TYPE(d)->tp_name); return NULL; }
        if (!*where) *where = strdup(doc);
        return Py_BuildValue("OO", ((PyDescrObject *)d)->d_type, ((PyDescrObject *)d)->d_name);
    }
    @EXPORT(call, METH_VARARGS)
    static PyObject *call(PyObject *self, PyObject *args)
    {
        PyObject *d, *x;
        return PyArg_ParseTuple(args, "OO", &d, &x) ? PyObject_CallOneArg(d, x) : NULL;
    }
    @EXPORT(bind, METH_VARARGS)
    static PyObject *bind(PyObject *self, PyObject *args)
    {
        PyObject *d, *x;
        if (!PyArg_ParseTuple(args, "OO", &d, &x)) return NULL;
        return Py_TYPE(d)->tp_descr_get(d, x, (PyObject *)Py_TYPE(x));
    }
"""


@pytest.mark.parametrize("name", ["got", "n", "bare"])
def test_text_from_c(make, on_pypy, name):
    mod = make(CODE)
    d = mod.Thing.__dict__[name]
    assert mod.document(d, "From C.") == (mod.Thing, name)
    if on_pypy and name == "bare":
        import gc
        gc.collect()                                   # a method takes it over when C lets go of it
    assert d.__doc__ == "From C."


@pytest.mark.keeps                                     # it runs once: the text stays
def test_text_of_a_type(make):
    mod = make(CODE)
    assert mod.Thing().__doc__ is None
    assert mod.document(mod.Thing, "A thing.") is True
    assert mod.Thing.__doc__ == "A thing." == mod.Thing().__doc__
    assert mod.document(mod.Thing, "Another.") is False


def test_looks(make):
    mod = make(CODE)
    told, got, n = (mod.Thing.__dict__[name] for name in ("told", "told_got", "n"))
    assert mod.document(told, "No.") == (mod.Thing, "told")
    assert told.__doc__ == "Told." and got.__doc__ == "Got."
    assert (got.__name__, got.__qualname__, got.__objclass__) == ("told_got", "Thing.told_got", mod.Thing)
    assert repr(got) == "<attribute 'told_got' of 't.Thing' objects>"
    assert repr(n) == "<member 'n' of 't.Thing' objects>"


def test_use(make):
    mod = make(CODE)
    x = mod.Thing()
    assert mod.call(mod.Thing.__dict__["told"], x) == 1
    assert mod.bind(mod.Thing.__dict__["told"], x)() == 1
    assert mod.bind(mod.Thing.__dict__["told_got"], x) == 2
    x.n = 5
    assert mod.bind(mod.Thing.__dict__["n"], x) == 5
    with pytest.raises(TypeError):
        mod.document(3, "")
