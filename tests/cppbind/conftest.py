"""Fixtures of the C++ binder's tests: the compiler back-end is built, and LLVM got, before the first of them."""

import pytest


@pytest.fixture(scope="session")
def cpp():
    """The package, with its compiler back-end ready; what that takes is told on standard error."""
    from cppbind.backend import build, llvm
    try:
        build.build()
    except llvm.NoLLVM as reason:
        pytest.skip(str(reason))
    import cppbind
    return cppbind
