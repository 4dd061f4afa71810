"""Code that fails leaves everything usable."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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


def test_names_that_code_that_fails_has_declared(cpp):
    """In whichever namespace, with code or memory or without: they are free again, or mean what they meant before."""
    cpp.cppdef("namespace taken { int before(); inline namespace now {} namespace deep { enum Old { A = 1 }; struct Class { int method(); static int shared; }; } }")
    code = """
        int taken::deep::Class::method() { return RESULT; }
        int taken::deep::Class::shared = RESULT;
        int taken_globally() { return RESULT; }
        namespace taken {
            int before() { return RESULT; }
            inline int small() { return RESULT; }
            template <class T> T general(T x) { return x + RESULT; }
            int instance = general(RESULT);
            struct Added { int i = RESULT; };
            inline namespace now { int inner() { return RESULT; } }
            namespace deep { int variable = RESULT; enum New { B = RESULT }; using number = int; }
            namespace other { int there = RESULT; }
        }"""
    for _ in range(2):
        with pytest.raises(SyntaxError, match="no_such_name"):
            cpp.cppdef(code.replace("RESULT", "1") + "using namespace taken::deep; using taken::deep::Class; int broken = no_such_name;")
    taken = cpp.gbl.taken
    assert not {"small", "instance", "Added"} & set(dir(taken)) and "B" not in dir(taken.deep) and not hasattr(taken, "other")
    with pytest.raises(SyntaxError, match="Class"):
        cpp.cppdef("Class *named_by_a_directive;")
    cpp.cppdef(code.replace("RESULT", "2"))
    assert (taken.before(), taken.small(), taken.general(1), taken.instance, taken.Added().i, taken.inner()) == (2, 2, 3, 4, 2, 2)
    assert (taken.deep.variable, taken.deep.A, taken.deep.B, taken.deep.Class().method(), taken.deep.Class.shared) == (2, 1, 2, 2, 2)
    assert taken.other.there == cpp.gbl.taken_globally() == 2


def test_instances_that_code_that_fails_has_made(cpp):
    """What it had instantiated before or after the error is there for other code."""
    cpp.cppdef("""namespace lost {
        template <class T> struct Part { T t; static T shared; __attribute__((noinline)) T twice() { return t + t; } };
        template <class T> T Part<T>::shared = 3;
        template <class T> __attribute__((noinline)) auto deduced(T t) { return Part<T>{t}.twice() + Part<T>::shared; }
        template <class T> __attribute__((noinline)) T through(T t) { return deduced(t); }
    }""")
    with pytest.raises(SyntaxError, match="no_such_name"):
        cpp.cppdef("int lost_before = no_such_name; int lost_user() { return lost::through(3); } auto lost_double() { return lost::deduced(0.5); }")
    cpp.cppdef("int lost_user() { return lost::through(3); }")
    assert cpp.gbl.lost_user() == 9 and cpp.gbl.lost.deduced(2.5) == 8


def test_instances_that_are_wrong(cpp):
    """Each time that one is used says what is wrong with it."""
    cpp.cppdef("namespace wrong { template <class T> int member(T t) { return t.nothing; } template <class T> int right(T t) { return sizeof(t); } }")
    for _ in range(2):
        with pytest.raises(SyntaxError, match="structure or union"):
            cpp.cppdef("int wrong_user() { return wrong::member(3) + wrong::right('c'); }")
        with pytest.raises(cpp.backend.api.BackendError, match="structure or union"):
            cpp.gbl.wrong.member(3)
    assert cpp.gbl.wrong.right(cpp.gbl.std.string()) == cpp.sizeof(cpp.gbl.std.string)


def test_instances_that_descriptions_have_made(cpp):
    """A result that is deduced has the function instantiated when its class is described, and so what it calls."""
    cpp.cppdef("""namespace deducing {
        template <class T> struct Inner { T t; __attribute__((noinline)) T get() { return t; } __attribute__((noinline)) void next() { ++t; } };
        template <class T> struct Outer { Inner<T> inner{4}; auto get() { inner.next(); return inner.get(); } auto bad() { return inner.nothing; } auto &self() { inner.next(); return *this; } };
    }""")
    outer = cpp.gbl.deducing.Outer[int]()
    assert outer.get() == 5 and outer.self().get() == 7


def test_private_members_that_an_instance_uses(cpp):
    """As in cppyy, what Python calls may use what is private where no other code could name it."""
    cpp.cppdef("""namespace peeking { template <class T> class Kept { T t; public: Kept(T x) : t(x) {} T get() const { return t; }
                                      template <class U> Kept operator+(const U &u) const { return Kept(t + u.t); } }; }""")
    Kept = cpp.gbl.peeking.Kept
    assert (Kept["double"](2.5) + Kept[int](3)).get() == 5.5
    with pytest.raises(SyntaxError, match="private"):
        cpp.cppdef("double peeked = (peeking::Kept<double>(2) + peeking::Kept<float>(3)).get();")


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


def test_what_was_declared_and_is_defined_by_code_that_fails(cpp):
    """It is only declared again, and may be defined otherwise."""
    cpp.cppdef("""struct Promised; int promised_size(Promised *);
    namespace promised { struct Outer { struct Nested; }; enum class E : int; template <class T> struct Pattern; }""")
    for code in ("struct Promised { int a; virtual ~Promised() {} int f() { return a; } }; int promised_size(Promised *p) { return sizeof *p + p->f(); } int wrong = nothing_there;",
                 "struct Promised { double d[5]; no_type x; };",
                 "struct promised::Outer::Nested { int i; }; enum class promised::E : int { a, b }; int wrong = nothing_there;",
                 "namespace promised { template <class T> struct Pattern { T t; T f() { return t; } }; int made = Pattern<int>().f(); int wrong = nothing_there; }"):
        with pytest.raises(SyntaxError):
            cpp.cppdef(code)
    with pytest.raises(TypeError, match="declared, but not defined"):
        cpp.gbl.Promised()
    cpp.cppdef("""struct Promised { int b = 7; int f() { return b + 1; } }; int promised_size(Promised *p) { return sizeof *p + p->f(); }
    struct promised::Outer::Nested { double d = 1.5; }; enum class promised::E : int { c = 3 };
    namespace promised { template <class T> struct Pattern { char more[40]; T t = 5; T f() { return t; } }; }""")
    ns, made = cpp.gbl.promised, cpp.gbl.Promised()
    assert (made.b, made.f(), cpp.gbl.promised_size(made)) == (7, 8, 12)
    assert (ns.Outer.Nested().d, ns.E.c, hasattr(ns.E, "a")) == (1.5, 3, False)
    pattern = ns.Pattern[int]()
    assert (pattern.f(), cpp.sizeof(pattern)) == (5, 44)


def test_broken_code():
    """In a process of its own: what is wrong here ends it, or never ends."""
    done = subprocess.run([sys.executable, "-m", "tests.cppbind.broken_code"], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0, done.stderr
