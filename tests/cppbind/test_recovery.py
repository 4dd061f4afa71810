"""Code that fails leaves everything usable."""

import pytest


def test_headers_of_code_that_fails(cpp):
    with pytest.raises(SyntaxError):
        cpp.cppdef("#include <bitset>\n#include <valarray>\nint broken = no_such_name;")
    assert cpp.cppdef("#include <bitset>\n#include <valarray>\nstd::bitset<8> recovered(5);")
    assert cpp.gbl.recovered.count() == 2


def test_missing_headers_after_others(cpp):
    assert cpp.cppdef("#include <list>\nnamespace recovery { std::deque<int> deque{1, 2}; }")
    assert list(cpp.gbl.recovery.deque) == [1, 2]


def test_namespaces_that_code_that_fails_has_opened(cpp):
    cpp.cppdef("namespace reopened { int a = 3; }")
    for _ in range(2):
        with pytest.raises(SyntaxError):
            cpp.cppdef("namespace reopened { int b = no_such_name; }")
    cpp.cppdef("namespace reopened { int c = 4; } int of_reopened() { return reopened::a + reopened::c; }")
    assert cpp.gbl.reopened.a == 3 and cpp.gbl.of_reopened() == 7
