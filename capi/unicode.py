"""PyUnicode_...: what needs the VM: rare codecs, %-formatting, splitting.  Everyday functions are in shim/unicode*.c."""

import _codecs
import codecs
import sys

from capi.core import NULL, api, text, vm
from capi.core.engine import ffi
from capi.core.tables import bytes_at


def must_be_str(*values):
    for x in values:
        if not isinstance(x, str):
            raise TypeError(f"must be str, not {type(x).__name__}")


def check(x):
    if not isinstance(x, str):
        raise TypeError("bad argument type for built-in operation")


def handler(p_errors):
    return text(p_errors) or "strict"


def store(p_consumed, value):
    if p_consumed:
        ffi.cast("long *", p_consumed)[0] = value


# ---- for the shim's C code -----------------------------------------------------------------------------------------------


@vm("PyObject *vm_decode(const char *p_encoding, const char *p_data, Py_ssize_t n, const char *p_errors)")
def vm_decode(p_encoding, p_data, n, p_errors):
    return bytes_at(p_data, n).decode(text(p_encoding) or "utf-8", handler(p_errors))


@vm("PyObject *vm_encode(PyObject *str, const char *p_encoding, const char *p_errors)")
def vm_encode(str, p_encoding, p_errors):
    return str.encode(text(p_encoding) or "utf-8", handler(p_errors))


@vm("PyObject *vm_decode_stateful(const char *p_encoding, const char *p_data, Py_ssize_t n, const char *p_errors, Py_ssize_t *p_consumed)")
def vm_decode_stateful(p_encoding, p_data, n, p_errors, p_consumed):
    return stateful(getattr(_codecs, text(p_encoding)), p_data, n, p_errors, p_consumed)


def stateful(decode, p_data, n, p_errors, p_consumed):
    """What ends in the middle of a character is an error unless the caller asks how much was decoded."""
    result, consumed = decode(bytes_at(p_data, n), handler(p_errors), not p_consumed)
    store(p_consumed, consumed)
    return result


@vm("PyObject *vm_decode_fs(const char *p_data, Py_ssize_t n, const char *p_errors)")
def vm_decode_fs(p_data, n, p_errors):
    return bytes_at(p_data, n).decode(sys.getfilesystemencoding(), text(p_errors) or sys.getfilesystemencodeerrors())


@vm("PyObject *vm_encode_fs(PyObject *str, const char *p_errors)")
def vm_encode_fs(str, p_errors):
    return str.encode(sys.getfilesystemencoding(), text(p_errors) or sys.getfilesystemencodeerrors())


@vm("PyObject *vm_str_join(PyObject *separator, PyObject *seq)")
def vm_str_join(separator, seq):
    if not hasattr(type(seq), "__iter__") and not hasattr(type(seq), "__getitem__"):
        raise TypeError("can only join an iterable")
    seq = seq if isinstance(seq, (list, tuple)) else list(seq)
    try:
        return (" " if separator is NULL else separator).join(seq)
    except TypeError:
        for i, x in enumerate(seq):
            if not isinstance(x, str):
                raise TypeError(f"sequence item {i}: expected str instance, {type(x).__name__} found") from None
        raise


@vm("PyObject *vm_str_replace(PyObject *str, PyObject *substr, PyObject *replstr, Py_ssize_t maxcount)")
def vm_str_replace(str, substr, replstr, maxcount):
    return str.replace(substr, replstr, maxcount)


# ---- splitting, formatting -------------------------------------------------------------------------------------------------


@api("PyObject *PyUnicode_Split(PyObject *s, PyObject *sep, Py_ssize_t maxsplit)")
def PyUnicode_Split(s, sep, maxsplit):
    sep = None if sep is NULL else sep
    must_be_str(s, *(() if sep is None else (sep,)))
    return str.split(s, sep, maxsplit)


