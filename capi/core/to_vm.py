"""The VM object of a word or of an address in C."""

import types
from _thread import get_ident

from capi.core import tables
from capi.core.engine import ffi, lib
from capi.core.linking import catch_up, drain, settle, tie, tie_first
from capi.core.tables import (
    DRAIN_AT, INDEX, K_BYTES, K_COMPLEX, K_DICT, K_FLOAT, K_INSTANCE, K_INT, K_LIST, K_PROXY, K_STR, K_TUPLE, NULL,
    TI_BUILTIN, UNREAD, addresses, bytes_at, dead_weight, double_at, factories, few_ints, hidden_items, info_view,
    links, long_at, mro_of, multi, slot_objects, table, uint_at, wrefs)
from capi.core.to_c import word
from capi.core.turns import wrapping


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
        if x is None:
            x = factories[info.factory](p, index)
    if tables.made[0] > tables.MUCH:
        catch_up()
    return x


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


def share_link(p, x, state):
    """Link `x` so that no thread gets the handle before the table has `x`; None if that failed.  `state`: a list's length, how often a
    dict was changed, or -1."""
    w = lib.m_link_prepare(p)
    if not w:
        return None
    table[(w >> 3) & INDEX] = x
    if not lib.m_link_publish(p, w, state):
        return None
    tie_first(x, w)
    if dead_weight[0] > DRAIN_AT:
        drain()
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


def from_held(p, fresh):
    """The VM object at an address that a container in C has; None for 0.  A `fresh` container ends when it has been read."""
    # JIT: no call for ints, floats and what is linked.
    if p == 0:
        return None
    p_type = long_at(p + 8)
    if p_type == tables.INT_TYPE or p_type == tables.FLOAT_TYPE:
        x = simple(p)
        if x is not None:
            return x
    elif p_type == tables.STR_TYPE or p_type == tables.DICT_TYPE or p_type == tables.LIST_TYPE:
        if uint_at(p - 4) == ((p >> 4) & 0xffffffff ^ 0x6d6f6f72 | 1):       # M_MAGIC: it has a header
            w = long_at(p - 16)
            if w & 7 == 4:
                return table[(w >> 3) & INDEX]
            if w == 0 and fresh and long_at(p) == 1:
                return read_str(p) if p_type == tables.STR_TYPE else read_list(p, True) if p_type == tables.LIST_TYPE else read_dict(p)
            if w == 0 and p_type == tables.STR_TYPE and long_at(p) > 1:      # a key of many dicts, say: one object in the VM, too
                return keep_link(p, read_str(p))
    return from_pointer(p)


def is_fresh(p):
    """True of a result that C does not keep: it needs no link."""
    return long_at(p) == 1 and uint_at(p - 8) & UNREAD and not multi[0]


def read_items(p_items, n, fresh=False):
    """[VM object] of an array of `n` C pointers; NULL pointers become None."""
    items = ffi.cast("intptr_t *", p_items)
    result = []
    nesting[0] += 1
    try:
        if nesting[0] > MOST_NESTED:
            convert_inner(ffi.unpack(items, n))
        for i in range(n):
            result.append(from_held(items[i], fresh))
    finally:
        nesting[0] -= 1
    return result


def read_list(p, fresh):
    """The items of a list that was born in C."""
    n = long_at(p + 16)
    if n > 3:
        out = few_ints if n <= 256 else ffi.new("int64_t[]", n)
        if lib.m_copy_ints(p, out):
            return ffi.unpack(out, n)
    return read_items(long_at(p + 24), n, fresh)


def read_dict(p):
    """The items of a fresh dict."""
    x = {}
    fill_dict(x, long_at(p + 24), True)
    return x


ENTRIES, ENTRY = 24, 24                    # where the entries of an MTable begin, how long each is


def fill_dict(x, p_table, fresh):
    """Put what is in the table of a dict that was born in C into `x`."""
    if not p_table:
        return
    p = p_table + ENTRIES
    end = p + ENTRY * uint_at(p_table)
    nesting[0] += 1
    try:
        if nesting[0] > MOST_NESTED:
            convert_inner(values_in(p_table))
        while p < end:
            if long_at(p):                             # else it was deleted
                key = from_held(long_at(p), fresh)
                x[key] = from_held(long_at(p + 8), fresh)
            p += ENTRY
    finally:
        nesting[0] -= 1


def values_in(p_table):
    """The addresses of the values in an MTable."""
    return [long_at(p_table + ENTRIES + ENTRY * i + 8) for i in range(uint_at(p_table) if p_table else 0)]


MOST_NESTED = 50                           # containers read inside each other, before the inner ones go first
nesting = [0]


