"""Cycles through C: what C containers and VM objects hold of each other is collected, and nothing else is."""

import gc
import threading
import weakref

import pytest

from tests.capi import extension

NODE = r"""
    typedef struct { PyObject_HEAD PyObject *a, *b; PyObject *dict, *weak; long value; } Node;
    static long freed, finalized;
    static PyObject *kept, *callback;
    static int traverse(PyObject *op, visitproc visit, void *arg)
    {
        Py_VISIT(((Node *)op)->a);
        Py_VISIT(((Node *)op)->b);
        Py_VISIT(((Node *)op)->dict);
        return 0;
    }
    static int clear(PyObject *op)
    {
        Py_CLEAR(((Node *)op)->a);
        Py_CLEAR(((Node *)op)->b);
        Py_CLEAR(((Node *)op)->dict);
        return 0;
    }
    static void dealloc(PyObject *op)
    {
        PyObject_GC_UnTrack(op);
        if (((Node *)op)->weak) PyObject_ClearWeakRefs(op);
        freed++;
        clear(op);
        ((Node *)op)->value = -77;
        Py_TYPE(op)->tp_free(op);
    }
    static void finalize(PyObject *op)
    {
        PyObject *type, *value, *tb;
        finalized++;
        if (!callback) return;
        PyErr_Fetch(&type, &value, &tb);
        PyObject *r = PyObject_CallFunctionObjArgs(callback, op, NULL);
        if (!r) PyErr_WriteUnraisable(op);
        Py_XDECREF(r);
        PyErr_Restore(type, value, tb);
    }
    static void final_dealloc(PyObject *op)
    {
        if (PyObject_CallFinalizerFromDealloc(op) < 0) return;
        dealloc(op);
    }
    static PyMemberDef members[] = {
        {"a", T_OBJECT, offsetof(Node, a)}, {"b", T_OBJECT, offsetof(Node, b)}, {"value", T_LONG, offsetof(Node, value)}, {NULL}};
    static PyTypeObject Node_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "graph.Node", .tp_basicsize = sizeof(Node), .tp_new = PyType_GenericNew,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_dealloc = dealloc, .tp_traverse = traverse,
        .tp_clear = clear, .tp_members = members, .tp_weaklistoffset = offsetof(Node, weak) };
    static PyTypeObject Final_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "graph.Final", .tp_basicsize = sizeof(Node), .tp_new = PyType_GenericNew,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_dealloc = final_dealloc, .tp_traverse = traverse,
        .tp_clear = clear, .tp_members = members, .tp_finalize = finalize, .tp_weaklistoffset = offsetof(Node, weak) };
    static PyTypeObject Unclear_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "graph.Unclear", .tp_basicsize = sizeof(Node), .tp_new = PyType_GenericNew,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_dealloc = dealloc, .tp_traverse = traverse,
        .tp_members = members, .tp_weaklistoffset = offsetof(Node, weak) };
    static PyTypeObject Dicted_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "graph.Dicted", .tp_basicsize = sizeof(Node), .tp_new = PyType_GenericNew,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_dealloc = dealloc, .tp_traverse = traverse,
        .tp_clear = clear, .tp_members = members, .tp_dictoffset = offsetof(Node, dict) };
    @EXPORT_TYPE("Node", Node_Type)
    @EXPORT_TYPE("Final", Final_Type)
    @EXPORT_TYPE("Unclear", Unclear_Type)
    @EXPORT_TYPE("Dicted", Dicted_Type)
    @EXPORT(counts, METH_NOARGS)
    static PyObject *counts(PyObject *self, PyObject *ignored) { return Py_BuildValue("(ll)", freed, finalized); }
    @EXPORT(keep, METH_O)
    static PyObject *keep(PyObject *self, PyObject *o) { Py_INCREF(o); Py_XSETREF(kept, o); Py_RETURN_NONE; }
    @EXPORT(give, METH_NOARGS)
    static PyObject *give(PyObject *self, PyObject *ignored) { PyObject *o = kept; kept = NULL; if (!o) Py_RETURN_NONE; return o; }
    @EXPORT(keep_a_of, METH_O)
    static PyObject *keep_a_of(PyObject *self, PyObject *o) { Py_INCREF(((Node *)o)->a); Py_XSETREF(kept, ((Node *)o)->a); Py_RETURN_NONE; }
    @EXPORT(same_as_a, METH_VARARGS)
    static PyObject *same_as_a(PyObject *self, PyObject *args)
    {
        PyObject *node, *other;
        if (!PyArg_ParseTuple(args, "OO", &node, &other)) return NULL;
        return PyBool_FromLong(((Node *)node)->a == other);
    }
    @EXPORT(set_callback, METH_O)
    static PyObject *set_callback(PyObject *self, PyObject *o)
    {
        if (o == Py_None) Py_CLEAR(callback); else { Py_INCREF(o); Py_XSETREF(callback, o); }
        Py_RETURN_NONE;
    }
    /* A list that only C ever sees, with `o` in it, goes into o->a. */
    @EXPORT(list_inside, METH_O)
    static PyObject *list_inside(PyObject *self, PyObject *o)
    {
        PyObject *l = PyList_New(0);
        if (!l || PyList_Append(l, o) < 0) return NULL;
        Py_XSETREF(((Node *)o)->a, l);
        Py_RETURN_NONE;
    }
    /* A ring of `n` instances that the VM never sees. */
    @EXPORT(hidden_ring, METH_O)
    static PyObject *hidden_ring(PyObject *self, PyObject *arg)
    {
        long n = PyLong_AsLong(arg);
        PyObject *first = Node_Type.tp_alloc(&Node_Type, 0), *last = first;
        for (long i = 1; i < n; i++) {
            PyObject *next = Node_Type.tp_alloc(&Node_Type, 0);
            ((Node *)last)->a = next;
            last = next;
        }
        Py_INCREF(first);
        ((Node *)last)->a = first;
        Py_DECREF(first);
        Py_RETURN_NONE;
    }
    @EXPORT(tracked, METH_O)
    static PyObject *tracked(PyObject *self, PyObject *o)
    {
        int before = PyObject_GC_IsTracked(o), without, after;
        PyObject_GC_UnTrack(o);
        without = PyObject_GC_IsTracked(o);
        PyObject_GC_Track(o);
        after = PyObject_GC_IsTracked(o);
        return Py_BuildValue("(iii)", before, without, after);
    }
    @EXPORT(collect, METH_NOARGS)
    static PyObject *collect(PyObject *self, PyObject *ignored) { return PyLong_FromSsize_t(PyGC_Collect()); }
"""


