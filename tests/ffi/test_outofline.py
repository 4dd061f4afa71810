"""Out-of-line modes: each made, built and used on the machine that runs the test."""

import gc
import importlib.util
import io
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from ffi import FFI, FFIError, PkgConfigError, VerificationError, VerificationMissing
from ffi.engine import PYPY

ROOT = Path(__file__).resolve().parents[2]
count = iter(range(10_000))


@pytest.fixture
def build(tmp_path):
    """A function that compiles C with declarations and returns the module's (ffi, lib)."""
    def build(cdef, source, ffi=None, **keywords):
        ffi = ffi or FFI()
        ffi.cdef(cdef)
        name = f"_outofline{next(count)}"
        ffi.set_source(name, source, **keywords)
        return load(ffi.compile(tmp_path), name)
    return build


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module.ffi, getattr(module, "lib", None)


def test_functions(build):
    ffi, lib = build("int add(int, int); double half(double); const char *greet(void); int total(int *, int); int put(char *, ...);",
                     "#include <stdarg.h>\nint add(int a, int b) { return a + b; } double half(double x) { return x / 2; }"
                     'const char *greet(void) { return "hi"; } int total(int *p, int n) { int s = 0; while (n) s += p[--n]; return s; }'
                     "int put(char *p, ...) { va_list a; va_start(a, p); *p = (char)va_arg(a, int); va_end(a); return 1; }")
    place = ffi.new("char[]", 1)
    assert lib.add(40, 2) == 42 and lib.half(5) == 2.5 and ffi.string(lib.greet()) == b"hi" and lib.total([1, 2, 3], 3) == 6
    assert lib.put(place, ffi.cast("int", 65)) == 1 and place[0] == b"A"
    with pytest.raises(TypeError):
        lib.add(1)
    with pytest.raises(OverflowError):
        lib.add(1 << 40, 1)


@pytest.mark.skipif(PYPY, reason="PyPy's engine calls the C function itself: no code of the module could explain")
def test_a_failing_call_explained(build):
    source = ("struct p { int x; }; typedef struct p *p_t; static int add(int a, int b) { return a + b; } static int half(double x) { return x / 2; }"
              "static int total(const int *p, int n) { return p[n]; } static int get(struct p a) { return a.x; } static int ptr(p_t a) { return a->x; }"
              "static void call(void (*f)(int)) { f(1); }")
    ffi, lib = build("struct p { int x; }; typedef struct p *p_t; int add(int a, int b); int half(double x); int total(const int *p, int n);"
                     "int get(struct p a); int ptr(p_t a); void call(void (*f)(int));", source)
    for call, error, said in (
            (lambda: lib.add(1, 2, 3), TypeError, "add expected 2 arguments, got 3"),
            (lambda: lib.add(1, "x"), TypeError, "add() argument 2, declared 'int': "),
            (lambda: lib.add(1, 1 << 40), OverflowError, "add() argument 2, declared 'int': "),
            (lambda: lib.half("x"), TypeError, "half() argument 1, declared 'double': "),
            (lambda: lib.total("x", 0), TypeError, "total() argument 1, declared 'const int *': "),
            (lambda: lib.total([1, "x"], 0), TypeError, "total() argument 1, declared 'const int *': "),
            (lambda: lib.total([1], 1.5), TypeError, "total() argument 2, declared 'int': "),
            (lambda: lib.get(5), TypeError, "get() argument 1, declared 'struct p': "),
            (lambda: lib.ptr(ffi.new("int *")), TypeError, "ptr() argument 1, declared 'struct p *': "),
            (lambda: lib.call(5), TypeError, "call() argument 1, declared 'void (*)(int)': ")):
        with pytest.raises(error) as told:
            call()
        assert str(told.value).startswith(said)

    class Odd:
        def __int__(self):
            raise KeyError("own")
        __float__ = __index__ = __int__
    with pytest.raises(KeyError, match="own"):         # what the caller's own code raises is left alone
        lib.half(Odd())


def test_large_list_argument(build):
    ffi, lib = build("int total(int *, int);", "int total(int *p, int n) { int s = 0; while (n) s += p[--n]; return s; }")
    assert lib.total(range(1000) and list(range(1000)), 1000) == 499500


NUMBERS = {"signed char": (-128, 127), "unsigned char": (0, 255), "short": (-1 << 15, (1 << 15) - 1), "uint16_t": (0, (1 << 16) - 1),
           "int": (-1 << 31, (1 << 31) - 1), "unsigned int": (0, (1 << 32) - 1), "long": (-1 << 63, (1 << 63) - 1), "size_t": (0, (1 << 64) - 1),
           "float": (-1.5, 1e10), "double": (-1.5, 1e300)}


