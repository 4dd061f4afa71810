"""PyUnicode_...: what needs the VM.  Everyday functions are in shim/unicode*.c."""

import codecs

from capi.core import NULL, api, text, vm
from capi.core.engine import ffi
from capi.core.words import bytes_at

# ---- codecs -----------------------------------------------------------------------------------------------------------


@vm("PyObject *vm_decode(const char *p_encoding, const char *p_data, Py_ssize_t n, const char *p_errors)")
def vm_decode(p_encoding, p_data, n, p_errors):
    return bytes_at(p_data, n).decode(text(p_encoding) or "utf-8", text(p_errors) or "strict")


@vm("PyObject *vm_encode(PyObject *str, const char *p_encoding, const char *p_errors)")
def vm_encode(str, p_encoding, p_errors):
    return str.encode(text(p_encoding) or "utf-8", text(p_errors) or "strict")


@vm("PyObject *vm_decode_stateful(const char *p_encoding, const char *p_data, Py_ssize_t n, const char *p_errors, Py_ssize_t *p_consumed)")
def vm_decode_stateful(p_encoding, p_data, n, p_errors, p_consumed):
    data, errors, encoding = bytes_at(p_data, n), text(p_errors) or "strict", text(p_encoding)
    if not p_consumed:
        return data.decode(encoding, errors)
    result, consumed = STATEFUL[encoding](data, errors, False)
    ffi.cast("long *", p_consumed)[0] = consumed
    return result


STATEFUL = {"utf-8": codecs.utf_8_decode, "utf-7": codecs.utf_7_decode}
