"""PyFloat_...: what needs the VM."""

import sys

from capi.core import api


@api("PyObject *PyFloat_FromString(PyObject *str)")
def PyFloat_FromString(str):
    if not isinstance(str, (TEXT, bytes, bytearray)):
        try:
            str = memoryview(str).tobytes()
        except TypeError:
            raise TypeError(f"float() argument must be a string or a real number, not '{type(str).__name__}'") from None
    elif isinstance(str, TEXT):
        str = TEXT.__getitem__(str, slice(None))       # the VM's float() asks the __float__ of a subclass
    try:
        return float(str)
    except UnicodeEncodeError:                      # what the VM says to lone surrogates
        raise ValueError(f"could not convert string to float: {str!r}") from None


@api("PyObject *PyFloat_GetInfo(void)")
def PyFloat_GetInfo():
    return sys.float_info


TEXT = type("")
