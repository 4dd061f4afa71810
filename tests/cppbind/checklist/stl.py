"""The standard library."""

import pytest

from tests.cppbind.checklist import program

MORE = "instances that no dictionary has"


@program()
def vectors(cppyy, ns):
    """Construction, items, slices, iteration, in, +=, len; negative indices and bounds."""
    v = cppyy.gbl.std.vector[int]([1, 2, 3])
    assert (len(v), v[0], v[-1], list(v), 2 in v, 9 in v) == (3, 1, 3, [1, 2, 3], True, False)
    v.push_back(4)
    v += [5, 6]
    assert list(v[1:3]) == [2, 3] and sum(v) == 21
    v[0] = 10
    assert v[0] == 10
    with pytest.raises(IndexError):
        v[6]
    assert list(cppyy.gbl.std.vector["double"](range(3))) == [0.0, 1.0, 2.0]
    assert not cppyy.gbl.std.vector[int]()


@program(compiler=MORE)
def vectors_of_more(cppyy, ns):
    """Inference of types; nested; of bool."""
    std = cppyy.gbl.std
    assert list(std.vector([1, 2])) == [1, 2]
    nested = std.vector[std.vector[int]]([[1], [2, 3]])
    assert [list(one) for one in nested] == [[1], [2, 3]]
    flags = std.vector[bool](3)
    flags[1] = True
    assert [bool(one) for one in flags] == [False, True, False]


@program("#include <vector>\nstruct B { virtual ~B() {} }; struct D : B { int n = 4; }; std::vector<B *> give() { static D d; return {&d}; }")
def vectors_of_pointers(cppyy, ns):
    """Elements are cast to what they are."""
    assert ns.give()[0].n == 4


@program()
def maps(cppyy, ns):
    """From a dict or pairs; [], iteration, len, in."""
    std = cppyy.gbl.std
    m = std.map["std::string", int]((("a", 1), ("b", 2)))
    assert m["a"] == 1 and len(m) == 2
    m["c"] = 3
    assert {str(key): value for key, value in m} == {"a": 1, "b": 2, "c": 3}
    assert list(sorted(str(key) for key, _ in std.map["std::string", int]({"x": 1}))) == ["x"]
    assert "a" in m and "z" not in m


@program(compiler=MORE)
def other_containers(cppyy, ns):
    """set, list, deque, array, pair, tuple, span."""
    std = cppyy.gbl.std
    s = std.set[int]([3, 1, 2])
    assert list(s) == [1, 2, 3] and 2 in s and 5 not in s
    assert list(std.list[int]([1, 2])) == [1, 2]
    d = std.deque[int]()
    d.push_back(1), d.push_front(0)
    assert list(d) == [0, 1]
    a = std.array[int, 3]()
    a[1] = 5
    assert len(a) == 3 and a[1] == 5
    p = std.pair[int, "double"](1, 2.5)
    first, second = p
    assert (p.first, second, len(p)) == (1, 2.5, 2)
    t = std.make_tuple(1, "two", 3.0)
    assert std.get[0](t) == 1 and std.get[2](t) == 3.0
    x, _, z = t
    assert (x, z) == (1, 3.0)


@program("#include <optional>\nstd::optional<int> maybe(bool yes) { if (yes) return 5; return {}; }", compiler=MORE)
def optional(cppyy, ns):
    """optional: truth and value."""
    assert ns.maybe(True) and ns.maybe(True).value() == 5
    assert not ns.maybe(False)
    with pytest.raises(Exception):
        ns.maybe(False).value()


@program("#include <variant>\n#include <string>\nstd::variant<int, std::string> v = 4; std::variant<int, std::string> text() { return std::string(\"t\"); }", compiler=MORE)
def variant(cppyy, ns):
    """variant: index and get."""
    std = cppyy.gbl.std
    assert ns.v.index() == 0 and std.get[int](ns.v) == 4
    assert std.get["std::string"](ns.text()) == "t"
    assert std.holds_alternative[int](ns.v)


@program("#include <any>\nstd::any give() { return 5; }", compiler=MORE)
def any_value(cppyy, ns):
    """any and any_cast."""
    assert cppyy.gbl.std.any_cast[int](ns.give()) == 5


@program("#include <vector>\nclass Own { std::vector<int> v{4, 5}; public: auto begin() const { return v.begin(); } auto end() const { return v.end(); } size_t size() const { return v.size(); } int operator[](size_t i) const { return v.at(i); } };")
def containers_of_ones_own(cppyy, ns):
    """begin and end give iteration, size gives len, [] ends it."""
    own = ns.Own()
    assert list(own) == [4, 5] and len(own) == 2 and own[1] == 5


@program("#include <vector>\nstd::vector<int> v = {7, 8};")
def iterators(cppyy, ns):
    """__deref__, __preinc__, ==, !=."""
    i, end = ns.v.begin(), ns.v.end()
    assert i.__deref__() == 7 and i != end
    i.__preinc__()
    assert i.__deref__() == 8
    i.__preinc__()
    assert i == end


@program("#include <memory>\nstruct T { int n = 3; static inline int alive = 0; T() { alive++; } ~T() { alive--; } }; std::shared_ptr<T> shared() { return std::make_shared<T>(); } std::unique_ptr<T> unique() { return std::make_unique<T>(); }"
         "int of_shared(std::shared_ptr<T> p) { return p->n; } int of_unique(std::unique_ptr<T> p) { return p->n; } int of_plain(T &t) { return t.n; } int of_pointer(T *t) { return t->n; }", compiler="std::move is a template")
def smart_pointers(cppyy, ns):
    """Transparent use, __smartptr__, passing and moving."""
    import gc
    s = ns.shared()
    assert s.n == 3 and isinstance(s, ns.T) and s.__smartptr__()
    assert (ns.of_shared(s), ns.of_plain(s), ns.of_pointer(s)) == (3, 3, 3)
    u = ns.unique()
    assert u.n == 3 and ns.of_plain(u) == 3
    assert ns.of_unique(cppyy.gbl.std.move(u)) == 3
    del s, u
    gc.collect(), gc.collect()
    assert ns.T.alive == 0


@program("struct T { int n; T(int n = 5) : n(n) {} };", compiler=MORE)
def made_pointers(cppyy, ns):
    """make_shared and make_unique."""
    std = cppyy.gbl.std
    assert std.make_shared[ns.T](7).n == 7 and std.make_unique[ns.T]().n == 5


@program("#include <sstream>\n#include <string>\n#include <ostream>\nstruct P { int x = 4; }; std::ostream &operator<<(std::ostream &o, const P &p) { return o << 'P' << p.x; }", compiler=MORE, cppyy="no operator<< takes a str")
def streams(cppyy, ns):
    """stringstream; str() by operator<<."""
    s = cppyy.gbl.std.ostringstream()
    s << "number " << 5
    assert s.str() == "number 5"
    assert str(ns.P()) == "P4"


@program("#include <vector>\n#include <initializer_list>\nint total(std::initializer_list<int> l) { int s = 0; for (int x : l) s += x; return s; } int rvalue(std::vector<int> &&v) { return v.size(); } int change(std::vector<int> &v) { v.push_back(1); return v.size(); }")
def sequences_as_arguments(cppyy, ns):
    """initializer_list, && and const & take sequences; a non-const & does not."""
    assert ns.total([1, 2, 3]) == 6 and ns.rvalue([1, 2]) == 2
    with pytest.raises(TypeError):
        ns.change([1])
    assert ns.change(cppyy.gbl.std.vector[int]()) == 1
