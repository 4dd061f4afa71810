"""Pythonisations that programs add; iteration of classes like containers; what std has without an #include; ownership of results."""

import gc

import pytest

SOURCE = """
namespace py {
struct Dummy1 {}; struct Dummy2 {};
struct Buffers { int GetN() { return 3; } int GetX() { return 4; } int GetY() { return 5; } };
struct Property { int v = 7; int get_v() { return v; } void set_v(int x) { v = x; } };
struct Base { virtual ~Base() {} };
struct Derived : Base { ~Derived() { gone++; } static inline int gone = 0; };
Base *make() { return new Derived; }
int total(std::vector<int> v) { return std::accumulate(v.begin(), v.end(), 0); }
struct Raw { int d[3] = {1, 2, 3}; int *begin() { return d; } int *end() { return d + 3; } };
struct Sized { int size() { return 3; } };
std::optional<int> maybe(bool b) { if (b) return 3; return {}; }
template <class T> struct Sum;
template <class T> struct Number { T n; Number(T n = 0) : n(n) {} Number(const Sum<T> &s); };
template <class T> struct Sum { const Number<T> &l, &r; };
template <class T> Number<T>::Number(const Sum<T> &s) : n(s.l.n + s.r.n) {}
template <class T> Sum<T> operator+(const Number<T> &l, const Number<T> &r) { return {l, r}; }
struct Named { Named(int) {} virtual ~Named() {} template <class T> Named(T *) {} };
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.py


def test_headers_of_std_need_no_include(ns):
    assert ns.total([1, 2, 3]) == 6


def test_added_and_removed(cpp, ns):
    def everywhere(cls, name):
        if name in ("py::Dummy1", "py::Dummy2"):
            cls.full = name

    def inside(cls, name):
        if name == "Dummy2":
            cls.short = name
    cpp.py.add_pythonization(everywhere)
    cpp.py.add_pythonization(inside, "py")
    assert ns.Dummy1.full == "py::Dummy1" and not hasattr(ns.Dummy1, "short")
    assert (ns.Dummy2.full, ns.Dummy2.short) == ("py::Dummy2", "Dummy2")
    assert cpp.py.remove_pythonization(everywhere) and not cpp.py.remove_pythonization(everywhere)
    with pytest.raises(TypeError):
        cpp.py.add_pythonization(1)


def test_makers(cpp, ns):
    cpp.py.add_pythonization(cpp.py.compose_method("Buffers$", "Get[XY]$", lambda self, result: result * self.GetN()), "py")
    buffers = ns.Buffers()
    assert (buffers.GetX(), buffers.GetY(), buffers.GetN()) == (12, 15, 3)
    cpp.py.add_pythonization(cpp.py.make_property("Property$", "get_(v)$", "set_(v)$", prop_name="the_{}"), "py")
    instance = ns.Property()
    instance.the_v = 9
    assert instance.the_v == 9 == instance.v


def test_creates_and_pins(cpp, ns):
    ns.make.__creates__ = True
    made = ns.make()
    assert type(made) is ns.Derived and made.__python_owns__
    made = None
    gc.collect()
    gc.collect()
    assert ns.Derived.gone == 1 and made is None
    cpp.py.pin_type(ns.Base)
    assert type(ns.make()) is ns.Base


def test_constructors_that_do_not_give_ownership(cpp):
    cpp.cppdef("namespace py { struct Left { Left(int n = 0) : n(n) { there++; } virtual ~Left() { there--; } int n; static inline int there = 0; }; struct Plain { Plain(int) {} }; }")
    ns = cpp.gbl.py

    class Python(ns.Left):
        pass
    for cls in (ns.Left, Python, ns.Plain):
        assert cls(1).__python_owns__
    ns.Left.__init__.__creates__ = ns.Plain.__init__.__creates__ = False
    for cls in (ns.Left, Python, ns.Plain):
        one = cls(2)
        assert not one.__python_owns__
        one.__python_owns__ = True
    ns.Left.__init__.__creates__ = True
    assert ns.Left(3).__python_owns__ and Python(4).n == 4 and not ns.Plain(1).__python_owns__
    one = None
    gc.collect()
    gc.collect()
    assert ns.Left.there == 0


def test_attributes_of_templates(cpp):
    """They are said of all instances, those to come, too."""
    from cppbind import ll
    cpp.cppdef("""namespace py { struct Seed { template <class T> Seed *grown(T) { return new Seed; } template <class T> static Seed *sown(T) { return new Seed; } };
    template <class T> Seed *planted(T) { return new Seed; } template <class T> int crash(T) { volatile int *p = nullptr; return *p; } }""")
    ns = cpp.gbl.py
    uses = ns.Seed().grown, ns.Seed.sown, ns.planted
    for value in (True, False, True):
        for function in (ns.Seed.grown, ns.Seed.sown, ns.planted):
            function.__creates__ = value
        assert [function(argument).__python_owns__ for function in uses for argument in (1, 2.5)] == [value] * 6
        assert ns.planted["int"](1).__python_owns__ is value
    ns.crash.__sig2exc__ = True
    for call in (lambda: ns.crash(1), lambda: ns.crash(2.5), lambda: ns.crash["int"](1)):
        with pytest.raises(ll.SegmentationViolation):
            call()


def test_signatures_of_constructors(ns):
    assert "py::Named::Named(int)" in ns.Named.__init__.__doc__.splitlines()


def test_type_reducer(cpp, ns):
    a, b = ns.Number[int](1), ns.Number[int](2)
    cpp.py.add_type_reducer("py::Sum<int>", "py::Number<int>")
    assert type(a + b) is ns.Number[int] and (a + b).n == 3
    assert type(ns.Number["double"](1) + ns.Number["double"](2)) is ns.Sum["double"]


def test_makers_of_smart_pointers(cpp, ns):
    std, derived = cpp.gbl.std, ns.Derived()
    assert type(std.make_shared[ns.Derived]()) is ns.Derived is type(std.make_unique[ns.Derived]())
    assert std.make_shared(derived).__smartptr__().get() is not None and not derived.__python_owns__


def test_like_containers(ns):
    assert list(ns.Raw()) == [1, 2, 3] and len(ns.Sized()) == 3
    assert bool(ns.maybe(True)) and not ns.maybe(False)


def test_iterators_of_ones_own(cpp):
    cpp.cppdef("""namespace own {
    template <int step> struct It { int at; int operator++() { return ++at; } bool operator!=(const It &o) { return at != o.at; } int operator*() { return at; } };
    struct After { int at; int operator++(int) { return at++; } bool operator!=(const After &o) { return at != o.at; } int operator*() { return at; } };
    struct First { It<1> begin() { return {0}; } It<1> end() { return {3}; } };
    struct Second { After begin() { return {0}; } After end() { return {3}; } };
    template <class T, int n> struct Indexed { T data[n]; static int size() { return n; } T &operator[](long i) { return data[i]; } };
    }""")
    own = cpp.gbl.own
    assert list(own.First()) == list(own.Second()) == [0, 1, 2]
    indexed = own.Indexed[float, 2]()
    indexed[0], indexed[1] = 27, 42
    assert list(indexed) == [27, 42] and indexed[-1] == 42 == indexed[-1] and len(indexed) == 2


def test_text_from_cpp(cpp):
    cpp.cppdef('struct Texts { std::string __str__() const { return "s"; } const char *__repr__() const { return "r"; } };')
    for _ in range(2):
        assert (str(cpp.gbl.Texts()), repr(cpp.gbl.Texts())) == ("s", "r")
