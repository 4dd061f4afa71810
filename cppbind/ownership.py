"""Which instances own their C++ object, and its deletion once they are gone; one instance for one object.

On PyPy an instance costs no finaliser: a nursery for each class keeps plain weakrefs by address, and what has died is deleted in one
crossing, when the nursery is full and after each major collection.  On CPython, where a reference count says when, it is __del__.
"""

import sys

from cppbind import native
from cppbind.backend.api import cast, ffi

ENTRY = ffi.typeof("void(*)(intptr_t)")
ON_PYPY = sys.implementation.name == "pypy"
SMALLEST = 4096                                        # instances in a nursery before it is looked through


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
        self.backend.delete_all(self.entry(), ffi.new("intptr_t[]", addresses), len(addresses))


class Nothing:
    """In place of a Deleter where C++ lets nobody delete."""

    def one(self, address):
        pass

    def entry(self):
        return 0

    __call__ = one


if ON_PYPY:
    from _weakref import ref

    nurseries = []

    class Nursery:
        """The owning instances of one class, by address.  Each step is one operation of a dict: threads need no lock."""

        def __init__(self, deleter):
            self.deleter, self.limit, self.refs = deleter, SMALLEST, {}
            nurseries.append(self)

        def sweep(self):
            refs, dead = self.refs, []
            for address, one in list(refs.items()):
                if one() is None and refs.pop(address, None) is not None:
                    dead.append(address)
            self.limit = max(SMALLEST, 2 * len(refs))
            if dead:
                self.deleter(dead)

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
        nursery, others = Nursery(deleter), Others()
        refs, seen = nursery.refs, others.refs

        def known(address):
            one = refs.get(address)
            if one is None:
                one = seen.get(address)
                if one is None:
                    return None
            found = one()
            return found if found is not None and found._cpp == address else None

        def remember(instance, address):
            seen[address] = ref(instance)
            if len(seen) >= others.limit:
                others.sweep()

        def own(instance, address):
            refs[address] = ref(instance)
            if len(refs) >= nursery.limit:
                nursery.sweep()

        def owns(instance):
            found = refs.get(instance._cpp)
            return found is not None and found() is instance

        def disown(instance):
            if not owns(instance):
                return False
            del refs[instance._cpp]
            remember(instance, instance._cpp)
            return True
        return own, disown, owns, known, remember

    class Sentinel:
        """Unreachable: the collector finalises it after each major collection, and it puts another in its place."""

        def __del__(self):
            try:
                for nursery in nurseries:
                    nursery.sweep()
            finally:
                Sentinel()

    Sentinel()
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

        type.__setattr__(cls, "_owned", False)
        type.__setattr__(cls, "_seen", seen)
        type.__setattr__(cls, "__del__", finish)
        return own, disown, owns, known, remember
