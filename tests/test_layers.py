"""What may depend on what: nothing of cpyext is used, generated files are fresh, every promised function is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CAPI = ROOT / "capi"
WORKING = 450                                # functions of the stable ABI with a body

pypy = pytest.mark.skipif(sys.implementation.name != "pypy", reason="the layer runs on PyPy only")


@pytest.fixture(scope="module")
def shim():
    """(defined, undefined) dynamic symbols of the shim."""
    from elftools.elf.elffile import ELFFile

    from capi.core import engine
    path = engine.find() if hasattr(engine, "find") else engine.build()
    with open(path, "rb") as file:
        table = ELFFile(file).get_section_by_name(".dynsym")
        symbols = [(s.name, s["st_shndx"] == "SHN_UNDEF") for s in table.iter_symbols() if s.name]
    return {name for name, undefined in symbols if not undefined}, {name for name, undefined in symbols if undefined}


@pytest.fixture(scope="module")
def stable():
    """Names of the functions of CPython 3.11's stable ABI."""
    from capi.core.generate import facts
    return {fact.name for fact in facts() if fact.stable and not fact.data}


def run(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


@pypy
def test_the_shim_links_no_symbol_of_cpyext(shim):
    assert not {name for name in shim[1] if re.match(r"_?_?(Py|PyPy)[A-Z_]", name)}


@pypy
def test_the_shim_defines_no_symbol_of_python(shim):
    assert not {name for name in shim[0] if re.match(r"_?(Py|PyPy)[A-Z_]", name)}


@pypy
def test_every_function_of_the_stable_abi_is_a_symbol(shim, stable):
    from capi.core.generate import renamed
    assert len(stable) > 600
    assert not {name for name in stable if renamed(name) not in shim[0]}


@pypy
def test_most_of_the_stable_abi_works(stable):
    done = run("-m", "capi.core.generate", "--missing")
    missing = set(re.findall(r"\b_?Py\w+(?=\()", done.stdout))
    assert len(stable - missing) >= WORKING, f"{len(stable - missing)} of {len(stable)} have a body"


@pypy
def test_generated_files_are_fresh():
    done = run("-m", "capi.core.generate", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_source_mentions_cpyext():
    """No header of it is included and no module of it imported."""
    bad = re.compile(r"^\s*(#\s*include\s*[<\"].*(cpyext|pypy_decl)|import\s+cpyext|from\s+cpyext)", re.M)
    sources = [p for kind in ("*.py", "*.c", "*.h") for p in CAPI.rglob(kind)]
    assert sources
    assert not [str(p) for p in sources if bad.search(p.read_text())]


def test_api_files_import_only_the_core():
    for path in CAPI.glob("*.py"):
        if path.stem.startswith("__"):
            continue
        imported = re.findall(r"^\s*(?:from|import)\s+capi(?:\.(\w+))?", path.read_text(), re.M)
        assert set(imported) <= {"core"}, path.name


def test_the_core_imports_no_api_file():
    families = {path.stem for path in CAPI.glob("*.py") if not path.stem.startswith("__")}
    for path in (CAPI / "core").glob("*.py"):
        imported = set(re.findall(r"^(?:from|import)\s+capi\.(\w+)", path.read_text(), re.M))
        assert not imported & families, path.name


def test_the_binder_stands_alone():
    """`ffi` uses the engine only: no front-end but its own, and neither of the packages above it."""
    done = run("-c", "import sys; import ffi, ffi.api, ffi.parser, ffi.build, ffi.headers, ffi.emit_c, ffi.stubs\n"
                     "print(*sorted(m for m in sys.modules if m.split('.')[0] in ('cffi', 'pycparser', 'capi', 'cppbind')))")
    assert (done.stdout, done.stderr) == ("\n", "")
    sources = [path for path in (ROOT / "ffi").rglob("*.py") if path.name != "engine.py"]
    assert not [path.name for path in sources if re.search(r"^\s*(import|from) (_cffi_backend|cffi|pycparser)\b", path.read_text(), re.M)]


def test_the_cpp_binder_uses_the_c_binder_only():
    sources = list((ROOT / "cppbind").rglob("*.py"))
    assert sources
    # The values of ctypes are taken as arguments, as cppyy does; nothing is called or loaded by way of it.
    wrong = re.compile(r"^\s*(import|from) (_cffi_backend|cffi|pycparser|cppyy)\b|\b(CDLL|PyDLL|CFUNCTYPE|PYFUNCTYPE|cdll)\b", re.M)
    assert not [path.name for path in sources if wrong.search(path.read_text())]


@pypy
def test_the_layer_is_built_by_the_binder():
    done = run("-c", "import sys, capi\nfrom capi.core import shim_build\nshim_build.engine_source(shim_build.cache_home())\n"
                     "print(*sorted(m for m in sys.modules if m.split('.')[0] in ('cffi', 'pycparser')))")
    assert (done.stdout, done.stderr) == ("\n", "")
