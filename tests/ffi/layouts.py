"""Structs whose layout is not obvious: NAME -> its declaration.  `random_structs` makes more of them, the same ones for a seed."""

import random

STRUCTS = {
    "plain": "struct plain { char a; short b; char c; long long d; char e; };",
    "packed": "struct packed { char a; int b; double c; short d; } __attribute__((packed));",
    "packed_before": "struct __attribute__((__packed__)) packed_before { char a; long b; };",
    "packed_bits": "struct packed_bits { unsigned char a; int b : 3; unsigned c : 20; int d : 25; long long e : 40; char f; } __attribute__((packed));",
    "packed_field": "struct packed_field { char a; int b __attribute__((packed)); int c; };",
    "packed_bit_field": "struct packed_bit_field { int a : 20; int b : 20 __attribute__((packed)); int c : 5; };",
    "packed_aligned": "struct packed_aligned { char a; int b; short c; } __attribute__((packed, aligned(4)));",
    "packed_aligned_field": "struct packed_aligned_field { char a; int b __attribute__((aligned(4))); short c __attribute__((aligned(8))); char d; int e; } __attribute__((packed));",
    "aligned": "struct aligned { char a; int b; } __attribute__((aligned(32)));",
    "aligned_most": "struct aligned_most { char a; } __attribute__((aligned));",
    "aligned_field": "struct aligned_field { char a; char b __attribute__((aligned(8))); char c; };",
    "aligned_bits": "struct aligned_bits { int a : 3; int b : 4 __attribute__((aligned(8))); int c : 2; };",
    "alignas_field": "struct alignas_field { char a; _Alignas(16) int b; _Alignas(double) char c; };",
    "typedef_aligned": "typedef int aligned_int __attribute__((aligned(16)));\nstruct typedef_aligned { char a; aligned_int b; aligned_int *c; char d; };",
    "typedef_less": "typedef long long_2 __attribute__((aligned(2)));\ntypedef long_2 long_2_too;\nstruct typedef_less { char a; long_2 b; char c; long_2_too d; };",
    "typedef_struct": "typedef struct { char x; } after_t __attribute__((aligned(8)));\nstruct typedef_struct { char a; after_t b; char c; };",
    "pack_1": "#pragma pack(1)\nstruct pack_1 { char a; int b; double c; };\n#pragma pack()",
    "pack_2": "#pragma pack(push, 2)\nstruct pack_2 { char a; int b; char c; double d; };\n#pragma pack(pop)",
    "pack_4_bits": "#pragma pack(push, 4)\nstruct pack_4_bits { char a; long long b : 20; int c : 20; int d : 20; short e; };\n#pragma pack(pop)",
    "pack_2_aligned": "#pragma pack(push, 2)\nstruct pack_2_aligned { char a; int b __attribute__((aligned(8))); char c; } __attribute__((aligned(4)));\n#pragma pack(pop)",
    "pack_nested": "#pragma pack(push, 1)\n#pragma pack(push, 4)\nstruct pack_nested { char a; double b; };\n#pragma pack(pop)\nstruct pack_nested_1 { char a; struct pack_nested b; char c; };\n#pragma pack(pop)",
    "pack_zero_width": "#pragma pack(push, 1)\nstruct pack_zero_width { char a : 3; int : 0; char b : 2; };\n#pragma pack(pop)",
    "bits": "struct bits { int a : 3; unsigned b : 7; short c : 9; long long d : 33; _Bool e : 1; char f : 5; };",
    "bits_unnamed": "struct bits_unnamed { char a; int : 5; int b : 3; short : 12; char c; };",
    "bits_zero": "struct bits_zero { char a : 2; char : 0; char b : 2; long : 0; char c : 1; };",
    "bits_mixed": "struct bits_mixed { char a; int b : 10; short c; int d : 17; char e; };",
    "bits_whole": "struct bits_whole { int a : 32; unsigned char b : 8; long c : 64; };",
    "bits_of_enum": "enum colour { red, green, blue };\nstruct bits_of_enum { enum colour a : 2; int b : 4; enum colour c : 3; };",
    "union_": "union union_ { char a[5]; int b; short c; };",
    "union_packed": "union union_packed { char a[5]; int b; } __attribute__((packed));",
    "union_bits": "union union_bits { int a : 3; unsigned b : 30; char c; };",
    "anonymous": "struct anonymous { char a; union { long b; struct { char c; short d; }; }; char e; };",
    "anonymous_packed": "struct anonymous_packed { char a; struct { char b; int c; } __attribute__((packed)); int d; };",
    "flexible": "struct flexible { char a; short b; long data[]; };",
    "flexible_zero": "struct flexible_zero { char a; int data[0]; };",
    "only_flexible": "struct only_flexible { int n[0]; };",
    "empty": "struct empty { };",
    "has_empty": "struct nothing { };\nstruct has_empty { char a; struct nothing b; int c; struct nothing d; };",
    "typed_enum": "enum __attribute__((packed)) small { s1, s2 };\nenum wide { w1 = 1LL << 40 };\nstruct typed_enum { enum small a; enum wide b; enum small c[3]; };",
    "arrays": "struct arrays { char a[3]; short b[2][3]; struct { char x; double y; } c[2]; char d; };",
    "functions": "struct functions { char a; int (*f)(int); void (*g[3])(void); };",
    "scalars": "struct scalars { char a; long double b; char c; float _Complex d; char e; __int128 f; char g; _Float16 h; };",
    "vectors": "typedef float v4 __attribute__((vector_size(16)));\nstruct vectors { char a; v4 b; char c; };",
    "nested_packed": "struct inner_packed { char a; int b; } __attribute__((packed));\nstruct nested_packed { char a; struct inner_packed b; int c; };",
    "modes": "typedef int di __attribute__((mode(DI)));\nstruct modes { char a; di b; unsigned c __attribute__((__mode__(__HI__))); };",
}