@pytest.fixture
def mod(make):
    return make(NODE)


def settle():
    for _ in range(3):
        gc.collect()


def freed_by(mod, make_garbage, n=5):
    settle()
    before = mod.counts()[0]
    for _ in range(n):
        make_garbage()
    settle()
    return mod.counts()[0] - before


def test_instance_and_dict(mod):
    def garbage():
        d = {}
        d["node"] = node = mod.Node()
        node.a = d
    assert freed_by(mod, garbage) == 5


@pytest.mark.parametrize("container", [list, tuple, set, lambda items: {"x": items[0]}.items(), iter])
def test_instance_and_container(mod, container):
    def garbage():
        node = mod.Node()
        node.a = container([node])
    assert freed_by(mod, garbage) == 5


def test_instance_and_closure(mod):
    def garbage():
        node = mod.Node()
        node.a = lambda: node
    assert freed_by(mod, garbage) == 5


def test_instance_and_bound_method(mod):
    class Owner:
        def method(self):
            pass

    def garbage():
        owner = Owner()
        owner.node = mod.Node()
        owner.node.a = owner.method
    assert freed_by(mod, garbage) == 5


class Owner:
    def method(self):
        pass


class Loud(Owner):
    said = []

    def __del__(self):
        Loud.said.append(self.node.value)


