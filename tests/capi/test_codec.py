"""PyCodec_..., PyUnicodeDecodeError_... and their kin."""

import codecs
import io

import pytest

ENCODING = r"""
    @EXPORT(known, METH_O)
    static PyObject *known(PyObject *self, PyObject *s) { return PyBool_FromLong(PyCodec_KnownEncoding(PyUnicode_AsUTF8(s))); }
    @EXPORT(convert, METH_VARARGS)
    static PyObject *convert(PyObject *self, PyObject *args)
    {
        PyObject *x; const char *encoding, *errors = NULL; int decode;
        if (!PyArg_ParseTuple(args, "Ozi|z", &x, &encoding, &decode, &errors)) return NULL;
        return decode ? PyCodec_Decode(x, encoding, errors) : PyCodec_Encode(x, encoding, errors);
    }
    @EXPORT(parts, METH_O)
    static PyObject *parts(PyObject *self, PyObject *s)
    {
        const char *encoding = PyUnicode_AsUTF8(s);
        PyObject *e = PyCodec_Encoder(encoding);
        if (!e) return NULL;
        return Py_BuildValue("(NNNN)", e, PyCodec_Decoder(encoding), PyCodec_IncrementalEncoder(encoding, "ignore"),
                             PyCodec_IncrementalDecoder(encoding, NULL));
    }
    @EXPORT(streams, METH_VARARGS)
    static PyObject *streams(PyObject *self, PyObject *args)
    {
        PyObject *in, *out;
        if (!PyArg_ParseTuple(args, "OO", &in, &out)) return NULL;
        return Py_BuildValue("(NN)", PyCodec_StreamReader("utf-8", in, NULL), PyCodec_StreamWriter("utf-8", out, "replace"));
    }
    @EXPORT(add, METH_O)
    static PyObject *add(PyObject *self, PyObject *f)
    {
        if (PyCodec_Register(f) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(forget, METH_O)
    static PyObject *forget(PyObject *self, PyObject *f)
    {
        if (PyCodec_Unregister(f) < 0) return NULL;
        Py_RETURN_NONE;
    }
"""


def test_codecs(make):
    mod = make(ENCODING)
    assert mod.known("utf-8") is True and mod.known("nonsense") is False
    assert mod.convert("é", "latin-1", 0) == b"\xe9" and mod.convert(b"\xe9", "latin-1", 1) == "é"
    assert mod.convert(b"abc", "hex", 0) == b"616263" and mod.convert("é", "ascii", 0, "replace") == b"?"
    encoder, decoder, step, back = mod.parts("utf-8")
    assert encoder("é") == (b"\xc3\xa9", 1) and decoder(b"\xc3\xa9") == ("é", 2)
    assert step.encode("a\ud800") == b"a" and back.decode(b"\xc3") == "" and back.decode(b"\xa9") == "é"
    out = io.BytesIO()
    reader, writer = mod.streams(io.BytesIO(b"a\xc3\xa9"), out)
    writer.write("\ud800é")
    assert reader.read() == "aé" and out.getvalue() == b"?\xc3\xa9"
    with pytest.raises(LookupError, match="unknown encoding: nonsense"):
        mod.parts("nonsense")
    with pytest.raises(LookupError, match="unknown encoding: nonsense"):
        mod.convert("a", "nonsense", 0)


def test_register(make):
    mod = make(ENCODING)

    def search(name):
        return codecs.lookup("utf-8") if name == "mine_only" else None

    mod.add(search)
    assert "é".encode("mine_only") == b"\xc3\xa9"
    mod.forget(search)
    with pytest.raises(LookupError):
        "é".encode("mine_only")
    with pytest.raises(TypeError, match="argument must be callable"):
        mod.add(3)