def test_lists_of_numbers(build):
    """The first and last number of each type come through as one of its own array would have them; others are refused."""
    declared = [f"double f{i}(const {name} *p, int n)" for i, name in enumerate(NUMBERS)]
    ffi, lib = build(";".join(declared) + ";", "#include <stdint.h>\n" + "\n".join(f"{one} {{ return (double)p[n]; }}" for one in declared))

    class Number:
        def __init__(self, value):
            self.value = value

        def __int__(self):
            return self.value
        __index__ = __int__

        def __float__(self):
            return float(self.value)
    for i, (name, (least, most)) in enumerate(NUMBERS.items()):
        f = getattr(lib, f"f{i}")
        given = [least, most, True, Number(5), 3]
        stored = ffi.new(f"{name}[]", given)
        assert [f(given, n) for n in range(len(given))] == [float(x) for x in stored]
        assert f(tuple(given), 4) == 3 and f([0] * 999 + [7], 999) == 7 and f(stored, 4) == 3
        with pytest.raises(TypeError):
            f([1, "x"], 0)
        if isinstance(most, int):
            for bad in least - 1, most + 1, 1 << 70:
                with pytest.raises(OverflowError):
                    f([1, bad], 0)
            with pytest.raises(TypeError):
                f([1.5], 0)

    class Shrinks(Number):
        def __int__(self):
            numbers.clear()
            return 5
        __index__ = __int__
    numbers = [Shrinks(5), 6, 7]
    try:
        lib.f4(numbers, 0)
    except IndexError:
        pass


def test_structs_by_value_partial_and_nested(build):
    ffi, lib = build("struct p { int x; ...; }; struct p twice(struct p); typedef struct { struct { char a; int b; } in; int last[...]; } q_t;",
                     "struct p { short other; int x; }; struct p twice(struct p a) { a.x *= 2; return a; }"
                     "typedef struct { struct { char a; int b; } in; int last[7]; } q_t;")
    assert lib.twice([21]).x == 42 and ffi.sizeof("struct p") == 8 and ffi.offsetof("struct p", "x") == 4
    assert ffi.sizeof("q_t") == 36 and len(ffi.new("q_t *").last) == 7


def test_constants_and_globals(build):
    ffi, lib = build('#define A ...\n#define B 7\n#define W "word"\nenum e { C, D, ... }; static const double F; extern int counter; '
                     "extern const int fixed; extern int row[...]; static const char *const S;",
                     '#define A (-5)\n#define B 7\n#define W "word"\nenum e { D = 3, C }; static const double F = 1.5; int counter = 2;'
                     'const int fixed = 9; int row[4]; static const char *const S = "text";')
    assert (lib.A, lib.B, lib.C, lib.D, lib.F, lib.fixed, len(lib.row)) == (-5, 7, 4, 3, 1.5, 9, 4)
    assert ffi.string(lib.S) == b"text" and ffi.string(lib.W) == b"word"
    lib.counter += 1
    assert lib.counter == ffi.addressof(lib, "counter")[0] == 3
    with pytest.raises(AttributeError):
        lib.fixed = 1


def test_wrong_declarations_are_told(build):
    ffi, lib = build("#define A 5\nstruct p { int x; };", "#define A 6\nstruct p { int y; int x; };")
    with pytest.raises(ffi.error, match="A"):
        lib.A
    with pytest.raises(ffi.error, match="wrong offset"):
        ffi.sizeof("struct p")
        ffi.new("struct p *")


def test_types_of_unknown_size(build):
    ffi, lib = build("typedef int... n_t; typedef float... r_t; typedef ... h_t; n_t next(n_t); h_t *same(h_t *);",
                     "typedef unsigned short n_t; typedef double r_t; typedef struct hidden h_t; n_t next(n_t x) { return (n_t)(x + 1); }"
                     "h_t *same(h_t *p) { return p; }")
    assert ffi.sizeof("n_t") == 2 and lib.next(65535) == 0 and ffi.sizeof("r_t") == 8
    assert lib.same(ffi.cast("h_t *", 16)) == ffi.cast("h_t *", 16)


def test_types_that_the_engine_does_not_know(build):
    ffi, lib = build("__int128 twice(__int128);", "__int128 twice(__int128 x) { return x * 2; }")
    made = lib.twice([list((21).to_bytes(16, "little"))])
    assert bytes(ffi.buffer(ffi.addressof(made))) == (42).to_bytes(16, "little")


