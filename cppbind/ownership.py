"""Which instances own their C++ object, and its deletion once they are gone.

On PyPy an instance costs no finaliser: a nursery for each class keeps plain weakrefs by address, and what has died is deleted in one
crossing, when the nursery is full and after each major collection.  On CPython, where a reference count says when, it is __del__.
"""

import sys

from cppbind.backend.api import ffi

ON_PYPY = sys.implementation.name == "pypy"
SMALLEST = 4096                                        # instances in a nursery before it is looked through


class Deleter:
    """Deletes objects of one C++ class: the entry point is compiled when first needed."""

    def __init__(self, backend, handle):
        self.backend, self.handle, self.address = backend, handle, 0

    def entry(self):
        if not self.address:
            self.address = self.backend.wrappers([f"delete\t{self.handle}\t0"])[0]
        return self.address

    def __call__(self, addresses):
        self.backend.lib.cppbind_delete_all(self.entry(), ffi.new("intptr_t[]", addresses), len(addresses))


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

    def managing(cls, deleter):
        """(own, disown, owns) for the instances of a class."""
        nursery = Nursery(deleter)
        refs = nursery.refs

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
            return True
        return own, disown, owns

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
    def finish(instance):
        address = instance._cpp
        if instance._owned and address:
            instance._owned, instance._cpp = False, 0
            instance._deleter([address])

    def managing(cls, deleter):
        def own(instance, address):
            instance._owned = True

        def disown(instance):
            owned, instance._owned = instance._owned, False
            return owned

        def owns(instance):
            return instance._owned

        type.__setattr__(cls, "_owned", False)
        type.__setattr__(cls, "__del__", finish)
        return own, disown, owns
