"""Where compiled code lies in memory."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FAR = """
import cppbind
from ffi import FFI
ffi = FFI()
ffi.cdef("void *mmap(void *, size_t, int, int, int, long);")
C = ffi.dlopen(None)

def take(size):
    address = int(ffi.cast("intptr_t", C.mmap(ffi.NULL, size, 0, 0x4022, -1, 0)))      # private, anonymous, without reserve
    assert address != -1
    return address

def move_on():
    "The system's next mappings lie more than 3 GB below those before."
    big = take(3 << 30)
    while take(1 << 12) > big:
        pass

cppbind.cppdef("struct Far { int calls = 0; int f() { return ++calls; } int g() { throw 5; } int h() { return calls; } };")
far = cppbind.gbl.Far()
assert far.f() == 1
move_on()
try:
    far.g()
except Exception as error:
    assert "g()" in str(error)
move_on()
cppbind.cppdef("struct Farther : Far { int k() { try { return g(); } catch (int i) { return i; } } }; int hidden __attribute__((visibility(\\"hidden\\"))) = 7;")
assert cppbind.gbl.Farther().k() == 5
move_on()
cppbind.cppdef("int of_hidden() { return hidden; }")
assert cppbind.gbl.of_hidden() == 7 and far.h() == 1
"""


def test_modules_are_near_each_other():
    """The personality of exceptions and hidden symbols are referred to by 32-bit distances, wherever the system has room."""
    done = subprocess.run([sys.executable, "-c", FAR], capture_output=True, text=True, env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert (done.returncode, done.stderr) == (0, "")


def mappings():
    with open("/proc/self/maps", encoding="utf-8") as file:
        return len(file.readlines())


def test_modules_do_not_use_up_mappings(cpp):
    """The system lets a process have some 65,000."""
    cpp.cppdef("int mapped = 0;")
    before = mappings()
    for number in range(60):
        cpp.cppdef(f"int mapped{number}() {{ static int counter{number}; return ++mapped + counter{number}; }}")
        getattr(cpp.gbl, f"mapped{number}")()
    assert cpp.gbl.mapped == 60
    assert mappings() - before < 60


def test_data_that_no_range_holds(cpp):
    cpp.cppdef("char vast[300 << 20]; int touch_vast(long at) { try { vast[at] += 3; return vast[at]; } catch (...) { return 0; } }")
    assert cpp.gbl.touch_vast((300 << 20) - 1) == 3 and cpp.gbl.touch_vast(0) == 3


def test_data_that_is_aligned(cpp):
    cpp.cppdef("struct alignas(8192) Wide { char c; }; Wide wide; alignas(64) int line = 5; long where() { return (long)&wide % 8192 + (long)&line % 64; }")
    assert cpp.gbl.where() == 0 and cpp.gbl.line == 5
