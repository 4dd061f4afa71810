"""Calls of functions in a library of our own: structs by value, what a failing call says."""

import shutil
import subprocess
import sys
import threading

import pytest

from ffi import FFI
from ffi.function import Function

CC = shutil.which("gcc") or shutil.which("cc")
pytestmark = pytest.mark.skipif(not CC, reason="there is no C compiler to make a library with")
TYPES = """
typedef struct { int x, y; } point;                  typedef struct { double x, y; } vec;           typedef struct { float x, y; } fvec;
typedef struct { float x; } one;                     typedef struct { long n; double d; } mixed;    typedef struct { char c[16]; } chars;
typedef struct { long a, b, c; } big;                typedef struct { double d; short s; } tail;    typedef struct { char a, b, c; } three;
typedef struct { point p; float f; } nested;         typedef union { int i; char c[4]; float f; } choice;
typedef struct { unsigned a : 3, b : 13; int c : 9; } bits;                                         typedef struct { long double x; } wide;
typedef struct { const char *s; int n; } text;       enum colour { red, green };                    typedef struct { enum colour e; _Bool b; } flags;
"""
FUNCTIONS = {
    "int f_point(point p, int z)": "return p.x * 100 + p.y * 10 + z;",
    "double f_vec(int z, vec v)": "return v.x * 100 + v.y * 10 + z;",
    "double f_fvec(fvec v, double d)": "return v.x * 100 + v.y * 10 + d;",
    "double f_one(one v)": "return v.x * 2;",
    "double f_mixed(double first, mixed m, long last)": "return first * 1000 + m.n * 100 + m.d * 10 + last;",
    "int f_chars(chars s)": "return s.c[0] + s.c[15];",
    "long f_big(big b, point p)": "return b.a + b.b + b.c + p.y;",
    "double f_tail(tail t)": "return t.d + t.s;",
    "int f_three(three t)": "return t.a + t.b + t.c;",
    "double f_nested(nested n)": "return n.p.x + n.p.y + n.f;",
    "int f_choice(choice c)": "return c.i;",
    "int f_bits(bits b)": "return b.a + b.b + b.c;",
    "double f_wide(wide w)": "return w.x;",
    "int f_text(text t)": "return t.s[t.n];",
    "int f_flags(flags f, unsigned char u)": "return f.e * 100 + f.b * 10 + u;",
    "point f_swap(point p)": "point r = {p.y, p.x}; return r;",
    "long f_many(long a, long b, long c, long d, long e, mixed m, point p, point q)": "return a + b + c + d + e + m.n + (long)m.d + p.x * 100 + q.y * 1000;",
    "int f_call(int (*f)(point, int), int z)": "point p = {1, 2}; return f(p, z);",
    "int f_list(int *p, int n)": "return p[n];",
    "int f_name(const char *s)": "return s[0];",
    "double f_sum(const double *p, int n)": "double s = 0; while (n) s += p[--n]; return s;",
    "int f_nested_list(int (*f)(int *, int), int *p, int n)": "return n ? f(p, n) : p[0];",
    "int f_with(int (*f)(int), int z)": "return f(z);",
    "int f_abs(int z)": "return z < 0 ? -z : z;",
    "int f_two(const int *p, long *q, int n)": "return p[n] + q[n];",
    "void f_fill(int *p, int n)": "while (n) p[--n] = n;",
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.c").write_text(TYPES + "\n".join(f"{head} {{ {body} }}" for head, body in FUNCTIONS.items()))
    subprocess.run([CC, "-O1", "-shared", "-fPIC", "-o", "libown.so", "own.c"], cwd=folder, check=True)
    return str(folder / "libown.so")


@pytest.fixture(scope="module", params=["as it comes", "all wrapped"])
def ffi(request):
    import ffi.calls
    before = ffi.calls.ALWAYS
    ffi.calls.ALWAYS = before or request.param == "all wrapped"
    made = FFI()
    made.cdef(TYPES + ";\n".join(FUNCTIONS) + ";")
    yield made
    ffi.calls.ALWAYS = before


@pytest.fixture
def lib(ffi, path):
    return ffi.dlopen(path)


def test_structs_by_value(lib):
    assert lib.f_point([1, 2], 3) == 123
    assert lib.f_vec(3, [1, 2]) == 123
    assert lib.f_fvec([1, 2], 3) == 123
    assert lib.f_one([21]) == 42
    assert lib.f_mixed(1, [2, 3], 4) == 1234
    assert lib.f_chars([[b"\x01"] + [b"\0"] * 14 + [b"\x02"]]) == 3
    assert lib.f_big([1, 2, 3], [4, 5]) == 11
    assert lib.f_tail([1.5, -2]) == -0.5
    assert lib.f_three([b"\x01", b"\x02", b"\x03"]) == 6
    assert lib.f_nested([[1, 2], 3]) == 6
    assert lib.f_flags([1, True], 5) == 115
    assert lib.f_many(1, 2, 3, 4, 5, [6, 7], [1, 0], [0, 1]) == 1128


def test_negative_numbers(lib):
    assert lib.f_point({"x": -1, "y": -2}, -3) == -123
    assert lib.f_mixed(-1, [-2, -3], -4) == -1234


def test_struct_cdata(ffi, lib):
    p = ffi.new("point *", [1, 2])
    assert lib.f_point(p[0], 3) == 123
    assert lib.f_point(ffi.new("point[2]", [[0, 0], [4, 5]])[1], 6) == 456
    assert lib.f_swap(p[0]).x == 2


def test_long_double(ffi, lib):
    assert lib.f_wide([1.25]) == 1.25


@pytest.mark.skipif("not __import__('ffi.byvalue').byvalue.SYSTEM_V", reason="the engine refuses it, and its way around is for System V's ABI")
def test_what_the_engine_refuses(ffi, lib):
    assert lib.f_choice({"i": 77}) == 77
    assert lib.f_choice(ffi.new("choice *", {"f": 1.0})[0]) == 0x3F800000
    assert lib.f_bits([5, 4000, -7]) == 3998


def test_lists_of_numbers(ffi, lib):
    assert [lib.f_list([5, 6, 7], i) for i in range(3)] == [5, 6, 7]
    assert lib.f_list((5, 6), 1) == 6
    assert lib.f_list(list(range(5000)), 4999) == 4999
    assert lib.f_sum([1, 2.5], 2) == 3.5 and lib.f_sum([True], 1) == 1 and lib.f_sum([], 0) == 0
    assert lib.f_two([1, 2], [30, 40], 1) == 42
    a = ffi.new("int[3]")
    lib.f_fill(a, 3)
    assert list(a) == [0, 1, 2] and lib.f_list(a, 2) == 2
    numbers = [7, 7]
    lib.f_fill(numbers, 2)
    assert numbers == [7, 7]                           # C writes into a copy
    with pytest.raises(TypeError):
        lib.f_list([1, "x"], 0)
    with pytest.raises(OverflowError):
        lib.f_list([1, 1 << 40], 0)
    assert lib.f_list([3, 4], 0) == 3


def test_a_list_in_a_call_within_a_call(ffi, lib):
    """Each call has memory of its own."""
    @ffi.callback("int(int *, int)")
    def inner(p, n):
        other = lib.f_nested_list(inner, [100 + n], n - 1)
        return p[0] * 1000 + other
    assert lib.f_nested_list(inner, [1], 2) == 1000 + 102 * 1000 + 101


def test_lists_from_several_threads(ffi, lib):
    def sums(start):
        if any(lib.f_sum([start, i], 2) != start + i for i in range(3000)):
            wrong.append(start)
    wrong = []
    threads = [threading.Thread(target=sums, args=(1000 * k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_function_of_the_library_as_argument(ffi, lib):
    assert lib.f_with(lib.f_abs, -5) == 5
    assert lib.f_call(lib.f_point, 3) == 123 or not isinstance(lib.f_call, Function)
    with pytest.raises(TypeError):
        lib.f_with(5, 5)


def test_pointer_to_such_a_function(ffi, lib):
    assert ffi.typeof(lib.f_point) is ffi.typeof("int(*)(point, int)")
    pointer = ffi.addressof(lib, "f_point")
    assert isinstance(pointer, ffi.CData) and pointer == lib.f_point
    assert ffi.cast("void *", lib.f_point) == ffi.cast("void *", pointer)
    assert ffi.new("int(*[1])(point, int)", [lib.f_point])[0] == pointer
    assert lib.f_call(pointer, 3) == 123
    assert repr(lib.f_point).startswith("<cdata 'int(*)(point, int)' 0x")


def test_what_is_no_struct(ffi, lib):
    for bad in 5, "x", [1, 2, 3], [1, "x"], {"z": 1}, ffi.new("vec *")[0], ffi.new("point *"):
        with pytest.raises((TypeError, ValueError, KeyError)):
            lib.f_point(bad, 3)
    with pytest.raises(TypeError):
        lib.f_point([1, 2])


SAYS = r"""
import sys
from ffi import FFI
ffi = FFI()
ffi.cdef(sys.argv[2])
lib = ffi.dlopen(sys.argv[1])
for call in sys.argv[3:]:
    try:
        print(eval(call))
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
"""


def test_a_failing_call_explained(path):
    """In Python's development mode every failing call says which function, which argument, which type."""
    calls = {
        "lib.f_list([1, 2], 1)": "2",
        "lib.f_list([1, 'x'], 1)": "TypeError: f_list() argument 1, declared 'int *': an integer is required",
        "lib.f_list([1], 1.5)": "TypeError: f_list() argument 2, declared 'int': ",
        "lib.f_list([1])": "TypeError: f_list() takes 2 arguments (int *, int), 1 given",
        "lib.f_list([1], 1 << 40)": "OverflowError: f_list() argument 2, declared 'int': ",
        "lib.f_name('x')": "TypeError: f_name() argument 1, declared 'char *': ",
        "lib.f_name(ffi.new('int *'))": "TypeError: f_name() argument 1, declared 'char *': ",
        "lib.f_point([1, 2], None)": "TypeError: f_point() argument 2, declared 'int': ",
        "lib.f_point(3, 3)": "TypeError: f_point() argument 1, declared 'point': ",
        "lib.f_call(lib.f_point, 3)": "123",
        "ffi.typeof(lib.f_list).cname": "int(*)(int *, int)",
    }
    done = subprocess.run([sys.executable, "-X", "dev", "-c", SAYS, path, TYPES + ";\n".join(FUNCTIONS) + ";", *calls], capture_output=True, text=True)
    said = done.stdout.splitlines()
    assert len(said) == len(calls), done.stderr
    for (call, expected), line in zip(calls.items(), said):
        assert line.startswith(expected), call
