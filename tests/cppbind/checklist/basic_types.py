"""Numbers, characters, enums, arrays and pointers to them."""

import array
import ctypes

import pytest

from tests.cppbind.checklist import program

TYPES = ("bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long", "unsigned long", "long long",
         "unsigned long long", "float", "double", "long double", "int8_t", "uint8_t", "int16_t", "uint64_t")


def every_type(text):
    return "".join(text.replace("NAME", one.replace(" ", "_")).replace("TYPE", one) for one in TYPES)


@program("#include <cstdint>\n" + every_type("TYPE give_NAME() { return (TYPE)33; } TYPE take_NAME(TYPE x) { return x; } TYPE ref_NAME(const TYPE &x) { return x; } TYPE global_NAME = (TYPE)33;\n")
         + "struct Holder {" + every_type("TYPE m_NAME = (TYPE)33;\n") + "};")
def numbers(cppyy, ns):
    """Every built-in type as argument, result, const reference, global and data member."""
    holder = ns.Holder()
    for one in TYPES:
        name = one.replace(" ", "_")
        plain = one in ("char", "signed char", "unsigned char")
        value, other = ("!", "a") if plain else (True, False) if one == "bool" else (33, 97)
        assert getattr(ns, "give_" + name)() == value, one
        assert getattr(ns, "take_" + name)(other) == other, one
        assert getattr(ns, "ref_" + name)(other) == other, one
        assert getattr(ns, "global_" + name) == value, one
        setattr(ns, "global_" + name, other)
        assert getattr(ns, "global_" + name) == other, one
        assert getattr(holder, "m_" + name) == value, one
        setattr(holder, "m_" + name, other)
        assert getattr(holder, "m_" + name) == other, one


@program("unsigned int u(unsigned int x) { return x; } int i(int x) { return x; } short s(short x) { return x; } unsigned long ul(unsigned long x) { return x; } bool b(bool x) { return x; }")
def ranges(cppyy, ns):
    """Numbers that do not fit are refused."""
    for function, value, error in ((ns.u, -1, ValueError), (ns.i, 2**31, (OverflowError, ValueError)), (ns.s, 2**15, (OverflowError, ValueError)),
                                   (ns.ul, -1, ValueError), (ns.i, 1.5, TypeError), (ns.i, "1", TypeError), (ns.b, 2, ValueError)):
        with pytest.raises(error):
            function(value)
    assert ns.ul(2**64 - 1) == 2**64 - 1


@program("#include <cstdint>\nint8_t small = -5; uint8_t byte = 200; int8_t same(int8_t x) { return x; }")
def small_integers(cppyy, ns):
    """int8_t and uint8_t are integers, not characters."""
    assert (ns.small, ns.byte, ns.same(-7)) == (-5, 200, -7)


@program("char c(char x) { return x; } wchar_t w(wchar_t x) { return x; } char16_t c16(char16_t x) { return x; } char32_t c32(char32_t x) { return x; }")
def characters(cppyy, ns):
    """char, wchar_t, char16_t, char32_t and str of length one."""
    assert (ns.c("x"), ns.w("\u00e9"), ns.c16("\u00e6"), ns.c32("\U0001f600")) == ("x", "\u00e9", "\u00e6", "\U0001f600")
    with pytest.raises((TypeError, ValueError)):
        ns.c("xy")


@program("#include <cstddef>\nstd::byte byte(std::byte b) { return b; } std::byte global = std::byte{7};")
def bytes_of_cpp(cppyy, ns):
    """std::byte."""
    assert int(ns.byte(5)) == 5


@program("#include <complex>\nstd::complex<double> give() { return {1, 2}; } double real(std::complex<double> c) { return c.real(); }")
def complex_numbers(cppyy, ns):
    """std::complex: parts, and Python's complex."""
    z = ns.give()
    assert (z.real, z.imag) == (1.0, 2.0) or (z.real(), z.imag()) == (1.0, 2.0)
    assert complex(z) == 1 + 2j
    assert ns.real(3 + 4j) == 3.0


@program("void set_i(int &x) { x = 5; } void set_u(unsigned &x) { x = 6; } void set_d(double *x) { *x = 2.5; } void set_b(bool *b) { *b = true; } int read(const int &x) { return x; }"
         "void set_pp(int **p) { static int there = 9; *p = &there; } int of_void(void *p) { return *(int *)p; }")
def ctypes_values(cppyy, ns):
    """Instances of ctypes for references and pointers, in and out."""
    i, u, d, b = ctypes.c_int(1), ctypes.c_uint(2), ctypes.c_double(0.5), ctypes.c_bool(False)
    ns.set_i(i), ns.set_u(u), ns.set_d(d), ns.set_b(b)
    assert (i.value, u.value, d.value, b.value) == (5, 6, 2.5, True)
    ns.set_d(ctypes.byref(d))
    p = ctypes.POINTER(ctypes.c_int)()
    ns.set_pp(p)
    assert p[0] == 9
    assert ns.of_void(ctypes.c_void_p(ctypes.addressof(i))) == 5
    assert ns.read(3) == 3


