"""Which instances own their C++ object, and its deletion once they are gone; one instance for one object.

On PyPy it is cohorts.py, without a finaliser.  On CPython, where a reference count says when, it is __del__.
"""

import sys

from cppbind import native
from cppbind.backend.api import cast, ffi

ENTRY = ffi.typeof("void(*)(intptr_t)")
ON_PYPY = sys.implementation.name == "pypy"
SMALLEST = 4096                                        # instances that do not own, before they are looked through


class Deleter:
    """Deletes objects of one C++ class: the entry point is compiled when first needed."""

    def __init__(self, backend, handle):
        self.backend, self.handle, self.address, self.one = backend, handle, 0, self.first

    def entry(self):
        if not self.address:
            self.address = self.backend.wrappers([f"delete\t{self.handle}\t0"])[0]
        return self.address

    def first(self, address):
        """one(address) deletes one object: after this first time it is the entry point itself."""
        self.one = cast(ENTRY, self.entry())
        self.one(address)

    def __call__(self, addresses):
        self.all(ffi.new("intptr_t[]", addresses), len(addresses))

    def all(self, addresses, count):
        """Delete the objects at so many addresses in memory; 0 is none."""
        self.backend.delete_all(self.entry(), addresses, count)


class Nothing:
    """In place of a Deleter where C++ lets nobody delete."""

    def one(self, address):
        pass

    def all(self, addresses, count):
        pass

    def entry(self):
        return 0

    __call__ = one


if ON_PYPY:
    from cppbind.cohorts import PLACE, TAKE, WASTED, managing, owning, recycles
else:
    from _weakref import ref

    def finish(instance):
        """What ends an instance that owns its object."""
        if native.extension() is not None and isinstance(instance, native.extension().Instance):
            return native.extension().Instance.__del__(instance)
        address = instance._cpp
        if instance._owned and address:
            instance._owned, instance._cpp = False, 0
            instance._seen.pop(address, None)
            instance._deleter.one(address)

    def managing(cls, deleter):
        """The same; of exceptions' classes only, where instances are native."""
        seen, limit = {}, [SMALLEST]                    # those that own are taken out when they die, the others now and then

        def remember(instance, address):
            seen[address] = ref(instance)
            if len(seen) >= limit[0]:
                for old, one in list(seen.items()):
                    if one() is None and seen.get(old) is one:
                        del seen[old]
                limit[0] = max(SMALLEST, 2 * len(seen))

        def known(address):
            one = seen.get(address)
            found = one and one()
            return found if found is not None and found._cpp == address else None

        def own(instance, address):
            instance._owned = True
            seen[address] = ref(instance)

        def disown(instance):
            owned, instance._owned = instance._owned, False
            return owned

        def owns(instance):
            return instance._owned

        type.__setattr__(cls, "_own", staticmethod(own))
        type.__setattr__(cls, "_owned", False)
        type.__setattr__(cls, "_seen", seen)
        type.__setattr__(cls, "__del__", finish)
        return own, disown, owns, known, remember

    def recycles(cls):
        """Whether the constructors of a class are given the memory of objects that have died."""
        return False

    def owning(cls, instance, address, names, placed=False):
        """Lines that make the instance of a variable the owner of what is at an address; what they name goes into `names`."""
        names["own"] = cls._own
        return [f"own({instance}, {address})"]
