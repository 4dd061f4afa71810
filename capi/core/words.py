"""Words and links: how VM objects and C addresses stand for each other.  docs/internals.md has the encoding.

`table` holds the VM object of each strong link, `wrefs` a weak reference to each wrapper; both are indexed by the upper
bits of a handle.  `links` finds the handle of a VM object; `getters` how instances of a class give their address.
"""

import sys
import types
import weakref
from _thread import _count as thread_count, allocate_lock, get_ident

from __pypy__ import identity_dict

from capi.core.engine import ffi, lib
from capi.core.registry import vm
from capi.core.turns import moving, typing, wrapping

K_PROXY, K_INT, K_FLOAT, K_COMPLEX, K_STR, K_BYTES, K_TUPLE, K_LIST, K_TYPE, K_INSTANCE, K_METHOD, K_SLICE, K_STRUCT = range(13)
TI_STATEFUL, TI_BUILTIN, TI_SLOTTED, TI_VM = 1, 2, 4, 8
SHARE = 1 << 60
M_HELD, FLIGHT = 8, 1 << 40                # as in mooring.h and flight.h
INDEX = 0xffffffff
SMALL_MIN, SMALL_MAX = -(1 << 62), (1 << 62) - 1
RETRY = 8
UNREAD = 65536                             # the flag of a result that has not been converted yet
GROWTH = 1 << 12
SWEEP_AT = 200_000                         # young wrappers, when no hook of the garbage collector gets to run
DRAIN_AT = 2000                            # dead proxies kept in case they cross again


class Null:
    """The marker for a NULL pointer where a VM object is expected."""

    def __repr__(self):
        return "NULL"


NULL = Null()
table = [None] * GROWTH
wrefs = [None] * GROWTH
links = identity_dict()
getters = identity_dict()
addresses = identity_dict()                # class -> address of its PyTypeObject
hidden_items = identity_dict()             # class of struct sequences -> how many items lie behind its tuples' end
factories = [None]
places = identity_dict()                   # class of bare instances -> function that sets the address slot
ref = weakref.ref
FunctionType = types.FunctionType


@vm("long vm_grow_tables(long index)")
def vm_grow_tables(index):
    """Make room in both; answer how far the shorter one reaches, as another thread or a hook may be in the middle of this."""
    for each in (wrefs, table):
        each.extend([None] * (index + GROWTH - len(each)))
    return min(len(wrefs), len(table))


@vm("long vm_hold(long index)")
def vm_hold(index):
    r = wrefs[index]
    wrapper = r() if r is not None else None
    if table[index] is not wrapper:
        table[index] = wrapper
        held.append(index)
    return 0


converting = []                            # tuples whose items are being given words
@vm("long vm_recursion_limit(void)")
def vm_recursion_limit():
    return sys.getrecursionlimit()


behind = [0]                               # not 0 while a thread sweeps and others are to wait for it
held = []                                  # indices of wrappers with state that C holds
demoted = {}                               # index -> (weak reference to the Cell that has the VM object, its id, whether only finalisers reach it, weak handle)
demoted_ids = {}                           # id -> index; see demotion.py

# ---- raw memory ----------------------------------------------------------------------------------------------


def long_at(p):
    return ffi.cast("long *", p)[0]


def double_at(p):
    return ffi.cast("double *", p)[0]


def uint_at(p):
    return ffi.cast("unsigned int *", p)[0]


def bytes_at(p, n):
    return ffi.buffer(ffi.cast("char *", p), n)[:]


def type_view(p_type):
    return ffi.cast("MType *", p_type)


def info_view(p_type):
    return ffi.cast("MTypeView *", ffi.cast("MType *", p_type).tp_cache)


def text(p):
    """The str at a C string's address; None for NULL.  Bytes that are no UTF-8 become lone surrogates."""
    if not p:
        return None
    return ffi.string(ffi.cast("char *", p)).decode("utf-8", "surrogateescape")


# ---- C to VM -----------------------------------------------------------------------------------------------------

def from_word(w):
    """The VM object of a word that is not NULL."""
    # JIT: no allocation for ints and linked objects (tests/capi/test_traces.py).
    if w & 1:
        return w >> 1
    if w & 4:
        if w & 2:
            return from_weak(w)
        return table[(w >> 3) & INDEX]
    if w & 2:
        return from_box(w) if w & 8 else double_at(w + 14)
    return from_address(w)


