"""On PyPy: which instances own their C++ object, and the deletion of what has died, without a finaliser.

Instances of a class that are made one after another are a cohort.  Each holds the `Cohort`, which has a weak reference to each of them; the
class's `Nursery` holds it weakly, and has the addresses.  Most objects die young: then one look finds a whole cohort dead, one crossing
deletes it, and its weak references died with it where the VM does not even look.  Of other cohorts each instance is looked at; who lives is
old from then on: by address in a dict, looked through after major collections only.

Threads need no lock, for each step is one operation of the VM: next() takes a place in a cohort.  Who sweeps has one, for which nobody waits.
"""

import gc
import os
from _thread import allocate_lock
from _weakref import ref

from cppbind.backend.api import ffi

SIZE = 64                                              # places of a cohort
SMALLEST = 4096                                        # instances that do not own, before they are looked through
MOST = 1 << 16                                         # young instances that wait for a collection of the VM's own,
HEAP = 1024                                            # and one more for so many bytes of its heap,
MEMORY = 8 << 20                                       # and bytes that they may have, besides an eighth of what the VM has
LOOKS = frozenset(8 ** i for i in range(6))            # at so many cohorts that wait the process's memory is looked at
FEW = 16                                               # cohorts of which nothing is learnt
PAGE = os.sysconf("SC_PAGESIZE")
ADDRESSES = ffi.typeof(f"intptr_t[{SIZE}]")
GONE = "gone"                                          # in the place of an instance that is not its cohort's any more
OWN = ["cohort = nursery.cohort", "place = next(cohort.places, -1)", "if place < 0: cohort, place = renew()",
       "cohort.addresses[place] = {1}", "{0}._cohort = cohort"]

nurseries = []


class Cohort:
    """`refs` are None until the instance of that place is there; an address is 0 where it is not the cohort's to delete."""

    __slots__ = ("places", "refs", "addresses", "close", "entered", "left", "__weakref__")

    def __init__(self, close=False, size=SIZE):
        self.places, self.refs, self.addresses = iter(range(size)), [None] * size, ffi.new(ADDRESSES)
        self.close = close                              # `refs` are the instances themselves
        self.entered, self.left = 0, size               # how many are in the index; how many places were left then

    def __reduce__(self):
        return type(None), ()                           # a copy of an instance owns nothing


class Canary:
    """Garbage: it is dead after the next minor collection."""


full = Cohort(size=0)


class Memory:
    """What malloc() has given away, in bytes: C++ objects may have more than their size, of which the VM does not know."""

    def __init__(self):
        ffi.cdef("struct mallinfo2 { size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost; };"
                 "struct mallinfo2 mallinfo2(void);")
        self.ask = getattr(ffi.dlopen(None), "mallinfo2", None)
        self.before, self.quiet = self.now(), 0

    def now(self):
        """0 where the system does not tell."""
        if self.ask is None:
            return 0
        told = self.ask()
        return told.uordblks + told.hblkhd

    def resident(self):
        """What the process has: it takes less to know that, but malloc() seldom gives memory back."""
        try:
            with open("/proc/self/statm", "rb", buffering=0) as file:
                return int(file.read().split()[1]) * PAGE
        except OSError:
            return self.now()

    def has_grown(self):
        """Whether there is much more than when it was least since there was a collection because of it."""
        resident = self.resident()
        if resident <= self.quiet:
            return False
        now = self.now()
        self.before = min(self.before, now)
        if now > more(self.before):
            return True
        self.quiet = more(resident)
        return False


