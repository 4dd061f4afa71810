"""Heap types, metatypes, types derived from builtin ones, types of variable size."""

import gc
import weakref

import pytest

from tests.capi.extension import ON_PYPY

HEAP = r"""
typedef struct { PyObject_HEAD PyObject *dict; PyObject *weak; long n; } Heap;
static int init(PyObject *op, PyObject *args, PyObject *kwargs)
{
    return PyArg_ParseTuple(args, "|l", &((Heap *)op)->n) ? 0 : -1;
}
static void dealloc(PyObject *op)
{
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    if (((Heap *)op)->weak)
        PyObject_ClearWeakRefs(op);
    Py_CLEAR(((Heap *)op)->dict);
    type->tp_free(op);
    Py_DECREF(type);
}
static int traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(((Heap *)op)->dict);
    return 0;
}
static PyMemberDef members[] = {
    {"n", T_LONG, offsetof(Heap, n), 0, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Heap, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Heap, weak), READONLY, NULL},
    {NULL}
};
static PyGetSetDef getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
static PyType_Slot slots[] = {
    {Py_tp_init, init}, {Py_tp_dealloc, dealloc}, {Py_tp_members, members}, {Py_tp_getset, getset}, {Py_tp_traverse, traverse},
    {Py_tp_doc, "A heap type."}, {0, NULL}
};
static PyType_Spec spec = {
    "package.module.Heap", sizeof(Heap), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots
};
static PyType_Slot derived_slots[] = {{0, NULL}};
static PyType_Spec derived_spec = {"package.module.Derived", sizeof(Heap), 0, Py_TPFLAGS_DEFAULT, derived_slots};
static PyType_Spec closed_spec = {
    "package.module.Closed", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, derived_slots
};
static PyType_Spec fixed_spec = {
    "package.module.Fixed", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, derived_slots
};
@INIT
{
    PyObject *heap = PyType_FromSpec(&spec), *derived;
    if (!heap || !(derived = PyType_FromSpecWithBases(&derived_spec, heap)))
        return NULL;
    if (PyModule_AddObject(m, "Heap", heap) < 0 || PyModule_AddObject(m, "Derived", derived) < 0
        || PyModule_AddObject(m, "Closed", PyType_FromSpec(&closed_spec)) < 0
        || PyModule_AddObject(m, "Fixed", PyType_FromSpec(&fixed_spec)) < 0)
        return NULL;
}
"""


def test_heap_type(make):
    Heap = make(HEAP).Heap
    assert Heap(5).n == 5
    assert (Heap.__module__, Heap.__name__, Heap.__doc__) == ("package.module", "Heap", "A heap type.")
    Heap.more = 3
    assert Heap().more == 3
    del Heap.more


def test_dictoffset(make):
    heap = make(HEAP).Heap()
    assert heap.__dict__ == {}
    heap.any = [1]
    assert heap.any == [1] and heap.__dict__ == {"any": [1]}
    heap.__dict__ = {"other": 2}
    assert heap.other == 2 and not hasattr(heap, "any")
    del heap.other
    assert vars(heap) == {}


def test_weaklistoffset(make):
    heap = make(HEAP).Heap()
    seen = []
    r = weakref.ref(heap, seen.append)
    assert r() is heap
    del heap
    gc.collect()
    assert r() is None and seen == [r]


def test_heap_type_derived_from_another(make):
    mod = make(HEAP)
    d = mod.Derived(4)
    assert d.n == 4 and isinstance(d, mod.Heap)
    assert mod.Derived.__bases__ == (mod.Heap,)
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("X", (mod.Derived,), {})


def test_instantiation_forbidden(make):
    with pytest.raises(TypeError, match="cannot create 'package.module.Closed' instances"):
        make(HEAP).Closed()


@pytest.mark.skipif(ON_PYPY, reason="the VM's classes can be changed; there is no way to forbid it")
def test_immutable_heap_type(make):
    with pytest.raises(TypeError, match="immutable type"):
        make(HEAP).Fixed.x = 1


