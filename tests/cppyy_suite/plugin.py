"""pytest plugin: `cppyy` is cppbind; writes what each test came to into $CPPYY_SUITE_OUT as it goes.

The suite makes its dictionaries with make and cppyy's own genreflex.  Here the C++ is compiled to a library without reflection, and
load_reflection_info of it loads that and includes the header; a dictionary of cppbind's, if one lies there, is loaded as one.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import types
from pathlib import Path

import cppbind
import cppbind.compat

cppbind.compat.install()
outcomes = {}
OUT = os.environ.pop("CPPYY_SUITE_OUT", os.devnull)     # not for the processes that tests start
load_dictionary = cppbind.load_reflection_info
PYTHON_H = sysconfig.get_path("include") if sys.implementation.name == "cpython" else Path(cppbind.__file__).parents[1] / "include"


def with_c_api(path):
    """What uses Python's C API gets capi's on PyPy."""
    if sys.implementation.name == "pypy" and any(word in path.read_text() for word in ("Python.h", "PyObject", "as_cobject", "as_capsule")):
        import capi                                     # noqa: F401


def compiled(folder, name):
    """`name`Dict.so of name.cxx, made if it is not up to date; OSError with the compiler's words."""
    source, target = folder / f"{name}.cxx", folder / f"{name}Dict.so"
    if source.exists():
        with_c_api(source)
    if not source.exists() or target.exists() and target.stat().st_mtime > max(source.stat().st_mtime, source.with_suffix(".h").stat().st_mtime):
        return
    compiler = os.environ.get("CXX") or shutil.which("c++") or "g++"
    done = subprocess.run([compiler, "-std=c++20", "-O1", "-fPIC", "-shared", "-w", f"-I{PYTHON_H}", "-o", str(target), str(source)], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise OSError(done.stderr)


def load_reflection_info(name):
    """The library and the header of one of the suite's dictionaries."""
    path = Path(name + ("" if str(name).endswith(".so") else ".so"))
    header = path.with_name(path.name.replace("Dict.so", ".h"))
    if not header.exists() or not path.exists():
        return load_dictionary(name)
    cppbind.add_include_path(str(header.parent))
    cppbind.load_library(str(path))
    return cppbind.include(str(header))


cppbind.load_reflection_info = load_reflection_info


def local(path):
    """What the suite uses of the package `py`, which need not be installed."""
    return Local(path)


class Local(type(Path())):
    def dirpath(self):
        return Local(self.parent)

    def join(self, name):
        return Local(self / name)


if "py" not in sys.modules:
    try:
        import py
        py.path.local
    except (ImportError, AttributeError):
        module = sys.modules["py"] = types.ModuleType("py")
        module.path = types.SimpleNamespace(local=local)


def pytest_collection_modifyitems(items):
    for module in {item.module for item in items}:
        with_c_api(Path(module.__file__))
    support = sys.modules.get("test.support")
    if support is not None and hasattr(support, "setup_make"):
        for module in {item.module for item in items} | {support}:
            if hasattr(module, "setup_make"):
                module.setup_make = lambda name, folder=Path(support.__file__).parent: compiled(folder, name)


def write():
    with open(OUT, "w") as file:
        json.dump(outcomes, file)


def key(nodeid):
    return nodeid.removeprefix("test/")


def pytest_runtest_logstart(nodeid):
    outcomes[key(nodeid)] = "running"
    write()


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        outcome = "skipped" if getattr(report, "wasxfail", None) else report.outcome
        outcomes[key(report.nodeid)] = outcome
        write()


def pytest_collectreport(report):
    if report.failed:
        outcomes[key(report.nodeid)] = "failed"
        write()
