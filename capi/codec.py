"""PyCodec_...: the VM's registry of codecs and error handlers."""

import codecs

from capi.core import api, text


def encoding_of(p_encoding):
    if not p_encoding:
        raise TypeError("bad argument type for built-in operation")
    return text(p_encoding)


def optional(p_errors):
    return (text(p_errors),) if p_errors else ()


@api("int PyCodec_Register(PyObject *search_function)")
def PyCodec_Register(search_function):
    codecs.register(search_function)


@api("int PyCodec_Unregister(PyObject *search_function)")
def PyCodec_Unregister(search_function):
    codecs.unregister(search_function)


@api("int PyCodec_KnownEncoding(const char *p_encoding)")
def PyCodec_KnownEncoding(p_encoding):
    try:
        codecs.lookup(encoding_of(p_encoding))
    except Exception:
        return 0
    return 1


@api("PyObject *_PyCodec_Lookup(const char *p_encoding)")
def _PyCodec_Lookup(p_encoding):
    return codecs.lookup(encoding_of(p_encoding))


@api("PyObject *_PyCodec_LookupTextEncoding(const char *p_encoding, const char *p_alternate_command)")
def _PyCodec_LookupTextEncoding(p_encoding, p_alternate_command):
    found = codecs.lookup(encoding_of(p_encoding))
    if not getattr(found, "_is_text_encoding", True):
        raise LookupError(f"'{text(p_encoding)}' is not a text encoding; use {text(p_alternate_command)} to handle arbitrary codecs")
    return found


def converter(name, convert):
    def body(object, p_encoding, p_errors):
        return convert(object, encoding_of(p_encoding), *optional(p_errors))
    body.__name__ = name
    api(f"PyObject *{name}(PyObject *object, const char *p_encoding, const char *p_errors)")(body)


converter("PyCodec_Encode", codecs.encode)
converter("PyCodec_Decode", codecs.decode)


def text_codec(name, method, command):
    """The same, of codecs between str and bytes only."""
    def body(object, p_encoding, p_errors):
        found = _PyCodec_LookupTextEncoding(p_encoding, 0) if not p_encoding else codecs.lookup(text(p_encoding))
        if not getattr(found, "_is_text_encoding", True):
            raise LookupError(f"'{text(p_encoding)}' is not a text encoding; use {command} to handle arbitrary codecs")
        return getattr(found, method)(object, *optional(p_errors))[0]
    body.__name__ = name
    api(f"PyObject *{name}(PyObject *object, const char *p_encoding, const char *p_errors)")(body)


text_codec("_PyCodec_EncodeText", "encode", "codecs.encode()")
text_codec("_PyCodec_DecodeText", "decode", "codecs.decode()")


@api("PyObject *PyCodec_Encoder(const char *p_encoding)")
def PyCodec_Encoder(p_encoding):
    return codecs.getencoder(encoding_of(p_encoding))


@api("PyObject *PyCodec_Decoder(const char *p_encoding)")
def PyCodec_Decoder(p_encoding):
    return codecs.getdecoder(encoding_of(p_encoding))


@api("PyObject *PyCodec_IncrementalEncoder(const char *p_encoding, const char *p_errors)")
def PyCodec_IncrementalEncoder(p_encoding, p_errors):
    return codecs.getincrementalencoder(encoding_of(p_encoding))(*optional(p_errors))


@api("PyObject *PyCodec_IncrementalDecoder(const char *p_encoding, const char *p_errors)")
def PyCodec_IncrementalDecoder(p_encoding, p_errors):
    return codecs.getincrementaldecoder(encoding_of(p_encoding))(*optional(p_errors))


@api("PyObject *_PyCodecInfo_GetIncrementalEncoder(PyObject *codec_info, const char *p_errors)")
def _PyCodecInfo_GetIncrementalEncoder(codec_info, p_errors):
    return codec_info.incrementalencoder(*optional(p_errors))


@api("PyObject *_PyCodecInfo_GetIncrementalDecoder(PyObject *codec_info, const char *p_errors)")
def _PyCodecInfo_GetIncrementalDecoder(codec_info, p_errors):
    return codec_info.incrementaldecoder(*optional(p_errors))


@api("PyObject *PyCodec_StreamReader(const char *p_encoding, PyObject *stream, const char *p_errors)")
def PyCodec_StreamReader(p_encoding, stream, p_errors):
    return codecs.getreader(encoding_of(p_encoding))(stream, *optional(p_errors))


@api("PyObject *PyCodec_StreamWriter(const char *p_encoding, PyObject *stream, const char *p_errors)")
def PyCodec_StreamWriter(p_encoding, stream, p_errors):
    return codecs.getwriter(encoding_of(p_encoding))(stream, *optional(p_errors))


# ---- error handlers ------------------------------------------------------------------------------------------------------


@api("int PyCodec_RegisterError(const char *p_name, PyObject *error)")
def PyCodec_RegisterError(p_name, error):
    codecs.register_error(text(p_name), error)


@api("PyObject *PyCodec_LookupError(const char *p_name)")
def PyCodec_LookupError(p_name):
    name = text(p_name) or "strict"
    try:
        return codecs.lookup_error(name)
    except LookupError:
        raise LookupError(f"unknown error handler name '{name}'") from None


def handler(name, handle):
    def body(exc):
        if not isinstance(exc, Exception):
            raise TypeError("codec must pass exception instance")
        return handle(exc)
    body.__name__ = name
    api(f"PyObject *{name}(PyObject *exc)")(body)


for name in ("Strict", "Ignore", "Replace", "XMLCharRefReplace", "BackslashReplace", "NameReplace"):
    handler(f"PyCodec_{name}Errors", getattr(codecs, f"{name.lower()}_errors"))
