"""Native methods on CPython.  The cases run in this process on CPython, on PyPy in one process of the CPython that the benchmarks use."""

import json
import os
import subprocess
import sys

import pytest

from microbench import machines
from tests.cppbind import native_cases

ON_CPYTHON = sys.implementation.name == "cpython"


@pytest.fixture(scope="module")
def results(cpp):
    """A function from a case to what went wrong, in the process that ran it."""
    if ON_CPYTHON:
        from cppbind import ll                          # an attribute of the package for the cases
        assert ll and cpp.cppdef(native_cases.SOURCE)
        return None
    try:
        python = machines.find_cpython()["executable"]
    except machines.Unavailable as reason:
        pytest.skip(str(reason))
    if subprocess.run([python, "-c", "import _cffi_backend"], capture_output=True).returncode:
        pytest.skip(f"{python} has no cffi")
    done = subprocess.run([python, "-m", "tests.cppbind.native_cases"], capture_output=True, text=True, cwd=machines.ROOT, env=dict(os.environ, PYTHONPATH=str(machines.ROOT)))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("case", native_cases.CASES, ids=lambda case: case.__name__)
def test_on_cpython(cpp, results, case):
    if ON_CPYTHON:
        case(cpp, cpp.gbl.native)
    else:
        assert not results[case.__name__], results[case.__name__]


@pytest.mark.skipif(ON_CPYTHON, reason="it is about PyPy")
def test_pypy_has_none():
    from cppbind import native
    assert native.extension() is None