def from_box(w):
    """The tuple whose items C has put into a box; before this thread calls C again."""
    n = long_at(w - 10)
    if n == 2:
        return (from_boxed(long_at(w - 2)), from_boxed(long_at(w + 6)))
    if n == 1:
        return (from_boxed(long_at(w - 2)),)
    return (from_boxed(long_at(w - 2)), from_boxed(long_at(w + 6)), from_boxed(long_at(w + 14)))


def from_boxed(w):
    return w >> 1 if w & 1 else table[(w >> 3) & INDEX]


def from_argument(w):
    """The VM object of a callback's argument; NULL for 0."""
    if w & 1:
        return w >> 1
    if w & 4:
        if w & 2:
            return from_weak(w)
        return table[(w >> 3) & INDEX]
    if w & 2:
        return double_at(w + 14)
    if w == 0:
        return NULL
    return from_address(w)


def from_weak(w):
    """The wrapper of a C instance, made anew if it is not there."""
    index = (w >> 3) & INDEX
    r = wrefs[index]
    if r is not None:
        x = r()
        if x is not None:
            return x
    p = slot_objects[2 * index]
    if multi[0]:
        return wrap_alone(p, index)
    return factories[info_view(long_at(p + 8)).factory](p, index)


def wrap_alone(p, index):
    """With several threads: one of them makes the wrapper."""
    info = info_view(long_at(p + 8))
    if info.kind != K_INSTANCE:                        # a demoted link
        return factories[info.factory](p, index)
    with wrapping:
        r = wrefs[index]
        x = None if r is None else r()
        return factories[info.factory](p, index) if x is None else x




def from_pointer(p):
    """The VM object at a C address that the VM read out of a struct; borrowed.  NULL for 0."""
    if p == 0:
        return NULL
    return from_argument(lib.m_word_of(p))


def from_field(where):
    """The VM object that the pointer at `where` in a struct refers to; NULL for 0."""
    return from_argument(lib.m_word_at(where)) if long_at(where) else NULL


def set_field(p, offset, x):
    """Let the pointer at `p` + `offset` in a struct own a reference to `x`."""
    if not lib.m_set_field(p, offset, word(x)):
        settle()
        set_field(p, offset, x)


def from_address(p):
    """The VM object of a C object without a strong link: converted by its kind."""
    kind = info_view(long_at(p + 8)).kind
    x = converters[kind](p)
    if kind != K_PROXY:
        flags = ffi.cast("unsigned int *", p - 8)
        flags[0] &= ~UNREAD
    return x


def worth_a_link(p):
    """True for a C value that crosses for the second time."""
    flags = ffi.cast("unsigned int *", p - 8)
    if flags[0] & 2:
        return True
    flags[0] |= 2
    return False


def keep_link(p, x):
    """Let C value `p` and VM object `x` stand for each other from now on; another object, if `p` has one, as from another thread."""
    if multi[0]:
        first = share_link(p, x, -1)
        return from_pointer(p) if first is None else first
    w = lib.m_link_existing(p)
    index = (w >> 3) & INDEX
    first = table[index]
    if first is not None and links.get(first) == w:    # twice among the arguments of one callback
        return first
    table[index] = x
    if x not in links:
        tie(x, w)
    if dead_weight[0] > DRAIN_AT:
        drain()
    return x


def share_link(p, x, length):
    """Link `x` so that no thread gets the handle before the table has `x`; None if that failed."""
    w = lib.m_link_prepare(p)
    if not w:
        return None
    table[(w >> 3) & INDEX] = x
    if not lib.m_link_publish(p, w, length):
        return None
    tie_first(x, w)
    return x


def from_int(p):
    size = long_at(p + 16)
    value = int.from_bytes(bytes_at(p + 24, abs(size) * 8), "little")
    return -value if size < 0 else value


def from_float(p):
    return double_at(p + 16)


def from_complex(p):
    return complex(double_at(p + 16), double_at(p + 24))


def read_str(p):
    if uint_at(p + 32) & 96 == 96:            # compact and ascii
        return bytes_at(p + 48, long_at(p + 16)).decode("ascii")
    data = long_at(p + 56) or lib.m_utf8(p)
    if not data:
        raise MemoryError
    if uint_at(p + 32) & 64:
        return bytes_at(data, long_at(p + 16)).decode("ascii")
    return bytes_at(data, long_at(p + 48)).decode("utf-8", "surrogatepass")


