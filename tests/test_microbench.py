"""The microbenchmarks run; what they measure is not tested."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(sys.implementation.name != "pypy", reason="started from PyPy, like the rest of the suite")
def test_a_short_run_completes():
    done = subprocess.run([sys.executable, "-m", "microbench", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
