"""Memory: arrays and pointers as members, arguments and results; ctypes and buffers; void pointers; cppbind.ll; enums and constants."""

import ctypes
import pickle
from array import array

import pytest

SOURCE = r"""
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <typeinfo>
#include <vector>
namespace mem {
struct Pod { int i; double d; };
struct Holder {
    short numbers[4] = {1, 2, 3, 4}; float grid[2][3] = {{0, 1, 2}, {3, 4, 5}}; bool flags[2] = {true, false}; char name[8] = "bob";
    Pod pods[2] = {{1, 1.5}, {2, 2.5}}; std::string texts[2] = {"x", "y"}; int *open; int **rows; void *anything = nullptr; Pod *pod = nullptr; Pod inside{9, 9.5};
    const int constant = 3; unsigned char letter = 'z'; int8_t small = -5;
    Holder() : open(new int[3]{7, 8, 9}), rows(new int *[2]) { for (int i = 0; i < 2; i++) rows[i] = new int[2]{i, 10 * i}; }
    void *get() { return anything; }
};
long sum(const int *p, int n) { long s = 0; for (int i = 0; i < n; i++) s += p[i]; return s; }
void set_int(int &i) { i = -3; } void set_long(long long *l) { *l = -7; } void set_bool(bool &b) { b = true; } void set_char(unsigned char &c) { c = 'd'; }
void set_real(long double &d) { d = 2.5; } void make(int **p) { *p = new int[2]{5, 6}; } double first(double (&a)[3]) { return a[0]; }
int flatten(int (*p)[2]) { return p[1][1]; }
Pod shared{4, 5}; void point(Pod **p) { *p = &shared; } void point_reference(Pod *&p) { p = &shared; } int read(Pod **p) { return (*p)->i; } void *through(void *p) { return p; }
std::vector<std::string> copied(const char **t, int n) { return std::vector<std::string>(t, t + n); }
double *nothing() { return nullptr; } Pod *no_pod() { return nullptr; } Pod *pod_variable = nullptr; int values[] = {1, 2, 3}; const char *words[] = {"a", "bc"}; char table[2][4] = {"ab", "cd"};
const char *const &echo(const char *const &t) { return t; }
enum Fruit { apple = 78, pear }; enum class Level : unsigned char { low = 1, high = 200 }; enum { unnamed = 34 }; int eat(Fruit f) { return f; } Level level() { return Level::high; }
constexpr int limit = 12;
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.mem


def test_arrays_of_an_object(ns):
    one = ns.Holder()
    assert list(one.numbers) == [1, 2, 3, 4] and one.numbers[-1] == 4 and one.numbers.shape == (4,) and one.numbers.format == "h" and one.flags[0] is True
    assert one.grid.shape == (2, 3) and one.grid[1][2] == one.grid[1, 2] == 5 and [pod.i for pod in one.pods] == [1, 2] and list(map(str, one.texts)) == ["x", "y"]
    one.numbers[1] = 20
    one.grid[0, 1] = 7.5
    assert list(one.numbers[1:3]) == [20, 3] and one.grid[0][1] == 7.5 and str(one.name)[:3] == "bob" and len(one.name) == 8
    for index in (4, -5):
        with pytest.raises(IndexError):
            one.numbers[index]


def test_arrays_are_assigned(ns):
    one = ns.Holder()
    one.numbers = array("h", [9, 8, 7, 6])
    one.grid = [[1, 2, 3], [4, 5, 6]]
    assert list(one.numbers) == [9, 8, 7, 6] and one.grid[1, 0] == 4
    with pytest.raises(ValueError):
        one.numbers = range(5)
    with pytest.raises(ValueError):
        one.grid = [[1, 2], [3, 4]]


def test_pointers_of_an_object(ns):
    one = ns.Holder()
    one.open.reshape((3,))
    one.rows.reshape((2, 2))
    assert list(one.open) == [7, 8, 9] and one.rows[1, 1] == one.rows[1][1] == 10
    own = array("i", [4, 5])
    one.open = own
    own[0] = 6
    assert one.open[0] == 6
    with pytest.raises(ValueError):
        one.open.reshape((1, 2, 3))
    with pytest.raises(TypeError):
        one.open.reshape(3)


def test_numbers_as_arguments(cpp, ns):
    for value in (array("i", [1, 2, 3]), (ctypes.c_int * 3)(1, 2, 3), memoryview(array("i", [1, 2, 3])), ns.values):
        assert ns.sum(value, 3) == 6
    assert ns.first(array("d", [1.5, 2, 3])) == 1.5 and ns.sum(cpp.nullptr, 0) == 0
    for value in (array("d", [1]), [1, 2], 5, "text", ctypes.c_double(1)):
        with pytest.raises(TypeError):
            ns.sum(value, 1)


@pytest.mark.parametrize("function, kind, value", [("set_int", ctypes.c_int, -3), ("set_long", ctypes.c_longlong, -7), ("set_bool", ctypes.c_bool, True),
                                                   ("set_char", ctypes.c_ubyte, ord("d")), ("set_real", ctypes.c_longdouble, 2.5)])
def test_written_through(ns, function, kind, value):
    place = kind()
    getattr(ns, function)(place)
    assert place.value == value
    with pytest.raises(TypeError):
        getattr(ns, function)(ctypes.c_short())


def test_references_need_memory(ns):
    with pytest.raises(TypeError):
        ns.set_int(3)


def test_pointers_to_pointers(cpp, ns):
    numbers = ctypes.POINTER(ctypes.c_int)()
    ns.make(numbers)
    assert (numbers[0], numbers[1]) == (5, 6)
    one = ns.Pod()
    one.i = 3
    assert ns.read(one) == 3
    for function in (ns.point, ns.point_reference):
        empty = cpp.bind_object(cpp.nullptr, ns.Pod)
        function(empty)
        assert empty.i == 4 and cpp.addressof(empty) == cpp.addressof(ns.shared)
    assert list(ns.copied(["a", b"b"], 2)) == ["a", "b"] and ns.echo("text") == "text"
    with pytest.raises(TypeError):
        ns.copied(["a", 1], 2)


def test_void_pointers(cpp, ns):
    one, other = ns.Holder(), ns.Holder()
    assert one.anything is cpp.nullptr is one.get()
    one.anything = other
    assert cpp.addressof(one.anything) == cpp.addressof(other) == cpp.addressof(ns.through(other)) and cpp.bind_object(one.get(), ns.Holder) is other
    one.anything = cpp.nullptr
    assert one.anything is cpp.nullptr and ns.through(0) is cpp.nullptr


def test_null(cpp, ns):
    assert not ns.nothing() and list(ns.nothing()) == [] and not ns.no_pod() and ns.no_pod() == None    # noqa: E711
    for wrong in (lambda: ns.nothing()[0], lambda: ns.no_pod().i, lambda: ns.pod_variable.i):
        with pytest.raises(ReferenceError):
            wrong()
    one = ns.Holder()
    for null in (0, cpp.nullptr):
        one.pod = null
        assert not one.pod


def test_variables(ns):
    assert list(ns.values) == [1, 2, 3] and list(ns.words) == ["a", "bc"] and [str(one)[:2] for one in ns.table] == ["ab", "cd"] and ns.limit == 12
    ns.values[0] = 5
    assert ns.values[0] == 5
    with pytest.raises(TypeError):
        ns.limit = 3


def test_characters_and_small_integers(ns):
    one = ns.Holder()
    assert one.letter == "z" and one.small == -5
    for name, value in (("letter", -1), ("letter", "ab")):
        with pytest.raises(ValueError):
            setattr(one, name, value)
    with pytest.raises(TypeError):
        one.constant = 4


def test_enums(cpp, ns):
    assert ns.apple == 78 == ns.Fruit.apple and ns.unnamed == 34 and ns.Level.high == 200 and not hasattr(ns, "high")
    assert ns.eat(ns.pear) == 79 == ns.eat(79) and type(ns.level()) is ns.Level and repr(ns.Level.low) == "(mem::Level::low) : (unsigned char) 1"
    assert pickle.loads(pickle.dumps(ns.pear)) == 79 and type(pickle.loads(pickle.dumps(ns.pear))) is ns.Fruit


def test_low_level(cpp, ns):
    from cppbind import ll
    for make, free in ((ll.malloc, ll.free), (ll.array_new, ll.array_delete)):
        memory = make[int](4)
        memory[:] = range(4)
        assert list(memory) == [0, 1, 2, 3] and memory.__cpp_array__ is (make is ll.array_new)
        free(memory)
    assert ll.cast["double"](3) == 3.0 and ll.static_cast[int](2.5) == 2 and ll.reinterpret_cast["int*"](0) == cpp.nullptr
    one = ns.Pod()
    assert ll.as_ctypes(one).value == ll.addressof(one) == cpp.addressof(one, "i") == cpp.addressof(one, "d") - 8
    assert (cpp.sizeof("long"), cpp.sizeof(ns.Pod), cpp.sizeof(one), cpp.typeid(int).name()) == (8, 16, 16, "i")
    for wrong in (lambda: cpp.addressof(object()), lambda: cpp.bind_object(1, "mem::missing"), lambda: cpp.bind_object(1, 1)):
        with pytest.raises(TypeError):
            wrong()


def test_references_to_pointers_to_text(cpp):
    import ctypes
    cpp.cppdef("""namespace text_pointers { int moved(const char *&&text) { return text[1]; } int kept(const char *const &text) { return text[2]; }
                  template <class... T> int all(T &&...texts) { return (texts[0] + ... + 0); } }""")
    ns, text = cpp.gbl.text_pointers, ctypes.c_char_p(b"abc")
    assert (ns.moved(text), ns.kept(text), ns.moved("xyz"), ns.all(text, text)) == (ord("b"), ord("c"), ord("y"), 2 * ord("a"))
