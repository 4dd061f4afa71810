"""C++ exceptions as Python ones.

The classes that derive from std::exception are Python exceptions, too: what is raised is an instance over the object that C++ threw, which
lives as long as it.  What C++ throws else is a `CppException`; a Python exception that went through C++ is raised itself.
"""

from cppbind import callbacks, signals


class CppException(Exception):
    """What a C++ function threw that is no std::exception: the text says which function and the exception's type."""

    def what(self):
        return self._what


class Thrown:
    """The object that C++ threw, for as long as this lives."""

    def __init__(self, backend, address):
        self.release, self.address = backend.lib.cppbind_exception_release, address

    def __del__(self):
        self.release(self.address)


known = {}


def exception_class(name):
    """The Python class for a thrown type that is no std::exception."""
    found = known.get(name)
    if found is None:
        from cppbind.scopes import module_name
        found = known[name] = type(name.rpartition("::")[2], (CppException,), {"__cpp_name__": name, "__module__": module_name("")})
    return found


def bound_class(name):
    """The class of a thrown type that derives from std::exception; None if it cannot be named."""
    from cppbind.scopes import class_known
    try:
        found = class_known(name)
    except TypeError:
        return None
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def raise_pending(backend, signature):
    """Raise this thread's exception; nothing if it was another thread's that is waiting."""
    taken = backend.exception()
    if taken is None:
        return
    name, address, standard, what = taken
    if name == "signal":
        raise signals.error(int(what), signature)
    thrown = Thrown(backend, int(address))
    if name == "CPyCppyy::PyException":
        raise callbacks.tickets.pop(int(what))
    kind = bound_class(name) if int(standard) else None
    if kind is None:
        kind = exception_class(name)
        error = kind(f"{signature} =>\n    {kind.__name__}: {what if int(standard) else 'unknown C++ exception'}")
        error._what = what
        raise error
    error = kind.__new__(kind)
    error.args = (f"{signature} =>\n    {kind.__name__}: {what}",)
    error._cpp, error._thrown = thrown.address, thrown
    raise error
