"""Entry points that are compiled along with one that is asked for: those of one module share a page."""

import pytest

PAGE = 4096


def page(function):
    """Where the entry point of a method without overloads is."""
    call, = function._calls
    return call.addresses()[-1] // PAGE


def test_simple_methods_come_along(cpp):
    cpp.cppdef("""class Ahead { int n; public: Ahead(int i = 3) : n(i) {} int get() const { return n; } void set(int i) { n = i; }
        int add(int i = 1) { set(get() + i); return n; } int late() { return n - 1; } };""")
    a = cpp.gbl.Ahead(4)
    assert a.get() == 4 and a.add(2) == 6 and a.add() == 7 and a.late() == 6
    assert page(cpp.gbl.Ahead.get) == page(cpp.gbl.Ahead.set) == page(cpp.gbl.Ahead.add)


def test_what_may_not_link_does_not(cpp):
    cpp.cppdef("""int nowhere(int); namespace ahead { inline int calls(int i) { return nowhere(i); } }
        struct Unlinked { int n = 5; int good() { return n; } int bad() { return nowhere(n); } int worse() { return ahead::calls(n); } int fine() { return n + 1; } };""")
    u = cpp.gbl.Unlinked()
    assert u.good() == 5 and u.fine() == 6
    for name in ("bad", "worse"):
        with pytest.raises(RuntimeError, match="nowhere"):
            getattr(u, name)()
    assert u.good() == 5 and u.fine() == 6
    assert page(cpp.gbl.Unlinked.good) == page(cpp.gbl.Unlinked.fine)


def test_methods_of_which_one_does_not_compile(cpp):
    cpp.cppdef("""struct Uncopied { Uncopied() {} Uncopied(const Uncopied &) = delete; };
        struct Mixed { int one() { return 1; } void take(Uncopied) {} Uncopied &refer(Uncopied &u) { return u; } virtual int two() { return 2; } int three(double = 1) { return 3; } };""")
    m = cpp.gbl.Mixed()
    assert (m.one(), m.two(), m.three(), m.three(2.5)) == (1, 2, 3, 3)
    u = cpp.gbl.Uncopied()
    assert cpp.addressof(m.refer(u)) == cpp.addressof(u)


def test_many_methods_are_few_modules(cpp):
    cpp.cppdef("struct Twenty { int n = 1; " + " ".join(f"int f{i}(int a) {{ return n + a + {i}; }}" for i in range(20)) + " };")
    twenty = cpp.gbl.Twenty()
    assert [getattr(twenty, f"f{i}")(i) for i in range(20)] == [1 + 2 * i for i in range(20)]
    assert len({page(getattr(cpp.gbl.Twenty, f"f{i}")) for i in range(20)}) <= 6
