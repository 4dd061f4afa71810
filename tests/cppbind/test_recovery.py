"""Code that fails leaves everything usable."""

import pytest


def test_headers_of_code_that_fails(cpp):
    with pytest.raises(SyntaxError):
        cpp.cppdef("#include <bitset>\n#include <valarray>\nint broken = no_such_name;")
    assert cpp.cppdef("#include <bitset>\n#include <valarray>\nstd::bitset<8> recovered(5);")
    assert cpp.gbl.recovered.count() == 2


def test_missing_headers_after_others(cpp):
    assert cpp.cppdef("#include <list>\nnamespace recovery { std::deque<int> deque{1, 2}; }")
    assert list(cpp.gbl.recovery.deque) == [1, 2]


def test_namespaces_that_code_that_fails_has_opened(cpp):
    cpp.cppdef("namespace reopened { int a = 3; }")
    for _ in range(2):
        with pytest.raises(SyntaxError):
            cpp.cppdef("namespace reopened { int b = no_such_name; }")
    cpp.cppdef("namespace reopened { int c = 4; } int of_reopened() { return reopened::a + reopened::c; }")
    assert cpp.gbl.reopened.a == 3 and cpp.gbl.of_reopened() == 7


def test_instances_that_code_that_does_not_link_has_made(cpp):
    """What else is in its unit, and in that of its wrapper, is there for later code; clang emits an instance only once."""
    cpp.cppdef("""extern "C" int defined_nowhere(int);
    namespace unlinked {
        template <class T> struct Maker { __attribute__((noinline)) T twice(T x) { static int calls = 10; return x + x + calls++; } };
        template <class T> __attribute__((noinline)) const char *text(T) { return "text"; }
        struct Virtual { virtual ~Virtual() {} virtual int one() { return 1; } };
        struct Held { int i = 3; __attribute__((noinline)) Held() {} __attribute__((noinline)) Held(const Held &o) : i(o.i) {} };
        int beside() { return 2; }
        Held fails(int i) { Virtual made, *p = &made; i += Maker<int>().twice(i) + text(i)[0] + p->one() + defined_nowhere(i); return Held(); }
    }""")
    with pytest.raises(RuntimeError, match="defined_nowhere"):
        cpp.gbl.unlinked.fails(1)
    cpp.cppdef("""namespace unlinked {
        int twice() { return Maker<int>().twice(4); }
        const char *texts() { return text(1); }
        int one() { Virtual *p = new Virtual; int i = p->one(); delete p; return i; }
        Held copy() { Held one; return Held(one); }
    }""")
    unlinked = cpp.gbl.unlinked
    assert (unlinked.beside(), unlinked.twice(), unlinked.texts(), unlinked.one(), unlinked.copy().i) == (2, 18, "text", 1, 3)


def test_what_is_defined_later(cpp):
    """A function may be declared before there is one."""
    cpp.cppdef("int defined_later(int); inline int before_it(int i) { return defined_later(i) + 1; } int through_it(int i) { return before_it(i); }")
    cpp.cppdef("int defined_later(int i) { return 10 * i; }")
    assert cpp.gbl.through_it(2) == cpp.gbl.before_it(2) == 21


def test_initialisers_that_do_not_link(cpp):
    with pytest.raises(SyntaxError, match="nothing_initialises"):
        cpp.cppdef("int nothing_initialises(); int uninitialised = nothing_initialises();")
    cpp.cppdef("int initialises() { return 5; } int initialised = initialises() + 1;")
    assert cpp.gbl.initialised == 6
