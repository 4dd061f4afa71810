"""Iterators that C made (shim/core/iterators.h) become the VM's when they cross."""

from capi.core import to_vm
from capi.core.engine import ffi, lib
from capi.core.tables import NULL, long_at
from capi.core.to_vm import class_of, from_pointer, is_fresh, keep_link

sequence_iterator = type(iter([]))
set_iterator = type(iter(set()))
views = {type(iter({})): dict.keys, type(iter({}.values())): dict.values, type(iter({}.items())): dict.items}
classes = (sequence_iterator, set_iterator, *views)


def from_iterator(p):
    if long_at(p - 16):                                # twice among the arguments of one callback
        return from_pointer(p)
    fresh = is_fresh(p)
    lib.m_incref(p)
    state = ffi.new("int64_t[2]")
    source = from_pointer(lib.m_iterator_state(p, state, state + 1))
    x = iterator_at(class_of(long_at(p + 8)), source, state[0], state[1])
    if not fresh:
        x = keep_link(p, x)
        lib.m_iterator_linked(p)
    lib.m_decref(p)
    return x


def iterator_at(cls, source, i, n):
    """The VM's iterator at item `i` of `source`, which had `n` items when the iteration began; -1: it is a sequence."""
    if source is NULL:
        return at_end(cls)
    if n < 0:
        x = iter(source)
        x.__setstate__(i)
        return x
    if n != len(source):
        return at_end(cls, changed=True)
    x = iter(source)
    for _ in range(i):
        next(x)
    return x


def at_end(cls, changed=False):
    """An iterator without items; `changed`: the next look at it finds that what it goes over has changed."""
    container = [] if cls is sequence_iterator else set() if cls is set_iterator else {}
    x = iter(views[cls](container) if cls in views else container)
    if changed:
        container.update({0: 0})
    else:
        next(x, None)
    return x


to_vm.converters.append(from_iterator)
