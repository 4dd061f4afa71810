"""Types one by one: std::byte, enums of characters and booleans, complex numbers, variant, any and optional, texts in memory, what pointers point to."""

import array
import warnings

import pytest

SOURCE = r"""
#include <any>
#include <complex>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>
namespace kinds {
int area(int width, int height = 2, int depth = 1) { return width * 100 + height * 10 + depth; }
std::string greeting(const std::string &name = "you", const char *word = "hello", bool loud = false) { return std::string(word) + " " + name + (loud ? "!" : ""); }
double scaled(double d = 1.5, float f = 2.f, long double l = .5l) { return d * f * l; }
struct Point { int x, y; static inline int there = 0; Point(int x = 3, int y = 4) : x(x), y(y) { there++; } Point(const Point &p) : Point(p.x, p.y) {} ~Point() { there--; } };
struct Unborn { Unborn(int) {} };
int total(const Point &p = Point(1, 2), int more = Point().x) { return p.x + p.y + more; }

std::byte same(std::byte b) { return b; } int number(const std::byte &b) { return (int)b; } std::byte one{7};
enum Letter : char { a = 'a', b = 'b' }; enum class Flag : bool { off, on }; enum class Small : unsigned char { low = 1, high = 200 };
int code(Letter l) { return l; } bool set(Flag f) { return f == Flag::on; } Small same(Small s) { return s; }
int which(Flag) { return 1; } int which(Letter) { return 2; } int which(int) { return 3; }
struct Numbers { short s; unsigned bits : 3; void set(short n) { s = n; } };
struct Enums { Letter letter = b; Flag flag = Flag::on; Small small = Small::high; };

std::complex<double> twice(std::complex<double> c) { return c * 2.; } std::complex<float> given(const std::complex<float> &c) { return c; }
std::complex<int> whole(std::complex<int> c) { return {c.imag(), c.real()}; }
struct Complex { std::complex<double> c{1, 2}; std::vector<std::complex<double>> all{{1, 2}, {3, 4}}; };

using Various = std::variant<int, double, std::string>;
Various various(int i) { if (i == 0) return 3; if (i == 1) return 2.5; return std::string("text"); }
int index(const Various &v) { return v.index(); }
std::any any(bool text) { if (text) return std::string("text"); return 3; } bool full(const std::any &a) { return a.has_value(); }
std::optional<int> maybe(bool there) { if (there) return 3; return {}; } int or_minus(std::optional<int> o) { return o.value_or(-1); }

struct Texts { const char *text = "one"; const char *const fixed = "two"; char name[6] = "bob"; char16_t wide[4] = u"wid"; const char given[4] = "abc"; char rows[2][6] = {"hello", "w"}; };
const char *read(const Texts &t) { return t.text; } const char *global = "global"; const char *read() { return global; } const char letters[] = "letters";

int row[4] = {1, 2, 3, 4}; int *pointer = row; int **twofold = &pointer; Point points[3] = {{1, 0}, {2, 0}, {3, 0}}; Point *first() { return points; }
double *doubles() { static double d[2] = {1.5, 2.5}; return d; } int grid[2][3] = {{1, 2, 3}, {4, 5, 6}}; const short fixed[2] = {1, 2}; int *nowhere = nullptr;
int sum(const Point *p, int n) { int s = 0; while (n--) s += p++->x; return s; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.kinds


def test_default_arguments(ns):
    assert (ns.area(3), ns.area(3, 4), ns.area(3, 4, 5)) == (321, 341, 345)
    assert [str(one) for one in (ns.greeting(), ns.greeting("Ada"), ns.greeting("Ada", "bye", True))] == ["hello you", "hello Ada", "bye Ada!"]
    assert (ns.scaled(), ns.scaled(2), ns.scaled(2, 4, 3)) == (1.5, 2.0, 24.0)
    assert (ns.total(), ns.total(ns.Point(5)), ns.total(ns.Point(), 1)) == (6, 12, 8)
    with pytest.raises(TypeError):
        ns.area()


def test_byte(ns):
    assert (ns.same(5), type(ns.same(5)), ns.number(255), ns.one) == (5, int, 255, 7)
    for wrong in (256, -1):
        with pytest.raises((OverflowError, ValueError)):
            ns.number(wrong)
    with pytest.raises(TypeError):
        ns.number("x")


def test_numbers_out_of_range(ns):
    """OverflowError, as Python has it, and ValueError, as cppyy has it."""
    one = ns.Numbers()
    for kind in (OverflowError, ValueError):
        for wrong in (lambda: one.set(2**15), lambda: setattr(one, "s", 2**15), lambda: setattr(one, "bits", 8)):
            with pytest.raises(kind):
                wrong()


def test_enums_of_characters(ns):
    assert ns.a == "a" == ns.Letter("a") == ns.Letter(97) and isinstance(ns.Letter.b, str)
    assert [ns.code(one) for one in (ns.a, "b", 98)] == [97, 98, 98]
    with pytest.raises(ValueError):
        ns.code("bb")
    one = ns.Enums()
    one.letter = "a"
    assert one.letter == ns.a and one.small == 200 and ns.same(ns.Small.low) == 1


def test_enums_of_booleans(ns):
    assert ns.Flag.on is True and [ns.set(one) for one in (ns.Flag.on, ns.Flag.off, True, 0)] == [True, False, True, False]
    with pytest.raises(ValueError):
        ns.set(2)
    one = ns.Enums()
    one.flag = ns.Flag.off
    assert one.flag is False
    assert [ns.which(value) for value in (True, ns.a, "a", 5)] == [1, 2, 2, 3]


def test_complex_numbers(cpp, ns):
    assert [ns.twice(1 + 2j), ns.twice(3), ns.twice(1.5), complex(ns.given(1.5 + 2j))] == [2 + 4j, 6, 3, 1.5 + 2j]
    of_double = cpp.gbl.std.complex["double"](3, 4)
    assert of_double == 3 + 4j == complex(of_double) and ns.twice(of_double) == 6 + 8j
    assert ns.whole(cpp.gbl.std.complex[int](1, 2)) == cpp.gbl.std.complex[int](2, 1)
    one = ns.Complex()
    one.c += 1j
    assert one.c == 1 + 3j and list(one.all) == [1 + 2j, 3 + 4j]


def test_variant(cpp, ns):
    std = cpp.gbl.std
    found = [ns.various(number) for number in range(3)]
    assert [one.index() for one in found] == [0, 1, 2] and std.holds_alternative["int"](found[0]) and not std.holds_alternative["double"](found[0])
    assert (std.get["int"](found[0]), std.get[1](found[1]), std.get["std::string"](found[2])) == (3, 2.5, "text")
    assert [ns.index(value) for value in (3, 2.5, "x")] == [0, 1, 2]
    with pytest.raises(std.bad_variant_access):
        std.get[0](found[1])


def test_any(cpp, ns):
    std = cpp.gbl.std
    assert (std.any_cast["int"](ns.any(False)), std.any_cast["std::string"](ns.any(True))) == (3, "text")
    assert [ns.full(value) for value in (std.any(), std.any(3), 3)] == [False, True, True]
    with pytest.raises(std.bad_any_cast):
        std.any_cast["double"](ns.any(False))


def test_optional(cpp, ns):
    assert ns.maybe(True) and ns.maybe(True).value() == 3 and not ns.maybe(False) and ns.maybe(False).value_or(8) == 8
    assert [ns.or_minus(value) for value in (5, cpp.gbl.std.nullopt, cpp.gbl.std.optional[int]())] == [5, -1, -1]
    with pytest.raises(cpp.gbl.std.bad_optional_access):
        ns.maybe(False).value()


def test_pointers_to_text_are_written(ns):
    one = ns.Texts()
    one.text = "".join(["chan", "ged"])
    assert one.text == "changed" == ns.read(one)
    with pytest.raises(TypeError):
        one.fixed = "x"
    ns.__setattr__("global", "other")
    assert getattr(ns, "global") == "other" == ns.read()


def test_arrays_of_characters(ns):
    one = ns.Texts()
    assert ns.letters == "letters" and one.given == "abc"      # constants are text
    assert one.name == "bob" == one.name.as_string() and one.name != "bo" and str(one.name) == "bob\0\0\0" and one.wide[:2] == "wi"
    assert [one.rows[i].as_string() for i in range(2)] == ["hello", "w"]
    one.wide = "ab"
    assert one.wide == "ab" and one.wide.as_string() == "ab"
    with pytest.raises(TypeError):
        ns.row.as_string()


def test_text_that_is_too_long(ns):
    one = ns.Texts()
    with pytest.warns(RuntimeWarning, match="too long for char array"):
        one.name = "Alexandra"
    assert one.name == "Alexan" and one.name.as_string() == "Alexan" and one.wide == "wid"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one.name = "Robert"                             # fits, without its zero


def test_indices_of_pointers(ns):
    assert (ns.pointer[0], ns.pointer[3], ns.twofold[0][2], ns.doubles()[1]) == (1, 4, 3, 2.5)
    ns.pointer[1] = 20
    assert ns.row[1] == 20 and ns.first()[0].x == 1 and ns.first()[2].x == 3
    ns.pointer[1] = 2
    with pytest.raises(IndexError):
        ns.pointer[-1]                                  # C++ does not tell where the end is
    with pytest.raises(TypeError):
        ns.Point()[1]                                   # Python's own: there is but one


def test_buffers(ns):
    with memoryview(ns.grid) as found:
        assert (found.shape, found.format, found.itemsize, found.tolist()) == ((2, 3), "i", 4, [[1, 2, 3], [4, 5, 6]])
        found[1, 2] = 66
    assert ns.grid[1][2] == 66
    ns.grid[1][2] = 6
    assert array.array("i", bytes(ns.row)).tolist() == [1, 2, 3, 4] and memoryview(ns.fixed).readonly and memoryview(ns.nowhere).nbytes == 0


def test_arrays_of_objects(cpp, ns):
    from cppbind import ll
    before = ns.Point.there
    several = ll.array_new[ns.Point](3)
    assert ns.Point.there == before + 3 and ns.sum(several, 3) == 9     # they are constructed, and go where a pointer is wanted
    ll.array_delete(several)
    assert ns.Point.there == before
    with pytest.raises(TypeError):
        ll.array_new[ns.Unborn](3)
