"""The mirror: wrappers get what their structs hold, so that the VM's collector sees it."""

from capi.core import tables
from capi.core.demotion import BY_GUARD, BY_NONE, BY_TOKEN, Cell, cell_at, changed, demote, promote
from capi.core.engine import ffi, lib
from capi.core.guards import Token, anchor_of, anchored, guard, set_anchor, unfired
from capi.core.tables import INDEX, demoted, held, table, wrefs

HELD_BY_VM, IN_LIMBO = 2, 3                # as in cycles.c
A_PROXY, AN_OWNER = 0, 1
M_LIMBO = 8192


def mark(indices, flags, on):
    lib.m_cycles_mark(ffi.new("uint32_t[]", indices), len(indices), flags, on)


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
    for w in told[1:start]:
        hold_again(w, lost)
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
            now.add(told[at + 3] >> 3 & INDEX)
    keep(cells, own, told, records, stands)
    if rest:
        for index in rest:
            table[index] = None
        n = len(held)                      # another thread may add to it
        held[:n] = [index for index in held[:n] if index not in rest]
    for index in anchored - now:
        wrapper = wrefs[index] and wrefs[index]()
        if wrapper is not None and type(anchor_of(wrapper)) is list:
            set_anchor(wrapper, None)
    anchored.clear()
    anchored.update(now)
    for index in [index for index in list(demoted) if index not in seen]:
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


def hold_again(w, lost):
    """C holds this wrapper with state by more than containers."""
    changed[0] = True
    index = w >> 3 & INDEX
    if table[index] is None and wrefs[index] is not None and tables.slot_objects[2 * index - 1] == w:
        wrapper = wrefs[index]()
        if wrapper is not None:
            if index in lost:
                del lost[index]
                mark([index], M_LIMBO, False)
            if type(anchor_of(wrapper)) is not Token:
                table[index] = wrapper
                held.append(index)


def stand_in(kind, w, seen, rest):
    """What stands in the VM for a node with link `w`."""
    index = w >> 3 & INDEX
    if kind == A_PROXY:
        seen.add(index)
        return demote(w)
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
            index = told[at + 3] >> 3 & INDEX
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
                seen.update(told[at + 3] >> 3 & INDEX for at in component if told[at + 2] == A_PROXY)
            continue
        for at in component:
            stand = stand_in(told[at + 2], told[at + 3], seen, rest)
            if told[at + 2] == A_PROXY and stand is not None and stand.kept != BY_TOKEN:
                give_cell(token, stand)