def more(memory):
    return memory + max(memory // 4, 8 * MEMORY)


memory = Memory()


class Nursery:
    """The owning instances of one class."""

    def __init__(self, cls, deleter, record):
        self.cls, self.deleter, self.size, self.lock = cls, deleter, record.size, allocate_lock()
        self.trivial = "t" in record.flags
        self.close, self.patience, self.weak_for = self.trivial, 1, 0
        self.cohort = full                              # the one with places left
        self.young = []                                 # (weak reference to a Cohort, its addresses)
        self.index, self.old = {}, {}                   # address -> weak reference: of the young when first asked for, of the old
        self.canary, self.most = ref(Canary()), None
        nurseries.append(self)

    def renew(self):
        """(a new cohort, a place in it), when the last one is full."""
        if self.most is None:
            self.most = self.limit()
        waiting = len(self.young)
        if self.canary() is None:
            self.sweep()
        elif (waiting >= self.most or waiting in LOOKS and not self.trivial and memory.has_grown()) and gc.isenabled():
            gc.collect_step()                           # a minor collection, and a step of a major one
            self.sweep()
            self.most = self.limit()
            memory.before = memory.now()
        cohort = Cohort(self.close and not hasattr(self.cls, "__del__"))
        place = next(cohort.places)
        self.young.append((ref(cohort), cohort.addresses))
        self.cohort = cohort
        return cohort, place

    def limit(self):
        """How many cohorts may wait for a collection of the VM's own."""
        used = gc._get_stats()
        heap = used.total_arena_memory + used.total_rawmalloced_memory
        count = (MEMORY + (used.nursery_size + heap) // 8) // (self.size + 28)
        return (count if self.trivial else min(count, MOST + heap // HEAP)) // SIZE

    def sweep(self, all=False):
        """Delete the objects whose instances have died: of the young, but for those of the last cohort; or of `all`."""
        if not self.lock.acquire(False):                # another thread does, or this one, and a destructor has called Python
            return
        try:
            self.canary = ref(Canary())
            young, kept, dead, last, lost = list(self.young), [], [], self.cohort, 0
            for entry in young:
                cohort = entry[0]()
                if cohort is None:
                    self.clear(entry[1])
                    lost += 1
                elif cohort is last and not all or self.settle(cohort, dead):
                    kept.append(entry)
            self.young[:len(young)] = kept
            if self.trivial and not all and len(young) >= FEW:
                self.learn(lost, len(young))
            for address, one in list(self.old.items()) if all else ():
                if one() is None and self.old.pop(address, None) is not None:
                    dead.append(address)
            if dead:
                self.deleter(dead)
        finally:
            self.lock.release()

    def clear(self, addresses):
        """Delete all objects of a cohort that has died."""
        if self.index:
            for address in addresses:
                self.index.pop(address, None)
        self.deleter.all(addresses, SIZE)

    def learn(self, lost, count):
        """Whether cohorts are to be close: while nearly all of them die young."""
        good = lost >= count - count // 16 - 1
        if self.close:
            self.patience = max(1, self.patience // 2) if good else min(64, 2 * self.patience)
            self.weak_for = 0 if good else self.patience
        else:
            self.weak_for = self.weak_for - 1 if good else self.patience
        self.close = not self.weak_for

    def settle(self, cohort, dead):
        """Make the living of a cohort old, and put the addresses of the others into `dead`; whether instances are still to come."""
        for place in range(SIZE):
            one, address = cohort.refs[place], cohort.addresses[place]
            if one is None or not address:
                continue
            if type(one) is not ref:
                one = ref(one)
            instance = one()
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
        left, new, passed = self.cohort.places.__length_hint__(), [], True
        for one, _ in reversed(self.young):
            cohort = one()
            if cohort is not None:
                if cohort.entered == SIZE:
                    break
                new.append(cohort)
        for cohort in reversed(new):
            place = cohort.entered
            while place < SIZE and cohort.refs[place] is not None:
                one = cohort.refs[place]
                if cohort.addresses[place] and one is not GONE:
                    self.index[cohort.addresses[place]] = one if type(one) is ref else ref(one)
                place += 1
            if cohort.places.__length_hint__() + place != SIZE:
                passed = False                          # of a place that another thread has taken the instance is still to come
            if passed:
                cohort.entered = place
        if passed:
            self.cohort.left = left


class Others:
    """The instances of one class that do not own their object, by address."""

    def __init__(self):
        self.limit, self.refs = SMALLEST, {}

    def sweep(self):
        for address, one in list(self.refs.items()):
            if one() is None:
                self.refs.pop(address, None)
        self.limit = max(SMALLEST, 2 * len(self.refs))


def managing(cls, deleter):
    """(own, disown, owns, known, remember) for the instances of a class: `known(address)` is the instance that is there for an
    object or None, after it owned the object or was remembered."""
    from cppbind.emit import made
    nursery, others = Nursery(cls, deleter, cls._record), Others()
    old, index, seen = nursery.old, nursery.index, others.refs

    def known(address):
        cohort = nursery.cohort
        if cohort.left != cohort.places.__length_hint__():
            nursery.enter()
        one = index.get(address) or old.get(address) or seen.get(address)
        found = one and one()
        return found if found is not None and found._cpp == address else None

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


def owning(cls, instance, address, names):
    """Lines that make the instance of a variable the owner of what is at an address; what they name goes into `names`."""
    names.update(nursery=cls._nursery, renew=cls._nursery.renew, ref=ref, cls=cls)
    lines = [line.format(instance, address) for line in OWN]
    held = f"{instance} if cohort.close and type({instance}) is cls else " if cls._nursery.trivial else ""
    return [*lines, f"cohort.refs[place] = {held}ref({instance})"]


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
