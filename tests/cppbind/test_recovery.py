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
