"""The demo's tables and its timing."""

import pytest

from tools import demo_calls


@pytest.mark.parametrize("package", sorted(demo_calls.PACKAGES))
def test_calls_compile(package):
    module, before, shown, calls = demo_calls.PACKAGES[package]
    compile(before, package, "exec")
    for expression in [*shown, *calls.values()]:
        compile(expression, package, "eval")


def test_timed(monkeypatch):
    monkeypatch.setattr(demo_calls, "WARM_SECONDS", 0.01)
    monkeypatch.setattr(demo_calls, "RUN_SECONDS", 0.001)
    assert 0 < demo_calls.timed("f(x)", {"f": abs, "x": -1}) < 1e6
