"""The word of a VM object: values, guests of one call, letters, lasting links."""

from _thread import _count as thread_count

from __pypy__ import identity_dict

from capi.core import tables
from capi.core.engine import ffi, lib
from capi.core.linking import (
    KNOWN, LETTERS, TEXTS, demoted_word, drain, few_linked, forget_text, known_addresses, known_texts, known_words, last, last_tuple,
    linked_texts, linked_tuples, mailed, met, met_containers, raise_pending, recent, settle, texts_seen, tie, tie_first, tuple_key,
    type_address, unready)
from capi.core.registry import vm
from capi.core.tables import (
    DRAIN_AT, FunctionType, INDEX, K_DICT, K_INSTANCE, K_ITERATOR, K_LIST, K_PROXY, K_STRUCT, NONE, NULL, SMALL_MAX, SMALL_MIN,
    addresses, behind, converting, dead_weight, demoted_ids, getters, guests, hidden_items, info_view, last_word,
    letters, links, mail, more_linked, multi, places, recent_words, ref, slot_objects, table, wrefs)


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
    w = result_text(x) if type(x) is str else to_word(x)
    if multi[0] and w:
        return pin(w, x)
    return w


def known_word(x):
    """The handle of a str that has the value of `x` and comes often, such as the key of many dicts; 0 if there is none."""
    # JIT: the identity of `x` is not asked for, which the VM's dicts and lists of text make anew at each look.
    k = hash(x) & KNOWN
    known = known_texts[k]
    if known is not None and known == x:
        return known_words[k]
    return learned_word(x, k)


def learned_word(x, k):
    """`known_word` of a text that is not known yet; it is from its second crossing on, or when another one has not come for a while."""
    if len(x) > LONGEST or multi[0]:
        return 0
    w = links.get(x) if linked_texts[hash(x) & TEXTS] else None
    texts_seen[k] += 1
    if texts_seen[k] < (SELDOM if known_texts[k] is not None else 2):
        return w or 0
    seen = 0 if known_texts[k] is None else IN_VAIN
    forget_text(k)
    texts_seen[k] = seen
    p = address(x)
    known_addresses[k], known_words[k] = p, lib.m_word_of(p)
    known_texts[k] = x                                 # last: a hook may have let go of all
    return known_words[k]


LONGEST = 64
IN_VAIN, SELDOM = 8, 64                    # how often a text is not found before others cross by value; before another takes its place


def result_text(x):
    """The word of a str that a callback returns, which is the same object when C returns it or passes it on."""
    w = guest_word(x)
    if w:
        return w
    k = hash(x) & KNOWN
    if known_texts[k] is x:
        return known_words[k]
    w = learned_word(x, k)
    if w:
        return w
    if texts_seen[k] <= IN_VAIN:
        return to_word(x)
    data = x.encode("utf-8", "surrogatepass")
    if len(data) > 256:
        return to_word(x)
    return lib.m_text_result(data, len(data)) or to_word(x)


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
    elif cls is list or cls is dict:
        if not more_linked[0] and x is not few_linked[0] and x is not few_linked[1] and x is not few_linked[2] and x is not few_linked[3]:
            return invite_container(x, cls)
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
        w = lib.m_guest_str(tables.STR_TYPE, data, len(data))
    elif cls is bytes:
        if len(x) > 4096:
            met[k] = None
        w = lib.m_guest_bytes(tables.BYTES_TYPE, x, len(x))
    else:
        p_type = addresses.get(cls)
        if p_type is None or not is_proxied(p_type, cls):
            return link(x)
        w = lib.m_guest_proxy(p_type)
    return welcome(x, w, n)


def is_proxied(p_type, cls):
    """True if the C objects of the instances of `cls` are nothing but proxies."""
    info = info_view(p_type)
    kind = info.kind
    return ((kind == K_PROXY or kind == K_LIST or kind == K_DICT or kind == K_ITERATOR) and (info.layout == K_PROXY or info.layout == K_LIST)
            and own_linkers.get(cls) is None)


