"""Code that is wrong in many ways: none may end the process, or keep it for ever, and good code works afterwards.

    python -m tests.cppbind.broken_code [SEED [NUMBER]]

first takes CASES, then NUMBER variants of SOURCE, cut off somewhere or with some tokens missing, added or exchanged.
"""

import random
import re
import sys

CASES = [
    "typedef struct { int a; } Unnamed; int x = no_such_name;", "enum { k1, k2 }; int x = no_such_name;", "union { int a; float b; } u; int x = no_such_name;",
    "namespace { int q; struct { int z; } zz; } int x = no_such_name;", "static union { int ua; float ub; }; int x = no_such_name;",
    "struct P { int a, b; }; P mk(); auto [aa, bb] = mk(); int x = no_such_name;", "using namespace std; struct {} s; int x = no_such_name;",
    "int q; namespace a {", "class A {\n int", "void f() { int x;", "void f() {\n if (1) {\n}\n", "#define OPEN {\nvoid f() OPEN int x;", 'extern "C" {\nvoid g();\n',
    "template <class T> struct S { void f() { T t;", "auto l = [] { return 1;", "void f() try {", "enum E { a, b", "int x[] = {1, 2", "namespace a { namespace b {\nint x; }",
    "namespace a { int thrower(", "int a; }", "}", "} int b;", "namespace a { } } namespace b { int x; }", "using namespace std {", "using namespace std }",
    "no_such_name; namespace { int x; }", "no_such_name; no_such_name; namespace b { int x; }", "namespace{{", "namespace a { no_such_name; { } } }", "namespace a { { int {",
    "#pragma once\nint q; no_such_name;", "#pragma GCC system_header\nno_such_name;", "#if 1\nno_such_name", "int f(", "template <", "struct {} q; /*", 'struct {} q; "',
]
GOOD = ["#pragma once\nint once_{n} = {n};", "#pragma clang system_header\nint system_{n} = {n};", "#ifdef NO_SUCH\nvoid either_{n}() {{\n#else\nvoid either_{n}(int) {{\n#endif\n}}",
        "namespace {{ int inner_{n} = {n}; struct {{ int a; }} unnamed_{n}; }} int outer_{n} = inner_{n};"]
SOURCE = """
#include <string>
#include <utility>
namespace n{n} {
typedef struct { int a; double b; } Plain;
enum { one, two = 2 };
enum class Colour : char { red, green };
namespace { int hidden = 3; }
template <class T, int N = 3> struct Box { T items[N]; T get(int i) const { return items[i]; } static constexpr int size = N; };
template <> struct Box<int, 0> { };
struct Base { virtual ~Base() {} virtual int f() { return 1; } };
struct Derived : Base { int f() override { return 2; } Derived(int i = 4) : i(i) {} union { int i; float x; }; };
inline int add(int a, int b = 3) { auto l = [&](int c) { return a + b + c; }; return l(1); }
extern "C" { int c_like{n}(const char *s); }
using namespace std;
using text = std::string;
int table[] = {1, 2, 3};
auto [p, q] = std::pair<int, int>{1, 2};
int thrower() { try { throw 3; } catch (int e) { return e; } }
static_assert(sizeof(int) == 4);
}
"""
TOKENS = re.findall(r"#[^\n]*\n|\w+|\"[^\"]*\"|\s+|.", SOURCE.replace("{n}", "@"))
ADDED = ["}", "{", ";", "(", ")", "no_such_name", "int", ",", "<", ">", "::", "struct {", "template", '"', "\n#if 1\n", "=", "&", "0", "namespace {", "union {"]


def variant(random):
    tokens, how = list(TOKENS), random.random()
    if how < 0.3:
        return tokens[:random.randrange(len(tokens))]
    for _ in range(random.choice([1, 1, 2, 4])):
        i, j = random.randrange(len(tokens)), random.randrange(len(tokens))
        if how < 0.6:
            del tokens[i]
        elif how < 0.8:
            tokens.insert(i, random.choice(ADDED))
        else:
            tokens[i], tokens[j] = tokens[j], tokens[i]
    return tokens


def fails(cpp, code):
    try:
        cpp.cppdef(code)
    except SyntaxError:
        return True
    return False


def main(seed=0, number=40):
    import cppbind as cpp
    for i, code in enumerate(CASES):
        assert fails(cpp, code), code
        good = GOOD[i % len(GOOD)].format(n=i)
        assert not fails(cpp, good), (code, good)
    assert cpp.gbl.once_0 == 0 and cpp.gbl.outer_3 == 3
    source, failed = random.Random(seed), 0
    for i in range(number):
        failed += fails(cpp, "".join(variant(source)).replace("@", str(i)))
    assert not fails(cpp, "".join(TOKENS).replace("@", str(number))) and getattr(cpp.gbl, f"n{number}").add(1) == 5
    print(f"{len(CASES)} cases; {number} variants, of which {failed} are wrong")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