METATYPE = r"""
static PyObject *meta_call(PyObject *cls, PyObject *args, PyObject *kwargs)
{
    PyObject *made = PyType_Type.tp_call(cls, args, kwargs);
    return made ? Py_BuildValue("(sN)", "made by meta", made) : NULL;
}
static PyObject *meta_method(PyObject *cls, PyObject *ignored) { return PyUnicode_FromFormat("meta of %s", ((PyTypeObject *)cls)->tp_name); }
static PyMethodDef meta_methods[] = {{"meta_method", meta_method, METH_NOARGS, NULL}, {NULL}};
static PyTypeObject Meta_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "metas.Meta", .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = meta_methods, .tp_call = meta_call,
};
static PyTypeObject Made_Type = {
    PyVarObject_HEAD_INIT(&Meta_Type, 0) .tp_name = "metas.Made", .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = PyType_GenericNew,
};
@INIT
{
    Meta_Type.tp_base = &PyType_Type;
    if (PyType_Ready(&Meta_Type) < 0 || PyType_Ready(&Made_Type) < 0
        || PyModule_AddObjectRef(m, "Meta", (PyObject *)&Meta_Type) < 0
        || PyModule_AddObjectRef(m, "Made", (PyObject *)&Made_Type) < 0)
        return NULL;
}
"""


def test_metatype(make):
    mod = make(METATYPE)
    assert type(mod.Made) is mod.Meta and issubclass(mod.Meta, type)
    assert mod.Made.meta_method() == "meta of metas.Made"
    label, made = mod.Made()
    assert label == "made by meta" and type(made) is mod.Made

    class Sub(mod.Made):
        pass

    assert type(Sub) is mod.Meta
    assert type(Sub()[1]) is Sub
    assert Sub.meta_method() == "meta of Sub"


BUILTIN_BASES = r"""
#define DERIVED(Name, base, extra) \
    typedef struct { base head; long more; } Name; \
    static PyMemberDef Name##_members[] = {{"more", T_LONG, offsetof(Name, more), 0, NULL}, {NULL}}; \
    static PyTypeObject Name##_Type = { \
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "derived." #Name, .tp_basicsize = sizeof(Name), \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_members = Name##_members, \
    };
DERIVED(MyFloat, PyFloatObject, 0)
DERIVED(MyList, PyListObject, 0)
DERIVED(MyDict, PyDictObject, 0)
DERIVED(MyError, PyBaseExceptionObject, 0)
@INIT
{
    MyFloat_Type.tp_base = &PyFloat_Type;
    MyList_Type.tp_base = &PyList_Type;
    MyDict_Type.tp_base = &PyDict_Type;
    MyError_Type.tp_base = (PyTypeObject *)PyExc_ValueError;
    if (PyModule_AddType(m, &MyFloat_Type) < 0 || PyModule_AddType(m, &MyList_Type) < 0
        || PyModule_AddType(m, &MyDict_Type) < 0 || PyModule_AddType(m, &MyError_Type) < 0)
        return NULL;
}
"""


def test_derived_from_builtin_types(make):
    mod = make(BUILTIN_BASES)
    f = mod.MyFloat(1.5)
    f.more = 3
    assert (f + 1, f.more, isinstance(f, float)) == (2.5, 3, True)
    l = mod.MyList([1, 2])
    l.more = 4
    l.append(3)
    assert (l, l.more, len(l)) == ([1, 2, 3], 4, 3)
    d = mod.MyDict(a=1)
    d.more = 5
    d["b"] = 2
    assert (d, d.more) == ({"a": 1, "b": 2}, 5)
    with pytest.raises(ValueError) as caught:
        error = mod.MyError("what")
        error.more = 6
        raise error
    assert caught.value.more == 6 and caught.value.args == ("what",)


VAR = r"""
typedef struct { PyObject_VAR_HEAD long items[1]; } Var;
static PyObject *Var_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "n", &n))
        return NULL;
    Var *self = (Var *)type->tp_alloc(type, n);
    if (self)
        for (Py_ssize_t i = 0; i < n; i++)
            self->items[i] = i * i;
    return (PyObject *)self;
}
static PyObject *total(PyObject *op, PyObject *ignored)
{
    long sum = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(op); i++)
        sum += ((Var *)op)->items[i];
    return PyLong_FromLong(sum);
}
static PyMethodDef var_methods[] = {{"total", total, METH_NOARGS, NULL}, {NULL}};
static PyTypeObject Var_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "varying.Var", .tp_basicsize = offsetof(Var, items), .tp_itemsize = sizeof(long),
    .tp_new = Var_new, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_methods = var_methods,
};
@EXPORT_TYPE("Var", Var_Type)
"""


