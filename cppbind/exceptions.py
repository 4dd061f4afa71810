"""C++ exceptions as Python ones."""

from cppbind import callbacks


class CppException(Exception):
    """What a C++ function threw: the text says which function, the exception's type and its what()."""

    def what(self):
        return self._what


known = {}


def exception_class(name):
    """The Python class for a thrown type, derived from those of its C++ bases."""
    found = known.get(name)
    if found is None:
        from cppbind.scopes import described, module_name
        record = described(name)
        bases = tuple(exception_class(base.name) for base in record.bases if "g" not in base.flags) if record else ()
        found = known[name] = type(name.rpartition("::")[2], bases or (CppException,), {"__cpp_name__": name, "__module__": module_name("")})
    return found


def raise_pending(backend, signature):
    """Raise this thread's exception; nothing if it was another thread's that is waiting."""
    taken = backend.exception()
    if taken is None:
        return
    name, address, standard, what = taken
    backend.lib.cppbind_exception_release(int(address))
    if name == "CPyCppyy::PyException":
        raise callbacks.tickets.pop(int(what))
    kind = exception_class(name)
    error = kind(f"{signature} =>\n    {kind.__name__}: {what if int(standard) else 'unknown C++ exception'}")
    error._what = what
    raise error
