"""Containers of the standard library as Python's: built, indexed, iterated, compared, passed; the oracle is cppyy 3.5 on CPython."""

import array
import gc
import random

import pytest

SOURCE = r"""
#include <array>
#include <deque>
#include <forward_list>
#include <list>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>
namespace containers {
struct Point { int x; double y; Point(int x = 0, double y = 0) : x(x), y(y) {} int sum() { return x + y; } };
struct Base { virtual ~Base() {} };
struct Derived : Base { int y = 2; };
std::vector<Base *> pointers{new Base, new Derived};
std::vector<std::string> words{"a", "b"};
std::vector<const char *> texts{"hello"};
std::pair<int, std::string> pair() { return {1, "a"}; }
std::tuple<int, double, std::string, char> tuple() { return {1, 2., "t", 'c'}; }
std::map<std::string, int> map{{"a", 1}, {"b", 2}, {"c", 3}};
std::unordered_map<std::string, double> hashed{{"k", 1.5}};
std::multimap<int, int> multi{{1, 2}, {1, 3}};
std::deque<int> both_ways() {
    std::deque<int> d;
    for (int i = 0; i < 1000; i++) d.push_back(i);
    for (int i = 1; i < 500; i++) d.push_front(-i);
    return d;
}
std::span<int> span() { static int a[3] = {1, 2, 3}; return a; }
int sum(std::vector<int> v) { int s = 0; for (int i : v) s += i; return s; }
int letters(const std::vector<std::string> &v) { int n = 0; for (auto &s : v) n += s.size(); return n; }
int of_map(const std::map<std::string, int> &m) { return m.size(); }
int of_set(const std::set<int> &s) { return s.size(); }
int first(std::pair<int, int> p) { return p.first; }
int second(std::tuple<int, int> p) { return std::get<1>(p); }
int sum_of_list(std::initializer_list<int> l) { int s = 0; for (int i : l) s += i; return s; }
int letters_of_list(std::initializer_list<std::string> l) { int n = 0; for (auto &s : l) n += s.size(); return n; }
std::vector<std::pair<double, double>> same(const std::vector<std::pair<double, double>> &v) { return v; }
std::map<int, std::vector<std::string>> lists;
std::array<std::string, 2> two{"x", "y"};
std::array<Point *, 2> addresses{};
struct Counted { static inline int alive = 0; Counted() { alive++; } Counted(const Counted &) { alive++; } ~Counted() { alive--; } int x = 1337; };
std::vector<Counted> temporary() { return std::vector<Counted>(2); }
int by_reference(std::vector<int> &v) { v.push_back(1); return v.size(); }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.containers


@pytest.fixture(scope="module")
def std(cpp, ns):
    return cpp.gbl.std


class Sequence:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]


class WithoutNext:
    def __iter__(self):
        return self


class Failing(WithoutNext):
    def __next__(self):
        return 3 // 0


def test_vector(std):
    vector = std.vector[int]()
    assert not vector and list(vector) == []
    vector += range(10)
    assert vector and len(vector) == 10 and (vector[3], vector[-1], vector.at(2), 3 in vector, 11 in vector) == (3, 9, 2, True, False)
    for index in (10, -11):
        with pytest.raises(IndexError):
            vector[index]
    with pytest.raises(TypeError):
        vector += (7, "8")
    assert len(vector) == 11 and str(std.vector[int]([1, 2])) == "{ 1, 2 }"


@pytest.mark.parametrize("chosen", [slice(2, 2), slice(2, 5), slice(5, 2, -1), slice(None, None, -2), slice(-3, None), slice(None), slice(100, -100, -1)])
def test_slices(std, chosen):
    vector = std.vector[int](range(10))
    assert list(vector[chosen]) == list(range(10))[chosen] and type(vector[chosen]) is type(vector)


def test_construction(std):
    vector = std.vector[int]
    for source in ([1, 2], (1, 2), range(1, 3), Sequence([1, 2]), (x for x in (1, 2)), vector((1, 2))):
        assert vector(source) == vector([1, 2])
    for bad, error in ((["a"], TypeError), ([1.5], TypeError), ("abc", TypeError), (WithoutNext(), TypeError), (Failing(), ZeroDivisionError)):
        with pytest.raises(error):
            vector(bad)


def test_nested(std):
    nested = std.vector[std.vector[int]](((1, 2), [3, 4]))
    assert [list(one) for one in nested] == [[1, 2], [3, 4]] and nested[1][1] == 4


def test_vector_of_bool(std):
    bits = std.vector[bool](70)
    bits[0] = bits[-1] = True
    assert list(bits) == [True] + [False] * 68 + [True] and list(bits[66:]) == [False] * 3 + [True]


def test_elements(ns, std):
    points = std.vector[ns.Point](3)
    points[1].x = 5
    points[2] = ns.Point(7, 8)
    points.push_back(ns.Point(1, 1))
    assert [one.sum() for one in points] == [0, 5, 15, 2]
    assert [type(one) for one in ns.pointers] == [ns.Base, ns.Derived] and ns.pointers[1].y == 2
    ns.words[0] = "changed"
    assert ns.words[0] == "changed" and [str(one) for one in ns.words] == ["changed", "b"] and ns.texts[0] == "hello"


def test_array(std):
    array = std.array["double", 3]([1, 2, 3])
    array[1] = 5
    assert list(array) == [1, 5, 3] and len(array) == 3
    with pytest.raises(ValueError):
        std.array["double", 3]([1.0] * 4)
    with pytest.raises(TypeError):
        std.array["double", 3](["a", 1.0, 1.0])


@pytest.mark.parametrize("name", ["list", "deque", "set", "multiset", "forward_list", "unordered_set"])
def test_other_containers(std, name):
    cls = getattr(std, name)[int]
    full = cls([3, 1, 2])
    assert sorted(full) == [1, 2, 3] and 2 in full and 7 not in full and full
    assert not cls() and list(cls()) == []


def test_deque(ns, std):
    deque = ns.both_ways()
    assert list(deque) == list(range(-499, 1000)) and (len(deque), deque[0], deque[-1], deque[777]) == (1499, -499, 999, 278)
    deque[5] = 1234
    assert deque[5] == 1234 and [str(one) for one in std.deque["std::string"](["a", "b"])] == ["a", "b"]


def test_order_of_sets(std):
    numbers = random.sample(range(10 ** 6), 1000)
    assert list(std.set[int](numbers)) == sorted(numbers)
    with pytest.raises(TypeError):
        std.set[int]({1, "2"})


@pytest.mark.parametrize("name", ["map", "unordered_map"])
def test_maps(std, name):
    cls = getattr(std, name)
    words = cls[str, int]({"1": 1, "2": 2})
    assert (words["1"], len(words), "1" in words, "q" in words) == (1, 2, True, False)
    assert sorted((str(key), value) for key, value in words) == [("1", 1), ("2", 2)]
    squares = cls[int, int]()
    for i in range(100):
        squares[i] = i * i
    assert sorted((key, value) for key, value in squares) == [(i, i * i) for i in range(100)]
    with pytest.raises(TypeError):
        cls[int, str]({"1": 1})
    unsigned = cls[str, "unsigned int"]()
    with pytest.raises(ValueError):
        unsigned["minus"] = -1


def test_map_of_objects(ns, std):
    cls = std.map["std::string", ns.Point]
    assert cls({"a": ns.Point(1, 2)})["a"].sum() == 3 and len(cls((("a", ns.Point(1, 2)), ("b", ns.Point())))) == 2
    assert {str(key): value for key, value in ns.map} == {"a": 1, "b": 2, "c": 3} and ns.hashed["k"] == 1.5
    assert [value for _, value in ns.multi] == [2, 3] and len(ns.multi) == 2


def test_arguments(ns):
    for source in ([1, 2], (1, 2), range(1, 3), {1, 2}, (x for x in (1, 2))):
        assert ns.sum(source) == 3
    assert (ns.letters(["aa", "b"]), ns.of_map({"a": 1}), ns.of_set({1, 2}), ns.first((7, 2)), ns.second((1, 2))) == (3, 1, 2, 7, 2)
    for function, bad in ((ns.sum, ["a"]), (ns.by_reference, [1]), (ns.of_map, {1: 1}), (ns.first, [1, 2])):
        with pytest.raises(TypeError):
            function(bad)


def test_initializer_lists(ns):
    assert (ns.sum_of_list([1, 2, 3]), ns.sum_of_list((4,)), ns.letters_of_list(["aa", "b"])) == (6, 4, 3)
    with pytest.raises(TypeError):
        ns.sum_of_list(["a"])


def test_arrays_of_one_type(ns):
    assert ns.sum(array.array("i", [1, 2])) == 3
    with pytest.raises(TypeError):
        ns.sum(array.array("B", [1, 2]))


def test_nested_values(ns):
    assert [(one.first, one.second) for one in ns.same([[1.0, 2.0], [2.0, 3.0]])] == [(1, 2), (2, 3)]
    with pytest.raises(TypeError):
        ns.same(["a", [1.0, 2.0]])
    ns.lists[3] = ["a", "b"]
    assert [str(one) for one in ns.lists[3]] == ["a", "b"]
    ns.two[1] = "long" * 10
    assert ns.two[1] == "long" * 10
    point = ns.Point(3)
    ns.addresses[0] = point
    assert ns.addresses[0] is point
    with pytest.raises(TypeError):
        ns.addresses[1] = 42


def test_texts_that_are_kept(ns):
    ns.texts.push_back("world" * 10)
    gc.collect()
    assert list(ns.texts) == ["hello", "world" * 10]


def test_elements_keep_their_container(ns):
    element = ns.temporary()[0]
    gc.collect()
    assert element.x == 1337 and ns.Counted.alive == 2
    element = None
    gc.collect()
    gc.collect()
    assert ns.Counted.alive == 0 and element is None


def test_reference(ns, std):
    vector = std.vector[int]([5])
    assert ns.by_reference(vector) == 2 and list(vector) == [5, 1]


def test_pairs_and_tuples(ns):
    first, second = pair = ns.pair()
    assert (first, second, len(pair), pair[0], pair[-2]) == (1, "a", 2, 1, 1)
    with pytest.raises(IndexError):
        pair[2]
    values = ns.tuple()
    assert [str(one) for one in values] == ["1", "2.0", "t", "c"] and len(values) == 4 and values[1] == 2.0


def test_span(ns):
    assert list(ns.span()) == [1, 2, 3]


def test_data_knows_its_length(std):
    vector = std.vector[int]([1, 2, 3])
    for _ in range(2):
        assert len(vector.data()) == 3 and list(vector.data()) == [1, 2, 3]
    assert list(std.vector(range(3))) == [0, 1, 2] and list(std.list([1.5])) == [1.5] and std.map({"1": 2})["1"] == 2


def test_iterators(std):
    for cls in (std.vector[int], std.list[int], std.set[int]):
        full = cls([1])
        assert full.begin() == full.begin() and full.begin() != full.end() and full.begin().__deref__() == 1


@pytest.mark.parametrize("name", ["vector", "deque"])
@pytest.mark.parametrize("element", ["int", "bool", "std::string"])
def test_iterator_of_a_row(std, name, element):
    """It sees what is added meanwhile, ends for good, and keeps its container."""
    values = {"int": [1, 2, 3], "bool": [True, False, True], "std::string": ["a", "b", "c"]}[element]
    row = getattr(std, name)[element](values)
    elements = iter(row)
    assert iter(elements) is elements and next(elements) == values[0]
    row.push_back(values[1])
    assert list(elements) == values[1:] + [values[1]]
    row.push_back(values[1])
    assert list(elements) == [] and list(row) == values + [values[1]] * 2
    elements = iter(getattr(std, name)[element](values))
    gc.collect()
    assert list(elements) == values
    assert not list(getattr(std, name)[element]())


def test_reverse_iterators(cpp):
    numbers = cpp.gbl.std.set[int]((3, 1, 2))
    at, found = numbers.rbegin(), []
    while at != numbers.rend():
        found.append(at.__deref__())
        at.__preinc__()
    empty = cpp.gbl.std.set[int]()
    assert found == [3, 2, 1] and empty.rbegin() == empty.rend()


def test_spans_of_buffers(cpp):
    """A span is over the memory of what has a buffer of such numbers, which it keeps; in calls, too."""
    cpp.cppdef("""#include <span>
    namespace spanned { double sum(std::span<const double> s) { double all = 0; for (double one : s) all += one; return all; }
                        template <class T> void twice(std::span<T> s) { for (T &one : s) one *= 2; } }""")
    spanned, std = cpp.gbl.spanned, cpp.gbl.std
    numbers = array.array("d", [1, 2, 3.5])
    span = std.span["double"](numbers)
    span[0] = 4
    assert list(numbers) == [4, 2, 3.5] and len(span) == 3 and spanned.sum(numbers) == spanned.sum(span) == 9.5
    spanned.twice["double"](numbers)
    assert list(numbers) == [8, 4, 7] and spanned.sum(memoryview(numbers).toreadonly()) == 19
    del span
    span = std.span["const double"](array.array("d", [5] * 1000))
    gc.collect()
    assert spanned.sum(span) == 5000
    for wrong in (array.array("f", [1]), array.array("l", [1]), [1.0]):
        with pytest.raises(TypeError):
            spanned.sum(wrong)
    with pytest.raises(TypeError):
        spanned.twice["double"](memoryview(numbers).toreadonly())


def test_objects_in_a_row_as_memory(cpp):
    from cppbind import ll
    cpp.cppdef("#include <vector>\nnamespace in_a_row { struct Point { int x, y, z; }; Point *one() { static Point p; return &p; } }")
    points = cpp.gbl.std.vector["in_a_row::Point"](4)
    points[1].y = 7
    memory = ll.as_memoryview(points.data())
    assert (len(memory), memory.itemsize, memory.nbytes) == (4, 12, 48) and bytes(memory)[16:20] == (7).to_bytes(4, "little")
    for wrong in (points[1], cpp.gbl.in_a_row.one(), 3):
        with pytest.raises(TypeError):
            ll.as_memoryview(wrong)
