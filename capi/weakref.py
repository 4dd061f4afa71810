"""PyWeakref_...: shim/weakref.c asks these."""

import weakref

from capi.core import NULL, vm


@vm("PyObject *vm_weakref(PyObject *ob, PyObject *callback)")
def vm_weakref(ob, callback):
    return weakref.ref(ob) if callback is NULL or callback is None else weakref.ref(ob, callback)


@vm("PyObject *vm_weak_proxy(PyObject *ob, PyObject *callback)")
def vm_weak_proxy(ob, callback):
    return weakref.proxy(ob) if callback is NULL or callback is None else weakref.proxy(ob, callback)


@vm("PyObject *vm_weakref_get(PyObject *ref)")
def vm_weakref_get(ref):
    if isinstance(ref, weakref.ref):
        return ref()
    try:
        return ref.__repr__.__self__                   # of a proxy: its methods are those of the object
    except ReferenceError:
        return None