@pytest.mark.parametrize("ring", [
    lambda node: setattr(node, "a", [node]), lambda node: setattr(node, "a", {"node": node}), lambda node: setattr(node, "a", lambda: node),
    lambda node: owned(node, Owner()), lambda node: owned(node, Loud()), lambda node: owned(node, Owner(), method=True),
    lambda node: owned(node, Owner(), between=[])], ids=["list", "dict", "closure", "owner", "del", "method", "between"])
def test_types_without_tp_clear(mod, ring):
    """Nothing but what holds them can break the cycle, as CPython breaks it."""
    weak = []

    def garbage():
        node = mod.Unclear()
        node.value = 5
        weak.append(weakref.ref(node))
        ring(node)
    assert freed_by(mod, garbage) == 5 and not any(ref() for ref in weak)
    assert set(Loud.said) <= {5}


def owned(node, owner, method=False, between=None):
    owner.node = node
    node.a = owner.method if method else owner
    if between is not None:
        between.append(owner)
        node.a = between


def test_a_subclass_with_state_and_without_tp_clear(mod):
    class Sub(mod.Unclear):
        pass

    def garbage():
        node = Sub()
        node.me, node.a = [node], [node]
    assert freed_by(mod, garbage) == 5


def test_instance_in_its_own_dictionary(mod):
    def garbage():
        node = mod.Dicted()
        node.me = node
        node.list = [node]
    assert freed_by(mod, garbage) == 5


def test_two_instances(mod):
    def garbage():
        x, y = mod.Node(), mod.Node()
        x.a, y.a = y, x
    assert freed_by(mod, garbage) == 10


def test_subclass_with_state(mod):
    class Sub(mod.Node):
        pass

    def garbage():
        x, y = Sub(), Sub()
        x.a, y.a = y, x
        x.other, y.name = [y], "y"
    assert freed_by(mod, garbage) == 10


def test_a_list_of_c_in_between(mod):
    def garbage():
        mod.list_inside(mod.Node())
    assert freed_by(mod, garbage) == 5


def test_a_ring_that_the_vm_never_saw(mod):
    assert freed_by(mod, lambda: mod.hidden_ring(7)) == 35


def test_chain_of_instances_to_a_function(mod):
    """first -> hidden wrapper -> hidden wrapper -> function -> first"""
    def garbage():
        first = mod.Node()
        first.a = mod.Node()
        first.a.a = mod.Node()
        first.a.a.a = lambda: first
    assert freed_by(mod, garbage) == 15


def test_through_two_python_objects(mod):
    def garbage():
        x, y = mod.Node(), mod.Node()
        x.a, y.a = {"y": y}, {"x": x}
    assert freed_by(mod, garbage) == 10


def test_pygc_collect(mod):
    settle()
    before = mod.counts()[0]
    node = mod.Node()
    node.a = [node]
    del node
    for _ in range(5):
        mod.collect()
    assert mod.counts()[0] == before + 1


def test_what_is_reachable_stays(mod):
    nodes = []
    for i in range(20):
        node = mod.Node()
        node.value = i
        node.a = {"node": node, "number": i}
        node.b = lambda node=node: node.value
        nodes.append(node)
    for _ in range(4):
        gc.collect()
        for i, node in enumerate(nodes):
            assert node.a["node"] is node and node.a["number"] == i and node.b() == i
    dicts = [node.a for node in nodes]
    del nodes, node
    for _ in range(4):
        gc.collect()
    assert [d["node"].b() for d in dicts] == list(range(20))


def test_state_that_only_c_holds_stays(mod):
    class Sub(mod.Node):
        pass

    outer = mod.Node()
    outer.a = Sub()
    outer.a.b = {"up": outer}
    outer.a.name = "inner"
    for _ in range(4):
        gc.collect()
        assert outer.a.name == "inner" and outer.a.b["up"] is outer


def test_a_static_of_c_holds_the_instance(mod):
    settle()
    node = mod.Node()
    node.value = 5
    node.a = {"node": node}
    mod.keep(node)
    before = mod.counts()[0]
    del node
    settle()
    assert mod.counts()[0] == before
    node = mod.give()
    assert node.value == 5 and node.a["node"] is node
    node.a = None


