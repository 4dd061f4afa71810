"""PyIter_..., PySeqIter_..., PyCallIter_..."""

from _thread import _count as other_threads

from capi.core import NULL, api, vm
from capi.core.items import put
from capi.core.tables import ffi
from capi.core.types import whole


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


# ---- what C walks (capi/shim/snapshot.c): a dict, a view or a set -------------------------------------------------------


def pairs_of(o):
    """What iterates over the keys and values of a dict or of a view of its items."""
    return o if type(o) is items_view else dict.items(whole(o))


def items_of(o):
    return dict.keys(o) if isinstance(o, dict) else o


@vm("Py_ssize_t vm_pairs_fetch(PyObject *o, Py_ssize_t room, W p_words, W p_doubles)", quiet=True)
def vm_pairs_fetch(o, room, p_words, p_doubles):
    """Write the words of all keys and values in turn if there is room for both; return how many keys there are."""
    pairs = pairs_of(o)
    if other_threads():                                # all at one go
        pairs = list(pairs)
    n = len(pairs)
    if n <= room:
        out, doubles = ffi.cast("intptr_t *", p_words), ffi.cast("double *", p_doubles)
        i = 0
        for key, value in pairs:
            put(key, i, out, doubles)
            put(value, i + 1, out, doubles)
            i += 2
    return n


@vm("Py_ssize_t vm_items_fetch(PyObject *o, Py_ssize_t room, W p_words, W p_doubles)", quiet=True)
def vm_items_fetch(o, room, p_words, p_doubles):
    """The same of the keys of a dict, and of the items of a view or a set."""
    items = items_of(o)
    if other_threads():
        items = list(items)
    n = len(items)
    if n <= room:
        out, doubles = ffi.cast("intptr_t *", p_words), ffi.cast("double *", p_doubles)
        i = 0
        for x in items:
            put(x, i, out, doubles)
            i += 1
    return n


@vm("PyObject *vm_pairs_lists(PyObject *o)", quiet=True)
def vm_pairs_lists(o):
    """The keys and the values as two lists."""
    pairs = list(pairs_of(o))                          # at one go
    return [key for key, _ in pairs], [value for _, value in pairs]


@vm("PyObject *vm_items_list(PyObject *o)", quiet=True)
def vm_items_list(o):
    return list(items_of(o))


@vm("Py_ssize_t vm_items_length(PyObject *o)", quiet=True)
def vm_items_length(o):
    """How many items a dict, a view or a set has."""
    return len(o)


items_view = type({}.items())
