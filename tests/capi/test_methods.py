"""Functions and methods of every METH_ kind, module-level and of a type."""

import inspect

import pytest

KINDS = r"""
static PyObject *pack(const char *kind, PyObject *self, PyObject *args, PyObject *kwargs)
{
    return Py_BuildValue("(sOO)", kind, args ? args : Py_None, kwargs ? kwargs : Py_None);
}

static PyObject *pack_array(PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    Py_ssize_t i, k = names ? PyTuple_GET_SIZE(names) : 0;
    PyObject *positional = PyTuple_New(n), *keywords = PyDict_New();
    if (!positional || !keywords)
        goto fail;
    for (i = 0; i < n; i++)
        PyTuple_SET_ITEM(positional, i, Py_NewRef(args[i]));
    for (i = 0; i < k; i++)
        if (PyDict_SetItem(keywords, PyTuple_GET_ITEM(names, i), args[n + i]) < 0)
            goto fail;
    return Py_BuildValue("(NN)", positional, keywords);
fail:
    Py_XDECREF(positional);
    Py_XDECREF(keywords);
    return NULL;
}

@EXPORT(noargs, METH_NOARGS, "noargs($module, /)\n--\n\nNone at all.")
static PyObject *f_noargs(PyObject *self, PyObject *ignored)
{
    return PyUnicode_FromString(ignored ? "something" : "nothing");
}

@EXPORT(o, METH_O)
static PyObject *f_o(PyObject *self, PyObject *arg)
{
    return pack("o", self, arg, NULL);
}

@EXPORT(varargs, METH_VARARGS)
static PyObject *f_varargs(PyObject *self, PyObject *args)
{
    return pack("varargs", self, args, NULL);
}

@EXPORT(keywords, METH_VARARGS | METH_KEYWORDS)
static PyObject *f_keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return pack("keywords", self, args, kwargs);
}

@EXPORT(fastcall, METH_FASTCALL)
static PyObject *f_fastcall(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return pack_array(args, n, NULL);
}

@EXPORT(fastcall_keywords, METH_FASTCALL | METH_KEYWORDS)
static PyObject *f_fastcall_keywords(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    return pack_array(args, n, names);
}

@EXPORT(is_module, METH_NOARGS)
static PyObject *f_is_module(PyObject *self, PyObject *ignored)
{
    return PyBool_FromLong(PyModule_Check(self));
}
"""

LENGTHS = [0, 1, 2, 3, 4, 5, 6, 20]


def test_noargs(make):
    mod = make(KINDS)
    assert mod.noargs() == "nothing"
    with pytest.raises(TypeError, match=r"noargs\(\) takes no arguments \(1 given\)"):
        mod.noargs(1)
    with pytest.raises(TypeError, match="keyword argument"):
        mod.noargs(a=1)


def test_o(make):
    mod = make(KINDS)
    for value in (1, 1.5, "x", None, [1], 10 ** 30):
        assert mod.o(value) == ("o", value, None)
    with pytest.raises(TypeError, match=r"o\(\) takes exactly one argument \(0 given\)"):
        mod.o()
    with pytest.raises(TypeError, match=r"o\(\) takes exactly one argument \(2 given\)"):
        mod.o(1, 2)
    with pytest.raises(TypeError, match="keyword argument"):
        mod.o(a=1)


@pytest.mark.parametrize("n", LENGTHS)
def test_varargs(make, n):
    mod = make(KINDS)
    args = tuple(range(n))
    assert mod.varargs(*args) == ("varargs", args, None)
    with pytest.raises(TypeError, match="keyword argument"):
        mod.varargs(*args, a=1)


@pytest.mark.parametrize("n", LENGTHS)
def test_keywords(make, n):
    mod = make(KINDS)
    args = tuple(map(str, range(n)))
    assert mod.keywords(*args) == ("keywords", args, None)
    assert mod.keywords(*args, a=1, b=None) == ("keywords", args, {"a": 1, "b": None})


@pytest.mark.parametrize("n", LENGTHS)
def test_fastcall(make, n):
    mod = make(KINDS)
    args = tuple(float(i) for i in range(n))
    assert mod.fastcall(*args) == (args, {})
    with pytest.raises(TypeError, match="keyword argument"):
        mod.fastcall(*args, a=1)


