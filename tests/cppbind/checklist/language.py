"""What the language has: namespaces, friends, templates of every kind, moves."""

import pytest

from tests.cppbind.checklist import program


@program("int a = 1; inline namespace v1 { int b = 2; } namespace alias_of { int d = 4; } namespace short_name = alias_of; } namespace namespaces { int e = 5; namespace used { int f = 6; } using used::f;")
def namespaces(cppyy, ns):
    """Reopened, inline, aliases, using."""
    assert (ns.a, ns.b, ns.alias_of.d, ns.e, ns.f) == (1, 2, 4, 5, 6)
    assert ns.short_name.d == 4


@program("struct F { int n = 3; friend int peek(const F &f) { return f.n; } friend F operator+(const F &a, const F &b) { F r; r.n = a.n + b.n; return r; } };", compiler="hidden friends are looked for by the compiler",
         cppyy="not found")
def friends(cppyy, ns):
    """Hidden friends: operators found by their operands."""
    assert (ns.F() + ns.F()).n == 6


@program("struct Later; Later *give(); int ask(Later *l); struct Later { int n = 7; }; Later *give() { static Later l; return &l; } int ask(Later *l) { return l->n; } struct Never; Never *never() { return nullptr; }")
def incomplete_types(cppyy, ns):
    """Pointers to what is only declared."""
    assert ns.ask(ns.give()) == 7
    assert not ns.never()


@program("class P { P() {} public: static P make() { return P(); } int n = 2; }; struct D { D() = delete; D(int n) : n(n) {} int n; };")
def private_and_deleted(cppyy, ns):
    """Constructors that cannot be called."""
    assert ns.P.make().n == 2 and ns.D(4).n == 4
    for refused in (ns.P, ns.D):
        with pytest.raises(TypeError):
            refused()


@program("struct M { int n = 1; M() {} M(M &&o) : n(o.n) { o.n = 0; } M(const M &) = delete; }; int take(M &&m) { M own(static_cast<M &&>(m)); return own.n; } int both(const M &) { return 1; } int both(M &&) { return 2; }", compiler="std::move is a template")
def moves(cppyy, ns):
    """Rvalue references and std.move; what can only be moved."""
    m = ns.M()
    assert ns.both(m) == 1 and ns.both(cppyy.gbl.std.move(m)) == 2
    assert ns.take(cppyy.gbl.std.move(m)) == 1 and m.n == 0


@program("#include <type_traits>\ntemplate <class T> typename std::enable_if<std::is_integral<T>::value, int>::type kind(T) { return 1; } template <class T> typename std::enable_if<std::is_floating_point<T>::value, int>::type kind(T) { return 2; }"
         "template <class T> struct S { static const int n = 0; }; template <class T> struct S<T *> { static const int n = 1; }; template <> struct S<int> { static const int n = 2; };"
         "template <template <class> class C, class T> struct TT { static const int n = C<T>::n; }; template <class T> using Alias = S<T *>; template <class... T> int sum(T... x) { return (0 + ... + x); }"
         "template <class T> constexpr int size_of = sizeof(T);", compiler="deduces and instantiates")
def templates(cppyy, ns):
    """SFINAE, specialisations, template templates, aliases, folds, variable templates."""
    assert (ns.kind(1), ns.kind(1.5)) == (1, 2)
    assert (ns.S["char"].n, ns.S["char*"].n, ns.S[int].n) == (0, 1, 2)
    assert ns.Alias["char"].n == 1
    assert ns.sum(1, 2, 3) == 6
    assert ns.TT[ns.S, int].n == 2


@program("auto deduced(int x) { return x * 2.0; } auto generic(auto x) { return x; } template <class T> concept Small = sizeof(T) < 4; template <Small T> int constrained(T) { return 1; }", compiler="deduces")
def newer_language(cppyy, ns):
    """auto results and parameters, concepts."""
    assert ns.deduced(2) == 4.0 and ns.generic(3) == 3
    with pytest.raises(TypeError):
        ns.constrained(5)


@program("struct Arrow { struct In { int n = 4; } in; struct Mid { In *p; In *operator->() { return p; } } mid{&in}; Mid &operator->() { return mid; } }; struct Sub { int v[2] = {1, 2}; int &operator[](int i) { return v[i]; } const int &operator[](int i) const { return v[i]; } };"
         "struct Call { template <class T> T operator()(T x) { return x; } int operator()(int a, int b) { return a + b; } };")
def more_operators(cppyy, ns):
    """-> through several classes, [] that gives references, templates of ()."""
    s = ns.Sub()
    s[1] = 20
    assert s[1] == 20 and s.v[1] == 20
    assert ns.Call()(1, 2) == 3


@program("struct N { int n = 1; }; N *null = nullptr; N object;", cppyy="a null variable is not equal to nullptr")
def comparison_to_null(cppyy, ns):
    """Comparison with nullptr and None."""
    assert ns.null == cppyy.nullptr and not ns.null
    assert ns.object != cppyy.nullptr and ns.object != None     # noqa: E711
