"""Loading and configuration."""

import atexit
import os
import shutil
import tempfile

import pytest

from tests.cppbind.checklist import program

COMPILES = "compiles at run time"


def folder_with(name, text):
    """A folder with a header in it, there until the process ends: compilers know files by their inodes."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, True)
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)
    return folder


@program("int value = 3; namespace inner { struct Thing { int n = 4; }; int twice(int x) { return 2 * x; } }")
def global_namespace(cppyy, ns):
    """`gbl`: everything reachable by attribute, found when asked for."""
    assert ns.value == 3
    assert ns.inner.Thing().n == 4
    assert cppyy.gbl.global_namespace.inner.twice(4) == 8
    with pytest.raises(AttributeError):
        ns.no_such_name


@program("struct Thing { int n = 4; }; namespace inner { int twice(int x) { return 2 * x; } }", compiler=None)
def imports_of_names(cppyy, ns):
    """`from cppyy.gbl import X`, `from cppyy.gbl.ns import Y`, `import cppyy.gbl as g`."""
    scope = {}
    name = cppyy.__name__
    if name == "cppbind":
        import cppbind.compat
        cppbind.compat.install()
    exec("from cppyy.gbl import imports_of_names\nfrom cppyy.gbl.imports_of_names import Thing\nimport cppyy.gbl as g", scope)
    assert scope["Thing"]().n == 4
    assert scope["g"].imports_of_names.inner.twice(2) == 4


@program(compiler=COMPILES)
def cppdef_declares(cppyy, ns):
    """`cppdef`: True; cumulative; SyntaxError with the compiler's words."""
    assert cppyy.cppdef("namespace cppdef_declares { int first = 1; }")
    assert cppyy.cppdef("namespace cppdef_declares { int second() { return first + 1; } }")
    assert ns.second() == 2
    with pytest.raises(SyntaxError) as error:
        cppyy.cppdef("namespace cppdef_declares { int third() { return no_such_name_here; } }")
    assert "no_such_name_here" in str(error.value)


@program("int state = 0;", compiler=COMPILES)
def cppexec_runs(cppyy, ns):
    """`cppexec`: statements; SyntaxError if they do not compile."""
    assert cppyy.cppexec("cppexec_runs::state = 5")
    assert ns.state == 5
    with pytest.raises(SyntaxError):
        cppyy.cppexec("no_such_statement_anywhere()")


@program(compiler=COMPILES)
def include_headers(cppyy, ns):
    """`include`: True; ImportError if it fails; `add_include_path`: OSError if there is no such folder."""
    with pytest.raises(ImportError):
        cppyy.include("no_such_header_anywhere.h")
    cppyy.add_include_path(folder_with("include_headers_own.h", "namespace include_headers { int from_header() { return 12; } }\n"))
    assert cppyy.include("include_headers_own.h")
    assert ns.from_header() == 12
    with pytest.raises(OSError):
        cppyy.add_include_path("/no/such/folder")
    with pytest.raises(OSError):
        cppyy.add_library_path("/no/such/folder")


@program(compiler=COMPILES)
def include_of_c(cppyy, ns):
    """`c_include`: the same within extern "C"."""
    cppyy.add_include_path(folder_with("include_of_c_own.h", "static inline int include_of_c_five(void) { return 5; }\n"))
    cppyy.c_include("include_of_c_own.h")
    assert cppyy.gbl.include_of_c_five() == 5


@program(compiler=COMPILES, cppyy="bytes are no unsigned char *")
def libraries(cppyy, ns):
    """`load_library`: with or without `lib` and `.so`; RuntimeError if there is none.  zlib from its header."""
    with pytest.raises(RuntimeError):
        cppyy.load_library("no_such_library_anywhere")
    assert cppyy.load_library("libm.so.6")
    cppyy.cppdef('extern "C" const char *zlibVersion(); extern "C" unsigned long crc32(unsigned long, const unsigned char *, unsigned);')
    cppyy.load_library("libz.so.1")
    assert cppyy.gbl.crc32(0, b"mooring", 7) == __import__("zlib").crc32(b"mooring")


@program("struct Two { int a, b; };")
def sizes_and_ids(cppyy, ns):
    """`sizeof`, `nullptr`, `addressof`, `bind_object`."""
    assert cppyy.sizeof(ns.Two) == 8
    assert cppyy.sizeof("int") == 4
    assert cppyy.sizeof(ns.Two()) == 8
    two = ns.Two()
    two.a = 7
    again = cppyy.bind_object(cppyy.addressof(two), ns.Two)
    assert again.a == 7
    again.b = 8
    assert two.b == 8
    assert not cppyy.bind_object(cppyy.nullptr, ns.Two)
    assert cppyy.bind_object(cppyy.addressof(two), "sizes_and_ids::Two").a == 7


@program("#include <typeinfo>\nstruct One {}; struct Two {};", compiler=COMPILES)
def type_ids(cppyy, ns):
    """`typeid`."""
    assert cppyy.typeid(ns.One) == cppyy.typeid(ns.One) and cppyy.typeid(ns.One) != cppyy.typeid(ns.Two)


@program("#define CHECKLIST_ANSWER 42\n#define CHECKLIST_TEXT \"forty-two\"", compiler=COMPILES)
def macros(cppyy, ns):
    """`macro`: the value of a constant; ValueError if there is none."""
    assert cppyy.macro("CHECKLIST_ANSWER") == 42
    assert cppyy.macro("CHECKLIST_TEXT") == "forty-two"
    with pytest.raises(ValueError):
        cppyy.macro("CHECKLIST_NO_SUCH_MACRO")


@program(compiler=COMPILES)
def deferred_errors(cppyy, ns):
    """What a dictionary or a map of one lacks: RuntimeError and OSError that name it."""
    with pytest.raises(RuntimeError) as error:
        cppyy.load_reflection_info("no_such_dictionary_Dict")
    assert "no_such_dictionary_Dict" in str(error.value)
    with pytest.raises(OSError):
        cppyy.add_autoload_map("/no/such/map.rootmap")


@program("template <class T> struct Box { T value; }; template <class T> int size() { return sizeof(T); }", compiler="deduces and instantiates")
def names_of_types(cppyy, ns):
    """Python's and C++'s names of types are arguments of templates."""
    assert ns.size[int]() == 4 and ns.size[float]() in (4, 8) and ns.size[bool]() == 1
    assert ns.size["short"]() == 2
    assert ns.Box[str].__cpp_name__.endswith("Box<std::string>") or "basic_string" in ns.Box[str].__cpp_name__
