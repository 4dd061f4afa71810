"""PyUnicode_Decode..., _As..., _Encode...: UTF-8 and the other codecs, wide characters, file names."""

import os

import pytest

DECODE = r"""
    @EXPORT(decode, METH_VARARGS)
    static PyObject *decode(PyObject *self, PyObject *args)
    {
        const char *s, *errors = NULL; Py_ssize_t n;
        if (!PyArg_ParseTuple(args, "y#|z", &s, &n, &errors)) return NULL;
        return PyUnicode_DecodeUTF8(s, n, errors);
    }
    @EXPORT(stateful, METH_VARARGS)
    static PyObject *stateful(PyObject *self, PyObject *args)
    {
        const char *s, *errors = NULL; Py_ssize_t n, consumed = -7;
        if (!PyArg_ParseTuple(args, "y#|z", &s, &n, &errors)) return NULL;
        PyObject *r = PyUnicode_DecodeUTF8Stateful(s, n, errors, &consumed);
        return r ? Py_BuildValue("(Nn)", r, consumed) : NULL;
    }
"""
VALID = ["", "a", "é", "ab" * 40, "été", "€", "x" * 31 + "é" + "y" * 50, "\U0001f600 smile", "\u07ff\u0800\uffff\U00010000\U0010ffff\x7f\x80\xff\u0100"]
INVALID = [b"\x80", b"\xc0\x80", b"\xc1\xbf", b"a\xff", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"ab\xe2\x82", b"\xc3(",
           b"\xe2\x82(", b"\xf0\x9f\x98(", b"\xe2(\xac", b"x" * 40 + b"\xfe" + b"y" * 9]


def test_decode_utf8(make):
    mod = make(DECODE)
    for s in VALID:
        assert mod.decode(s.encode()) == s
        assert mod.stateful(s.encode()) == (s, len(s.encode()))
    for data in INVALID:
        for errors in (None, "strict"):
            with pytest.raises(UnicodeDecodeError) as caught:
                mod.decode(data, errors)
            with pytest.raises(UnicodeDecodeError) as wanted:
                data.decode()
            assert (caught.value.start, caught.value.end, caught.value.reason, caught.value.object) == \
                (wanted.value.start, wanted.value.end, wanted.value.reason, data)
        for errors in ("replace", "ignore", "surrogateescape", "backslashreplace"):
            assert mod.decode(data, errors) == data.decode("utf-8", errors)
    assert mod.decode(b"\xed\xa0\x80", "surrogatepass") == "\ud800"


def test_decode_utf8_in_pieces(make):
    mod = make(DECODE)
    data = "aé€\U0001f600".encode()
    for i in range(len(data) + 1):
        s, n = mod.stateful(data[:i])
        assert data[:n].decode() == s and i - n < 4
    assert mod.stateful(b"ab\xe2\x82") == ("ab", 2)
    assert mod.stateful(b"a\xff\xe2\x82", "replace") == ("a\ufffd", 2)
    with pytest.raises(UnicodeDecodeError):
        mod.stateful(b"\xe2\x28\xa1")


