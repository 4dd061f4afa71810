"""Calls of VM objects from C; shim/call.c has the roads.  Each is one crossing."""

from capi.core import NULL, vm
from capi.core.to_vm import fill_dict

# JIT: straight-line; the arguments are converted by the generated callback.


@vm("PyObject *vm_call0(PyObject *f)")
def vm_call0(f):
    return f()


@vm("PyObject *vm_call1(PyObject *f, PyObject *a)")
def vm_call1(f, a):
    return f(a)


@vm("PyObject *vm_call2(PyObject *f, PyObject *a, PyObject *b)")
def vm_call2(f, a, b):
    return f(a, b)


@vm("PyObject *vm_call3(PyObject *f, PyObject *a, PyObject *b, PyObject *c)")
def vm_call3(f, a, b, c):
    return f(a, b, c)


@vm("PyObject *vm_call4(PyObject *f, PyObject *a, PyObject *b, PyObject *c, PyObject *d)")
def vm_call4(f, a, b, c, d):
    return f(a, b, c, d)


@vm("PyObject *vm_call5(PyObject *f, PyObject *a, PyObject *b, PyObject *c, PyObject *d, PyObject *e)")
def vm_call5(f, a, b, c, d, e):
    return f(a, b, c, d, e)


@vm("PyObject *vm_call6(PyObject *f, PyObject *a, PyObject *b, PyObject *c, PyObject *d, PyObject *e, PyObject *g)")
def vm_call6(f, a, b, c, d, e, g):
    return f(a, b, c, d, e, g)


@vm("PyObject *vm_method0(PyObject *o, PyObject *name)")
def vm_method0(o, name):
    return getattr(o, name)()


@vm("PyObject *vm_method1(PyObject *o, PyObject *name, PyObject *a)")
def vm_method1(o, name, a):
    return getattr(o, name)(a)


@vm("PyObject *vm_method2(PyObject *o, PyObject *name, PyObject *a, PyObject *b)")
def vm_method2(o, name, a, b):
    return getattr(o, name)(a, b)


@vm("PyObject *vm_method3(PyObject *o, PyObject *name, PyObject *a, PyObject *b, PyObject *c)")
def vm_method3(o, name, a, b, c):
    return getattr(o, name)(a, b, c)


@vm("PyObject *vm_method4(PyObject *o, PyObject *name, PyObject *a, PyObject *b, PyObject *c, PyObject *d)")
def vm_method4(o, name, a, b, c, d):
    return getattr(o, name)(a, b, c, d)


@vm("PyObject *vm_call_tuple(PyObject *f, PyObject *args)")
def vm_call_tuple(f, args):
    return f(*args)


@vm("PyObject *vm_call_dict(PyObject *f, PyObject *args, PyObject *kwargs)")
def vm_call_dict(f, args, kwargs):
    return f(*args, **kwargs)


@vm("PyObject *vm_call_table(PyObject *f, PyObject *args, W p_table)")
def vm_call_table(f, args, p_table):
    """The same with the table of a dict that was born in C."""
    kwargs = {}
    fill_dict(kwargs, p_table, False)
    return f(*args, **kwargs)


@vm("PyObject *vm_call_names(PyObject *f, PyObject *args, PyObject *names)")
def vm_call_names(f, args, names):
    """`args` ends with the values of the keyword arguments called `names`."""
    if names is NULL:
        return f(*args)
    n = len(args) - len(names)
    return f(*args[:n], **dict(zip(names, args[n:])))


@vm("PyObject *vm_keyword_names(PyObject *kwargs)")
def vm_keyword_names(kwargs):
    for name in kwargs:
        if not isinstance(name, str):
            raise TypeError("keywords must be strings")
    return tuple(kwargs)


@vm("PyObject *vm_keyword_values(PyObject *kwargs)")
def vm_keyword_values(kwargs):
    return tuple(kwargs.values())
