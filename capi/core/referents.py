"""gc.get_referents() and gc.get_referrers() see what structs of C types hold, as tp_traverse shows it."""

import gc

from capi.core import calls
from capi.core.calls import result
from capi.core.engine import lib
from capi.core.types import c_types
from capi.core.tables import K_INSTANCE, addresses, info_view, mro_of

SOURCE = "def f(x):\n    r = lib.m_O_OO(fn, word(x), 0)\n" + result("f(x)")


def has_struct(cls):
    return cls in c_types and info_view(addresses[cls]).kind == K_INSTANCE


def get_referents(*objs):
    """The objects that `objs` refer to directly."""
    found = []
    for x in objs:
        if not has_struct(type(x)):
            found += vm_referents(x)
        if any(has_struct(cls) for cls in mro_of(type(x))):
            found += c_referents(x)
    return found


def get_referrers(*objs):
    """The objects that refer to one of `objs` directly."""
    found = vm_referrers(*objs)
    for x in objs:
        found += c_referrers(x)
    return found


def install():
    global c_referents, c_referrers, vm_referents, vm_referrers
    c_referents, c_referrers = (calls.maker(SOURCE, "fn")(name, lib.m_referents_function(back))
                                for back, name in enumerate(("get_referents", "get_referrers")))
    vm_referents, vm_referrers = gc.get_referents, gc.get_referrers
    gc.get_referents, gc.get_referrers = get_referents, get_referrers
