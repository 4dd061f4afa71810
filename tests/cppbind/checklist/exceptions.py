"""Exceptions, both ways."""

import pytest

from tests.cppbind.checklist import program


@program("#include <stdexcept>\nstruct Own : std::runtime_error { int code; Own(int c) : std::runtime_error(\"own\"), code(c) {} }; void own() { throw Own(5); } void bad() { throw std::out_of_range(\"outside\"); }")
def exceptions_of_std(cppyy, ns):
    """Those that derive from std::exception are bound instances, caught by class, base, std.exception, Exception."""
    std = cppyy.gbl.std
    for kind in (ns.Own, std.runtime_error, std.exception, Exception):
        with pytest.raises(kind) as error:
            ns.own()
        assert error.value.code == 5 and "own" in str(error.value)
    with pytest.raises(std.out_of_range) as error:
        ns.bad()
    assert "outside" in str(error.value) and "bad()" in str(error.value)


@program("void number() { throw 5; } struct Plain {}; void plain() { throw Plain(); }")
def other_exceptions(cppyy, ns):
    """Anything else that is thrown."""
    for function in (ns.number, ns.plain):
        with pytest.raises(Exception):
            function()


@program("int call(int (*f)(int)) { return f(1); } struct V { virtual ~V() {} virtual int f() { return 1; } }; int virtually(V &v) { return v.f(); }", compiler="callbacks need the compiler")
def exceptions_through_callbacks(cppyy, ns):
    """What Python raises below C++ arrives above it."""
    def fails(x):
        raise KeyError("from Python")
    with pytest.raises(KeyError):
        ns.call(fails)

    class Mine(ns.V):
        def f(self):
            raise ValueError("override")
    with pytest.raises(ValueError):
        ns.virtually(Mine())
