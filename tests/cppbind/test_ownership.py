"""Which instances own their object, when it is deleted, and that one object has one instance, while instances are young, old, and made by threads."""

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
import weakref
from itertools import count

import pytest

ON_PYPY = sys.implementation.name == "pypy"
numbers = count(1)
PLAIN = "struct {name} {{ {name}(int i = 0) : i(i) {{}} {name} *self() {{ return this; }} int i; }};"
COUNTED = """
struct {name} {{
    {name}(int i = 0) : i(i) {{ __atomic_add_fetch(&alive, 1, __ATOMIC_SEQ_CST); }}
    {name}(const {name} &o) : i(o.i) {{ __atomic_add_fetch(&alive, 1, __ATOMIC_SEQ_CST); }}
    ~{name}() {{ __atomic_sub_fetch(&alive, 1, __ATOMIC_SEQ_CST); i = -1; }}
    {name} *self() {{ return this; }}
    int i;
    static inline int alive = 0;
}};
inline void drop({name} *p) {{ delete p; }}
inline {name} copy_of(const {name} &o) {{ return o; }}
"""


def class_of(cpp, source):
    name = f"Owned{next(numbers)}"
    cpp.cppdef(source.format(name=name))
    return getattr(cpp.gbl, name)


@pytest.fixture(params=["plain", "counted"])
def cls(request, cpp):
    """A class whose destructor does nothing, and one whose does something."""
    return class_of(cpp, PLAIN if request.param == "plain" else COUNTED)


@pytest.fixture
def counted(cpp):
    return class_of(cpp, COUNTED)


def test_some_die(counted):
    """One collection deletes exactly what is dead, whatever was made beside it."""
    kept = [one for i in range(1000) if (one := counted(i)).i % 7 == 0]
    one = None
    gc.collect()
    assert counted.alive == len(kept) == 143 and [one.i for one in kept] == list(range(0, 1000, 7))
    del kept[::2]
    gc.collect()
    assert counted.alive == len(kept)
    kept.clear()
    gc.collect()
    assert counted.alive == 0


def test_instances_die(cls):
    """An instance dies at a collection though those that were made beside it live."""
    made = [cls(i) for i in range(100)]
    watched = [weakref.ref(one) for one in made[1:]]
    del made[1:]
    gc.collect()
    assert all(one() is None for one in watched) and made[0].i == 0


