"""PyLong_...: what needs the VM's arithmetic and texts."""

import math
import operator
import sys

from capi.core import api, vm
from capi.core.tables import bytes_at

FORMATS = {2: bin, 8: oct, 10: int.__repr__, 16: hex}


@vm("PyObject *vm_long_read(W p_digits, Py_ssize_t n, int base, int negative)")
def vm_long_read(p_digits, n, base, negative):
    """The int of digits that are known to be good."""
    value = int(bytes_at(p_digits, n), base)
    return -value if negative else value


@vm("PyObject *vm_long_format(PyObject *n, int base)")
def vm_long_format(n, base):
    return FORMATS[base](n)


@api("PyObject *PyLong_FromUnicodeObject(PyObject *u, int base)")
def PyLong_FromUnicodeObject(u, base):
    return int(u, base)


@api("PyObject *PyLong_GetInfo(void)")
def PyLong_GetInfo():
    return sys.int_info


@api("PyObject *_PyLong_GCD(PyObject *a, PyObject *b)")
def _PyLong_GCD(a, b):
    return math.gcd(a, b)


@api("PyObject *_PyLong_Lshift(PyObject *a, size_t shiftby)")
def _PyLong_Lshift(a, shiftby):
    return a << shiftby


@api("PyObject *_PyLong_Rshift(PyObject *a, size_t shiftby)")
def _PyLong_Rshift(a, shiftby):
    return a >> shiftby


@api("PyObject *_PyLong_DivmodNear(PyObject *a, PyObject *b)")
def _PyLong_DivmodNear(a, b):
    """(q, r) with q the integer nearest to a / b, the even one of two."""
    if not isinstance(a, int) or not isinstance(b, int):
        raise TypeError("non-integer arguments in division")
    q, r = divmod(operator.index(a), operator.index(b))
    twice = 2 * r
    if (twice > b if b > 0 else twice < b) or (twice == b and q & 1):
        q, r = q + 1, r - b
    return q, r
