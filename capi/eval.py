"""PyEval_... and PyThreadState_...: what needs the VM's frames and code."""

import builtins
import sys
import types

from capi.core import NULL, api, vm
from capi.core.frames import python_frame


def given(x):
    return None if x is NULL else x


@vm("PyObject *vm_builtins()")
def vm_builtins():
    return builtins.__dict__


@api("PyObject *PyEval_GetGlobals()", borrowed=True)
def PyEval_GetGlobals():
    frame = python_frame()
    return NULL if frame is None else frame.f_globals


@api("PyObject *PyEval_GetLocals()", borrowed=True)
def PyEval_GetLocals():
    frame = python_frame()
    if frame is None:
        raise SystemError("frame does not exist")
    return frame.f_locals


@api("PyFrameObject *PyEval_GetFrame()", borrowed=True)
def PyEval_GetFrame():
    frame = python_frame()
    return NULL if frame is None else frame


@vm("int vm_frame_flags()")
def vm_frame_flags():
    frame = python_frame()
    return 0 if frame is None else frame.f_code.co_flags


@api("PyObject *PyEval_EvalCode(PyObject *co, PyObject *globals, PyObject *locals)")
def PyEval_EvalCode(co, globals, locals):
    if globals is NULL:
        raise SystemError("PyEval_EvalCode: NULL globals")
    return eval(co, globals, globals if locals is NULL else locals)


@vm("PyObject *vm_eval_code(PyObject *co, PyObject *globals, PyObject *locals, PyObject *args, PyObject *names, PyObject *values, "
    "PyObject *defaults, PyObject *kwdefaults, PyObject *closure)")
def vm_eval_code(co, globals, locals, args, names, values, defaults, kwdefaults, closure):
    if locals is not NULL and locals is not None and not co.co_flags & 1:      # not optimised: a module's or a class's
        return eval(co, globals, locals)
    function = types.FunctionType(co, globals, None, defaults, given(closure))
    function.__kwdefaults__ = given(kwdefaults)
    return function(*args, **dict(zip(names, values)))


@vm("PyObject *vm_function_name(PyObject *function)")
def vm_function_name(function):
    if isinstance(function, (types.FunctionType, types.MethodType, types.BuiltinFunctionType)):
        return function.__name__
    return None


@api("unsigned long _PyEval_GetSwitchInterval()", error=0)
def _PyEval_GetSwitchInterval():
    return int(sys.getswitchinterval() * 1e6)


@api("void _PyEval_SetSwitchInterval(unsigned long microseconds)")
def _PyEval_SetSwitchInterval(microseconds):
    sys.setswitchinterval(microseconds / 1e6)


@api("int PyThreadState_SetAsyncExc(unsigned long id, PyObject *exc)")
def PyThreadState_SetAsyncExc(id, exc):
    return 0                               # the VM cannot raise in another thread: no thread state was modified