def test_same_instance(cls):
    """What C++ returns by pointer is the instance that is there, from the first moment."""
    made = []
    for i in range(300):
        made.append(cls(i))
        assert made[-1].self() is made[-1]
        assert made[i // 2].self() is made[i // 2]
    for _ in range(2):
        gc.collect()
        assert all(one.self() is one and one.i == i and one.__python_owns__ for i, one in enumerate(made))


def test_ownership_changes(counted):
    made = [counted(i) for i in range(200)]
    for age in range(2):
        for one in made[age::3]:
            one.__python_owns__ = False
            assert not one.__python_owns__ and one.self() is one
        for one in made[age::6]:
            one.__python_owns__ = True
            assert one.__python_owns__ and one.self() is one
        gc.collect()
    released = [one for one in made if not one.__python_owns__]
    assert counted.alive == 200 and 60 < len(released) < 80
    addresses = [one._cpp for one in released]
    one = None
    del made, released
    gc.collect()
    assert counted.alive == len(addresses)
    for address in addresses:
        one = counted._take(address)
    one = None
    gc.collect()
    assert counted.alive == 0


def test_destruct_beside_others(counted):
    made = [counted(i) for i in range(100)]
    for one in made[::2]:
        one.__destruct__()
    assert counted.alive == 50
    one = made = None
    gc.collect()
    assert counted.alive == 0


def test_address_again(cpp, cls):
    """An object at the address of one that C++ has deleted is another."""
    cpp.cppdef(f"namespace {cls.__name__}s {{ void drop({cls.__name__} *p) {{ delete p; }} {cls.__name__} made(int i) {{ return {cls.__name__}(i); }} }}")
    space = getattr(cpp.gbl, f"{cls.__name__}s")
    again = 0
    for i in range(200):
        first = cls(1)
        address = first._cpp
        first.__python_owns__ = False
        space.drop(first)
        first = None
        second = space.made(2)
        again += second._cpp == address
        assert second.self() is second and second.i == 2 and second.__python_owns__
    assert again > 10
    gc.collect()


def test_copies(cpp, counted):
    original = counted(5)
    copy_of = cpp.gbl.copy_of
    assert [copy_of(original).i for _ in range(500)] == [5] * 500
    gc.collect()
    assert counted.alive == 1


def test_python_subclass(cls):
    """Instances of Python classes have attributes and a finaliser of their own; each dies by itself."""
    dead = []

    class Derived(cls):
        def __del__(self):
            dead.append(self.number)

    def make(number):
        one = Derived(number)
        one.number = number
        return one
    made = [make(i) for i in range(100)]
    del made[1:]
    for _ in range(5):
        gc.collect()
    assert sorted(dead) == list(range(1, 100)) and made[0].i == 0


def test_destructor_calls_python(cpp):
    """What Python does in a destructor may make objects of the same class."""
    name = f"Owned{next(numbers)}"
    cpp.cppdef(f"#include <functional>\nstruct {name} {{ static inline std::function<void()> told; static inline int alive = 0; "
               f"{name}() {{ alive++; }} ~{name}() {{ alive--; if (told) told(); }} }};")
    cls = getattr(cpp.gbl, name)
    made = []

    def told():
        if len(made) < 300:
            made.append(cls())
    cls.told = told
    for _ in range(200):
        cls()
    for _ in range(4):
        gc.collect()
    assert cls.alive == len(made) and len(made) >= 200
    cls.told = lambda: None
    made.clear()
    gc.collect()
    gc.collect()
    assert cls.alive == 0


MANY = 30000                                           # more than a minor collection leaves waiting


def different(cls, *arguments):
    """Instances that live and die until memory is used again; how many addresses they had."""
    gc.collect()
    addresses = set()
    for i in range(4 * MANY):
        addresses.add(cls(*arguments)._cpp)
        if i % MANY == 0:
            gc.collect_step() if ON_PYPY else None
    return len(addresses)


def test_memory_is_used_again(cpp):
    cls = class_of(cpp, "struct alignas(64) {name} {{ {name}(int i = 0) : i(i) {{}} {name} *self() {{ return this; }} int i; int zero; }};")
    assert different(cls, 1) < 3 * MANY
    made = [cls(i) for i in range(1000)]
    assert all(one.i == i and one.self() is one and one._cpp % 64 == 0 for i, one in enumerate(made))
    assert len({one._cpp for one in made}) == 1000


def test_constructor_that_throws(cpp):
    """What it left behind is no instance's, and is used again."""
    cls = class_of(cpp, "#include <stdexcept>\nstruct {name} {{ {name}(int i) : i(i) {{ if (i % 3 == 0) throw std::runtime_error(\"third\"); }} {name} *self() {{ return this; }} int i; }};")
    kept = []
    for i in range(1, 20000):
        try:
            one = cls(i)
        except cpp.gbl.std.exception:
            assert i % 3 == 0
            continue
        assert i % 3 and one.self() is one
        if i % 100 == 1:
            kept.append(one)
    gc.collect()
    assert all(one.self() is one and one.i % 100 == 1 and one.__python_owns__ for one in kept) and len({one._cpp for one in kept}) == len(kept)


def test_constructor_that_refuses(cls):
    for i in range(200):
        with pytest.raises(TypeError):
            cls("text")
    assert cls(3).self() is not None and cls(4).i == 4


def test_class_that_allocates(cpp):
    """Its own operators make and free each of its objects."""
    name = f"Owned{next(numbers)}"
    cpp.cppdef(f"#include <cstdlib>\nstruct {name}Base {{ static inline int made = 0, freed = 0; "
               f"static void *operator new(std::size_t n) {{ made++; return std::malloc(n); }} static void operator delete(void *p) {{ freed++; std::free(p); }} }};"
               f"struct {name} : {name}Base {{ {name}(int i) : i(i) {{}} int i; }};")
    cls = getattr(cpp.gbl, name)
    for i in range(1000):
        assert cls(i).i == i
    gc.collect()
    assert cls.made == cls.freed == 1000


def test_threads(cls):
    kept, problems = [[] for _ in range(4)], []

    def work(mine):
        try:
            for i in range(20000):
                one = cls(i)
                assert one.i == i
                if i % 100 == 0:
                    mine.append(one)
                if i % 1000 == 0:
                    assert one.self() is one
        except BaseException as problem:
            problems.append(problem)
    threads = [threading.Thread(target=work, args=(mine,)) for mine in kept]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    del one
    gc.collect()
    gc.collect()
    assert not problems and getattr(cls, "alive", 800) == 800
    assert all(one.i == 100 * i and one.self() is one for mine in kept for i, one in enumerate(mine))


PILE = """
import cppbind
cppbind.cppdef('''#include <cstdlib>
#include <cstring>
struct Counted {{ Counted() {{ if (++alive > most) most = alive; }} ~Counted() {{ alive--; }} {members}
                   static inline int alive = 0, most = 0; }};''')
Counted = cppbind.gbl.Counted
for i in range({count}):
    Counted()
print(Counted.most)
"""


def most_alive(nursery, members, count):
    environment = dict(os.environ)
    environment.pop("PYPY_GC_NURSERY", None)
    if nursery:
        environment["PYPY_GC_NURSERY"] = nursery
    done = subprocess.run([sys.executable, "-c", PILE.format(members=members, count=count)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("nursery", ["4M", "32M", "300M", None])
def test_garbage_does_not_pile_up(cpp, nursery):
    """However much the VM waits with a collection."""
    assert most_alive(nursery, "char text[100];", 400000) < 150000


def test_great_garbage_does_not_pile_up(cpp):
    """Nor if little objects have much memory of their own: 2 MB each."""
    assert most_alive("300M", "struct Great { char *p = (char *)memset(malloc(1 << 21), 1, 1 << 21); ~Great() { free(p); } } great;", 3000) < 600


OPEN = """
import cppbind
cppbind.cppdef("struct Plain { Plain(int i) : i(i) {} int i; };")
Plain = cppbind.gbl.Plain
nursery = Plain._nursery
kept = [Plain(0)]
assert nursery.close
for i in range(400000):
    one = Plain(i)
    if i % 20 == 0:
        kept.append(one)
assert not nursery.close and [one.i for one in kept[1:]] == list(range(0, 400000, 20))
for i in range(4000000):
    Plain(i)
assert nursery.close
"""


@pytest.mark.skipif(not ON_PYPY, reason="it is about PyPy's cohorts")
def test_cohorts_open(cpp):
    """Instances hold those made beside them only while nearly all die young."""
    done = subprocess.run([sys.executable, "-c", OPEN], capture_output=True, text=True, env=dict(os.environ, PYPY_GC_NURSERY="4M"))
    assert done.returncode == 0, done.stderr


def test_no_pickles(cls, cpp):
    """An address is of this process, and of its owner alone: no copy of an instance owns, or forgets, the object."""
    for one in (cls(1), cpp.gbl.std.vector[int]([1]), type("Derived", (cls,), {})(2)):
        for copied in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="cannot pickle"):
                copied(one)
    assert pickle.loads(pickle.dumps(cls)) is cls
def test_results_keep_what_they_lie_in(cpp):
    """A part, and the object itself as its base, keep the temporary whose method gave them; what lies elsewhere does not."""
    cpp.cppdef("""namespace Parts {
        int alive = 0;
        struct Leaf { int i = 7; };
        struct Base { long first = 1; Base &base() { return *this; } };
        struct Tree : Base {
            Tree() { ++alive; }
            ~Tree() { --alive; leaf.i = -1; }
            Leaf leaf;
            Leaf &by_reference() { return leaf; }
            Leaf *by_pointer() { return &leaf; }
            Leaf *none() { return nullptr; }
            Leaf *elsewhere() { static Leaf one; return &one; }
            Tree &itself() { return *this; }
        };
        Tree plant() { return Tree(); }
    }""")
    parts = cpp.gbl.Parts
    for how in ("by_reference", "by_pointer"):
        leaf = getattr(parts.plant(), how)()
        gc.collect()
        assert parts.alive == 1 and leaf.i == 7
        leaf = None
        gc.collect()
        assert parts.alive == 0
    base = parts.plant().base()
    gc.collect()
    assert parts.alive == 1 and base.first == 1
    base = None
    tree = parts.plant()
    assert tree.itself() is tree and not tree.none()
    leaf = tree.elsewhere()
    tree = None
    gc.collect()
    assert parts.alive == 0 and leaf.i == 7


@pytest.mark.skipif(ON_PYPY, reason="what dies together is deleted in no order there")
def test_a_result_with_a_reference_dies_before_its_maker(cpp):
    cpp.cppdef("""namespace Filling {
        int seen = 0;
        struct Row {
            int n = 3;
            ~Row() { n = -1; }
            struct Filler { Row &row; ~Filler() { seen = row.n; } };
            Filler filler() { return {*this}; }
        };
    }""")
    row = cpp.gbl.Filling.Row()
    filler = row.filler()
    del row
    del filler
    assert cpp.gbl.Filling.seen == 3


def test_chains_of_temporaries(cpp):
    """Each part keeps the one that it was taken from, through containers, too."""
    cpp.cppdef("""#include <vector>
    namespace Chained {
        int alive = 0;
        struct Leaf { Leaf(int i) : i(i) { ++alive; } Leaf(const Leaf &o) : i(o.i) { ++alive; } ~Leaf() { --alive; i = -1; } int i; };
        struct Twig { Twig(int i) { leaves.emplace_back(i); } std::vector<Leaf> leaves; std::vector<Leaf> &get() { return leaves; } };
        struct Tree { Tree(int i) { twigs.emplace_back(i); } std::vector<Twig> twigs; std::vector<Twig> &get() { return twigs; } };
        Tree plant(int i) { return Tree(i); }
        std::vector<Leaf> leaves(int i) { return {Leaf(i), Leaf(i + 1)}; }
    }""")
    chained = cpp.gbl.Chained
    for first in (lambda: chained.plant(42).get()[0].get()[0], lambda: chained.plant(42).get().at(0).get().front(), lambda: chained.leaves(42).front(),
                  lambda: chained.leaves(41).at(1)):
        leaf = first()
        gc.collect()
        assert chained.alive and leaf.i == 42
        leaf = None
        gc.collect()
        assert not chained.alive


def test_results_that_name_a_base_or_a_part_of_an_operand(cpp):
    cpp.cppdef("""namespace by_name {
        int alive = 0;
        template <class T> struct Base { T value; struct Cursor { Base *of; }; Base(T v) : value(v) { alive++; } ~Base() { alive--; } };
        template <class T> struct View : Base<T> { using Base<T>::Base; };
        template <class I> struct Rest { I at; int get() { return at.of->value; } };
        template <class T> Rest<typename Base<T>::Cursor> operator|(View<T> &a, int) { return {{&a}}; }
        template <class T> Rest<typename Base<T>::Cursor> rest(View<T> &a) { return {{&a}}; }
    }""")
    by_name = cpp.gbl.by_name
    for make in (lambda: by_name.View[int](7) | 1, lambda: by_name.rest(by_name.View[int](7))):
        rest = make()
        gc.collect()
        assert by_name.alive == 1 and rest.get() == 7
        del rest
        gc.collect()
        gc.collect()
        assert by_name.alive == 0
