"""Dictionaries: the same classes without headers, compiler or LLVM."""

import os
import subprocess
import sys

import pytest

from tests.traces import ROOT

HEADER = """
#pragma once
#include <stdexcept>
class MyClass {
public:
    MyClass(int i = -99) : m_myint(i) { alive++; }
    ~MyClass() { alive--; }
    int GetMyInt() { return m_myint; }
    void SetMyInt(int i) { m_myint = i; }
    int m_myint;
    static inline int alive = 0;
};
namespace lib {
struct Base { int base = 1; virtual ~Base() {} virtual int f() { return base; } enum Kind { first = 5 }; };
struct Derived : virtual Base { int derived = 2; int f() override { return 20; } };
inline int add(int a, int b = 10) { return a + b; }
inline double add(double a, double b) { return a + b; }
inline int counter = 9;
inline int fail() { throw std::runtime_error("as asked"); }
enum Colour { red, green };
inline int mentioned(const std::runtime_error &) { return 1; }
inline int mentioned(int x) { return x; }
inline Base *base_of(Derived &d) { return &d; }
template <class T> T twice(T x) { return x + x; }
template <class T> struct Pair { T first{}, second{}; };
inline Pair<short> shorts() { return {3, 4}; }
}
"""

SCRIPT = """
import gc, os, sys
import cppbind
from cppbind.backend import api
cppbind.load_reflection_info(sys.argv[1])
gbl = cppbind.gbl
m = gbl.MyClass()
assert m.GetMyInt() == -99 == m.m_myint and gbl.MyClass.alive == 1
m.SetMyInt(42)
assert m.m_myint == 42 and gbl.MyClass(7).GetMyInt() == 7
m.m_myint = 43
assert m.GetMyInt() == 43
m = None
gc.collect(); gc.collect()
assert gbl.MyClass.alive == 0
lib = gbl.lib
d = lib.Derived()
assert (d.f(), d.base, d.derived, lib.base_of(d).f(), lib.Base().f()) == (20, 1, 2, 20, 1)
assert (lib.add(1), lib.add(1, 2), lib.add(1.5, 2.5)) == (11, 3, 4.0)
assert (lib.counter, lib.Base.Kind.first, lib.green, lib.Colour.green) == (9, 5, 1, 1)
assert lib.mentioned(3) == 3
lib.counter = 10
assert lib.counter == 10
assert issubclass(lib.Derived, lib.Base)
assert {"Base", "Derived", "add"} <= set(dir(lib))
assert (lib.twice(4), lib.twice(1.5), lib.twice["int"](5), lib.twice[float]) == (8, 3.0, 10, lib.twice["float"])
assert (lib.shorts().second, lib.Pair["short"]().first) == (4, 0)
try:
    lib.fail()
except Exception as error:
    assert "as asked" in str(error), error
else:
    assert False
try:
    gbl.no_such_name
except AttributeError:
    pass
else:
    assert False
assert api.started is None
print("good")
"""


@pytest.fixture(scope="module")
def dictionary(cpp, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dictionary")
    (folder / "lib.h").write_text(HEADER)
    path = folder / "libLibDict.so"
    done = subprocess.run([sys.executable, "-m", "cppbind.genreflex", str(folder / "lib.h"), "--select", "MyClass", "--select", "lib::*",
                           "--select", "lib::twice<int>", "--select", "lib::twice<double>", "--select", "lib::Pair<short>", "-o", str(path)], capture_output=True, text=True, cwd=ROOT, env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert done.returncode == 0, done.stderr
    (folder / "lib.h").unlink()
    return path


def test_everything_without_a_compiler(dictionary):
    environment = dict(os.environ, PYTHONPATH=str(ROOT), CPPBIND_LLVM="/nonexistent", CXX="/nonexistent", PATH="/nonexistent")
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(dictionary)], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert (done.returncode, done.stdout) == (0, "good\n"), done.stderr


def test_found_by_its_map(dictionary):
    """No one loads the library: its names do, from its folder."""
    script = "import cppbind; from cppbind.backend import api; assert cppbind.gbl.MyClass(3).GetMyInt() == 3 == cppbind.gbl.lib.add(1, 2) and api.started is None"
    environment = dict(os.environ, PYTHONPATH=str(ROOT), CPPBIND_LLVM="/nonexistent", CXX="/nonexistent", PATH="/nonexistent")
    for more in ({"cwd": dictionary.parent, "env": environment}, {"cwd": ROOT, "env": dict(environment, LD_LIBRARY_PATH=str(dictionary.parent))}):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, **more)
        assert done.returncode == 0, done.stderr


def test_it_needs_the_standard_library_only(dictionary):
    needed = subprocess.run(["readelf", "-d", str(dictionary)], capture_output=True, text=True, check=True).stdout
    libraries = {line.split("[")[1].split("]")[0].split(".")[0] for line in needed.splitlines() if "(NEEDED)" in line}
    assert libraries <= {"libstdc++", "libm", "libgcc_s", "libc", "ld-linux-x86-64"}


def test_missing(cpp):
    with pytest.raises(RuntimeError, match="no_such_dictionary"):
        cpp.load_reflection_info("no_such_dictionary")


@pytest.mark.parametrize("arguments, told", [
    (["no_such.h", "--select", "X", "-o", "x.so"], "no_such.h does not compile"), (["stddef.h", "--select", "X"], "required: -o"),
    (["stddef.h", "--select", "X", "-o", "nowhere/x.so"], "there is no folder"), (["stddef.h", "-I", "nowhere", "--select", "X", "-o", "x.so"], "no such folder"),
    (["vector", "--select", "std::vector<nothing>", "-o", "x.so"], "is neither a class nor a function")])
def test_refused_arguments(cpp, tmp_path, arguments, told):
    done = subprocess.run([sys.executable, "-m", "cppbind.genreflex", *arguments], capture_output=True, text=True, cwd=tmp_path, env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert done.returncode and told in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_help():
    done = subprocess.run([sys.executable, "-m", "cppbind.genreflex", "--help"], capture_output=True, text=True, cwd=ROOT, env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert done.returncode == 0 and all(word in done.stdout for word in ("--select", "--exclude", "-o FILE", ".rootmap"))


def test_nothing_selected(cpp, tmp_path):
    (tmp_path / "empty.h").write_text("")
    done = subprocess.run([sys.executable, "-m", "cppbind.genreflex", str(tmp_path / "empty.h"), "--select", "Missing", "-o", str(tmp_path / "x.so")],
                          capture_output=True, text=True, cwd=ROOT, env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert done.returncode and "nothing is called Missing" in done.stderr
