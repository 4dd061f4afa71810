"""Containers of nodes: std::list, forward_list, deque, set, map and the unordered ones, iterated without a call.

    list            node {next, previous, element}, its last node is the list itself; then the length
    forward_list    node {next, element}
    set, map        red-black tree: from word 1 on the head {colour, root, leftmost, rightmost}, then the length;
                    node {colour, parent, left, right, element}
    unordered_*     buckets, their number, {first node}, the length; node {next, element}
    deque           blocks, their number, begin {at, first, last, block}, end {at, first, last, block}
"""

from cppbind import native
from cppbind.stl import filling
from cppbind.stl.contiguous import sliced
from cppbind.stl.elements import Element, alignment_of
from cppbind.stl.methods import alias_code, give, iterate, put

BLOCK = 512                                             # bytes of a deque's block


def chained(cls, head, words_before, first, stop, step, count):
    """A container whose elements lie `words_before` words into nodes, from `first` on by `step` until `stop`."""
    element = Element(alias_code(cls, "value_type"))
    offset = -(-8 * words_before // alignment_of(element.type)) * alignment_of(element.type)
    give(cls, "__iter__(self)", [*head, f"node = {first}", f"while node != {stop}:", f"    at = node + {offset}", f"    yield {element.reading('at')}", f"    {step}"],
         **element.names, **STEPS)
    if native.extension() is not None:
        from cppbind.native import rows
        rows.put_nodes(cls, {"p": "L", "0": "F"}.get(stop, "T"), offset, int(first[6]), element.type)
    if count:
        give(cls, "__len__(self)", [f"return {count}"])
        give(cls, "__bool__(self)", [f"return {count} != 0"])
        if native.extension() is not None:
            from cppbind.native import rows
            rows.put_length(cls, int(count[6]))         # of words[N]
    return element


def successor(node):
    """The next node of a red-black tree."""
    from cppbind.strings import WORDS, cast
    right = cast(WORDS, node)[3]
    if right:
        while True:
            left = cast(WORDS, right)[2]
            if not left:
                return right
            right = left
    parent = cast(WORDS, node)[1]
    while node == cast(WORDS, parent)[3]:
        node, parent = parent, cast(WORDS, parent)[1]
    return parent if cast(WORDS, node)[3] != parent else node


STEPS = {"successor": successor}
NEXT = "node = cast(WORDS, node)[0]"


def list_(cls):
    element = chained(cls, [], 2, "words[0]", "p", NEXT, "words[2]")
    filling.constructed(cls, element)
    searched(cls)


def forward_list(cls):
    chained(cls, [], 1, "words[0]", "0", NEXT, None)
    give(cls, "__bool__(self)", ["return words[0] != 0"])
    filling.accept(cls, fill_forward)
    searched(cls)


def fill_forward(self, values):
    for value in reversed(list(values)):
        self.push_front(value)


def searched(cls):
    put(cls, __contains__=lambda self, value: any(one == value for one in self))
    filling.compared(cls)


def tree(cls):
    chained(cls, [], 4, "words[3]", "p + 8", "node = successor(node)", "words[5]")
    associative(cls)


def hashed(cls):
    chained(cls, [], 1, "words[2]", "0", NEXT, "words[3]")
    associative(cls)


def associative(cls):
    """Sets and maps: `in` asks C++."""
    def __contains__(self, key):
        try:
            return self.count(key) != 0
        except TypeError:
            return False
    mapped = alias_code(cls, "mapped_type")
    put(cls, __contains__=__contains__, _put_one=put_pair if mapped else lambda self, value: self.insert(value))
    if mapped and "operator[]" in cls.__dict__:
        indexed(cls, mapped)
    filling.accept(cls, filling.put_in)
    filling.compared(cls)


def put_pair(self, pair):
    """Insert a pair, or a sequence of two."""
    if not isinstance(pair, (tuple, list)):
        return self.insert(pair)
    if len(pair) != 2:
        raise TypeError(f"a pair is expected, not {len(pair)} values")
    key, value = pair
    if "operator[]" in type(self).__dict__:
        self[key] = value
    else:
        self.insert(type(self).value_type(key, value))


def indexed(cls, mapped):
    """map[key]: operator[] gives a reference, and what is there is read or written as memory is."""
    from cppbind.backend.records import Function
    from cppbind.emit import Call
    from cppbind.executors import Executor
    element = Element(mapped)
    functions = [one for one in cls._record.members if isinstance(one, Function) and one.name == "operator[]"]
    functions.sort(key=lambda one: one.parameters[0].code[0] != "R")

    def place(self, key):
        call = Call(functions[0], cls)
        call.executor = Executor(call.executor.type)
        function = call.make("operator[]")
        type.__setattr__(cls, "_place", function)
        return function(self, key)
    type.__setattr__(cls, "_place", place)
    give(cls, "__getitem__(self, key)", ["at = self._place(key)", f"return {element.reading('at')}"], **element.names)
    if element.write:
        give(cls, "__setitem__(self, key, value)", ["at = self._place(key)", *element.writing("at")], **element.names)
    if native.extension() is not None:
        from cppbind.native import rows
        rows.put_found(cls, functions[0], element.type)


def deque(cls):
    element = Element(alias_code(cls, "value_type"))
    size = element.size
    most = BLOCK // size if size < BLOCK else 1
    count = f"(((words[9] - words[5]) // 8 - 1) * {most} + (words[6] - words[7]) // {size} + (words[4] - words[2]) // {size}) if words[0] else 0"
    give(cls, "__len__(self)", [f"return {count}"])
    give(cls, "__bool__(self)", ["return words[2] != words[6]"])
    find = [f"at = (words[2] - words[3]) // {size} + index", f"at = cast(WORDS, words[5])[at // {most}] + at % {most} * {size}"]
    inside = [f"count = {count}", "if index < 0: index += count", "if not 0 <= index < count: raise IndexError('index out of range')"]
    give(cls, "__getitem__(self, index)", ["if type(index) is not int: return other(self, index)", *inside, *find, f"return {element.reading('at')}"],
         other=lambda self, index: sliced(cls, self, index), **element.names)
    if element.write:
        give(cls, "__setitem__(self, index, value)", ["index = index.__index__()", *inside, *find, *element.writing("at")], **element.names)
    iterate(cls, f"({count})", find, element.reading("at"), **element.names)
    filling.constructed(cls, element)
    searched(cls)


def iterator(cls):
    """An iterator that is one word: equal to one of its class, or of its constant brother's, that points there too."""
    from cppbind.classes import CPPInstance
    give(cls, "_at(self)", ["return words[0]"])

    def same(self, other):
        return self._at() == other._at() if hasattr(type(other), "_at") else NotImplemented

    def __ne__(self, other):
        equal = same(self, other)
        return equal if equal is NotImplemented else not equal
    put(cls, __eq__=same, __ne__=__ne__, __hash__=CPPInstance.__hash__)
