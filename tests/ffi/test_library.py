"""The attributes of what dlopen() returns: looked up when they are first used, and ordinary ones from then on."""

import sys

import pytest

from ffi import FFI


@pytest.fixture
def declared():
    ffi = FFI()
    ffi.cdef("int abs(int); extern int opterr; void nowhere(void); int _close(int);\n#define TWELVE 12")
    return ffi, ffi.dlopen(None)


def test_attributes(declared):
    ffi, lib = declared
    assert lib.abs(-3) == 3 and lib.abs is lib.abs
    assert lib.TWELVE == 12
    assert dir(lib) == ["TWELVE", "_close", "abs", "nowhere", "opterr"] == lib.__all__
    before, lib.opterr = lib.opterr, 5
    assert lib.opterr == ffi.addressof(lib, "opterr")[0] == 5
    lib.opterr = before


def test_what_is_not_there(declared):
    ffi, lib = declared
    for name in "elsewhere", "nowhere":
        assert not hasattr(lib, name)
        with pytest.raises(AttributeError, match=name):
            getattr(lib, name)
    with pytest.raises(AttributeError, match="elsewhere"):
        lib.elsewhere = 1
    with pytest.raises(AttributeError, match="abs"):
        lib.abs = 1


def test_declared_later(declared):
    ffi, lib = declared
    assert lib.abs(-3) == 3
    ffi.cdef("long labs(long); long abs(int);", override=True)
    assert lib.labs(-4) == 4
    assert ffi.typeof(lib.abs) is ffi.typeof("long(*)(int)")


def test_a_name_of_its_own(declared):
    ffi, lib = declared
    ffi.dlclose(lib)                                   # not C's _close
    with pytest.raises(ValueError, match="closed"):
        lib.abs


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="CPython's way of reading attributes")
def test_nothing_is_asked_at_each_access(declared):
    assert not hasattr(type(declared[1]), "__getattr__")