def from_str(p):
    x = read_str(p)
    return keep_link(p, x) if worth_a_link(p) else x


def read_bytes(p):
    return bytes_at(p + 32, long_at(p + 16))


def from_bytes(p):
    x = read_bytes(p)
    return keep_link(p, x) if worth_a_link(p) else x


def read_items(p_items, n):
    """[VM object] of an array of `n` C pointers; NULL pointers become None."""
    items = ffi.cast("intptr_t *", p_items)
    result = []
    nesting[0] += 1
    try:
        if nesting[0] > MOST_NESTED:
            convert_inner(p_items, n)
        for i in range(n):
            x = from_pointer(items[i])
            result.append(None if x is NULL else x)
    finally:
        nesting[0] -= 1
    return result


MOST_NESTED = 50                           # containers read inside each other, before the inner ones go first
nesting = [0]


def convert_inner(p_items, n):
    """Convert the containers that nest below an array of C pointers, innermost first: the VM's stack may not hold them."""
    containers, pending, seen = [], [(p_items, n)], set()
    while pending:
        p_items, n = pending.pop()
        items = ffi.cast("intptr_t *", p_items)
        for i in range(n):
            p = items[i]
            if p == 0 or p in seen or lib.m_word_of(p) != p:
                continue
            kind = info_view(long_at(p + 8)).kind
            if kind == K_LIST or kind == K_TUPLE and long_at(p + 16):
                seen.add(p)
                containers.append(p)
                pending.append((long_at(p + 24) if kind == K_LIST else p + 24, long_at(p + 16)))
    for p in reversed(containers):
        x = from_pointer(p)
        if lib.m_word_of(p) == p:              # a tuple, which gets no link at its first crossing
            keep_link(p, x)


def from_tuple(p):
    n = long_at(p + 16)
    if n == 2:
        a, b = simple(long_at(p + 24)), simple(long_at(p + 32))
        if a is not None and b is not None:
            return (a, b)
    elif n == 1:
        a = simple(long_at(p + 24))
        if a is not None:
            return (a,)
    elif n == 0:
        return ()
    lib.m_incref(p)
    x = tuple(read_items(p + 24, n))
    if worth_a_link(p):
        x = keep_link(p, x)
    lib.m_decref(p)
    return x


def simple(p):
    """The int or float at `p`, read without a call; None for anything else."""
    kind = long_at(p + 8)
    if kind == INT_TYPE:
        size = long_at(p + 16)
        if size == 0:
            return 0
        value = long_at(p + 24)
        if value > 0:
            if size == 1:
                return value
            if size == -1:
                return -value
    elif kind == FLOAT_TYPE:
        return double_at(p + 16)
    return None


def from_list(p):
    """A list that was born in C becomes a VM list; the C object is its proxy from now on."""
    if long_at(p - 16):                                # twice among the arguments of one callback
        return from_pointer(p)
    if multi[0]:
        return from_shared_list(p)
    n = long_at(p + 16)
    x = None
    if n > 3:
        out = few_ints if n <= 256 else ffi.new("int64_t[]", n)
        if lib.m_copy_ints(p, out):
            x = ffi.unpack(out, n)
    lib.m_incref(p)
    if x is None:
        x = read_items(long_at(p + 24), n)
    w = lib.m_list_linked(p)
    table[(w >> 3) & INDEX] = x
    tie(x, w)
    lib.m_decref(p)
    if dead_weight[0] > DRAIN_AT:
        drain()
    return x


def from_shared_list(p):
    """The same while other threads may change or convert it."""
    while True:
        p_items = lib.m_list_copy(p)
        if not p_items:
            raise MemoryError
        n = long_at(p_items + 16)
        x = read_items(p_items + 24, n)
        lib.m_decref(p_items)
        x = share_link(p, x, n)
        if x is not None:
            return x
        w = lib.m_word_of(p)
        if w != p:
            return from_word(w)


def from_method(p):
    lib.m_incref(p)
    x = keep_link(p, types.MethodType(from_pointer(long_at(p + 16)), from_pointer(long_at(p + 24))))
    lib.m_decref(p)
    return x