@pytest.mark.parametrize("n", LENGTHS)
def test_fastcall_keywords(make, n):
    mod = make(KINDS)
    args = tuple((i,) for i in range(n))
    assert mod.fastcall_keywords(*args) == (args, {})
    assert mod.fastcall_keywords(*args, a=1, b=2) == (args, {"a": 1, "b": 2})


def test_self_of_a_function_is_its_module(make):
    mod = make(KINDS)
    assert mod.is_module() is True
    assert mod.noargs.__self__ is mod


def test_attributes_of_a_function(make):
    mod = make(KINDS)
    assert mod.noargs.__name__ == mod.noargs.__qualname__ == "noargs"
    assert mod.noargs.__module__ == mod.__name__
    assert mod.noargs.__doc__ == "None at all."
    assert mod.o.__doc__ is None
    assert "built-in" in repr(mod.noargs)
    assert inspect.isbuiltin(mod.noargs)
    assert callable(mod.noargs)


def test_a_function_in_a_class_does_not_bind(make):
    mod = make(KINDS)

    class Holder:
        call = mod.varargs

    assert Holder().call(1) == ("varargs", (1,), None)


METHODS = r"""
typedef struct { PyObject_HEAD long n; } Thing;

static PyObject *get(PyObject *self, PyObject *ignored) { return PyLong_FromLong(((Thing *)self)->n); }
static PyObject *add(PyObject *self, PyObject *arg)
{
    long more = PyLong_AsLong(arg);
    if (more == -1 && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong(((Thing *)self)->n += more);
}
static PyObject *varargs(PyObject *self, PyObject *args) { return Py_BuildValue("(OO)", self, args); }
static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return Py_BuildValue("(OOO)", self, args, kwargs ? kwargs : Py_None);
}
static PyObject *fastcall(PyObject *self, PyObject *const *args, Py_ssize_t n)
{
    return Py_BuildValue("(OnO)", self, n, n ? args[n - 1] : Py_None);
}
static PyObject *fastcall_keywords(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    return Py_BuildValue("(OnO)", self, n, names ? names : Py_None);
}
static PyObject *class_method(PyObject *cls, PyObject *arg) { return Py_BuildValue("(OO)", cls, arg); }
static PyObject *static_method(PyObject *null, PyObject *arg)
{
    if (null) {
        PyErr_SetString(PyExc_SystemError, "a static method got a self");
        return NULL;
    }
    return Py_NewRef(arg);
}
static PyObject *contains(PyObject *self, PyObject *arg) { return PyUnicode_FromString("mine"); }
static int sq_contains(PyObject *self, PyObject *arg) { return 1; }

static PyMethodDef Thing_methods[] = {
    {"get", get, METH_NOARGS, "get($self, /)\n--\n\nThe number."},
    {"add", add, METH_O, NULL},
    {"varargs", varargs, METH_VARARGS, NULL},
    {"keywords", (PyCFunction)(void *)keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"fastcall", (PyCFunction)(void *)fastcall, METH_FASTCALL, NULL},
    {"fastcall_keywords", (PyCFunction)(void *)fastcall_keywords, METH_FASTCALL | METH_KEYWORDS, NULL},
    {"class_method", class_method, METH_O | METH_CLASS, NULL},
    {"static_method", static_method, METH_O | METH_STATIC, NULL},
    {"__contains__", contains, METH_O | METH_COEXIST, NULL},
    {NULL}
};
static PySequenceMethods Thing_sequence = {.sq_contains = sq_contains};
static PyTypeObject Thing_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "things.Thing", .tp_basicsize = sizeof(Thing), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_methods = Thing_methods, .tp_as_sequence = &Thing_sequence,
};
@EXPORT_TYPE("Thing", Thing_Type)
"""


def test_methods(make):
    thing = make(METHODS).Thing()
    assert thing.get() == 0
    assert thing.add(5) == 5
    assert thing.add(2) == 7
    assert thing.get() == 7
    assert thing.varargs(1, 2, 3, 4, 5, 6) == (thing, (1, 2, 3, 4, 5, 6))
    assert thing.keywords(1) == (thing, (1,), None)
    assert thing.keywords(1, a=2) == (thing, (1,), {"a": 2})
    assert thing.fastcall() == (thing, 0, None)
    assert thing.fastcall(1, 2, 3) == (thing, 3, 3)
    assert thing.fastcall_keywords(1, a=2, b=3) == (thing, 1, ("a", "b"))


