"""Fixtures of the C-API tests."""

import pytest

from tests.capi import extension


@pytest.fixture
def make():
    """make(C code) builds and imports an extension module; tests/capi/extension.py has the marks that the code may carry."""
    def make(source, *, cplusplus=False, flags=()):
        try:
            return extension.module_of(source, cplusplus, flags)
        except extension.CompileError as reason:
            pytest.fail(str(reason), pytrace=False)
    return make
