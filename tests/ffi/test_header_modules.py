"""API modules made of whole headers: macros and inline functions become callable."""

import importlib.util
import os
import shutil

import pytest

from ffi import FFI
from ffi.stubs import stub
from tests.ffi_headers import is_installed

pytestmark = pytest.mark.skipif(not shutil.which(os.environ.get("CC", "cc").split()[0]), reason="there is no C compiler")

MINE = """
struct point { int x, y; };
#define SQUARE(x) ((x) * (x))
#define HALF(x) (0.5 * (x))
#define NORM(p) norm(p)
#define SET(p, a) do { set((p), (a)); } while (0)
#define IS_ODD(n) __builtin_isfinite((n) / 2)
#define DECLARE(name) int name##_declared
#define UNBALANCED(x) { x
#define VARIADIC(...) (__VA_ARGS__)
#define TYPE(t) sizeof(t)
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define FIRST ((struct point *)16)
#define SIZE sizeof(struct point)
int nowhere(struct point *p);
extern int nothing;
int abs(int);
static inline long norm(const struct point *p) { return p->x * p->x + p->y * p->y; }
static inline void set(struct point *p, int a) { p->x = p->y = a; }
"""


def compiled(ffi, name, folder):
    path = ffi.compile(tmpdir=str(folder))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_macros_and_inline_functions(tmp_path):
    header = tmp_path / "mine.h"
    header.write_text(MINE)
    builder = FFI()
    builder.cdef_headers(str(header), macros={"MAX": "double(double, double)"})
    builder.set_source("_ffi_mine", f'#include "{header}"')
    module = compiled(builder, "_ffi_mine", tmp_path)
    ffi, lib = module.ffi, module.lib
    assert lib.SQUARE(7) == 49 and lib.HALF(3) == 1.5 and lib.MAX(1.5, 2.5) == 2.5
    point = ffi.new("struct point *", [3, 4])
    assert lib.norm(point) == lib.NORM(point) == 25
    assert lib.SET(point, 1) is None and point.y == 1
    assert lib.FIRST == ffi.cast("struct point *", 16) and lib.SIZE == 8
    assert not {"DECLARE", "UNBALANCED", "VARIADIC"} & {*dir(lib)}
    assert not {"nowhere", "nothing"} & {*dir(lib)} and lib.abs(-3) == 3          # what no library has
    text = stub(module)
    assert "    def SQUARE(self, a0: int, /) -> int: ..." in text and '    def norm(self, a0: "point", /) -> int: ...' in text


@pytest.mark.skipif(not is_installed("zlib.h"), reason="zlib.h is not installed: zlib1g-dev")
def test_zlib(tmp_path):
    builder = FFI()
    builder.cdef_headers("zlib.h")
    builder.set_source("_ffi_zlib", "#include <zlib.h>", libraries=["z"])
    module = compiled(builder, "_ffi_zlib", tmp_path)
    ffi, lib = module.ffi, module.lib
    stream = ffi.new("z_stream *")
    assert lib.deflateInit(stream, lib.Z_BEST_SPEED) == lib.Z_OK           # a macro
    data, packed = b"mooring " * 100, ffi.new("unsigned char[1000]")
    source = ffi.from_buffer("unsigned char[]", data)
    stream.next_in, stream.avail_in, stream.next_out, stream.avail_out = source, len(data), packed, 1000
    assert lib.deflate(stream, lib.Z_FINISH) == lib.Z_STREAM_END
    assert lib.deflateEnd(stream) == lib.Z_OK and stream.total_out < 50
    assert ffi.string(lib.zlibVersion()) == lib.ZLIB_VERSION or ffi.string(lib.ZLIB_VERSION)
