"""The standard library: its dictionary, used without a compiler, and headers that come with the names."""

import os
import subprocess
import sys

import pytest

from tests.traces import ROOT

SCRIPT = """
import cppbind
from cppbind.backend import api
std = cppbind.gbl.std
v = std.vector[int]([1, 2, 3])
v[0] = 9
v.push_back(4)
assert (list(v), len(v), v.size(), v.at(1)) == ([9, 2, 3, 4], 4, 4, 2)
assert [str(one) for one in std.vector["std::string"](["a", "b"])] == ["a", "b"]
assert std.vector["bool"]([True, False])[0] is True
m = std.map["std::string", int]()
m["x"] = 3
assert (m["x"], len(m), [(str(key), value) for key, value in m]) == (3, 1, [("x", 3)])
assert {str(key): value for key, value in std.unordered_map["std::string", int]({"a": 1})} == {"a": 1}
p = std.pair[int, "std::string"](1, "x")
assert (p.first, str(p.second), std.string("abc") + "d") == (1, "x", "abcd")
assert list(std.set[int]([3, 1])) == [1, 3]
assert list(std.deque[int]([3, 1])) == list(std.list[int]([3, 1])) == [3, 1]
try:
    v.at(10)
except Exception as error:
    assert type(error).__name__ == "out_of_range", error
else:
    assert False
assert v[1:3] and api.started is None
print("good")
"""


def test_without_a_compiler(cpp):
    from cppbind.backend import standard
    standard.build()
    environment = dict(os.environ, PYTHONPATH=str(ROOT), PATH="/nonexistent")
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert (done.returncode, done.stdout) == (0, "good\n"), done.stderr


def test_the_compiler_shares_its_classes(cpp):
    """What is compiled later takes and gives objects of the dictionary's classes."""
    v = cpp.gbl.std.vector[int]([1, 2])
    cpp.cppdef("std::vector<int> longer(const std::vector<int> &v) { auto r = v; r.push_back(5); return r; }")
    assert list(cpp.gbl.longer(v)) == [1, 2, 5]


def test_headers_come_with_names(cpp):
    assert cpp.gbl.std.optional["short"]().has_value() is False
    cpp.cppdef("struct InAMap { int x = 3; };")
    assert cpp.gbl.std.map[int, "InAMap"]().size() == 0
    with pytest.raises(AttributeError):
        cpp.gbl.std.no_such_name
