"""PyContext_... and PyContextVar_...: the VM's `contextvars`."""

import contextvars

from __pypy__ import get_contextvar_context, identity_dict, set_contextvar_context

from capi.core import NULL, api, text, vm


def checked(x, kind):
    if not isinstance(x, kind):
        raise TypeError(f"an instance of {kind.__name__} was expected")
    return x


@api("PyObject *PyContext_New()")
def PyContext_New():
    return contextvars.Context()


@api("PyObject *PyContext_Copy(PyObject *ctx)")
def PyContext_Copy(ctx):
    return checked(ctx, contextvars.Context).copy()


@api("PyObject *PyContext_CopyCurrent()")
def PyContext_CopyCurrent():
    return contextvars.copy_context()


@api("PyObject *PyContextVar_New(const char *p_name, PyObject *default_value)")
def PyContextVar_New(p_name, default_value):
    if default_value is NULL:
        return contextvars.ContextVar(text(p_name))
    return contextvars.ContextVar(text(p_name), default=default_value)


@vm("PyObject *vm_context_get(PyObject *var, PyObject *default_value)")
def vm_context_get(var, default_value):
    checked(var, contextvars.ContextVar)
    try:
        return var.get() if default_value is NULL else var.get(default_value)
    except LookupError:
        return NULL


@api("PyObject *PyContextVar_Set(PyObject *var, PyObject *value)")
def PyContextVar_Set(var, value):
    return checked(var, contextvars.ContextVar).set(value)


@api("int PyContextVar_Reset(PyObject *var, PyObject *token)")
def PyContextVar_Reset(var, token):
    checked(var, contextvars.ContextVar).reset(token)


previous = identity_dict()                 # context that was entered from C -> the one before


@api("int PyContext_Enter(PyObject *ctx)")
def PyContext_Enter(ctx):
    if checked(ctx, contextvars.Context)._is_entered:
        raise RuntimeError(f"cannot enter context: {ctx} is already entered")
    previous[ctx] = get_contextvar_context()
    ctx._is_entered = True
    set_contextvar_context(ctx)


@api("int PyContext_Exit(PyObject *ctx)")
def PyContext_Exit(ctx):
    if not checked(ctx, contextvars.Context)._is_entered or ctx not in previous:
        raise RuntimeError(f"cannot exit context: {ctx} has not been entered")
    set_contextvar_context(previous[ctx])
    del previous[ctx]
    ctx._is_entered = False
