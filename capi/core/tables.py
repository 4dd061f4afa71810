"""The tables that VM and C share: which VM object, handle and address belong together; and looks at raw memory.

`table` holds the VM object of each strong link, `wrefs` a weak reference to each wrapper; both are indexed by the upper
bits of a handle.  `links` finds the handle of a VM object; `getters` how instances of a class give their address.
"""

import sys
import types
import _weakref

from __pypy__ import identity_dict

from capi.core.engine import ffi, lib
from capi.core.registry import vm

K_PROXY, K_INT, K_FLOAT, K_COMPLEX, K_STR, K_BYTES, K_TUPLE, K_LIST, K_DICT, K_TYPE, K_INSTANCE, K_METHOD, K_SLICE, K_ITERATOR, K_STRUCT = range(15)
TI_STATEFUL, TI_BUILTIN, TI_SLOTTED, TI_VM, TI_MAKES = 1, 2, 4, 8, 64
SHARE = 1 << 60
mro_of, dict_of, direct_bases = (type.__dict__[name].__get__ for name in ("__mro__", "__dict__", "__bases__"))     # a metaclass may have its own
M_HELD, FLIGHT = 8, 1 << 40                # as in mooring.h and flight.h
INDEX = 0xffffffff
SMALL_MIN, SMALL_MAX = -(1 << 62), (1 << 62) - 1
RETRY = 8
UNREAD = 65536                             # the flag of a result that has not been converted yet
GROWTH = 1 << 12
MUCH = 16 << 20                            # bytes in C since the last sweep, when no hook of the garbage collector gets to run,
MOST = 64 << 20                            # and what more there may be if a sweep has given back as much
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
ref = _weakref.ref
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
demoted = {}                               # index -> (weak reference to the Cell that has the VM object, its id, whether only finalisers reach it, weak handle,
                                           # whether it counts in `more_linked`); see demotion.py
demoted_ids = {}                           # id -> index


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


INT_TYPE = FLOAT_TYPE = STR_TYPE = BYTES_TYPE = LIST_TYPE = DICT_TYPE = 0      # set by capi.core.builtins

if lib is not None:
    lib.m_init()
    slot_objects = ffi.cast("intptr_t *", lib.m_slots_address() + 8)
    multi = ffi.cast("int *", lib.m_multi_address())
    dead_weight = ffi.cast("long *", lib.m_dead_weight_address())
    trace_busy = ffi.cast("int *", lib.m_trace_busy_address())
    made = ffi.cast("long *", lib.m_made_address())
    young_count = ffi.cast("unsigned int *", lib.m_young_count_address())
    drained = ffi.new("uint32_t[4096]")
    last_word = ffi.new("long[2]")                      # of last, of last_tuple
    recent_words = ffi.new("long[5]")                  # their words; the last one's place
    more_linked = ffi.new("long[1]")                   # how many lists and dicts are in `links` but not in `few_linked`
    few_ints = ffi.new("int64_t[256]")                 # what m_copy_ints writes to
    NONE = lib.m_singleton(b"None")
    guests = ffi.cast("MGuestsView *", lib.m_guests_address())
    mail = ffi.cast("MMailView *", lib.m_mail_address())
    letters = ffi.cast("intptr_t *", lib.m_mail_address() + 16)
else:                                      # only signatures are read
    slot_objects = multi = dead_weight = trace_busy = made = young_count = drained = last_word = None
    recent_words = more_linked = few_ints = NONE = guests = mail = letters = None
