"""Finding dead wrappers and forgotten proxies.

A wrapper has no finaliser and its weak reference no callback, which would cost ten times its making.  Instead the table
is swept: what was made since the last sweep after each minor collection, everything after a major one.  Because no hook
runs while one long C function calls back, the crossing path counts as well and sweeps when much has piled up.
"""

import gc
from _thread import allocate_lock

from capi.core import words
from capi.core.engine import ffi, lib
from capi.core.words import DRAIN_AT, LateRef, drain, held, scrub_links, table, wrefs

CAP = 1 << 16
old = []                                   # indices of wrappers that have survived a sweep
late = []                                  # indices of wrappers that are dead but whose finalisers may still be to run
finalized = []                             # of those whose finalisers have run


def alone(sweep):
    """`sweep`, but not while another runs: a hook may come in the middle of one, and C code that one calls may start one."""
    def guarded(*args):
        if words.trace_busy[0] or not busy.acquire(False):
            return 0
        try:
            return sweep(*args)
        finally:
            busy.release()
    return guarded


busy = allocate_lock()


def young_died():
    """Release the C structs of young wrappers that have died; the others grow old.  Returns how many died."""
    total = 0
    while True:
        n = lib.m_take_young(young, CAP)
        total += release_dead(young, n)
        if n < CAP:
            return total


def old_died():
    """The same for all wrappers."""
    while finalized:
        old.append(finalized.pop())
    candidates, total = old[:], 0
    del old[:]
    for start in range(0, len(candidates), CAP):
        total += release_dead(candidates[start:start + CAP], min(CAP, len(candidates) - start))
    return total


def release_dead(indices, n):
    """Give up the VM's share of those structs whose wrappers are dead; returns how many were dead.

    A struct whose word is on its way to a new wrapper is young again.  Another thread may make one between our look and
    the release: so what crosses after m_candidates() is left alone.
    """
    found = 0
    several = words.multi[0]
    if several:
        indices = ffi.new("uint32_t[]", [indices[i] for i in range(n)])
        n = lib.m_candidates(indices, n)
    for i in range(n):
        index = indices[i]
        r = wrefs[index]
        if r is not None and r() is not None:
            old.append(index)
        elif type(r) is LateRef:
            late.append(index)
        else:
            dead[found] = index
            found += 1
    if found:
        lib.m_release(dead, found, several)
    if late:
        found += len(late)
        AfterFinalizers(late[:])
        del late[:]
    return found


class AfterFinalizers:
    """Garbage when made: its finaliser runs after those of the wrappers that are dead already."""

    def __init__(self, indices):
        self.indices = indices

    def __del__(self):
        for index in self.indices:
            if type(wrefs[index]) is LateRef and wrefs[index]() is None:
                wrefs[index] = None            # the next sweep may release the struct
            finalized.append(index)



def let_go():
    """Wrappers with state that C no longer holds may die again."""
    n = len(held)
    if not n:
        return
    indices = ffi.new("uint32_t[]", held)
    found = lib.m_unheld(indices, n)
    for i in range(found):
        table[indices[i]] = None
    held[:n] = [indices[i] for i in range(found, n)]


@alone
def sweep_all():
    """After a major collection: all wrappers."""
    let_go()
    return young_died() + old_died()


sweep_young = alone(young_died)


def on_minor(stats):
    try:
        sweep_young()
        previous[0](stats) if previous[0] else None
    except RecursionError:                 # the stack was nearly full: the next collection sweeps
        pass


def on_major(stats):
    try:
        sweep_all()
        words.dead_weight[0] = DRAIN_AT + 1      # the next link drains; now the word of a dead proxy may be on its way to the VM
        previous[1](stats) if previous[1] else None
    except RecursionError:
        pass


def collect(generation=2):
    """gc.collect(): collects until what C and the VM held of each other is gone as well, as it would be on CPython."""
    lib.m_release_temps()
    lib.m_all_landed()
    let_go()
    drain()
    scrub_links()
    result = vm_collect()
    for _ in range(4):
        if not sweep_all() + drain():
            break
        lib.m_all_landed()
        scrub_links()
        vm_collect()
    return result


def install():
    """Hook the garbage collector; hooks set before ours are called after it."""
    gc.collect = collect
    previous[:] = [gc.hooks.on_gc_minor, gc.hooks.on_gc_collect]
    gc.hooks.on_gc_minor = on_minor
    gc.hooks.on_gc_collect = on_major


previous = [None, None]
vm_collect = gc.collect
if lib is not None:
    young = ffi.new("uint32_t[]", CAP)
    dead = ffi.new("uint32_t[]", CAP)
