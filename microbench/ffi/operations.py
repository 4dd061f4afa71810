"""The operations: what each loop does with `ffi` and cffi, which share the text, and with ctypes where it has the like."""

from collections import namedtuple

from microbench.operations import EMPTY, Operation

# `body` and `setup` see `ffi` and `lib`; of an API operation, those of the compiled module.  `ctypes` is (body, setup) or None.
Both = namedtuple("Both", "name body setup ctypes api", defaults=("", None, False))

CDEF = """
typedef struct { int x, y; double z; } wide;
typedef struct { int x, y; } point;
int add1(int x);
double half(double x);
int sum(point *p);
int sum_by_value(point p);
point make_point(int x);
int first_letter(const char *s);
int first_number(int *p);
int call(int (*f)(int), int n);
"""
CTYPES = """
from ctypes import *
class point(Structure): _fields_ = [("x", c_int), ("y", c_int)]
class wide(Structure): _fields_ = [("x", c_int), ("y", c_int), ("z", c_double)]
CALLBACK = CFUNCTYPE(c_int, c_int)
for name, result, arguments in (("add1", c_int, [c_int]), ("half", c_double, [c_double]), ("sum", c_int, [POINTER(point)]),
                                ("sum_by_value", c_int, [point]), ("make_point", point, [c_int]), ("first_letter", c_int, [c_char_p]),
                                ("first_number", c_int, [POINTER(c_int)]), ("call", c_int, [CALLBACK, c_int])):
    getattr(lib, name).restype, getattr(lib, name).argtypes = result, arguments
"""
P = "p = ffi.new('point *', [1, 2])"
W = "p = ffi.new('wide *')"
A = "a = ffi.new('int[100]')"
CP = "p = point(1, 2)"

SHARED = [
    Both(EMPTY, "pass", "", ("pass", "")),
    Both("call int -> int", "lib.add1(i)", "", ("lib.add1(i)", "")),
    Both("call double -> double", "lib.half(1.5)", "", ("lib.half(1.5)", "")),
    Both("call struct * -> int", "lib.sum(p)", P, ("lib.sum(p)", "p = pointer(point(1, 2))")),
    Both("call bytes -> char *", "lib.first_letter(b'abc')", "", ("lib.first_letter(b'abc')", "")),
    Both("call, struct by value", "lib.sum_by_value(s)", P + "; s = p[0]", ("lib.sum_by_value(p)", CP)),
    Both("call, struct returned", "lib.make_point(i & 7)", "", ("lib.make_point(i & 7)", "")),
    Both("call, list of 100 as int *", "lib.first_number(numbers)", "numbers = list(range(100))",
         ("lib.first_number((c_int * 100)(*numbers))", "numbers = list(range(100))")),
    Both("new('point *')", "ffi.new('point *')", "", ("point()", "")),
    Both("new(ctype)", "ffi.new(t)", "t = ffi.typeof('point *')"),
    Both("new('point *', [1, 2])", "ffi.new('point *', [1, 2])", "", ("point(1, 2)", "")),
    Both("new('int *')", "ffi.new('int *')", "", ("c_int()", "")),
    Both("new('int[]', list of 100)", "ffi.new('int[]', numbers)", "numbers = list(range(100))",
         ("(c_int * 100)(*numbers)", "numbers = list(range(100))")),
    Both("field get, int", "p.x", P, ("p.x", CP)),
    Both("field set, int", "p.x = i & 7", P, ("p.x = i & 7", CP)),
    Both("field get, double", "p.z", W, ("p.z", "p = wide()")),
    Both("item get", "a[7]", A, ("a[7]", "a = (c_int * 100)()")),
    Both("item set", "a[7] = i & 7", A, ("a[7] = i & 7", "a = (c_int * 100)()")),
    Both("unpack 100 ints", "ffi.unpack(a, 100)", A, ("a[:]", "a = (c_int * 100)()")),
    Both("buffer(p)", "ffi.buffer(p)", P, ("memoryview(p)", CP)),
    Both("buffer(p)[:]", "ffi.buffer(p)[:]", P, ("bytes(p)", CP)),
    Both("from_buffer(bytearray)", "ffi.from_buffer(b)", "b = bytearray(16)", ("(c_char * 16).from_buffer(b)", "b = bytearray(16)")),
    Both("string(char[17])", "ffi.string(s)", "s = ffi.new('char[]', b'sixteen letters.')", ("s.value", "s = create_string_buffer(b'sixteen letters.')")),
    Both("cast('int', i)", "ffi.cast('int', i)", "", ("c_int(i)", "")),
    Both("int(cast('int', i))", "int(ffi.cast('int', i))", "", ("c_int(i).value", "")),
    Both("memmove 64 bytes", "ffi.memmove(a, b, 64)", A + "; b = ffi.new('int[100]')", ("memmove(a, b, 64)", "a = (c_int * 100)(); b = (c_int * 100)()")),
    Both("typeof('point *')", "ffi.typeof('point *')"),
    Both("sizeof('point')", "ffi.sizeof('point')", "", ("sizeof(point)", "")),
    Both("new_handle, from_handle", "ffi.from_handle(ffi.new_handle(o))", "o = object()"),
    Both("addressof(p, 'y')", "ffi.addressof(p, 'y')", P, ("byref(p, 4)", CP)),
    Both("addressof(s)", "ffi.addressof(s)", P + "; s = p[0]", ("byref(p)", CP)),
    Both("gc(p, f)", "ffi.gc(p, f)", P + "\ndef f(x): pass"),
    Both("callback, called from C 100 times", "lib.call(f, 100)", "f = ffi.callback('int(int)', lambda x: x + 1)",
         ("lib.call(f, 100)", "f = CALLBACK(lambda x: x + 1)")),
    Both("callback, made", "ffi.callback('int(int)', g)", "def g(x): return x", ("CALLBACK(g)", "def g(x): return x")),
]
API = ("call int -> int", "call double -> double", "call struct * -> int", "call bytes -> char *", "call, struct by value", "call, struct returned",
       "call, list of 100 as int *", "new('point *')", "new('point *', [1, 2])", "string(char[17])", "cast('int', i)", "addressof(p, 'y')")
OPERATIONS = SHARED + [one._replace(name=f"API: {one.name}", ctypes=None, api=True) for one in SHARED if one.name in API]
BY_NAME = {one.name: one for one in OPERATIONS}


def operation(one, binding):
    """The `Operation` for a binding, None if it has none."""
    if binding == "ctypes":
        return one.ctypes and Operation(one.name, *one.ctypes)
    return Operation(one.name, one.body, one.setup)
