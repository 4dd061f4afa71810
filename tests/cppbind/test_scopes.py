"""Namespaces, incomplete classes, inherited constructors, signatures as they are told, what programs get by ``import cppyy``."""

import pydoc
import subprocess
import sys

import pytest

SOURCE = r"""
#include <string>
#include <ostream>
#include <sstream>
namespace spaces {
inline namespace v1 { int number() { return 1; } struct Thing { int i = 3; }; }
namespace deep { namespace deeper { struct A {}; } }
namespace shortened = deep::deeper; namespace taken { using namespace deep::deeper; using spaces::v1::number; }
struct Base { Base(int n, int m = 2) : sum(n + m) {} int sum; }; struct Derived : Base { using Base::Base; };
class Later; typedef Later *Handle; Later *create(Handle *h) { *h = (Handle)0x42; return *h; }
struct Told { int one(int, double d = 1.5) { return 1; } void two() {} void two(char, int i = 0) {} void two(const Told &t) {} };
struct Writes { std::ostream &operator<<(std::ostream &stream) { return stream << "written"; } };
int growing(int) { return 1; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.spaces


def test_namespaces(ns):
    assert ns.number() == 1 and ns.Thing().i == 3 and ns.v1.Thing is ns.Thing
    assert ns.shortened is ns.deep.deeper and ns.taken.A is ns.deep.deeper.A and ns.taken.number() == 1
    assert ns.deep.deeper.__name__ == "deeper" and ns.deep.deeper.__module__.endswith(".gbl.spaces.deep") and ns.deep.deeper.__cpp_name__ == "spaces::deep::deeper"
    assert {"deep", "Thing", "number"} <= set(dir(ns)) and not hasattr(ns, "missing")


def test_functions_and_namespaces_grow(cpp, ns):
    assert ns.growing(2) == 1
    cpp.cppdef("namespace spaces { int growing(double) { return 2; } int added = 5; }")
    assert ns.growing(2.5) == 2 and ns.growing(2) == 1 and ns.added == 5


def test_help(cpp):
    """help() of a namespace tells what is in it."""
    cpp.cppdef("namespace helped { struct Thing { int method() { return 1; } }; double function(int number) { return number; } }")
    text = pydoc.plain(pydoc.render_doc(cpp.gbl.helped))
    assert "CPPNamespace" in text and "class Thing" in text and "CPPInstance" in text and "double helped::function(int number)" in text
    assert "function" in dir(cpp.gbl.helped) and "__class__" in dir(cpp.gbl.helped)


def test_pointers_that_are_variables(cpp):
    """As in cppyy, which lets a program set them to any object of their class: they are of that class, whatever they point to."""
    cpp.cppdef("""namespace pointing { struct Base { virtual ~Base() {} virtual int f() { return 1; } }; struct Derived : Base { int f() override { return 2; } };
        Base *variable = nullptr; struct Holder { static inline Base *shared = nullptr; Base *member = nullptr; Base *get() { return member; } }; }""")
    ns, one = cpp.gbl.pointing, cpp.gbl.pointing.Derived()
    assert not ns.variable and not ns.Holder.shared
    ns.variable = ns.Holder.shared = one
    assert type(ns.variable) is type(ns.Holder.shared) is ns.Base and ns.variable == ns.Holder.shared == one and ns.variable.f() == 2
    holder = ns.Holder()
    holder.member = one
    assert holder.member is one and holder.get() is one
    ns.variable = ns.Holder.shared = cpp.nullptr


def test_inherited_constructors(ns):
    assert ns.Derived(5).sum == 7 and ns.Derived(5, 6).sum == 11
    with pytest.raises(TypeError):
        ns.Derived("x")


def test_incomplete(cpp, ns):
    handle = ns.Handle(0x42)
    assert handle and cpp.addressof(handle) == 0x42 and not ns.Handle()
    empty = ns.Handle()
    assert ns.create(empty) and cpp.addressof(empty) == 0x42
    with pytest.raises(TypeError, match="incomplete"):
        ns.Later()
    cpp.cppdef("namespace spaces { class Later { public: int i = 8; }; }")
    assert ns.Later().i == 8


def test_told(ns):
    assert ns.Told.one.__doc__ == "int spaces::Told::one(int, double d = 1.5)"
    with pytest.raises(TypeError) as caught:
        ns.Told().two(None)
    for text in ("none of the 3 overloaded methods", "void spaces::Told::two() =>", "takes at most 0 arguments (1 given)",
                 "void spaces::Told::two(char, int i = 0) =>", "void spaces::Told::two(const spaces::Told& t) =>"):
        assert text in str(caught.value)


def test_written_to_a_stream(ns):
    assert str(ns.Writes()) == "written"


def test_programs_that_import_cppyy(cpp):
    program = """if True:
        import cppbind.compat
        cppbind.compat.install()
        import cppyy, cppyy.gbl, cppyy.ll, cppyy.types
        cppyy.cppdef("namespace program { struct Thing {}; template <class T> struct General {}; }")
        from cppyy.gbl import program
        from cppyy.gbl.program import Thing
        assert cppyy.gbl.program is program and Thing.__module__ == "cppyy.gbl.program" and cppyy is cppbind
        assert cppyy.gbl.gInterpreter.ProcessLine("__cplusplus;") >= 202002 and cppyy.gbl.gInterpreter.CheckClassTemplate("program::General")
        try:
            from cppyy.gbl import missing
        except ImportError:
            print("good")
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "good\n", done.stderr
