"""Ownership, threads, what functions can be told."""

import gc
import threading

import pytest

from tests.cppbind.checklist import program

COUNTED = "struct T { static inline int alive = 0; T() { alive++; } ~T() { alive--; } int n = 1; };"


@program(COUNTED + "T *make() { return new T; } void take(T *t) { delete t; } T &global() { static T t; return t; }")
def python_owns(cppyy, ns):
    """__python_owns__, read and set; what C++ gives by pointer it keeps."""
    t = ns.T()
    assert t.__python_owns__
    t.__python_owns__ = False
    ns.take(t)
    del t                                               # the next object may get its address
    assert ns.T.alive == 0
    p = ns.make()
    assert not p.__python_owns__
    p.__python_owns__ = True
    del p
    gc.collect(), gc.collect()
    assert ns.T.alive == 0


@program(COUNTED + "T *make() { return new T; }")
def creates(cppyy, ns):
    """__creates__: the caller owns what a function gives."""
    ns.make.__creates__ = True
    t = ns.make()
    assert t.__python_owns__
    del t
    gc.collect(), gc.collect()
    assert ns.T.alive == 0


@program("struct In { int n = 3; }; struct Out { In in; In *inside() { return &in; } }; Out *same(Out *o) { return o; }")
def identity(cppyy, ns):
    """One object of C++ is one instance."""
    out = ns.Out()
    assert ns.same(out) is out
    assert ns.Out().inside().n in (3, 3)


@program("#include <thread>\n#include <functional>\nint work(int n) { int s = 0; for (int i = 0; i < n; i++) s += i % 7; return s; } void in_thread(const std::function<void()> &f) { std::thread t(f); t.join(); }", compiler="callbacks need the compiler")
def threads(cppyy, ns):
    """__release_gil__; threads of Python in C++; C++ threads that call Python."""
    ns.work.__release_gil__ = True
    found = []
    several = [threading.Thread(target=lambda: found.append(ns.work(10000))) for _ in range(4)]
    [one.start() for one in several], [one.join() for one in several]
    assert len(found) == 4 and len(set(found)) == 1
    ns.in_thread.__release_gil__ = True
    ns.in_thread(lambda: found.append("called"))
    assert found[-1] == "called"


@program("namespace sub { int one; struct Two {}; void three() {} }", cppyy="lists what was used")
def dir_of_scopes(cppyy, ns):
    """dir() of namespaces and classes lists what has not been used."""
    assert {"one", "Two", "three"} <= set(dir(ns.sub))


@program("struct T { int n = 1; int f() { return n; } };")
def null_objects(cppyy, ns):
    """A null or destroyed object raises."""
    t = cppyy.bind_object(cppyy.nullptr, ns.T)
    for use in (lambda: t.n, lambda: t.f()):
        with pytest.raises(ReferenceError):
            use()
    assert not t and (t == cppyy.nullptr or t == None)     # noqa: E711
