"""Py_...: what only the VM knows of the process."""

import sys

from types import GenericAlias

from capi.core import api, vm


@vm("PyObject *vm_place(int i)")
def vm_place(i):
    return (sys.executable, sys.prefix, sys.exec_prefix, ":".join(sys.path))[i]


@vm("PyObject *vm_original_arguments()")
def vm_original_arguments():
    return list(sys.orig_argv)


@api("int Py_GetRecursionLimit(void)")
def Py_GetRecursionLimit():
    return sys.getrecursionlimit()


@api("void Py_SetRecursionLimit(int new_limit)")
def Py_SetRecursionLimit(new_limit):
    sys.setrecursionlimit(new_limit)


@api("PyObject *Py_GenericAlias(PyObject *origin, PyObject *args)")
def Py_GenericAlias(origin, args):
    return GenericAlias(origin, args)
