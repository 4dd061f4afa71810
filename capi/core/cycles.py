"""Cycles through C: the VM's collector gets to see what C containers hold.

`mirror` asks the shim which VM objects are held by nothing but containers in C (capi/shim/core/cycles.c).  Such an object
is *demoted*: the table lets go of it, and a Cell has it instead, which the wrappers of those containers hold through their
anchor.  So the VM finds out when the whole cycle is unreachable.

C may have taken another reference meanwhile, and finalizers may still use what is unreachable.  Hence two kinds of objects
with a `__del__`.  A Guard, which nothing holds, has every cell and every wrapper that is not young: at the next major
collection it brings them all back, while the weak references to those that are unreachable have been cleared.  The unreachable
wrappers are then *in limbo*: each is given a Token, which the VM finalises only when nothing with a finaliser reaches the wrapper
any more.  When it has fired, C finalises and clears the garbage, or gives up the VM's share of the struct.
"""

import gc
import weakref
from _thread import RLock

from capi.core import words
from capi.core.engine import ffi, lib
from capi.core.words import demoted, demoted_ids, held, links, table, wrefs

HELD_BY_VM, IN_LIMBO = 2, 3                # as in cycles.c
A_PROXY, AN_OWNER = 0, 1
M_LIMBO = 8192
PATIENCE = 4
BATCH = 256                                # wrappers that share a token


class ref(weakref.ref):
    """Always a new one: weakref.ref() answers the cleared one of an object that came back."""

    __slots__ = ()


class Cell:
    """Holds a demoted VM object, and what a container in C that has no wrapper refers to."""

    __slots__ = ("x", "index", "edges", "kept", "__weakref__")

    def __init__(self, x, index):
        self.x, self.index, self.edges, self.kept = x, index, None, BY_NONE


BY_NONE, BY_GUARD, BY_TOKEN = range(3)     # what brings a cell back


class Guard:
    """Brings wrappers and cells back at the next major collection.

    There is one at a time: the VM does not clear weak references to what two finalisers reach.
    """

    __slots__ = ("wrappers", "indices", "cells", "__weakref__")

    def __init__(self, wrappers, indices, cells):
        self.wrappers, self.indices, self.cells = wrappers, indices, cells

    def __del__(self):
        returned.append(self)


class Token:
    """Tells that no finaliser reaches its wrappers any more.  With cells, it has all of a garbage component."""

    __slots__ = ("indices", "wrappers", "cells", "edges", "born", "__weakref__")

    def __init__(self, indices, wrappers, cells, limbo=True):
        self.indices, self.wrappers, self.cells, self.edges = indices, wrappers, cells, None
        self.born = 0                      # 0: of a live wrapper whose class has a finaliser
        if limbo:
            self.born = serial[0] = serial[0] + 1
            unfired[self.born] = rounds[0]

    def __del__(self):
        unfired.pop(self.born, None)
        fired.append(self)


def guard():
    """The one that waits for the next major collection."""
    waiting = canary[0] and canary[0]()
    if waiting is None:
        waiting = Guard([], [], [])
        canary[0] = ref(waiting)
    return waiting


def watch(wrappers, indices):
    """From now on notice when these wrappers become unreachable."""
    k, finalised = 0, 0
    for wrapper in wrappers:
        if hasattr(type(wrapper), "__del__"):
            finalised += 1
            if type(anchor_of(wrapper)) is not Token:
                set_anchor(wrapper, Token([indices[k]], [wrapper], [], False))
        k += 1
    if finalised:                          # a guard would put off its finaliser for good
        kept = [i for i in range(len(indices)) if not hasattr(type(wrappers[i]), "__del__")]
        wrappers, indices = [wrappers[i] for i in kept], [indices[i] for i in kept]
    waiting = guard()
    waiting.wrappers += wrappers
    waiting.indices += indices


