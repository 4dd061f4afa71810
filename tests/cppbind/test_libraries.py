"""Programs that use real C++ libraries, as far as the first part of each: `python -m tests.cpp_libraries` gets the libraries and runs all."""

import sys

import pytest

from tests import cpp_libraries


@pytest.mark.parametrize("name", cpp_libraries.LIBRARIES)
def test_library(cpp, name):
    if not cpp_libraries.is_there(name):
        pytest.skip(f"{cpp_libraries.LIBRARIES[name][1]} is not there: python -m tests.cpp_libraries {name} gets it")
    done = cpp_libraries.start(sys.executable, name, "--short")
    assert done.returncode == 0, done.stderr[-3000:]
