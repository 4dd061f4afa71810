"""PyFunction_...: functions written in Python."""

import types

from capi.core import NULL, api, vm


def checked(func):
    if not isinstance(func, types.FunctionType):
        raise SystemError("bad argument to internal function")
    return func


def given(x):
    return None if x is NULL else x


def lent(x):
    return NULL if x is None else x


@api("PyObject *PyFunction_New(PyObject *code, PyObject *globals)")
def PyFunction_New(code, globals):
    return types.FunctionType(code, globals)


@api("PyObject *PyFunction_NewWithQualName(PyObject *code, PyObject *globals, PyObject *qualname)")
def PyFunction_NewWithQualName(code, globals, qualname):
    made = types.FunctionType(code, globals)
    if qualname is not NULL:
        made.__qualname__ = qualname
    return made


@vm("PyObject *vm_function_attribute(PyObject *function, long i)", borrowed=True)
def vm_function_attribute(function, i):
    return lent(getattr(checked(function), ATTRIBUTES[i]))


ATTRIBUTES = ("__code__", "__globals__", "__module__", "__defaults__", "__kwdefaults__", "__closure__", "__annotations__")


@api("int PyFunction_SetDefaults(PyObject *func, PyObject *defaults)")
def PyFunction_SetDefaults(func, defaults):
    if defaults is not NULL and defaults is not None and not isinstance(defaults, tuple):
        raise SystemError("non-tuple default args")
    checked(func).__defaults__ = given(defaults)


@api("int PyFunction_SetKwDefaults(PyObject *func, PyObject *defaults)")
def PyFunction_SetKwDefaults(func, defaults):
    if defaults is not NULL and defaults is not None and not isinstance(defaults, dict):
        raise SystemError("non-dict keyword only default args")
    checked(func).__kwdefaults__ = given(defaults)


@api("int PyFunction_SetAnnotations(PyObject *func, PyObject *annotations)")
def PyFunction_SetAnnotations(func, annotations):
    if annotations is not NULL and annotations is not None and not isinstance(annotations, dict):
        raise SystemError("non-dict annotations")
    checked(func).__annotations__ = given(annotations)


@api("int PyFunction_SetClosure(PyObject *func, PyObject *closure)")
def PyFunction_SetClosure(func, closure):
    raise NotImplementedError("PyFunction_SetClosure: the VM's functions keep their closure; make a new function")
