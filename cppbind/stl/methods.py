"""Methods that pythonisations give to classes: straight-line source over the object's memory, as the JIT likes it."""

from cppbind.backend.api import cast, ffi
from cppbind.emit import made, placing

WORDS = ffi.typeof("intptr_t *")


def give(cls, head, lines, **names):
    """A method of a class: `p` is the address of the object as the class sees it, `words` the words there."""
    name = head.partition("(")[0]
    names = {"cast": cast, "WORDS": WORDS, **names}
    begin = [*placing(cls, names), "words = cast(WORDS, p)"]
    function = made([f"def {head}:", *(f"    {line}" for line in [*begin, *lines])], name, names)
    function.__qualname__ = f"{cls.__name__}.{name}"
    type.__setattr__(cls, name, function)
    return function


def put(cls, **methods):
    """Plain functions as methods."""
    for name, function in methods.items():
        type.__setattr__(cls, name, function)


def of_cpp(cls, name):
    """C++'s own method, which one of Python's is about to replace; it is resolved when first called."""
    method, known = cls.__dict__[name], []

    def call(self, *arguments, **keywords):
        if not known:
            instead = cls.__dict__[name]
            known.append(method.resolve() if hasattr(method, "resolve") else method)
            type.__setattr__(cls, name, instead)        # what is resolved takes the place of what is there
        return known[0].__get__(self, cls)(*arguments, **keywords)
    return call


def alias_code(cls, name):
    """The type code of a nested type, from the class's own record; None if it has none."""
    from cppbind.backend.records import Alias
    for member in cls._record.members:
        if isinstance(member, Alias) and member.name == name:
            return member.code
    return None


def constructor(cls, make):
    """Let `make(self, arguments)` try first what the class is constructed from; it is False where it leaves that to C++."""
    def __init__(self, *arguments, **keywords):
        if keywords or not make(self, arguments):
            construct(self, *arguments, **keywords)

    def construct(self, *arguments, **keywords):
        """By the constructors of C++."""
        function = cls.__dict__.get("_constructors")
        if function is None:
            from cppbind.classes import constructors
            function = constructors(cls)
            type.__setattr__(cls, "_constructors", function)
        function(self, *arguments, **keywords)
    type.__setattr__(cls, "__init__", __init__)
    return construct