@api("PyObject *PyUnicode_RSplit(PyObject *s, PyObject *sep, Py_ssize_t maxsplit)")
def PyUnicode_RSplit(s, sep, maxsplit):
    sep = None if sep is NULL else sep
    must_be_str(s, *(() if sep is None else (sep,)))
    return str.rsplit(s, sep, maxsplit)


@api("PyObject *PyUnicode_Splitlines(PyObject *s, int keepends)")
def PyUnicode_Splitlines(s, keepends):
    must_be_str(s)
    return str.splitlines(s, bool(keepends))


@api("PyObject *PyUnicode_Format(PyObject *format, PyObject *args)")
def PyUnicode_Format(format, args):
    if format is NULL or args is NULL:
        raise SystemError("bad argument to internal function")
    must_be_str(format)
    return str.__mod__(format, args)


@api("PyObject *PyUnicode_Translate(PyObject *str, PyObject *table, const char *p_errors)")
def PyUnicode_Translate(str, table, p_errors):
    must_be_str(str)
    if handler(p_errors) == "ignore":
        return str.translate(table)
    parts, i = [], 0
    while i < len(str):
        start = i
        while i < len(str) and mapped(str[i], table) is None:
            i += 1
        if i == start:
            parts.append(mapped(str[i], table))
            i += 1
            continue
        error = UnicodeTranslateError(str, start, i, "character maps to <undefined>")
        replacement, i = codecs.lookup_error(handler(p_errors))(error)
        parts.append(replacement)
    return "".join(parts)


def mapped(c, table):
    """What `table` makes of one character; None where it has nothing for it."""
    try:
        found = table[ord(c)]
    except LookupError:
        return c
    if found is None or isinstance(found, str):
        return found
    if not isinstance(found, int):
        raise TypeError("character mapping must return integer, None or str")
    if not 0 <= found < 0x110000:
        raise ValueError("character mapping must be in range(0x110000)")
    return chr(found)


@api("PyObject *_PyUnicode_XStrip(PyObject *self, int striptype, PyObject *sepobj)")
def _PyUnicode_XStrip(self, striptype, sepobj):
    return (str.lstrip, str.rstrip, str.strip)[striptype](self, sepobj)


@api("PyObject *_PyUnicode_FormatLong(PyObject *val, int alt, int prec, int type)")
def _PyUnicode_FormatLong(val, alt, prec, type):
    return f"%{'#' if alt else ''}{'' if prec < 0 else f'.{prec}'}{chr(type)}" % val


@api("PyObject *_PyUnicode_TransformDecimalAndSpaceToASCII(PyObject *unicode)")
def _PyUnicode_TransformDecimalAndSpaceToASCII(unicode):
    return "".join(" " if c.isspace() else str(int(c)) if c.isdecimal() else c if c < "\x80" else "?" for c in unicode)


# ---- codecs of the VM --------------------------------------------------------------------------------------------------------


@api("PyObject *PyUnicode_FromEncodedObject(PyObject *obj, const char *p_encoding, const char *p_errors)")
def PyUnicode_FromEncodedObject(obj, p_encoding, p_errors):
    if obj is NULL:
        raise SystemError("bad argument to internal function")
    if isinstance(obj, str):
        raise TypeError("decoding str is not supported")
    try:
        data = obj if isinstance(obj, bytes) else bytes(memoryview(obj))
    except TypeError:
        raise TypeError(f"decoding to str: need a bytes-like object, {type(obj).__name__} found") from None
    return str(data, text(p_encoding) or "utf-8", handler(p_errors))


def decode_wide(decode, p_string, length, p_errors, p_byteorder, p_consumed):
    order = ffi.cast("int *", p_byteorder) if p_byteorder else [0]
    result, consumed, found = decode(bytes_at(p_string, length), handler(p_errors), order[0], not p_consumed)
    order[0] = found
    store(p_consumed, consumed)
    return result


@api("PyObject *PyUnicode_DecodeUTF16Stateful(const char *p_string, Py_ssize_t length, const char *p_errors, int *p_byteorder, "
     "Py_ssize_t *p_consumed)")
