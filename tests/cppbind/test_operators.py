"""Operators: of classes, free ones, those that C++20 rewrites; [] and () as items; conversions; what there is none for."""

import pytest

SOURCE = r"""
#include <sstream>
#include <string>
namespace ops {
struct Money {
    long cents; explicit Money(long c = 0) : cents(c) {}
    Money operator+(const Money &o) const { return Money(cents + o.cents); }
    Money operator+(int more) const { return Money(cents + more); }
    Money operator-() const { return Money(-cents); }
    Money &operator+=(const Money &o) { cents += o.cents; return *this; }
    Money &operator++() { ++cents; return *this; }
    Money operator++(int) { Money old = *this; ++cents; return old; }
    auto operator<=>(const Money &) const = default;
    explicit operator bool() const { return cents != 0; }
    operator long() const { return cents; }
    operator const char *() const { return "money"; }
    friend Money operator*(const Money &m, int n) { return Money(m.cents * n); }
    friend Money operator*(int n, const Money &m) { return Money(m.cents * n * 10); }
};
Money operator%(const Money &m, const Money &n) { return Money(m.cents % n.cents); }
std::ostream &operator<<(std::ostream &stream, const Money &m) { return stream << m.cents << " c"; }
struct Grid {
    double cells[2][3] = {};
    double &operator()(int i, int j) { return cells[i][j]; }
    const double &operator()(int i, int j) const { return cells[i][j]; }
    double *operator[](int i) { return cells[i]; }
};
struct Doubler { int operator()(int i) const { return 2 * i; } template <class T> T operator[](T i) const { return 3 * i; } };
struct Inner { int field = 4; int method(int i) { return i; } };
struct Pointer { Inner inner; Inner *operator->() { return &inner; } };
struct Itself { Itself *operator->() { return this; } };
struct Plain { int i = 1; };
struct Shown { int i = 7; };
std::ostream &operator<<(std::ostream &stream, const Shown &s) { return stream << "shown " << s.i; }
}
struct Global { int i; }; Global operator~(const Global &g) { return {~g.i}; } bool operator==(const Global &a, const Global &b) { return a.i == b.i; }
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.ops


def test_members(ns):
    a, b = ns.Money(300), ns.Money(40)
    assert ((a + b).cents, (a + 1).cents, (-a).cents, (a % b).cents) == (340, 301, -300, 20)
    same = a
    a += b
    assert a is same and a.cents == 340
    assert a.__preinc__() is a and a.__postinc__().cents == 341 and a.cents == 342


def test_rewritten_comparisons(ns):
    a, b = ns.Money(1), ns.Money(2)
    assert a < b and a <= b and b > a and b >= a and a != b and a == ns.Money(1) and not a == b


def test_conversions(ns):
    assert bool(ns.Money(1)) and not ns.Money(0) and int(ns.Money(5)) == 5 and str(ns.Money(5)) == "money"


def test_hidden_friends_and_order(ns):
    assert ((ns.Money(2) * 3).cents, (3 * ns.Money(2)).cents) == (6, 60)


def test_in_the_global_namespace(cpp, ns):
    assert (~cpp.gbl.Global(5)).i == ~5 and cpp.gbl.Global(1) == cpp.gbl.Global(1) and cpp.gbl.Global(1) != cpp.gbl.Global(2)


def test_items(ns):
    grid = ns.Grid()
    grid[1, 2] = 2.5
    assert grid[1, 2] == grid(1, 2) == grid[1][2] == 2.5
    grid[0][1] = 3.5
    assert grid[0, 1] == 3.5


def test_calls(ns):
    assert ns.Doubler()(4) == 8 and ns.Doubler()[4] == 12 and ns.Doubler()[1.5] == 4.5


def test_arrow(ns):
    pointer = ns.Pointer()
    assert pointer.field == 4 and pointer.method(3) == 3
    with pytest.raises(AttributeError):
        pointer.missing
    with pytest.raises(AttributeError):
        ns.Itself().missing


def test_none_there(ns):
    one = ns.Plain()
    for operation in (lambda: one + 1, lambda: 1 + one, lambda: -one, lambda: one < one):
        with pytest.raises(TypeError):
            operation()
    with pytest.raises(NotImplementedError):
        one + one
    assert one == one and one != ns.Plain() and one != None and not one == 3    # noqa: E711


def test_streamed(ns):
    assert str(ns.Shown()) == "shown 7"


def test_new_operators_are_found(cpp, ns):
    one = ns.Plain()
    assert not one == 1
    cpp.cppdef("namespace ops { bool operator==(const Plain &p, int i) { return p.i == i; } }")
    assert one == 1 and not one == 2
