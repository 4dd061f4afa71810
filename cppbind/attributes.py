"""`__dict__` of instances on PyPy: without what lies in an instance's own memory on CPython, so that who clears it keeps the object."""

from collections.abc import MutableMapping

OWN = frozenset(("_cpp", "_cohort", "_rvalue"))


class Plain:
    """Of it the VM's own `__dict__`."""


everything = Plain.__dict__["__dict__"].__get__         # all that an instance has


class Attributes(MutableMapping):
    """The attributes of one instance."""

    __slots__ = ("all",)

    def __init__(self, instance):
        self.all = everything(instance)

    def __getitem__(self, name):
        if name in OWN:
            raise KeyError(name)
        return self.all[name]

    def __setitem__(self, name, value):
        self.all[name] = value

    def __delitem__(self, name):
        if name in OWN:
            raise KeyError(name)
        del self.all[name]

    def __iter__(self):
        return (name for name in list(self.all) if name not in OWN)

    def __len__(self):
        return sum(name not in OWN for name in self.all)

    def __repr__(self):
        return repr(dict(self))


def replace(instance, values):
    attributes = Attributes(instance)
    attributes.clear()
    attributes.update(values)


def names(instance):
    """dir() of an instance."""
    return sorted({*object.__dir__(instance), *Attributes(instance)})
