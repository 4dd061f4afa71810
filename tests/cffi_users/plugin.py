"""pytest plugin of both sides: $FFI_SUITE says whose FFI the package must have; outcomes go into $FFI_USER_OUT."""

import json
import os
import sys

results = {}


def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed" and results.get(report.nodeid) != "failed":
        results[report.nodeid] = report.outcome


def pytest_collectreport(report):
    if report.failed:
        results[report.nodeid] = "failed"


def pytest_sessionfinish():
    assert os.environ["FFI_USER_BOUND"] in sys.modules, f"the tests loaded no {os.environ['FFI_USER_BOUND']}"
    parts = {name.partition(".")[0] for name in sys.modules if getattr(sys.modules[name], "__file__", None)}
    ours = os.environ["FFI_SUITE"] == "ours"
    if "cffi" in sys.modules:
        assert hasattr(sys.modules["cffi"], "__compat__") == ours, "another cffi was imported"
    assert not ours or "pycparser" not in parts, "cffi's parser was imported"
    with open(os.environ["FFI_USER_OUT"], "w") as file:
        json.dump(results, file)
