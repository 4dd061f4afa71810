"""Classes of Python that C has seen are freed when nothing needs them, and are the same to C while something does."""

import gc
import threading
import weakref

import pytest

from tests.capi import extension
from tests.capi.test_threads import run

SOURCE = r"""
    typedef struct { PyObject_HEAD PyObject *held; } Holder;
    static PyObject *kept, *borrowed;
    static int holder_traverse(Holder *self, visitproc visit, void *arg) { Py_VISIT(self->held); return 0; }
    static int holder_clear(Holder *self) { Py_CLEAR(self->held); return 0; }
    static void holder_dealloc(Holder *self)
    {
        PyObject_GC_UnTrack(self);
        holder_clear(self);
        Py_TYPE(self)->tp_free((PyObject *)self);
    }
    static PyObject *holder_put(Holder *self, PyObject *x) { Py_INCREF(x); Py_XSETREF(self->held, x); Py_RETURN_NONE; }
    static PyObject *holder_held(Holder *self, PyObject *unused) { return Py_NewRef(self->held ? self->held : Py_None); }
    static PyMethodDef holder_methods[] = {
        {"put", (PyCFunction)holder_put, METH_O}, {"held", (PyCFunction)holder_held, METH_NOARGS}, {NULL, NULL, 0, NULL},
    };
    static PyTypeObject Holder_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "fading.Holder", .tp_basicsize = sizeof(Holder), .tp_methods = holder_methods,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_new = PyType_GenericNew,
        .tp_traverse = (traverseproc)holder_traverse, .tp_clear = (inquiry)holder_clear, .tp_dealloc = (destructor)holder_dealloc,
    };
    static PyObject *made_new(PyTypeObject *type, PyObject *args, PyObject *kw) { return type->tp_alloc(type, 0); }
    static PyTypeObject Made_Type = {                     /* its instances are born in C */
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "fading.Made", .tp_basicsize = sizeof(Holder),
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = made_new,
    };
    static PyObject *said_list;
    static void say(const char *what, PyObject *self)
    {
        PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE(self), "name"), *text;
        PyErr_Clear();                                    /* CPython clears a class's dictionary before */
        text = name ? PyUnicode_FromFormat("%s %s %U", what, Py_TYPE(self)->tp_name, name) : PyUnicode_FromString(what);
        if (!text || PyList_Append(said_list, text) < 0) PyErr_WriteUnraisable(NULL);
        Py_XDECREF(name);
        Py_XDECREF(text);
    }
    static void last_finalize(PyObject *self) { say("finalize", self); }
    static int last_traverse(PyObject *self, visitproc visit, void *arg) { return 0; }
    static void last_dealloc(PyObject *self)
    {
        if (PyObject_CallFinalizerFromDealloc(self) < 0) return;
        PyObject_GC_UnTrack(self);
        say("dealloc", self);
        Py_TYPE(self)->tp_free(self);
    }
    static PyTypeObject Last_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "fading.Last", .tp_basicsize = sizeof(Holder), .tp_new = PyType_GenericNew,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_traverse = last_traverse,
        .tp_finalize = last_finalize, .tp_dealloc = last_dealloc,
    };
    @EXPORT_TYPE("Last", Last_Type)
    @INIT
    {
        said_list = PyList_New(0);
    }
    @EXPORT(said, METH_NOARGS)
    static PyObject *said(PyObject *self, PyObject *unused)
    {
        PyObject *r = said_list;
        said_list = PyList_New(0);
        return r;
    }
    @EXPORT_TYPE("Holder", Holder_Type)
    @EXPORT_TYPE("Made", Made_Type)
    @EXPORT(address, METH_O)
    static PyObject *address(PyObject *self, PyObject *x) { return PyLong_FromVoidPtr(x); }
    @EXPORT(type_address, METH_O)
    static PyObject *type_address(PyObject *self, PyObject *x) { return PyLong_FromVoidPtr(Py_TYPE(x)); }
    @EXPORT(type_of, METH_O)
    static PyObject *type_of(PyObject *self, PyObject *x) { return Py_NewRef((PyObject *)Py_TYPE(x)); }
    @EXPORT(mro, METH_O)
    static PyObject *mro(PyObject *self, PyObject *x) { return Py_NewRef(((PyTypeObject *)x)->tp_mro); }
    @EXPORT(keep, METH_O)
    static PyObject *keep(PyObject *self, PyObject *x) { Py_INCREF(x); Py_XSETREF(kept, x); Py_RETURN_NONE; }
    @EXPORT(let_go, METH_NOARGS)
    static PyObject *let_go(PyObject *self, PyObject *unused) { PyObject *x = kept; kept = NULL; return x; }
    @EXPORT(borrow, METH_O)
    static PyObject *borrow(PyObject *self, PyObject *x) { borrowed = x; Py_RETURN_NONE; }
    @EXPORT(the_borrowed, METH_NOARGS)
    static PyObject *the_borrowed(PyObject *self, PyObject *unused) { return Py_NewRef(borrowed); }
    @EXPORT(make_borrowed, METH_NOARGS)
    static PyObject *make_borrowed(PyObject *self, PyObject *unused) { return PyObject_CallNoArgs(borrowed); }
    @EXPORT(alloc_borrowed, METH_NOARGS)
    static PyObject *alloc_borrowed(PyObject *self, PyObject *unused) { return ((PyTypeObject *)borrowed)->tp_alloc((PyTypeObject *)borrowed, 0); }
    @EXPORT(call_with_type, METH_VARARGS)
    static PyObject *call_with_type(PyObject *self, PyObject *args)
    {
        PyObject *function, *x;
        if (!PyArg_ParseTuple(args, "OO", &function, &x)) return NULL;
        return PyObject_CallOneArg(function, (PyObject *)Py_TYPE(x));
    }
    @EXPORT(is_subtype, METH_VARARGS)
    static PyObject *is_subtype(PyObject *self, PyObject *args)
    {
        PyObject *a, *b;
        if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
        return PyBool_FromLong(PyType_IsSubtype((PyTypeObject *)a, (PyTypeObject *)b));
    }
"""

