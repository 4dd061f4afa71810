"""PyComplex_...: what needs the VM."""

import warnings

from capi.core import NULL, vm


@vm("PyObject *vm_complex_special(PyObject *op)")
def vm_complex_special(op):
    """What the class's ``__complex__`` gives; NULL if there is none."""
    cls = type(op)
    method = getattr(cls, "__complex__", None)
    if method is None:
        return NULL
    value = method(op)
    if not isinstance(value, complex):
        raise TypeError(f"{cls.__name__}.__complex__ returned non-complex (type {type(value).__name__})")
    if type(value) is not complex:
        warnings.warn(f"{cls.__name__}.__complex__ returned non-complex (type {type(value).__name__}).  The ability to return an instance "
                      "of a strict subclass of complex is deprecated, and may not be supported in a future version of Python.",
                      DeprecationWarning, stacklevel=2)
    return value
