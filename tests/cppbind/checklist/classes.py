"""Classes: construction, inheritance, members, operators, templates, Python classes that derive from them."""

import gc
import pickle

import pytest

from tests.cppbind.checklist import program


@program("struct Thing { struct Inner { int n = 1; }; };")
def names(cppyy, ns):
    """__name__, __module__, __cpp_name__; the same class object always."""
    assert ns.Thing is ns.Thing and ns.Thing.Inner is ns.Thing.Inner
    assert ns.Thing.__name__ == "Thing" and ns.Thing.__cpp_name__ == "names::Thing"
    assert ns.Thing.__module__.endswith("gbl.names")
    assert isinstance(ns.Thing(), ns.Thing)


@program("struct A { int n; A() : n(0) {} A(int i, int j = 5) : n(i + j) {} A(const char *s) : n(s[0]) {} A(const A &a) : n(a.n + 100) {} }; struct Agg { int x; double y; };")
def constructors(cppyy, ns):
    """Overloads, defaults, keywords, copies, aggregates."""
    assert (ns.A().n, ns.A(1).n, ns.A(1, 2).n, ns.A("a").n) == (0, 6, 3, 97)
    assert ns.A(1, j=3).n == 4
    assert ns.A(ns.A(1, 0)).n == 101
    both = ns.Agg(1, 2.5)
    assert (both.x, both.y) == (1, 2.5)
    with pytest.raises(TypeError):
        ns.A(1, 2, 3)


@program("struct Shape { virtual double area() = 0; virtual ~Shape() {} }; struct Square : Shape { double s = 2; double area() override { return s * s; } };")
def abstract(cppyy, ns):
    """An abstract class is not constructed."""
    with pytest.raises(TypeError) as error:
        ns.Shape()
    assert "abstract" in str(error.value)
    assert ns.Square().area() == 4.0
    assert issubclass(ns.Square, ns.Shape)


@program("struct Counted { static inline int alive = 0; Counted() { alive++; } Counted(const Counted &) { alive++; } ~Counted() { alive--; } int n = 3; };")
def destructors(cppyy, ns):
    """Deletion with the instance, at once by __destruct__(), after which its use raises."""
    one = ns.Counted()
    assert ns.Counted.alive == 1
    del one
    gc.collect(), gc.collect()
    assert ns.Counted.alive == 0
    two = ns.Counted()
    two.__destruct__()
    assert ns.Counted.alive == 0
    with pytest.raises(ReferenceError):
        two.n


@program("struct A { int a = 1; virtual ~A() {} virtual int f() { return 1; } }; struct B { int b = 2; virtual ~B() {} int g() { return b; } }; struct C : A, B { int c = 3; int f() override { return 3; } };"
         "struct V { int v = 4; }; struct L : virtual V {}; struct R : virtual V {}; struct D : L, R { int d = 5; }; int of_b(B &b) { return b.b; } A *as_a(C &c) { return &c; } B *as_b(C &c) { return &c; }", cppyy="members of virtual bases are misread")
def inheritance(cppyy, ns):
    """Several and virtual bases, with their offsets; what C++ gives is cast to the most derived class."""
    c = ns.C()
    assert (c.a, c.b, c.c, c.f(), c.g(), ns.of_b(c)) == (1, 2, 3, 3, 2, 2)
    assert isinstance(c, ns.A) and isinstance(c, ns.B)
    d = ns.D()
    assert (d.v, d.d) == (4, 5)
    d.v = 40
    assert d.v == 40
    assert type(ns.as_a(c)) is ns.C and type(ns.as_b(c)) is ns.C
    assert ns.as_a(c).c == 3


@program("struct S { int f(int x) { return x + n; } int n = 1; static int s(int x) { return 2 * x; } private: int hidden() { return 0; } int secret = 0; };")
def methods(cppyy, ns):
    """Bound and unbound, static, private."""
    s = ns.S()
    bound = s.f
    s.n = 10
    assert bound(1) == 11 and ns.S.f(s, 2) == 12
    assert ns.S.s(3) == 6 and s.s(4) == 8
    with pytest.raises((AttributeError, TypeError)):
        s.hidden()
    with pytest.raises(AttributeError):
        s.secret


