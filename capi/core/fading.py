"""Classes fade: what C does not need of a class of the VM is held weakly, and goes when the class does.

C tells after a major collection which classes it does not need (capi/shim/core/classes.c).  Their handles are weak from then on, and all that
holds a class here is put aside until it crosses again.  When the VM has freed it, its PyTypeObject is freed as well.
"""

from capi.core import linking, tables
from capi.core.demotion import ref
from capi.core.engine import ffi, lib
from capi.core.structs import fillers
from capi.core.tables import addresses, factories, getters, info_view, links, slot_objects, table, wrefs
from capi.core.turns import typing

ROOM = 1 << 12
SOME, MANY = 2000, 10_000


class Faded:
    """What there is of a class whose handle is weak."""

    __slots__ = ("p", "id", "getter", "factory")

    def __init__(self, p, cls):
        self.p, self.id, self.getter = p, id(cls), getters.get(cls)
        self.factory = info_view(p).factory


faded = {}                                 # index -> Faded
by_id = {}                                 # id of the class -> index
settling = []                              # indices of those that the table still has: a strong word may be on its way
factory_classes = {}                       # index of a factory -> [its class], empty while that is faded
spare_factories = []
most_classes = [0]                         # when some faded since the last scrub()
BY_CLASS = links, addresses, getters, fillers


def born(cls, p, w):
    """The class has got a PyTypeObject, and is one that may fade."""
    wrefs[(w >> 3) & tables.INDEX] = ref(cls)
    lib.m_class_made(p)


def add_factory(factory, own):
    """The index of a new factory of wrappers, of the class in `own`."""
    if spare_factories:
        k = spare_factories.pop()
        factories[k] = factory
    else:
        factories.append(factory)
        k = factories.index(factory)       # another thread may have come between
    factory_classes[k] = own
    return k


def getter_of(cls):
    """How an instance of the class gives its word, also if it has faded; None for a class of no structs, or that C has not seen."""
    index = by_id.get(id(cls), 0)
    return faded[index].getter if index and wrefs[index]() is cls else getters.get(cls)


def fade(everything):
    """Let go of the classes that C does not need; those that came back of late are spared, unless it is `everything`."""
    if not typing.acquire(False):
        return
    try:
        n = lib.m_classes_fade(indices, ROOM, everything)
        for i in range(n):
            put_aside(indices[i])
    finally:
        typing.release()


def put_aside(index):
    cls = table[index]
    p = slot_objects[2 * index]
    known = faded[index] = Faded(p, cls)
    by_id[known.id] = index
    settling.append(index)
    if known.factory:
        factory_classes[known.factory][0] = None
    most_classes[0] = max(most_classes[0], len(addresses))
    for each in BY_CLASS:
        if cls in each:
            del each[cls]


def scrub():
    """Let go of what the dictionaries no longer have."""
    n, most_classes[0] = most_classes[0], 0
    linking.scrub_links(n and MANY)
    if n:
        for each in BY_CLASS[1:]:
            linking.scrub(each, 3 * n + SOME)


def settle():
    """The table lets go of the faded as well."""
    if not settling or not typing.acquire(False):
        return
    try:
        before = ffi.new("uint32_t[]", [index for index in settling if index in faded])
        n = lib.m_classes_settled(before, len(before))
        for i in range(n):
            table[before[i]] = None
        settling[:] = [before[i] for i in range(n, len(before))]
    finally:
        typing.release()


def restore(cls):
    """A class that may have faded crosses: the address of its PyTypeObject, or 0."""
    index = by_id.get(id(cls), 0)
    if not index or wrefs[index]() is not cls:         # another one had this id, or only a finaliser reaches it: it begins anew
        return 0
    known = faded.pop(index)
    del by_id[known.id]
    table[index] = cls
    links[cls] = lib.m_class_strong(known.p)
    if known.getter is not None:
        getters[cls] = known.getter
    if known.factory:
        factory_classes[known.factory][0] = cls
    addresses[cls] = known.p
    return known.p


def bury():
    """Free what is left of classes that have died; returns how many."""
    dead = [index for index in list(faded) if wrefs[index]() is None]
    if not dead or not typing.acquire(False):
        return 0
    try:
        array = ffi.new("uint32_t[]", [index for index in dead if index in faded])
        n = lib.m_classes_free(array, len(array))
        for i in range(n):
            known = faded.pop(array[i])
            if by_id.get(known.id) == array[i]:
                del by_id[known.id]
            if known.factory:
                del factory_classes[known.factory]
                factories[known.factory] = None
                spare_factories.append(known.factory)
        return n
    finally:
        typing.release()


if lib is not None:
    indices = ffi.new("uint32_t[]", ROOM)
