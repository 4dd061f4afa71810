"""Strings of every width, views, and what Python's strings do; the oracle is cppyy 3.5 on CPython."""

import gc

import pytest

SOURCE = r"""
#include <string>
#include <string_view>
namespace strings {
std::string by_value() { return "v"; }
std::string undecodable() { return "\xe9"; }
const std::string &by_const_reference() { static std::string s = "cr"; return s; }

const std::string constant = "cg";
std::wstring wide() { return L"w\u2115"; }
std::u16string u16() { return u"x\u2115"; }
std::u32string u32() { return U"x"; }
std::wstring wide_global = L"w";
size_t size(const std::string &s) { return s.size(); }
size_t size_of_copy(std::string s) { return s.size(); }
size_t size_of_moved(std::string &&s) { std::string t = std::move(s); return t.size(); }
void append(std::string &s) { s += "xyz"; }
size_t wide_size(const std::wstring &s) { return s.size(); }
size_t u16_size(std::u16string s) { return s.size(); }
size_t view_size(std::string_view s) { return s.size(); }
size_t view_size_of(const std::string_view &s) { return s.size(); }
std::string_view view() { return "sv"; }
struct Member { std::string s = "init"; std::wstring w; const std::string c = "k"; };
int over(const std::string &) { return 1; }
int over(double) { return 2; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.strings


@pytest.fixture(scope="module")
def string(cpp, ns):
    return cpp.gbl.std.string


def test_results(cpp, ns, string):
    assert ns.by_value() == "v" and type(ns.by_value()) is string and repr(ns.by_value()) == "b'v'"
    assert str(ns.undecodable()) == str(b"\xe9") and ns.undecodable() == b"\xe9"
    assert (ns.by_const_reference(), ns.constant) == ("cr", "cg")
    assert (ns.wide(), ns.u16(), ns.u32(), ns.wide_global) == ("wℕ", "xℕ", "x", "w")
    assert type(ns.wide()) is str


@pytest.mark.parametrize("text", ["", "abc", "ℕ", "x" * 15, "x" * 16, "x" * 1000, "aap\0noot"])
def test_arguments(ns, string, text):
    size = len(text.encode())
    for function in (ns.size, ns.size_of_copy, ns.size_of_moved, ns.view_size, ns.view_size_of):
        assert function(text) == function(text.encode()) == size
    for function in (ns.size, ns.size_of_copy, ns.view_size):
        assert function(string(text)) == size
    with pytest.raises(ValueError, match="rvalue"):
        ns.size_of_moved(string(text))
    assert ns.wide_size(text) == ns.u16_size(text) == len(text)


def test_refused(ns):
    for function, value in ((ns.append, "temporary"), (ns.size, 3), (ns.size, None), (ns.wide_size, b"bytes")):
        with pytest.raises(TypeError, match="argument 1"):
            function(value)


def test_reference(ns, string):
    text = string("q" * 20)
    ns.append(text)
    assert text == "q" * 20 + "xyz" and len(text) == 23


def test_members(ns, string):
    member = ns.Member()
    for text in ("another test" * 5, "s", "", "a\0b", string("z"), b"bytes"):
        member.s = text
        assert member.s == text
    member.w = "a wide ℕ string"
    assert member.w == "a wide ℕ string"
    with pytest.raises(TypeError):
        member.c = "x"


def test_embedded_null(string):
    text = string("ab\0c")
    assert (text == "ab\0c", repr(text), str(text), len(text)) == (True, repr(b"ab\0c"), "ab\0c", 4)


def test_keys_and_hashes(string):
    assert {string("x"): 0}["x"] == 0 and hash(string("x")) == hash("x")


def test_comparison(cpp, string):
    assert string("a") < "b" and string("a") == b"a" and string("a") != "b" and not string("a") == 3 and "a" == string("a")
    assert string("a") <= string("a") and cpp.gbl.std.wstring("a") == "a"


def test_concatenation(cpp, string):
    assert string("Hello") + ", World!" == "Hello, World!" and ", World!" + string("Hello") == ", World!Hello"
    assert type(string("a") + "b") is string
    assert cpp.gbl.std.wstring("Hello") + ", W" == "Hello, W"
    text = string("a")
    text += "b"
    assert text == "ab"


def test_methods_of_str(string):
    assert string("a b c").split() == ["a", "b", "c"] and string("abc").upper() == "ABC" and f"{string('x'):>3}" == "  x"
    assert string("é").decode("utf-8") == "é" and bytes(string("abc")) == b"abc" and "b" in string("abc")
    assert [string("AA").replace("", "*-", n) for n in (-1, 3, 0)] == ["*-A*-A*-", "*-A*-A*-", "AA"]


def test_find(string):
    text = string("aap")
    assert (text.find("a"), text.rfind("a"), text.find("c")) == (0, 1, -1)
    assert text.find("c") == text.npos and text.find("a") != text.npos and string.npos == -1 and string.npos != 0


def test_items(string):
    text = string("abc")
    assert (text[1], text[-1], text[0:2], list(text)) == ("b", "c", "ab", ["a", "b", "c"])
    with pytest.raises(IndexError):
        text[3]


def test_views(cpp, ns, string):
    view = cpp.gbl.std.string_view("hello" * 20)
    gc.collect()
    assert (str(view), view[0], len(view)) == ("hello" * 20, "h", 100)
    assert ns.view() == "sv" and ns.view_size(view) == 100


def test_view_of_characters_and_length(cpp, ns, string):
    text = string("abc" * 20)
    view, part = cpp.gbl.std.string_view(text.data(), text.size()), cpp.gbl.std.string_view(b"abcdef", 3)
    of_temporary = cpp.gbl.std.string_view(string("xyz" * 20))
    others = [string("-" * 60) for _ in range(100)]
    gc.collect()
    assert (str(view), ns.view_size(view), str(part), str(of_temporary), len(others)) == ("abc" * 20, 60, "abc", "xyz" * 20, 100)
    with pytest.raises(ValueError):
        cpp.gbl.std.string_view("abc", 4)


def test_overloads(ns):
    assert (ns.over("x"), ns.over(1.5)) == (1, 2)


def test_methods_of_cpp(string):
    text = string("start")
    text.assign("other")
    text.append("!")
    assert text.c_str() == "other!" and string("abc", 2) == "ab" and string(string("zz")) == "zz" and not string()