def invite_container(x, cls):
    """`invite` of a list or dict that surely has no link: nothing asks for the identity of `x`, which costs much if it is young."""
    if dead_weight[0] > DRAIN_AT:
        drain()
    n = guests.n
    if x is met_containers[0] or x is met_containers[1] or multi[0] or n and (table[guests.index[0]] is x or n > 1 and guest_stays(x)):
        return to_word(x)
    met_containers[1] = met_containers[0]
    met_containers[0] = x
    return welcome(x, lib.m_guest_proxy(tables.LIST_TYPE if cls is list else tables.DICT_TYPE), n)


def welcome(x, w, n):
    """Let `w`, the word of guest number `n`, stand for `x`."""
    if w == 0:
        return link(x)
    index = (w >> 3) & INDEX
    table[index] = x
    if guests.index[n] == index:
        guests.arrived[n] = 1
    return w


def late_word(x):
    """The handle, or the address, of a new object with a reference that C owns.  It has no link while C may let go of it at once."""
    if dead_weight[0] > DRAIN_AT:
        drain()
    p_type = addresses.get(type(x))
    n = guests.n
    w = 0 if p_type is None else lib.m_late_proxy(p_type)
    if w == 0:
        return address(x)
    table[(w >> 3) & INDEX] = x
    if guests.index[n] == (w >> 3) & INDEX:
        guests.arrived[n] = 1
    return w


def guest_word(x):
    """The word of an object that may be in C as a guest, which gets a lasting link; 0 if it is not."""
    n = guests.n
    if n and (table[guests.index[0]] is x or n > 1 and (n > 2 or table[guests.index[1]] is x)):
        return guest_stays(x)
    return 0


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
    if guests.n:
        w = guest_word(x)
        if w:
            return w
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
    return posted(k, n, check)


def posted(k, n, check):
    """The word of letter `k`, whose words are written; `n` items, or 0 for an instance (shim/core/mail.h)."""
    w = letters[4 * k + 3] = (check & LETTER_CHECK) << 12 | n << 10 | k << 3 | 6
    return w


def same_letter(x):
    """The word of the letter that `x` already is for the call that is being made; 0 if it is none."""
    for turn in range(mail.turn, mail.turn - 4, -1):
        k = mail.open + (turn & 7)
        if mailed[k] is x and letters[4 * k]:
            return letters[4 * k + 3]
    return 0


LETTER_CHECK = (1 << 50) - 1


@vm("int vm_letter_arrived(long k, long w)")
def vm_letter_arrived(k, w):
    """C kept what letter `k` was, or sends it back while the call is under way; -1 if it has been forgotten."""
    x = mailed[k]
    place = places.get(type(x))
    if place is not None:                              # an instance, which the VM holds weakly
        index = (w >> 3) & INDEX
        wrefs[index] = ref(x)
        place(x, slot_objects[2 * index])
        lib.m_instance_stays(w)
        table[index] = None
        return
    if x is None or thread_count() and not is_letter(x, k):
        return -1
    table[(w >> 3) & INDEX] = x
    if x not in links:
        tie(x, w)


def is_letter(x, k):
    """Before this layer knows of a second thread, that one may have written into a letter that was on its way."""
    words = [letters[4 * k + i] for i in range(len(x))]
    return words == [item_word(item) for item in x]


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
    w = guest_word(x)
    if w:
        return w
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


def item_word(x):
    """`to_word` with the short way for small ints and None."""
    if type(x) is int and SMALL_MIN <= x <= SMALL_MAX:
        return x << 1 | 1
    return to_word(x)


@vm("int vm_adopt(W w)")
def vm_adopt(w):
    """C kept what was made for a call."""
    tie_first(table[(w >> 3) & INDEX], w)


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
    n = guests.n
    if n and (n > 1 or table[guests.index[0]] is x):
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
    if p_type is None or unready[0]:                   # another thread may be about to make it
        p_type = type_address(cls)
    if info_view(p_type).kind == K_INSTANCE:
        get = getters.get(cls)
        while get is None:                             # it has faded again
            type_address(cls)
            get = getters.get(cls)
        return get(x)
    if issubclass(cls, type):
        w = None
        while w is None:                               # it may fade at once
            type_address(x)
            w = links.get(x)
        return w
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
linkers = [link_proxy, link_int, link_float, link_complex, link_str, link_bytes, link_tuple, link_proxy, link_proxy, link_proxy, link_proxy,
           link_method, link_slice, link_proxy, link_struct]


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


if lib is not None:
    getters[int] = int_word
    getters[float] = float_word
    links[NULL] = 0
