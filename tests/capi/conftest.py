"""Fixtures of the C-API tests."""

import pytest

from tests.capi import extension

if extension.ON_PYPY:
    from tests.capi import leaks


@pytest.fixture
def make():
    """make(C code) builds and imports an extension module; tests/capi/extension.py has the marks that the code may carry."""
    def make(source, *, cplusplus=False, flags=()):
        try:
            return extension.module_of(source, cplusplus, flags)
        except extension.CompileError as reason:
            pytest.fail(str(reason), pytrace=False)
    return make


@pytest.fixture
def on_pypy():
    """True where the C API is ours."""
    return extension.ON_PYPY


state = []                              # of the layer, after the test before


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Fail a test that leaves objects behind each time it is run."""
    watched = extension.ON_PYPY and not pyfuncitem.get_closest_marker("keeps")
    before = state.pop() if state else leaks.State() if watched else None
    result = yield
    if not watched:
        return result
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    found, after = leaks.left_behind(lambda: pyfuncitem.obj(**arguments), before)
    state.append(after)
    if found:
        pytest.fail(f"each run leaves behind: {leaks.names(found)}", pytrace=False)
    return result