def from_slice(p):
    lib.m_incref(p)
    x = slice(*(from_pointer(long_at(p + o)) for o in (16, 24, 32)))
    lib.m_decref(p)
    return x


def from_born(p):
    """An instance that C code allocated, of a class whose instances are the VM's."""
    p_type = long_at(p + 8)
    cls = table[(info_view(p_type).link >> 3) & INDEX]
    return keep_link(p, born(cls, info_view(p_type).layout, p))


def born(cls, layout, p):
    if layout == K_FLOAT:
        return float.__new__(cls, double_at(p + 16))
    if layout == K_INT:
        return int.__new__(cls, from_int(p))
    if layout == K_COMPLEX:
        return complex.__new__(cls, from_complex(p))
    if layout == K_STR:
        return str.__new__(cls, read_str(p))
    if layout == K_BYTES:
        return bytes.__new__(cls, read_bytes(p))
    if layout == K_TUPLE:
        n = long_at(p + 16)
        x = tuple.__new__(cls, read_items(p + 24, n))
        if cls in hidden_items:
            x.__dict__["_hidden"] = tuple(read_items(p + 24 + 8 * n, hidden_items[cls]))
        return x
    return vm_new(cls)(cls)


def vm_new(cls):
    """The `__new__` of the first base that is the VM's own."""
    for base in cls.__mro__:
        if info_view(addresses[base]).flags & TI_BUILTIN if base in addresses else base.__module__ == "builtins":
            return base.__new__
    return object.__new__


def fill(layout, x, p):
    """Write the value of `x` into its C struct, which begins like that of a builtin type and goes on with fields of its own."""
    if layout == K_STR:
        data = str.encode(x, "utf-8", "surrogatepass")
        if lib.m_fill_str(p, ffi.from_buffer(data), len(data)) < 0:
            raise MemoryError
    elif layout == K_FLOAT:
        ffi.cast("double *", p + 16)[0] = float.__float__(x)
    elif layout == K_COMPLEX:
        ffi.cast("double *", p + 16)[0], ffi.cast("double *", p + 24)[0] = x.real, x.imag
    elif layout == K_INT:
        magnitude = abs(int.__int__(x))
        if magnitude >> 64:
            raise OverflowError(f"mooring: an instance of {type(x).__name__}, a C type with fields of its own, holds 64 bits at most")
        ffi.cast("long *", p + 16)[0] = 0 if magnitude == 0 else -1 if int.__int__(x) < 0 else 1
        ffi.cast("unsigned long *", p + 24)[0] = magnitude


def from_type(p):
    raise SystemError(f"mooring: type at {p:#x} is not ready")


converters = [from_born, from_int, from_float, from_complex, from_str, from_bytes, from_tuple, from_list, from_type, None,
              from_method, from_slice]

# ---- VM to C -----------------------------------------------------------------------------------------------------------


def to_word(x):
    """The word of a VM object, for an argument of the next call into C."""
    # JIT: two identity lookups at most; None and small ints are decided before, in the caller's straight-line code.
    get = getters.get(type(x))
    if get is not None:
        return get(x)
    w = links.get(x)
    if w is not None:
        return w
    return link(x)


def to_result(x):
    """The word of a callback's result."""
    if type(x) is int and SMALL_MIN <= x <= SMALL_MAX:
        return x << 1 | 1
    if x is None:
        return NONE
    w = to_word(x)
    if multi[0] and w:
        return pin(w, x)
    return w


def pin(w, x):
    """With several threads a word may go stale before C has it: give C an address that holds a reference."""
    while True:
        p = lib.m_pin_temp(w)
        if p:
            return p
        w = settle() or to_word(x)


def argument_word(x):
    """`to_word` for an argument: what crosses for the first time is a guest of C, for this call."""
    # JIT: the common classes are told apart by the guard on the class, the others by a lookup.  That of a young object costs as much
    # as all the rest of a crossing, hence the two looks before it.
    cls = type(x)
    if cls is not str and cls is not list and cls is not dict and cls is not FunctionType:
        get = getters.get(cls)
        if get is not None:
            return get(x)
    elif x is last[0]:
        w = last_word[0]
        if not multi[0] and slot_objects[2 * ((w >> 3) & INDEX) - 1] == w:      # else a drain has let it go
            return w
    elif cls is list:
        if not linked_lists[0]:
            return invite_list(x)
    elif cls is str and not linked_texts[hash(x) & TEXTS]:
        return invite(x)
    w = links.get(x)
    if w is None:
        return invite(x)
    last[0] = x
    last_word[0] = w
    return w


