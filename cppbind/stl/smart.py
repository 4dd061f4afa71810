"""Smart pointers: what they hold is used as if it were held by a plain pointer; `__smartptr__()` is the pointer itself.

    shared_ptr   address, control block (its counts: words 1 and 2 hold ints)
    unique_ptr   address, where the deleter is empty
"""

from weakref import ref

from cppbind.backend import api
from cppbind.backend.api import cast, ffi
from cppbind.strings import WORDS, Temporary, allocator

SMART = ("std::shared_ptr<", "std::unique_ptr<")


def is_smart(name):
    return name.startswith(SMART)


def held_name(cls):
    """The name of the class that a smart pointer's class holds; None if it holds no class."""
    from cppbind.stl.methods import alias_code
    from cppbind.typecode import parse
    code = alias_code(cls, "element_type") or next((code for code in (alias_code(one, "element_type") for one in cls.__mro__[1:] if "_record" in one.__dict__) if code), None)
    type = parse(code) if code else None
    return type.name if type is not None and type.kind == "class" else None


def wrapper(name, how):
    """A function from the address of a smart pointer to the instance of what it holds; `how`: _wrap, _take or _wrap_part."""
    from cppbind.scopes import class_named
    smart = class_named(name)
    plain = getattr(smart, how)
    held = held_name(smart)
    if held is None:
        return plain
    cls = class_named(held)
    if how == "_wrap_part":
        return lambda whole, address: holding(cls, plain(whole, address))
    return lambda address: holding(cls, plain(address)) if address else cls._wrap(0)


def holding(cls, smart):
    """The instance of a class that a smart pointer holds, which keeps the pointer."""
    address, known = cast(WORDS, smart._cpp)[0], smart._held
    one = known() if known is not None else None
    if one is None or one._cpp != address:
        one = cls._wrap_part(smart, address)
        one._smart = smart
        smart._held = ref(one)
    return one


def shared(cls):
    own(cls, share)


def unique(cls):
    own(cls, hold)


def own(cls, acquire):
    """Construction from an instance, which C++ then owns."""
    from cppbind.classes import CPPInstance
    from cppbind.stl.methods import constructor

    def make(self, arguments):
        if len(arguments) != 1 or not isinstance(arguments[0], CPPInstance):
            return False
        held = held_name(cls)
        value = arguments[0]
        if held is None or not named(value, held) or value._smart is not None or not value._cpp:
            return False
        address = acquire(cls, held, value)
        self._cpp = address
        cls._own(self, address)
        return True
    constructor(cls, make)

    def __new__(cls, *arguments, **keywords):
        """Construction gives what is held."""
        held = held_name(cls)
        if held is None:
            return object.__new__(cls)
        from cppbind.scopes import class_named
        return holding(class_named(held), pointer(cls, *arguments, **keywords))
    type.__setattr__(cls, "__new__", __new__)
    for name in ("reset", "swap", "release", "__assign__"):
        lazy = next((one.__dict__[name] for one in cls.__mro__ if name in one.__dict__), None)
        if hasattr(lazy, "functions"):
            type.__setattr__(cls, name, followed(lazy))


def followed(lazy):
    """A method that changes what smart pointers hold: the instance that stands for it goes along."""
    found = []

    def method(self, *arguments):
        if not found:
            found.append(lazy.make(lazy.functions, lazy.scope, lazy.name))
        result = found[0].__get__(self, type(self))(*arguments)
        for one in (self, *arguments):
            known = getattr(one, "_held", None)
            held = known() if known is not None else None
            if held is not None:
                held._cpp = cast(WORDS, one._cpp)[0]
        return result
    return method


def pointer(cls, *arguments, **keywords):
    """An instance of a smart pointer's class itself."""
    made = object.__new__(cls)
    made.__init__(*arguments, **keywords)
    return made


def named(value, name):
    """Whether an instance is of the class of a name."""
    from cppbind.scopes import class_named
    return isinstance(value, class_named(name))


def address_as(value, name):
    from cppbind.scopes import class_named
    return value._cpp and value._cpp + getattr(value, f"_offset_{class_named(name)._number}")


sharers = {}


def share(cls, held, value):
    """The address of a new std::shared_ptr, which takes the object of an instance over."""
    function = sharers.get(held)
    if function is None:
        backend, name = api.compiler(), f"__cppbind_share{len(sharers)}"
        code = f'#include <memory>\nextern "C" void *{name}(void *p) noexcept {{ return new std::shared_ptr<{held}>(({held} *)p); }}\n'
        state, told = backend.compile(code)
        if state < 0:
            raise TypeError(f"{cls.__cpp_name__} cannot take an object over:\n{told}")
        function = sharers[held] = cast("intptr_t(*)(intptr_t)", backend.symbol(name))
    address = address_as(value, held)
    value.__python_owns__ = False
    return function(address)


def hold(cls, held, value):
    address = allocator.new(8)
    cast(WORDS, address)[0] = address_as(value, held)
    value.__python_owns__ = False
    return address


def passed(smart, held, value, moved):
    """The address of a smart pointer of class `smart` for an instance of what it holds; None if there is none.

    A pointer to a derived class is passed as a copy of its words: C++ copies from it and counts, or moves from it."""
    name = smart._record.name
    own = value._smart
    if own is None:
        if not value._cpp or not value.__python_owns__ or name.startswith("std::unique_ptr<") and not moved:
            return None
        made = pointer(smart, value)
        value._smart, value._whole = made, made
        return Temporary(made._cpp, made)
    if isinstance(own, smart):
        return Temporary(own._cpp, own)
    if own._record.template != smart._record.template:
        return None
    block = ffi.new("intptr_t[]", 2)
    words = cast(WORDS, own._cpp)
    block[0] = address_as(value, held)
    if own._record.size == 16:
        block[1] = words[1]
    elif moved:
        words[0] = 0
    else:
        return None
    return Temporary(int(cast("intptr_t", block)), block)
