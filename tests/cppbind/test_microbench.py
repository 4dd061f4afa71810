"""The benchmark's own parts: every operation runs with cppbind, and the table says what was measured."""

import pytest

from microbench.cppbind import __main__ as bench, worker
from microbench.cppbind.operations import OPERATIONS, source


@pytest.fixture(scope="module")
def names(cpp):
    return worker.names_of("cppbind", "")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_operations_run(names, operation):
    space = dict(names, clock=lambda: 0)
    exec(source(operation), space)
    assert space["run"](3) == 0


def test_table():
    results = {"PyPy cppbind": {"call": 10.0, "bad": 3.0}, "CPython cppyy": {"call": 40.0, "bad": "TypeError: no"}}
    lines = [line.split() for line in bench.table(results, ["call", "bad"]).splitlines()]
    assert lines[1:] == [["call", "10.0", "40.0", "0.25"], ["bad", "3.0", "failed"]]
