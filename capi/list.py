"""PyList_... of lists that live in the VM: what capi/shim/list.c asks for."""

from _thread import _count as other_threads

from capi.core import NULL, vm
from capi.core.items import put
from capi.core.linking import handed
from capi.core.tables import ffi

len_of = list.__len__
item_of = list.__getitem__
set_item = list.__setitem__
del_item = list.__delitem__
append = list.append
insert = list.insert
sort = list.sort
reverse = list.reverse


SHARED = -2                                # other threads may change the list between two looks: take it as a whole


FEW = 8                                    # as in capi/shim/list_view.c


@vm("Py_ssize_t vm_list_length(PyObject *list, int alone, W p_stamp, W p_words, W p_doubles)", quiet=True)
def vm_list_length(list, alone, p_stamp, p_words, p_doubles):
    """The list's length; if there is room for words, the first items as well, in case they are asked for next: those that cost little.
    How many these are is written behind the stamp."""
    if other_threads() and not alone:
        return SHARED
    length = len_of(list)
    if p_words:
        n = 0
        while n < FEW and n < length and type(item_of(list, n)) in CHEAP:
            n += 1
        ffi.cast("long *", p_stamp)[1] = n
        if n:
            vm_list_fetch(list, 0, n, alone, p_stamp, p_words, p_doubles)
    return length


CHEAP = (int, str, float)


@vm("Py_ssize_t vm_list_fetch(PyObject *list, Py_ssize_t start, Py_ssize_t n, int alone, W p_stamp, W p_words, W p_doubles)", quiet=True)
def vm_list_fetch(list, start, n, alone, p_stamp, p_words, p_doubles):
    """Write the words of up to `n` items from `start`, or UNCHANGED if they are those handed over last; return the list's length."""
    if other_threads() and not alone:
        return SHARED
    length = len_of(list)
    if n > length - start:
        n = length - start
    out = ffi.cast("intptr_t *", p_words)
    if n <= 0:
        return length
    stamp = ffi.cast("long *", p_stamp)
    before = handed[stamp[0] & 3]
    if before is not None and before[0] is list and is_unchanged(list, start, n, before, stamp[0]):
        out[0] = UNCHANGED
        return length
    doubles = ffi.cast("double *", p_doubles)
    for i in range(n):
        put(item_of(list, start + i), i, out, doubles)
    handovers[0] += 1
    stamp[0] = handovers[0]
    handed[handovers[0] & 3] = list, start, item_of(list, slice(start, start + n)), handovers[0]
    return length


UNCHANGED = 8
handovers = [0]


def is_unchanged(list, start, n, before, stamp):
    """True if the `n` items from `start` are those of a handover; text is the same if its value is."""
    # JIT: a loop would need a frame of its own, some 800 bytes that are in no cache, hence the first ones without.
    _, first, items, number = before
    if number != stamp or first != start or n > len_of(items):
        return False
    if item_of(list, start) is not item_of(items, 0):
        return False
    if n > 1 and item_of(list, start + 1) is not item_of(items, 1):
        return False
    if n > 2 and item_of(list, start + 2) is not item_of(items, 2):
        return False
    if n > 3 and item_of(list, start + 3) is not item_of(items, 3):
        return False
    if n > 4 and item_of(list, start + 4) is not item_of(items, 4):
        return False
    return n < 6 or are_same(list, start, n, items, 5)


def are_same(list, start, n, items, i):
    """The same from item `i` on."""
    while i < n:
        if item_of(list, start + i) is not item_of(items, i):
            return False
        i += 1
    return True


@vm("Py_ssize_t vm_list_whole(PyObject *list, Py_ssize_t room, W p_words, W p_doubles)", quiet=True)
def vm_list_whole(list, room, p_words, p_doubles):
    """Write the words of all items if there is room; return how many there are."""
    items = item_of(list, slice(0, room + 1))          # at one go: no other thread runs in the middle
    n = len_of(items)
    if n > room:
        return SHARED
    out = ffi.cast("intptr_t *", p_words)
    doubles = ffi.cast("double *", p_doubles)
    for i in range(n):
        put(item_of(items, i), i, out, doubles)
    return n


@vm("PyObject *vm_list_copy(PyObject *list)", quiet=True)
def vm_list_copy(list):
    return item_of(list, slice(None))


@vm("int vm_list_set(PyObject *list, Py_ssize_t index, PyObject *item)")
def vm_list_set(list, index, item):
    if not 0 <= index < len_of(list):
        raise IndexError("list assignment index out of range")
    set_item(list, index, None if item is NULL else item)


@vm("int vm_list_append(PyObject *list, PyObject *item)", given=("item",))
def vm_list_append(list, item):
    append(list, item)


@vm("int vm_list_insert(PyObject *list, Py_ssize_t index, PyObject *item)", given=("item",))
def vm_list_insert(list, index, item):
    insert(list, index, item)


def bounds(list, low, high):
    low = min(max(low, 0), len_of(list))
    return slice(low, max(low, high))


@vm("PyObject *vm_list_slice(PyObject *list, Py_ssize_t low, Py_ssize_t high)")
def vm_list_slice(list, low, high):
    return item_of(list, bounds(list, low, high))


@vm("int vm_list_set_slice(PyObject *list, Py_ssize_t low, Py_ssize_t high, PyObject *items)")
def vm_list_set_slice(list, low, high, items):
    if items is NULL:
        del_item(list, bounds(list, low, high))
    else:
        set_item(list, bounds(list, low, high), items)


@vm("int vm_list_sort(PyObject *list)")
def vm_list_sort(list):
    sort(list)


@vm("int vm_list_reverse(PyObject *list)")
def vm_list_reverse(list):
    reverse(list)