@program("int sum(int *a, int n) { int s = 0; while (n--) s += *a++; return s; } double sum(double *a, int n) { double s = 0; while (n--) s += *a++; return s; }"
         "void fill(int a[3]) { a[0] = a[1] = a[2] = 4; }")
def buffers(cppyy, ns):
    """Buffers as arguments, by their type."""
    assert ns.sum(array.array("i", [1, 2, 3]), 3) == 6
    assert ns.sum(array.array("d", [1.5, 2]), 2) == 3.5
    room = array.array("i", [0, 0, 0])
    ns.fill(room)
    assert list(room) == [4, 4, 4]
    with pytest.raises(TypeError):
        ns.fill(array.array("f", [1]))


@program("int numbers[4] = {1, 2, 3, 4}; int *pointer = numbers; struct S { double d[2] = {1.5, 2.5}; int grid[2][3] = {{1, 2, 3}, {4, 5, 6}}; }; int *give() { return numbers; }")
def arrays(cppyy, ns):
    """Arrays of known size: length, items, bounds; of several dimensions; reshape of what a pointer gives."""
    assert len(ns.numbers) == 4 and list(ns.numbers) == [1, 2, 3, 4]
    ns.numbers[1] = 20
    assert ns.pointer[1] == 20
    s = ns.S()
    assert list(s.d) == [1.5, 2.5]
    with pytest.raises(IndexError):
        s.d[2]
    assert [list(row) for row in s.grid] == [[1, 2, 3], [4, 5, 6]]
    s.grid[1][2] = 60
    assert s.grid[1][2] == 60
    view = ns.give()
    view.reshape((4,))
    assert list(view) == [1, 20, 3, 4]
    assert memoryview(view).itemsize == 4


@program("#include <string>\nstd::string words[2] = {\"one\", \"two\"}; struct P { int x, y; }; P points[3] = {{1, 2}, {3, 4}, {5, 6}};")
def arrays_of_objects(cppyy, ns):
    """Arrays of instances."""
    assert [str(word) for word in ns.words] == ["one", "two"]
    assert len(ns.points) == 3 and ns.points[1].y == 4
    ns.points[1].y = 40
    assert ns.points[1].y == 40


@program("enum Plain { one = 1, two }; enum class Scoped : short { a = 10, b }; enum { nameless = 5 }; struct C { enum Inner { in = 7 }; enum { there = 8 }; };"
         "int of_plain(Plain p) { return p; } int of_scoped(Scoped s) { return (int)s; } Plain give() { return two; } Plain global = one;")
def enums(cppyy, ns):
    """Enums: named, anonymous, scoped, in classes; compared with ints; of their own type."""
    assert (ns.one, ns.Plain.two, ns.nameless, ns.C.in_ if hasattr(ns.C, "in_") else getattr(ns.C, "in"), ns.C.there) == (1, 2, 5, 7, 8)
    assert ns.Scoped.a == 10 and int(ns.Scoped.b) == 11
    assert (ns.of_plain(ns.two), ns.of_scoped(ns.Scoped.b), ns.give()) == (2, 11, 2)
    assert isinstance(ns.one, int)
    ns.global_ = 0
    assert type(ns.one) is ns.Plain or isinstance(ns.one, ns.Plain)


@program("const int fixed = 3; constexpr double ratio = 0.5; struct S { static const int limit = 9; const int mine = 4; };")
def constants(cppyy, ns):
    """const and constexpr: read, and never written."""
    assert (ns.fixed, ns.ratio, ns.S.limit, ns.S().mine) == (3, 0.5, 9, 4)
    with pytest.raises(TypeError):
        ns.S().mine = 5


@program("struct S { union { int i; float f; }; struct { int x, y; } part; unsigned low : 3, high : 5; };", cppyy="cppyy 3.5 has no bit fields")
def unions_and_bits(cppyy, ns):
    """Anonymous unions and structs; bit fields."""
    s = ns.S()
    s.f = 1.0
    assert s.i == 0x3f800000
    s.low, s.high = 5, 17
    assert (s.low, s.high) == (5, 17)


@program("int *where = nullptr; int there = 3; void *any = &there; struct S { int n = 2; }; S object; S *object_p = &object; int **pp() { static int *p = &there; return &p; }")
def pointers(cppyy, ns):
    """Pointers as variables: null, objects, void *."""
    assert not ns.where
    assert ns.object_p.n == 2
    ns.object_p.n = 5
    assert ns.object.n == 5
    assert ns.object_p == ns.object
    assert ns.any
