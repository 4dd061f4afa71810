"""What hot loops over C become: what the engine's own objects become, and nothing of `ffi` around it."""

import shutil
import subprocess
import sys

import pytest

from tests import traces

pytestmark = [pytest.mark.skipif(sys.implementation.name != "pypy", reason="it is about PyPy's tracing JIT"),
              pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler to make a library with")]

C = """
typedef struct { int x, y; double z; } point;
typedef struct { int x, y; } small;
int add1(int x) { return x + 1; }
double half(double x) { return x / 2; }
int sum(point *p) { return p->x + p->y; }
int sum_small(small s) { return s.x + s.y; }
int first(const int *p) { return p[0]; }
int call(int (*f)(int), int n) { int total = 0; for (int i = 0; i < n; i++) total += f(i); return total; }
"""
SETUP = """
import sys
from ffi import FFI
ffi = FFI()
ffi.cdef('''
typedef struct { int x, y; double z; } point;
typedef struct { int x, y; } small;
int add1(int x); double half(double x); int sum(point *p); int sum_small(small s); int first(const int *p);
int call(int (*f)(int), int n);
''')
lib = ffi.dlopen(sys.argv[1])
numbers = [1, 2, 3]
p, s, a = ffi.new("point *", [1, 2, 3]), ffi.new("small *", [1, 2])[0], ffi.new("int[100]")
"""
NAMES = "p, s, a"

# body of the loop; calls of C that release the lock; what is allocated beyond frames
CASES = {
    "call": ("total += lib.add1(i)", 1, {}),
    "call, double": ("total += lib.half(1.5)", 1, {}),
    "call, pointer": ("total += lib.sum(p)", 1, {}),
    "call, pointer to numbers": ("total += lib.first(a)", 1, {}),
    "call, list of numbers": ("total += lib.first(numbers)", 1, {}),
    "call, struct by value": ("total += lib.sum_small(s)", 1, {}),
    "field": ("total += p.x", 0, {}),
    "field, double": ("total += p.z", 0, {}),
    "set field": ("p.y = i", 0, {}),
    "item": ("total += a[i & 63]", 0, {}),
    "set item": ("a[i & 63] = i", 0, {}),
    "typeof": ("ffi.typeof('point *')", 0, {}),
    "sizeof": ("total += ffi.sizeof('point')", 0, {}),
    "addressof, field": ("total += ffi.addressof(p, 'y')[0]", 0, {}),
    "cast": ("total += int(ffi.cast('unsigned char', i))", 0, None),
    "new": ("total += ffi.new('point *').x", 0, None),
    "buffer": ("total += len(ffi.buffer(p))", 0, {}),
}
# The same with the engine alone, for what the engine itself allocates.
ENGINE = {
    "cast": "total += int(cast(UCHAR, i))",
    "new": "total += newp(POINT_P, None).x",
}
ENGINE_SETUP = SETUP + """
import _cffi_backend
newp, cast, UCHAR, POINT_P = _cffi_backend.newp, _cffi_backend.cast, ffi.typeof("unsigned char"), ffi.typeof("point *")
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traced")
    (folder / "own.c").write_text(C)
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", "libown.so", "own.c"], cwd=folder, check=True)
    return folder / "libown.so"


@pytest.mark.parametrize("case", CASES)
def test_loop(library, case):
    body, releases, allocations = CASES[case]
    loop = traces.hot_loop(SETUP, NAMES, NAMES, body, library)
    assert loop.calls("call_release_gil") == releases, loop.lines()
    if allocations is None:
        allocations = traces.hot_loop(ENGINE_SETUP, NAMES, NAMES, ENGINE[case], library).allocations
    assert loop.allocations == allocations, loop.lines()


def test_a_wrapper_adds_no_call(library):
    """A struct by value is two reads of memory and the call."""
    loop = traces.hot_loop(SETUP, NAMES, NAMES, "total += lib.sum_small(s)", library)
    others = {name: n for name, n in loop.operations.items() if name.startswith("call") and not name.startswith("call_release_gil")}
    assert not others, loop.lines()


def test_callback(library):
    """A callback's own loop, when C calls it from within a hot loop, compiles to what a Python function would."""
    setup = SETUP + '''
@ffi.callback("int(int)")
def callback(x):
    return x + 1
'''
    loop = traces.hot_loop(setup, NAMES, NAMES, "total += lib.call(callback, 3)", library)
    assert loop.calls("call_release_gil") == 1
    assert loop.allocations == {}, loop.lines()
