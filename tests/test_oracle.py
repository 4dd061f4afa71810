"""The C-API tests pass on CPython too: what they demand is what CPython does."""

import subprocess
import sys

import pytest

from tests import oracle


@pytest.mark.skipif(sys.implementation.name != "pypy", reason="the tests run on CPython already")
def test_the_same_tests_pass_on_cpython():
    try:
        command = oracle.command(["--tb=short", "-pno:cacheprovider"])
    except oracle.NoOracle as reason:
        pytest.skip(str(reason))
    done = subprocess.run(command, cwd=oracle.ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(done.stdout[-8000:] + done.stderr[-2000:], pytrace=False)
