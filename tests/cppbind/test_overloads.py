"""Sets of overloads: which one is chosen, by what; keywords and defaults; implicit conversions; one asked for by its signature."""

from array import array

import pytest

SOURCE = r"""
#include <string>
namespace sets {
struct Base { virtual ~Base() {} }; struct Derived : Base {}; struct Other {};
std::string f(int) { return "int"; } std::string f(double) { return "double"; } std::string f(const std::string &) { return "string"; }
std::string f(Base *) { return "Base"; } std::string f(Derived *) { return "Derived"; } std::string f(Other *) { return "Other"; }
std::string f(int *) { return "ints"; } std::string f(double *) { return "doubles"; } std::string f(bool) { return "bool"; }
struct Meters { double m; Meters(double m) : m(m) {} }; struct Feet { double f = 10; operator Meters() const { return Meters(f * 0.3); } };
struct Wrapped { int i; explicit Wrapped(int i) : i(i) {} };
double length(const Meters &m) { return m.m; } int unwrap(const Wrapped &w) { return w.i; }
std::string either(const Meters &) { return "Meters"; } std::string either(long) { return "long"; }
int area(int width, int height = 2, int depth = 1) { return width * height * 100 + depth; }
int area(const std::string &name, int depth = 5) { return -depth; }
struct Boxed { int get() { return 1; } int get() const { return 2; } static int get(int i) { return i; } int get(int a, int b) { return a - b; } };
struct Agg { int a; double b; int c[2]; };
std::string by(const Other &) { return "reference"; } std::string by(const Other *) { return "pointer"; }
std::string lr(const Other &) { return "const &"; } std::string lr(Other &&) { return "&&"; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.sets


def test_by_type(ns):
    values = {"int": 3, "double": 1.5, "string": "x", "Base": ns.Base(), "Derived": ns.Derived(), "Other": ns.Other(), "ints": array("i", [1]),
              "doubles": array("d", [1]), "bool": True}
    for name, value in values.items():
        assert ns.f(value) == name


def test_implicit_conversions(ns):
    assert ns.length(2.5) == 2.5 == ns.length(ns.Meters(2.5)) and ns.length(ns.Feet()) == 3.0
    assert ns.either(3) == "long" and ns.either(2.5) == "Meters"
    with pytest.raises(TypeError):
        ns.unwrap(3)
    with pytest.raises(TypeError):
        ns.length("long")


def test_keywords(ns):
    assert ns.area(3) == 601 and ns.area(3, depth=4, height=1) == 304 and ns.area("x", depth=7) == -7 and ns.area(width=1) == 201
    with pytest.raises(TypeError, match="unexpected keyword argument 'deep'"):
        ns.area(3, deep=4)
    with pytest.raises(TypeError, match="at most 3 arguments \\(4 given\\)"):
        ns.area(1, 2, 3, 4)


def test_by_signature(ns):
    boxed = ns.Boxed()
    assert boxed.get() == 1 and boxed.get.__overload__(":any:", True)() == 2 and ns.Boxed.get.__overload__("")(boxed) == 1
    assert boxed.get.__overload__("int,int")(5, 3) == 2 and boxed.__dispatch__("get", "int, int")(5, 3) == 2 and ns.Boxed.get(9) == 9 == boxed.get(9)
    assert ns.f.__overload__("double")(1) == "double" and ns.Meters.__init__.__overload__("double m")
    with pytest.raises(LookupError):
        ns.f.__overload__("float")


def test_null_is_a_pointer(cpp, ns):
    assert ns.by(ns.Other()) == "reference" and ns.by(cpp.bind_object(cpp.nullptr, ns.Other)) == "pointer" == ns.by(cpp.nullptr)


def test_rvalues(cpp, ns):
    one = ns.Other()
    assert (ns.lr(one), ns.lr(cpp.gbl.std.move(one)), ns.lr(one)) == ("const &", "&&", "const &")


def test_aggregates(ns):
    one = ns.Agg(1, 2.5, [3, 4])
    assert (one.a, one.b, list(one.c)) == (1, 2.5, [3, 4]) and ns.Agg(b=7.0).b == 7.0
    with pytest.raises(TypeError):
        ns.Agg(1, 2, [3], 4)


def test_wrong_self(ns):
    with pytest.raises(TypeError):
        ns.Boxed.get.__overload__("")(ns.Other())


def test_several_without_parameters(cpp):
    cpp.cppdef("namespace none1 { int g() { return 3; } } namespace none2 { int g(...) { return 4; } using none1::g; }")
    with pytest.raises(Exception, match="ambiguous"):
        cpp.gbl.none2.g()
    with pytest.raises(TypeError, match="at most 0 arguments"):
        cpp.gbl.none2.g(1)
