"""PyNumber_...: the VM's operators, for what the C bodies do not decide themselves."""

import operator

from capi.core import NULL, vm

BINARY = {"add": "+", "subtract": "-", "multiply": "*", "matrix_multiply": "@", "floor_divide": "//", "true_divide": "/",
          "remainder": "%", "lshift": "<<", "rshift": ">>", "and": "&", "xor": "^", "or": "|"}
# name: (expression, operator in the error text, special method)
UNARY = {"negative": ("-a", "unary -: ", "neg"), "positive": ("+a", "unary +: ", "pos"), "invert": ("~a", "unary ~: ", "invert"),
         "absolute": ("abs(a)", "abs(): ", "abs")}

BINARY_SOURCE = '''\
@vm("PyObject *vm_number_{name}(PyObject *a, PyObject *b)")
def vm_number_{name}(a, b):
    return a {operator} b


@vm("PyObject *vm_number_inplace_{name}(PyObject *a, PyObject *b)")
def vm_number_inplace_{name}(a, b):
    a {operator}= b
    return a
'''
UNARY_SOURCE = '''\
@vm("PyObject *vm_number_{name}(PyObject *a)")
def vm_number_{name}(a):
    try:
        return {expression}
    except TypeError:
        if getattr(type(a), "__{method}__", None) is None:
            raise TypeError("bad operand type for {text}'" + type(a).__name__ + "'") from None
        raise
'''

for _name, _operator in BINARY.items():
    exec(BINARY_SOURCE.format(name=_name, operator=_operator))
for _name, (_expression, _text, _method) in UNARY.items():
    exec(UNARY_SOURCE.format(name=_name, expression=_expression, text=_text, method=_method))


@vm("PyObject *vm_number_divmod(PyObject *a, PyObject *b)")
def vm_number_divmod(a, b):
    return divmod(a, b)


@vm("PyObject *vm_number_power(PyObject *a, PyObject *b, PyObject *c)")
def vm_number_power(a, b, c):
    return a ** b if c is None or c is NULL else pow(a, b, c)


@vm("PyObject *vm_number_inplace_power(PyObject *a, PyObject *b, PyObject *c)")
def vm_number_inplace_power(a, b, c):
    """``a **= b``; with a modulus, `a`'s ``__ipow__`` if it has one."""
    if c is None or c is NULL:
        return operator.ipow(a, b)
    method = getattr(type(a), "__ipow__", None)
    result = NotImplemented if method is None else method(a, b)
    return pow(a, b, c) if result is NotImplemented else result


@vm("PyObject *vm_number_long(PyObject *o)")
def vm_number_long(o):
    """int() of an object without ``__int__`` and ``__index__``."""
    if hasattr(type(o), "__trunc__"):
        return int(o)
    try:
        view = memoryview(o)
    except TypeError:
        raise TypeError("int() argument must be a string, a bytes-like object or a real number, "
                        f"not '{type(o).__name__}'") from None
    return int(view.tobytes())