def test_as_utf8(make):
    mod = make(r"""
        @EXPORT(utf8, METH_O)
        static PyObject *utf8(PyObject *self, PyObject *s)
        {
            Py_ssize_t n;
            const char *a = PyUnicode_AsUTF8AndSize(s, &n), *b;
            if (!a) return NULL;
            b = PyUnicode_AsUTF8(s);
            if (a != b) return PyErr_Format(PyExc_AssertionError, "not cached");
            return PyBytes_FromStringAndSize(a, n);
        }
        @EXPORT(encoded, METH_VARARGS)
        static PyObject *encoded(PyObject *self, PyObject *args)
        {
            PyObject *s; const char *encoding, *errors = NULL;
            if (!PyArg_ParseTuple(args, "Oz|z", &s, &encoding, &errors)) return NULL;
            return PyUnicode_AsEncodedString(s, encoding, errors);
        }
        @EXPORT(all, METH_O)
        static PyObject *all(PyObject *self, PyObject *s)
        {
            return Py_BuildValue("(NNNNN)", PyUnicode_AsUTF8String(s), PyUnicode_AsUTF16String(s), PyUnicode_AsUTF32String(s),
                                 PyUnicode_AsUnicodeEscapeString(s), PyUnicode_AsRawUnicodeEscapeString(s));
        }
        @EXPORT(ascii, METH_O)
        static PyObject *ascii(PyObject *self, PyObject *s) { return PyUnicode_AsASCIIString(s); }
        @EXPORT(latin1, METH_O)
        static PyObject *latin1(PyObject *self, PyObject *s) { return PyUnicode_AsLatin1String(s); }
        @EXPORT(standard, METH_NOARGS)
        static PyObject *standard(PyObject *self, PyObject *ignored) { return PyUnicode_FromString(PyUnicode_GetDefaultEncoding()); }
    """)
    for s in VALID:
        assert mod.utf8(s) == s.encode()
        assert mod.all(s) == tuple(s.encode(e) for e in ("utf-8", "utf-16", "utf-32", "unicode_escape", "raw_unicode_escape"))
        for encoding in ("utf-8", "UTF8", "utf-16-le", "utf_8", "idna" if s.isascii() and len(s) < 60 else "utf-7", None):
            assert mod.encoded(s, encoding) == s.encode(encoding or "utf-8")
        for encoding, errors in (("latin-1", "replace"), ("ascii", "ignore"), ("iso-8859-1", "xmlcharrefreplace"), ("cp1252", "backslashreplace")):
            assert mod.encoded(s, encoding, errors) == s.encode(encoding, errors)
    for lone in ("\udc80", "ab\ud800c"):
        with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
            mod.utf8(lone)
        with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
            mod.encoded(lone, "utf-8")
        assert mod.encoded(lone, "utf-8", "surrogatepass") == lone.encode("utf-8", "surrogatepass")
    assert mod.ascii("abc") == mod.latin1("abc") == b"abc" and mod.latin1("é") == b"\xe9"
    with pytest.raises(UnicodeEncodeError, match=r"'ascii' codec can't encode character '\\xe9' in position 1: ordinal not in range\(128\)"):
        mod.ascii("aé")
    with pytest.raises(UnicodeEncodeError, match="latin-?1"):
        mod.latin1("€")
    for f in (mod.utf8, mod.ascii, mod.latin1):
        with pytest.raises(TypeError, match="bad argument type for built-in operation"):
            f(b"abc")
    with pytest.raises(LookupError, match="unknown encoding: nonsense"):
        mod.encoded("a", "nonsense")
    assert mod.standard() == "utf-8"