moving = RLock()
returned, fired = [], []
serial, rounds = [0], [0]                  # tokens made, guards that came back
unfired = {}                               # token's number -> round in which it was made
patience = [PATIENCE]                      # rounds until untangle()
canary = [None]                            # weak reference to the last guard: cleared once a major collection is over
changed = [False]                          # what the mirror last made is not as it was
candidates = []                            # cells of objects demoted a moment ago, which the table still holds
anchored = set()                           # indices of wrappers that have an anchor
doubts, old_doubts = [], []                # young wrappers that a major collection found dead: a finaliser may still use them


def major_passed():
    return canary[0] is not None and canary[0]() is None


def set_anchor(wrapper, anchor):
    object.__setattr__(wrapper, "_mooring_anchor", anchor)


def anchor_of(wrapper):
    try:
        return object.__getattribute__(wrapper, "_mooring_anchor")
    except AttributeError:
        return None


# ---- demotion ------------------------------------------------------------------------------------------------------


def cell_at(index):
    """The cell of a demoted link; None if there is none, or if its guard is on the way."""
    entry = demoted.get(index)
    return None if entry is None else entry[0]()


def demote(index):
    """The cell of the VM object at `index`, which is demoted; None if it cannot be now."""
    if index in demoted:
        return cell_at(index)
    x = table[index]
    w = None if x is None else links.get(x)
    if w is None or (w >> 3) & words.INDEX != index:
        return None
    cell = Cell(x, index)
    weak = lib.m_demote(index, 1)
    if not weak:
        return None
    demoted[index] = ref(cell), id(x), False
    demoted_ids[id(x)] = index
    links[x] = weak
    candidates.append(cell)
    return cell


def let_candidates_go():
    """The second half, later: words that were on their way to the VM at the first have arrived."""
    with moving:
        for cell in candidates:
            index = cell.index
            if cell_at(index) is cell:
                table[index] = None
                if cell.x in links:
                    del links[cell.x]
                if cell_at(index) is not cell:     # a hook came in the middle of it
                    table[index] = cell.x
                    links[cell.x] = words.slot_objects[2 * index - 1]
        del candidates[:]


def promote(index, cell):
    """The table holds the VM object again."""
    changed[0] = True
    with moving:
        if cell_at(index) is not cell:
            return
        table[index] = cell.x
        w = lib.m_demote(index, 0)
        if w:
            links[cell.x] = w
        else:
            table[index] = None
        entry = demoted.pop(index, None)               # another thread may have come first
        if entry is not None:
            demoted_ids.pop(entry[1], None)


def refresh(cells, only_finalisers=False):
    """What a guard brought back can be found again."""
    for cell in cells:
        if cell.index:
            entry = demoted.get(cell.index)
            if entry is not None and entry[0]() is None and entry[1] == id(cell.x):
                demoted[cell.index] = ref(cell), entry[1], only_finalisers


def revived(index):
    """The VM object of a demoted link that crosses: the table holds it again."""
    for attempt in range(8):
        if index not in demoted:
            return table[index]
        cell = cell_at(index)
        if cell is not None:
            if not demoted[index][2]:
                promote(index, cell)
            return cell.x
        if attempt == 0:                   # unreachable, but a finaliser uses it
            for back in returned + fired:
                refresh(back.cells, True)
        elif attempt == 1:                 # from the stack it can be reached
            refresh([x for x in gc.get_objects() if type(x) is Cell], True)
        else:                              # the guard is still waiting for its finaliser
            from capi.core.sweep import vm_collect
            vm_collect()
    raise SystemError("mooring: an object that only C containers held is lost")


# ---- the mirror ------------------------------------------------------------------------------------------------------


