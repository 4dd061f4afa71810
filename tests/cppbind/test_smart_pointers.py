"""Smart pointers, identity of objects, the most derived class; the oracle is cppyy 3.5 on CPython."""

import gc

import pytest

SOURCE = r"""
#include <memory>
#include <vector>
namespace held {
struct Base { virtual ~Base() { alive--; } Base() { alive++; } int x = 1; static inline int alive = 0; };
struct Derived : Base { int y = 2; };
Base *make() { return new Derived; }
Base &the_one() { static Derived d; return d; }
std::shared_ptr<Base> shared() { return std::make_shared<Derived>(); }
std::unique_ptr<Base> unique() { return std::make_unique<Derived>(); }
std::shared_ptr<Base> global = std::make_shared<Base>();
std::shared_ptr<Base> none() { return nullptr; }
std::shared_ptr<Base> &reference() { return global; }
std::shared_ptr<Base> *pointer() { return &global; }
std::vector<std::shared_ptr<Base>> several() { return {std::make_shared<Base>(), std::make_shared<Base>()}; }
int count(std::shared_ptr<Base> p) { return p.use_count(); }
int read(const std::shared_ptr<Base> &p) { return p->x; }
int reset(std::shared_ptr<Base> &p) { p->x = 7; return p->x; }
int sink(std::unique_ptr<Base> p) { return p->x; }
int plain(const Base &b) { return b.x; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.held


def test_transparent(cpp, ns):
    std = cpp.gbl.std
    for one in (ns.shared(), ns.reference(), ns.pointer()):
        assert type(one) is ns.Base and one.x == 1 and ns.plain(one) == 1
        assert type(one.__smartptr__()) is std.shared_ptr[ns.Base] and one.__smartptr__().get().x == 1
        assert "held by std::shared_ptr<held::Base>" in repr(one)
    assert type(ns.unique()) is ns.Base and not ns.none() and ns.Base().__smartptr__() is None


def test_passed(ns):
    one = ns.shared()
    assert (ns.count(one), ns.count(one.__smartptr__()), ns.read(one), ns.reset(one), ns.sink(ns.unique())) == (2, 2, 1, 7, 1)
    with pytest.raises(TypeError):
        ns.count(None)


def test_taken_over(ns):
    derived = ns.Derived()
    assert derived.__python_owns__ and ns.count(derived) == 2
    assert derived.__python_owns__ and derived.__smartptr__() and ns.count(derived) == 2 and derived.y == 2


def test_constructed(cpp, ns):
    one = cpp.gbl.std.shared_ptr[ns.Derived](ns.Derived())
    assert type(one) is ns.Derived and one.y == 2 and ns.count(one) == 2


def test_nothing_is_left(ns):
    gc.collect()
    gc.collect()
    before = ns.Base.alive
    one = ns.shared()
    assert ns.Base.alive == before + 1
    ns.count(ns.Derived())
    ns.sink(ns.unique())
    one = None
    for _ in range(3):
        gc.collect()
    assert ns.Base.alive == before and one is None


def test_in_containers(ns):
    several = ns.several()
    assert [one.x for one in several] == [1, 1] and several[0].x == 1


def test_identity_and_downcast(ns):
    assert ns.the_one() is ns.the_one() and type(ns.the_one()) is ns.Derived
    first = ns.make()
    assert first.y == 2 and first is not ns.make()
