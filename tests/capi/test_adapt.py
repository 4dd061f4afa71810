"""Adapting CPython's abi3 binaries: renaming undefined symbols, and unpacking a wheel."""

import base64
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import zipfile

import pytest

from capi.core import adapt, project
from capi.core.adapt import AdaptError, adapt_binary, adapt_wheel, prefixed
from capi.core.elf import ElfError, Library

EXTENSION = """
    #include <stdlib.h>
    extern int PyTest_Answer(int);
    extern int _PyTest_Datum;
    extern int PyTest_Optional(void) __attribute__((weak));
    int PyInit_small(void) { return PyTest_Answer(abs(-_PyTest_Datum)) + (PyTest_Optional ? 100 : 0); }
"""
SHIM = """
    int _MooringTest_Datum = 20;
    int MooringTest_Answer(int i) { return 2 * i + 2; }
"""
SUFFIX = ".mooring311-test.so"


def compile_library(path, source, *flags):
    path.with_suffix(".c").write_text(source)
    compiler = os.environ.get("CC", "cc").split()
    subprocess.run([*compiler, "-shared", "-fPIC", *flags, "-o", str(path), str(path.with_suffix(".c"))], check=True)
    return path


@pytest.fixture(params=["gnu", "sysv"])
def extension(request, tmp_path):
    return compile_library(tmp_path / "small.abi3.so", EXTENSION, f"-Wl,--hash-style={request.param}")


@pytest.fixture
def small(tmp_path):
    return compile_library(tmp_path / "small.abi3.so", EXTENSION)


def make_wheel(folder, binary, name="small-1.0-cp311-abi3-manylinux_2_17_x86_64.whl", place="small/core.abi3.so"):
    wheel = folder / name
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("small/__init__.py", "")
        archive.write(binary, place)
        archive.writestr("small-1.0.dist-info/RECORD",
                         f"small/__init__.py,,\n{place},sha256=old,1\nsmall-1.0.dist-info/RECORD,,\n")
    return wheel


@pytest.mark.parametrize("name, expected", [
    ("PyList_New", "MooringList_New"),
    ("_Py_NoneStruct", "_Mooring_NoneStruct"),
    ("Py_IncRef", "Mooring_IncRef"),
    ("_PyArg_ParseTuple_SizeT", "_MooringArg_ParseTuple_SizeT"),
    ("pyramid", "pyramid"),
    ("Pygments", "Pygments"),
])
def test_prefixed(name, expected):
    assert prefixed(name) == expected


def test_renamed_binary_loads_and_runs_against_the_shim(extension, tmp_path):
    target = tmp_path / "adapted" / "small.so"
    assert adapt_binary(extension, target, prefixed) == []
    ctypes.CDLL(str(compile_library(tmp_path / "shim.so", SHIM)), mode=ctypes.RTLD_GLOBAL)
    assert ctypes.CDLL(str(target), mode=os.RTLD_NOW).PyInit_small() == 42


def test_nothing_but_names_changes(extension, tmp_path):
    target = tmp_path / "adapted.so"
    adapt_binary(extension, target, prefixed)
    old, new = Library(extension), Library(target)
    assert [symbol._replace(name="") for symbol in old.symbols()] == [symbol._replace(name="") for symbol in new.symbols()]
    assert {prefixed(name) for name in old.undefined()} == new.undefined()
    assert old.defined() == new.defined() and "PyInit_small" in new.defined()
    assert old.needed() == new.needed()
    changed = sum(a != b for a, b in zip(old.data, new.data))
    assert changed < 100


