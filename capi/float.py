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
    return float(str)


@api("PyObject *PyFloat_GetInfo(void)")
def PyFloat_GetInfo():
    return sys.float_info


TEXT = type("")
