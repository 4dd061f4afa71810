"""How a link comes to be and ends: tied, found, forgotten when C let go, and what of it is remembered for a while."""

from _thread import allocate_lock, get_ident

from __pypy__ import identity_dict

from capi.core.engine import ffi, lib
from capi.core.tables import (
    INDEX, Null, addresses, converting, demoted, demoted_ids, drained, letters, links, mail, more_linked, multi, slot_objects,
    table, trace_busy)
from capi.core.turns import has_any, moving, typing


def tie(x, w):
    """Let `x` be found by its link `w`."""
    cls = type(x)
    if cls is str:
        k = hash(x) & TEXTS
        if linked_texts[k] < 255:
            linked_texts[k] = 255 if multi[0] else linked_texts[k] + 1     # threads would lose counts
    elif cls is list or cls is dict:
        count_container(x)
    elif cls is tuple and x:
        k = tuple_key(x)
        if linked_tuples[k] < 255:
            linked_tuples[k] = 255 if multi[0] else linked_tuples[k] + 1
    elif issubclass(cls, BaseException):
        linked_errors[0] += 1
    links[x] = w


def tie_first(x, w):
    """`tie`, unless `x` has a link, as another thread may have been faster; its link."""
    claim = claims.setdefault(id(x), w)                # one of them at a time, in one step
    if claim != w:
        return claim
    try:
        first = links.get(x)
        if first is None:
            tie(x, w)
            first = w
        return first
    finally:
        del claims[id(x)]


claims = {}                                # id of an object that gets its link now -> the link


def untie(x):
    cls = type(x)
    if multi[0]:                                       # nothing is counted down any more
        let_container_go(x)
    elif cls is str:
        k = hash(x) & TEXTS
        if linked_texts[k] < 255:                      # else nobody knows how many there were
            linked_texts[k] -= 1
    elif cls is list or cls is dict:
        discount_container(x)
    elif cls is tuple and x:
        k = tuple_key(x)
        if linked_tuples[k] < 255:
            linked_tuples[k] -= 1
    elif issubclass(cls, BaseException):
        linked_errors[0] -= 1
    del links[x]


def count_container(x):
    """A list or dict has a link from now on."""
    if not multi[0]:
        for k in range(4):
            if few_linked[k] is None:
                few_linked[k] = x
                return
    more_linked[0] += 1


def let_container_go(x):
    """`x` still counts, but nothing here holds it."""
    for k in range(4):
        if few_linked[k] is x is not None:
            few_linked[k] = None
            more_linked[0] += 1


def discount_container(x):
    let_container_go(x)
    more_linked[0] -= 1


TEXTS = 4095
KNOWN = 1023
known_texts = [None] * (KNOWN + 1)         # what crosses often, by hash
linked_errors = [0]                        # exceptions in `links`
few_linked = [None] * 4                    # lists and dicts in `links`: the other ones are only counted
last = [None]                              # the linked object that was last looked up
met_containers = [None, None]
handed = [None] * 4                        # what the views of lists got last
NOBODY = [None] * 256
met = NOBODY[:]                           # what has crossed as a guest, by address
LETTERS = 120                              # the ring of eight begins where those of the calls under way end
NO_LETTERS = [None] * (LETTERS + 8)
mailed = NO_LETTERS[:]                     # the tuples, and bare instances, of the letters
last_tuple = [None]


def forget_letters():
    """Let go of what the letters of calls that are over were.  If a letter is on its way, its call starts over."""
    for k in range(mail.open, len(mailed)):
        mailed[k] = None
        letters[4 * k] = 0
    last_tuple[0] = recent[0] = recent[1] = recent[2] = recent[3] = None


recent = [None] * 4                        # tuples that crossed without a letter


def tuple_key(x):
    """Where `linked_tuples` counts a tuple that is not empty."""
    first = x[0]
    if type(first) is int:
        return first & TEXTS
    if type(first) is str:
        return hash(first) & TEXTS
    return TEXTS + 1


def clear_resting():
    """Drop what calls that have returned had in the table."""
    n = len(drained)
    while n == len(drained):
        n = lib.m_take_resting(drained, n)
        for i in range(n):
            table[drained[i]] = None


def drain(everything=False):
    """Forget the proxies that C let go and that did not cross again; returns how many.  While C code runs, it may use the latest."""
    if converting or trace_busy[0] or not draining.acquire(False):      # a hook may come in the middle of it
        return 0
    drainer[0] = get_ident()
    try:
        return drain_alone(everything)
    finally:
        drainer[0] = 0
        draining.release()


