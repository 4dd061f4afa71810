"""PyModule_...: what needs the VM's modules."""

import types

from capi.core import api, vm


@vm("PyObject *vm_module_dict(PyObject *module)", borrowed=True)
def vm_module_dict(module):
    return module.__dict__


@api("PyObject *PyModule_NewObject(PyObject *name)")
def PyModule_NewObject(name):
    return types.ModuleType(name)


def attribute(module, name, complaint):
    if not isinstance(module, types.ModuleType):
        raise TypeError("bad argument type for built-in operation")
    value = module.__dict__.get(name)
    if not isinstance(value, str):
        raise SystemError(complaint)
    return value


@api("PyObject *PyModule_GetNameObject(PyObject *module)")
def PyModule_GetNameObject(module):
    return attribute(module, "__name__", "nameless module")


@api("PyObject *PyModule_GetFilenameObject(PyObject *module)")
def PyModule_GetFilenameObject(module):
    return attribute(module, "__file__", "module filename missing")
