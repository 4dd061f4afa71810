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
            way = ways[vtable] = way_to(cls, vtable, as_is)
        return way(address)
    return wrap


def way_to(cls, vtable, as_is):
    """A function from an address to the instance, for objects of one vtable."""
    from cppbind.scopes import class_known
    words = cast(WORDS, vtable)
    if not vtable or not words[-1]:
        return as_is
    name = ffi.string(cast(CHARS, cast(WORDS, words[-1])[1])).decode()
    actual = class_known(demangled("_ZTS" + name.lstrip("*")))
    if not isinstance(actual, type(cls)) or actual is cls or not issubclass(actual, cls):
        return as_is
    offset, other = words[-2], actual._wrap_as_is
    return lambda address: other(address + offset)


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