def test_error_handlers(make):
    mod = make(r"""
        @EXPORT(handle, METH_VARARGS)
        static PyObject *handle(PyObject *self, PyObject *args)
        {
            PyObject *exc; int which;
            if (!PyArg_ParseTuple(args, "Oi", &exc, &which)) return NULL;
            switch (which) {
            case 0: return PyCodec_IgnoreErrors(exc);
            case 1: return PyCodec_ReplaceErrors(exc);
            case 2: return PyCodec_XMLCharRefReplaceErrors(exc);
            case 3: return PyCodec_BackslashReplaceErrors(exc);
            case 4: return PyCodec_NameReplaceErrors(exc);
            default: return PyCodec_StrictErrors(exc);
            }
        }
        @EXPORT(named, METH_VARARGS)
        static PyObject *named(PyObject *self, PyObject *args)
        {
            const char *name; PyObject *f = NULL;
            if (!PyArg_ParseTuple(args, "z|O", &name, &f)) return NULL;
            if (f && PyCodec_RegisterError(name, f) < 0) return NULL;
            return PyCodec_LookupError(name);
        }
    """)
    error = UnicodeEncodeError("ascii", "aéb", 1, 2, "no")
    assert [mod.handle(error, i) for i in range(5)] == [("", 2), ("?", 2), ("&#233;", 2), ("\\xe9", 2), ("\\N{LATIN SMALL LETTER E WITH ACUTE}", 2)]
    with pytest.raises(UnicodeEncodeError) as caught:
        mod.handle(error, 5)
    assert caught.value is error
    with pytest.raises(TypeError):
        mod.handle(3, 5)
    assert mod.named(None) is codecs.lookup_error("strict")
    assert mod.named("test_codec", mark)("e") == ("mark", 1)
    with pytest.raises(LookupError, match="unknown error handler name 'nothing'"):
        mod.named("nothing")


def mark(error):
    return "mark", 1


def test_unicode_errors(make):
    mod = make(r"""
        @EXPORT(create, METH_NOARGS)
        static PyObject *create(PyObject *self, PyObject *ignored)
        {
            return PyUnicodeDecodeError_Create("mine", "abc\0d", 5, 1, 3, "no reason");
        }
        #define ALL(family) \
            Py_ssize_t start, end; \
            if (family##_GetStart(exc, &start) < 0 || family##_GetEnd(exc, &end) < 0) return NULL; \
            if (family##_SetStart(exc, 0) < 0 || family##_SetEnd(exc, 2) < 0 || family##_SetReason(exc, "another") < 0) return NULL;
        @EXPORT(decoding, METH_O)
        static PyObject *decoding(PyObject *self, PyObject *exc)
        {
            ALL(PyUnicodeDecodeError)
            return Py_BuildValue("(nnNNN)", start, end, PyUnicodeDecodeError_GetEncoding(exc), PyUnicodeDecodeError_GetObject(exc),
                                 PyUnicodeDecodeError_GetReason(exc));
        }
        @EXPORT(encoding, METH_O)
        static PyObject *encoding(PyObject *self, PyObject *exc)
        {
            ALL(PyUnicodeEncodeError)
            return Py_BuildValue("(nnNNN)", start, end, PyUnicodeEncodeError_GetEncoding(exc), PyUnicodeEncodeError_GetObject(exc),
                                 PyUnicodeEncodeError_GetReason(exc));
        }
        @EXPORT(translating, METH_O)
        static PyObject *translating(PyObject *self, PyObject *exc)
        {
            ALL(PyUnicodeTranslateError)
            return Py_BuildValue("(nnNN)", start, end, PyUnicodeTranslateError_GetObject(exc), PyUnicodeTranslateError_GetReason(exc));
        }
    """)
    error = mod.create()
    assert type(error) is UnicodeDecodeError
    assert (error.encoding, error.object, error.start, error.end, error.reason) == ("mine", b"abc\0d", 1, 3, "no reason")
    assert mod.decoding(error) == (1, 3, "mine", b"abc\0d", "another")
    assert (error.start, error.end, error.reason) == (0, 2, "another")
    assert mod.encoding(UnicodeEncodeError("x", "abc", -5, 90, "why")) == (0, 3, "x", "abc", "another")
    assert mod.translating(UnicodeTranslateError("abc", 7, 0, "why")) == (2, 1, "abc", "another")