def test_variable_size(make):
    Var = make(VAR).Var
    for n in (0, 1, 10, 1000):
        assert Var(n).total() == sum(i * i for i in range(n))


def test_tp_dict_is_the_classs_dictionary(make):
    mod = make(r"""
        static PyTypeObject T_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "dicts.T", .tp_basicsize = sizeof(PyObject),
            .tp_flags = Py_TPFLAGS_DEFAULT, .tp_new = PyType_GenericNew,
        };
        @INIT
        {
            PyObject *value = PyLong_FromLong(99);
            if (PyType_Ready(&T_Type) < 0 || PyDict_SetItemString(T_Type.tp_dict, "constant", value) < 0)
                return NULL;
            Py_DECREF(value);
            PyType_Modified(&T_Type);
            if (PyModule_AddObjectRef(m, "T", (PyObject *)&T_Type) < 0)
                return NULL;
        }
    """)
    assert mod.T.constant == 99
    assert mod.T().constant == 99


REFUSING_METATYPE = r"""
    static PyObject *refuse(PyTypeObject *type, PyObject *args, PyObject *kwargs)
    {
        PyErr_SetString(PyExc_TypeError, "not from Python");
        return NULL;
    }
    typedef struct { PyHeapTypeObject head; PyObject *kind; } MetaObject;
    static PyMemberDef meta_members[] = {{"kind", T_OBJECT, offsetof(MetaObject, kind), READONLY}, {NULL}};
    static PyTypeObject Meta = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "x.Meta", .tp_basicsize = sizeof(MetaObject),
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = refuse, .tp_members = meta_members};
    typedef struct { PyObject_HEAD long kind; } Thing;
    static PyMemberDef members[] = {{"kind", T_LONG, offsetof(Thing, kind), READONLY}, {NULL}};
    static MetaObject Made = {.head.ht_type = {PyVarObject_HEAD_INIT(&Meta, 0) .tp_name = "x.Made", .tp_basicsize = sizeof(Thing),
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_members = members, .tp_new = PyType_GenericNew}};
    @INIT
    {
        Meta.tp_base = &PyType_Type;
        if (PyType_Ready(&Meta) < 0 || PyType_Ready((PyTypeObject *)&Made) < 0) return NULL;
        if (PyModule_AddObjectRef(m, "Meta", (PyObject *)&Meta) < 0) return NULL;
        if (PyModule_AddObjectRef(m, "Made", (PyObject *)&Made) < 0) return NULL;
    }
"""


def test_ready_asks_no_metatype(make):
    mod = make(REFUSING_METATYPE)
    assert type(mod.Made) is mod.Meta
    with pytest.raises(TypeError, match="not from Python"):
        mod.Meta("Another", (), {})


def test_metatype_and_type_have_a_member_of_one_name(make):
    mod = make(REFUSING_METATYPE)
    assert mod.Made.kind is None
    assert mod.Made().kind == 0


def test_ready_takes_a_final_base(make):
    mod = make(r"""
        static PyTypeObject Final = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "x.Final", .tp_basicsize = sizeof(PyObject),
            .tp_flags = Py_TPFLAGS_DEFAULT};
        static PyTypeObject Sub = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "x.Sub", .tp_basicsize = sizeof(PyObject),
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
        @INIT
        {
            Sub.tp_base = &Final;
            if (PyType_Ready(&Final) < 0 || PyType_Ready(&Sub) < 0) return NULL;
            if (PyModule_AddObjectRef(m, "Final", (PyObject *)&Final) < 0) return NULL;
            if (PyModule_AddObjectRef(m, "Sub", (PyObject *)&Sub) < 0) return NULL;
        }
    """)
    assert mod.Sub.__base__ is mod.Final
    with pytest.raises(TypeError, match="type 'x.Final' is not an acceptable base type"):
        type("T", (mod.Final,), {})
    assert type("T", (mod.Sub,), {}).__base__ is mod.Sub


