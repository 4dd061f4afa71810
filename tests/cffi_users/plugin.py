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
    with open(os.environ["FFI_USER_OUT"], "w") as file:
        json.dump({"outcomes": results, "wrong": wrong()}, file)


def wrong():
    """What was not as this run is meant to be."""
    if os.environ["FFI_USER_BOUND"] not in sys.modules:
        return f"the tests did not load {os.environ['FFI_USER_BOUND']}"
    ours = os.environ["FFI_SUITE"] == "ours"
    if "cffi" in sys.modules and hasattr(sys.modules["cffi"], "__compat__") != ours:
        return "the other cffi was imported"
    return None
