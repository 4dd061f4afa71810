"""What cppyy does beside C++'s rules: conversions, names, policies; the oracle is cppyy 3.5 on CPython."""

import gc

import pytest

SOURCE = r"""
#include <functional>
#include <memory>
#include <vector>
namespace ways {
struct Point { double x, y; };
double ref(const Point &p) { return p.x + p.y; }
double change(Point &p) { return p.x + p.y; }
double pointer(Point *p) { return p->x + p->y; }
double value(Point p) { return p.x + p.y; }
double moved(Point &&p) { return p.x + p.y; }
struct Known { int n = 0; };
struct Unknown { int n = 0; };
int sum(int a = 10, int b = 20, int c = 5) { return a * 10000 + b * 100 + c; }
std::string joined(const std::string &a = "a", const std::string &b = "b") { return a + b; }
class Outer { class Hidden { public: int n = 42; }; public: using Shown = Hidden; Hidden make() { return Hidden(); } };
struct A { typedef std::shared_ptr<A> Ptr; };
struct B : A { typedef std::shared_ptr<B> Ptr; };
struct C : A {};
extern "C" int plain_c(void) { return 21; }
namespace inner { namespace type { template <class T> struct Tensor {}; }
template <class E = double, class T = type::Tensor<E>> struct Orbital {};
template class Orbital<double, type::Tensor<double>>; }
inner::Orbital<double> orbital() { return {}; }
struct Functor { double operator()(double *p) { return 4 * *p; } };
int which(double (*f)(double *)) { return 0; }
template <class T> int which(T f) { return 1; }
int only(double (*f)(double *)) { return 0; }
int nulls(int *) { return 1; }
void keep(std::vector<int> *) {}
void look(const std::vector<int> *) {}
template <class T> std::unique_ptr<T> through(std::unique_ptr<T> p) { return p; }
struct Left { virtual ~Left() {} int l = 1; };
struct Right { virtual ~Right() {} int r = 2; };
struct Both : Left, Right {};
Both both;
Both *as_both() { return &both; }
Right *as_right() { return &both; }
int *element(int *p) { return p; }
int crash() { volatile int *p = nullptr; return *p; }
struct Maker { static inline int made = 0; };
Maker *maker() { Maker::made++; return new Maker; }
}
template <> struct std::hash<ways::Known> { std::size_t operator()(const ways::Known &k) const noexcept { return 17 + k.n; } };
#define WAYS_TEXT "text"
#define WAYS_NUMBER (6 * 7)
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.ways


def test_cast_cpp(ns):
    class Instance:
        def __cast_cpp__(self):
            return ns.Point(1, 2)

    class Tuple:
        def __cast_cpp__(self):
            return 1.0, 2.0
    for function in (ns.ref, ns.change, ns.pointer, ns.value, ns.moved):
        assert function(Instance()) == 3
    for function in (ns.ref, ns.value, ns.moved):
        assert function(Tuple()) == 3 and function((1.0, 2.0)) == 3
    for function in (ns.change, ns.pointer):
        with pytest.raises(TypeError):
            function(Tuple())


def test_hash(ns):
    known, unknown = ns.Known(), ns.Unknown()
    assert hash(known) == 17 and hash(known) == 17 and hash(unknown) == object.__hash__(unknown)


def test_keywords_that_leave_out_defaults(ns):
    assert (ns.sum(b=1), ns.sum(c=1), ns.sum(1, c=2), ns.sum(c=3, a=1)) == (100105, 102001, 12002, 12003)
    assert ns.joined(b="c") == "ac"
    with pytest.raises(TypeError):
        ns.sum(1, 2, 3, b=4)


def test_names_that_cpp_does_not_give(ns):
    assert ns.Outer().make().n == 42
    assert ns.A.Ptr is not ns.B.Ptr and ns.C.Ptr is ns.A.Ptr and ns.plain_c() == 21
    assert type(ns.orbital()).__cpp_name__ == "ways::inner::Orbital<>"
    gc.collect()
    with pytest.raises(TypeError):
        ns()


def test_what_is_nowhere(cpp, ns):
    cpp.cppdef("namespace ways { int nowhere(); int calls_nowhere() { return nowhere(); } }")
    with pytest.raises(RuntimeError, match="nowhere"):
        ns.calls_nowhere()
    cpp.cppdef("namespace ways { int after_it() { return 1; } }")
    assert ns.after_it() == 1


def test_functors(ns):
    functor = ns.Functor()
    assert ns.which(functor) == 1
    with pytest.raises(TypeError):
        ns.only(functor)


def test_moved_into_templates(cpp, ns):
    held = cpp.gbl.std.make_unique[int](42)
    held = ns.through(held)
    assert held.get()[0] == 42


def test_smart_pointers_are_followed(cpp, ns):
    std = cpp.gbl.std
    one, other = std.make_shared[ns.Point](ns.Point(1, 2)), ns.Point(3, 4)
    other.__python_owns__ = False
    one.__smartptr__().reset(other)
    assert one.x == 3 and one == other


def test_looks_at_one_object(cpp, ns):
    cpp.py.pin_type(ns.Right)
    both, right = ns.as_both(), ns.as_right()
    assert type(right) is ns.Right and both == right and not both != right and both._cpp != right._cpp
    left = ns.Left()
    other = cpp.bind_object(left, ns.Both)
    assert type(other) is ns.Both and other.__python_owns__ and not left.__python_owns__
    other.__python_owns__, left.__python_owns__ = False, True
    assert cpp.bind_object(ns.Left(), ns.Left).l == 1 and cpp.addressof(0) == 0 == cpp.addressof(cpp.nullptr)
    with pytest.raises(TypeError):
        cpp.addressof(1)


def test_attributes_of_an_instance(ns):
    class Python(ns.Left):
        def __init__(self, **more):
            super().__init__()
            self.__dict__.update(more)
    for one in (ns.Point(), Python(), ns.Known()):
        one.a = 1
        assert vars(one) == {"a": 1} and "a" in dir(one)
        one.__dict__["b"] = 2
        assert one.b == 2
        one.__dict__ = {"c": 3}
        assert vars(one) == {"c": 3} and not hasattr(one, "a")
        one.__dict__.clear()
        assert one and not vars(one)                    # the object is still there
    assert Python(x=5).x == 5


def test_attributes_outlive_new_code(cpp, ns):
    ns.maker.__creates__ = True
    before = ns.maker
    cpp.cppdef("namespace ways { int one_more() { return 1; } }")
    assert ns.maker is before and ns.maker().__python_owns__ and ns.one_more() == 1


def test_macros(cpp, ns):
    assert cpp.macro("WAYS_TEXT") == "text" and cpp.macro("WAYS_NUMBER") == 42
    with pytest.raises(ValueError):
        cpp.macro("WAYS_NOT_THERE")


def test_memory_policy(cpp, ns):
    from cppbind import policy
    one, other = cpp.gbl.std.vector[int](), cpp.gbl.std.vector[int]()
    before = policy.SetMemoryPolicy(policy.kMemoryHeuristics)
    try:
        ns.look(one), ns.keep(other)
    finally:
        assert policy.SetMemoryPolicy(before) == policy.kMemoryHeuristics
    assert one.__python_owns__ and not other.__python_owns__
    policy.SetOwnership(other, True)
    ns.keep(other)
    assert other.__python_owns__


def test_signals_of_one_function(ns):
    from cppbind.ll import SegmentationViolation
    ns.crash.__sig2exc__ = True
    for _ in range(2):
        with pytest.raises(SegmentationViolation):
            ns.crash()
    ns.crash.__sig2exc__ = False


def test_modules(cpp):
    cpp.cppdef("namespace modules { struct Inside {}; namespace deeper { struct Below {}; } }")
    outer, inside = cpp.gbl.modules, cpp.gbl.modules.Inside
    outer.__module__ = "somewhere"
    assert inside.__module__ == "somewhere.modules" and outer.deeper.Below.__module__ == "somewhere.modules.deeper"
    scope = {}
    exec("from cppbind.interactive import *", scope)
    assert scope["g"] is cpp.gbl and scope["std"] is cpp.gbl.std and scope["cppdef"] is cpp.cppdef


def test_autoload_maps(cpp, tmp_path):
    from cppbind.backend import dictionary
    with pytest.raises(OSError):
        cpp.add_autoload_map(tmp_path / "none.rootmap")
    path = tmp_path / "some.rootmap"
    path.write_text("[ libSome.so ]\nclass in_a_map::Thing\n")
    cpp.add_autoload_map(path)
    assert dictionary.mapped("in_a_map::Thing", ()) == str(tmp_path / "libSome.so") and dictionary.mapped("in_a_map::Other", ()) is None
    dictionary.added.remove(str(path))
