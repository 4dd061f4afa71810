"""Extension types: static, derived, with the collector; construction, destruction, subclassing in Python."""

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


@pytest.mark.skipif(ON_PYPY, reason="the VM's classes can be changed; there is no way to forbid it")
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
    gc.collect()
    before = mod.alive()
    points = [mod.Point(i, i) for i in range(1000)]
    assert mod.alive() == before + 1000
    del points
    gc.collect()
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
    gc.collect()
    junk = [Named() for _ in range(1000)]
    del junk
    gc.collect()
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
    gc.collect()
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
    gc.collect()
    assert r() is None


def test_weak_reference_while_c_holds_the_object(make):
    mod = make(POINT)

    class Sub(mod.Point):
        pass

    p = Sub()
    r = weakref.ref(p)
    mod.keep(p)
    del p
    gc.collect()
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
    gc.collect()
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
    gc.collect()
    finalized, freed = mod.counts()
    nodes = [mod.Node() for _ in range(10)]
    for node in nodes:
        node.other = node.other             # an instance gets its struct when it first needs one
    del node
    assert mod.counts() == (finalized, freed)
    del nodes
    gc.collect()
    assert mod.counts() == (finalized + 10, freed + 10)


def test_a_cycle_through_c_is_collected(make):
    mod = make(FINALIZE)
    gc.collect()
    freed = mod.counts()[1]
    for _ in range(10):
        a, b = mod.Node(), mod.Node()
        a.other, b.other = b, a
        c = mod.Node()
        c.other = c
    del a, b, c
    gc.collect()
    assert mod.counts()[1] == freed + 30


def test_a_cycle_through_c_and_python_is_collected(make):
    mod = make(FINALIZE)
    gc.collect()
    freed = mod.counts()[1]

    class Sub(mod.Node):
        pass

    for _ in range(10):
        node = Sub()
        node.other = [node]
        node.me = node
    del node
    gc.collect()
    assert mod.counts()[1] == freed + 10


def test_a_chain_is_not_a_cycle(make):
    mod = make(FINALIZE)
    first = node = mod.Node()
    for _ in range(1000):
        node.other = mod.Node()
        node = node.other
    del node
    gc.collect()
    n = 0
    while first is not None:
        first, n = first.other, n + 1
    assert n == 1001
