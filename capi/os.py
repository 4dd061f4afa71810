"""PyOS_...: paths and forks."""

import os

from capi.core import api, vm


@api("PyObject *PyOS_FSPath(PyObject *path)")
def PyOS_FSPath(path):
    return os.fspath(path)


@vm("int vm_after_fork_child()")
def vm_after_fork_child():
    import threading
    threading._after_fork()
