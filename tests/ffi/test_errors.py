"""What errors say: file, line, column, the line with a caret, all that is wrong at once."""

import pytest

from ffi import FFI, CDefError, FFIError


def error_of(source, **options):
    with pytest.raises(CDefError) as caught:
        FFI().cdef(source, **options)
    return str(caught.value)


def test_line_column_caret():
    assert error_of("int f(int);\nint g(int x,, int y);") == (
        "<cdef source string>:2:13: g arg 2: expected a type, got ','\n"
        "    int g(int x,, int y);\n"
        "                ^")


def test_caret_after_tabs():
    text = error_of("\tint\tf(foo);")
    assert text.splitlines()[-2:] == ["    \tint\tf(foo);", "    \t   \t  ^"]


def test_all_errors_at_once():
    text = error_of("int f(foo x);\nint ok(void);\nstruct s { bar y; };\nextern \"C\" {\nint g(int;\nint h(int a b);\n}\nbaz z;")
    places = [line.split(": ")[0] for line in text.splitlines() if line.startswith("<cdef source string>:")]
    assert places == [f"<cdef source string>:{place}" for place in ("1:7", "3:12", "5:10", "6:13", "8:1")]


def test_at_most_twenty():
    assert error_of("int f(int\n;" * 50).count("^") == 20


def test_nothing_is_declared_by_what_fails():
    ffi = FFI()
    with pytest.raises(CDefError):
        ffi.cdef("int f(int);\nint g(foo);")
    assert dir(ffi.dlopen(None)) == []


def test_line_markers():

    assert "x.h:43:7: f arg 1: unknown type 'foo'" in error_of('# 42 "x.h" 1 3\n\nint f(foo *);')
    assert error_of('#line 7 "a//b.h"\nfoo x;').startswith("parse error\na//b.h:7:1: unknown type 'foo'")
    assert error_of('/*\n# 5 "y.h"\n*/\nfoo x;').startswith('cannot parse "foo x;"\n<cdef source string>:4:1: ')


def test_unknown_type_says_what_to_do():
    assert "declare it with a typedef, or with `typedef ... foo;`" in error_of("foo x;")


@pytest.mark.parametrize("source, part", [
    ("#ifdef A\nint f(void);", "an #if has no #endif"),
    ("#else", "#else without #if"),
    ("#error no such system", "#error no such system"),
    ("_Static_assert(sizeof(int) == 8, \"wide\");", "static assertion failed: \"wide\""),
    ("struct s { int a; };\nstruct s { int b; };", "duplicate declaration of struct s"),
    ("struct s { int f(int); };", "a pointer to one, (*f)(...), is meant"),
    ("int a[-1];", "an array's length is not negative: -1"),
    ("int a[x];", "an array's length must be known: 'x'"),
    ("int f(int)(int);", "a function cannot return a function"),
    ("int f(...);", "f: a function with only '(...)' as argument is not correct C"),
    ("template <class T> T f(T);", "templates"),
    ("int unsigned float x;", "no type is called"),
    ("enum e { A = 1.5 };", "the value of enumerator 'A' is no integer"),
    ("int x; struct { int b : x; } y;", "'x' is no constant that is known here"),
])
def test_message(source, part):
    assert part in error_of(source)


def test_contradiction():
    ffi = FFI()
    ffi.cdef("int f(int);")
    with pytest.raises(FFIError) as caught:
        ffi.cdef("int g(void);\nint f(long);")
    assert str(caught.value) == ("multiple declarations of function f (for interactive usage, try cdef(xx, override=True))\n"
                                 "<cdef source string>:2:12: earlier: int f(int)\n    int f(long);\n               ^")
    ffi.cdef("int f(long);", override=True)


@pytest.mark.parametrize("text, error", [("int[-5]", ValueError), ("int(*)(int)[5]", TypeError), ("foo *", CDefError), ("int(int)", CDefError),
                                         ("int *;", CDefError), ("", CDefError), ("struct", CDefError)])
def test_type_text(text, error):
    with pytest.raises(error):
        FFI().typeof(text)


def test_error_in_type_text():
    with pytest.raises(CDefError) as caught:
        FFI().typeof("int(*)(foo, bar)")
    assert str(caught.value).splitlines()[1:] == ["    int(*)(foo, bar)", "           ^"]


def test_constants_and_functions_cannot_be_assigned():
    ffi = FFI()
    ffi.cdef("#define X 3\nint atoi(const char *);")
    lib = ffi.dlopen(None)
    for name in "X", "atoi":
        with pytest.raises(AttributeError, match=f"cannot write to function or constant '{name}'"):
            setattr(lib, name, 4)