draining = allocate_lock()
drainer = [0]                              # the thread that drains


def settle():
    """A word was stale: C has freed or changed its slot but the VM's tables do not know of it yet.  Returns None."""
    if drainer[0] == get_ident():          # C code that the drain itself runs
        indices = ffi.new("uint32_t[4096]")
        for i in range(lib.m_in_limbo(indices, len(indices))):
            forget(indices[i])
    elif draining.acquire(True, 0.05):     # who drains may wait for this thread: go on in any case
        draining.release()
    with moving:                           # or an object moves between table and cell
        pass


def demoted_word(x):
    """The word of a demoted object, whose link is strong again if anything but finalisers can reach it, else its address in C; None if it has
    no link."""
    from capi.core.demotion import found
    index = demoted_ids.get(id(x))
    entry = demoted.get(index)
    if entry is None:
        return links.get(x)
    known = found(index)
    if known is not x:
        if known is None:                              # who had this id is gone, though C has not let go of it yet
            demoted_ids.pop(id(x), None)
        return links.get(x)
    return links.get(x) or slot_objects[2 * index]


on_forget = identity_dict()                # class -> what to do with an object of it that C has let go


def forget(index):
    entry = demoted.pop(index, None)
    if entry is not None:
        demoted_ids.pop(entry[1], None)
    x = table[index]
    if entry is not None:                              # `links` no longer has it
        discount_container(x) if entry[4] else let_container_go(x)
    table[index] = None
    done = on_forget.get(type(x))
    if done is not None:
        done(x)
    w = links.get(x)
    if w is not None and (w >> 3) & INDEX == index:
        untie(x)


def drain_alone(everything):
    most_links[0] = max(most_links[0], len(links))
    clear_resting()
    forget_letters()
    last[0] = met_containers[0] = met_containers[1] = None
    met[:] = NOBODY
    handed[0] = handed[1] = handed[2] = handed[3] = None
    if everything:
        for k in range(KNOWN + 1):
            forget_text(k)
    total = 0
    while True:
        n = lib.m_drain(drained, len(drained), everything)
        total += n
        for i in range(n):
            forget(drained[i])
        if n < len(drained):
            forgotten[0] += total
            return total


def forget_text(k):
    if known_texts[k] is not None:
        texts_seen[k] = 0
        known_texts[k] = None
        lib.m_decref(known_addresses[k])


forgotten = [0]                            # since the last scrub_links()
most_links = [0]


def scrub_links(least=0):
    """Let go of what `links` no longer has: of more if there may be something large."""
    if forgotten[0] or least:
        n = min(max(2 * forgotten[0], least), 3 * most_links[0])
        forgotten[0], most_links[0] = 0, len(links)
        scrub(links, n)


def scrub(d, n):
    """Let go of some `n` keys that `d` no longer has.  The VM's dictionaries move their items together without clearing the keys
    behind the last one; so that place is filled once."""
    fillers = [Null() for _ in range(n + 64)]
    for x in fillers:
        d[x] = 0
    for x in reversed(fillers):
        del d[x]


def type_address(cls):
    """Address of the PyTypeObject of a class, made on demand or brought back."""
    p = addresses.get(cls)
    if p is None or unready[0]:
        with typing:
            p = addresses.get(cls)
            if p is None:
                from capi.core import classes, fading
                unready[0] += 1
                try:
                    p = fading.restore(cls) or classes.make_type(cls)
                finally:
                    unready[0] -= 1
    return p


unready = [0]                              # how many are being made: `addresses` has them already


def catch_up():
    """C has made much since the last sweep."""
    if not has_any():                                  # else when this thread's turn is over
        from capi.core import sweep
        sweep.catch_up()


def raise_pending(name):
    from capi.core.errors import raise_pending
    raise_pending(name)


if lib is not None:
    linked_texts = ffi.new("unsigned char[]", TEXTS + 1)        # how many str, by hash; what is full stays so
    linked_tuples = ffi.new("unsigned char[]", TEXTS + 2)       # the same for tuples, by their first item
    known_words = ffi.new("intptr_t[]", KNOWN + 1)      # their handles,
    known_addresses = ffi.new("intptr_t[]", KNOWN + 1)  # and addresses, with a reference
    texts_seen = ffi.new("unsigned char[]", KNOWN + 1)  # how often another one was looked for
else:                                      # only signatures are read
    linked_texts = linked_tuples = known_words = known_addresses = texts_seen = None
