"""Extension types of every sort: static, heap, derived, GC, metatypes; construction, destruction, subclassing in Python."""

import gc
import inspect
import pickle
import sys
import weakref

import pytest

from tests.capi.extension import ON_PYPY

POINT = r"""
static long alive, finalized;
typedef struct { PyObject_HEAD double x, y; PyObject *tag; } Point;

static PyObject *Point_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Point *self = (Point *)type->tp_alloc(type, 0);
    if (self) {
        alive++;
        self->tag = Py_NewRef(Py_None);
    }
    return (PyObject *)self;
}
static int Point_init(PyObject *op, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"x", "y", NULL};
    Point *self = (Point *)op;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "|dd:Point", names, &self->x, &self->y) ? 0 : -1;
}
static void Point_dealloc(PyObject *op)
{
    alive--;
    Py_XDECREF(((Point *)op)->tag);
    Py_TYPE(op)->tp_free(op);
}
static PyObject *norm2(PyObject *op, PyObject *ignored)
{
    Point *self = (Point *)op;
    return PyFloat_FromDouble(self->x * self->x + self->y * self->y);
}
static PyObject *reduce(PyObject *op, PyObject *ignored)
{
    Point *self = (Point *)op;
    return Py_BuildValue("(O(dd))", Py_TYPE(op), self->x, self->y);
}
static PyMethodDef Point_methods[] = {
    {"norm2", norm2, METH_NOARGS, "norm2($self, /)\n--\n\nSquare of the length."}, {"__reduce__", reduce, METH_NOARGS, NULL}, {NULL}
};
static PyMemberDef Point_members[] = {
    {"x", T_DOUBLE, offsetof(Point, x), 0, NULL}, {"y", T_DOUBLE, offsetof(Point, y), 0, NULL},
    {"tag", T_OBJECT, offsetof(Point, tag), 0, NULL}, {NULL}
};
static PyTypeObject Point_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "sys.Point", .tp_basicsize = sizeof(Point), .tp_new = Point_new,
    .tp_init = Point_init, .tp_dealloc = Point_dealloc, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = Point_methods, .tp_members = Point_members, .tp_doc = "Point(x=0, y=0)\n--\n\nA point.",
};
@EXPORT_TYPE("Point", Point_Type)

typedef struct { Point base; double z; } Point3;
static PyMemberDef Point3_members[] = {{"z", T_DOUBLE, offsetof(Point3, z), 0, NULL}, {NULL}};
static PyTypeObject Point3_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "sys.Point3", .tp_basicsize = sizeof(Point3), .tp_base = &Point_Type,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_members = Point3_members,
};
@EXPORT_TYPE("Point3", Point3_Type)

@EXPORT(alive, METH_NOARGS)
static PyObject *get_alive(PyObject *self, PyObject *ignored) { return PyLong_FromLong(alive); }

static PyObject *kept;
@EXPORT(keep, METH_O)
static PyObject *keep(PyObject *self, PyObject *op)
{
    Py_XSETREF(kept, Py_NewRef(op));
    Py_RETURN_NONE;
}
@EXPORT(take, METH_NOARGS)
static PyObject *take(PyObject *self, PyObject *ignored)
{
    PyObject *op = kept;
    kept = NULL;
    return op ? op : Py_NewRef(Py_None);
}
@EXPORT(type_name, METH_O)
static PyObject *type_name(PyObject *self, PyObject *op) { return PyUnicode_FromString(Py_TYPE(op)->tp_name); }
@EXPORT(is_point, METH_O)
static PyObject *is_point(PyObject *self, PyObject *op) { return PyBool_FromLong(PyObject_TypeCheck(op, &Point_Type)); }
"""


def settle():
    """Let everything die that is dead."""
    gc.collect()


def test_static_type(make):
    Point = make(POINT).Point
    p = Point(3, 4)
    assert (p.x, p.y, p.tag) == (3.0, 4.0, None)
    assert p.norm2() == 25
    assert type(p) is Point and isinstance(p, Point) and isinstance(Point, type)
    assert Point(y=2).y == 2
    with pytest.raises(TypeError):
        Point("x")
    with pytest.raises(AttributeError):
        p.other = 1


