"""PyObject * arguments and results, pythonisations in C++, CPyCppyy/API.h; the oracle is cppyy 3.5 on CPython.

In a process of their own: on PyPy the C API is capi's, which the other tests of C++ do without.
"""

import subprocess
import sys

START = """
import sys
if sys.implementation.name == "pypy":
    import capi
import cppbind as cpp
def raised(kind, function, *arguments):
    try:
        function(*arguments)
    except kind as error:
        return str(error)
    raise AssertionError(f"{kind.__name__} was not raised")
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_headers_of_python():
    """On PyPy code that asks for Python.h gets capi's, by itself, and in place of the VM's own, which need not be installed."""
    code = """
import sysconfig
cpp.add_include_path(sysconfig.get_config_var("INCLUDEPY"))
cpp.cppdef('#include "Python.h"\\nlong number(PyObject *o) { return PyLong_AsLong(o); }')
assert cpp.gbl.number(7) == 7
"""
    done = subprocess.run([sys.executable, "-c", "import cppbind as cpp" + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_arguments_and_results():
    run("""
cpp.cppdef('''#include "Python.h"
namespace objects {
long number(PyObject *o) { return PyLong_AsLong(o); }
PyObject *same(PyObject *o) { Py_INCREF(o); return o; }
PyObject *list(int n) { return PyList_New(n); }
PyObject *missing() { PyErr_SetString(PyExc_KeyError, "no"); return nullptr; }
int both(int) { return 1; }
int both(PyObject *) { return 2; }
struct Holder { static inline int alive; Holder(PyObject *) { alive++; } ~Holder() { alive--; } };
bool null(PyObject *o) { return !o; }
struct Base { virtual ~Base() {} virtual PyObject *f(PyObject *o) { Py_INCREF(o); return o; } };
PyObject *call(Base &b, PyObject *o) { return b.f(o); }
}''')
ns, one = cpp.gbl.objects, object()
assert (ns.number(7), ns.both(3), ns.both("x"), ns.list(0)) == (7, 1, 2, [])
assert ns.same(one) is one and ns.null(cpp.nullptr) and not ns.null(None)
assert raised(KeyError, ns.missing) == "'no'" and "integer" in raised(TypeError, ns.number, "a")
class Derived(ns.Base):
    def f(self, o):
        return [o]
assert ns.call(Derived(), one) == [one] and ns.call(ns.Base(), one) is one
ns.Holder.__init__.__creates__ = False
assert not ns.Holder(one).__python_owns__ and ns.Holder.alive == 1
ns.Holder.__init__.__creates__ = True
assert ns.Holder(one).__python_owns__
if hasattr(sys, "getrefcount"):
    before = sys.getrefcount(one)
    for _ in range(10):
        ns.same(one), ns.call(Derived(), one), ns.call(ns.Base(), one)
    assert sys.getrefcount(one) == before
import cppbind.ll
assert cpp.bind_object(cppbind.ll.as_capsule(derived := Derived()), ns.Base) is not None and cpp.addressof(cppbind.ll.as_capsule(derived)) == derived._cpp
""")


def test_pythonised_in_cpp():
    run("""
cpp.cppdef('''#include "Python.h"
namespace in_cpp {
struct Up { static void __cppyy_pythonize__(PyObject *cls, const std::string &name) { PyObject_SetAttrString(cls, "told", PyUnicode_FromString(name.c_str())); } };
struct Down : Up {};
struct Own { int get() { return 3; }
    static void __cppyy_explicit_pythonize__(PyObject *cls, const std::string &) { PyObject *f = PyObject_GetAttrString(cls, "get"); PyObject_SetAttrString(cls, "Get", f); Py_DECREF(f); } };
struct Below : Own {};
}''')
ns = cpp.gbl.in_cpp
assert ns.Up.told == "in_cpp::Up" and ns.Down.told == "in_cpp::Down"
assert ns.Own().Get() == 3 and "Get" not in ns.Below.__dict__
""")


def test_header():
    run("""
cpp.include("CPyCppyy/API.h")
cpp.cppdef('''namespace api {
struct Thing { virtual ~Thing() {} int x = 5; };
struct Row { int operator[](int i) { return i; } };
int evaluated() { return CPyCppyy::Eval("6 * 7"); }
std::string text() { return CPyCppyy::Eval("'te' + 'xt'"); }
}''')
api, ns = cpp.gbl.CPyCppyy, cpp.gbl.api
thing = ns.Thing()
assert api.Scope_Check(ns.Thing) and not api.Scope_Check(int) and not api.Scope_CheckExact(ns.Thing)
assert api.Instance_Check(thing) and not api.Instance_Check(3) and not api.Instance_CheckExact(thing)
assert api.Overload_Check(ns.evaluated) and not api.Overload_Check(len)
assert api.Sequence_Check(ns.Row()) and api.Sequence_Check((1,)) and not api.Sequence_Check(thing)
assert api.Instance_FromVoidPtr(api.Instance_AsVoidPtr(thing), "api::Thing") is thing
assert api.Exec("told = 9") and sys.modules["__main__"].told == 9 and "division" in raised(ZeroDivisionError, api.Exec, "1 / 0")
assert ns.evaluated() == 42 and ns.text() == "text"
""")


def test_converters_of_cpp():
    run("""
cpp.cppdef('''#include "CPyCppyy/API.h"
namespace own {
struct Flag { int set = 0; virtual ~Flag() {} };
struct Setter : CPyCppyy::Converter {
    bool SetArg(PyObject *o, CPyCppyy::Parameter &p, CPyCppyy::CallContext * = nullptr) override {
        if (!CPyCppyy::Instance_Check(o)) return false;
        Flag *flag = (Flag *)CPyCppyy::Instance_AsVoidPtr(o);
        flag->set++;
        p.fValue.fVoidp = flag;
        return true;
    }
};
struct Maker : CPyCppyy::Executor {
    PyObject *Execute(Cppyy::TCppMethod_t m, Cppyy::TCppObject_t o, CPyCppyy::CallContext *c) override {
        Flag *flag = (Flag *)CPyCppyy::CallVoidP(m, o, c);
        flag->set += 10;
        return CPyCppyy::Instance_FromVoidPtr(flag, "own::Flag", true);
    }
};
void enter() {
    CPyCppyy::RegisterConverter("own::Flag&", [](CPyCppyy::cdims_t) -> CPyCppyy::Converter * { static Setter c; return &c; });
    CPyCppyy::RegisterExecutor("own::Flag*", [](CPyCppyy::cdims_t) -> CPyCppyy::Executor * { static Maker e; return &e; });
}
void leave() { CPyCppyy::UnregisterConverter("own::Flag&"); CPyCppyy::UnregisterExecutor("own::Flag*"); }
int take(Flag &f) { return f.set; }
int plain(Flag &f) { return f.set; }
Flag *make(int n) { Flag *f = new Flag; f->set = n; return f; }
Flag *make_plain() { return new Flag; }
}''')
ns = cpp.gbl.own
ns.enter()
flag = ns.Flag()
assert ns.take(flag) == 1 and raised(TypeError, ns.take, 3)
made = ns.make(4)
assert type(made) is ns.Flag and made.set == 14 and made.__python_owns__
ns.leave()
assert ns.plain(flag) == 1 and ns.make_plain().set == 0
""")