TYPES = ("char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long", "unsigned long", "long long", "double",
         "char *", "float", "struct plain", "struct packed")
INTEGERS = {"char": 8, "signed char": 8, "unsigned char": 8, "short": 16, "unsigned short": 16, "int": 32, "unsigned int": 32, "long": 64,
            "unsigned long": 64}


def random_structs(count, seed):
    """{name: declaration}."""
    choose = random.Random(seed)
    return {f"random_{i}": random_struct(choose, f"random_{i}") for i in range(count)}


def random_struct(choose, name):
    fields = "".join(random_field(choose, i) for i in range(choose.randint(1, 8)))
    after = choose.choice(("", "", "", "", " __attribute__((packed))", " __attribute__((packed))", " __attribute__((aligned(4)))",
                           " __attribute__((packed, aligned(2)))"))
    kind = choose.choice(("struct",) * 5 + ("union",))
    text = f"{kind} {name} {{ {fields}}}{after};"
    pack = choose.choice((0, 0, 0, 1, 2, 4, 8))
    return f"#pragma pack(push, {pack})\n{text}\n#pragma pack(pop)" if pack else text


def random_field(choose, i):
    if choose.random() < 0.55:
        type = choose.choice(list(INTEGERS))
        bits = choose.randint(0, min(INTEGERS[type], choose.choice((4, 12, 64))))
        name = f"f{i} " if bits and choose.random() < 0.85 else ""
        return f"{type} {name}: {bits}{choose.choice(('',) * 9 + (' __attribute__((aligned(8)))',)) if name else ''}; "
    type = choose.choice(TYPES)
    array = choose.choice(("", "", "", f"[{choose.randint(1, 3)}]"))
    after = choose.choice(("",) * 9 + (" __attribute__((aligned(16)))", " __attribute__((packed))", " __attribute__((aligned(2)))"))
    return f"{type} f{i}{array}{after}; "