def PyUnicode_DecodeUTF16Stateful(p_string, length, p_errors, p_byteorder, p_consumed):
    return decode_wide(_codecs.utf_16_ex_decode, p_string, length, p_errors, p_byteorder, p_consumed)


@api("PyObject *PyUnicode_DecodeUTF16(const char *p_string, Py_ssize_t length, const char *p_errors, int *p_byteorder)")
def PyUnicode_DecodeUTF16(p_string, length, p_errors, p_byteorder):
    return decode_wide(_codecs.utf_16_ex_decode, p_string, length, p_errors, p_byteorder, 0)


@api("PyObject *PyUnicode_DecodeUTF32Stateful(const char *p_string, Py_ssize_t length, const char *p_errors, int *p_byteorder, "
     "Py_ssize_t *p_consumed)")
def PyUnicode_DecodeUTF32Stateful(p_string, length, p_errors, p_byteorder, p_consumed):
    return decode_wide(_codecs.utf_32_ex_decode, p_string, length, p_errors, p_byteorder, p_consumed)


@api("PyObject *PyUnicode_DecodeUTF32(const char *p_string, Py_ssize_t length, const char *p_errors, int *p_byteorder)")
def PyUnicode_DecodeUTF32(p_string, length, p_errors, p_byteorder):
    return decode_wide(_codecs.utf_32_ex_decode, p_string, length, p_errors, p_byteorder, 0)


@api("PyObject *PyUnicode_DecodeUTF7Stateful(const char *p_string, Py_ssize_t length, const char *p_errors, Py_ssize_t *p_consumed)")
def PyUnicode_DecodeUTF7Stateful(p_string, length, p_errors, p_consumed):
    return stateful(_codecs.utf_7_decode, p_string, length, p_errors, p_consumed)


@api("PyObject *PyUnicode_DecodeUTF7(const char *p_string, Py_ssize_t length, const char *p_errors)")
def PyUnicode_DecodeUTF7(p_string, length, p_errors):
    return stateful(_codecs.utf_7_decode, p_string, length, p_errors, 0)


@api("PyObject *_PyUnicode_DecodeUnicodeEscapeStateful(const char *p_string, Py_ssize_t length, const char *p_errors, Py_ssize_t *p_consumed)")
def _PyUnicode_DecodeUnicodeEscapeStateful(p_string, length, p_errors, p_consumed):
    return stateful(_codecs.unicode_escape_decode, p_string, length, p_errors, p_consumed)


@api("PyObject *PyUnicode_DecodeUnicodeEscape(const char *p_string, Py_ssize_t length, const char *p_errors)")
def PyUnicode_DecodeUnicodeEscape(p_string, length, p_errors):
    return stateful(_codecs.unicode_escape_decode, p_string, length, p_errors, 0)


@api("PyObject *_PyUnicode_DecodeUnicodeEscapeInternal(const char *p_string, Py_ssize_t length, const char *p_errors, "
     "Py_ssize_t *p_consumed, const char **p_first_invalid_escape)")
def _PyUnicode_DecodeUnicodeEscapeInternal(p_string, length, p_errors, p_consumed, p_first_invalid_escape):
    store(p_first_invalid_escape, 0)
    return stateful(_codecs.unicode_escape_decode, p_string, length, p_errors, p_consumed)


@api("PyObject *_PyUnicode_DecodeRawUnicodeEscapeStateful(const char *p_string, Py_ssize_t length, const char *p_errors, Py_ssize_t *p_consumed)")
def _PyUnicode_DecodeRawUnicodeEscapeStateful(p_string, length, p_errors, p_consumed):
    return stateful(_codecs.raw_unicode_escape_decode, p_string, length, p_errors, p_consumed)


@api("PyObject *PyUnicode_DecodeRawUnicodeEscape(const char *p_string, Py_ssize_t length, const char *p_errors)")
def PyUnicode_DecodeRawUnicodeEscape(p_string, length, p_errors):
    return stateful(_codecs.raw_unicode_escape_decode, p_string, length, p_errors, 0)


