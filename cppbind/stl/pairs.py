"""std::pair and std::tuple as sequences: unpacked, indexed, with a length, made of Python's tuples."""

from cppbind.classes import CPPInstance
from cppbind.emit import entry
from cppbind.stl.elements import Element, alignment_of
from cppbind.stl.methods import constructor, give, put


def pair(cls):
    put(cls, __len__=lambda self: 2, __iter__=lambda self: iter((self.first, self.second)), __bool__=lambda self: self._cpp != 0,
        __getitem__=lambda self, index: (self.first, self.second)[index])
    sequence(cls, 2, None)


def sequence(cls, count, writers):
    """Constructed from a tuple, or where C++ has templates of constructors only from the items; compared item by item."""
    def make(self, arguments):
        if len(arguments) == 1 and isinstance(arguments[0], (tuple, list)) and count != 1:
            if len(arguments[0]) != count:
                raise TypeError(f"{cls.__cpp_name__} has {count} items, {len(arguments[0])} were given")
            self.__init__(*arguments[0])
            return True
        if not writers or len(arguments) != count or count == 1 and isinstance(arguments[0], cls):
            return False
        record = cls._record
        self._cpp = entry(cls._backend.wrappers([f"aggregate\t{record.handle}\t0"])[0], [], "intptr_t")()
        cls._own(self, self._cpp)
        for write, value in zip(writers, arguments):
            write(self, value)
        return True
    constructor(cls, make)

    def __eq__(self, other):
        if not isinstance(other, cls):
            return NotImplemented
        return list(self) == list(other)
    put(cls, __eq__=__eq__, __ne__=lambda self, other: not self == other, __hash__=CPPInstance.__hash__)


def tuple_(cls):
    """libstdc++ lays the items out from the last to the first; empty classes take no room."""
    elements = [Element(code) for code in codes_of(cls._record.name)]
    at, places = 0, []
    for element in reversed(elements):
        alignment = alignment_of(element.type)
        at = -(-at // alignment) * alignment
        places.append(at)
        at += element.size
    places.reverse()
    for number, (element, place) in enumerate(zip(elements, places)):
        give(cls, f"_item{number}(self)", [f"at = p + {place}", f"return {element.reading('at')}"], **element.names)
        if element.write:
            give(cls, f"_set{number}(self, value)", [f"at = p + {place}", *element.writing("at")], **element.names)
    count = len(elements)
    readers = [cls.__dict__[f"_item{number}"] for number in range(count)]
    put(cls, __len__=lambda self: count, __iter__=lambda self: iter([read(self) for read in readers]), __bool__=lambda self: self._cpp != 0,
        __getitem__=lambda self, index: readers[index](self))
    writers = [cls.__dict__.get(f"_set{number}") for number in range(count)]
    sequence(cls, count, writers if all(writers) else None)


def codes_of(name):
    """Type codes of a class template instance's arguments, from its name."""
    from cppbind.scopes import code_of_text
    return [code_of_text(one) for one in split(name[name.index("<") + 1:-1])]


def split(text):
    """Template arguments, at the commas outside of brackets."""
    parts, depth, begin = [], 0, 0
    for at, c in enumerate(text):
        depth += (c in "<([{") - (c in ">)]}")
        if c == "," and depth == 0:
            parts.append(text[begin:at].strip())
            begin = at + 1
    last = text[begin:].strip()
    return parts + [last] if last else parts
