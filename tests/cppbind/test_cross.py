"""Python classes that derive from C++ classes: what C++ sees of them, and what they see of C++."""

import gc
import warnings

import pytest

SOURCE = """
#include <string>
namespace cross {
class Base {
public:
    Base() : number(42) { alive++; }
    Base(int i) : number(i) { alive++; }
    Base(const Base &o) : number(o.number) { alive++; }
    virtual ~Base() { alive--; }
    virtual int value() { return number; }
    virtual int add(int i) { return number + i; }
    virtual int all(int i) { return number + i; }
    virtual int all(int i, int j) { return number + i + j; }
    virtual int by_reference(int &i) { return i; }
    virtual int by_const_reference(const int &i) { return i; }
    virtual int of_object(const Base &b) { return b.number; }
    virtual std::string name() const { return "Base"; }
    virtual const char *text() { return "text"; }
    virtual Base *other() { return nullptr; }
    virtual double with_default(double d = 2.5) const noexcept { return d; }
    int number;
    static int alive;
protected:
    int hidden = 101;
    virtual int guarded(int i) { return i; }
    int unguarded(int i) { return i + hidden; }
public:
    int call_guarded(int i) { return guarded(i); }
    int get_hidden() { return hidden; }
};
int Base::alive = 0;
int call_value(Base *b) { return b->value(); }
int call_add(Base *b, int i) { return b->add(i); }
int call_all(Base &b) { return b.all(1) * 1000 + b.all(1, 2); }
int call_references(Base &b) { int i = 3; int r = b.by_reference(i); return i * 100 + r * 10 + b.by_const_reference(i); }
int call_object(Base &b) { Base o(5); return b.of_object(o); }
std::string call_name(const Base &b) { return b.name(); }
std::string call_text(Base &b) { return b.text(); }
Base *call_other(Base &b) { return b.other(); }
double call_default(const Base &b) { return b.with_default(); }
Base *kept = nullptr;
void keep(Base *b) { kept = b; }
int call_kept() { return kept->value(); }
void delete_it(Base *b) { delete b; }
std::string caught(Base *b) { try { b->value(); } catch (const std::exception &e) { return e.what(); } return ""; }
int loop(Base &b, int n) { int sum = 0; for (int i = 0; i < n; i++) sum += b.add(i); return sum; }

class Pure { public: virtual ~Pure() {} virtual int get(int) const = 0; virtual int other() = 0; };
class Half : public Pure { public: Half(int i) : i(i) {} int other() override { return i; } int i; };
int call_get(const Pure &p) { return p.get(1); }
int call_other_pure(Pure &p) { return p.other(); }

class Second { public: Second(int i = 7) : second(i) {} virtual ~Second() {} virtual int two() { return second; } int second; };
int call_two(Second &s) { return s.two(); }

class NoVirtual {};
class ProtectedConstructor { protected: ProtectedConstructor(int i) : i(i) {} public: virtual ~ProtectedConstructor() {} int i; };
class Final final { public: virtual ~Final() {} };
class FinalMethod { public: virtual ~FinalMethod() {} virtual int f() final { return 1; } virtual int g() { return 2; } };
int call_g(FinalMethod &f) { return f.f() * 10 + f.g(); }
class Hook { public: virtual ~Hook() {} int run() { return hook(); } private: virtual int hook() { return 1; } };

struct V1 { virtual int v1() = 0; virtual ~V1() = default; };
struct V2 { virtual int v2() = 0; virtual ~V2() = default; };
struct VBase : virtual V1, virtual V2 {};
struct VDerived : VBase { int v1() override { return 1; } int v2() override { return 2; } };
int call_v1(V1 *v) { return v->v1(); }
int call_v2(V2 *v) { return v->v2(); }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.cross


def collect():
    for _ in range(3):
        gc.collect()


def test_override(ns):
    class Derived(ns.Base):
        def value(self):
            return 13
    assert Derived().value() == 13
    assert ns.call_value(Derived()) == 13
    assert ns.call_value(ns.Base()) == 42
    assert "Derived" in repr(Derived())


def test_not_overridden(ns):
    class Derived(ns.Base):
        pass
    assert (Derived(5).value(), ns.call_value(Derived(6)), ns.call_add(Derived(1), 2)) == (5, 6, 3)


@pytest.mark.parametrize("by_super", [True, False])
def test_constructor(ns, by_super):
    class Derived(ns.Base):
        def __init__(self, extra, number):
            if by_super:
                super().__init__(number)
            else:
                ns.Base.__init__(self, number)
            self.extra = extra

        def value(self):
            return self.extra + self.number
    derived = Derived(2, 27)
    assert derived.value() == ns.call_value(derived) == 29


def test_base_not_constructed(ns):
    class Derived(ns.Base):
        def __init__(self):
            pass
    with pytest.raises(ReferenceError):
        Derived().get_hidden()


def test_super(ns):
    class Derived(ns.Base):
        def value(self):
            return super().value() + 1

        def add(self, i):
            return ns.Base.add(self, i) * 2

    class Again(Derived):
        def value(self):
            return super().value() + 10
    assert (ns.call_value(Derived(3)), ns.call_add(Derived(3), 1), ns.call_value(Again(3))) == (4, 8, 14)


def test_overloads(ns):
    class Derived(ns.Base):
        def all(self, *args):
            return sum(args) + 13
    assert ns.call_all(Derived()) == 14016


def test_references(ns):
    class Derived(ns.Base):
        def by_reference(self, i):
            i.value += 1
            return i.value

        def by_const_reference(self, i):
            return i * 2 if i.value == i else -1

        def of_object(self, b):
            return b.number * 3
    assert ns.call_references(Derived()) == 448
    assert ns.call_object(Derived()) == 15


def test_texts(ns):
    class Derived(ns.Base):
        def name(self):
            return "Derivé"

        def text(self):
            return "short"
    assert ns.call_name(Derived()) == "Derivé"
    assert ns.call_text(Derived()) == "short"


def test_default_argument(ns):
    class Derived(ns.Base):
        def with_default(self, d=1.0):
            return d * 2
    assert ns.call_default(Derived()) == 5.0


def test_object_back(ns):
    class Derived(ns.Base):
        def other(self):
            return self.partner

        def value(self):
            return 77
    derived = Derived()
    derived.partner = None
    assert not ns.call_other(derived)
    derived.partner = Derived()
    assert ns.call_other(derived).value() == 77


def test_error_goes_through(ns):
    class Derived(ns.Base):
        def value(self):
            raise LookupError("not here")
    with pytest.raises(LookupError, match="not here"):
        ns.call_value(Derived())
    text = ns.caught(Derived())
    assert "LookupError: not here" in text and "test_cross.py" in text
    assert ns.call_value(ns.Base(1)) == 1


def test_error_in_noexcept(ns):
    class Derived(ns.Base):
        def with_default(self, d):
            raise ValueError("it cannot be thrown")
    with pytest.raises(ValueError, match="it cannot be thrown"):
        ns.call_default(Derived())


def test_wrong_result(ns):
    class Derived(ns.Base):
        def value(self):
            pass
    with pytest.raises(TypeError):
        ns.call_value(Derived())


def test_abstract(ns):
    class Whole(ns.Pure):
        def get(self, i):
            return i + 1

        def other(self):
            return 5

    class Part(ns.Pure):
        def get(self, i):
            return 1

    class Upper(Part):
        def other(self):
            return 6

    class OfHalf(ns.Half):
        def get(self, i):
            return super().other()

    class Direct(ns.Pure):
        def __init__(self):
            ns.Pure.__init__(self)
    assert (ns.call_get(Whole()), ns.call_other_pure(Whole())) == (2, 5)
    assert (ns.call_get(Upper()), ns.call_other_pure(Upper())) == (1, 6)
    assert (ns.call_get(OfHalf(9)), ns.call_other_pure(OfHalf(8))) == (9, 8)
    with pytest.raises(TypeError, match="abstract.*other"):
        Part()
    with pytest.raises(TypeError, match="abstract"):
        ns.Pure()
    with pytest.raises(TypeError, match="abstract.*super"):
        Direct()


def test_pure_base_is_not_called(ns):
    class Derived(ns.Pure):
        def get(self, i):
            return super().get(i)

        def other(self):
            return 1
    with pytest.raises(TypeError, match="pure virtual"):
        ns.call_get(Derived())


def test_explicit_base(ns):
    class Derived(ns.Half):
        def other(self):
            return -1

        def get(self, i):
            return i
    derived = Derived(4)
    assert (derived.other(), ns.Half.other(derived), ns.call_other_pure(derived)) == (-1, 4, -1)


def test_several_bases(cpp, ns):
    class Both(cpp.multi(ns.Base, ns.Second)):
        def value(self):
            return 16

        def two(self):
            return 32
    both = Both()
    assert Both.__bases__ == (ns.Base, ns.Second)
    assert (ns.call_value(both), ns.call_two(both), both.number, both.second) == (16, 32, 42, 7)

    class Given(ns.Second, ns.Base):
        def __init__(self, *arguments):
            super().__init__(*arguments)
    given = Given((1,), (2,))
    assert (given.second, given.number, ns.call_two(given), ns.call_value(given)) == (1, 2, 1, 2)
    assert (Given((), (3,)).second, Given((4,)).number) == (7, 42)
    with pytest.raises(TypeError, match="tuple"):
        Given(1, 2)
    with pytest.raises(TypeError):
        Given((1, 2, 3))


def test_mixed_bases(ns):
    class OfSecond(ns.Second):
        def two(self):
            return 44

    class Plain:
        def value(self):
            return 66

    class Mixed(Plain, ns.Base, OfSecond):
        pass
    mixed = Mixed()
    assert (ns.call_value(mixed), ns.call_two(mixed)) == (66, 44)


def test_virtual_bases(ns):
    class Derived(ns.VDerived):
        def v2(self):
            return 22
    derived = Derived()
    assert (derived.v1(), ns.call_v1(derived), derived.v2(), ns.call_v2(derived)) == (1, 1, 22, 22)


def test_protected(ns):
    assert not hasattr(ns.Base(), "hidden")

    class Derived(ns.Base):
        def __init__(self):
            super().__init__()
            self.hidden += 1

        def guarded(self, i):
            return super().guarded(i) + self.unguarded(i)
    derived = Derived()
    assert (derived.hidden, derived.get_hidden()) == (102, 102)
    assert derived.call_guarded(1) == 104


def test_protected_constructor(ns):
    class Derived(ns.ProtectedConstructor):
        pass
    assert Derived(3).i == 3
    with pytest.raises(TypeError):
        ns.ProtectedConstructor(3)


def test_private_virtual(ns):
    class Derived(ns.Hook):
        def hook(self):
            return 2

    class Other(ns.Hook):
        pass
    assert (Derived().run(), Other().run()) == (2, 1)


def test_final(ns):
    with pytest.raises(TypeError, match="final"):
        class Derived(ns.Final):
            pass

    class Method(ns.FinalMethod):
        def f(self):
            return 5

        def g(self):
            return 6
    assert ns.call_g(Method()) == 16


def test_no_virtual_destructor(ns):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")

        class Derived(ns.NoVirtual):
            pass
    assert [str(one.message) for one in told] == ['class "cross::NoVirtual" has no virtual destructor']
    assert Derived()


def test_patched(ns):
    class Derived(ns.Base):
        pass
    derived = Derived(1)
    assert ns.call_value(derived) == 1
    Derived.value = lambda self: 8
    assert ns.call_value(derived) == derived.value() == 8


def test_deleted_with_the_instance(ns):
    collect()
    before = ns.Base.alive

    class Derived(ns.Base):
        pass
    derived = [Derived() for _ in range(10)]
    assert ns.Base.alive == before + 10
    del derived
    collect()
    assert ns.Base.alive == before


def test_user_finaliser(ns):
    collect()
    before, told = ns.Base.alive, []

    class Derived(ns.Base):
        def __del__(self):
            told.append(1)
    Derived()
    collect()
    assert (ns.Base.alive, told) == (before, [1])


def test_cpp_deletes(ns):
    class Derived(ns.Base):
        destructed = 0

        def __destruct__(self):
            Derived.destructed += 1
    derived = Derived()
    ns.delete_it(derived)
    with pytest.raises(ReferenceError):
        derived.get_hidden()
    assert Derived.destructed == 1


def test_cpp_owns(ns):
    collect()
    before = ns.Base.alive

    class Derived(ns.Base):
        def value(self):
            return self.extra

    def give():
        derived = Derived()
        derived.extra = 99
        derived.__python_owns__ = False
        ns.keep(derived)
    give()
    collect()
    assert ns.call_kept() == 99
    ns.delete_it(ns.kept)
    collect()
    assert ns.Base.alive == before


def test_copied(cpp, ns):
    """A copy that C++ makes has the state of the Python instance."""
    class Derived(ns.Base):
        def value(self):
            return self.extra
    cpp.cppdef(f"namespace cross {{ Base *copy(const {Derived.__cpp_name__} &o) {{ return new {Derived.__cpp_name__}(o); }} }}")
    derived = Derived()
    derived.extra = 4
    copy = ns.copy(derived)
    derived.extra = 5
    assert (ns.call_value(derived), ns.call_value(copy)) == (5, 4)
    ns.delete_it(copy)


def test_template(cpp, ns):
    cpp.cppdef("namespace cross { template <class T> struct Templ { virtual ~Templ() {} virtual T get(T t) { return t; } T call(T t) { return get(t); } }; }")

    class Derived(ns.Templ["double"]):
        def get(self, t):
            return t * 2
    assert Derived().call(1.5) == 3.0


def test_many(ns):
    """Classes of the same bases share one C++ class."""
    first = type("First", (ns.Base,), {"value": lambda self: 1})
    second = type("Second", (ns.Base,), {"add": lambda self, i: 2})
    assert first.__cpp_name__ == second.__cpp_name__
    assert (ns.call_value(first()), ns.call_value(second(5)), ns.call_add(first(5), 1), ns.call_add(second(), 1)) == (1, 5, 6, 2)


def test_in_containers(cpp, ns):
    """Copies in a C++ container have the state of what was copied, and go with it; smart pointers are those of the base."""
    collect()
    before = ns.Base.alive

    class Derived(ns.Base):
        def value(self):
            return self.extra

    def work():
        items = cpp.gbl.std.vector[Derived]()
        derived = Derived()
        derived.extra = 4
        items.push_back(derived)
        derived.extra = 5
        assert (items[0].value(), ns.call_value(items[0]), ns.call_value(derived)) == (4, 4, 5)
        shared = cpp.gbl.std.make_shared[Derived](derived)
        assert ns.call_value(shared) == 5
    work()
    collect()
    assert ns.Base.alive == before


def test_constructor_template(cpp, ns):
    """An object that is not yet constructed goes to its own constructor as a null pointer."""
    cpp.cppdef("""namespace cross { class General { public: General() = delete; General(const General &) = delete; virtual ~General() {}
        template <class T> explicit General(T *p) : actual(p) {} int run() { return actual ? actual->hook() : -1; }
        private: virtual int hook() = 0; protected: General *actual; }; }""")

    class Derived(ns.General):
        def __init__(self):
            super().__init__(self)
            assert self.run() == -1
            self.actual = self

        def hook(self):
            return 9
    assert Derived().run() == 9


def test_no_constructor(cpp, ns):
    cpp.cppdef("namespace cross { struct NeedsInt { NeedsInt(int) {} virtual ~NeedsInt() {} }; class Hidden { Hidden() {} public: virtual ~Hidden() {} }; }")
    for base in (ns.NeedsInt, ns.Hidden):
        for bases in ((base,), (base, ns.Second), (ns.Second, base)):
            cls = type("Derived", bases, {})
            with pytest.raises(TypeError):
                cls()
