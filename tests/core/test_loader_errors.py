"""One sentence for each file that cannot be loaded."""

import shutil
import subprocess

import pytest

from capi.core.loader_errors import explain_load_failure


def library(tmp_path, text):
    """Path of a shared library compiled from C text without any header."""
    source, target = tmp_path / "module.c", tmp_path / "module.so"
    source.write_text(text)
    subprocess.run([shutil.which("cc"), "-shared", "-fPIC", "-o", target, source], check=True)
    return target


@pytest.mark.parametrize("symbol, sentence", [
    ("PyList_New", "is compiled for CPython, not for this layer: compile it from its sources with `python -m capi build"),
    ("_Py_Dealloc", "is compiled for CPython"),
    ("PyPyList_New", "is compiled for PyPy's built-in cpyext, not for this layer"),
    ("MooringList_Nowhere", "needs PyList_Nowhere, which this version of the layer does not have"),
])
def test_symbols_tell_what_it_was_compiled_for(tmp_path, symbol, sentence):
    path = library(tmp_path, f"extern void {symbol}(void); void PyInit_module(void) {{ {symbol}(); }}")
    assert sentence in explain_load_failure(path, exported={"MooringList_New"})


def test_missing_symbol_of_the_loaders_message(tmp_path):
    path = library(tmp_path, "extern void MooringNot_There(void); void PyInit_module(void) { MooringNot_There(); }")
    assert "needs PyNot_There, which" in explain_load_failure(path, f"{path}: undefined symbol: MooringNot_There")


def test_missing_symbol_of_another_library(tmp_path):
    path = library(tmp_path, "extern void yaml_parse(void); void PyInit_module(void) { yaml_parse(); }")
    assert "needs the symbol yaml_parse, which no library" in explain_load_failure(path, f"{path}: undefined symbol: yaml_parse")


def test_no_init_function(tmp_path):
    assert "defines no PyInit_ function" in explain_load_failure(library(tmp_path, "int x;"))


def test_no_library(tmp_path):
    path = tmp_path / "module.so"
    path.write_text("text")
    assert "is not an ELF file: give an extension module" in explain_load_failure(path)
    assert "does not exist" in explain_load_failure(tmp_path / "nowhere.so")