@api("PyObject *PyUnicode_DecodeCharmap(const char *p_string, Py_ssize_t length, PyObject *mapping, const char *p_errors)")
def PyUnicode_DecodeCharmap(p_string, length, mapping, p_errors):
    return codecs.charmap_decode(bytes_at(p_string, length), handler(p_errors), None if mapping is NULL else mapping)[0]


def encoder(name, encoding):
    """PyUnicode_As...String: the str in one encoding."""
    def body(unicode):
        check(unicode)
        return str.encode(unicode, encoding)
    body.__name__ = name
    return api(f"PyObject *{name}(PyObject *unicode)")(body)


for name, encoding in (("UTF16", "utf-16"), ("UTF32", "utf-32"), ("UnicodeEscape", "unicode_escape"), ("RawUnicodeEscape", "raw_unicode_escape")):
    encoder(f"PyUnicode_As{name}String", encoding)

ORDERS = {0: "", -1: "-le", 1: "-be"}


@api("PyObject *_PyUnicode_EncodeUTF16(PyObject *unicode, const char *p_errors, int byteorder)")
def _PyUnicode_EncodeUTF16(unicode, p_errors, byteorder):
    check(unicode)
    return str.encode(unicode, "utf-16" + ORDERS[byteorder], handler(p_errors))


@api("PyObject *_PyUnicode_EncodeUTF32(PyObject *object, const char *p_errors, int byteorder)")
def _PyUnicode_EncodeUTF32(object, p_errors, byteorder):
    check(object)
    return str.encode(object, "utf-32" + ORDERS[byteorder], handler(p_errors))


@api("PyObject *_PyUnicode_EncodeUTF7(PyObject *unicode, int base64SetO, int base64WhiteSpace, const char *p_errors)")
def _PyUnicode_EncodeUTF7(unicode, base64SetO, base64WhiteSpace, p_errors):
    check(unicode)
    return str.encode(unicode, "utf-7", handler(p_errors))


@api("PyObject *_PyUnicode_EncodeCharmap(PyObject *unicode, PyObject *mapping, const char *p_errors)")
def _PyUnicode_EncodeCharmap(unicode, mapping, p_errors):
    check(unicode)
    return codecs.charmap_encode(unicode, handler(p_errors), None if mapping is NULL else mapping)[0]


@api("PyObject *PyUnicode_AsCharmapString(PyObject *unicode, PyObject *mapping)")
def PyUnicode_AsCharmapString(unicode, mapping):
    if mapping is NULL or not isinstance(unicode, str):
        raise TypeError("bad argument type for built-in operation")
    return codecs.charmap_encode(unicode, "strict", mapping)[0]


@api("PyObject *PyUnicode_BuildEncodingMap(PyObject *string)")
def PyUnicode_BuildEncodingMap(string):
    check(string)
    return codecs.charmap_build(string)


# ---- deprecated: codecs between any objects ------------------------------------------------------------------------------------


def any_codec(name, convert, wanted):
    """PyUnicode_As...Object and ...Unicode: what a codec makes of a str."""
    def body(unicode, p_encoding, p_errors):
        check(unicode)
        encoding = text(p_encoding) or "utf-8"
        result = convert(unicode, encoding, handler(p_errors))
        if wanted and not isinstance(result, wanted):
            raise TypeError(f"'{encoding}' {convert.__name__}r returned '{type(result).__name__}' instead of 'str'; "
                            f"use codecs.{convert.__name__}() to {convert.__name__} to arbitrary types")
        return result
    body.__name__ = name
    return api(f"PyObject *{name}(PyObject *unicode, const char *p_encoding, const char *p_errors)")(body)


any_codec("PyUnicode_AsDecodedObject", codecs.decode, None)
any_codec("PyUnicode_AsDecodedUnicode", codecs.decode, str)
any_codec("PyUnicode_AsEncodedObject", codecs.encode, None)
any_codec("PyUnicode_AsEncodedUnicode", codecs.encode, str)