CHANGEABLE = pytest.mark.skipif(ON_PYPY, reason="the VM's classes can be changed; there is no way to forbid it")


@CHANGEABLE
def test_static_types_are_immutable(make):
    with pytest.raises(TypeError, match="immutable type"):
        make(POINT).Point.other = 1


def test_names_and_documentation(make):
    Point = make(POINT).Point
    assert (Point.__name__, Point.__qualname__, Point.__module__) == ("Point", "Point", "sys")
    assert repr(Point) == "<class 'sys.Point'>"
    assert Point.__doc__ == "A point."
    assert Point.norm2.__doc__ == "Square of the length."
    assert inspect.isclass(Point)
    assert "norm2" in dir(Point) and "x" in dir(Point())
    assert repr(Point()).startswith("<sys.Point object at 0x")
    assert inspect.isroutine(Point.norm2)
    assert Point.__mro__ == (Point, object)
    assert make(POINT).type_name(Point()) == "sys.Point"


def test_a_type_derived_in_c(make):
    mod = make(POINT)
    p = mod.Point3(1, 2)
    p.z = 3
    assert (p.x, p.y, p.z) == (1, 2, 3)
    assert p.norm2() == 5
    assert mod.Point3.__mro__ == (mod.Point3, mod.Point, object)
    assert mod.is_point(p) and not mod.is_point(3)
    assert issubclass(mod.Point3, mod.Point)


def test_instances_die(make):
    mod = make(POINT)
    settle()
    before = mod.alive()
    points = [mod.Point(i, i) for i in range(1000)]
    assert mod.alive() == before + 1000
    del points
    settle()
    assert mod.alive() == before


def test_a_subclass_in_python(make):
    mod = make(POINT)

    class Named(mod.Point):
        def __init__(self, name, *args):
            super().__init__(*args)
            self.name = name

        def norm2(self):
            return "named " + str(super().norm2())

    p = Named("a", 3, 4)
    assert (p.name, p.x, p.__dict__) == ("a", 3.0, {"name": "a"})
    assert p.norm2() == "named 25.0"
    assert mod.is_point(p)
    assert mod.type_name(p) == "Named"
    p.tag = p.name
    assert p.tag == "a"


def test_state_of_a_subclass_survives_while_only_c_holds_it(make):
    mod = make(POINT)

    class Named(mod.Point):
        pass

    p = Named(1, 2)
    p.name = ["state"]
    mod.keep(p)
    del p
    settle()
    junk = [Named() for _ in range(1000)]
    del junk
    settle()
    p = mod.take()
    assert type(p) is Named and p.name == ["state"] and p.y == 2


def test_identity_while_c_holds_it(make):
    mod = make(POINT)
    p = mod.Point()
    mod.keep(p)
    assert mod.take() is p
    mod.keep(p)
    p.x = 5
    del p
    settle()
    assert mod.take().x == 5


def test_slots_of_a_subclass(make):
    mod = make(POINT)

    class Slotted(mod.Point):
        __slots__ = ("name",)

    p = Slotted(1)
    p.name = "n"
    assert (p.name, p.x) == ("n", 1)
    with pytest.raises(AttributeError):
        p.other = 1

    class Empty(mod.Point):
        __slots__ = ()

    with pytest.raises(AttributeError):
        Empty().other = 1


def test_multiple_inheritance(make):
    mod = make(POINT)

    class Mixin:
        def hello(self):
            return f"hello {self.x}"

    class Both(Mixin, mod.Point):
        pass

    class Other(mod.Point3, Mixin):
        pass

    assert Both(1).hello() == "hello 1.0"
    assert Other(2).hello() == "hello 2.0" and Other().z == 0
    with pytest.raises(TypeError):
        type("Conflict", (mod.Point, int), {})
    with pytest.raises(TypeError):
        type("Conflict", (mod.Point, BaseException), {})


