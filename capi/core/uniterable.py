"""Types with mp_subscript, but neither sq_item nor tp_iter: they are no sequences, and iter() refuses them.

The VM iterates over whatever has a ``__getitem__``.  So such a class has an ``__iter__`` that looks as if it were not there:
hasattr() does not find it, the classes of collections.abc do not count it.
"""

import _collections_abc

from capi.core.tables import dict_of, mro_of


class NotIterable(TypeError, AttributeError):
    """iter() raises it as a TypeError, getattr() as an AttributeError."""


NotIterable.__name__ = NotIterable.__qualname__ = "TypeError"
NotIterable.__module__ = "builtins"


class Refusal:
    """`__iter__` of such a class.  A class that derives from it may have a `__getitem__` that the VM's iterators use."""

    def __get__(self, instance, owner=None):
        cls = type(instance) if owner is None else owner
        definer = next(base for base in mro_of(cls) if "__getitem__" in dict_of(base))
        if instance is None or is_refused(definer):
            raise NotIterable(f"{cls.__name__!r} object is not iterable")
        return lambda: iter(Indexed(instance))


class Indexed:
    """A sequence seen through its __getitem__ alone."""

    __slots__ = ("sequence",)

    def __init__(self, sequence):
        self.sequence = sequence

    def __getitem__(self, i):
        return self.sequence[i]


def is_refused(cls):
    return type(dict_of(cls).get("__iter__")) is Refusal


def refuse(namespace):
    """Let a class that is made of `namespace` not be iterable."""
    namespace["__iter__"] = Refusal()
    _collections_abc._check_methods = check_methods


def check_methods(cls, *names):
    """What decides for collections.abc whether a class has some methods."""
    if "__iter__" in names:
        definer = next((base for base in mro_of(cls) if "__iter__" in dict_of(base)), None)
        if definer is not None and is_refused(definer):
            return NotImplemented
    return vm_check_methods(cls, *names)


vm_check_methods = _collections_abc._check_methods