def invite(x):
    """The word of an object without a link.  Most never cross again, hence the link, which costs more than the crossing, is made
    when one is met twice."""
    # JIT: no loop; C's copy of a str or bytes and a store to the table.
    if dead_weight[0] > DRAIN_AT:
        drain()
    cls = type(x)
    key = hash(x) if cls is str or cls is bytes else id(x)      # the id of a str is made of its value
    k = (key >> 4 ^ key) & 255
    n = guests.n
    if met[k] is x or multi[0] or n and (table[guests.index[0]] is x or n > 1 and guest_stays(x)) or demoted_ids and key in demoted_ids:
        return to_word(x)
    met[k] = x
    if cls is str:
        data = x.encode("utf-8", "surrogatepass")
        if len(data) > 4096:
            met[k] = None
        w = lib.m_guest_str(STR_TYPE, data, len(data))
    elif cls is bytes:
        if len(x) > 4096:
            met[k] = None
        w = lib.m_guest_bytes(BYTES_TYPE, x, len(x))
    else:
        p_type = addresses.get(cls)
        if p_type is None or not is_proxied(p_type, cls):
            return link(x)
        w = lib.m_guest_proxy(p_type)
    return welcome(x, w, n)


def is_proxied(p_type, cls):
    """True if the C objects of the instances of `cls` are nothing but proxies."""
    info = info_view(p_type)
    return (info.kind == K_PROXY or info.kind == K_LIST) and (info.layout == K_PROXY or info.layout == K_LIST) and own_linkers.get(cls) is None


def invite_list(x):
    """`invite` while no list has a lasting link: nothing asks for the identity of `x`, which costs much if it is young."""
    if dead_weight[0] > DRAIN_AT:
        drain()
    n = guests.n
    if x is met_lists[0] or x is met_lists[1] or multi[0] or n and (table[guests.index[0]] is x or n > 1 and guest_stays(x)):
        return to_word(x)
    met_lists[1] = met_lists[0]
    met_lists[0] = x
    return welcome(x, lib.m_guest_proxy(LIST_TYPE), n)


def welcome(x, w, n):
    """Let `w`, the word of guest number `n`, stand for `x`."""
    if w == 0:
        return link(x)
    index = (w >> 3) & INDEX
    table[index] = x
    if guests.index[n] == index:
        guests.arrived[n] = 1
    return w


def guest_stays(x):
    """A lasting link for an object that is in C as a guest: its word, or 0 if it is none."""
    for i in range(guests.n):
        index = guests.index[i]
        if guests.arrived[i] and table[index] is x:            # else the table has another guest's object yet
            w = slot_objects[2 * index - 1]
            lib.m_guest_stays(w)
            table[index] = x                           # a list of text makes another object of it at each look, which `is` the same
            tie(x, w)
            return w
    return 0


def tie(x, w):
    """Let `x` be found by its link `w`."""
    cls = type(x)
    if cls is str:
        k = hash(x) & TEXTS
        if linked_texts[k] < 255:
            linked_texts[k] = 255 if multi[0] else linked_texts[k] + 1     # threads would lose counts
    elif cls is list:
        linked_lists[0] += 1
    elif cls is tuple and x:
        k = tuple_key(x)
        if linked_tuples[k] < 255:
            linked_tuples[k] = 255 if multi[0] else linked_tuples[k] + 1
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
        pass
    elif cls is str:
        k = hash(x) & TEXTS
        if linked_texts[k] < 255:                      # else nobody knows how many there were
            linked_texts[k] -= 1
    elif cls is list:
        linked_lists[0] -= 1
    elif cls is tuple and x:
        k = tuple_key(x)
        if linked_tuples[k] < 255:
            linked_tuples[k] -= 1
    del links[x]


TEXTS = 4095
last = [None]                              # the linked object that was last looked up
met_lists = [None, None]
latest = [None, None, None]                # bare instances that crossed as guests
NOBODY = [None] * 256
met = NOBODY[:]                           # what has crossed as a guest, by address


def int_word(x):
    if SMALL_MIN <= x <= SMALL_MAX:
        return x << 1 | 1
    magnitude = abs(x)
    n = (magnitude.bit_length() + 63) // 64
    return lib.m_int(x < 0, magnitude.to_bytes(n * 8, "little"), n)


