"""fmt: formatting of numbers, text, containers, times; its exceptions."""

import cppbind as cppyy

cppyy.load_library("fmt")
for header in ("format", "ranges", "chrono", "args", "printf"):
    cppyy.include(f"fmt/{header}.h")
fmt, std = cppyy.gbl.fmt, cppyy.gbl.std

assert fmt.format("{} {}", "hello", 42) == "hello 42"
assert fmt.format("{1:>5}|{0:<5}|{2:+.2f}", 1, 2, 3.14159) == "    2|1    |+3.14"
assert fmt.format("{:#x} {:08b} {:e}", 255, 5, 1500.0) == "0xff 00000101 1.500000e+03"
assert fmt.format("{} {}", True, False) == "true false"
assert fmt.format("{:*^{}}", "mid", 9) == "***mid***"
# ---- more
assert fmt.format("{}", std.vector[int]([1, 2, 3])) == "[1, 2, 3]"
assert fmt.format("{}", [1.5, 2.5]) == "[1.5, 2.5]"
assert fmt.format("{}", std.map[str, int]({"a": 1})) == '{"a": 1}'
assert fmt.format("{}", std.make_tuple(1, "x", 2.5)) in ('(1, "x", 2.5)',)
assert fmt.format("{:02}:{:%H:%M}", 7, std.chrono.seconds(3660)) == "07:01:01"
assert fmt.format("{}", std.move(fmt.join(std.vector[int]([1, 2, 3]), "; "))) == "1; 2; 3"      # which fmt takes as a temporary only
assert fmt.to_string(12.5) == "12.5" and fmt.formatted_size("{}", 12345) == 5
assert fmt.sprintf("%05d %s", 42, "text") == "00042 text"

store = fmt.dynamic_format_arg_store[fmt.format_context]()
for value in (1, "two", 3.5):
    store.push_back(value)
assert fmt.vformat("{} {} {}", store) == "1 two 3.5"

try:
    fmt.format(fmt.runtime("{:d}"), "text")
except fmt.format_error as reason:
    assert "invalid type specifier" in str(reason)
else:
    raise AssertionError("format")
