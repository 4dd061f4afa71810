"""C++ classes that derive from std::exception and from others: Python's Exception lies in memory otherwise than native instances, so their
Python class cannot have both as bases.  It keeps the exception's, and finds the members of the others here."""

from cppbind.native import extension


def apart(bases, namespace):
    """The bases that go together; the class that `namespace` is for gets the members of the others."""
    if not any(issubclass(one, Exception) for one in bases):
        return bases
    others = tuple(one for one in bases if issubclass(one, extension().Instance))
    if not others:
        return bases

    def found(name):
        for other in others:
            for owner in other.__mro__:
                if name in owner.__dict__ and hasattr(owner, "_number"):
                    return owner.__dict__[name]
        return None

    def __getattr__(self, name):
        member = None if name.startswith("_") else found(name)
        if member is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return member.__get__(self, type(self)) if hasattr(type(member), "__get__") else member

    def __setattr__(self, name, value):
        member = None if name.startswith("_") else found(name)
        if hasattr(type(member), "__set__"):
            member.__set__(self, value)
        else:
            Exception.__setattr__(self, name, value)
    namespace.update(__getattr__=__getattr__, __setattr__=__setattr__)
    return tuple(one for one in bases if one not in others)
