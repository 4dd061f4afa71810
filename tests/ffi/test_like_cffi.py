"""The in-line mode does what cffi's does: each snippet is run with both, and its results, or the kind of its error, compared."""

import pytest

import ffi

cffi = pytest.importorskip("cffi", reason="cffi is the oracle here, and it is not installed")

CDEF = """
typedef struct { int x, y; } point;
struct node { struct node *next; int value; double weights[3]; };
union number { int i; float f; unsigned char bytes[4]; };
enum colour { RED, GREEN = 5, BLUE };
typedef enum { LOW = -1, HIGH } level;
struct bits { int a : 3; unsigned b : 5; int c : 9; };
struct holder { point p; point *q; int (*call)(int, ...); char name[8]; const char *text; enum colour hue; _Bool flag; struct { int inner; }; };
struct opaque;
typedef struct opaque *handle;
typedef int (*compare)(const void *, const void *);
struct vararray { int n; short items[]; };
#define ANSWER 42
#define MASK 0xFF00
extern int errno_like;
double sqrt(double);
int atoi(const char *);
size_t strlen(const char *);
char *strchr(const char *, int);
int snprintf(char *, size_t, const char *, ...);
void qsort(void *, size_t, size_t, int (*)(const void *, const void *));
typedef struct { int quot, rem; } div_t;
div_t div(int, int);
void free(void *);
void *malloc(size_t);
"""
SNIPPETS = """
lib.sqrt(2.0)
lib.sqrt(2)
lib.sqrt("x")
lib.sqrt()
lib.sqrt(1, 2)
lib.atoi(b"17")
lib.atoi(17)
lib.strlen(b"abc\\0def")
ffi.string(lib.strchr(b"hello", ord("l")))
lib.strchr(b"hello", ord("z")) == ffi.NULL
lib.div(17, 5).rem
lib.ANSWER, lib.MASK, lib.RED, lib.BLUE, lib.LOW, lib.HIGH
lib.nothing
sorted(dir(lib))
repr(lib.sqrt).split(" 0x")[0]
ffi.typeof(lib.sqrt), ffi.typeof("double(*)(double)")
ffi.typeof(lib.snprintf).ellipsis, ffi.typeof(lib.snprintf).args[0].cname
snprintf(b"%d-%s", ffi.cast("int", 5), ffi.new("char[]", b"x"))
snprintf(b"%d", 5)
sort([3, 1, 2])
repr(ffi.new("point *")).split(" 0x")[0]
ffi.new("point *", [1, 2]).y
ffi.new("point *", {"y": 7}).y
ffi.new("point *", {"z": 7})
ffi.new("point *", [1, 2, 3])
ffi.new("point")
ffi.new("int *", 1 << 31)
ffi.new("int *", 1.5)
ffi.new("int[3]", [1, 2]), list(ffi.new("int[3]", [1, 2]))[2]
len(ffi.new("int[]", 5)), ffi.sizeof(ffi.new("int[]", 5))
ffi.new("int[]")
ffi.new("int[2]", [1, 2, 3])
ffi.new("char[]", b"abc")[3]
ffi.new("char[3]", b"abcd")
ffi.new("wchar_t[]", "h\\xe9")[1]
ffi.new("struct opaque *")
ffi.new("struct vararray *", [3, [1, 2, 3]]).items[2]
ffi.sizeof("struct vararray"), ffi.sizeof(ffi.new("struct vararray *", [3, [1, 2, 3]])[0])
ffi.sizeof("struct holder"), ffi.alignof("struct holder")
ffi.offsetof("struct holder", "name"), ffi.offsetof("struct node", "weights", 2), ffi.offsetof("struct holder", "p", "y")
ffi.offsetof("struct holder", "inner")
ffi.offsetof("struct holder", "none")
[(n, f.type.cname, f.offset, f.bitshift, f.bitsize) for n, f in ffi.typeof("struct bits").fields]
[n for n, f in ffi.typeof("struct holder").fields]
ffi.typeof("struct opaque").fields
ffi.typeof("enum colour").elements, ffi.typeof("level").relements
ffi.typeof("point").kind, ffi.typeof("point").cname, ffi.typeof("level").cname, ffi.typeof("compare").cname
ffi.typeof("struct node").cname, ffi.typeof("union number *").cname, ffi.typeof("handle").cname
ffi.string(ffi.cast("enum colour", 5)), ffi.string(ffi.cast("enum colour", 3))
ffi.getctype("compare", "f"), ffi.getctype("int[5]", "*"), ffi.getctype("point *", "x")
ffi.getctype("int(int)", "f")
ffi.typeof("int[3][4]").item.cname, ffi.typeof("int*[]").length, ffi.typeof("unsigned long int").cname
ffi.typeof("int(*)(int, char *)").args, ffi.typeof("int(*)(int, char *)").result
ffi.typeof("int(*(*)(int))[3]").cname
ffi.typeof("const char *const *").cname, ffi.typeof("volatile int *").cname
ffi.typeof("int8_t").cname, ffi.typeof("size_t").cname, ffi.typeof("long double").cname, ffi.typeof("float _Complex").cname
ffi.typeof("nonsense")
ffi.typeof("int(int)")
ffi.typeof(3)
ffi.typeof("struct node *") is ffi.typeof("struct node*")
int(ffi.cast("unsigned char", 300)), int(ffi.cast("int8_t", 200)), float(ffi.cast("float", 1.1))
int(ffi.cast("level", -1)), int(ffi.cast("int", ffi.cast("enum colour", 6)))
ffi.cast("int", "x")
ffi.cast("char", 65), ffi.cast("wchar_t", "x")
ffi.cast("int *", 0) == ffi.NULL, bool(ffi.cast("int *", 0)), ffi.cast("void *", 16) < ffi.cast("void *", 32)
ffi.string(ffi.new("char[]", b"hello"), 3), ffi.string(ffi.new("wchar_t[]", "hello"))
ffi.string(ffi.new("int *"))
ffi.unpack(ffi.new("short[]", [1, 2, 3]), 2), ffi.unpack(ffi.new("char[]", b"abc"), 3)
bytes(ffi.buffer(ffi.new("int *", 1))), len(ffi.buffer(ffi.new("int[3]"), 5))
ffi.from_buffer(bytearray(b"abc"))[1], len(ffi.from_buffer("short[]", b"abcd"))
ffi.from_buffer("int[2]", b"abcd")
ffi.from_buffer(b"abc", require_writable=True)
ffi.memmove(ffi.new("char[3]"), b"abc", 3)
ffi.new("union number *", {"f": 1.0}).i
ffi.new("struct holder *", {"p": [1, 2], "name": b"abc", "hue": 5, "flag": True}).p.y
ffi.new("struct holder *", {"text": b"x"})
(lambda h: ffi.addressof(h, "p", "y") - ffi.addressof(h, "p", "x"))(ffi.new("struct holder *")[0])
ffi.addressof(ffi.new("point[3]")[1], "y")[0]
ffi.addressof(ffi.new("point *"))
ffi.addressof(3)
ffi.addressof(lib, "sqrt")(4.0)
ffi.addressof(lib, "nothing")
ffi.callback("int(int)", lambda x: x + 1)(41)
ffi.callback("int(*)(int)", 5)
ffi.callback("int(int, ...)", lambda x: x)
ffi.from_handle(ffi.new_handle("object"))
ffi.gc(ffi.new("int *", 3), lambda p: None)[0]
ffi.list_types()
ffi.NULL, repr(ffi.NULL)
ffi.cdef("int sqrt(int);")
ffi.cdef("struct point2 { int x; };", packed=True, pack=2)
ffi.cdef(b"int x;")
ffi.cdef("typedef int point;")
ffi.init_once(lambda: 42, "tag")
ffi.dlopen("no_such_library_anywhere.so")
ffi.include(3)
ffi.include(ffi)
ffi.new_allocator(lambda n: None)("int *")
ffi.errno
ffi.release(ffi.new("int *"))
ffi.def_extern()
""".strip().splitlines()


def outcome(package, snippet):
    made = package.FFI()
    made.cdef(CDEF)
    lib = made.dlopen(None)

    def snprintf(text, *arguments):
        buffer = made.new("char[]", 50)
        lib.snprintf(buffer, 50, text, *arguments)
        return made.string(buffer)

    def sort(numbers):
        array = made.new("int[]", numbers)

        @made.callback("int(const void *, const void *)")
        def compare(a, b):
            return made.cast("int *", a)[0] - made.cast("int *", b)[0]
        lib.qsort(array, len(numbers), 4, compare)
        return list(array)

    space = {"ffi": made, "lib": lib, "snprintf": snprintf, "sort": sort}
    try:
        value = eval(snippet, space)
    except Exception as error:
        kinds = [kind for kind in type(error).__mro__ if kind.__module__ == "builtins"]
        return f"{kinds[0].__name__} {type(error).__name__}"
    return shown(value)


def shown(value):
    """A value as text, without addresses."""
    if isinstance(value, (tuple, list)):
        return [shown(item) for item in value]
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    return repr(value).split(" 0x")[0]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippet(snippet):
    assert outcome(ffi, snippet) == outcome(cffi, snippet)
