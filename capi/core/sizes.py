"""``sys.getsizeof`` for instances of C types, whose size is known.  The VM's own answer, a TypeError, stands for all others."""

import functools
import sys

from capi.core import fading, linking, tables, to_c
from capi.core.engine import lib
from capi.core.tables import K_INSTANCE, K_PROXY, info_view, long_at, type_view

HAVE_GC = 1 << 14
GC_HEAD = 16                               # what CPython counts for it
BY_VALUE = (int, float, tuple)
vm_getsizeof = sys.getsizeof


def struct_size(p):
    """What CPython's object.__sizeof__ says."""
    view = type_view(long_at(p + 8))
    return view.tp_basicsize + (view.tp_itemsize * abs(long_at(p + 16)) if view.tp_itemsize else 0)


@functools.wraps(vm_getsizeof)
def getsizeof(object, *default, **keyword):
    cls = type(object)
    info = info_view(linking.type_address(cls)) if fading.getter_of(cls) is not None and cls not in BY_VALUE else None
    method = getattr(cls, "__sizeof__", None)
    if info is None or info.kind != K_INSTANCE or method is None and info.layout not in (K_PROXY, K_INSTANCE):
        return vm_getsizeof(object, *default, **keyword)
    size = method(object) if method else struct_size(lib.m_object_address(to_c.to_word(object)) & -8)
    if not isinstance(size, int):
        raise TypeError(f"'{type(size).__name__}' object cannot be interpreted as an integer")
    if size < 0:
        raise ValueError("__sizeof__() should return >= 0")
    return size + GC_HEAD if type_view(linking.type_address(cls)).tp_flags & HAVE_GC else size


def install():
    sys.getsizeof = getsizeof
