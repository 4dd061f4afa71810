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


def registered(folder):
    """An environment in which setuptools finds the keywords."""
    installed = folder / "path" / "keywords-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "entry_points.txt").write_text(ENTRY_POINTS)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: keywords\nVersion: 1\n")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(installed.parent)])}


@pytest.mark.parametrize("case", CASES)
def test_a_script_runs_once(case, tmp_path):
    first, package, keywords = CASES[case]
    handled_by_cffi = package == "cffi" and not first
    if handled_by_cffi and not importlib.util.find_spec("cffi"):
        pytest.skip("the cffi package is not installed")
    (tmp_path / "build_it.py").write_text(SCRIPT.format(package=package))
    (tmp_path / "setup.py").write_text(SETUP.format(first=first, keywords=keywords))
    environ = registered(tmp_path)
    command = ["--name"] if handled_by_cffi else ["-q", "build_ext", "--inplace"]      # what cffi makes needs Python.h on PyPy too
    done = subprocess.run([sys.executable, "setup.py", *command], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "runs").read_text() == "run "
    if handled_by_cffi:
        return
    done = subprocess.run([sys.executable, "-c", "from _kw import lib; print(lib.f())"], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "42\n", done.stderr


TWO = """
from ffi import FFI
a, b = FFI(), FFI()
a.cdef("int abs(int);"); a.set_source("package._a", None)
b.cdef("long labs(long);"); b.set_source("package._b", None)
"""


@pytest.mark.parametrize("command, folder", [(["build"], "build/lib"), (["build_ext", "--inplace"], ".")])
def test_two_modules_without_c(command, folder, tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "build_it.py").write_text(TWO)
    (tmp_path / "setup.py").write_text(SETUP.format(first="", keywords="packages=['package'], ffi_modules=['build_it.py:a', 'build_it.py:b']"))
    done = subprocess.run([sys.executable, "setup.py", "-q", *command], cwd=tmp_path, env=registered(tmp_path),
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    script = "from package._a import ffi as a; from package._b import ffi as b; print(a.dlopen(None).abs(-1), b.dlopen(None).labs(-2))"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path / folder, capture_output=True, text=True)
    assert done.stdout == "1 2\n", done.stderr
