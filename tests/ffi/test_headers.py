"""cdef_headers(): which declarations are taken of which files, macros, errors; a part of the list of real headers."""

import os
import shutil

import pytest

from ffi import CDefError, FFI, FFIError
from tests.ffi_headers import SHORT, Comparison, is_installed, listed

pytestmark = pytest.mark.skipif(not shutil.which(os.environ.get("CC", "cc").split()[0]), reason="there is no C compiler")

FILES = {
    "lib/all.h": """
        #ifndef ALL_H
        #define ALL_H
        #include <stdint.h>
        #include "part.h"
        #include "other/far.h"
        #define SIZE (sizeof(struct point) * COUNT)
        #define ALIAS taken
        #define POINT_T struct point
        #define NEGATIVE ((unsigned char)-1)
        #define RATIO 1.5f
        #define NAME "a" "b"
        #define LETTER 'x'
        #define NOWHERE ((char *)-1)
        #define WITHOUT
        #define UNKNOWN (sizeof(struct opaque) + x)
        #define SQUARE(x) ((x) * (x))
        API int taken(struct point *p, struct far *f, uint32_t n);
        static inline int twice(int x) { struct { int y; } s = { x * 2 }; return ({ s.y; }); }
        extern const char *const words[COUNT];
        typedef struct { int a; union { int b; float c; }; struct { char d; } e[2]; } mixed;
        #endif""",
    "lib/part.h": "#define COUNT 3\n#define API extern\nstruct point { int x, y; };\ntypedef struct point *point_p;\ntypedef struct unused unused_t;\nint part(void);",
    "lib/sibling.h": "int sibling(void);",
    "lib/named.h": "#include <sibling.h>\n#include <outside.h>\nint named(void);",
    "lib/wrong.h": "int good(void);\nint bad(struct, nothing);\n",
    "lib/other/far.h": "struct far { struct farther *next; };\nstruct farther { int depth; };\n",
    "far/outside.h": "struct outside { int x; };\nint outside(struct outside *);\n__builtin_nonsense what is this;\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    top = tmp_path_factory.mktemp("headers")
    for name, text in FILES.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n")
    return top


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("MOORING_CACHE", "off")


def read(folder, *headers, **options):
    ffi = FFI()
    ffi.cdef_headers(*headers, include_dirs=[folder / "lib", folder / "far"], **options)
    return ffi


def test_functions_of_a_header_and_its_parts(folder):
    ffi = read(folder, "all.h")
    assert set(ffi.list_functions()) == {"taken", "twice", "part", "ALIAS"}
    assert ffi.list_globals() == {"words": "const char *const words[3]"}


def test_types_from_elsewhere_come_with_what_they_need(folder):
    ffi = read(folder, "all.h", only="taken")
    assert set(ffi.list_functions()) == {"taken"}
    assert ffi.sizeof("struct farther") == 4 and ffi.sizeof("struct point") == 8
    assert ffi.sizeof("uint32_t") == 4
    with pytest.raises(CDefError):
        ffi.typeof("mixed")


def test_same_folder_is_the_same_library(folder):
    assert set(read(folder, "named.h").list_functions()) == {"named", "sibling"}


def test_errors_in_foreign_headers_do_no_harm(folder):
    assert "outside" not in read(folder, "named.h").list_functions()


def test_constants(folder):
    ffi = read(folder, "all.h")
    known = ffi.list_constants()
    assert {name: known[name] for name in ("SIZE", "NEGATIVE", "RATIO", "NAME", "LETTER", "COUNT")} == {
        "SIZE": 24, "NEGATIVE": 255, "RATIO": 1.5, "NAME": b"ab", "LETTER": 120, "COUNT": 3}
    assert not {"WITHOUT", "UNKNOWN", "SQUARE", "ALIAS"} & known.keys()
    assert known["NOWHERE"] is None
    lib = ffi.dlopen(None)
    assert ffi.typeof(lib.NOWHERE) is ffi.typeof("char *") and int(ffi.cast("intptr_t", lib.NOWHERE)) == -1
    assert ffi.typeof("POINT_T") is ffi.typeof("struct point")


def test_only(folder):
    ffi = read(folder, "all.h", only=["t*", "RATIO"])
    assert ffi.new("point_p *")[0] == ffi.NULL and "unused_t" not in ffi.list_types()[0]      # the names of types that are needed
    assert set(ffi.list_functions()) == {"taken", "twice"} and set(ffi.list_constants()) == {"RATIO"}


def test_define(folder):
    (folder / "lib" / "asks.h").write_text("#ifdef WANTED\nint wanted(void);\nint count[WANTED];\n#endif\n")
    assert read(folder, "asks.h").list_functions() == {}
    assert read(folder, "asks.h", define={"WANTED": 5}).list_globals() == {"count": "int count[5]"}
    assert read(folder, "asks.h", define=["WANTED"]).list_functions()


def test_a_path(folder, monkeypatch):
    monkeypatch.chdir(folder)
    ffi = FFI()
    ffi.cdef_headers("./lib/part.h")
    assert set(ffi.list_functions()) == {"part"}


def test_twice_and_on_top_of_cdef(folder):
    ffi = read(folder, "all.h")
    ffi.cdef_headers("all.h", "named.h", include_dirs=[folder / "lib", folder / "far"])
    ffi.cdef("typedef mixed again; int more(mixed *);")
    assert ffi.typeof("again") is ffi.typeof("mixed")
    other = FFI()
    other.include(ffi)
    assert other.typeof("mixed") is ffi.typeof("mixed")
    clash = FFI()
    clash.cdef("double taken(void);")
    with pytest.raises(FFIError, match="multiple declarations of taken"):
        clash.cdef_headers("all.h", include_dirs=[folder / "lib"])
    clash.cdef_headers("all.h", include_dirs=[folder / "lib"], override=True)
    assert clash.list_functions()["taken"].startswith("int taken(struct point *")


def test_signatures_of_macros(folder):
    ffi = read(folder, "all.h", macros={"SQUARE": "double(double)"})
    assert ffi.list_functions()["SQUARE"] == "double SQUARE(double)"
    with pytest.raises(FFIError, match="signature"):
        read(folder, "all.h", macros={"SQUARE": "double"})


def test_what_is_wrong_in_a_header_is_told(folder):
    with pytest.raises(CDefError) as caught:
        read(folder, "wrong.h")
    assert "wrong.h:2:" in str(caught.value) and "    int bad(struct, nothing);" in str(caught.value)


def test_a_header_that_is_not_there():
    with pytest.raises(FFIError, match="include_dirs") as caught:
        FFI().cdef_headers("no_such_thing.h")
    assert "No such file" in str(caught.value) and "install" in str(caught.value)


def test_no_compiler(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler -std=c11")
    with pytest.raises(FFIError, match="needs a C compiler, and 'no-such-compiler' does not run"):
        FFI().cdef_headers("stdio.h")


def test_arguments():
    with pytest.raises(TypeError, match="names of headers"):
        FFI().cdef_headers()


@pytest.mark.parametrize("header", SHORT)
def test_a_real_header_agrees_with_the_compiler(header):
    if not is_installed(header):
        package = next(package for package, first, listed_header in listed() if listed_header == header)
        pytest.skip(f"{header} is not installed: {package}")
    made = Comparison(header)
    made.ask_all()
    assert made.differences == [] and made.refused == []
    assert len(made.questions) > 20


def test_a_long_list_of_headers_is_complete():
    assert len({header for package, first, header in listed()}) == 80
