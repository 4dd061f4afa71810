"""Pointers to polymorphic objects as instances of the most derived class that is known: asked of the object's vtable, once for each vtable.

    vtable[-2]   what to add for the address of the whole object
    vtable[-1]   its std::type_info, whose word 1 is the class's mangled name
"""

from cppbind.backend.api import cast, ffi

WORDS, CHARS = ffi.typeof("intptr_t *"), ffi.typeof("char *")
pinned = set()                                          # classes whose pointers stay what they are declared as


def wrapper(cls, as_is):
    """`wrap` of a polymorphic class."""
    ways = {}

    def wrap(address):
        if not address:
            return as_is(0)
        vtable = cast(WORDS, address)[0]
        way = ways.get(vtable)
        if way is None or cls in pinned:
            if cls in pinned:
                return as_is(address)
            found = way_to(cls, vtable)
            way = ways[vtable] = as_is if found is None else moved(*found)
        return way(address)
    return wrap


def moved(wrap, offset):
    return lambda address: wrap(address + offset)


def way_to(cls, vtable):
    """(_wrap_as_is of the most derived class, what to add to the address) for objects of one vtable; None if there is nothing more derived."""
    from cppbind.scopes import class_known
    words = cast(WORDS, vtable)
    if not vtable or not words[-1]:
        return None
    name = ffi.string(cast(CHARS, cast(WORDS, words[-1])[1])).decode()
    actual = class_known(demangled("_ZTS" + name.lstrip("*")))
    if not isinstance(actual, type(cls)) or actual is cls or not issubclass(actual, cls):
        return None
    return actual._wrap_as_is, words[-2]


def pin(cls):
    """Pointers to a class stay what they are declared as."""
    pinned.add(cls)
    manager = getattr(cls._wrap, "__self__", None)      # a native one
    if manager is not None:
        manager.derived(None)


library = None


def demangled(symbol):
    """The name of the class whose type name has such a symbol."""
    global library
    if library is None:
        own = type(ffi)()
        own.cdef("char *__cxa_demangle(const char *, char *, size_t *, int *); void free(void *);")
        library = own, own.dlopen("libstdc++.so.6")
    own, functions = library
    text = functions.__cxa_demangle(symbol.encode(), own.NULL, own.NULL, own.NULL)
    if not text:
        return ""
    try:
        return own.string(text).decode().removeprefix("typeinfo name for ").replace("std::__cxx11::", "std::")
    finally:
        functions.free(text)
