"""On PyPy: which instances own their C++ object, and the deletion of what has died, without a finaliser.

Instances of a class that are made one after another are a cohort.  Each holds the `Cohort`, which has a weak reference to each of them; the
class's `Nursery` holds it weakly, and has the addresses.  Most objects die young: then one look finds a whole cohort dead, one crossing
deletes it, and its weak references died with it where the VM does not even look.  Of other cohorts each instance is looked at; who lives is
old from then on: by address in a dict, looked through after major collections only.

Threads need no lock, for each step is one operation of the VM: next() takes a place in a cohort.  Who sweeps has one, for which nobody waits.
"""

import gc
from _thread import allocate_lock
from _weakref import ref
from itertools import count

from cppbind.backend.api import ffi
from cppbind.pressure import memory, most

SIZE = 64                                              # places of a cohort
SMALLEST = 4096                                        # instances that do not own, before they are looked through
FEW = 16                                               # cohorts of which nothing is learnt
LOOKS = frozenset(8 ** i for i in range(6))            # at so many cohorts that wait the process's memory is looked at
ADDRESSES = ffi.typeof(f"intptr_t[{SIZE}]")
GONE = "gone"                                          # in the place of an instance that is not its cohort's any more
# Source: a place is taken; {0} gets it, and becomes the owner of what is at {1}; the memory at a place; a constructor has thrown.
TAKE = ["cohort = line.cohort", "place = next(cohort.places, -1)", "if place < 0: cohort, place = renew()"]
OWN = ["cohort.addresses[place] = {1}", "{0}._cohort = cohort"]
PLACE = "cohort.addresses[place]"
WASTED = "cohort.refs[place] = gone; "

nurseries = []
numbers = count()


class Cohort:
    """`refs` are None until the instance of that place is there; an address is 0 where it is not the cohort's to delete."""

    __slots__ = ("places", "refs", "addresses", "close", "entered", "left", "__weakref__")

    def __init__(self, close=False, addresses=None, size=SIZE):
        self.places, self.refs, self.addresses = iter(range(size)), [None] * size, addresses or ffi.new(ADDRESSES)
        self.close = close                              # `refs` are the instances themselves
        self.entered, self.left = 0, size               # how many are in the index; how many places were left then

    def __reduce__(self):
        return type(None), ()                           # a copy of an instance owns nothing


class Canary:
    """Garbage: it is dead after the next minor collection."""


full = Cohort(size=0)


class Line:
    """Where the next instances get their places; `placed`: with memory to be constructed in."""

    def __init__(self, nursery, placed):
        self.nursery, self.placed, self.cohort = nursery, placed, full

    def renew(self):
        """(a new cohort, a place in it), when the last one is full."""
        nursery = self.nursery
        nursery.tend()
        cohort = Cohort(nursery.close and not hasattr(nursery.cls, "__del__"), nursery.recycled() if self.placed else None)
        place = next(cohort.places)
        nursery.young.append((ref(cohort), cohort.addresses))
        nursery.unentered[next(numbers)] = ref(cohort)
        self.cohort = cohort
        return cohort, place