def test_decode_others(make):
    mod = make(r"""
        @EXPORT(decode, METH_VARARGS)
        static PyObject *decode(PyObject *self, PyObject *args)
        {
            const char *s, *encoding, *errors = NULL; Py_ssize_t n;
            if (!PyArg_ParseTuple(args, "y#z|z", &s, &n, &encoding, &errors)) return NULL;
            return PyUnicode_Decode(s, n, encoding, errors);
        }
        @EXPORT(named, METH_VARARGS)
        static PyObject *named(PyObject *self, PyObject *args)
        {
            const char *s, *errors = NULL; Py_ssize_t n; int which;
            if (!PyArg_ParseTuple(args, "iy#|z", &which, &s, &n, &errors)) return NULL;
            switch (which) {
            case 0: return PyUnicode_DecodeASCII(s, n, errors);
            case 1: return PyUnicode_DecodeLatin1(s, n, errors);
            case 2: return PyUnicode_DecodeUTF7(s, n, errors);
            case 3: return PyUnicode_DecodeUnicodeEscape(s, n, errors);
            case 4: return PyUnicode_DecodeRawUnicodeEscape(s, n, errors);
            default: return PyUnicode_DecodeCharmap(s, n, NULL, errors);
            }
        }
        @EXPORT(wide, METH_VARARGS)
        static PyObject *wide(PyObject *self, PyObject *args)
        {
            const char *s; Py_ssize_t n, consumed = 0; int bits, order, partial; PyObject *r;
            if (!PyArg_ParseTuple(args, "iy#ii", &bits, &s, &n, &order, &partial)) return NULL;
            if (bits == 16)
                r = partial ? PyUnicode_DecodeUTF16Stateful(s, n, NULL, &order, &consumed) : PyUnicode_DecodeUTF16(s, n, NULL, &order);
            else
                r = partial ? PyUnicode_DecodeUTF32Stateful(s, n, NULL, &order, &consumed) : PyUnicode_DecodeUTF32(s, n, NULL, &order);
            return r ? Py_BuildValue("(Nin)", r, order, consumed) : NULL;
        }
        @EXPORT(from_object, METH_VARARGS)
        static PyObject *from_object(PyObject *self, PyObject *args)
        {
            PyObject *x; const char *encoding = NULL, *errors = NULL;
            if (!PyArg_ParseTuple(args, "O|zz", &x, &encoding, &errors)) return NULL;
            return PyUnicode_FromEncodedObject(x, encoding, errors);
        }
    """)
    assert mod.decode(b"abc", None) == mod.decode(b"abc", "ascii") == "abc"
    assert mod.decode(b"\xe9", "Latin-1") == mod.decode(b"\xe9", "cp1252") == "é"
    assert mod.decode(b"a\xff", "ascii", "replace") == "a\ufffd"
    with pytest.raises(UnicodeDecodeError, match="'ascii' codec can't decode byte 0xff in position 1"):
        mod.decode(b"a\xff", "ascii")
    assert mod.named(0, b"abc") == mod.named(1, b"abc") == mod.named(2, b"abc") == mod.named(5, b"abc") == "abc"
    assert mod.named(1, bytes(range(256))) == bytes(range(256)).decode("latin-1")
    assert mod.named(2, b"+AOk-") == "é"
    assert mod.named(3, b"\\u20ac\\n\\x41") == "€\nA"
    assert mod.named(4, b"\\u20ac\\n") == "€\\n"
    assert mod.wide(16, b"\xff\xfea\0b\0", 0, 0) == ("ab", -1, 0)
    assert mod.wide(16, b"\0a\0b", 1, 0) == ("ab", 1, 0)
    assert mod.wide(16, b"a\0b", -1, 1) == ("a", -1, 2)
    assert mod.wide(32, b"a\0\0\0b\0", -1, 1) == ("a", -1, 4)
    assert mod.wide(32, b"\0\0\xfe\xff\0\0\0a", 0, 0) == ("a", 1, 0)
    with pytest.raises(UnicodeDecodeError, match="truncated"):
        mod.wide(16, b"a\0b", -1, 0)
    assert mod.from_object(b"a\xc3\xa9") == mod.from_object(bytearray(b"a\xe9"), "latin-1") == mod.from_object(memoryview(b"a\xc3\xa9")) == "aé"
    assert mod.from_object(b"a\xff", None, "ignore") == "a"
    with pytest.raises(TypeError, match="decoding str is not supported"):
        mod.from_object("a")
    with pytest.raises(TypeError, match="decoding to str: need a bytes-like object, int found"):
        mod.from_object(3)


