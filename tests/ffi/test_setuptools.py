"""The keywords of setup(), found by setuptools as those of an installed `ffi` are, beside those of the cffi package where that is installed too."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENTRY_POINTS = "[distutils.setup_keywords]\ncffi_modules = ffi.setuptools_ext:cffi_modules\nffi_modules = ffi.setuptools_ext:ffi_modules\n"
SCRIPT = """
from {package} import FFI
open("runs", "a").write("run ")
def make():
    made = FFI()
    made.cdef("int f(void);")
    made.set_source("_kw", "int f(void) {{ return 42; }}")
    return made
"""
SETUP = """
{first}
from setuptools import setup
setup(name="x", {keywords})
"""
pytestmark = pytest.mark.skipif(not importlib.util.find_spec("setuptools"), reason="setuptools is not installed")
CASES = {
    "ffi_modules": ("", "ffi", "ffi_modules=['build_it.py:make']"),
    "both keywords": ("import ffi.compat; ffi.compat.install()", "ffi", "ffi_modules=['build_it.py:make'], cffi_modules=['build_it.py:make']"),
    "cffi's, handled by cffi": ("", "cffi", "cffi_modules=['build_it.py:make']"),
    "cffi's, in compat mode": ("import ffi.compat; ffi.compat.install()", "cffi", "cffi_modules=['build_it.py:make']"),
    "cffi's, without cffi's own handler": ("import importlib.metadata as m; found = m.entry_points\n"
                                           "m.entry_points = lambda **k: [e for e in found(**k) if not e.value.startswith('cffi.')]",
                                           "ffi", "cffi_modules=['build_it.py:make']"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_script_runs_once(case, tmp_path):
    first, package, keywords = CASES[case]
    handled_by_cffi = package == "cffi" and not first
    if handled_by_cffi and not importlib.util.find_spec("cffi"):
        pytest.skip("the cffi package is not installed")
    installed = tmp_path / "path" / "keywords-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "entry_points.txt").write_text(ENTRY_POINTS)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: keywords\nVersion: 1\n")
    (tmp_path / "build_it.py").write_text(SCRIPT.format(package=package))
    (tmp_path / "setup.py").write_text(SETUP.format(first=first, keywords=keywords))
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(installed.parent)])}
    command = ["--name"] if handled_by_cffi else ["-q", "build_ext", "--inplace"]      # what cffi makes needs Python.h on PyPy too
    done = subprocess.run([sys.executable, "setup.py", *command], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs").read_text() == "run "
    if handled_by_cffi:
        return
    done = subprocess.run([sys.executable, "-c", "from _kw import lib; print(lib.f())"], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "42\n", done.stderr