class Nursery:
    """The owning instances of one class."""

    def __init__(self, cls, deleter):
        self.cls, self.deleter, self.lock, self.size = cls, deleter, allocate_lock(), cls._record.size
        self.trivial = "t" in cls._record.flags         # the destructor does nothing
        self.close, self.patience, self.open_for = self.trivial, 1, 0
        self.line, self.placed = Line(self, False), Line(self, True)
        self.young = []                                 # (weak reference to a Cohort, its addresses)
        self.index, self.old = {}, {}                   # address -> weak reference: of the young when first asked for, of the old
        self.unentered = {}                             # number -> weak reference to a Cohort that is not all in the index
        self.stock, self.recycles = [], False           # addresses of dead cohorts, whose memory constructors use again
        self.canary, self.most = ref(Canary()), 0
        nurseries.append(self)

    def tend(self):
        """Called once in a cohort: sweep after a minor collection, which is made if too much waits for it."""
        waiting, self.most = len(self.young), self.most or most(self.size, self.trivial) // SIZE
        if self.canary() is None:
            self.sweep()
        elif (waiting > self.most or waiting in LOOKS and not self.trivial and memory.has_grown()) and gc.isenabled():
            gc.collect_step()                           # a minor collection, and a step of a major one
            self.sweep()
            self.most, memory.before = most(self.size, self.trivial) // SIZE, memory.now()

    def recycled(self):
        """The addresses of a dead cohort, or None."""
        try:
            return self.stock.pop() if self.stock else None
        except IndexError:                              # another thread was first
            return None

    def sweep(self, all=False):
        """Delete the objects whose instances have died: of the young, but for those of the last cohorts; or of `all`."""
        if not self.lock.acquire(False):                # another thread does, or this one, and a destructor has called Python
            return
        try:
            self.canary = ref(Canary())
            young, kept, dead, lost = list(self.young), [], [], 0
            last = () if all else (self.line.cohort, self.placed.cohort)
            for entry in young:
                cohort = entry[0]()
                if cohort is None:
                    self.clear(entry[1])
                    lost += 1
                elif cohort in last or self.settle(cohort, dead):
                    kept.append(entry)
            self.young[:len(young)] = kept
            for number, one in list(self.unentered.items()):
                if one() is None:
                    self.unentered.pop(number, None)
            if all:
                self.sweep_old(dead)
            elif self.trivial and len(young) >= FEW:
                self.learn(lost, len(young))
            if dead:
                self.deleter(dead)
        finally:
            self.lock.release()

    def sweep_old(self, dead):
        """Put the addresses of old objects whose instances have died into `dead`; give memory back."""
        for address, one in list(self.old.items()):
            if one() is None and self.old.pop(address, None) is not None:
                dead.append(address)
        while addresses := self.recycled():
            self.deleter.all(addresses, SIZE)

    def clear(self, addresses):
        """Delete all objects of a cohort that has died."""
        if self.index:
            for address in addresses:
                self.index.pop(address, None)
        if self.recycles and len(self.stock) < self.most:
            self.stock.append(addresses)
        else:
            self.deleter.all(addresses, SIZE)

    def learn(self, lost, count):
        """Cohorts are close while nearly all of them die young."""
        good = lost >= count - count // 16 - 2
        if self.close:
            self.patience = max(1, self.patience // 2) if good else min(64, 2 * self.patience)
            self.open_for = 0 if good else self.patience
        else:
            self.open_for = self.open_for - 1 if good else self.patience
        self.close = not self.open_for

    def settle(self, cohort, dead):
        """Make the living of a cohort old, and put the addresses of the others into `dead`; whether instances are still to come."""
        for place in range(SIZE):
            one, address = cohort.refs[place], cohort.addresses[place]
            if one is None or not address:
                continue
            if one is not GONE and type(one) is not ref:
                one = ref(one)
            instance = one() if one is not GONE else None
            if instance is None:
                dead.append(address)
            else:
                self.old[address] = one
                if not cohort.addresses[place]:         # another thread has disowned it
                    self.old.pop(address, None)
                instance._cohort = None
            cohort.addresses[place], cohort.refs[place] = 0, GONE
            self.index.pop(address, None)
        return None in cohort.refs

    def enter(self):
        """Put the young instances that are new into the index."""
        lefts, whole = [], True
        for number, one in list(self.unentered.items()):
            cohort = one()
            if cohort is None:
                continue
            left = cohort.places.__length_hint__()
            first = taken = SIZE - left
            for place in range(cohort.entered, SIZE):
                one, address = cohort.refs[place], cohort.addresses[place]
                if one is None and place >= taken:
                    break
                if one is None:                         # another thread has taken the place, and still constructs
                    first, whole = min(first, place), False
                elif one is not GONE and address:
                    self.index[address] = one if type(one) is ref else ref(one)
            cohort.entered = first
            lefts.append((cohort, left))
            if first == SIZE:
                self.unentered.pop(number, None)
        for cohort, left in lefts if whole else ():
            cohort.left = left


class Others:
    """The instances of one class that do not own their object, by address."""

    def __init__(self):
        self.limit, self.refs = SMALLEST, {}

    def sweep(self):
        for address, one in list(self.refs.items()):
            if one() is None:
                self.refs.pop(address, None)
        self.limit = max(SMALLEST, 2 * len(self.refs))


def at(refs, address):
    """The instance at an address by a dict of weak references; None if there is none."""
    one = refs.get(address)
    if one is None:
        return None
    found = one()
    return found if found is not None and found._cpp == address else None


def managing(cls, deleter):
    """(own, disown, owns, known, remember) for the instances of a class: `known(address)` is the instance that is there for an
    object or None, after it owned the object or was remembered."""
    from cppbind.emit import made
    nursery, others = Nursery(cls, deleter), Others()
    old, index, seen = nursery.old, nursery.index, others.refs
    line, placed = nursery.line, nursery.placed

    def known(address):
        one, other = line.cohort, placed.cohort
        if one.left != one.places.__length_hint__() or other.left != other.places.__length_hint__():
            nursery.enter()
        found = at(index, address)
        if found is None:
            found = at(old, address)
        return at(seen, address) if found is None else found

    def remember(instance, address):
        instance._cohort = None
        seen[address] = ref(instance)
        if len(seen) >= others.limit:
            others.sweep()

    def place_of(instance):
        """The place of an instance in its cohort; -1 if it is in none."""
        cohort = instance._cohort
        if cohort is not None:
            for place in range(SIZE):
                one = cohort.refs[place]
                if cohort.addresses[place] and (one is instance or type(one) is ref and one() is instance):
                    return place
        return -1

    def owns(instance):
        if place_of(instance) >= 0:
            return True
        one = old.get(instance._cpp)
        return one is not None and one() is instance

    def disown(instance):
        if not owns(instance):
            return False
        place, address = place_of(instance), instance._cpp
        if place >= 0:
            cohort = instance._cohort
            cohort.addresses[place], cohort.refs[place] = 0, GONE
        old.pop(address, None)
        index.pop(address, None)
        remember(instance, address)
        return True
    type.__setattr__(cls, "_nursery", nursery)
    names = {}
    own = made(["def own(instance, address):", *("    " + line for line in owning(cls, "instance", "address", names))], "own", names)
    return own, disown, owns, known, remember


def recycles(cls):
    """Whether the constructors of a class are given the memory of objects that have died: where destructors do nothing, and a compiler makes them."""
    nursery = cls._nursery
    nursery.recycles = nursery.trivial and cls._backend.compiles
    return nursery.recycles


def owning(cls, instance, address, names, placed=False):
    """Lines that make the instance of a variable the owner of what is at an address, after TAKE if it was `placed`; what they name goes
    into `names`."""
    nursery = cls._nursery
    line = nursery.placed if placed else nursery.line
    names.update(line=line, renew=line.renew, ref=ref, cls=cls, gone=GONE)
    held = f"{instance} if cohort.close and type({instance}) is cls else " if nursery.trivial else ""
    return [*([] if placed else TAKE), *(one.format(instance, address) for one in OWN), f"cohort.refs[place] = {held}ref({instance})"]


def sweep():
    for nursery in nurseries:
        nursery.sweep(True)


class Sentinel:
    """Unreachable: the collector finalises it after each major collection, and it puts another in its place."""

    def __del__(self):
        try:
            sweep()
        finally:
            Sentinel()


def collect(generation=2):
    """gc.collect(): the instances of a cohort do not hold each other, and what has died is deleted."""
    sweep()
    result = vm_collect(generation)
    sweep()
    return result


Sentinel()
vm_collect, gc.collect = gc.collect, collect
