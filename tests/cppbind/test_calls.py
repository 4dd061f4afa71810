"""Functions, namespaces, classes with bases, exceptions, errors of the compiler."""

import pytest

SOURCE = """
#include <stdexcept>
namespace calls {
int twice(int x) { return 2 * x; }
double twice(double x) { return 2 * x; }
struct A { virtual ~A() {} virtual int f() const { return 1; } int a = 5; };
struct B { int b = 6; virtual int g() { return b; } };
struct C : A, B { int f() const override { return 3; } };
struct V { int v = 8; };
struct L : virtual V { int l = 9; };
struct R : virtual V { int r = 10; };
struct D : L, R { int d = 11; };
B *as_b(C &c) { return &c; }
int use_b(const B *b) { return b ? b->b : -1; }
int use_v(V &v) { return v.v; }
C make() { return C(); }
const char *hello(const char *name) { return name; }
int global_int = 7;
const int constant = 13;
enum Colour { red = 3, green };
enum class Size : unsigned char { small, large = 200 };
Colour next(Colour c) { return c == red ? green : red; }
int of_size(Size s) { return (int)s; }
struct Error : std::runtime_error { using std::runtime_error::runtime_error; };
int fail(int how) { if (how == 1) throw Error("as asked"); if (how == 2) throw 42; return how; }
int sum(int a, int b = 10, int c = 100) { return a + b + c; }
struct Abstract { virtual void f() = 0; };
struct Bits { int plain; unsigned low : 3; int mid : 4; bool flag : 1; union { int i; float f; }; };
int &reference() { static int value = 4; return value; }
template <class T> struct Box { T value{}; T get() { return value; } };
struct Outer { struct Inner { int x = 2; }; static int count; enum Kind { one = 1 }; typedef int number; };
int Outer::count = 3;
bool negate(bool b) { return !b; }
char letter(char c) { return c + 1; }
unsigned char byte(unsigned char c) { return c; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.calls


def test_overloads(ns):
    assert [ns.twice(3), ns.twice(1.5)] == [6, 3.0]
    with pytest.raises(TypeError, match="none of the 2 overloaded methods succeeded(.|\n)*argument 1(.|\n)*argument 1"):
        ns.twice("x")


def test_default_arguments(ns):
    assert [ns.sum(1), ns.sum(1, 2), ns.sum(1, 2, 3), ns.sum(1, c=3), ns.sum(c=1, a=2, b=3)][:3] == [111, 103, 6]


def test_bases(cpp, ns):
    c = ns.C()
    assert (c.f(), c.a, c.b, c.g()) == (3, 5, 6, 6)
    c.b = 60
    assert (ns.as_b(c).b, ns.use_b(c), ns.B.g(c)) == (60, 60, 60)
    assert issubclass(ns.C, ns.B) and ns.as_b(c) is c
    assert ns.use_b(cpp.nullptr) == -1
    assert ns.make().f() == 3


def test_virtual_bases(ns):
    d = ns.D()
    assert (d.v, d.l, d.r, d.d, ns.use_v(d)) == (8, 9, 10, 11, 8)
    d.v = 80
    assert ns.use_v(d) == 80


def test_data(ns):
    assert ns.global_int == 7
    ns.global_int = 70
    assert ns.global_int == 70
    ns.global_int = 7
    assert ns.constant == 13
    with pytest.raises(TypeError):
        ns.constant = 1
    assert (ns.Outer.count, ns.Outer().count) == (3, 3)
    ns.Outer.count = 4
    assert ns.Outer().count == 4
    ns.Outer.count = 3
    assert ns.reference() == 4


def test_bit_fields_and_unions(ns):
    bits = ns.Bits()
    bits.low, bits.mid, bits.flag, bits.i = 5, -3, True, 0x3f800000
    assert (bits.low, bits.mid, bits.flag, bits.f) == (5, -3, True, 1.0)
    with pytest.raises(OverflowError):
        bits.low = 8


def test_enums(ns):
    assert ns.next(ns.red) == ns.green == 4
    assert ns.Colour.red is ns.Colour.red and ns.of_size(ns.Size.large) == 200
    assert type(ns.next(ns.red)) is ns.Colour
    assert ns.Outer.Kind.one == 1 == ns.Outer.one


def test_nested(ns):
    assert ns.Outer.Inner().x == 2
    assert issubclass(ns.Outer.number, int) and ns.Outer.number.__cpp_name__ == "calls::Outer::number"


def test_words(cpp, ns):
    assert ns.hello("Grüße") == "Grüße"
    assert ns.hello(cpp.nullptr) == ""
    assert ns.negate(False) is True
    assert ns.letter("a") == "b"
    assert ns.byte(200) == chr(200)


def test_class_template(ns):
    assert ns.Box[int]().get() == 0 == ns.Box["double"]().get()
    assert ns.Box[int] is ns.Box["int"]
    assert ns.Box[int].__cpp_name__ == "calls::Box<int>"


def test_exceptions(ns):
    assert ns.fail(0) == 0
    with pytest.raises(Exception, match="as asked") as caught:
        ns.fail(1)
    assert (type(caught.value).__name__, caught.value.what()) == ("Error", "as asked")
    with pytest.raises(Exception, match="unknown C\\+\\+ exception"):
        ns.fail(2)
    assert ns.fail(3) == 3


def test_abstract(ns):
    with pytest.raises(TypeError, match="abstract class 'calls::Abstract'"):
        ns.Abstract()


def test_compiler_errors(cpp):
    with pytest.raises(SyntaxError, match=r"int x = ;\s*\n.*\^"):
        cpp.cppdef("int x = ;")
    with pytest.raises(ImportError, match="no_such_header.h"):
        cpp.include("no_such_header.h")
    with pytest.warns(UserWarning, match="#warning"):
        cpp.cppdef('#warning "attention"')
    with pytest.raises(RuntimeError, match="no_such_library"):
        cpp.load_library("no_such_library")
    with pytest.raises(AttributeError, match="no_such_name"):
        cpp.gbl.no_such_name


def test_new_overloads_are_seen(cpp):
    cpp.cppdef("int grown(int x) { return x; }")
    assert cpp.gbl.grown(1) == 1
    cpp.cppdef("int grown(const char *s) { return s[0]; }")
    assert cpp.gbl.grown("A") == 65


def test_cppexec(cpp):
    cpp.cppdef("int executed = 0;")
    assert cpp.cppexec("executed = 5") is True
    assert cpp.gbl.executed == 5
    with pytest.raises(SyntaxError):
        cpp.cppexec("executed = nothing_such")


def test_library(cpp):
    cpp.include("zlib.h")
    cpp.load_library("z")
    assert cpp.gbl.zlibVersion()[0] == "1"


def test_import_from_namespace(ns):
    from cppbind.gbl.calls import twice
    assert twice(4) == 8