def float_word(x):
    return lib.m_float(x)


def tuple_word(x):
    """`argument_word` of a tuple: a small one crosses as a letter, see shim/core/mail.h; C gets a tuple for the time of the call."""
    # JIT: the tuple and nothing else is allocated (tests/capi/test_traces.py).
    if x is last_tuple[0]:
        w = last_word[1]
        if not multi[0] and slot_objects[2 * ((w >> 3) & INDEX) - 1] == w:
            return w
    n = len(x)
    if n == 0 or n > 3 or multi[0]:
        return tuple_result(x)
    k = mail.open + (mail.turn & 7)
    again = x is mailed[k]                                 # twice in a row: worth a lasting link
    if letters[4 * k]:                                     # a letter on its way, perhaps in the same call
        w = same_letter(x)
        if w:
            return w
        again = False
    if again or linked_tuples[tuple_key(x)]:
        w = links.get(x)
        if w is None and again:
            w = link(x)
        if w is not None:
            last_tuple[0] = x
            last_word[1] = w
            return w
    if dead_weight[0] > DRAIN_AT:
        drain()
    w0 = check = item_word(x[0])
    w1 = w2 = 0
    if n > 1:
        w1 = item_word(x[1])
        check ^= w1 >> 7
        if n == 3:
            w2 = item_word(x[2])
            check ^= w2 >> 13
    turn = mail.turn + 1                                   # no code but this from here to the call
    mail.turn = turn
    k = mail.open + (turn & 7)
    if k >= LETTERS:
        return tuple_result(x)
    mailed[k] = x
    letters[4 * k] = w0
    if n > 1:
        letters[4 * k + 1] = w1
        if n == 3:
            letters[4 * k + 2] = w2
    w = letters[4 * k + 3] = (check & LETTER_CHECK) << 12 | n << 10 | k << 3 | 6
    return w


def same_letter(x):
    """The word of the letter that `x` already is for the call that is being made; 0 if it is none."""
    for turn in range(mail.turn, mail.turn - 4, -1):
        k = mail.open + (turn & 7)
        if mailed[k] is x and letters[4 * k]:
            return letters[4 * k + 3]
    return 0


LETTERS = 120                              # the ring of eight begins where those of the calls under way end
LETTER_CHECK = (1 << 50) - 1
NO_LETTERS = [None] * (LETTERS + 8)
mailed = NO_LETTERS[:]                     # the tuples of the letters
last_tuple = [None]


@vm("int vm_letter_arrived(long k, long w)")
def vm_letter_arrived(k, w):
    """C kept the tuple of letter `k`, or sends it back while the call is under way; -1 if it has been forgotten."""
    x = mailed[k]
    if x is None or thread_count() and not is_letter(x, k):
        return -1
    table[(w >> 3) & INDEX] = x
    if x not in links:
        tie(x, w)


def is_letter(x, k):
    """Before this layer knows of a second thread, that one may have written into a letter that was on its way."""
    words = [letters[4 * k + i] for i in range(len(x))]
    return words == [item_word(item) for item in x]


def forget_letters():
    """Let go of the tuples of calls that are over.  If a letter is on its way, its call starts over."""
    for k in range(mail.open, len(mailed)):
        mailed[k] = None
        letters[4 * k] = 0
    last_tuple[0] = recent[0] = recent[1] = recent[2] = recent[3] = None


def tuple_result(x):
    """`to_word` of a tuple: for more than one call, or for a result."""
    n = len(x)
    w = links.get(x) if n == 0 or n > 3 or linked_tuples[tuple_key(x)] else None
    if w is not None:
        return w
    if n == 0 or n > 3:
        return link(x)
    if x is recent[0] or x is recent[1] or x is recent[2] or x is recent[3]:
        for k in range(4):
            w = recent_words[k]
            if x is recent[k] and slot_objects[2 * ((w >> 3) & INDEX) - 1] == w and table[(w >> 3) & INDEX] is x:
                return w                               # another argument of the same call
    if dead_weight[0] > DRAIN_AT:
        drain()
    w = lib.m_guest_tuple(n, item_word(x[0]), item_word(x[1]) if n > 1 else 0, item_word(x[2]) if n > 2 else 0)
    if w == 0:                                         # an item's word went stale meanwhile
        return settle() or tuple_result(x)
    table[(w >> 3) & INDEX] = x
    k = recent_words[4] = (recent_words[4] + 1) & 3
    recent[k] = x
    recent_words[k] = w
    return w


