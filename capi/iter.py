"""PyIter_..., PySeqIter_..., PyCallIter_..."""

from capi.core import NULL, api, vm


@vm("PyObject *vm_iter_next(PyObject *iter)")
def vm_iter_next(iter):
    return next(iter, NULL)


@vm("PyObject *vm_iter_send(PyObject *iter, PyObject *arg)")
def vm_iter_send(iter, arg):
    """(item,), or (None, value) when the iterator returned `value`."""
    try:
        return (next(iter) if arg is None and hasattr(type(iter), "__next__") else iter.send(arg),)
    except StopIteration as stop:
        return None, stop.value


class Indexed:
    """A sequence seen through its __getitem__ alone."""

    __slots__ = ("sequence",)

    def __init__(self, sequence):
        self.sequence = sequence

    def __getitem__(self, i):
        return self.sequence[i]


@api("PyObject *PySeqIter_New(PyObject *seq)")
def PySeqIter_New(seq):
    if not hasattr(type(seq), "__getitem__"):
        raise SystemError("bad argument to internal function")
    return iter(Indexed(seq))


@api("PyObject *PyCallIter_New(PyObject *callable, PyObject *sentinel)")
def PyCallIter_New(callable, sentinel):
    return iter(callable, sentinel)
