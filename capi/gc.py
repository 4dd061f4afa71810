"""PyGC_..."""

import gc

import __pypy__

from capi.core import api, vm
from capi.core.sweep import sweep_all


@api("Py_ssize_t PyGC_Collect(void)")
def PyGC_Collect():
    gc.collect()
    sweep_all()
    return 0


@api("int PyGC_Enable(void)")
def PyGC_Enable():
    was = gc.isenabled()
    gc.enable()
    return was


@api("int PyGC_Disable(void)")
def PyGC_Disable():
    was = gc.isenabled()
    gc.disable()
    return was


@api("int PyGC_IsEnabled(void)")
def PyGC_IsEnabled():
    return gc.isenabled()


@vm("int vm_memory_pressure(Py_ssize_t size)", quiet=True)
def vm_memory_pressure(size):
    __pypy__.add_memory_pressure(size)
