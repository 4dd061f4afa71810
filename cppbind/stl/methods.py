"""Methods that pythonisations give to classes: straight-line source over the object's memory, as the JIT likes it."""

import sys

from cppbind.backend.api import cast, ffi
from cppbind.emit import made, placing
from cppbind.ownership import ON_PYPY

WORDS = ffi.typeof("intptr_t *")


def give(cls, head, lines, **names):
    """A method of a class: `p` is the address of the object as the class sees it, `words` the words there."""
    name = head.partition("(")[0]
    names = {"cast": cast, "WORDS": WORDS, **names}
    begin = ["if not self._cpp: return False"] * (name == "__bool__") + [*placing(cls, names), "words = cast(WORDS, p)"]
    function = made([f"def {head}:", *(f"    {line}" for line in [*begin, *lines])], name, names)
    function.__qualname__ = f"{cls.__name__}.{name}"
    type.__setattr__(cls, name, function)
    return function


class Iterator:
    """Over elements that have numbers, of the container `whole`, whose object is at `p`."""

    def __init__(self, whole, p):
        self.whole, self.p, self.index = whole, p, 0

    def __iter__(self):
        return self


def iterate(cls, count, find, value, **names):
    """__iter__ of a class: `count` is the expression for how many elements there are, `find` lines and `value` the expression for number `index`.

    On PyPy it is an iterator of a class of its own, of which nothing is left in a trace; the frame of a generator costs ten times the element
    (tests/cppbind/test_traces.py)."""
    if not ON_PYPY:
        loop = [f"while index < {count}:", *(f"    {line}" for line in find), f"    yield {value}", "    index += 1"]
        return give(cls, "__iter__(self)", ["index = 0", *loop], **names)
    lines = ["self, p, index = one.whole, one.p, one.index", "words = cast(WORDS, p)", f"if index >= {count}:", "    one.index = END",
             "    raise StopIteration", "one.index = index + 1", *find, f"return {value}"]
    names = {"cast": cast, "WORDS": WORDS, **names}
    following = made(["def __next__(one):", *(f"    {line}" for line in lines)], "__next__", {**names, "END": sys.maxsize})
    return give(cls, "__iter__(self)", ["return iterator(self, p)"], iterator=type("iterator", (Iterator,), {"__next__": following}))


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
            from cppbind.constructors import constructors
            function = constructors(cls)
            type.__setattr__(cls, "_constructors", function)
        function(self, *arguments, **keywords)
    type.__setattr__(cls, "__init__", __init__)
    return construct
