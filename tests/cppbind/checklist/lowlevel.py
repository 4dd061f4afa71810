"""Conversions, casts, memory."""

import ctypes

import pytest

from tests.cppbind.checklist import program


@program("struct From { int n; From(int n) : n(n) {} }; struct To { int n; To(const From &f) : n(f.n + 1) {} }; struct Conv { operator From() const { return From(7); } }; struct Strict { int n; explicit Strict(int n) : n(n) {} };"
         "int takes(From f) { return f.n; } int wants(const To &t) { return t.n; } int strict(Strict s) { return s.n; }", cppyy="no conversion operators to a class")
def implicit_conversions(cppyy, ns):
    """By converting constructors and conversion operators, never by explicit ones."""
    assert ns.takes(4) == 4
    assert ns.wants(ns.From(1)) == 2
    assert ns.takes(ns.Conv()) == 7
    with pytest.raises(TypeError):
        ns.strict(4)


@program("struct Base { virtual ~Base() {} }; struct Derived : Base { int n = 9; }; Base *make() { return new Derived; } void *untyped(Base *b) { return b; }")
def auto_downcast(cppyy, ns):
    """A pointer to a base becomes an instance of the most derived class; bind_object casts what is untyped."""
    d = ns.make()
    assert type(d) is ns.Derived and d.n == 9
    assert cppyy.bind_object(ns.untyped(d), ns.Derived).n == 9
    d.__python_owns__ = True


@program("#include <vector>\n#include <map>\n#include <string>\nint sum(const std::vector<int> &v) { int s = 0; for (int x : v) s += x; return s; } size_t count(std::map<std::string, int> m) { return m.size(); }"
         "struct L { int n; L(std::initializer_list<int> l) : n(l.size()) {} };\n#include <initializer_list>")
def containers_of_python(cppyy, ns):
    """Lists, tuples and dicts as arguments."""
    assert ns.sum([1, 2, 3]) == 6 and ns.sum((4, 5)) == 9
    assert ns.count({"a": 1, "b": 2}) == 2
    assert ns.L([1, 2, 3]).n == 3


@program("struct H { int n; }; void make(H **out) { static H h{5}; *out = &h; } struct B { virtual ~B() {} }; struct D : B { int d = 1; };", compiler="casts are compiled")
def casts(cppyy, ns):
    """ll.cast, static_cast, reinterpret_cast, dynamic_cast; a typed null pointer for T **."""
    import importlib
    ll = importlib.import_module(cppyy.__name__ + ".ll")
    out = cppyy.bind_object(cppyy.nullptr, ns.H)
    ns.make(out)
    assert out.n == 5
    assert ll.cast["int"](2.5) == 2
    assert ll.static_cast["double"](3) == 3.0
    address = cppyy.addressof(out)
    assert ll.reinterpret_cast["casts::H*"](address).n == 5


@program(compiler="compiles")
def memory(cppyy, ns):
    """ll.malloc, free, array_new, array_delete."""
    import importlib
    ll = importlib.import_module(cppyy.__name__ + ".ll")
    room = ll.malloc[int](4)
    room[0] = 5
    assert room[0] == 5 and len(room) == 4
    ll.free(room)
    many = ll.array_new[int](3)
    many[2] = 7
    assert many[2] == 7
    ll.array_delete(many)


@program("struct S { int a = 1; double d = 2.5; }; int numbers[3] = {1, 2, 3}; void *v = numbers;")
def addresses(cppyy, ns):
    """addressof of an object and of a member; as_ctypes, as_memoryview."""
    import importlib
    ll = importlib.import_module(cppyy.__name__ + ".ll")
    s = ns.S()
    assert cppyy.addressof(s, "d") - cppyy.addressof(s) == 8
    assert ctypes.c_double.from_address(cppyy.addressof(s, "d")).value == 2.5
    assert ll.addressof(s) == cppyy.addressof(s)
    assert ll.as_ctypes(s).value == cppyy.addressof(s)


@program("int numbers[6] = {1, 2, 3, 4, 5, 6}; int *give() { return numbers; } unsigned char bytes[4] = {1, 2, 3, 4};")
def low_level_views(cppyy, ns):
    """LowLevelView: shape, format, typecode, items, iteration, the buffer protocol."""
    view = ns.give()
    view.reshape((6,))
    assert view.shape == (6,) and len(view) == 6 and view.typecode == "i" and view.format == "i"
    view[5] = 60
    assert ns.numbers[5] == 60
    with memoryview(ns.numbers) as found:
        assert (found.format, found.shape, found[0]) == ("i", (6,), 1)
    assert sum(view) == 75


@program("#include <vector>\nstd::vector<double> v = {1, 2, 3};")
def buffer_of_vector(cppyy, ns):
    """data() of a vector is a view with the vector's length."""
    data = ns.v.data()
    assert len(data) == 3 and list(data) == [1.0, 2.0, 3.0]
    data[1] = 20
    assert ns.v[1] == 20.0


@program("int div(int a, int b) { return a / b; } void stop() { __builtin_abort(); } int *null = nullptr; int follow() { return *(volatile int *)null; }", compiler="guarded entry points are compiled")
def signals(cppyy, ns):
    """Signals as exceptions."""
    import importlib
    ll = importlib.import_module(cppyy.__name__ + ".ll")
    with ll.signals_as_exception():
        with pytest.raises((ll.SegmentationViolation, ll.FatalError)):
            ns.follow()
        with pytest.raises((ll.AbortSignal, ll.FatalError)):
            ns.stop()
    assert ns.div(6, 3) == 2