def test_class_of_instances_as_attribute(make):
    mod = make(r"""
        static PyObject *get_class(PyObject *self, void *closure) { return Py_NewRef((PyObject *)&PyList_Type); }
        static PyGetSetDef posing_getsets[] = {{"__class__", get_class, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
        @EXPORT_TYPE("Posing", Posing_Type)
        static PyTypeObject Posing_Type = {
            PyVarObject_HEAD_INIT(NULL, 0)
            .tp_name = "m.Posing", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
            .tp_new = PyType_GenericNew, .tp_getset = posing_getsets,
        };
    """)
    x = mod.Posing()
    assert x.__class__ is list and isinstance(x, list) and type(x) is mod.Posing


def test_metaclass_that_hides_names(make):
    mod = make(r"""
        @EXPORT(same, METH_O)
        static PyObject *same(PyObject *self, PyObject *x) { return Py_NewRef(x); }
    """)

    class Hiding(type):
        def __getattribute__(cls, name):
            if name in ("__name__", "__module__"):
                raise RuntimeError(name)
            return type.__getattribute__(cls, name)

    x = Hiding("Hidden", (), {})()
    assert mod.same(x) is x


RENEWED = r"""
typedef struct { PyObject_HEAD long made_by; } Made;

static PyObject *made(PyTypeObject *type, long by)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self)
        ((Made *)self)->made_by = by;
    return self;
}

static PyObject *first_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return made(type, 1); }

static PyObject *second_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return made(type, 2 + PyTuple_GET_SIZE(args)); }

static PyMemberDef made_members[] = {{"made_by", T_LONG, offsetof(Made, made_by), READONLY}, {NULL}};
@EXPORT_TYPE("Made", made_type)
static PyTypeObject made_type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "renewed.Made", .tp_basicsize = sizeof(Made), .tp_members = made_members,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = first_new,
};

@EXPORT(choose, METH_O)
static PyObject *choose(PyObject *mod, PyObject *second)
{
    made_type.tp_new = second == Py_True ? second_new : first_new;
    Py_RETURN_NONE;
}
"""


def test_c_may_replace_tp_new_of_a_ready_type(make):
    mod = make(RENEWED)
    made_by = lambda *args: [mod.Made(*args).made_by, mod.Made.__new__(mod.Made, *args).made_by]
    assert made_by() == [1, 1]
    mod.choose(True)
    assert made_by() == [2, 2] and made_by(0, 0) == [4, 4]
    Sub = type("Sub", (mod.Made,), {"__new__": lambda cls: mod.Made.__new__(cls, 0)})
    assert Sub().made_by == 3 and type(Sub()) is Sub
    with pytest.raises(TypeError, match="is not a subtype"):
        mod.Made.__new__(int)
    mod.choose(False)
    assert made_by() == [1, 1]


PADDED = r"""
static PyTypeObject Padded_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "kinds.Padded", .tp_basicsize = sizeof(PyBytesObject), .tp_base = &PyBytes_Type,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
@EXPORT_TYPE("Padded", Padded_Type)

@EXPORT(read, METH_O)
static PyObject *read_bytes(PyObject *self, PyObject *arg)
{
    return Py_BuildValue("ny#", PyBytes_Size(arg), PyBytes_AS_STRING(arg), Py_SIZE(arg));
}

@EXPORT(make, METH_O)
static PyObject *make_bytes(PyObject *self, PyObject *arg)
{
    PyObject *made = Padded_Type.tp_alloc(&Padded_Type, PyBytes_GET_SIZE(arg));
    if (made)
        memcpy(PyBytes_AS_STRING(made), PyBytes_AS_STRING(arg), PyBytes_GET_SIZE(arg));
    return made;
}
"""


