"""Finding dead wrappers and forgotten proxies.

A wrapper has no finaliser and its weak reference no callback, which would cost ten times its making.  Instead the table
is swept: what was made since the last sweep after each minor collection; what has survived that is watched by
a guard (capi/core/guards.py), and capi/core/cycles.py acts after a major one.  Because no hook runs while one long C function calls
back, and a large nursery puts off the minor collections, the crossing path counts as well and sweeps when much has piled up.
"""

import gc
from _thread import allocate_lock, get_ident

from capi.core import cycles, fading, guards, linking, pace, tables, turns, typecall
from capi.core.demotion import candidates, fired, let_candidates_go, returned
from capi.core.engine import ffi, lib
from capi.core.mirror import mirror
from capi.core.linking import drain
from capi.core.tables import DRAIN_AT, M_HELD, behind, held, table, wrefs

CAP = 1 << 13
PAUSE = 2                                  # seconds at most that threads wait for another one's sweep
ROUNDS = 10                                # of gc.collect(): what dies at one lets go of more


def alone(sweep):
    """`sweep`, but not while another runs: a hook may come in the middle of one, and C code that one calls may start one."""
    def guarded(*args):
        if tables.trace_busy[0] or turns.has_any() or not busy.acquire(False):
            return 0
        sweeper[0] = get_ident()
        behind[0] = tables.multi[0] and (pace.rounds_left[0] or any([len(back.wrappers) > pace.LEAST for back in returned]))
        try:
            n = sweep(*args)
            work[0] += n
            return n
        finally:
            behind[0] = sweeper[0] = 0
            busy.release()
    return guarded


def let_it_catch_up():
    """There is much garbage to look for, and another thread is at it: do not make more meanwhile."""
    if sweeper[0] == get_ident() or turns.has_any() or linking.drainer[0] == get_ident():
        return
    if busy.acquire(True, PAUSE):
        busy.release()
    else:
        behind[0] = 0                      # it may wait for this thread


busy = allocate_lock()
sweeper = [0]                              # the thread that sweeps
work = [0]                                 # how much the sweeps found to do so far


def young_died():
    """Release the C structs of young wrappers that have died; guards have the others.  Returns how many died."""
    total = 0
    doubtful = guards.major_passed()
    left = tables.young_count[0]            # those on their way are young again
    while left > 0:
        n = lib.m_take_young(young, CAP)
        total += release_dead(young, n, doubtful)
        left -= n or left
    if tables.made[0] < -tables.MOST:      # what was given back may be used again before the next sweep
        tables.made[0] = -tables.MOST
    if pace.rounds_left[0]:                # the next minor collection is to come soon
        tables.made[0] = tables.MUCH - tables.MUCH // 8
    return total


def release_dead(indices, n, doubtful):
    """Give up the VM's share of those structs whose wrappers are dead; returns how many were dead.

    What survives a minor collection is watched.  After a major one finalisers may still use what its weak reference has lost.
    A struct whose word is on its way to a new wrapper is young again.  Another thread may make one between our look and
    the release: so what crosses after m_candidates() is left alone.
    """
    found = 0
    wrappers, kept = [], []
    several = tables.multi[0]
    if several:
        indices = ffi.new("uint32_t[]", [indices[i] for i in range(n)])
        n = lib.m_candidates(indices, n)
    for i in range(n):
        index = indices[i]
        r = wrefs[index]
        wrapper = None if r is None else r()
        if wrapper is not None:
            wrappers.append(wrapper)
            kept.append(index)
        elif doubtful and r is not None:
            cycles.doubts.append(index)
        else:
            dead[found] = index
            found += 1
    if kept:
        guards.watch(wrappers, kept)
        pace.grown_old[0] += len(kept)
    if found:
        lib.m_release(dead, found, several)
    return found


def let_go():
    """Wrappers with state that C no longer holds may die again."""
    n = len(held)
    if not n:
        return
    indices = ffi.new("uint32_t[]", held)
    found = lib.m_unheld(indices, n)
    for i in range(found):
        index = indices[i]
        wrapper = table[index]
        table[index] = None
        if wrapper is not None and tables.uint_at(tables.slot_objects[2 * index] - 8) & M_HELD:      # again, by another thread
            table[index] = wrapper
            held.append(index)
    held[:n] = [indices[i] for i in range(found, n)]


@alone
def sweep_all():
    """After a major collection: all wrappers."""
    let_go()
    total = young_died()
    let_candidates_go()
    total += cycles.process() + fading.bury()
    fading.settle()
    fading.fade(False)
    return total


@alone
def sweep_young():
    """After a minor collection."""
    total = young_died()
    if candidates:
        let_candidates_go()
    if returned or fired:
        total += cycles.process()
    return total


def catch_up():
    """A large nursery may be far from full, and one long C function lets no hook run."""
    tables.made[0] = 0
    pace.minor_collection()
    sweep_young()
    pace.go_on()                           # the hook comes in the middle of the sweep, which is no time for it


@alone
def prepare():
    """Before a collection that is asked for: it is to see the cycles through C as they are now."""
    lib.m_all_landed()
    let_go()
    drain(True)
    young_died()
    mirror({})
    let_candidates_go()
    fading.fade(True)
    fading.settle()
    return 0


def on_minor(stats):
    try:
        pace.memory[0] = stats.total_memory_used
        sweep_young()
        if sweeper[0] == 0:
            pace.after_minor(stats.count)
        previous[0](stats) if previous[0] else None
    except RecursionError:                 # the stack was nearly full: the next collection sweeps
        pass


def on_major(stats):
    try:
        pace.after_major()
        sweep_all()
        tables.dead_weight[0] = DRAIN_AT + 1      # the next link drains; now the word of a dead proxy may be on its way to the VM
        previous[1](stats) if previous[1] else None
    except RecursionError:
        pass


def collect(generation=2):
    """gc.collect(): collects until what C and the VM held of each other is gone as well, as it would be on CPython."""
    typecall.made.clear()
    result = None
    for _ in range(ROUNDS):
        lib.m_release_temps()
        prepare()
        fading.scrub()
        before = work[0]
        result = vm_collect()                          # hooks that run in the middle of it sweep, too
        lib.m_release_temps()                          # what finalisers got
        sweep_all()
        if work[0] == before and not drain(True):
            break
    return result


def install():
    """Hook the garbage collector; hooks set before ours are called after it."""
    guards.guard()
    pace.after_major()
    gc.collect = collect
    previous[:] = [gc.hooks.on_gc_minor, gc.hooks.on_gc_collect]
    gc.hooks.on_gc_minor = on_minor
    gc.hooks.on_gc_collect = on_major


previous = [None, None]
vm_collect = gc.collect
if lib is not None:
    young = ffi.new("uint32_t[]", CAP)
    dead = ffi.new("uint32_t[]", CAP)
