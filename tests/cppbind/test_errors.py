"""What goes wrong: C++ exceptions as Python classes, signals, null objects, diagnostics."""

import gc

import pytest

SOURCE = """
#include <cstdlib>
#include <stdexcept>
namespace errors {
class MyError : public std::exception {
public:
    MyError(const char *m, int c) : text(m), code(c) { alive++; }
    MyError(const MyError &o) : std::exception(o), text(o.text), code(o.code) { alive++; }
    ~MyError() { alive--; }
    const char *what() const noexcept override { return text; }
    int get_code() const { return code; }
    const char *text; int code;
    static int alive;
};
int MyError::alive = 0;
class Derived : public MyError { public: Derived() : MyError("derived", 7) {} };
class OnlyMoved : public std::exception { public: OnlyMoved() {} OnlyMoved(const OnlyMoved &) = delete; OnlyMoved(OnlyMoved &&) {} };
struct Plain { int i = 5; };
void throw_my() { throw MyError("hello", 42); }
void throw_derived() { throw Derived(); }
void throw_standard() { throw std::out_of_range("range"); }
void throw_moved() { throw OnlyMoved(); }
void throw_int() { throw 42; }
void throw_plain() { throw Plain(); }
struct Constructor { Constructor(int i) { if (i) throw std::runtime_error("constructor"); } int call() { throw std::logic_error("method"); } };
int rethrow(int (*f)()) { try { return f(); } catch (...) { throw; } }
int crash() { int *p = nullptr; *(volatile int *)p = 1; return 3; }
int stop() { std::abort(); return 3; }
int add(int a, int b = 2) { return a + b; }
struct Thing { int x = 1; int method() { return x; } };
Thing *null() { return nullptr; }
int take(Thing &t) { return t.x; }
int overloaded(int) { return 1; }
int overloaded(const Thing &) { return 2; }
struct Each { static thread_local int number; };
thread_local int Each::number = 5;
int get_number() { return Each::number; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.errors


def test_bound_exception(cpp, ns):
    with pytest.raises(ns.MyError) as caught:
        ns.throw_my()
    error = caught.value
    assert isinstance(error, Exception) and isinstance(error, cpp.gbl.std.exception)
    assert (error.what(), error.get_code(), error.code) == ("hello", 42, 42)
    assert str(error) == "void errors::throw_my() =>\n    MyError: hello"


def test_caught_by_base(cpp, ns):
    with pytest.raises(ns.MyError) as caught:
        ns.throw_derived()
    assert type(caught.value) is ns.Derived and caught.value.code == 7
    with pytest.raises(cpp.gbl.std.logic_error, match="range"):
        ns.throw_standard()
    with pytest.raises(cpp.gbl.std.exception):
        ns.throw_moved()


def test_thrown_object_is_released(ns):
    for _ in range(3):
        with pytest.raises(ns.MyError):
            ns.throw_my()
    for _ in range(3):
        gc.collect()
    assert ns.MyError.alive <= 1                        # the last may still be in a frame


@pytest.mark.parametrize("name", ["throw_int", "throw_plain"])
def test_other_types(ns, name):
    with pytest.raises(Exception, match="unknown C"):
        getattr(ns, name)()


def test_constructor_and_method(cpp, ns):
    with pytest.raises(cpp.gbl.std.runtime_error, match="constructor"):
        ns.Constructor(1)
    with pytest.raises(cpp.gbl.std.logic_error, match="method"):
        ns.Constructor(0).call()


def test_made_in_python(cpp):
    error = cpp.gbl.std.runtime_error("text")
    assert (error.what(), str(error)) == ("text", "text")
    with pytest.raises(cpp.gbl.std.exception) as caught:
        raise error
    assert caught.value is error


def test_python_error_rethrown(ns):
    class Mine(Exception):
        pass
    error = Mine("mine")

    def fails():
        raise error
    with pytest.raises(Mine) as caught:
        ns.rethrow(fails)
    assert caught.value is error


def test_signals(ns):
    from cppbind import signals
    for _ in range(2):
        with signals.signals_as_exception():
            with pytest.raises(signals.SegmentationViolation, match="crash"):
                ns.crash()
            with pytest.raises(signals.AbortSignal):
                ns.stop()
            assert ns.add(1) == 3
    assert issubclass(signals.AbortSignal, signals.FatalError)
    assert ns.add(1, 1) == 2


def test_null(ns):
    null = ns.null()
    assert not null
    for use in (null.method, lambda: null.x):
        with pytest.raises(ReferenceError):
            use()
    with pytest.raises((ReferenceError, ValueError)):
        ns.take(null)


def test_no_overload(ns):
    with pytest.raises(TypeError, match="none of the 2 overloaded methods succeeded. Full details:") as caught:
        ns.overloaded("x")
    assert "overloaded(int)" in str(caught.value) and "overloaded(const errors::Thing&)" in str(caught.value)


def test_diagnostics(cpp):
    with pytest.raises(SyntaxError) as caught:
        cpp.cppdef("int good();\nint bad( { }\n")
    text = str(caught.value)
    assert "error:" in text and "int bad( { }" in text and "^" in text


def test_thread_local(ns):
    import threading
    ns.Each.number = 9
    seen = []
    thread = threading.Thread(target=lambda: seen.append((ns.Each.number, ns.get_number())))
    thread.start()
    thread.join()
    assert seen == [(5, 5)]
    assert (ns.Each.number, ns.get_number()) == (9, 9)