@program("#include <string>\nstruct S { int i = 1; double d = 2.5; bool b = true; std::string s = \"text\"; static inline int shared = 9; struct In { int n = 3; } in; int *p = nullptr; };")
def data_members(cppyy, ns):
    """Members are properties with types; static ones through class and instance."""
    one, other = ns.S(), ns.S()
    one.i, one.d, one.b, one.s = 5, 1.5, False, "changed"
    assert (one.i, one.d, one.b, one.s) == (5, 1.5, False, "changed") and other.i == 1
    ns.S.shared = 10
    assert one.shared == 10
    one.shared = 11
    assert ns.S.shared == 11
    getattr(one, "in").n = 30
    assert getattr(one, "in").n == 30
    with pytest.raises(TypeError):
        one.i = "text"


@program("struct Long { int n = 1; }; typedef Long Short; using Other = Long; typedef int number; number f(number n) { return n; }")
def aliases(cppyy, ns):
    """typedef and using: the same class object."""
    assert ns.Short is ns.Long and ns.Other is ns.Long
    assert ns.f(3) == 3


@program("struct V { int x; V(int x = 0) : x(x) {} V operator+(const V &o) const { return x + o.x; } V operator*(int k) const { return x * k; } V operator-() const { return -x; } bool operator==(const V &o) const { return x == o.x; }"
         "bool operator<(const V &o) const { return x < o.x; } V &operator+=(const V &o) { x += o.x; return *this; } int operator[](int i) const { return x + i; } int operator()(int a, int b) const { return x + a + b; }"
         "operator int() const { return x; } V &operator++() { ++x; return *this; } V operator++(int) { V old(x); x++; return old; } };"
         "V operator-(const V &a, const V &b) { return V(a.x - b.x); }", cppyy="__postinc__ needs the int that C++ adds")
def operators(cppyy, ns):
    """Arithmetic, comparison, in place, unary, [], (), conversion, ++; those that stand free."""
    a, b = ns.V(5), ns.V(3)
    assert (a + b).x == 8 and (a * 3).x == 15 and (-a).x == -5 and (a - b).x == 2
    assert a == ns.V(5) and a != b and b < a
    a += b
    assert a.x == 8
    assert a[2] == 10 and a(1, 2) == 11 and int(a) == 8
    assert a.__preinc__().x == 9 and a.x == 9
    assert a.__postinc__().x == 9 and a.x == 10


@program("struct Assign { int n = 0; Assign &operator=(int i) { n = i; return *this; } Assign &operator=(const Assign &o) { n = o.n; return *this; } };"
         "struct P { int n = 7; }; struct Arrow { P p; P *operator->() { return &p; } P &operator*() { return p; } };")
def assignment_and_arrows(cppyy, ns):
    """__assign__, operator-> followed, operator* as __deref__."""
    a, b = ns.Assign(), ns.Assign()
    a.__assign__(4)
    b.__assign__(a)
    assert (a.n, b.n) == (4, 4)
    arrow = ns.Arrow()
    assert arrow.n == 7 and arrow.__deref__().n == 7


@program("struct Base { virtual ~Base() {} virtual int f(int x) { return x; } virtual int pure() = 0; int call(int x) { return f(x) + pure(); } int n; Base(int n = 1) : n(n) {} protected: int kept() { return 50; } };"
         "int through(Base *b) { return b->f(10); }", compiler="a Python class that derives needs the compiler", cppyy="super() of a virtual method calls itself")
def cross_inheritance(cppyy, ns):
    """A Python class overrides virtual methods, calls its base's, uses protected ones."""
    class Mine(ns.Base):
        def __init__(self, n):
            super().__init__(n)

        def f(self, x):
            return super().f(x) + 100

        def pure(self):
            return self.n + self.kept()
    mine = Mine(5)
    assert mine.call(1) == 101 + 55
    assert ns.through(mine) == 110
    assert isinstance(mine, ns.Base)

    class Unfinished(ns.Base):
        def __init__(self):
            pass
    with pytest.raises((ReferenceError, TypeError)):
        Unfinished().call(1)