def test_wide_characters(make):
    mod = make(r"""
        #include <wchar.h>
        @EXPORT(text, METH_NOARGS)
        static PyObject *text(PyObject *self, PyObject *ignored)
        {
            return Py_BuildValue("(NNN)", PyUnicode_FromWideChar(L"abc\x20ac", -1), PyUnicode_FromWideChar(L"abc", 2), PyUnicode_FromWideChar(L"", 0));
        }
        @EXPORT(wide, METH_O)
        static PyObject *wide(PyObject *self, PyObject *s)
        {
            Py_ssize_t n;
            wchar_t *w = PyUnicode_AsWideCharString(s, &n);
            if (!w) return NULL;
            PyObject *r = PyUnicode_FromWideChar(w, n);
            int ended = w[n] == 0;
            PyMem_Free(w);
            return Py_BuildValue("(Ni)", r, ended);
        }
        @EXPORT(plain, METH_O)
        static PyObject *plain(PyObject *self, PyObject *s)
        {
            wchar_t *w = PyUnicode_AsWideCharString(s, NULL);
            if (!w) return NULL;
            PyMem_Free(w);
            Py_RETURN_NONE;
        }
        @EXPORT(part, METH_O)
        static PyObject *part(PyObject *self, PyObject *s)
        {
            wchar_t w[4] = {'?', '?', '?', '?'};
            Py_ssize_t n = PyUnicode_AsWideChar(s, w, 4), all = PyUnicode_AsWideChar(s, NULL, 0);
            if (n < 0) return NULL;
            return Py_BuildValue("(Nnn)", PyUnicode_FromWideChar(w, 4), n, all);
        }
        @EXPORT(ucs4, METH_O)
        static PyObject *ucs4(PyObject *self, PyObject *s)
        {
            Py_UCS4 buffer[5], *copy = PyUnicode_AsUCS4Copy(s);
            if (!copy) return NULL;
            PyObject *a = PyUnicode_FromKindAndData(4, copy, PyUnicode_GET_LENGTH(s));
            PyMem_Free(copy);
            if (!PyUnicode_AsUCS4(s, buffer, 5, 1)) { Py_DECREF(a); return NULL; }
            return Py_BuildValue("(NN)", a, PyUnicode_FromKindAndData(4, buffer, PyUnicode_GET_LENGTH(s) + 1));
        }
    """)
    assert mod.text() == ("abc€", "ab", "")
    for s in VALID:
        assert mod.wide(s) == (s, 1)
    assert mod.part("ab") == ("ab\0?", 2, 3) and mod.part("abcdef") == ("abcd", 4, 7)
    assert mod.ucs4("a€\U0001f600") == ("a€\U0001f600", "a€\U0001f600\0")
    with pytest.raises(SystemError, match="string is longer than the buffer"):
        mod.ucs4("abcde")
    with pytest.raises(ValueError, match="embedded null character"):
        mod.plain("a\0b")


def test_file_names(make):
    mod = make(r"""
        @EXPORT(convert, METH_O)
        static PyObject *convert(PyObject *self, PyObject *x)
        {
            PyObject *b = NULL, *s = NULL;
            if (!PyUnicode_FSConverter(x, &b)) return NULL;
            if (!PyUnicode_FSDecoder(x, &s)) { Py_DECREF(b); return NULL; }
            return Py_BuildValue("(NN)", b, s);
        }
        @EXPORT(parse, METH_VARARGS)
        static PyObject *parse(PyObject *self, PyObject *args)
        {
            PyObject *b = NULL; int n;
            if (!PyArg_ParseTuple(args, "O&i", PyUnicode_FSConverter, &b, &n)) return NULL;
            return b;
        }
        @EXPORT(both, METH_O)
        static PyObject *both(PyObject *self, PyObject *s)
        {
            PyObject *b = PyUnicode_EncodeFSDefault(s), *r;
            if (!b) return NULL;
            r = Py_BuildValue("(NNN)", PyUnicode_DecodeFSDefault(PyBytes_AS_STRING(b)),
                              PyUnicode_DecodeFSDefaultAndSize(PyBytes_AS_STRING(b), PyBytes_GET_SIZE(b)), PyUnicode_EncodeLocale(s, "surrogateescape"));
            Py_DECREF(b);
            return r;
        }
        @EXPORT(locale, METH_VARARGS)
        static PyObject *locale(PyObject *self, PyObject *args)
        {
            const char *s, *errors;
            if (!PyArg_ParseTuple(args, "yz", &s, &errors)) return NULL;
            return PyUnicode_DecodeLocale(s, errors);
        }
    """)

    class Path:
        def __fspath__(self):
            return "/tmp/x"

    assert mod.convert("/a/b") == mod.convert(b"/a/b") == (b"/a/b", "/a/b")
    assert mod.convert(Path()) == (b"/tmp/x", "/tmp/x")
    assert mod.convert("n\udcff") == (os.fsencode("n\udcff"), "n\udcff")
    assert mod.parse("abc", 1) == b"abc"
    with pytest.raises(TypeError, match="expected str, bytes or os.PathLike object, not int"):
        mod.convert(3)
    with pytest.raises(ValueError, match="embedded null byte"):
        mod.convert("a\0b")
    with pytest.raises(TypeError):
        mod.parse("abc", "no int")
    for s in ("abc", "n\udcff"):
        assert mod.both(s) == (s, s, os.fsencode(s))
    assert mod.locale(b"abc", None) == mod.locale(b"abc", "surrogateescape") == "abc"
    with pytest.raises(ValueError, match="unsupported error handler"):
        mod.locale(b"abc", "replace")