def test_extern_python(build):
    ffi, lib = build('struct p { int x; }; extern "Python" int back(int, struct p); extern "Python+C" int other(void); int go(int);',
                     "struct p { int x; }; static int back(int, struct p); int other(void);"
                     "int go(int n) { struct p a = {n}; return back(n, a) + other(); }")

    @ffi.def_extern()
    def back(n, p):
        return n * p.x

    @ffi.def_extern(name="other")
    def whatever():
        return 6
    assert lib.go(6) == 42


def test_cplusplus(build):
    ffi, lib = build("int size(const char *);", '#include <string>\nextern "C" int size(const char *p) { return (int)std::string(p).size(); }',
                     source_extension=".cpp")
    assert lib.size(b"four") == 4


def test_complex_bool_and_wide_characters(build):
    ffi, lib = build("float _Complex turn(float _Complex); bool no(bool); wchar_t up(wchar_t); char32_t same(char32_t);",
                     "#include <uchar.h>\n#include <stdbool.h>\nfloat _Complex turn(float _Complex x) { return x * 1.0if; } bool no(bool x) { return !x; }"
                     "wchar_t up(wchar_t x) { return x + 1; } char32_t same(char32_t x) { return x; }")
    assert lib.turn(2 + 1j) == -1 + 2j and lib.no(False) is True and lib.up("a") == "b" and lib.same("\U0001f600") == "\U0001f600"


def test_include(build, tmp_path):
    base = FFI()
    build("struct p { int x; }; int get(struct p *);\n#define K 5", "struct p { int x; }; int get(struct p *a) { return a->x; }\n#define K 5", base)
    ffi = FFI()
    ffi.include(base)
    ffi2, lib2 = build("struct p *mine(void);", "struct p { int x; }; struct p *mine(void) { static struct p a = {8}; return &a; }", ffi)
    assert lib2.get(lib2.mine()) == 8 and lib2.K == 5
    other = FFI()
    other.include(base)
    other.set_source("_python_one", None)
    with pytest.raises(VerificationError, match="include"):
        other.compile(tmp_path)


