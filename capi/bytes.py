"""PyBytes_...: what needs the VM.  Everyday functions are in shim/bytes.c."""

import _codecs

from capi.core import api, text, vm
from capi.core.engine import ffi
from capi.core.tables import bytes_at


@vm("PyObject *vm_bytes_concat(PyObject *a, PyObject *b)")
def vm_bytes_concat(a, b):
    if not isinstance(a, (bytes, bytearray)) or not is_buffer(b):
        raise TypeError(f"can't concat {type(b).__name__} to {type(a).__name__}")
    return a + b if isinstance(b, (bytes, bytearray)) else a + memoryview(b)


def is_buffer(x):
    try:
        memoryview(x)
    except TypeError:
        return False
    return True


@vm("PyObject *vm_bytes_join(PyObject *sep, PyObject *x)")
def vm_bytes_join(sep, x):
    x = x if isinstance(x, (list, tuple)) else list(x)
    try:
        return sep.join(x)
    except TypeError:
        for i, item in enumerate(x):
            if not is_buffer(item):
                raise TypeError(f"sequence item {i}: expected a bytes-like object, {type(item).__name__} found") from None
        raise


@vm("PyObject *vm_bytes_from_object(PyObject *x)")
def vm_bytes_from_object(x):
    if isinstance(x, (int, str)) or not (is_buffer(x) or hasattr(type(x), "__iter__") or hasattr(type(x), "__getitem__")):
        raise TypeError(f"cannot convert '{type(x).__name__}' object to bytes")
    try:
        return bytes(x)
    except ValueError as error:
        if "in range(0, 256)" in str(error):
            raise ValueError("bytes must be in range(0, 256)") from None
        raise


@api("PyObject *PyBytes_Repr(PyObject *bytes, int smartquotes)")
def PyBytes_Repr(bytes, smartquotes):
    shown = repr(bytes[:])
    if smartquotes or shown.startswith("b'"):
        return shown
    return "b'" + shown[2:-1].replace("'", "\\'") + "'"


@api("PyObject *PyBytes_DecodeEscape(const char *p_s, Py_ssize_t len, const char *p_errors, Py_ssize_t unicode, const char *p_recode_encoding)")
def PyBytes_DecodeEscape(p_s, len, p_errors, unicode, p_recode_encoding):
    return _codecs.escape_decode(bytes_at(p_s, len), text(p_errors) or "strict")[0]


@api("PyObject *_PyBytes_DecodeEscape(const char *p_s, Py_ssize_t len, const char *p_errors, const char **p_first_invalid_escape)")
def _PyBytes_DecodeEscape(p_s, len, p_errors, p_first_invalid_escape):
    ffi.cast("intptr_t *", p_first_invalid_escape)[0] = 0
    return _codecs.escape_decode(bytes_at(p_s, len), text(p_errors) or "strict")[0]


def kind(use_bytearray):
    return bytearray if use_bytearray else bytes


@api("PyObject *_PyBytes_FormatEx(const char *p_format, Py_ssize_t format_len, PyObject *args, int use_bytearray)")
def _PyBytes_FormatEx(p_format, format_len, args, use_bytearray):
    return kind(use_bytearray)(bytes_at(p_format, format_len)) % args


@api("PyObject *_PyBytes_FromHex(PyObject *string, int use_bytearray)")
def _PyBytes_FromHex(string, use_bytearray):
    return kind(use_bytearray).fromhex(string)
