"""PySys_...: the VM's `sys`."""

import sys
from _thread import get_ident

from capi.core import NULL, api, text, vm


@vm("PyObject *vm_sys_module()")
def vm_sys_module():
    return sys


@vm("PyObject *vm_sys_get(W p_name)")
def vm_sys_get(p_name):
    return sys.__dict__.get(text(p_name), NULL)


@api("int PySys_SetObject(const char *p_name, PyObject *v)")
def PySys_SetObject(p_name, v):
    name = text(p_name)
    if v is NULL:
        sys.__dict__.pop(name, None)
    else:
        setattr(sys, name, v)


@vm("int vm_sys_argv(PyObject *arguments, int update_path)")
def vm_sys_argv(arguments, update_path):
    import os
    sys.argv = arguments
    if update_path:
        script = arguments[0] if arguments else ""
        folder = "" if script in ("", "-c", "-m") else os.path.dirname(os.path.realpath(script))
        sys.path.insert(0, folder)


@vm("int vm_sys_path(PyObject *path)")
def vm_sys_path(path):
    sys.path = path.split(":")


@vm("int vm_warn_option(PyObject *option)")
def vm_warn_option(option):
    """None forgets all options."""
    if option is None:
        del sys.warnoptions[:]
    else:
        sys.warnoptions.append(option)


@api("int PySys_HasWarnOptions()")
def PySys_HasWarnOptions():
    return bool(sys.warnoptions)


@vm("int vm_x_option(PyObject *option)")
def vm_x_option(option):
    name, equals, value = option.partition("=")
    sys._xoptions[name] = value if equals else True


@vm("PyObject *vm_x_options()")
def vm_x_options():
    return sys._xoptions


@vm("int vm_audit(W p_event, PyObject *arguments)")
def vm_audit(p_event, arguments):
    if not arguments:
        sys.audit(text(p_event))
    else:
        sys.audit(text(p_event), *arguments)


@vm("int vm_add_audit_hook(W p_hook, W p_data)")
def vm_add_audit_hook(p_hook, p_data):
    from capi.core.linking import raise_pending
    from capi.core.to_c import address
    from capi.core.engine import lib

    converting = set()                     # threads whose event is on its way to C: what that takes is no event

    def hook(event, arguments):
        me = get_ident()
        if me in converting:
            return
        converting.add(me)
        try:
            p_event, p_arguments = address(event), address(arguments)
        finally:
            converting.discard(me)
        if lib.m_call_audit(p_hook, p_event, p_arguments, p_data) < 0:
            raise_pending("audit hook")
    sys.addaudithook(hook)


@api("size_t _PySys_GetSizeOf(PyObject *o)", error=0)
def _PySys_GetSizeOf(o):
    try:
        return sys.getsizeof(o)
    except TypeError:
        return 64                          # the VM does not say
