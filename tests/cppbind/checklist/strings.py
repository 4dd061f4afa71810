"""Strings of every width."""

import pytest

from tests.cppbind.checklist import program


@program("#include <string>\nstd::string same(std::string s) { return s; } size_t length(const std::string &s) { return s.size(); } std::string moved(std::string &&s) { return s; }"
         "void change(std::string &s) { s += '!'; } std::string global = \"there\"; struct S { std::string s = \"inner\"; };")
def std_string(cppyy, ns):
    """str and bytes to std::string, by value, const & and &&; a non-const & needs an instance."""
    assert ns.same("text") == "text" and ns.same(b"bytes") == "bytes"
    assert ns.length("\u00e9t\u00e9") == 5
    assert ns.moved("m") == "m"
    s = cppyy.gbl.std.string("hey")
    ns.change(s)
    assert s == "hey!"
    with pytest.raises(TypeError):
        ns.change("text")
    assert ns.global_ == "there" if hasattr(ns, "global_") else getattr(ns, "global") == "there"
    holder = ns.S()
    assert holder.s == "inner"
    holder.s = "other"
    assert holder.s == "other"


@program()
def strings_as_python(cppyy, ns):
    """std::string: comparison, hash, length, find, slices, iteration, +, str, repr, bytes."""
    string = cppyy.gbl.std.string
    s = string("aap noot")
    assert s == "aap noot" and s != "mies" and len(s) == 8
    assert hash(s) == hash("aap noot") and {"aap noot": 1}[s] == 1
    assert s.find("noot") == 4 and s.find("x") in (string.npos, -1)
    assert str(s) == "aap noot" and "noot" in s
    assert s + "!" == "aap noot!"
    assert "".join(str(c) for c in s) == "aap noot"
    assert s[0] == "a"
    assert s.decode("utf-8") == "aap noot"


@program("#include <string_view>\n#include <string>\nsize_t size(std::string_view v) { return v.size(); } std::string text(std::string_view v) { return std::string(v); }")
def string_view(cppyy, ns):
    """std::string_view of str and bytes."""
    assert ns.size("abc") == 3
    assert ns.text("abc") == "abc"


@program("#include <string>\nstd::wstring w(const std::wstring &s) { return s; } const wchar_t *pw() { return L\"wide\"; } std::u16string u16() { return u\"sixteen\"; } std::u32string u32() { return U\"thirty\"; }"
         "size_t len16(const std::u16string &s) { return s.size(); }", cppyy="characters beyond ASCII are misread")
def wide_strings(cppyy, ns):
    """wstring, u16string, u32string and pointers to wide characters."""
    assert ns.w("w\u00efde") == "w\u00efde"
    assert ns.pw() == "wide"
    assert str(ns.u16()) == "sixteen" and str(ns.u32()) == "thirty"


@program("#include <cstring>\nconst char *give() { return \"given\"; } size_t length(const char *s) { return strlen(s); } struct S { const char *name = \"first\"; char room[8] = \"room\"; }; const char *many[2] = {\"a\", \"b\"};"
         "void fill(char *s) { strcpy(s, \"in\"); }", cppyy="ends the process")
def c_strings(cppyy, ns):
    """const char *, char[N], arrays of const char *, char * as a buffer."""
    assert ns.give() == "given" and ns.length("four") == 4 and ns.length(b"five!") == 5
    s = ns.S()
    assert s.name == "first" and s.room == "room" if isinstance(s.room, str) else True
    s.name = "second"
    assert s.name == "second"
    assert [str(ns.many[i]) for i in range(2)] == ["a", "b"]
    room = bytearray(8)
    ns.fill(room)
    assert bytes(room[:2]) == b"in"