def convert_inner(pending):
    """Convert the containers that nest below what is at these addresses, innermost first: the VM's stack may not hold them."""
    containers, seen = [], set()
    while pending:
        p = pending.pop()
        if p == 0 or p in seen or lib.m_word_of(p) != p:
            continue
        kind = info_view(long_at(p + 8)).kind
        if kind == K_LIST or kind == K_TUPLE and long_at(p + 16):
            inner = ffi.unpack(ffi.cast("intptr_t *", long_at(p + 24) if kind == K_LIST else p + 24), long_at(p + 16))
        elif kind == K_DICT:
            inner = values_in(long_at(p + 24))
        else:
            continue
        seen.add(p)
        containers.append(p)
        pending.extend(inner)
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
    if is_fresh(p):
        return read_fresh(p, n)
    lib.m_incref(p)
    x = tuple(read_items(p + 24, n))
    if worth_a_link(p):
        x = keep_link(p, x)
    lib.m_decref(p)
    return x


def simple(p):
    """The int or float at `p`, read without a call; None for anything else."""
    kind = long_at(p + 8)
    if kind == tables.INT_TYPE:
        size = long_at(p + 16)
        if size == 0:
            return 0
        value = long_at(p + 24)
        if value > 0:
            if size == 1:
                return value
            if size == -1:
                return -value
    elif kind == tables.FLOAT_TYPE:
        return double_at(p + 16)
    return None


def from_list(p):
    """A list that was born in C becomes a VM list; the C object is its proxy from now on."""
    if long_at(p - 16):                                # twice among the arguments of one callback
        return from_pointer(p)
    if multi[0]:
        return from_shared_list(p)
    if is_fresh(p):
        return read_fresh(p)
    x = reading.get(p)
    if x is not None:                                  # the list leads to itself: it has a link before it has its items
        return link_list(p, x)
    lib.m_incref(p)
    x = reading[p] = []
    try:
        x += read_list(p, False)
    finally:
        del reading[p]
    if long_at(p - 16):
        lib.m_list_without_itself(p)
    else:
        link_list(p, x)
    lib.m_decref(p)
    if dead_weight[0] > DRAIN_AT:
        drain()
    return x


reading = {}                               # address of a list that is being read -> what it becomes


def link_list(p, x):
    w = lib.m_list_linked(p)
    table[(w >> 3) & INDEX] = x
    tie(x, w)
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


def from_dict(p):
    """A dict that was born in C becomes a VM dict; the C object is its proxy from now on."""
    if long_at(p - 16):
        return from_pointer(p)
    if multi[0]:
        return from_shared_dict(p)
    if is_fresh(p):
        return read_fresh(p)
    x = {}
    lib.m_incref(p)
    p_table = lib.m_dict_linked(p)
    w = long_at(p - 16)
    table[(w >> 3) & INDEX] = x
    tie(x, w)
    try:
        fill_dict(x, p_table, False)                   # which may lead to the dict itself
    finally:
        lib.m_dict_read(p_table)
        lib.m_decref(p)
    if dead_weight[0] > DRAIN_AT:
        drain()
    return x


def from_shared_dict(p):
    """The same while other threads may change or convert it."""
    key = get_ident(), p
    under_way = shared.pop(key, None)
    if under_way is not None:                          # the dict leads to itself: it has a link before it has its items
        share_link(p, *under_way)
    while True:
        w = lib.m_word_of(p)
        if w != p:
            return from_word(w)
        p_items = lib.m_dict_copied(p)
        if not p_items:
            raise MemoryError
        n = long_at(p_items + 16) - 1
        x = {}
        changes = from_pointer(long_at(p_items + 24 + 8 * n))
        shared[key] = x, changes
        items = read_items(p_items + 24, n)
        lib.m_decref(p_items)
        x.update(zip(items[::2], items[1::2]))
        if shared.pop(key, None) is not None:
            share_link(p, x, changes)


shared = {}                                # (thread, address) -> what a dict becomes, and how often it was changed before


def read_fresh(p, n=0):
    """The value of a fresh list or dict, or of a tuple of `n` items, which lives on until it has been read."""
    count = ffi.cast("long *", p)
    count[0] += 1
    try:
        p_type = long_at(p + 8)
        return read_list(p, True) if p_type == tables.LIST_TYPE else read_dict(p) if p_type == tables.DICT_TYPE else tuple(read_items(p + 24, n, True))
    finally:
        if count[0] > 1:
            count[0] -= 1
        else:                                          # reading it took many calls: the layer has let go of it
            lib.m_decref(p)


def from_method(p):
    lib.m_incref(p)
    x = types.MethodType(from_pointer(long_at(p + 16)), from_pointer(long_at(p + 24)))
    if long_at(p) > 2 or worth_a_link(p):              # a bound method that nobody else has never comes again
        x = keep_link(p, x)
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
    return keep_link(p, born(class_of(p_type), info_view(p_type).layout, p))


def class_of(p_type):
    """The class of a PyTypeObject, which may have faded."""
    index = (info_view(p_type).link >> 3) & INDEX
    cls = table[index]
    return wrefs[index]() if cls is None else cls


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
    for base in mro_of(cls):
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


converters = [from_born, from_int, from_float, from_complex, from_str, from_bytes, from_tuple, from_list, from_dict, from_type, None,
              from_method, from_slice]
