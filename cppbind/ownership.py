"""Which instances own their C++ object, and its deletion once they are gone.

On PyPy an instance costs no finaliser: a nursery for each class keeps plain weakrefs and addresses, and what has died is deleted in
one crossing, when the nursery is full and after each major collection.  On CPython, where a reference count says when, it is __del__.
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
        """The owning instances of one class: young ones, and those that outlived a sweep."""

        def __init__(self, deleter):
            self.deleter, self.limit = deleter, SMALLEST
            self.refs, self.addresses = [], []
            nurseries.append(self)

        def sweep(self):
            refs, addresses = self.refs, self.addresses
            count = len(refs)
            dead, kept = [], 0
            for i in range(count):
                if refs[i]() is None:
                    dead.append(addresses[i])
                else:
                    refs[kept], addresses[kept] = refs[i], addresses[i]
                    kept += 1
            del refs[kept:count], addresses[kept:count]
            self.limit = max(SMALLEST, 2 * kept)
            if dead:
                self.deleter(dead)

        def find(self, instance):
            """The index of an instance, -1 without; the youngest are looked at first."""
            refs = self.refs
            for i in range(len(refs) - 1, -1, -1):
                if refs[i]() is instance:
                    return i
            return -1

    def managing(cls, deleter):
        """(own, disown, owns) for the instances of a class."""
        nursery = Nursery(deleter)
        refs, addresses = nursery.refs, nursery.addresses

        def own(instance, address):
            refs.append(ref(instance))
            addresses.append(address)
            if len(refs) >= nursery.limit:
                nursery.sweep()

        def disown(instance):
            at = nursery.find(instance)
            if at >= 0:
                del refs[at], addresses[at]
            return at >= 0

        def owns(instance):
            return nursery.find(instance) >= 0
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
    def managing(cls, deleter):
        def own(instance, address):
            instance._owned = True

        def disown(instance):
            owned, instance._owned = instance._owned, False
            return owned

        def owns(instance):
            return instance._owned

        def finish(instance):
            if instance._owned and instance._cpp:
                instance._owned = False
                deleter([instance._cpp])
        type.__setattr__(cls, "_owned", False)
        type.__setattr__(cls, "__del__", finish)
        return own, disown, owns
