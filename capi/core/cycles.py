"""Cycles through C: the VM's collector gets to see what C containers hold.

`mirror` asks the shim which VM objects are held by nothing but containers in C (capi/shim/core/cycles.c).  Such an object
is *demoted* (capi/core/demotion.py): a Cell has it, which the wrappers of those containers hold through their anchor.  So the VM finds
out when the whole cycle is unreachable.

C may have taken another reference meanwhile, and finalizers may still use what is unreachable: hence guards and tokens
(capi/core/guards.py).  When a token has fired, C finalises and clears the garbage, or gives up the VM's share of the struct.
"""

import gc

from capi.core import fading, tables
from capi.core.demotion import BY_GUARD, BY_NONE, BY_TOKEN, cell_at, fired, promote, recall, ref, refresh, returned
from capi.core.engine import ffi, lib
from capi.core.guards import Token, anchor_of, guard, rounds, set_anchor, unfired, watch
from capi.core.mirror import M_LIMBO, give_cell, keep, mark, mirror
from capi.core.pace import round_over
from capi.core.turns import wrapping
from capi.core.tables import demoted, type_view, wrefs

PATIENCE = 4
BATCH = 256                                # wrappers that share a token
patience = [PATIENCE]                      # rounds until untangle()
doubts, old_doubts = [], []                # young wrappers that a major collection found dead: a finaliser may still use them


def process():
    """Act on the guards and tokens that came back; returns how much there was to do."""
    if not returned and not fired:
        return 0
    tokens, guards = fired[:], returned[:]
    for back in tokens + guards:
        refresh(back.cells)
    del fired[:len(tokens)], returned[:len(guards)]
    for back in tokens + guards:
        keeper = BY_TOKEN if type(back) is Token else BY_GUARD
        for cell in back.cells:
            if cell.kept == keeper:
                cell.kept = BY_NONE
    guard()
    done = end(tokens) if tokens else 0
    wrappers, indices, lost = [], [], {}
    for back in guards:
        kept = back.wrappers
        k = 0
        for index in back.indices:
            with wrapping:
                current = wrefs[index]()
                if current is None:
                    wrefs[index] = ref(kept[k])
            if current is None:
                lost[index] = kept[k]
            elif index not in lost:
                wrappers.append(current)
                indices.append(index)
            k += 1
    for index in lost:
        recall(index, type(lost[index]))
    rescued = []
    rounds[0] += bool(guards)
    if guards and unfired and next(iter(unfired.values())) + patience[0] <= rounds[0]:
        rescued = untangle(wrappers, indices)
    elif not unfired:
        patience[0] = PATIENCE
    if lost:
        mark(list(lost), M_LIMBO, True)
    done += len(lost)
    garbage = mirror(lost)
    keep([cell for cells in [rescued] + [back.cells for back in guards] for cell in cells if cell_at(cell.index) is cell], [], told=[], records=[], stands={})
    while garbage and lib.m_cycles_end(ffi.NULL, 0):
        done += 1
    if lost:
        give_tokens(list(lost), list(lost.values()))
    watch(wrappers, indices)
    join_guards()
    if guards:
        round_over(len(wrappers))
    release(old_doubts)
    old_doubts[:] = doubts
    del doubts[:]
    return done + garbage


def join_guards():
    """A guard may have come back while all was in use here: it tells nothing, and there must be one only."""
    waiting = guard()
    for back in returned[:]:
        if all([wrefs[index]() is not None for index in back.indices]):
            refresh(back.cells)
            waiting.wrappers += back.wrappers
            waiting.indices += back.indices
            waiting.cells += back.cells
            returned.remove(back)


def untangle(wrappers, indices):
    """Take wrappers out of limbo whose tokens do not fire: a finaliser has saved them, or they and what the guard has hold each other."""
    patience[0] *= 2
    out, rescued = [], []
    for x in gc.get_objects():
        if fading.getter_of(type(x)) is not None:
            token = anchor_of(x)
            if type(token) is Token and token.born:
                out.append((x, token))
    for x, token in out:
        p = lib.m_object_address(fading.getter_of(type(x))(x) & ~2)
        index = lib.m_link_word(p) >> 3 & tables.INDEX
        if index not in token.indices:
            continue
        k = token.indices.index(index)
        del token.indices[k]
        token.classes.pop(index, None)
        if token.wrappers:
            del token.wrappers[k]
        set_anchor(x, None)
        with wrapping:
            if wrefs[index]() is None:
                wrefs[index] = ref(x)
        wrappers.append(x)
        indices.append(index)
        mark([index], M_LIMBO, False)
    for x, token in out:
        unfired.pop(token.born, None)
        if not token.indices and token.cells:
            refresh(token.cells)
            for cell in token.cells:
                cell.kept = BY_NONE
            rescued += token.cells
            token.wrappers, token.cells = None, []
    return rescued