BASES = {"object": object, "int": int, "float": float, "complex": complex, "str": str, "bytes": bytes, "tuple": tuple, "list": list, "dict": dict,
         "set": set, "Exception": Exception, "OSError": OSError, "Holder": None, "Made": None}


@pytest.fixture
def mod(make):
    return make(SOURCE)


@pytest.fixture(autouse=True)
def nothing_is_compiled():
    """Compiled code holds the classes that it was compiled with."""
    if extension.ON_PYPY:
        import pypyjit
        pypyjit.set_param("off")
    yield
    if extension.ON_PYPY:
        pypyjit.set_param("default")


def base_of(mod, name):
    return BASES[name] or getattr(mod, name)


def collect(*classes):
    """Here, classes that C does not need have faded afterwards."""
    gc.collect()
    if extension.ON_PYPY:
        from capi.core.tables import addresses
        assert not [cls for cls in classes if cls in addresses]


@pytest.mark.parametrize("name", BASES)
def test_a_class_dies(mod, name):
    def cross():
        cls = type("Cls", (base_of(mod, name),), {"value": 7})
        x = cls()
        assert mod.type_of(x) is cls and mod.type_address(x) == mod.address(cls)
        assert mod.call_with_type(lambda c: c, x) is cls and mod.call_with_type(lambda c: c.value, x) == 7
        return weakref.ref(cls)
    was = [cross() for _ in range(3)]
    gc.collect()
    assert [ref() for ref in was] == [None] * 3


@pytest.mark.parametrize("name", BASES)
def test_a_class_crosses_again(mod, name):
    cls = type("Cls", (base_of(mod, name),), {"value": 7})
    where = mod.address(cls)
    for _ in range(3):
        x = cls()
        x.more = 8
        assert mod.type_address(x) == where == mod.address(type(x))
        assert mod.type_of(x) is cls
        mod.keep(x)
        x = None
        gc.collect()
        x = mod.let_go()
        assert (type(x), x.value, x.more) == (cls, 7, 8)
        x = None
        collect(cls)
    assert mod.is_subtype(cls, base_of(mod, name)) and mod.mro(cls) == cls.__mro__


def test_nothing_stays_of_many_classes(mod):
    """In C, too: neither PyTypeObjects nor names nor handles."""
    def cross(n):
        for i in range(n):
            base = (object, mod.Holder, mod.Made, Exception)[i % 4]
            Meta = type("Meta", (type,), {})
            Base = Meta(f"Base{i}", (base,), {"m": lambda self: 1})
            cls = Meta(f"Cls{i}", (Base,), {})
            mod.type_of(cls())
            mod.address(Meta)

    def stays():
        for _ in range(2):                             # a metaclass goes after its classes
            gc.collect()
        if not extension.ON_PYPY:
            return ()
        from capi.core import fading, tables
        return (len(tables.addresses), len(tables.links), tables.lib.m_count_blocks(), len(fading.faded), len(fading.by_id),
                len(fading.settling), len(fading.factory_classes), len(tables.factories) - len(fading.spare_factories))
    cross(40)
    before = stays()
    cross(400)
    assert stays() == before


def test_a_subclass_keeps_its_bases(mod):
    class Base(mod.Holder):
        pass

    class Cls(Base):
        pass
    where = mod.address(Base)
    mod.type_of(Cls())
    ref = weakref.ref(Base)
    del Base
    collect(Cls)
    assert ref() is not None and mod.address(ref()) == where
    collect(Cls)
    x = Cls()
    assert mod.type_of(x) is Cls and mod.is_subtype(Cls, ref()) and mod.address(Cls.__mro__[1]) == where
    x.put(x)
    del x, Cls
    for _ in range(2):
        gc.collect()
    assert ref() is None


