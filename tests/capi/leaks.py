"""What a test leaves behind in the layer: links, wrappers, blocks of C memory, references that wait to be released.

Types of C, modules and functions stay for good, other classes as long as compiled code has them, and caches fill at the first use.  So a test is suspected when something stays,
and found guilty when more stays each time that it is run again.
"""

import gc
import types
from collections import Counter

from capi.core import fading
from capi.core.engine import ffi, lib
from capi.core.tables import table

PERMANENT = (type, types.ModuleType, types.BuiltinFunctionType)
FUNCTION = "wrapper of builtin_function_or_method"
OF_A_CLASS = ("link of str", "link of tuple", "link of ClassDict", "C block")
RUNS = 3


class State:
    """What is alive in the layer now."""

    def __init__(self):
        gc.collect()                                    # the layer's own, which sweeps and drains
        self.links = dict(live_links())
        self.blocks = lib.m_count_blocks()
        self.waiting = lib.m_count_waiting()
        self.types = sum(self.is_type(handle) for handle in self.links)

    @staticmethod
    def is_type(handle):
        index = handle >> 3 & 0xffffffff
        return index in fading.faded if handle & 2 else isinstance(table[index], type)

    def since(self, before):
        """Counter of what is here and was not there `before`, by kind."""
        found = Counter()
        for handle in self.links.keys() - before.links.keys():
            if self.is_type(handle):
                continue
            if handle & 2:
                found["wrapper of " + name_at(self.links[handle])] += 1
            else:
                kind = type(table[handle >> 3 & 0xffffffff])
                if not issubclass(kind, PERMANENT):
                    found["link of " + kind.__name__] += 1
        del found[FUNCTION]
        found["C block"] = self.blocks - before.blocks
        if self.types > before.types:                   # a class's name, bases, dictionary and struct stay with it
            for kind in OF_A_CLASS:
                del found[kind]
        found["waiting reference"] = self.waiting - before.waiting
        return +found


def live_links():
    """(handle, address) of each link."""
    address = ffi.new("intptr_t *")
    index = 1
    while True:
        handle = lib.m_link_at(index, address)
        if handle == -1:
            return
        if handle:
            yield handle, address[0]
        index += 1


def name_at(address):
    references = ffi.new("long *")
    return ffi.string(lib.m_describe(address, references)).decode()


def left_behind(run, before):
    """What `run`, which has run once since `before`, leaves each time; empty if nothing.  (found, State after it)."""
    after = settled(before)
    suspected = after.since(before)
    for _ in range(RUNS - 1):
        if not suspected:
            break
        run()
        before, after = after, settled(after)
        suspected = +Counter({kind: min(n, suspected[kind]) for kind, n in after.since(before).items()})
    return suspected, after


def settled(before):
    """The State, after a few more collections if there is more than `before`: some things die one after the other."""
    for _ in range(RUNS):
        after = State()
        if not after.since(before):
            break
    return after


def names(found):
    return ", ".join(f"{n} x {kind}" for kind, n in sorted(found.items()))
