"""Types by text that a program makes while it runs: remembered, but not without end, nor at the expense of those in its source."""

from ffi import FFI, api


def test_many_texts():
    ffi = FFI()
    for n in range(3 * api.MOST_TEXTS):
        assert ffi.sizeof(f"int[{n}]") == 4 * n
    assert len(ffi._cache) <= api.MOST_TEXTS
    assert ffi.typeof("int[700]") is ffi.typeof("int[700]")
    assert ffi.new("int[600]", [1])[0] == 1


def test_remembered_texts_end(monkeypatch):
    monkeypatch.setattr(api, "MOST_TEXTS", 5)
    monkeypatch.setattr(api, "MOST_MADE_TEXTS", 7)
    ffi = FFI()
    for n in range(50):
        assert ffi.typeof(f"char[{n}]").length == n
    assert len(ffi._made_texts) <= 7


def test_a_text_that_changes_its_meaning():
    ffi = FFI()
    ffi.cdef("typedef int t;")
    assert ffi.sizeof("t") == 4
    ffi.cdef("typedef char t;", override=True)
    assert ffi.sizeof("t") == 1


def test_names_of_modules_are_no_types():
    for text in "__name__", "__doc__":
        try:
            FFI().typeof(text)
        except Exception as error:
            assert type(error).__name__ == "CDefError"
        else:
            raise AssertionError(text)


def test_function_pointers_without_the_parser():
    from ffi.types import simple
    ffi = FFI()
    for text in ("int(*)(intptr_t, int)", "void(*)(void)", "const char *(*)(const char *, double, unsigned long long)", "_Bool(*)(signed char)"):
        assert simple(ffi._found, text) == ffi._parse_type(text)[0]
    for text in ("int(*)(int[3])", "int(*)(int(*)(int))", "int(*)(void, int)", "int(*)()", "void(*)(int, ...)", "(*)(int)", "int(*)(int"):
        assert simple(ffi._found, text) is None
