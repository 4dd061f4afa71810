"""`python -m ffi stubs`: stubs that a type checker understands."""

import ast
import shutil
import subprocess
import sys
import types

import pytest

from ffi import FFI
from ffi.__main__ import main
from ffi.stubs import stub

SOURCE = """
    #define LIMIT 16
    typedef struct point { int x; double bytes; char *name; struct point *next; struct { short a; } inner; } point;
    union pair { int i; float int_; };
    typedef struct opaque *handle;
    typedef int (*callback)(point *, const char *);
    extern int optind; extern char *optarg;
    double atof(const char *);
    int printf(const char *, ...);
    void move(point *, double, _Bool, const int *values, callback, handle, wchar_t);
"""


@pytest.fixture
def module():
    made = types.ModuleType("bound")
    made.ffi = FFI()
    made.ffi.cdef(SOURCE)
    made.lib = made.ffi.dlopen(None)
    return made


def test_members(module):
    text = stub(module)
    ast.parse(text)
    for line in ("    LIMIT: Final = 16", "    optind: int", "    optarg: Pointer[bytes]", "    def atof(self, a0: bytes | CData, /) -> float: ...",
                 "    def printf(self, a0: bytes | CData, /, *more: Any) -> int: ...",
                 '    def move(self, a0: "point", a1: float, a2: bool, a3: CData | Sequence[int], a4: CData, a5: "opaque", a6: str, /) -> None: ...',
                 "class point(CData):", "    x: builtins.int", '    next: "point"', "class opaque(CData):", "class pair(CData):",
                 '    def new(self, cdecl: Literal["point *"], init: Any = ...) -> point: ...', "ffi: FFI", "lib: Lib_lib"):
        assert line in text.splitlines(), line


def test_command(module, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "bound", module)
    assert main(["stubs", "bound", str(tmp_path / "bound.pyi")]) == 0
    assert (tmp_path / "bound.pyi").read_text() == stub(module)
    assert main(["stubs", "bound"]) == 0 and capsys.readouterr().out == stub(module)
    assert main([]) == 2 and "stubs MODULE" in capsys.readouterr().err


def test_a_module_without_ffi():
    with pytest.raises(TypeError, match="module 'ast' has no FFI object"):
        stub(ast)


@pytest.mark.skipif(not shutil.which("mypy"), reason="mypy is not installed")
def test_a_type_checker(module, tmp_path):
    (tmp_path / "bound.pyi").write_text(stub(module))
    (tmp_path / "use.py").write_text("from bound import ffi, lib\np = ffi.new('point *')\nx: int = p.x\np.name = ffi.NULL\nlib.atof(b'1')\n"
                                     "lib.atof('1')\np.z\nlib.atof()\n")
    said = subprocess.run(["mypy", "--strict", "use.py"], cwd=tmp_path, capture_output=True, text=True).stdout
    assert [line.split(":")[1] for line in said.splitlines() if ": error:" in line] == ["6", "7", "8"], said