recent = [None] * 4                        # tuples that crossed without a letter


def tuple_key(x):
    """Where `linked_tuples` counts a tuple that is not empty."""
    first = x[0]
    if type(first) is int:
        return first & TEXTS
    if type(first) is str:
        return hash(first) & TEXTS
    return TEXTS + 1


def item_word(x):
    """`to_word` with the short way for small ints and None."""
    if type(x) is int and SMALL_MIN <= x <= SMALL_MAX:
        return x << 1 | 1
    return to_word(x)


@vm("int vm_adopt(W w)")
def vm_adopt(w):
    """C kept what was made for a call."""
    index = (w >> 3) & INDEX
    x = table[index]
    place = places.get(type(x))
    if place is not None:                              # an instance
        wrefs[index] = ref(x)
        place(x, slot_objects[2 * index])
        lib.m_instance_stays(w)
        table[index] = None
    else:
        tie_first(x, w)


def link_empty_tuple():
    """The one empty tuple is linked for good."""
    w = lib.m_link_static(lib.m_static_tuple())
    table[(w >> 3) & INDEX] = ()
    links[()] = w


def link(x):
    """Give `x` an address; slow path of `to_word`."""
    if demoted_ids and id(x) in demoted_ids:
        w = demoted_word(x)
        if w:
            return w
    if guests.n:
        w = guest_stays(x)
        if w:
            return w
    if dead_weight[0] > DRAIN_AT:
        drain()
    if behind[0]:
        from capi.core.sweep import let_it_catch_up
        let_it_catch_up()
    cls = type(x)
    p_type = addresses.get(cls)
    if p_type is None:
        p_type = type_address(cls)
        if cls in getters:
            return getters[cls](x)
    elif unready[0]:                                   # another thread may be about to make it
        type_address(cls)
        if info_view(p_type).kind == K_INSTANCE:
            return getters[cls](x)
    if issubclass(cls, type):
        type_address(x)
        return links[x]
    w = own_linkers.get(cls, linkers[info_view(p_type).layout])(x, p_type)
    if not w:
        if lib.m_error_occurred():
            raise_pending("link")
        return settle() or link(x)
    table[(w >> 3) & INDEX] = x
    if multi[0]:
        return tie_first(x, w)
    tie(x, w)
    return w


def link_proxy(x, p_type):
    return lib.m_link_proxy(p_type)