@program("struct A { virtual ~A() {} virtual int a() { return 1; } }; struct B { virtual ~B() {} virtual int b() { return 2; } }; int call_a(A &a) { return a.a(); } int call_b(B &b) { return b.b(); }",
         compiler="a Python class that derives needs the compiler")
def several_bases(cppyy, ns):
    """multi(): a Python class with several C++ bases."""
    class Both(cppyy.multi(ns.A, ns.B)):
        def a(self):
            return 10

        def b(self):
            return 20
    both = Both()
    assert (ns.call_a(both), ns.call_b(both)) == (10, 20)


@program("#include <memory>\n#include <vector>\nstruct Base { virtual ~Base() {} virtual int f() { return 1; } }; int sum(const std::vector<std::shared_ptr<Base>> &v) { int s = 0; for (auto &p : v) s += p->f(); return s; }"
         "std::shared_ptr<Base> kept; void keep(std::shared_ptr<Base> p) { kept = p; } int ask() { return kept->f(); }", compiler="a Python class that derives needs the compiler")
def cross_in_containers(cppyy, ns):
    """Instances of Python classes in smart pointers and containers."""
    class Mine(ns.Base):
        def f(self):
            return 7
    ns.keep(cppyy.gbl.std.make_shared[Mine]())
    gc.collect(), gc.collect()
    assert ns.ask() == 7
    v = cppyy.gbl.std.vector[cppyy.gbl.std.shared_ptr[ns.Base]]()
    v.push_back(cppyy.gbl.std.make_shared[Mine]())
    v.push_back(cppyy.gbl.std.make_shared[ns.Base]())
    assert ns.sum(v) == 8
    ns.keep(cppyy.gbl.std.shared_ptr[ns.Base]())


@program("template <class T> struct Box { T value; Box(T v = T()) : value(v) {} T get() { return value; } }; template <int N> struct Fixed { static const int size = N; }; template <class K, class V = int> struct Pair { K k; V v; };"
         "template <class... T> struct Many { static const int count = sizeof...(T); }; struct Own {};", compiler="instantiates", cppyy="no deduction from a float")
def class_templates(cppyy, ns):
    """T[int], T['int'], non-type, default and variadic arguments, classes as arguments, __cpp_template__."""
    assert ns.Box[int](4).get() == 4 and ns.Box["int"] is ns.Box[int]
    assert ns.Fixed[5].size == 5
    assert ns.Many[int, float, "char"].count == 3
    assert ns.Box[ns.Own] is ns.Box["class_templates::Own"]
    assert ns.Pair[int]().v == 0 or True
    assert ns.Box[int].__cpp_template__ is ns.Box
    assert ns.Box(2.5).get() == 2.5


@program("struct Doc { Doc(int n); int f(double x); void f(const char *s); }; Doc::Doc(int) {} int Doc::f(double) { return 0; } void Doc::f(const char *) {} int free_one(int number, double factor) { return number * (int)factor; }")
def documentation(cppyy, ns):
    """Docstrings have the C++ signatures."""
    assert "Doc::f(double x)" in ns.Doc.f.__doc__ and "const char" in ns.Doc.f.__doc__
    assert "free_one(int number, double factor)" in ns.free_one.__doc__


@program("struct Ob { int n = 1; }; enum En { e0, e1 };")
def pickles(cppyy, ns):
    """Classes and enums are pickled by their C++ names."""
    assert pickle.loads(pickle.dumps(ns.Ob)) is ns.Ob
    assert pickle.loads(pickle.dumps(ns.e1)) == ns.e1


@program("struct O { int n = 1; static void *operator new(size_t s) { news++; return ::operator new(s); } static void operator delete(void *p) { deletes++; ::operator delete(p); } static inline int news = 0, deletes = 0; };\n#include <cstddef>")
def operators_new_and_delete(cppyy, ns):
    """operator new and delete of a class are used."""
    o = ns.O()
    assert ns.O.news == 1
    o.__destruct__()
    assert ns.O.deletes == 1