def test_a_static_of_c_takes_the_object_later(mod):
    """The VM's object was held by the instance only when its cycle was looked for; then C took another reference."""
    node = mod.Node()
    node.a = d = {"node": node, "text": "here"}
    del d
    settle()
    mod.keep_a_of(node)
    del node
    settle()
    d = mod.give()
    assert d["text"] == "here" and d["node"].a is d
    assert d["node"].value == 0
    d.clear()


def test_an_object_that_crosses_again_is_the_same(mod):
    node = mod.Node()
    d = {"node": node}
    node.a = d
    for _ in range(3):
        gc.collect()
        assert node.a is d
        mod.keep(d)
        assert mod.give() is d
        gc.collect()
        assert mod.same_as_a(node, d)
        mod.keep(d)
        gc.collect()
        assert mod.give() is d
        del d
        gc.collect()
        d = node.a
        assert d["node"] is node
    d.clear()


def major_collections(n):
    """Those that nobody asks for, unlike gc.collect()."""
    for _ in range(n):
        while not gc.collect_step().major_is_done if hasattr(gc, "collect_step") else gc.collect() < 0:
            pass


def test_c_lets_go_of_what_hangs_on_an_instance(mod):
    """The wrapper holds what it reaches; then C has it no more."""
    gc.collect()
    nodes, dicts = [], []
    for i in range(300):
        node, held = mod.Node(), {}
        node.a = held
        held[i] = node
        nodes.append(node)
        dicts.append(held)
    for node, held in zip(nodes, dicts):   # C lets go, and it crosses again before that is noticed
        node.a = None
        node.b = held
    major_collections(4)
    for node in nodes:
        node.b = None
    for i in range(20_000):                # what C let go is forgotten
        mod.keep([i])
    mod.give()
    for node, held in zip(nodes, dicts):
        node.a = held
        assert node.a is held and mod.same_as_a(node, held)
        node.a = None


def test_del_sees_what_it_has(mod):
    seen = []

    class Sub(mod.Node):
        def __del__(self):
            seen.append((self.value, self.a[0] is self, self.name))

    def garbage():
        node = Sub()
        node.value, node.name = 3, "n"
        node.a = [node]
    assert freed_by(mod, garbage) == 5
    assert seen == [(3, True, "n")] * 5


def test_del_of_an_object_in_the_cycle(mod):
    seen = []

    class Owner:
        def __del__(self):
            seen.append((self.node.value, self.node.a is self))

    def garbage():
        owner = Owner()
        owner.node = mod.Node()
        owner.node.value = 4
        owner.node.a = owner
    assert freed_by(mod, garbage) == 5
    assert seen == [(4, True)] * 5


def test_del_of_what_holds_instances(mod):
    """A chain of finalisers, the last of which uses an instance that is unreachable since the first."""
    seen = []

    class Link:
        def __init__(self, after):
            self.after, self.node = after, mod.Node()
            self.node.value = 8

        def __del__(self):
            seen.append(self.node.value)

    def garbage():
        chain = None
        for _ in range(6):
            chain = Link(chain)
    gc.collect()
    before = mod.counts()[0]
    garbage()
    for _ in range(12):
        gc.collect()
    assert seen == [8] * 6
    assert mod.counts()[0] == before + 6


def test_finalize_runs_once(mod):
    def garbage():
        x, y = mod.Final(), mod.Final()
        x.a, y.a = y, [x]
    before = mod.counts()[1]
    assert freed_by(mod, garbage) == 10
    assert mod.counts()[1] == before + 10


def test_finalize_sees_the_whole(mod):
    seen = []

    def look(node):
        seen.append((node.value, node.a["node"] is node))

    def garbage():
        node = mod.Final()
        node.value = 6
        node.a = {"node": node}
    mod.set_callback(look)
    try:
        assert freed_by(mod, garbage) == 5
    finally:
        mod.set_callback(None)
    assert seen == [(6, True)] * 5