def link_int(x, p_type):
    value = int.__add__(x, 0)                          # the VM's int() and int.__index__ ask the __int__ of a subclass
    magnitude = abs(value)
    n = max(1, (magnitude.bit_length() + 63) // 64)
    return lib.m_link_int(p_type, value < 0, magnitude.to_bytes(n * 8, "little"), n)


def link_float(x, p_type):
    return lib.m_link_float(p_type, float.__float__(x))


def link_complex(x, p_type):
    value = complex.__pos__(x)
    return lib.m_link_complex(p_type, value.real, value.imag)


def link_str(x, p_type):
    data = str.encode(x, "utf-8", "surrogatepass")
    return lib.m_link_str(p_type, data, len(data))


def link_bytes(x, p_type):
    data = bytes.__getitem__(x, slice(None)) if type(x) is not bytes else x
    return lib.m_link_bytes(p_type, data, len(data))


def link_tuple(x, p_type):
    hidden = hidden_items.get(type(x), 0)
    if hidden:
        x = (*x, *(x.__dict__.get("_hidden") or (None,) * hidden))
    n = tuple.__len__(x)
    words = ffi.new("intptr_t[]", n)
    converting.append(x)                               # a drain now would make the first words stale again and again
    try:
        for i in range(n):
            words[i] = word(tuple.__getitem__(x, i))
        return lib.m_link_tuple(p_type, words, n)
    finally:
        converting.pop()


def link_method(x, p_type):
    return lib.m_link_method(p_type, word(x.__func__), word(x.__self__))


def link_slice(x, p_type):
    return lib.m_link_slice(p_type, word(x.start), word(x.stop), word(x.step))


def link_struct(x, p_type):
    from capi.core import structs
    linkers[K_STRUCT] = structs.link_struct
    return structs.link_struct(x, p_type)


own_linkers = identity_dict()              # class -> its linker, where the layout does not tell
linkers = [link_proxy, link_int, link_float, link_complex, link_str, link_bytes, link_tuple, link_proxy, link_proxy, link_proxy,
           link_method, link_slice, link_struct]


def word(x):
    """`to_word` with the short way for small ints; for code that is not hot."""
    if type(x) is int:
        return int_word(x)
    return to_word(x)


def address(x):
    """A new reference to `x` in C, as an address that the caller owns (release it with ``lib.m_decref``)."""
    while True:
        p = lib.m_pin(word(x))
        if p:
            return p
        settle()


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
    """The word of a demoted object, whose link is strong again if anything but finalisers can reach it; None if it has no link."""
    from capi.core.demotion import revived
    index = demoted_ids.get(id(x))
    entry = demoted.get(index)
    if entry is None or revived(index) is not x:
        return links.get(x)
    return links.get(x) or entry[3]


on_forget = identity_dict()                # class -> what to do with an object of it that C has let go


def forget(index):
    entry = demoted.pop(index, None)
    if entry is not None:
        demoted_ids.pop(entry[1], None)
    x = table[index]
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
    last[0] = met_lists[0] = met_lists[1] = None
    met[:] = NOBODY
    latest[0] = latest[1] = latest[2] = None
    total = 0
    while True:
        n = lib.m_drain(drained, len(drained), everything)
        total += n
        for i in range(n):
            forget(drained[i])
        if n < len(drained):
            forgotten[0] += total
            return total


forgotten = [0]                            # since the last scrub_links()
most_links = [0]


def scrub_links():
    """Let go of what `links` no longer has.  The VM's dictionaries move their items together without clearing the keys behind
    the last one; so that place is filled once."""
    if not forgotten[0]:
        return
    fillers = [Null() for _ in range(min(2 * forgotten[0], 3 * most_links[0]) + 64)]
    forgotten[0], most_links[0] = 0, len(links)
    for x in fillers:
        links[x] = 0
    for x in reversed(fillers):
        del links[x]


def type_address(cls):
    """Address of the PyTypeObject of a class, made on demand."""
    p = addresses.get(cls)
    if p is None or unready[0]:
        with typing:
            p = addresses.get(cls)
            if p is None:
                from capi.core.classes import make_type
                unready[0] += 1
                try:
                    p = make_type(cls)
                finally:
                    unready[0] -= 1
    return p


unready = [0]                              # how many are being made: `addresses` has them already


def sweep_young():
    from capi.core import sweep
    sweep.sweep_young()


def raise_pending(name):
    from capi.core.errors import raise_pending
    raise_pending(name)


if lib is not None:
    lib.m_init()
    slot_objects = ffi.cast("intptr_t *", lib.m_slots_address() + 8)
    multi = ffi.cast("int *", lib.m_multi_address())
    dead_weight = ffi.cast("long *", lib.m_dead_weight_address())
    trace_busy = ffi.cast("int *", lib.m_trace_busy_address())
    young_count = ffi.cast("unsigned int *", lib.m_young_count_address())
    drained = ffi.new("uint32_t[4096]")
    last_word = ffi.new("long[2]")                      # of last, of last_tuple
    recent_words = ffi.new("long[5]")                  # their words; the last one's place
    linked_lists = ffi.new("long[1]")                  # how many lists are in `links`
    linked_texts = ffi.new("unsigned char[]", TEXTS + 1)        # how many str, by hash; what is full stays so
    linked_tuples = ffi.new("unsigned char[]", TEXTS + 2)       # the same for tuples, by their first item
    few_ints = ffi.new("int64_t[256]")                 # what m_copy_ints writes to
    NONE = lib.m_singleton(b"None")
    INT_TYPE = FLOAT_TYPE = STR_TYPE = BYTES_TYPE = LIST_TYPE = 0  # set by capi.core.builtins
    guests = ffi.cast("MGuestsView *", lib.m_guests_address())
    mail = ffi.cast("MMailView *", lib.m_mail_address())
    letters = ffi.cast("intptr_t *", lib.m_mail_address() + 16)
    getters[int] = int_word
    getters[float] = float_word
    links[NULL] = 0
