"""Classes with the names of the standard library's containers: begin and end make them iterable, size gives len(), size and [] both."""

from cppbind.stl.elements import Element
from cppbind.stl.methods import of_cpp, put
from cppbind.typecode import parse


def apply(cls):
    methods = {}
    for one in cls._record.members:
        if getattr(one, "kind", "") == "m" and not set(one.flags) & set("dgq"):
            methods.setdefault(one.name, []).append(one)
    sized = any(not one.parameters and parse(one.result).kind == "number" for one in methods.get("size", ()))
    if sized and "__len__" not in cls.__dict__:
        put(cls, __len__=lambda self: self.size())
        if "__bool__" not in cls.__dict__:
            put(cls, __bool__=lambda self: self._cpp != 0 and self.size() != 0)
    way = iterating(methods) if "begin" in methods and "end" in methods else None
    if way is None and all(any(name in one.__dict__ for one in cls.__mro__) for name in ("begin", "end")) and "begin" not in methods:
        way = by_iterator                               # of a base, or templates
    if way is None and "operator[]" in methods and hasattr(cls, "__len__"):
        way = by_index
    if way is not None and "__iter__" not in cls.__dict__:
        put(cls, __iter__=way)
    if "operator[]" in methods and hasattr(cls, "__len__"):
        count_from_the_end(cls)
    for name in ("__str__", "__repr__"):
        if name in methods:
            put(cls, **{name: text_of(of_cpp(cls, name))})


def iterating(methods):
    """`__iter__` for what begin() gives: an iterator's class, or a pointer to what has a size; None for others."""
    type = parse(methods["begin"][0].result)
    if type.kind == "class":
        return by_iterator
    if type.kind == "pointer":
        from cppbind.scopes import described
        if type.of.kind == "class":
            record = described(type.of.name)
            if record is None or "f" in record.flags:
                return None
        try:
            return by_pointer(Element(type.of.plain))
        except TypeError:
            return None
    return None


def by_iterator(self):
    """From begin() to end(); what an iterator gives it gives again for each step."""
    at, end = self.begin(), self.end()
    step = type(at).__preinc__ if hasattr(type(at), "__preinc__") else type(at).__postinc__
    while at != end:
        yield at.__deref__()
        step(at)


def by_pointer(element):
    """Over memory."""
    from cppbind.emit import made
    from cppbind.objects import addressof
    source = ["def elements(self, at, end):", "    while at < end:", f"        yield {element.reading('at')}", f"        at += {element.size}"]
    elements = made(source, "elements", element.names)

    def __iter__(self):
        begin, end = self.begin(), self.end()
        return elements(self, *(one if isinstance(one, int) else addressof(one) if one else 0 for one in (begin, end)))
    return __iter__


def by_index(self):
    for index in range(len(self)):
        yield self[index]


def count_from_the_end(cls):
    """Negative numbers as indices; for others C++ is asked, which may know keys."""
    if "__getitem__" not in cls.__dict__:
        return
    item = of_cpp(cls, "__getitem__")

    def __getitem__(self, index):
        if type(index) is int and index < 0 and -index <= len(self):
            index += len(self)
        return item(self, index)
    put(cls, __getitem__=__getitem__)



def text_of(method):
    """A method of C++ that Python calls for a str."""
    return lambda self: str(method(self))
