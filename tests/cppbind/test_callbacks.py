"""Python functions that C++ calls, and functions of C++ as values: pointers, std::function, lambdas."""

import gc

import pytest

SOURCE = """
#include <functional>
#include <stdexcept>
#include <string>
namespace callbacks {
typedef int (*F)(int, double);
int call(F f, int i) { return f(i, 0.5); }
int caught(F f) { try { return f(1, 2); } catch (const std::exception &) { return -1; } }
F kept;
void keep(F f) { kept = f; }
F get_kept() { return kept; }
int call_kept() { return kept(1, 2); }
int thrower(int) { throw std::runtime_error("thrown"); }
int (*get(int which))(int) { return which == 0 ? nullptr : which == 1 ? +[](int i) { return i + 1; } : thrower; }
std::string text(std::string (*f)(const std::string &, const char *)) { return f("abc", "def"); }
struct Point { int x = 3; };
int object(int (*f)(const Point &, Point *, Point)) { Point p; return f(p, &p, p); }
Point make(Point (*f)(int)) { return f(8); }
bool truth(bool (*f)(char, bool, unsigned short)) { return f('c', true, 255); }
enum Color { red, green };
Color color(Color (*f)(Color)) { return f(green); }
int use(const std::function<int(int)> &f) { return f ? f(4) : -1; }
std::function<int(int)> stored;
void store(std::function<int(int)> f) { stored = f; }
int call_stored(int i) { return stored(i); }
void drop() { stored = nullptr; }
std::function<int(int)> adder(int n) { return [n](int i) { return n + i; }; }
std::string join(std::function<std::string(std::string, double)> f) { return f("a", 1.5); }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.callbacks


def collect():
    for _ in range(3):
        gc.collect()


def test_pointer(ns):
    assert ns.call(lambda i, d: i * 10 + int(d * 2), 4) == 41


def test_many(ns):
    assert [ns.call(lambda a, b, i=i: i, 1) for i in range(100)] == list(range(100))


def test_bound_method(ns):
    class Counter:
        total = 0

        def add(self, i, d):
            self.total += i
            return self.total
    counter = Counter()
    assert [ns.call(counter.add, 2) for _ in range(3)] == [2, 4, 6]


def test_values(ns):
    assert ns.text(lambda one, two: one + two + "é") == "abcdefé"
    assert ns.object(lambda a, b, c: a.x + b.x + c.x) == 9
    assert ns.truth(lambda c, b, u: (c, b, u) == ("c", True, 255)) is True
    assert ns.color(lambda c: ns.red if c == ns.green else ns.green) == ns.red

    def make(i):
        point = ns.Point()
        point.x = i
        return point
    assert ns.make(make).x == 8


def test_error(ns):
    def fails(i, d):
        raise KeyError("key")
    with pytest.raises(KeyError, match="key"):
        ns.call(fails, 1)
    assert ns.caught(fails) == -1
    assert ns.call(lambda i, d: 1, 1) == 1


@pytest.mark.parametrize("wrong", [lambda: 1, lambda i, d: "x", lambda i, d: None])
def test_wrong_function(ns, wrong):
    with pytest.raises(TypeError):
        ns.call(wrong, 1)


@pytest.mark.parametrize("wrong", ["text", 1.5])
def test_no_function(ns, wrong):
    with pytest.raises(TypeError, match="callable"):
        ns.call(wrong, 1)


def test_life_time(ns):
    def function(i, d):
        return i + 100
    ns.keep(function)
    assert ns.call_kept() == 101
    assert ns.get_kept() is function
    del function
    collect()
    with pytest.raises(TypeError, match="deleted"):
        ns.call_kept()


def test_pointers_of_cpp(ns):
    assert not ns.get(0)
    assert ns.get(1)(5) == 6
    with pytest.raises(Exception, match="thrown"):
        ns.get(2)(1)


def test_std_function(ns):
    assert ns.use(lambda i: i + 1) == 5
    ns.store(lambda i: i * 3)
    collect()
    assert ns.call_stored(5) == 15
    assert ns.join(lambda text, number: f"{text}{number}") == "a1.5"
    with pytest.raises(ZeroDivisionError):
        ns.use(lambda i: 1 // 0)


def test_std_function_lets_go(ns):
    import weakref

    class Callable:
        def __call__(self, i):
            return 1
    one = Callable()
    seen = weakref.ref(one)
    ns.store(one)
    del one
    collect()
    assert ns.call_stored(1) == 1
    ns.drop()
    collect()
    assert seen() is None


def test_std_function_of_cpp(ns):
    add = ns.adder(7)
    assert ns.use(add) == 11
    assert add(1) == 8
    ns.store(add)
    assert ns.call_stored(1) == 8


def test_lambdas(cpp, ns):
    cpp.cppdef("namespace callbacks { auto plain = [](int a) { return 40 + a; }; auto capturing(int a) { return [a](int b) { return 42 + a + b; }; } }")
    assert ns.plain(2) == 42
    assert ns.capturing(4)(2) == 48
