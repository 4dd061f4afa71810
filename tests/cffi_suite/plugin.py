"""pytest plugin of both sides: puts `ffi` in cffi's place if $FFI_SUITE says so, and writes what each test came to into $FFI_SUITE_OUT.

A few helpers that the suite takes from cffi's internals for its own use are given here, such as loading a module from a file.  cffi has a
second backend, written with ctypes, which its documentation does not offer: what the suite tests on it is tested on the engine here.
"""

import importlib.util
import json
import os
import sys
import types

results = {}


def load_dynamic(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class Engine:
    """What verify() makes its modules with: there is only one way."""
    _gen_python_module = False


def provide(name, **content):
    import cffi
    module = types.ModuleType(f"cffi.{name}")
    module.__dict__.update(content)
    sys.modules[module.__name__] = module
    cffi.__dict__[name] = module


if os.environ.get("FFI_SUITE") == "ours":
    import cffi
    assert cffi.__compat__, "cffi itself was imported"
    provide("_imp_emulation", load_dynamic=load_dynamic, find_module=lambda name: (None, os.path.dirname(sys.modules[name].__file__), None))
    provide("backend_ctypes", CTypesBackend=staticmethod(lambda: None))       # FFI(backend=None): the engine
    provide("_pycparser")
    import cffi.verifier
    cffi.verifier._locate_engine_class = lambda ffi, force_generic_engine: Engine


def pytest_runtest_logreport(report):
    test = report.nodeid.removeprefix("testing/")
    if report.when == "call" or report.outcome != "passed" and results.get(test) != "failed":
        results[test] = report.outcome


def pytest_collectreport(report):
    if report.failed:
        results[report.nodeid.removeprefix("testing/")] = "failed"


def pytest_sessionfinish():
    with open(os.environ["FFI_SUITE_OUT"], "w") as file:
        json.dump(results, file)