def test_a_type_that_only_pads_bytes(make):
    mod = make(PADDED)

    class Derived(mod.Padded):
        pass

    for data in (b"", b"a", b"some bytes" * 9):
        for cls in (mod.Padded, Derived):
            x = cls(data)
            assert type(x) is cls and x == data and mod.read(x) == (len(data), data) and repr(x) == repr(data)
        made = mod.make(data)
        assert type(made) is mod.Padded and made == data and mod.read(made) == (len(data), data) and len(made) == len(data)


def test_metatype_of_c_with_slots_of_its_own(make):
    """As pybind11 makes its classes: the metatype's tp_getattro, tp_setattro and tp_call lead to type's, and __init__ is set later."""
    mod = make(r"""
        static PyObject *get(PyObject *type, PyObject *name) { return PyType_Type.tp_getattro(type, name); }
        static int set(PyObject *type, PyObject *name, PyObject *value) { return PyType_Type.tp_setattro(type, name, value); }
        static PyObject *call(PyObject *type, PyObject *args, PyObject *kwargs) { return PyType_Type.tp_call(type, args, kwargs); }
        typedef struct { PyObject_HEAD long number; } Thing;
        static int no_init(PyObject *self, PyObject *args, PyObject *kwargs) { PyErr_SetString(PyExc_TypeError, "no constructor"); return -1; }
        static PyObject *new_thing(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return type->tp_alloc(type, 0); }
        static PyObject *init(PyObject *self, PyObject *args)
        {
            PyObject *thing;
            if (!PyArg_ParseTuple(args, "Ol", &thing, &((Thing *)PyTuple_GET_ITEM(args, 0))->number)) return NULL;
            Py_RETURN_NONE;
        }
        static PyMethodDef init_method = {"__init__", init, METH_VARARGS, NULL};
        static PyObject *new_type(PyTypeObject *meta, const char *name, PyTypeObject *base)
        {
            PyHeapTypeObject *heap = (PyHeapTypeObject *)meta->tp_alloc(meta, 0);
            heap->ht_name = heap->ht_qualname = PyUnicode_FromString(name);
            Py_INCREF(heap->ht_name);
            heap->ht_type.tp_name = name;
            heap->ht_type.tp_base = (PyTypeObject *)Py_NewRef((PyObject *)base);
            heap->ht_type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HEAPTYPE;
            heap->ht_type.tp_basicsize = sizeof(Thing);
            if (base == &PyBaseObject_Type) { heap->ht_type.tp_new = new_thing; heap->ht_type.tp_init = no_init; }
            return PyType_Ready(&heap->ht_type) < 0 ? NULL : (PyObject *)heap;
        }
        static PyTypeObject Meta = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "meta.Meta", .tp_getattro = get, .tp_setattro = set, .tp_call = call,
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
        @INIT
        {
            Meta.tp_base = &PyType_Type;
            if (PyType_Ready(&Meta) < 0) return NULL;
            PyObject *base = new_type(&Meta, "Base", &PyBaseObject_Type), *thing = base ? new_type(&Meta, "Thing", (PyTypeObject *)base) : NULL;
            if (!thing) return NULL;
            PyObject *function = PyCFunction_New(&init_method, NULL), *method = PyInstanceMethod_New(function);
            Py_DECREF(function);
            if (PyObject_SetAttrString(thing, "__init__", method) < 0) return NULL;
            Py_DECREF(method);
            PyModule_AddObject(m, "Base", base);
            PyModule_AddObject(m, "Thing", thing);
        }
        @EXPORT(number, METH_O)
        static PyObject *number(PyObject *self, PyObject *o) { return PyLong_FromLong(((Thing *)o)->number); }
        @EXPORT(made, METH_O)
        static PyObject *made(PyObject *self, PyObject *type) { return PyObject_CallFunction(type, "l", 9L); }
    """)

    class Derived(mod.Thing):
        pass
    with pytest.raises(TypeError, match="no constructor"):
        mod.Base()
    for _ in range(2):
        assert mod.number(mod.Thing(7)) == 7 and mod.number(mod.made(mod.Thing)) == 9
        assert mod.number(Derived(8)) == 8 and mod.number(mod.made(Derived)) == 9
    Derived.__init__ = lambda self: None
    assert isinstance(Derived(), mod.Base) and type(Derived).__name__ == "Meta"