def test_unstripped_tools_still_read_it(small, tmp_path):
    if not shutil.which("readelf"):
        pytest.skip("readelf is not installed")
    adapt_binary(small, tmp_path / "adapted.so", prefixed)
    done = subprocess.run(["readelf", "-aW", str(tmp_path / "adapted.so")], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    assert "MooringTest_Answer" in done.stdout


def test_unresolved_names_are_reported_and_renamed(small, tmp_path):
    target = tmp_path / "adapted.so"
    assert adapt_binary(small, target, {"PyTest_Answer": "MooringTest_Answer"}) == ["_PyTest_Datum"]
    assert not any(adapt.PYTHON_SYMBOL.match(name) for name in Library(target).undefined())


def test_a_binary_without_python_symbols_is_refused(tmp_path):
    library = compile_library(tmp_path / "shim.so", SHIM)
    with pytest.raises(AdaptError, match="no symbol of Python's C API"):
        adapt_binary(library, tmp_path / "adapted.so", prefixed)


def test_an_adapted_binary_is_refused(small, tmp_path):
    adapt_binary(small, tmp_path / "once.so", prefixed)
    with pytest.raises(AdaptError, match="adapted already"):
        adapt_binary(tmp_path / "once.so", tmp_path / "twice.so", prefixed)


def test_linking_libpython_is_refused(tmp_path):
    compile_library(tmp_path / "libpython3.so", SHIM, "-Wl,-soname,libpython3.so")
    library = compile_library(tmp_path / "small.abi3.so", EXTENSION, "-Wl,--no-as-needed", f"-L{tmp_path}", "-lpython3")
    with pytest.raises(AdaptError, match="second interpreter"):
        adapt_binary(library, tmp_path / "adapted.so", prefixed)


def test_another_machine_is_refused(small, tmp_path):
    data = bytearray(small.read_bytes())
    data[18:20] = (183 if platform.machine() != "aarch64" else 62).to_bytes(2, "little")
    small.write_bytes(data)
    with pytest.raises(AdaptError, match="take the wheel for"):
        adapt_binary(small, tmp_path / "adapted.so", prefixed)


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"\x7fELF" + bytes(100)])
def test_no_elf_file(tmp_path, data):
    (tmp_path / "odd.so").write_bytes(data)
    with pytest.raises(AdaptError, match="odd.so is"):
        adapt_binary(tmp_path / "odd.so", tmp_path / "adapted.so", prefixed)


@pytest.mark.parametrize("length", [64, 200, 700, 1000, 10000])
def test_cut_short(small, tmp_path, length):
    (tmp_path / "cut.so").write_bytes(small.read_bytes()[:length])
    with pytest.raises(ElfError, match="cut.so"):
        Library(tmp_path / "cut.so").symbols()


def test_wheel(small, tmp_path):
    target = tmp_path / "site"
    made, = adapt_wheel(make_wheel(tmp_path, small), target, prefixed, SUFFIX)
    assert made == target / "small" / f"core{SUFFIX}"
    assert sorted(path.name for path in (target / "small").iterdir()) == ["__init__.py", f"core{SUFFIX}"]
    assert sorted(path.name for path in target.iterdir()) == ["small", "small-1.0.dist-info"]
    record = (target / "small-1.0.dist-info" / "RECORD").read_text().splitlines()
    assert record[1].startswith(f"small/core{SUFFIX},sha256=") and record[1].endswith(f",{made.stat().st_size}")
    digest = base64.urlsafe_b64encode(hashlib.sha256(made.read_bytes()).digest()).decode().rstrip("=")
    assert len(record) == 3 and digest in record[1]


def test_wheel_with_a_data_folder(small, tmp_path):
    wheel = make_wheel(tmp_path, small, place="small-1.0.data/platlib/small/core.abi3.so")
    adapt_wheel(wheel, tmp_path / "site", prefixed, SUFFIX)
    assert (tmp_path / "site" / "small" / f"core{SUFFIX}").exists()


def test_wheel_that_needs_a_missing_symbol(small, tmp_path):
    with pytest.raises(AdaptError, match="needs PyTest_Answer, _PyTest_Datum, which this layer lacks"):
        adapt_wheel(make_wheel(tmp_path, small), tmp_path / "site", {}, SUFFIX)
    assert list((tmp_path / "site").iterdir()) == []


@pytest.mark.parametrize("name, message", [
    ("small-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", "python -m capi build"),
    ("small-1.0-cp313-abi3-manylinux_2_17_x86_64.whl", "newer than the 3.11"),
    ("small-1.0-cp311-abi3-win_amd64.whl", "take a manylinux wheel"),
    ("small-1.0-cp311-abi3-musllinux_1_2_x86_64.whl", "take a manylinux wheel"),
    ("small.zip", "not the name of a wheel"),
])
def test_wheel_of_the_wrong_kind(small, tmp_path, name, message):
    with pytest.raises(AdaptError, match=message):
        adapt_wheel(make_wheel(tmp_path, small, name), tmp_path / "site", prefixed, SUFFIX)


def test_platform_tags_fit_the_c_library(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.18"))
    machine = platform.machine()
    tags = list(adapt.platform_tags())
    assert tags[:3] == [f"manylinux_2_18_{machine}", f"manylinux_2_17_{machine}", f"manylinux2014_{machine}"]
    assert tags[-2:] == [f"manylinux_2_5_{machine}", f"manylinux1_{machine}"]


def test_a_name_that_no_index_has(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "pip", lambda arguments, log, **_: log.write_text("ERROR: No matching distribution\n"))
    with pytest.raises(AdaptError, match="no file nowhere, and no abi3 wheel of that name can be had: ERROR: No matching"):
        adapt.fetch_wheel("nowhere", tmp_path)


def test_command_line(tmp_path, capsys):
    assert adapt.main([str(tmp_path / "absent.whl"), "--target", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("capi adapt: there is no file")
