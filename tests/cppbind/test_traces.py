"""What calls of C++ become in compiled loops: the call itself, and nothing for memory."""

import sys

import pytest

from tests import traces

pytestmark = pytest.mark.skipif(sys.implementation.name != "pypy", reason="it is about PyPy's tracing JIT")

SETUP = """
import cppbind
cppbind.cppdef('''
class MyClass { public: MyClass(int i = -99) : m_myint(i) {} int GetMyInt() { return m_myint; } void SetMyInt(int i) { m_myint = i; } int m_myint; double d = 1; };
struct Counted { Counted(int i) : i(i) { alive++; } ~Counted() { alive--; } int i; static inline int alive; };
class Other : public MyClass { public: int sum(const MyClass &other) { return other.m_myint + m_myint; } };
int over(int x) { return x + 1; }
double over(double x) { return x + 1; }
int free_function(int x, int y = 2) { return x + y; }
int counter = 0;
struct Many { int f(int i) { return i; } double f(double d) { return d; } int operator[](int i) { return i; } int operator()(int i) { return i; } Many copy() { return *this; } int n; };
#include <vector>
#include <array>
''')
gbl = cppbind.gbl
vector = gbl.std.vector[int](range(1000))
doubles = gbl.std.array["double", 4]()
over, free_function = gbl.over, gbl.free_function
many = gbl.Many()
elements = iter(gbl.std.vector[int](range(20000)))
"""

# body of the loop; calls of C++
CASES = {
    "method": ("total += m.GetMyInt()", 1),
    "method, argument": ("m.SetMyInt(i)", 1),
    "inherited method": ("total += o.GetMyInt()", 1),
    "method, object": ("total += o.sum(m)", 1),
    "overloads": ("total += over(i)", 1),
    "overloads, double": ("total += over(1.5)", 1),
    "overloads, method": ("total += many.f(i)", 1),
    "operator []": ("total += many[i]", 1),
    "operator ()": ("total += many(i)", 1),
    "function, default": ("total += free_function(i)", 1),
    "vector, item": ("total += vector[i % 1000]", 0),
    "vector, set item": ("vector[i % 1000] = i", 0),
    "vector, length": ("total += len(vector)", 0),
    "vector, iterator": ("total += next(elements)", 0),
    "array, item": ("total += doubles[i & 3]", 0),
    "member": ("total += m.m_myint", 0),
    "member, double": ("total += m.d", 0),
    "set member": ("m.m_myint = i", 0),
}


@pytest.mark.parametrize("case", CASES)
def test_loop(cpp, case):
    body, calls = CASES[case]
    loop = traces.hot_loop(SETUP, "m, o", "gbl.MyClass(2), gbl.Other()", body)
    assert loop.calls("call_release_gil") == calls, loop.lines()
    assert loop.allocations == {}, loop.lines()
    others = {name: n for name, n in loop.operations.items() if name.startswith("call") and not name.startswith("call_release_gil")}
    assert not others, loop.lines()
    assert "MutableCell" not in loop.lines(), "a class's attribute is a variable:\n" + loop.lines()


# What makes an instance: the statement; allocations; calls into the VM.
NEW = {
    "its destructor does nothing": ("gbl_MyClass(i)", {"new_with_vtable": 1, "new_array": 1}, 0),       # the instance and the array of its unboxed ints
    "it has a destructor": ("Counted(i)", {"new_with_vtable": 2, "new_array": 1}, 1),                   # and where weak references are; the weak reference
    "a copy": ("total += many.copy().n", {"new_with_vtable": 1, "new_array": 1}, 0),
}


@pytest.mark.parametrize("case", NEW)
def test_new(cpp, case):
    """An owning instance costs no more than itself, and what tells that it has died."""
    body, allocations, calls = NEW[case]
    loop = traces.hot_loop(SETUP, "gbl_MyClass, Counted", "gbl.MyClass, gbl.Counted", body)
    assert loop.calls("call_release_gil") == 1, loop.lines()
    assert loop.allocations == allocations, loop.lines()
    assert sum(n for name, n in loop.operations.items() if name.startswith("call") and not name.startswith("call_release_gil")) == calls, loop.lines()
