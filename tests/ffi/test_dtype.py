"""ffi.dtype(): a ctype's memory as numpy sees it."""

import pytest

import ffi as package
from ffi import FFI

numpy = pytest.importorskip("numpy", reason="numpy is not installed here")

SOURCE = """
    enum color { RED, GREEN = 5 };  enum sign { MINUS = -1, PLUS };
    struct inner { char tag; double value; };
    union number { int i; float f; unsigned char bytes[8]; };
    struct all {
        char c; int32_t i; uint16_t u; _Bool b; long double g; float f; enum color color; enum sign sign; char name[20]; wchar_t wide[3];
        int matrix[2][3]; struct inner inner; struct inner two[2]; union number n; void *p; int (*call)(int);
        struct { short x, y; }; unsigned bits : 3; unsigned more : 5; int last; };
    struct flexible { int n; double items[]; };
"""


@pytest.fixture(scope="module")
def ffi():
    ffi = FFI()
    ffi.cdef(SOURCE)
    return ffi


def test_fields_lie_where_c_has_them(ffi):
    made, ctype = ffi.dtype("struct all"), ffi.typeof("struct all")
    assert made.itemsize == ffi.sizeof(ctype)
    for name, field in ctype.fields:
        if name and field.bitsize < 0:
            assert made.fields[name][1] == field.offset, name
            assert made.fields[name][0].itemsize == ffi.sizeof(field.type), name
    assert made.fields["y"][1] == ffi.offsetof(ctype, "y")
    assert "bits" not in made.names


def test_kinds(ffi):
    made = ffi.dtype("struct all")
    assert [made[name].str.lstrip("<|=") for name in ("c", "i", "u", "b", "f", "color", "sign", "name", "wide")] == \
        ["S1", "i4", "u2", "b1", "f4", "u4", "i4", "S20", "U3"]
    assert made["matrix"].shape == (2, 3) and made["two"].shape == (2,)
    assert made["p"] == made["call"] == numpy.uintp


def test_the_same_memory(ffi):
    items = ffi.new("struct inner[4]")
    seen = numpy.frombuffer(ffi.buffer(items), ffi.dtype("struct inner"))
    items[2].value = 1.5
    assert seen["value"].tolist() == [0, 0, 1.5, 0]
    seen["value"][3] = 7
    assert items[3].value == 7


def test_a_union_overlaps(ffi):
    made = ffi.dtype("union number")
    assert [made.fields[name][1] for name in made.names] == [0, 0, 0] and made.itemsize == 8
    value = numpy.zeros(1, made)
    value["f"] = 1.0
    assert value["i"][0] == 0x3F800000


def test_arrays_and_module_function(ffi):
    assert ffi.dtype("int[3][4]") == numpy.dtype(("i4", (3, 4)))
    assert package.dtype(ffi.typeof("double")) == numpy.float64
    assert ffi.dtype("struct flexible").names == ("n",)


@pytest.mark.parametrize("what, said", [("void", "no memory"), ("int[]", "no length"), ("struct opaque", "opaque")])
def test_what_has_no_dtype(ffi, what, said):
    ffi.cdef("struct opaque;")
    with pytest.raises(TypeError, match=said):
        ffi.dtype(what)


def test_not_a_ctype():
    with pytest.raises(TypeError, match="expects a ctype"):
        package.dtype("int")