def test_pure_python_module(tmp_path):
    ffi = FFI()
    ffi.cdef("enum e { A, B = -2 }; struct p { int x; signed char rest[]; }; int atoi(const char *); typedef struct p p_t;\n#define K 5")
    ffi.set_source("package._pure", None)
    path = ffi.compile(tmp_path)
    assert path == str(tmp_path / "package" / "_pure.py")
    before = os.stat(path).st_mtime_ns
    ffi.compile(tmp_path)
    assert os.stat(path).st_mtime_ns == before
    done = subprocess.run([sys.executable, "-c", "import sys; from package._pure import ffi; lib = ffi.dlopen(None);"
                           "print(lib.atoi(b'42'), lib.K, lib.B, ffi.new('p_t *', [1, [2]]).rest[0], 'ffi' in sys.modules)"],
                          cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["42", "5", "-2", "2", "False"]
    with pytest.raises(TypeError, match="C extension"):
        ffi.emit_c_code(io.StringIO())


def test_abi_mode_cannot_ask_the_compiler():
    for cdef, error in (("enum e { A, ... };", VerificationMissing), ("#define A ...", VerificationError), ("typedef int... n_t;", VerificationError),
                        ("struct p { int x; ...; };", VerificationMissing), ("extern int a[...];", VerificationMissing)):
        ffi = FFI()
        ffi.cdef(cdef)
        ffi.set_source("m", None)
        with pytest.raises(error):
            ffi.emit_python_code(io.StringIO())


def test_emitted_c_is_the_same_every_time():
    texts = set()
    for _ in range(2):
        ffi, out = FFI(), io.StringIO()
        ffi.cdef("struct b; struct a { int x; struct b *y; }; struct a *f(struct b *); enum e { E };")
        ffi.set_source("m", "/* here */")
        ffi.emit_c_code(out)
        texts.add(out.getvalue())
    assert len(texts) == 1 and "/* here */" in texts.pop()


def test_compiler_errors_are_shown(build):
    with pytest.raises(VerificationError, match="unheard_of"):
        build("int f(void);", "int f(void) { return unheard_of; }")


def test_verify():
    ffi = FFI()
    ffi.cdef("struct p { int x; ...; }; int get(struct p *); enum e { A, ... };")
    lib = ffi.verify("struct p { char pad[12]; int x; }; static int get(struct p *a) { return a->x; } enum e { Z, A };", tmpdir=None)
    assert lib.get(ffi.new("struct p *", [9])) == 9 and ffi.sizeof("struct p") == 16 and lib.A == 1


def test_library_of_verify():
    ffi = FFI()
    ffi.cdef("int get(void); extern int counter; extern int row[3];\n#define K ...")
    lib = ffi.verify("static int counter = 5; static int row[3] = {1, 2, 3}; static int get(void) { return counter; }\n#define K 5", tmpdir=None)
    lib.counter = 7
    assert lib.get() == lib.counter == ffi.addressof(lib, "counter")[0] == 7 and list(lib.row) == [1, 2, 3]
    assert dir(lib) == ["K", "counter", "get", "row"]
    with pytest.raises(AttributeError):
        lib.get = 5
    weak = weakref.ref(lib), weakref.ref(ffi)
    get = lib.get
    del lib
    gc.collect()
    assert weak[0]() is not None and get() == 7        # an FFI keeps its libraries
    kept = [weak[0]()]
    del ffi
    gc.collect()
    assert weak[1]() is not None and kept              # and they keep it


def test_verify_tells_a_wrong_layout():
    ffi = FFI()
    ffi.cdef("struct p { char x; int y; };")
    with pytest.raises(VerificationError) as told:
        ffi.verify("struct p { int y; char x; };", tmpdir=None)
    assert str(told.value) == "struct p: wrong offset for field 'x' (we have 0, but C compiler says 4)" and told.value.__notes__


def test_two_enums_with_one_name(build):
    with pytest.raises(VerificationError, match="both declare A"):
        build("enum e1 { A, ... }; enum e2 { A, ... };", "enum e1 { A }; enum e2 { B };")


def test_pkgconfig():
    ffi = FFI()
    with pytest.raises(PkgConfigError):
        ffi.set_source_pkgconfig("m", ["no-such-package-anywhere"], "")


def test_set_source_is_checked():
    ffi = FFI()
    with pytest.raises(ValueError, match="set_source"):
        ffi.compile()
    with pytest.raises(ValueError, match="/"):
        ffi.set_source("a/b", None)
    ffi.set_source("a.b", None)
    with pytest.raises(ValueError, match="several times"):
        ffi.set_source("a.b", None)


def test_gen_src(tmp_path):
    (tmp_path / "build_it.py").write_text("from ffi import FFI\ndef make():\n    f = FFI(); f.cdef('int f(void);'); f.set_source('p._m', '/*C*/'); return f\n")
    (tmp_path / "d.h").write_text("int f(void);")
    (tmp_path / "s.c").write_text("/*C*/")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    for arguments in (["exec-python", "--ffi-var", "make", "build_it.py", "one.c"], ["read-sources", "p._m", "d.h", "s.c", "two.c"]):
        subprocess.run([sys.executable, "-m", "ffi.gen_src", *arguments], cwd=tmp_path, env=environ, check=True)
    assert (tmp_path / "one.c").read_text() == (tmp_path / "two.c").read_text()


def test_compat():
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    code = ("import ffi, ffi.compat; ffi.compat.install(); import cffi, cffi.api, cffi.error, cffi.recompiler, cffi.setuptools_ext, cffi.verifier;"
            "from cffi.ffiplatform import maybe_relative_path; assert cffi.FFI is ffi.FFI is cffi.api.FFI; print(cffi.__version__)")
    assert subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True).stdout.count(".") >= 1
    late = "import sys, types; sys.modules['cffi'] = types.ModuleType('cffi'); import ffi.compat; ffi.compat.install()"
    done = subprocess.run([sys.executable, "-c", late], env=environ, capture_output=True, text=True)
    assert "RuntimeError: the cffi package was imported already" in done.stderr


def test_embedding_source():
    ffi, out = FFI(), io.StringIO()
    ffi.embedding_api("int add(int, int);")
    with pytest.raises(SyntaxError):
        ffi.embedding_init_code("this is no Python")
    ffi.embedding_init_code("""
        from _embedded import ffi
        @ffi.def_extern()
        def add(x, y):
            return x + y
    """)
    ffi.set_source("_embedded", "")
    ffi.emit_c_code(out)
    assert "CFFI_DLLEXPORT int add(int a0, int a1)" in out.getvalue()
    with pytest.raises((ValueError, FFIError)):
        ffi.embedding_init_code("pass")