def find_wrapper(cls, p, index):
    """The wrapper in limbo of the struct at `p`, while a finaliser runs that can reach it; None if there is none."""
    from capi.core.types import get_address
    get = get_address(cls)
    for x in gc.get_objects():
        if type(x) is cls:
            try:
                if get(x) == p:
                    wrefs[index] = ref(x)
                    return x
            except AttributeError:         # without a struct so far
                pass
    return None


def has_state(index, wrapper):
    """True for a wrapper that must be there when its struct crosses again, which C has more than the VM's share of."""
    return tables.long_at(tables.slot_objects[2 * index]) > tables.SHARE and hasattr(wrapper, "__dict__")


def give_tokens(indices, wrappers):
    """Plain ones share tokens.  One with a finaliser of its own may save itself: it gets a token for itself."""
    shared = []
    k = 0
    for index in indices:
        wrapper = wrappers[k]
        k += 1
        if hasattr(type(wrapper), "__del__"):
            token = Token([index], None, [])
        elif has_state(index, wrapper):
            token = Token([index], [wrapper], [])
        else:
            if len(shared) % BATCH == 0:
                batch = Token([], None, [])
            token = batch
            token.indices.append(index)
            shared.append(index)
        if type(wrapper) not in tables.addresses:
            token.classes[index] = type(wrapper)
        set_anchor(wrapper, token)


def release(indices):
    """Give up the VM's share of the structs, except where there is a wrapper again."""
    several = tables.multi[0]
    if several:
        array = ffi.new("uint32_t[]", indices)
        indices = list(array[0:lib.m_candidates(array, len(indices))])
    dead = []
    for index in indices:
        wrapper = wrefs[index] and wrefs[index]()
        if wrapper is None:
            dead.append(index)
        else:
            mark([index], M_LIMBO, False)
            watch([wrapper], [index])
    if dead:
        lib.m_release(ffi.new("uint32_t[]", dead), len(dead), several)
    return len(dead)


def can_clear(index):
    return type_view(tables.long_at(tables.slot_objects[2 * index] + 8)).tp_clear


def part(indices, wrappers):
    """End structs that have no tp_clear to let go of what holds their wrappers: their wrappers have no struct any more."""
    from capi.core.types import take_address
    for index, wrapper in zip(indices, wrappers):
        take_address(wrapper)
        wrefs[index] = None
    if indices:
        release(indices)


def end(tokens):
    """Finalise and clear the garbage of tokens that have fired; release what was cleared before."""
    plain, parts = [], []
    for token in tokens:
        if token.wrappers is None:
            plain += token.indices
            for index in token.classes:
                recall(index, token.classes[index])
        else:
            parts.append(token)
            for k in range(len(token.indices)):
                recall(token.indices[k], type(token.wrappers[k]))
    done = release(plain) if plain else 0
    if not parts:
        return done
    indices = []
    for token in parts:
        k = 0
        for index in token.indices:
            with wrapping:
                if wrefs[index]() is None:
                    wrefs[index] = ref(token.wrappers[k])
                    indices.append(index)
            k += 1
    if indices:
        mark(indices, M_LIMBO, True)
    called = lib.m_cycles_end(ffi.new("uint32_t[]", indices), len(indices))
    if called:                             # a finaliser may have saved any of it: look again
        for token in parts:
            again = Token(token.indices, token.wrappers, [])
            for wrapper in token.wrappers:
                set_anchor(wrapper, again)
            for cell in token.cells:
                if cell.index in demoted and cell_at(cell.index) is cell:
                    give_cell(again, cell)
        return done + called
    for token in parts:
        for cell in token.cells:           # those that C has let go are in the dead queue now
            if cell.index in demoted and cell_at(cell.index) is cell:
                promote(cell.index, cell)
        free, kept, uncleared = [], [], []
        for k in range(len(token.indices)):            # state stays while other garbage, whose turn has not come, has the struct
            has = has_state(token.indices[k], token.wrappers[k])
            (kept if has else free if can_clear(token.indices[k]) else uncleared).append(k)
        if kept:
            again = Token([token.indices[k] for k in kept], [token.wrappers[k] for k in kept], [])
            for wrapper in again.wrappers:
                set_anchor(wrapper, again)
        give_tokens([token.indices[k] for k in free], [token.wrappers[k] for k in free])
        part([token.indices[k] for k in uncleared], [token.wrappers[k] for k in uncleared])
        done += len(free)
    return done