def test_finalize_saves(mod):
    saved = []
    settle()
    mod.set_callback(saved.append)
    try:
        node = mod.Final()
        node.value = 9
        node.a = {"node": node}
        before = mod.counts()[0]
        del node
        settle()
        assert len(saved) == 1 and mod.counts()[0] == before
        node = saved.pop()
        assert node.value == 9 and node.a["node"] is node
        settle()
        assert node.value == 9 and node.a["node"] is node
        del node
        settle()
        assert mod.counts()[0] == before + 1
    finally:
        mod.set_callback(None)


def test_weakrefs(mod):
    called = []

    def garbage():
        node = mod.Node()
        node.a = [node]
        r = weakref.ref(node, lambda r: called.append(r()))
        refs.append(r)
        return r
    refs = []
    r = garbage()
    settle()
    assert r() is None and called == [None]
    node = mod.Node()
    node.a = [node]
    r = weakref.ref(node)
    settle()
    assert r() is node and node.a[0] is node
    node.a = None


def test_tracking(mod):
    node = mod.Node()
    assert mod.tracked(node) == (1, 0, 1)


def test_an_unfinished_cycle_with_what_has_no_traverse(make):
    mod = make(r"""
        typedef struct { PyObject_HEAD PyObject *held; } Opaque;
        static long freed;
        static void dealloc(PyObject *op) { freed++; Py_XDECREF(((Opaque *)op)->held); Py_TYPE(op)->tp_free(op); }
        static PyMemberDef members[] = {{"held", T_OBJECT, offsetof(Opaque, held)}, {NULL}};
        static PyTypeObject Opaque_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "opaque.Opaque", .tp_basicsize = sizeof(Opaque), .tp_new = PyType_GenericNew,
            .tp_flags = Py_TPFLAGS_DEFAULT, .tp_dealloc = dealloc, .tp_members = members };
        @EXPORT_TYPE("Opaque", Opaque_Type)
        @EXPORT(count, METH_NOARGS)
        static PyObject *count(PyObject *self, PyObject *ignored) { return PyLong_FromLong(freed); }
    """)
    opaque = mod.Opaque()
    opaque.held = [opaque]
    items = opaque.held
    before = mod.count()
    del opaque
    settle()
    assert mod.count() == before and items[0].held is items
    items.clear()
    del items
    settle()
    assert mod.count() == before + 1


def test_many(mod):
    settle()
    before = mod.counts()[0]
    for i in range(20000):
        node = mod.Node()
        node.a = {"node": node}
        if i % 3 == 0:
            node.b = lambda: node
        if i % 1000 == 0:
            gc.collect()
    del node
    settle()
    assert mod.counts()[0] == before + 20000


@pytest.mark.keeps("where threads collect at the same time a part of the garbage sometimes stays")
def test_threads(mod):
    def work():
        for i in range(300):
            node = mod.Node()
            node.a = {"node": node, "i": i}
            node.b = [node.a]
            assert node.a["i"] == i and node.b[0] is node.a
            other = mod.Node()
            other.a, node.b = node, other
            if i % 100 == 50:
                gc.collect()
            assert node.a["node"] is node and node.b.a is node
    settle()
    before = mod.counts()[0]
    threads = [threading.Thread(target=work) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    settle()
    settle()
    assert before + 1200 <= mod.counts()[0] <= before + 1800


@pytest.mark.skipif(not extension.ON_PYPY, reason="looks into the layer")
def test_an_id_that_a_lost_object_had(mod):
    """C has not let go of a demoted object that is gone; a new one that has got its id crosses like any other."""
    from capi.core import demotion, tables
    gone = demotion.Cell(None, 0)
    entry, x = (demotion.ref(gone), 0, False, 0, False), lambda: 7
    tables.demoted[0], tables.demoted_ids[id(x)] = entry, 0
    try:
        del gone
        gc.collect()
        node = mod.Node()
        node.a = x
        node.b = x
        assert node.a is x is node.b and id(x) not in tables.demoted_ids
    finally:
        tables.demoted.pop(0, None)
        tables.demoted_ids.pop(id(x), None)
