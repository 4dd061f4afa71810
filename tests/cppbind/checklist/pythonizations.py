"""Pythonisations that a program adds."""

from tests.cppbind.checklist import program


@program("struct Late { int size() { return 3; } int GetN() { return n; } void SetN(int x) { n = x; } int n = 1; };")
def added(cppyy, ns):
    """add_pythonization for a namespace: called once for a class, when it is first used."""
    seen = []

    def own(cls, name):
        seen.append(name)
        if name.endswith("Late"):
            cls.doubled = lambda self: 2 * self.size()
    cppyy.py.add_pythonization(own, "added")
    assert ns.Late().doubled() == 6 and len(seen) == 1
    cppyy.py.remove_pythonization(own, "added")


@program("struct Get { int GetN() { return n; } void SetN(int x) { n = x; } int n = 1; };")
def properties(cppyy, ns):
    """make_property from getter and setter."""
    make = cppyy.py.make_property("Get", "Get(N)", "Set(N)")
    cppyy.py.add_pythonization(make, "properties")
    one = ns.Get()
    one.N = 5
    assert one.N == 5 and one.n == 5


@program("struct Patched { int n = 1; int f() { return n; } };")
def patched(cppyy, ns):
    """Classes are changed from Python."""
    ns.Patched.extra = lambda self: self.n + 1
    ns.Patched.f = lambda self: 100
    assert ns.Patched().extra() == 2 and ns.Patched().f() == 100


@program("#include <functional>\n#include <cstddef>\nstruct H { int n = 5; bool operator==(const H &o) const { return n == o.n; } }; struct C { double real() const { return 1; } double imag() const { return 2; } };")
def automatic(cppyy, ns):
    """repr, hash and truth of plain classes."""
    h = ns.H()
    assert "H object at" in repr(h) and isinstance(hash(h), int) and h
    assert h == ns.H()


@program("struct Base { virtual ~Base() {} }; struct Derived : Base { int n = 1; }; Base *give() { static Derived d; return &d; }")
def pinned(cppyy, ns):
    """pin_type: no cast to the derived class."""
    cppyy.py.pin_type(ns.Base)
    assert type(ns.give()) is ns.Base
