"""Templates of functions, methods, constructors, aliases, variables and concepts: explicit arguments, deduced ones, both."""

import ctypes

import subprocess

import pytest

SOURCE = r"""
#include <sstream>
#include <string>
#include <vector>
namespace gen {
template <class T> long bytes() { return sizeof(T); }
template <class T> std::string kind(T) { return "value"; } template <class T> std::string kind(T *) { return "pointer"; }
template <int N, class T = double> T times(T t) { return N * t; }
template <class... T> int count(T...) { return sizeof...(T); }
template <class To, class From> To to(From from) { return To(from); }
template <class T> T same(T t) { return t; }
template <class T> bool is_zero(T &&t) { return t == T{}; }
int mixed(int) { return 1; } template <class T> int mixed(T) { return 2; } int mixed(const std::string &) { return 3; }
template <class R, class... A, class... B> R apply(R (*f)(A...), B &&... b) { return f(b...); }
int add(int a, int b) { return a + b; }
template <class T> int size_of(const std::vector<T> &v) { return v.size(); }
template <class T> int texts(const std::vector<std::string> &v) { return v.size(); }
template <class... T> std::string joined(T &&... t) { std::ostringstream s; ((s << t << ','), ...); return s.str(); }
struct Thing { double a, b; template <class T> int size(T) { return sizeof(T); } template <class T> int size() { return sizeof(T); }
    template <class T> static T two() { return T(2); } template <class T> int operator<(T) { return 5; } int size(void *, bool) { return -1; } };
struct Any { std::string what; template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0> Any(T) : what("integer") {} Any(const std::string &) : what("text") {} };
template <class T> struct Box { T held; using type = T; Box(T t) : held(t) {} template <class U> Box<U> as() { return Box<U>(held); } };
template <class T> using Boxes = std::vector<Box<T>>;
template <class T> constexpr T tau = T(6.25); template <class T> concept Small = sizeof(T) <= 2;
template <class T> struct Parent { template <class R> R half(T t) { return R(t) / 2; } T half() { return 1; } };
template <class T> struct Child : Parent<T> { using Parent<T>::half; };
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.gen


def test_explicit(ns):
    assert (ns.bytes[int](), ns.bytes["char"](), ns.bytes[float](), ns.bytes[ns.Thing](), ns.bytes["gen::Thing*"]()) == (4, 1, 4, 16, 8)
    assert (ns.bytes[ctypes.c_short](), ns.times[3](1.5), ns.times[3, int](2), ns.to["double"](3), ns.to[int](2.5)) == (2, 4.5, 6, 3.0, 2)


def test_deduced(ns):
    assert ns.kind(1) == "value" == ns.kind(ns.Thing()) and ns.same("text") == "text" and ns.count(1, "a", 2.5, None) == 4 and ns.count() == 0
    assert ns.is_zero(0) and not ns.is_zero(1.5) and ns.joined("a", 1, 2.5) == "a,1,2.5,"


def test_integers_of_every_size(ns):
    for number in (0, -2**31, 2**31, -2**63, 2**63, 2**64 - 1):
        assert ns.same(number) == number
    with pytest.raises(OverflowError):
        ns.same(2**64)


def test_beside_plain_functions(ns):
    assert (ns.mixed(1), ns.mixed(1.5), ns.mixed("x"), ns.mixed[int](1)) == (1, 2, 3, 2)


def test_functions_as_arguments(ns):
    assert ns.apply(ns.add, 2, 3) == 5

    def product(a: int, b: int) -> int:
        return a * b
    assert ns.apply(product, 4, 5) == 20


def test_containers_as_arguments(cpp, ns):
    assert ns.size_of(cpp.gbl.std.vector[int]([1, 2])) == 2 and ns.texts[int](["a", "b"]) == 2 and ns.size_of["double"]([1.5]) == 1


def test_methods(cpp, ns):
    one = ns.Thing()
    assert (one.size(1), one.size[float](), one.size(ns.Thing()), one.size(cpp.nullptr, True)) == (4, 4, 16, -1)
    assert ns.Thing.two[int]() == 2 == one.two["double"]() and (one < 3) == 5 and "size<float>" in dir(ns.Thing)


def test_constructors(ns):
    assert ns.Any(3).what == "integer" and ns.Any("x").what == "text"
    with pytest.raises(TypeError):
        ns.Any(1.5)


def test_classes_and_aliases(cpp, ns):
    assert type(ns.Box(5)) is ns.Box[int] and ns.Box(5).held == 5
    assert ns.Boxes[int] is cpp.gbl.std.vector[ns.Box[int]] and ns.Box[int].__cpp_template__ is ns.Box
    kind = ns.Box["unsigned int"].type
    assert issubclass(kind, int) and kind(3) == 3 and ns.Box[kind] is ns.Box["unsigned int"] and kind.__name__ == "type"


def test_variables_and_concepts(ns):
    assert ns.tau[int] == 6 and ns.tau["double"] == 6.25 and ns.Small["char"] is True and ns.Small[int] is False


def test_brought_in_by_using(ns):
    assert ns.Child[int]().half["double"](5) == 2.5 and ns.Child[int]().half() == 1


def test_what_does_not_fit(ns):
    with pytest.raises(TypeError, match="Template method resolution failed"):
        ns.size_of(3)
    with pytest.raises(TypeError):
        ns.bytes[object]


def test_names_of_the_templates_own_scope(cpp):
    cpp.cppdef("""namespace outside { struct A { char c[3]; }; namespace inside { using number = double; struct B { char c[5]; };
                  template <class T> int size() { return sizeof(T); } template <class T, class U> int sizes() { return sizeof(T) * sizeof(U); } } }""")
    inside = cpp.gbl.outside.inside
    assert (inside.size["A"](), inside.size["inside::B"](), inside.size["outside::A"](), inside.sizes["number", "B"]()) == (3, 5, 3, 40)
    with pytest.raises(TypeError, match="nowhere"):
        inside.size["nowhere"]()


def test_templates_are_equal_with_whatever_arguments(cpp):
    cpp.cppdef("namespace equal { template <class T> int f(T) { return 1; } template <class T> int g(T) { return 2; } }")
    equal = cpp.gbl.equal
    assert equal.f == equal.f[int] == equal.f["double"] and hash(equal.f) == hash(equal.f[int]) and equal.f != equal.g and equal.f != 3


def test_instances_are_listed(cpp):
    cpp.cppdef("namespace listed { struct S { template <class T> int size(T) { return sizeof(T); } }; }")
    S = cpp.gbl.listed.S
    assert "size<int>" not in dir(S) and S().size(1) == 4 and S().size(S()) == 1
    assert {"size", "size<int>", "size<listed::S>"} <= set(dir(S)) and getattr(S(), "size<int>")(2) == 4


def test_a_template_as_a_method(cpp):
    cpp.cppdef("namespace adopted { struct S { int i = 4; }; template <class T> int times(const T &a, int n) { return a.i * n; } }")
    adopted = cpp.gbl.adopted
    adopted.S.times, adopted.S.times_too = adopted.times["adopted::S"], adopted.times
    assert adopted.S().times(3) == adopted.S().times_too(3) == 12


def test_a_default_that_nothing_is_deduced_from(cpp):
    cpp.cppdef("namespace undeduced { struct S { template <class T> int twice(T t = T(1)) { return 2 * t; } }; }")
    S = cpp.gbl.undeduced.S
    assert S().twice(4) == 8 and S().twice[int]() == 2
    with pytest.raises(TypeError):
        S().twice()


def test_an_instance_that_is_elsewhere(cpp, tmp_path):
    """What `extern template` names is the library's, which may be of other code."""
    template = "namespace elsewhere { template <class T> struct S { T get() { return RESULT; } }; }\n"
    library, source = tmp_path / "libelsewhere.so", tmp_path / "elsewhere.cpp"
    source.write_text(template.replace("RESULT", "42") + "template struct elsewhere::S<int>;")
    subprocess.run(["c++", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    cpp.load_library(str(library))
    cpp.cppdef(template.replace("RESULT", "5") + "extern template struct elsewhere::S<int>;")
    assert cpp.gbl.elsewhere.S[int]().get() == 42 and cpp.gbl.elsewhere.S["double"]().get() == 5


def test_explicit_instantiations(cpp):
    """What a header instantiates is preferred where it takes the arguments as they are, as the char that a str of one character may be."""
    cpp.cppdef("""namespace whole { template <class T> T same(T t) { return t; } template char same<char>(char); extern template double same<double>(double);
        template double same<double>(double); template <class T> int which(T) { return 1; } template <> int which<double>(double) { return 2; } }""")
    whole = cpp.gbl.whole
    assert whole.same("c") == "c" and type(whole.same("c")) is str
    assert whole.same("text") == "text" and whole.same(3) == 3 and whole.same(True) is True and whole.same(2.5) == 2.5
    assert whole.which(1.5) == 2 and whole.which(1) == 1


def test_instances_are_attributes_of_the_namespace(cpp):
    cpp.cppdef("namespace kept { template <class A, class B, class C = A> C product(A a, B b) { return C(a * b); } }")
    kept = cpp.gbl.kept
    assert kept.product(2, 3) == 6 and "product<int,int,int>" in kept.__dict__
    assert kept.product[int](2, 3) == kept.product["double, int"](2, 3) == 6
    assert {"product", "product<int>", "product<double,int>"} <= kept.__dict__.keys()
    old = getattr(kept, "product<int>")
    setattr(kept, "product<int>", lambda a, b: "mine")
    assert kept.product[int](2, 3) == "mine"
    setattr(kept, "product<int>", old)
    assert kept.product[int](2, 3) == 6
    cpp.cppdef("namespace kept { int product(const char *, int) { return -1; } }")
    assert kept.product("a", 1) == -1 and kept.product[int](2, 3) == 6
