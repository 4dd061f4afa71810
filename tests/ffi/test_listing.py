"""What is declared can be listed, without a library."""

import pytest

from ffi import FFI

SOURCE = """
    #define LIMIT (1 << 4)
    #define NAME "x"
    enum color { RED, GREEN = 3 };
    struct point { int x, y; unsigned kind : 3; struct { char *name; const double values[4]; }; int (*call)(struct point *); };
    struct opaque;
    typedef struct point point_t;
    static const int asked;
    extern int errors; extern const char *const names[3];
    int move(point_t *, int dx, int dy, ...);
    void (*handler(int))(int);
"""


@pytest.fixture(scope="module")
def ffi():
    ffi = FFI()
    ffi.cdef(SOURCE)
    return ffi


def test_functions(ffi):
    assert ffi.list_functions() == {"handler": "void (*handler(int))(int)", "move": "int move(struct point *, int, int, ...)"}


def test_globals(ffi):
    assert list(ffi.list_globals()) == ["errors", "names"]
    assert ffi.list_globals()["errors"] == "int errors"


def test_constants(ffi):
    assert ffi.list_constants() == {"GREEN": 3, "LIMIT": 16, "NAME": b"x", "RED": 0, "asked": None}


@pytest.mark.parametrize("cdecl", ["struct point", "point_t", "point_t *"])
def test_fields(ffi, cdecl):
    assert ffi.list_fields(cdecl) == {"x": "int x", "y": "int y", "kind": "unsigned int kind : 3", "name": "char *name",
                                      "values": "const double values[4]", "call": "int (*call)(struct point *)"}


def test_no_fields(ffi):
    assert ffi.list_fields("struct opaque") is None
    with pytest.raises(TypeError, match="expects a struct or union, not 'int'"):
        ffi.list_fields("int")


def test_the_texts_declare_the_same(ffi):
    again = FFI()
    again.include(ffi)
    again.cdef("".join(text + ";" for text in ffi.list_functions().values()))
    assert again.list_functions() == ffi.list_functions()


def test_where_cffi_keeps_its_declarations():
    """Programs look into ffi._parser for names, which cffi does not document."""
    ffi = FFI()
    ffi.cdef("""int f(int); extern "Python" int g(int); extern int *const fixed; extern volatile int v; typedef struct { int x; } t; struct s;
                enum e { E }; static const int K = 3;
                #define A 5""")
    found = ffi._parser._declarations
    assert set(found) == {"function f", "extern_python g", "constant fixed", "variable v", "typedef t", "anonymous t", "struct s", "enum e",
                          "macro E", "macro K", "macro A"}
    assert found["function f"] == found["extern_python g"] and found["variable v"][1]
