"""The microbenchmarks run; what they measure is not tested."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(sys.implementation.name != "pypy", reason="started from PyPy, like the rest of the suite")
def test_a_short_run_completes(tmp_path):
    numbers = tmp_path / "numbers.json"
    done = subprocess.run([sys.executable, "-m", "microbench", "--runs", "1", "--machines", "mooring", "--only", "noargs", "--json",
                           str(numbers)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "noargs" in numbers.read_text()


def test_a_short_run_of_ffi_completes(tmp_path):
    numbers = tmp_path / "numbers.json"
    done = subprocess.run([sys.executable, "-m", "microbench.ffi", "--runs", "1", "--machines", "pypy" if sys.implementation.name == "pypy" else "cpython",
                           "--only", "call int*", "--json", str(numbers)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "call int -> int" in numbers.read_text()
