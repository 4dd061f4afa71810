"""Functions: overloads, defaults, keywords, callbacks, lambdas, templates, results."""

import pytest

from tests.cppbind.checklist import program


@program("int f(int x) { return x; } double f(double x) { return x + 0.5; } const char *f(const char *s) { return s; } int only(int a, int b = 2, int c = 3) { return a * 100 + b * 10 + c; }")
def overloads(cppyy, ns):
    """By types; defaults and keywords; errors with each reason."""
    assert (ns.f(1), ns.f(1.0), ns.f("s")) == (1, 1.5, "s")
    assert (ns.only(1), ns.only(1, 5), ns.only(1, c=7), ns.only(a=4, b=5, c=6)) == (123, 153, 127, 456)
    with pytest.raises(TypeError) as error:
        ns.f([])
    assert "none of the 3 overloaded methods succeeded" in str(error.value)
    with pytest.raises(TypeError):
        ns.only()


@program("int f(int x) { return 1; } int f(long long x) { return 2; } int f(unsigned long long x) { return 3; } int g(double x) { return 1; } int g(const char *) { return 2; }")
def ranks(cppyy, ns):
    """The size of an int matters; conversions of numbers come second."""
    assert (ns.f(1), ns.f(2**40), ns.f(2**63)) == (1, 2, 3)
    assert ns.g(1) == 1


@program("int f(int x) { return x; } long f(long x) { return x + 1; } struct S { int m() const { return 1; } int m() { return 2; } };")
def chosen_overloads(cppyy, ns):
    """__overload__ by signature."""
    assert ns.f.__overload__("int")(1) == 1
    assert ns.f.__overload__("long")(1) == 2
    with pytest.raises(LookupError):
        ns.f.__overload__("no such")


@program("int call(int (*f)(int, int), int a, int b) { return f(a, b); } int add(int a, int b) { return a + b; } int (*pick())(int, int) { return add; }", compiler="a callback needs the compiler")
def function_pointers(cppyy, ns):
    """Python functions and C++ functions as function pointers; pointers that are returned can be called."""
    assert ns.call(lambda a, b: a * b, 3, 4) == 12
    assert ns.call(ns.add, 3, 4) == 7
    assert ns.pick()(1, 2) == 3

    def annotated(a: "int", b: "int") -> "int":
        return a - b
    assert ns.call(annotated, 5, 3) == 2


@program("#include <functional>\nint call(const std::function<int(int)> &f, int x) { return f(x); } std::function<int(int)> adder(int n) { return [n](int x) { return x + n; }; }", compiler="a callback needs the compiler")
def std_function(cppyy, ns):
    """Python functions as std::function; those that C++ gives are called."""
    assert ns.call(lambda x: x + 1, 4) == 5
    assert ns.adder(10)(5) == 15
    assert ns.call(ns.adder(2), 3) == 5


@program("auto doubled = [](int x) { return 2 * x; }; struct Functor { int operator()(int a) { return a + 1; } };", compiler="the type of a lambda has no name", cppyy="a lambda is not found")
def lambdas(cppyy, ns):
    """Lambdas and functors are called."""
    assert ns.doubled(4) == 8
    assert ns.Functor()(1) == 2


@program("template <class T> T twice(T x) { return x + x; } template <class R, class T> R cast(T x) { return (R)x; } template <class... A> int count(A... a) { return sizeof...(a); } template <int N> int number() { return N; }"
         "template <class T> auto half(T x) { return x / 2; } struct S { template <class T> T same(T x) { return x; } };", compiler="instantiates")
def function_templates(cppyy, ns):
    """Deduced, explicit, partly explicit, variadic, of numbers, auto; template methods."""
    assert ns.twice(4) == 8 and ns.twice(1.5) == 3.0 and ns.twice["double"](2) == 4.0
    assert ns.cast["int", "double"](2.7) == 2 and ns.cast["int"](2.7) == 2
    assert ns.count(1, "a", 2.0) == 3 and ns.number[7]() == 7
    assert ns.half(9) == 4 and ns.S().same(5) == 5 and ns.S().same["double"](2) == 2.0


@program("#include <stdexcept>\nint fails(int) { throw std::runtime_error(\"as asked\"); } int quiet(int x) noexcept { return x; } int old(int x) { return x; }")
def exceptions_of_functions(cppyy, ns):
    """What a function throws, with its signature."""
    with pytest.raises(Exception) as error:
        ns.fails(1)
    assert "as asked" in str(error.value) and "fails(int" in str(error.value)
    assert ns.quiet(3) == 3


@program("int value = 1; int &ref() { return value; } int *ptr() { return &value; } struct S { int n = 2; }; S by_value() { return S(); } S &by_ref() { static S s; return s; } const S *by_ptr() { static S s; return &s; } S *none() { return nullptr; }")
def results(cppyy, ns):
    """References, pointers, values, null."""
    assert ns.ref() == 1
    assert ns.ptr()[0] == 1
    assert ns.by_value().n == 2 and ns.by_ref().n == 2 and ns.by_ptr().n == 2
    ns.by_ref().n = 9
    assert ns.by_ref().n == 9
    assert not ns.none()
    with pytest.raises(ReferenceError):
        ns.none().n


@program('extern "C" { int checklist_c_function(int x) { return x + 1; } }\nint own(int x) { return x; }')
def c_functions(cppyy, ns):
    """extern "C" in a namespace."""
    assert ns.checklist_c_function(1) == 2


@program("#include <cstdarg>\nint sum(int n, ...) { va_list a; va_start(a, n); int s = 0; while (n--) s += va_arg(a, int); va_end(a); return s; }", compiler="an entry point for each set of types", cppyy="takes no more than the parameters")
def variadic_functions(cppyy, ns):
    """C's variadic functions."""
    assert ns.sum(3, 1, 2, 3) == 6 and ns.sum(0) == 0


@program("struct S { int n = 3; }; int free_one(S *s, int x) { return s->n + x; } struct T { T() {} };")
def functions_as_members(cppyy, ns):
    """A C++ function put into a class is a method."""
    ns.S.added = ns.free_one
    assert ns.S().added(4) == 7


@program("#include <algorithm>\n#include <vector>\nstd::vector<int> numbers = {3, 1, 2};", compiler="deduces")
def algorithms(cppyy, ns):
    """Algorithms of the standard library, over iterators."""
    std = cppyy.gbl.std
    v = ns.numbers
    std.sort(v.begin(), v.end())
    assert list(v) == [1, 2, 3]
    assert std.find(v.begin(), v.end(), 2) != v.end()


@program("int late(int x) { return x; }", compiler="declares more at run time", cppyy="a function that was used is not looked up again")
def late_overloads(cppyy, ns):
    """An overload that is declared later is seen."""
    assert ns.late(1) == 1
    cppyy.cppdef('namespace late_overloads { const char *late(const char *s) { return s; } }')
    assert ns.late("x") == "x"
