"""Defaults that a keyword skips, and arguments through C's dots."""

import pytest

SOURCE = """
namespace defaulted {
enum Colour { red, green };
int base = 7;
int f(int a, Colour c = green, int b = base + 1, int z = 1) { return a * 1000 + c * 100 + b * 10 + z; }
int g(int a, Colour c = green, int b = base + 1, int z = 1) { return f(a, c, b, z); }
int g(const char *, int b = 2, int c = 3) { return b * 10 + c; }
struct S {
    static const int ten = 10;
    int n;
    S(int a = 1, int b = ten, int c = 3) : n(a * 100 + b + c) {}
    virtual ~S() {}
    virtual int m(int a = 1, int b = inner, int c = 0) { return a * 100 + b * 10 + c; }
protected:
    static const int inner = 4;
};
int sum(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); int s = 0; while (n--) s += __builtin_va_arg(l, int); __builtin_va_end(l); return s; }
double real(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); double s = 0; while (n--) s += __builtin_va_arg(l, double); __builtin_va_end(l); return s; }
int first(const char *kind, ...) {
    __builtin_va_list l; __builtin_va_start(l, kind);
    int r = *kind == 's' ? __builtin_va_arg(l, const char *)[0] : *kind == 'o' ? __builtin_va_arg(l, S *)->n : 0;
    __builtin_va_end(l); return r;
}
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.defaulted


def test_skipped_by_a_keyword(ns):
    assert (ns.f(1, z=2), ns.f(1, b=3), ns.f(a=2, z=5)) == (1182, 1131, 2185)


def test_skipped_in_overloads(ns):
    assert (ns.g(1, z=2), ns.g("x", c=7)) == (1182, 27)


def test_names_of_the_class(ns):
    assert (ns.S(c=9).n, ns.S(2, c=0).n) == (119, 210)
    assert (ns.S().m(c=5), ns.S().m(2, c=6)) == (145, 246)


def test_evaluated_each_time(ns):
    ns.base = 1
    assert ns.f(1, z=2) == 1122
    ns.base = 7


def test_without_a_default(ns):
    with pytest.raises(TypeError):
        ns.f(z=2)
    with pytest.raises(TypeError, match="unexpected keyword"):
        ns.g(1, none=2)


def test_through_dots(ns):
    assert (ns.sum(0), ns.sum(3, 1, 2, 3), ns.sum(1, True)) == (0, 6, 1)
    assert ns.real(2, 1.5, 2.0) == 3.5
    assert (ns.first("s", "A"), ns.first("o", ns.S())) == (65, 113)
    with pytest.raises(TypeError, match="variadic"):
        ns.sum(1, object())
