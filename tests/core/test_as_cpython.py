"""Who is told that it runs on CPython, and who is not."""

import importlib
import platform
import sys

import pytest

from capi.core import as_cpython

pytestmark = pytest.mark.skipif(sys.implementation.name != "pypy", reason="on CPython the answer is CPython anyway")

ASK = ("import platform, sys\n"
       "told = platform.python_implementation(), sys.implementation.name, hasattr(sys, 'pypy_version_info')\n"
       "def ask():\n    return platform.python_implementation(), sys.implementation.name, hasattr(sys, 'pypy_version_info')\n")
TRUTH = ("PyPy", "pypy", True)
CPYTHON = ("CPython", "cpython", False)


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """`make(name, text, ours)` writes a package to import; finders and answers are as before afterwards."""
    finders = list(sys.meta_path)
    made = []
    monkeypatch.setattr(as_cpython, "_packages", as_cpython.Packages())
    monkeypatch.syspath_prepend(tmp_path)

    def make(name, text=ASK, ours=False):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(text)
        if ours:
            (folder / "fast.mooring311-x86_64-linux-gnu.so").write_bytes(b"")
        made.append(name)
        importlib.invalidate_caches()

    yield make
    sys.meta_path[:] = finders
    for name in list(sys.modules):
        if name.partition(".")[0] in made:
            del sys.modules[name]
    assert not as_cpython.presented()


def test_named_package_only(packages):
    packages("told_one")
    packages("told_two")
    as_cpython.as_cpython("told_one")
    assert importlib.import_module("told_one").told == CPYTHON
    assert importlib.import_module("told_two").told == TRUTH
    assert platform.python_implementation() == "PyPy"


def test_functions_called_later_see_pypy(packages):
    packages("told_one")
    as_cpython.as_cpython("told_one")
    assert importlib.import_module("told_one").ask() == TRUTH


def test_all_packages_with_our_modules(packages):
    packages("with_ours", ours=True)
    packages("without")
    as_cpython.as_cpython()
    assert importlib.import_module("with_ours").told == CPYTHON
    assert importlib.import_module("without").told == TRUTH


def test_what_a_package_imports_sees_pypy(packages):
    packages("without")
    packages("with_ours", "import without\n" + ASK, ours=True)
    as_cpython.as_cpython()
    module = importlib.import_module("with_ours")
    assert module.without.told == TRUTH and module.told == CPYTHON


def test_a_body_that_raises_leaves_the_truth(packages):
    packages("told_one", "raise ValueError('no')\n")
    as_cpython.as_cpython("told_one")
    with pytest.raises(ValueError):
        importlib.import_module("told_one")
    assert (platform.python_implementation(), sys.implementation.name) == ("PyPy", "pypy")


@pytest.mark.parametrize("value, told", [("", TRUTH), ("0", TRUTH), ("1", CPYTHON), ("other, told_one", CPYTHON), ("other", TRUTH)])
def test_environment(packages, monkeypatch, value, told):
    packages("told_one", ours=True)
    monkeypatch.setenv("MOORING_AS_CPYTHON", value)
    as_cpython.from_environment()
    assert importlib.import_module("told_one").told == told
