def test_list(make):
    mod = make(r"""
        @EXPORT(append, METH_VARARGS)
        static PyObject *append(PyObject *self, PyObject *args)
        {
            PyObject *l = PyTuple_GetItem(args, 0), *x= PyTuple_GetItem(args, 1);
            if (PyList_Append(l, x) < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(born, METH_O)
        static PyObject *born(PyObject *self, PyObject *x)
        {
            PyObject *l = PyList_New(0);
            for (int i=0;i<20;i++) if (PyList_Append(l, x)<0) return NULL;
            return l;
        }
        @EXPORT(last, METH_O)
        static PyObject *last(PyObject *self, PyObject *l)
        {
            PyObject *x = NULL;
            for (Py_ssize_t i=0;i<PyList_Size(l);i++) x = PyList_GetItem(l, i);
            Py_XINCREF(x);
            return x;
        }
        @EXPORT(dict, METH_O)
        static PyObject *dict(PyObject *self, PyObject *x)
        {
            PyObject *d = PyDict_New();
            if (PyDict_SetItem(d, x, x) <0) return NULL;
            if (PyDict_SetItemString(d, "a", PyDict_GetItem(d, x)) <0) return NULL;
            return d;
        }
    """)
    l = []
    mod.append(l, 3); assert l == [3]
    assert mod.born(3) == [3]*20
    assert mod.born(l) == [[3]]*20
    l = list(range(1000))
    assert mod.last(l) == 999
    l = [float(x) for x in l]
    assert mod.last(l) == 999.
    l = [str(x) for x in l]
    assert mod.last(l) is l[-1]
    assert mod.last([1<<80]*100) == 1<<80
    assert mod.dict(3) == {3:3,'a':3}
