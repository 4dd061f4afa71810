"""PyComplex_...: what needs the VM."""

import warnings

from capi.core import NULL, vm


@vm("PyObject *vm_complex_special(PyObject *op)")
def vm_complex_special(op):
    """What the class's ``__complex__`` gives; NULL if there is none."""
    method = getattr(type(op), "__complex__", None)
    if method is None:
        return NULL
    value = method(op)
    if type(value) is complex:
        return value
    text = f"__complex__ returned non-complex (type {type(value).__name__})"
    if not isinstance(value, complex):
        raise TypeError(text)
    warnings.warn(f"{text}.  The ability to return an instance of a strict subclass of complex is deprecated, and may be removed in "
                  "a future version of Python.", DeprecationWarning, stacklevel=2)
    return value
