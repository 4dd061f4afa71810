"""PyModule_...: what needs the VM's modules."""

from capi.core import api


@api("PyObject *PyModule_GetDict(PyObject *module)", borrowed=True)
def PyModule_GetDict(module):
    return module.__dict__
