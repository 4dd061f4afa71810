"""Py_...: what only the VM knows of the process."""

import sys

from capi.core import api, vm


@vm("PyObject *vm_place(int i)")
def vm_place(i):
    return (sys.executable, sys.prefix, sys.exec_prefix, ":".join(sys.path))[i]


@vm("PyObject *vm_original_arguments()")
def vm_original_arguments():
    return list(sys.orig_argv)