def test_new_and_init_are_called_by_name(make):
    Point = make(POINT).Point

    class Sub(Point):
        def __new__(cls, *args):
            self = super().__new__(cls)
            self.made = args
            return self

    assert Sub(1, 2).made == (1, 2)
    assert Point.__new__(Point).x == 0
    p = Point()
    Point.__init__(p, 5)
    assert p.x == 5
    with pytest.raises(TypeError):
        Point.__new__(int)


def test_weak_references_to_a_subclass(make):
    Point = make(POINT).Point

    class Sub(Point):
        pass

    p = Sub()
    r = weakref.ref(p)
    assert r() is p
    del p
    settle()
    assert r() is None


def test_weak_reference_while_c_holds_the_object(make):
    mod = make(POINT)

    class Sub(mod.Point):
        pass

    p = Sub()
    r = weakref.ref(p)
    mod.keep(p)
    del p
    settle()
    assert r() is not None
    assert mod.take() is r()


def test_pickle(make):
    Point = make(POINT).Point
    sys.Point = Point                        # where its __module__ says that it lives
    try:
        p = pickle.loads(pickle.dumps(Point(1, 2)))
    finally:
        del sys.Point
    assert (type(p), p.x, p.y) == (Point, 1, 2)


def test_finalizer_in_python(make):
    Point = make(POINT).Point
    seen = []

    class Sub(Point):
        def __del__(self):
            seen.append(self.x)

    Sub(7)
    settle()
    assert seen == [7]


FINALIZE = r"""
static long finalized, freed;
typedef struct { PyObject_HEAD PyObject *other; } Node;
static int traverse(PyObject *op, visitproc visit, void *arg) { Py_VISIT(((Node *)op)->other); return 0; }
static int clear(PyObject *op) { Py_CLEAR(((Node *)op)->other); return 0; }
static void dealloc(PyObject *op)
{
    if (PyObject_CallFinalizerFromDealloc(op) < 0)
        return;
    PyObject_GC_UnTrack(op);
    freed++;
    clear(op);
    Py_TYPE(op)->tp_free(op);
}
static void finalize(PyObject *op) { finalized++; }
static PyMemberDef node_members[] = {{"other", T_OBJECT, offsetof(Node, other), 0, NULL}, {NULL}};
static PyTypeObject Node_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "graph.Node", .tp_basicsize = sizeof(Node), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_dealloc = dealloc, .tp_traverse = traverse,
    .tp_clear = clear, .tp_finalize = finalize, .tp_members = node_members,
};
@EXPORT_TYPE("Node", Node_Type)
@EXPORT(counts, METH_NOARGS)
static PyObject *counts(PyObject *self, PyObject *ignored) { return Py_BuildValue("(ll)", finalized, freed); }
"""


def test_finalize_runs_once_before_the_end(make):
    mod = make(FINALIZE)
    settle()
    finalized, freed = mod.counts()
    nodes = [mod.Node() for _ in range(10)]
    for node in nodes:
        node.other = node.other             # an instance gets its struct when it first needs one
    del node
    assert mod.counts() == (finalized, freed)
    del nodes
    settle()
    assert mod.counts() == (finalized + 10, freed + 10)


def test_a_cycle_through_c_is_collected(make):
    mod = make(FINALIZE)
    settle()
    freed = mod.counts()[1]
    for _ in range(10):
        a, b = mod.Node(), mod.Node()
        a.other, b.other = b, a
        c = mod.Node()
        c.other = c
    del a, b, c
    settle()
    assert mod.counts()[1] == freed + 30


def test_a_cycle_through_c_and_python_is_collected(make):
    mod = make(FINALIZE)
    settle()
    freed = mod.counts()[1]

    class Sub(mod.Node):
        pass

    for _ in range(10):
        node = Sub()
        node.other = [node]
        node.me = node
    del node
    settle()
    assert mod.counts()[1] == freed + 10


def test_a_chain_is_not_a_cycle(make):
    mod = make(FINALIZE)
    first = node = mod.Node()
    for _ in range(1000):
        node.other = mod.Node()
        node = node.other
    del node
    settle()
    n = 0
    while first is not None:
        first, n = first.other, n + 1
    assert n == 1001


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
    settle()
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


@CHANGEABLE
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
