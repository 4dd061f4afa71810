"""Items of VM containers for C's caches, many by one callback."""

from capi.core import tables
from capi.core.engine import lib
from capi.core.tables import SMALL_MAX, SMALL_MIN
from capi.core.to_c import address, known_word, to_word


def put(x, i, out, doubles):
    """One value for C to keep: an int or a handle; 2 = look into `doubles`; tag 2 = an address that C owns."""
    if type(x) is int:
        out[i] = x << 1 | 1 if SMALL_MIN <= x <= SMALL_MAX else address(x) | 2
    elif type(x) is float:
        out[i] = 2
        doubles[i] = x
    elif type(x) is str:
        w = known_word(x)
        if w and not tables.multi[0]:
            out[i] = w
        else:
            data = x.encode("utf-8", "surrogatepass")
            out[i] = lib.m_new_str(data, len(data)) | 2
    elif type(x) is tuple or tables.multi[0]:           # a tuple's handle is for one call only
        out[i] = address(x) | 2
    else:                                              # the word of an instance with state has tag 2 itself
        w = to_word(x)
        out[i] = address(x) | 2 if w & 7 == 2 else w
