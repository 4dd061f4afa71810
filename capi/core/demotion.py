"""Demotion: the table lets go of a VM object that only containers in C hold, and a Cell has it instead.

A demoted link has a weak handle, which C turns into the object by way of `revived`.  Words of the strong one may still be on their
way: so the table lets go in a second step, of those links only from which no word is on its way (`m_lift_link`).  Whoever
moves a VM object between table and cell lifts the link first: it is not freed meanwhile, so its slot is nobody else's.
"""

import gc
import _weakref

from capi.core import tables
from capi.core.engine import lib
from capi.core.linking import let_container_go
from capi.core.turns import moving
from capi.core.tables import INDEX, demoted, demoted_ids, links, table, wrefs

class ref(_weakref.ref):
    """Always a new one: weakref.ref() answers the cleared one of an object that came back."""

    __slots__ = ()


class Cell:
    """Holds a demoted VM object, and what a container in C that has no wrapper refers to."""

    __slots__ = ("x", "index", "edges", "kept", "__weakref__")

    def __init__(self, x, index):
        self.x, self.index, self.edges, self.kept = x, index, None, BY_NONE


BY_NONE, BY_GUARD, BY_TOKEN = range(3)     # what brings a cell back
candidates = []                            # cells of objects demoted a moment ago, which the table still holds
changed = [False]                          # what the mirror last made is not as it was
returned, fired = [], []                   # guards and tokens that came back


def cell_at(index):
    """The cell of a demoted link; None if there is none, or if its guard is on the way."""
    entry = demoted.get(index)
    return None if entry is None else entry[0]()


def demote(w):
    """The cell of the VM object of link `w`, which is demoted; None if it cannot be now."""
    index = (w >> 3) & INDEX
    entry = demoted.get(index)
    if entry is not None:
        return entry[0]() if entry[3] == w else None
    x = table[index]
    if x is None or links.get(x) != w:
        return None
    p = lib.m_lift_link(w, 0)
    if not p:
        return None
    cell = None
    with moving:
        weak = lib.m_demote(w, 1)
        if weak:
            cell = Cell(x, index)
            demoted_ids[id(x)] = index
            demoted[index] = ref(cell), id(x), False, weak, not tables.multi[0] and (type(x) is list or type(x) is dict)
            del links[x]                               # C takes no weak handle: whoever passes `x` now promotes it
            candidates.append(cell)
    lib.m_land(p)
    return cell


def let_candidates_go():
    """The second step."""
    with moving:
        cells = candidates[:]
        del candidates[:]
        for cell in cells:
            index = cell.index
            if cell_at(index) is not cell:             # it was promoted, or its link is gone
                continue
            p = lib.m_lift_link(demoted[index][3], tables.multi[0])
            if not p:
                candidates.append(cell)
                continue
            table[index] = None
            let_container_go(cell.x)
            if cell_at(index) is not cell:             # a finaliser came in the middle of it
                table[index] = cell.x
                links[cell.x] = tables.slot_objects[2 * index - 1]
            lib.m_land(p)


def promote(index, cell):
    """The table holds the VM object again."""
    changed[0] = True
    with moving:
        entry = demoted.get(index)
        if entry is None or entry[0]() is not cell:
            return
        p = lib.m_lift_link(entry[3], 0)
        if not p:                                      # C has let go of it: forget() is to come
            return
        table[index] = cell.x
        w = lib.m_demote(entry[3], 0)
        if w:                                          # else a finaliser came in the middle of it
            links[cell.x] = w
        demoted.pop(index, None)
        demoted_ids.pop(entry[1], None)
        lib.m_land(p)


def refresh(cells, only_finalisers=False):
    """What a guard brought back can be found again."""
    for cell in cells:
        if cell.index and cell_at(cell.index) is None:
            refresh_one(cell, only_finalisers)


def refresh_one(cell, only_finalisers):
    with moving:
        entry = demoted.get(cell.index)
        if entry is not None and entry[0]() is None and entry[1] == id(cell.x):
            demoted[cell.index] = ref(cell), entry[1], only_finalisers, *entry[3:]
            recall(cell.index, type(cell.x))


def recall(index, cls):
    """The object at `index` in C came back: so did its class, which may have faded."""
    p_type = tables.long_at(tables.slot_objects[2 * index] + 8)
    at = (tables.info_view(p_type).link >> 3) & INDEX
    if wrefs[at] is not None and wrefs[at]() is None:
        wrefs[at] = ref(cls)


def revived(index):
    """The VM object of a demoted link that crosses: the table holds it again."""
    x = found(index)
    if x is None and index in demoted:
        raise SystemError("mooring: an object that only C containers held is lost")
    return x


def found(index):
    """The same, or None if it is lost."""
    for attempt in range(8):
        entry = demoted.get(index)
        if entry is None:
            return table[index]
        cell = entry[0]()
        if cell is not None:
            if not entry[2]:
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
    return None