@pytest.mark.parametrize("name", BASES)
def test_an_instance_that_only_c_has(mod, name):
    cls = type("Cls", (base_of(mod, name),), {"value": 7})
    ref = weakref.ref(cls)
    mod.keep(cls())
    del cls
    for _ in range(3):
        gc.collect()
    x = mod.let_go()
    assert type(x) is ref() and x.value == 7 and mod.type_of(x) is type(x)
    del x
    gc.collect()
    assert ref() is None


@pytest.mark.parametrize("name", ["object", "dict", "Holder", "Made"])
def test_a_class_that_only_c_has(mod, name):
    cls = type("Cls", (base_of(mod, name),), {"value": 7})
    ref = weakref.ref(cls)
    mod.keep(cls)
    del cls
    for _ in range(3):
        gc.collect()
    cls = mod.let_go()
    assert cls is ref() and mod.type_of(cls()) is cls and cls().value == 7
    del cls
    gc.collect()
    assert ref() is None


@pytest.mark.parametrize("name", ["object", "Holder", "Made"])
def test_c_uses_one_that_has_faded(mod, name):
    """It has borrowed it from the module whose dictionary has it, say."""
    cls = type("Cls", (base_of(mod, name),), {"value": 7})
    mod.borrow(cls)
    collect(cls)
    assert mod.the_borrowed() is cls
    collect(cls)
    x = mod.make_borrowed()
    assert type(x) is cls and x.value == 7 and mod.type_of(x) is cls
    del x
    collect(cls)
    x = mod.alloc_borrowed()
    assert type(x) is cls and x.value == 7 and mod.type_of(x) is cls and mod.address(cls) == mod.type_address(x)


@pytest.mark.parametrize("held", ["nothing", "itself", "a list", "an instance"])
def test_a_cycle_of_instances_and_classes_through_c(mod, held):
    class Plain:
        pass

    class Cls(mod.Holder):
        plain = Plain()
    x = Cls.x = Cls()
    Plain.x = x
    x.put({"nothing": None, "itself": x, "a list": [Cls, Plain, x], "an instance": Cls.plain}[held])
    refs = [weakref.ref(y) for y in (Cls, Plain, x)]
    del x, Cls, Plain
    for _ in range(3):
        gc.collect()
    assert [ref() for ref in refs] == [None] * 3


def test_c_code_uses_the_class_when_an_instance_ends(mod):
    """Both are unreachable at the same time."""
    class Cls(mod.Last):
        name = "the class's"
    Cls.x = Cls()
    mod.type_of(Cls.x)
    ref = weakref.ref(Cls)
    mod.said()
    del Cls
    for _ in range(3):
        gc.collect()
    assert mod.said() == ["finalize Cls the class's", "dealloc Cls the class's" if extension.ON_PYPY else "dealloc"] and ref() is None


def test_a_finaliser_is_the_last_to_use_a_class(mod):
    seen = []

    class Cls:
        def __init__(self):
            self.me = self

        def __del__(self):
            seen.append(mod.type_of(self).__name__)
            seen.append(mod.type_address(self) == mod.address(type(self)))
    mod.type_of(Cls())
    gc.collect()
    assert seen == ["Cls", True]
    ref = weakref.ref(Cls)
    Cls()
    del Cls
    for _ in range(3):
        gc.collect()
    assert seen == ["Cls", True] * 2 and ref() is None


def test_a_metaclass_crosses_again(mod):
    class Meta(type):
        def hello(cls):
            return cls.__name__

    class Cls(metaclass=Meta):
        pass
    where = mod.address(Meta)
    for _ in range(3):
        gc.collect()
        assert mod.type_of(Cls) is Meta and mod.type_address(Cls) == where
        assert mod.call_with_type(lambda c: c.hello(), Cls()) == "Cls"


def test_in_several_threads(mod):
    """Each makes classes and drops them; those of all fade meanwhile."""
    class Shared(mod.Holder):
        pass

    class Plain:
        pass
    rounds = 60 if extension.ON_PYPY else 300
    refs = []

    def work():
        for i in range(rounds):
            cls = type("Cls", ((object, mod.Holder, mod.Made, Shared)[i % 4],), {"value": i})
            x = cls()
            for y in (x, Shared(), Plain()):
                assert mod.type_of(y) is type(y) and mod.call_with_type(lambda c: c, y) is type(y)
            assert mod.type_of(x).value == i
            if i % 10 == 0:
                refs.append(weakref.ref(cls))

    def collecting():
        while not over.is_set():
            gc.collect()
    over = threading.Event()
    thread = threading.Thread(target=collecting)
    thread.start()
    try:
        run(*[work] * 3)
    finally:
        over.set()
        thread.join()
    for _ in range(3):
        gc.collect()
    assert mod.type_of(Shared()) is Shared and [ref() for ref in refs] == [None] * len(refs)