def test_class_and_static_methods(make):
    Thing = make(METHODS).Thing

    class Sub(Thing):
        pass

    assert Thing.class_method(1) == Thing().class_method(1) == (Thing, 1)
    assert Sub.class_method(1) == (Sub, 1)
    assert Thing.static_method("x") == Thing().static_method("x") == "x"


def test_coexist_wins_over_the_slot(make):
    thing = make(METHODS).Thing()
    assert type(thing).__contains__(thing, 1) == "mine"
    assert 1 in thing


def test_wrong_arguments_name_the_method(make):
    thing = make(METHODS).Thing()
    with pytest.raises(TypeError, match=r"Thing\.get\(\) takes no arguments \(1 given\)"):
        thing.get(1)
    with pytest.raises(TypeError, match=r"Thing\.add\(\) takes exactly one argument \(2 given\)"):
        thing.add(1, 2)
    with pytest.raises(TypeError, match="keyword argument"):
        thing.varargs(a=1)
    with pytest.raises(TypeError):
        thing.add("x")


def test_a_method_refuses_a_self_of_another_class(make):
    Thing = make(METHODS).Thing
    assert Thing.get(Thing()) == 0
    with pytest.raises(TypeError):
        Thing.get(3)
    with pytest.raises(TypeError):
        Thing.get()


def test_bound_methods(make):
    thing = make(METHODS).Thing()
    add = thing.add
    assert add(1) == 1 and add(1) == 2
    assert add.__self__ is thing
    assert add.__name__ == "add"
    assert add.__qualname__ == "Thing.add"
    assert thing.get.__doc__ == "The number."


DEFINING = r"""
static PyObject *who(PyObject *self, PyTypeObject *defining, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    return Py_BuildValue("(OOnO)", self, defining, n, names ? names : Py_None);
}
static PyMethodDef who_methods[] = {
    {"who", (PyCFunction)(void *)who, METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL}, {NULL}
};
static PyType_Slot slots[] = {{Py_tp_methods, who_methods}, {0, NULL}};
static PyType_Spec spec = {"things.Defining", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
@INIT
{
    if (PyModule_AddObject(m, "Defining", PyType_FromModuleAndSpec(m, &spec, NULL)) < 0)
        return NULL;
}
"""


def test_method_with_its_defining_class(make):
    Defining = make(DEFINING).Defining

    class Sub(Defining):
        pass

    one = Sub()
    assert one.who() == (one, Defining, 0, None)
    assert one.who(1, 2, a=3) == (one, Defining, 2, ("a",))


ERRORS = r"""
@EXPORT(null, METH_NOARGS)
static PyObject *null(PyObject *self, PyObject *ignored) { return NULL; }

@EXPORT(both, METH_NOARGS)
static PyObject *both(PyObject *self, PyObject *ignored)
{
    PyErr_SetString(PyExc_ValueError, "left behind");
    Py_RETURN_NONE;
}

@EXPORT(fails, METH_O)
static PyObject *fails(PyObject *self, PyObject *error)
{
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    return NULL;
}

@EXPORT(call, METH_O)
static PyObject *call(PyObject *self, PyObject *f) { return PyObject_CallNoArgs(f); }
"""


def test_null_without_an_error(make):
    mod = make(ERRORS)
    with pytest.raises(SystemError, match=r"null.* returned NULL without setting an exception"):
        mod.null()


def test_result_with_an_error(make):
    mod = make(ERRORS)
    with pytest.raises(SystemError, match=r"both.* returned a result with an exception set") as caught:
        mod.both()
    assert isinstance(caught.value.__cause__, ValueError)
    assert mod.call(lambda: 3) == 3                     # nothing is left of it


def test_an_exception_object_passes_unchanged(make):
    mod = make(ERRORS)
    error = KeyError("x")
    with pytest.raises(KeyError) as caught:
        mod.fails(error)
    assert caught.value is error


@pytest.mark.keeps("what a module made before it failed")
def test_bad_flags(make):
    with pytest.raises(SystemError, match="bad call flags"):
        make(r"""
            @EXPORT(bad, METH_O | METH_NOARGS)
            static PyObject *bad(PyObject *self, PyObject *arg) { Py_RETURN_NONE; }
        """)