def mirror(lost):
    """Hand over to wrappers what only their structs hold.  `lost` (index -> wrapper) are in limbo since now; those that take
    part in garbage with VM objects get their token here and are removed from it.  Returns how many nodes are garbage."""
    garbage = lib.m_cycles_find()
    n, same = ffi.new("long *"), ffi.new("long *")
    p = lib.m_cycles_told(n, same)
    if same[0] and not changed[0] and not lost and not unfired:
        return garbage
    changed[0] = False
    told = ffi.unpack(ffi.cast("int64_t *", p), n[0]) if n[0] else [0]
    start = 1 + told[0]
    for index in told[1:start]:
        hold_again(index, lost)
    records, at = [], start
    while at < len(told):
        records.append(at)
        at += 5 + told[at + 4]
    stands, seen, rest = {}, set(), set()
    if any(told[at + 1] == IN_LIMBO for at in records):
        limbo(told, records, lost, stands, seen, rest)
    for at in records:
        if told[at + 1] == HELD_BY_VM:
            stands[told[at]] = stand_in(told[at + 2], told[at + 3], seen, rest)
    now, cells, own = set(), [], []
    for at in records:
        if told[at + 1] != HELD_BY_VM:
            continue
        stand, count = stands[told[at]], told[at + 4]
        if stand is None:
            changed[0] = True
            continue
        if told[at + 2] == A_PROXY:
            cells.append(stand)
        if not count:
            continue
        edges = [x for x in (stands.get(k) for k in told[at + 5:at + 5 + count]) if x is not None]
        if told[at + 2] != AN_OWNER:
            stand.edges = edges
            continue
        anchor = anchor_of(stand)
        if type(anchor) is Token:          # its class has a finaliser
            anchor.edges = edges
            own.append((anchor, at))
        else:
            set_anchor(stand, edges)
            now.add(told[at + 3])
    keep(cells, own, told, records, stands)
    if rest:
        for index in rest:
            table[index] = None
        held[:] = [index for index in held if index not in rest]
    for index in anchored - now:
        wrapper = wrefs[index] and wrefs[index]()
        if wrapper is not None and type(anchor_of(wrapper)) is list:
            set_anchor(wrapper, None)
    anchored.clear()
    anchored.update(now)
    for index in [index for index in demoted if index not in seen]:
        cell = cell_at(index)
        if cell is not None and index in demoted:
            promote(index, cell)
    return garbage


def keep(cells, own, told, records, stands):
    """Let each cell come back: with the token of a wrapper whose class has a finaliser, which a guard must not reach, or with the guard."""
    if own:
        places = {told[at]: at for at in records}
        done = set()
        for token, at in own:
            for cell in token.cells:
                cell.kept = BY_NONE
        for token, at in own:
            token.cells, pending = [], [at]
            while pending:
                at = pending.pop()
                for k in told[at + 5:at + 5 + told[at + 4]]:
                    if k in done:
                        continue
                    done.add(k)
                    pending.append(places[k])
                    stand = stands.get(k)
                    if type(stand) is Cell and stand.index:
                        give_cell(token, stand)
    for cell in cells:
        if cell.kept == BY_NONE:
            cell.kept = BY_GUARD
            guard().cells.append(cell)


def give_cell(token, cell):
    token.cells.append(cell)
    cell.kept = BY_TOKEN


def hold_again(index, lost):
    """C holds this wrapper with state by more than containers."""
    changed[0] = True
    if table[index] is None and wrefs[index] is not None:
        wrapper = wrefs[index]()
        if wrapper is not None:
            if index in lost:
                del lost[index]
                mark([index], M_LIMBO, False)
            if type(anchor_of(wrapper)) is not Token:
                table[index] = wrapper
                held.append(index)


def stand_in(kind, index, seen, rest):
    """What stands for a node in the VM."""
    if kind == A_PROXY:
        seen.add(index)
        return demote(index)
    if kind == AN_OWNER:
        wrapper = wrefs[index] and wrefs[index]()
        if wrapper is not None and table[index] is wrapper:
            rest.add(index)
        return wrapper
    return Cell(None, 0)


