"""The harness's own sums."""

import json
import shutil
import sys
import tarfile

from . import machines
from .compare import compare, table
from .machines import Machine, read_record
from .table import Package

PACKAGE = Package("small", "1.0")
LOADED = {"small.fast"}


def outcomes(**by_test):
    return {test: (outcome, "why") for test, outcome in by_test.items()}


def test_only_what_passes_on_cpython_and_is_not_skipped_here_counts():
    cpython = outcomes(a="passed", b="passed", c="failed", d="skipped", e="passed"), LOADED, []
    here = outcomes(a="passed", b="skipped", c="failed", d="failed", e="failed"), LOADED, []
    result = compare(PACKAGE, LOADED, cpython, here)
    assert (result.passed, result.skipped, list(result.failed)) == (1, 1, ["e"])
    assert result.cpython_failed == ["c"]


def test_what_does_not_run_has_failed():
    result = compare(PACKAGE, LOADED, (outcomes(a="passed"), LOADED, []), ({}, LOADED, []))
    assert result.failed == {"a": "not run here"}


def test_a_module_that_is_not_loaded_is_named():
    result = compare(PACKAGE, LOADED, (outcomes(a="passed"), LOADED, []), (outcomes(a="passed"), set(), []))
    assert result.modules_missing == ["small.fast"]
    assert "0, not small.fast" in table([result])


def test_a_crash_keeps_what_went_before_and_names_the_test(tmp_path):
    record = tmp_path / "record.jsonl"
    lines = [{"start": "a"}, {"test": "a", "outcome": "passed", "reason": ""}, {"start": "b"}]
    record.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found, modules, crashed = read_record(record, -11)
    assert found == {"a": ("passed", ""), "b": ("failed", "the process died: -11")}
    assert crashed == "b" and not modules


CRASHING = """
import os
def test_a(): pass
def test_b(): os.abort()
def test_c(): pass
"""


class Small(Machine):
    """This Python, and a package that has nothing but tests."""

    folder = title = "small"
    python = sys.executable

    def link(self, package):
        pass

    def environment(self, package):
        return {"PYTHONPATH": str(self.home / "plugin")}


def test_a_suite_goes_on_after_a_crash(tmp_path, monkeypatch):
    monkeypatch.setattr(machines, "HOME", tmp_path)
    tests = tmp_path / "test_small.py"
    tests.write_text(CRASHING)
    with tarfile.open(tmp_path / "small-1.0.tar.gz", "w:gz") as archive:
        archive.add(tests, "small-1.0/test_small.py")
    machine = Small()
    machine.site(PACKAGE).mkdir(parents=True)
    (machine.home / "plugin").mkdir()
    shutil.copyfile(machines.RECORDER, machine.home / "plugin" / "package_recorder.py")
    package = Package("small", "1.0", ("test_small.py",), ("test_small.py",))
    found, _, crashes = machine.run_tests(package, tmp_path / "small-1.0.tar.gz")
    assert {test: outcome for test, (outcome, _) in found.items()} == {
        "test_small.py::test_a": "passed", "test_small.py::test_b": "failed", "test_small.py::test_c": "passed"}
    assert crashes == ["test_small.py::test_b"]