def limbo(told, records, lost, stands, seen, rest):
    """Give each component of what hangs on unreachable wrappers a token."""
    parent = {}

    def find(a):
        while parent[a] != a:
            parent[a] = a = parent[parent[a]]
        return a

    members = [at for at in records if told[at + 1] == IN_LIMBO]
    for at in members:
        parent[told[at]] = told[at]
    for at in members:
        for k in told[at + 5:at + 5 + told[at + 4]]:
            if k in parent:
                parent[find(k)] = find(told[at])
    components = {}
    for at in members:
        components.setdefault(find(told[at]), []).append(at)
    for component in components.values():
        new, token, pending = [], None, False
        for at in component:
            index = told[at + 3]
            if told[at + 2] == AN_OWNER:
                if index in lost:
                    new.append(index)
                else:
                    wrapper = wrefs[index] and wrefs[index]()
                    anchor = None if wrapper is None else anchor_of(wrapper)
                    pending |= wrapper is None
                    if type(anchor) is Token and anchor.wrappers:
                        token = anchor
        if new:
            token = Token(new, [lost.pop(index) for index in new], [])
            for wrapper in token.wrappers:
                set_anchor(wrapper, token)
        if token is None:
            if pending:                    # its token is about to fire
                seen.update(told[at + 3] for at in component if told[at + 2] == A_PROXY)
            continue
        for at in component:
            stand = stand_in(told[at + 2], told[at + 3], seen, rest)
            if told[at + 2] == A_PROXY and stand is not None and stand.kept != BY_TOKEN:
                give_cell(token, stand)


# ---- after a major collection ------------------------------------------------------------------------------------------


def mark(indices, flags, on):
    lib.m_cycles_mark(ffi.new("uint32_t[]", indices), len(indices), flags, on)


def process():
    """Act on the guards and tokens that came back; returns how much there was to do."""
    if not returned and not fired:
        return 0
    tokens, guards = fired[:], returned[:]
    del fired[:len(tokens)], returned[:len(guards)]
    for back in tokens + guards:
        refresh(back.cells)
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
            current = wrefs[index]()
            if current is None:
                lost[index] = kept[k]
                wrefs[index] = ref(kept[k])
            elif index not in lost:
                wrappers.append(current)
                indices.append(index)
            k += 1
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
    release(old_doubts)
    old_doubts[:] = doubts
    del doubts[:]
    return done + garbage


def untangle(wrappers, indices):
    """Take wrappers out of limbo whose tokens do not fire: a finaliser has saved them, or they and what the guard has hold each other."""
    patience[0] *= 2
    out, rescued = [], []
    for x in gc.get_objects():
        if type(x) in words.getters:
            token = anchor_of(x)
            if type(token) is Token and token.born:
                out.append((x, token))
    for x, token in out:
        p = lib.m_object_address(words.getters[type(x)](x) & ~2)
        index = lib.m_link_word(p) >> 3 & words.INDEX
        if index not in token.indices:
            continue
        k = token.indices.index(index)
        del token.indices[k]
        if token.wrappers:
            del token.wrappers[k]
        set_anchor(x, None)
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
    return words.long_at(words.slot_objects[2 * index]) > words.SHARE and hasattr(wrapper, "__dict__")


def give_tokens(indices, wrappers):
    """Plain ones share tokens.  One with a finaliser of its own may save itself: it gets a token for itself."""
    shared = []
    k = 0
    for index in indices:
        wrapper = wrappers[k]
        k += 1
        if hasattr(type(wrapper), "__del__"):
            set_anchor(wrapper, Token([index], None, []))
        elif has_state(index, wrapper):
            set_anchor(wrapper, Token([index], [wrapper], []))
        else:
            if len(shared) % BATCH == 0:
                token = Token([], None, [])
            token.indices.append(index)
            shared.append(index)
            set_anchor(wrapper, token)


def release(indices):
    """Give up the VM's share of the structs, except where there is a wrapper again."""
    several = words.multi[0]
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


def end(tokens):
    """Finalise and clear the garbage of tokens that have fired; release what was cleared before."""
    plain, parts = [], []
    for token in tokens:
        if token.wrappers is None:
            plain += token.indices
        else:
            parts.append(token)
    done = release(plain) if plain else 0
    if not parts:
        return done
    indices = []
    for token in parts:
        k = 0
        for index in token.indices:
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
        free, kept = [], []
        for k in range(len(token.indices)):            # state stays while other garbage, whose turn has not come, has the struct
            (kept if has_state(token.indices[k], token.wrappers[k]) else free).append(k)
        if kept:
            again = Token([token.indices[k] for k in kept], [token.wrappers[k] for k in kept], [])
            for wrapper in again.wrappers:
                set_anchor(wrapper, again)
        give_tokens([token.indices[k] for k in free], [token.wrappers[k] for k in free])
        done += len(free)
    return done
