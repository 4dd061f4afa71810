"""What is tested of native methods, on CPython: test_native.py runs these, each with the package and the namespace of SOURCE.

Started as ``python -m tests.cppbind.native_cases``: prints a JSON object {name: "" or what went wrong}.
"""

import copy
import dis
import gc
import json
import pydoc
import sys
import threading
import time
import traceback

from tests.cppbind.native_source import SOURCE


def fell_back(function):
    """Whether a native function has needed its Python function."""
    from cppbind.native.functions import Owner
    assert type(function).__name__ == "Function", f"{function!r} is not native"
    return any(one.made is not None for one in gc.get_referents(function) if isinstance(one, Owner))


def native(ns, name, *arguments):
    """The result of a native function that went its quick way."""
    function = getattr(ns, name)
    result = function(*arguments)
    assert not fell_back(function), f"{name}{arguments} was left to Python"
    return result


def error(function, *arguments, **keywords):
    """(type, text) of what a call raises."""
    try:
        return function(*arguments, **keywords)
    except Exception as reason:
        return type(reason), str(reason)


def python_of(function):
    """The Python function behind a native one."""
    from cppbind.native.functions import Owner
    return next(one for one in gc.get_referents(function) if isinstance(one, Owner)).target()


# ---- calls ---------------------------------------------------------------------------------------------------------------------

def plain_methods(cpp, ns):
    """No overloads, and at most one int."""
    one, other = ns.Counted(4), ns.Derived()
    for obj in (one, other) * 50:                       # two classes in turn
        obj.set(11)
        assert obj.get() == 11 and obj.over() == (2 if obj is other else 1)
        assert obj.me() is obj and not obj.nobody()
    assert not fell_back(ns.Counted.set) and not fell_back(ns.Counted.get)
    for _ in range(3):
        assert error(one.fail)[0] is cpp.gbl.std.runtime_error and one.get() == 11
        for reason, function, *wrong in ((OverflowError, one.set, 2**40), (TypeError, one.set), (TypeError, one.set, 1, 2), (TypeError, one.set, 1.5),
                                         (TypeError, one.get, 1), (TypeError, ns.Counted.get), (TypeError, ns.Counted.get, ns.Left()),
                                         (TypeError, ns.Counted.set, ns.Left(), 3)):
            assert issubclass(error(function, *wrong)[0], reason), (function, wrong, error(function, *wrong))
        assert one.get() == 11
    one.set(True)
    assert one.get() == 1
    gone = ns.Counted(5)
    gone.__destruct__()
    assert error(gone.get)[0] is error(gone.set, 1)[0] is ReferenceError


def ints_and_floats(cpp, ns):
    """What takes up to three of them goes a way of its own, as its second call does."""
    cpp.cppdef("""namespace native_numbers { struct Point { double x = 1; int n = 2; double scaled(double by) { return x * by; } long sum(int a, int b) { return n + a + b; }
        float mixed(int a, double b, double c) { return a + b * c + x; } void move(double to) { x = to; } int three(int a, int b, int c) { return 100 * a + 10 * b + c; }
        int four(int a, int b, int c, int d) { return a + b + c + d + n; } int failing(int a, double b) { if (a < 0) throw std::runtime_error("negative"); return a + b; } };
        double product(double a, double b) { return a * b; } int nothing() { return 7; } double many(double a, double b, double c, double d) { return a + b + c + d; }
        const char *text(int n) { return n ? "some" : ""; } unsigned short low(int a, int b) { return a + b; } bool less(double a, int b) { return a < b; } }""")
    numbers = cpp.gbl.native_numbers
    one = numbers.Point()
    for _ in range(3):
        one.move(1.0)
        assert one.scaled(2.5) == 2.5 and one.sum(3, 4) == 9 and one.mixed(1, 2.0, 3.0) == 8.0 and one.three(1, 2, 3) == 123 and one.four(1, 2, 3, 4) == 12
        one.move(4)
        assert one.x == 4.0 and one.scaled(2) == 8.0 and one.mixed(1, 2, 3) == 11.0
        assert native(numbers, "product", 1.5, 2.0) == 3.0 and native(numbers, "nothing") == 7 and native(numbers, "many", 1.0, 2.0, 3.0, 4.0) == 10.0
        assert native(numbers, "text", 1) == "some" and native(numbers, "low", 65535, 2) == 1 and native(numbers, "less", 1.5, 2) is True
        assert not any(map(fell_back, (numbers.Point.scaled, numbers.Point.sum, numbers.Point.mixed, numbers.Point.three, numbers.Point.four, numbers.Point.move)))
    for _ in range(2):
        assert error(one.failing, -1, 2.5)[0] is cpp.gbl.std.runtime_error and one.failing(1, 2.5) == 3
        for reason, function, *wrong in ((OverflowError, one.sum, 1, 2**40), (TypeError, one.sum, 1), (TypeError, one.sum, 1, 2, 3), (TypeError, one.scaled, "a"),
                                         (TypeError, numbers.product, 1.0), (TypeError, numbers.Point.sum, 1, 2), (TypeError, numbers.nothing, 1)):
            assert issubclass(error(function, *wrong)[0], reason), (function, wrong, error(function, *wrong))
    one.__destruct__()
    assert error(one.sum, 1, 2)[0] is error(one.scaled, 1.0)[0] is ReferenceError


def methods_are_specialised(cpp, ns):
    """CPython looks a method up once, not at each call."""
    obj = ns.Counted(4)

    def calls():
        for _ in range(5000):
            obj.get()
    calls()
    names = {each.opname for each in dis.get_instructions(calls, adaptive=True)}
    assert any("METHOD_WITH_VALUES" in name or "METHOD_NO_DICT" in name for name in names), names


def numbers_at_their_limits(cpp, ns):
    for name, low, high in (("n1", -2**7, 2**7 - 1), ("u1", 0, 2**8 - 1), ("i2", -2**15, 2**15 - 1), ("u2", 0, 2**16 - 1), ("i4", -2**31, 2**31 - 1),
                            ("u4", 0, 2**32 - 1), ("i8", -2**63, 2**63 - 1), ("u8", 0, 2**64 - 1)):
        for value in (low, 0, 1, high):
            assert native(ns, name, value) == value, (name, value)
        for value in (low - 1, high + 1):
            assert issubclass(error(getattr(ns, name), value)[0], (OverflowError, ValueError)), (name, value)
    assert native(ns, "r4", 0.5) == 0.5 and native(ns, "r8", 0.1) == 0.1 and native(ns, "r8", 3) == 3.0 and native(ns, "r16", 2.5) == 2.5
    assert type(native(ns, "r8", 3)) is float and native(ns, "r4", 0.1) != 0.1 and abs(native(ns, "r4", 0.1) - 0.1) < 1e-7
    assert native(ns, "b1", True) is True and native(ns, "b1", False) is False
    assert native(ns, "referred", 77) == 77


def text_and_characters(cpp, ns):
    assert native(ns, "length", "häh") == 4 and native(ns, "length", b"abc") == 3 and ns.length(cpp.nullptr) == -1
    assert native(ns, "text", "ünï") == "ünï"
    assert native(ns, "size", "häh") == 4 and native(ns, "size", "") == 0 and native(ns, "size", cpp.gbl.std.string("four")) == 4
    assert native(ns, "size_copy", "x" * 100) == 101 and native(ns, "size_view", "abc") == 3
    assert native(ns, "letter", "q") == "q" and native(ns, "wide", "€") == "€"
    assert ns.length("\udcff") == 1 and ns.size("\udcff") == 1          # no UTF-8: left to Python
    assert ns.letter("\xe9") == "\xe9" and issubclass(error(ns.letter, "ab")[0], ValueError)


def enums(cpp, ns):
    assert native(ns, "colour", ns.green) == ns.green and type(native(ns, "colour", ns.red)) is ns.Colour
    assert native(ns, "colour", 3) == ns.red


def registers(cpp, ns):
    assert native(ns, "mixed", 1, 2.5, 3, 4.25, 5, 6.125) == 21.875
    assert native(ns, "nine", 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0) == 20
    assert ns.seven(1, 2, 3, 4, 5, 6, 7) == 28 and fell_back(ns.seven)


def objects_as_arguments(cpp, ns):
    c, both = ns.Counted(9), ns.Both()
    assert native(ns, "of", c) == 9 and native(ns, "of", ns.Derived()) == 1 and native(ns, "of_pointer", c) == 9
    assert ns.of_pointer(cpp.nullptr) == -1 and error(ns.of_pointer, None)[0] is error(ns.of_pointer, 1.5)[0]
    assert native(ns, "of_right", both) == 2 and both.of_right() == 2 and both.right == 2
    gone = ns.Counted()
    gone.__destruct__()
    assert issubclass(error(ns.of, gone)[0], (ValueError, ReferenceError)) and ns.of_pointer(gone) == -1
    assert error(gone.get)[0] is ReferenceError
    assert ns.of(cpp.gbl.native.Counted(3)) == 3


def defaults_and_keywords(cpp, ns):
    c = ns.Counted(1)
    assert c.add(1) == 112 and c.add(1, 2) == 104 and c.add(1, 2, 3) == 7
    assert not fell_back(ns.Counted.add)
    assert c.add(1, b=3) == 105 and fell_back(ns.Counted.add)
    assert error(c.add)[0] is error(python_of(ns.Counted.add), c)[0] and error(c.add, 1, 2, 3, 4)[0] is TypeError


def what_is_refused_is_told_as_by_python(cpp, ns):
    c = ns.Counted()
    for value in ("x", 1.5, None, 2**40, [], c):
        assert error(ns.i4, value) == error(python_of(ns.i4), value)
        assert error(c.set, value) == error(python_of(ns.Counted.set), c, value)
        assert error(ns.of, value) == error(python_of(ns.of), value)
    assert "does not derive" in error(ns.Counted.get, ns.Left())[1]


def overloads(cpp, ns):
    c = ns.Counted()
    for arguments, wanted in (((1,), "int"), ((1.5,), "double"), (("t",), "string"), ((c,), "Counted"), ((ns.Derived(),), "Counted"), ((1, 2), "two")):
        assert ns.over(*arguments) == wanted
    assert not fell_back(ns.over)
    assert ns.kind(ns.red) == "Colour" and ns.kind(1) == "int" and ns.kind(True) == "bool" and not fell_back(ns.kind)
    text = error(ns.over, [])
    assert text[0] is not None and "none of the 5 overloaded methods succeeded" in text[1] and fell_back(ns.over)
    assert ns.over.__overload__("double")(1) == "double"


def exceptions(cpp, ns):
    c = ns.Counted()
    for _ in range(3):
        kind, text = error(c.fail)
        assert kind is cpp.gbl.std.runtime_error and "failed" in text and "native::Counted::fail" in text
    assert not fell_back(ns.Counted.fail) and c.get() == 7


def attributes_are_the_functions_own(cpp, ns):
    assert ns.Counted.get.__name__ == "get" and ns.Counted.get.__doc__ == "int native::Counted::get()" == ns.Counted().get.__doc__
    assert "int native::Counted::get()" in pydoc.render_doc(ns.Counted) and callable(ns.i4) and ns.i4.__doc__ == "int native::i4(int x)"
    assert cpp.addressof(ns.i4) and ns.Counted.set.__overload__("int") and ns.i4 is ns.i4
    c = ns.Counted(4)
    bound = c.get
    assert bound() == 4 == ns.Counted.get(c) and bound.__self__ is c and bound == c.get


# ---- instances -------------------------------------------------------------------------------------------------------------------

def ownership(cpp, ns):
    gc.collect()
    alive = ns.Counted.alive
    c = ns.Counted(3)
    assert c.me() is c and c.__python_owns__ and ns.Counted.alive == alive + 1
    assert not c.nobody() and c.copied() is not c and ns.Counted.alive == alive + 1
    del c
    assert ns.Counted.alive == alive
    made = ns.make()
    assert not made.__python_owns__ and ns.Counted.alive == alive + 1
    del made
    assert ns.Counted.alive == alive + 1
    ns.make.__creates__ = True
    made = ns.make()
    assert made.__python_owns__
    del made
    assert ns.Counted.alive == alive + 1
    c = ns.Counted()
    assert error(c.__init__, 1)[0] is ReferenceError
    c.__python_owns__ = False
    address = cpp.addressof(c)
    del c
    again = cpp.bind_object(address, ns.Counted)
    again.__python_owns__ = True
    assert again.get() == 7
    del again
    assert ns.Counted.alive == alive + 1


def many_instances_are_known_by_address(cpp, ns):
    held = [ns.Counted(i) for i in range(3000)]
    held = held[::3]
    assert all(one.me() is one for one in held)
    more = [ns.Counted(-i) for i in range(3000)]
    assert all(one.me() is one for one in held + more) and [one.get() for one in held] == list(range(0, 3000, 3))
    other = [cpp.bind_object(cpp.addressof(one), ns.Counted) for one in more]
    assert all(a is b for a, b in zip(more, other))


def nothing_leaks(cpp, ns):
    c, text, vector = ns.Counted(), "some text", cpp.gbl.std.vector[int]([1, 2, 3])

    def work(n):
        for i in range(n):
            c.get(), c.set(7), c.add(1), ns.of(c), ns.size(text), ns.length(text), ns.over(1.5), ns.over(c), c.me(), c.nobody(), ns.text(text), c.inside, c.name()
            c.value, c.colour, c.text, c.self, vector[0], len(vector), list(vector), ns.Counted(i), c.copied(), ns.colour(ns.red), ns.b1(True)
            c.value = i
            error(c.set, "x"), error(c.fail), error(ns.over, [])
    work(50)
    gc.collect()
    counted = c, text, vector, None, True, ns.Counted, ns.Colour, ns.red, type(c).get
    before, objects, alive = [sys.getrefcount(one) for one in counted], len(gc.get_objects()), ns.Counted.alive
    work(1000)
    gc.collect()
    after = [sys.getrefcount(one) for one in counted]
    assert all(abs(a - b) < 300 for a, b in zip(before, after)), (before, after)
    assert abs(len(gc.get_objects()) - objects) < 100 and ns.Counted.alive == alive


def python_classes(cpp, ns):
    class Mine(ns.Counted):
        def over(self):
            return super().over() + 10

        def __init__(self):
            super().__init__(6)
            self.extra = []
    mine = Mine()
    assert mine.over() == 11 and ns.Counted.over(mine) == 1 and mine.get() == 6 and ns.of(mine) == 6 and mine.value == 6
    mine.value = 8
    assert mine.get() == 8 and mine.me() is mine
    assert ns.Derived().over() == 2 and ns.Counted.over(ns.Derived()) == 1 and ns.Derived().more() == 3 and ns.Derived().get() == 1

    class Plain(ns.Both):
        pass
    assert Plain().of_right() == 2 and Plain().left == 1 and ns.of_right(Plain()) == 2
    gc.collect()
    alive = ns.Counted.alive
    del mine
    gc.collect()
    assert ns.Counted.alive == alive - 1


def overrides(cpp, ns):
    seen = []

    class Mine(ns.Visitor):
        def ints(self, *arguments):
            seen.append(arguments)
            return -7

        def big(self):
            return 2**64 - 1

        def reals(self, a, b):
            return a + b

        def colour(self, colour):
            assert type(colour) is ns.Colour
            return ns.green

        def letter(self, letter):
            return "d"

        def object(self, nothing, reference, value):
            seen.append((bool(nothing), reference.get(), value.get(), value.__python_owns__))
            return True

        def text(self, text, string):
            seen.append((text, str(string)))

        def answer(self):
            return "answer"

        def change(self, x):
            x.value = 8
    mine = Mine()
    alive = ns.Counted.alive
    for _ in range(3):
        assert str(ns.visit(mine)) == f"-7 {2**64 - 1} 0.750000 5 d 1 answer 8"
        assert seen == [(-5, 2**64 - 1, True), (False, 3, 3, True), ("text", "string")], seen
        seen.clear()
    assert ns.Counted.alive == alive and str(ns.visit(ns.Visitor())) == "0 0 0.000000 3 c 0  1"


def what_overrides_raise(cpp, ns):
    class Mine(ns.Consumer):
        def process(self, i):
            return self.result()

        def result(self):
            raise KeyError("mine")
    mine = Mine()
    assert error(ns.call, mine, 1) == (KeyError, "'mine'")
    mine.result = lambda: "text"
    assert error(ns.call, mine, 1)[0] is TypeError
    mine.result = lambda: 2**40
    assert issubclass(error(ns.call, mine, 1)[0], OverflowError)
    mine.result = lambda: True
    assert ns.call(mine, 1) == 1
    before = sys.getrefcount(mine), len(gc.get_objects())
    for i in range(500):
        ns.call(mine, i)
    assert sys.getrefcount(mine) == before[0] and len(gc.get_objects()) - before[1] < 100


def several_bases(cpp, ns):
    both, virtual = ns.Both(), ns.Virtual()
    both.left, both.right, both.both = 11, 12, 13
    assert (both.of_left(), both.of_right(), both.both) == (11, 12, 13)
    assert virtual.root == 4 and virtual.of_virtual() == 4
    virtual.root = 6
    assert virtual.of_virtual() == 6


def an_exception_with_another_base(cpp, ns):
    failed = ns.Error()
    assert isinstance(failed, cpp.gbl.std.runtime_error) and failed.what() == "both" and failed.of_error() == 5
    assert failed.left == 1 and failed.of_left() == 1 and ns.of_left(failed) == 1
    failed.left = 8
    assert failed.of_left() == 8 and not hasattr(failed, "right")


def data_members(cpp, ns):
    c = ns.Counted(4)
    assert (c.value, c.real, c.big, c.flag, c.letter, c.byte, c.text, c.fixed) == (4, 2.0, 1.5, True, "x", "\xc8", "text", 12)
    assert c.colour == ns.green and type(c.colour) is ns.Colour and c.small == ns.Small.last and c.self is c and list(c.inside) == [1, 2, 3]
    c.value, c.real, c.big, c.flag, c.letter, c.colour = 5, 0.25, 2, False, "y", ns.red
    assert (c.value, c.real, c.big, c.flag, c.letter, c.colour) == (5, 0.25, 2.0, False, "y", ns.red)
    assert type(type(c).__dict__["value"]).__name__ == "Field" and type(c).__dict__["value"].__doc__ == "int native::Counted::value"
    for name, value in (("value", "x"), ("value", 2**31), ("flag", 7), ("letter", "no"), ("fixed", 3), ("real", "x")):
        assert issubclass(error(setattr, c, name, value)[0], (TypeError, ValueError, OverflowError)), (name, value)
    assert c.value == 5
    inside = c.inside
    del c
    gc.collect()
    assert list(inside) == [1, 2, 3]
    c = ns.Counted()
    c.__destruct__()
    assert error(lambda: c.value)[0] is ReferenceError and error(setattr, c, "value", 3)[0] is ReferenceError


def rows(cpp, ns):
    std = cpp.gbl.std
    for element, values in (("int", [1, -2, 3]), ("double", [0.5, 1.5]), ("bool", [True, False]), ("unsigned char", ["a", "b"]), ("short", [1, 2]), ("std::string", ["a", "b"]),
                            ("unsigned long", [2**64 - 1])):
        vector = std.vector[element](values)
        assert len(vector) == len(values) and bool(vector) and not std.vector[element]()
        assert [vector[i] for i in range(len(values))] == values and vector[-1] == values[-1] and list(map(str, vector)) == list(map(str, values))
        assert error(lambda: vector[len(values)]) == (IndexError, "index out of range") and len(vector[0:1]) == 1
    vector = std.vector[int]([1, 2, 3])
    vector[0], vector[-1] = 10, 30
    assert list(vector) == [10, 2, 30] and error(vector.__setitem__, 5, 1)[0] is IndexError and issubclass(error(vector.__setitem__, 0, "x")[0], TypeError)
    seen = []
    for x in vector:
        seen.append(x)
        if len(vector) < 6:
            vector.push_back(x + 1)
    assert seen == [10, 2, 30, 11, 3, 31]
    steps = iter(std.vector[int]([5, 6]))
    assert next(steps) == 5 and iter(steps) is steps and list(steps) == [6] and next(steps, None) is None
    array = std.array[int, 3]()
    array[1] = 4
    assert len(array) == 3 and list(array) == [0, 4, 0]
    text = std.string("häh")
    assert len(text) == 4 and str(text) == "häh" and text[0] == "h" and text[-1] == "h" and bool(text) and not std.string()


def containers(cpp, ns):
    std = cpp.gbl.std
    strings, long = std.vector["std::string"](), "long " * 20
    for one in ("a", long, std.string("c"), "ünï"):
        strings.push_back(one)
    assert list(map(str, strings)) == ["a", long, "c", "ünï"] and not fell_back(type(strings).__dict__["push_back"])
    moved = std.string(long)
    strings.push_back(std.move(moved))
    assert str(strings[4]) == long and str(moved) == ""
    strings.push_back(moved)
    assert len(strings) == 6 and str(strings[5]) == "" and issubclass(error(strings.push_back, 3)[0], TypeError)
    numbers, texts = std.map["std::string", int](), std.map[int, "std::string"]()
    numbers["one"], texts[2] = 1, "two"
    assert numbers["one"] == 1 and numbers[std.string("one")] == 1 and str(texts[2]) == "two" and numbers["none"] == 0 and len(numbers) == 2 and len(texts) == 1
    assert not fell_back(type(numbers).__dict__["__getitem__"]) and issubclass(error(lambda: numbers[1.5])[0], TypeError)
    texts[2].append("!")
    assert str(texts[2]) == "two!" and bool(texts) and not std.map[int, int]() and len(std.set[int]([1, 1, 2])) == 2 and len(std.list[int]([1, 1])) == 2


def nodes(cpp, ns):
    std = cpp.gbl.std
    numbers = list(range(-50, 50))
    for name in ("list", "forward_list", "set", "unordered_set", "multiset", "deque"):
        for values in (numbers, [], [3], numbers[::-1]):
            made = getattr(std, name)[int](values)
            wanted = sorted(values) if name.endswith("set") else values
            found = [*made]
            assert (sorted(found) if name.startswith("unordered") else found) == wanted, (name, found)
    for name in ("map", "unordered_map"):
        made = getattr(std, name)[int, "std::string"]({i: str(i * i) for i in numbers})
        assert {pair.first: str(pair.second) for pair in made} == {i: str(i * i) for i in numbers} and len(made) == 100
        assert {key: str(value) for key, value in made} == {i: str(i * i) for i in numbers}
    chain, seen = std.list[int]([1, 2, 3]), []
    for x in chain:
        seen.append(x)
        if len(chain) < 6:
            chain.push_back(x * 10)
    assert seen == [1, 2, 3, 10, 20, 30]
    steps = iter(std.set[int]([5, 6]))
    assert next(steps) == 5 and list(steps) == [6] and next(steps, None) is None and next(steps, None) is None


def variables(cpp, ns):
    assert ns.variable == 17 and ns.constant == 2.5 and ns.named == "named" and ns.Counted.shared == 5 and ns.Counted().shared == 5
    ns.variable, ns.Counted.shared = 18, 6
    assert ns.variable_there() == 18 == ns.variable and ns.Counted.shared == 6 == ns.Counted().shared
    c = ns.Counted()
    c.shared = 7
    assert ns.Counted.shared == 7 and "shared" not in vars(c)
    for value in ("x", 2**40):
        assert issubclass(error(setattr, ns, "variable", value)[0], (TypeError, OverflowError)) and issubclass(error(setattr, ns.Counted, "shared", value)[0], (TypeError, OverflowError))
    assert error(setattr, ns, "constant", 1.0)[0] is TypeError and ns.variable == 18
    assert type(vars(type(ns))["variable"]).__name__ == "Static" == type(vars(ns.Counted)["shared"]).__name__


def templates(cpp, ns):
    for value, wanted in ((1, "int"), (2**40, "long"), (2**63, "unsigned long long"), (1.5, "double"), (True, "bool"), ("t", "string"), (ns.Counted(), "object"), (2, "int")) * 2:
        assert str(ns.kind_of(value)) == wanted, value
    moved = cpp.gbl.std.move(ns.Counted())
    assert str(ns.kind_of(moved)) == "object" and str(ns.pair_of(1, 2.5)) == "int, double" == str(ns.pair_of(3, 0.5)) and str(ns.pair_of(1.5, 2)) == "double, int"
    assert str(ns.kind_of["double"](1)) == "double" and ns.kind_of.__name__ == "kind_of" and issubclass(error(ns.kind_of)[0], TypeError)
    assert type(ns.kind_of).__name__ == "Template" and issubclass(error(ns.kind_of, object())[0], TypeError)


def copies(cpp, ns):
    c = ns.Counted(3)
    c.extra = 1
    twin = ns.Counted(c)
    assert twin.get() == 3 and twin is not c and c.extra == 1 and vars(c) == {"extra": 1}
    assert copy.copy(ns.red) == ns.red


# ---- threads and signals -----------------------------------------------------------------------------------------------------------

def other_threads_run_meanwhile(cpp, ns):
    waiting = threading.Thread(target=ns.wait)
    waiting.start()
    time.sleep(0.05)
    assert waiting.is_alive()
    ns.release()
    waiting.join(20)
    assert not waiting.is_alive()


def threads_of_cpp_call_python(cpp, ns):
    class Mine(ns.Consumer):
        def process(self, i):
            return i + 1
    assert ns.in_thread(Mine()) == 4 and not fell_back(ns.in_thread)


def the_gil_can_be_released_always(cpp, ns):
    class Mine(ns.Consumer):
        def process(self, i):
            return i + 2
    ns.in_thread.__release_gil__ = True
    assert ns.in_thread.__release_gil__ is True and ns.in_thread(Mine()) == 5 and ns.in_thread(ns.Consumer()) == 3


def signals_as_exceptions(cpp, ns):
    assert ns.i4(1) == 1
    with cpp.ll.signals_as_exception():
        assert error(ns.crash_here)[0] is cpp.ll.SegmentationViolation and ns.i4(2) == 2
    assert ns.i4(3) == 3


def templates_take_attributes(cpp, ns):
    ns.pair_of.__sig2exc__ = True
    assert ns.pair_of.__sig2exc__ is True and ns.pair_of(1, 2.5) == "int, double"
    ns.pair_of.__sig2exc__ = False


CASES = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__ and value.__code__.co_varnames[:2] == ("cpp", "ns")]


def main():
    import cppbind as cpp
    import cppbind.ll
    cpp.cppdef(SOURCE)
    results = {}
    for case in CASES:
        try:
            case(cpp, cpp.gbl.native)
            results[case.__name__] = ""
        except Exception:
            results[case.__name__] = traceback.format_exc()
    print(json.dumps(results))


if __name__ == "__main__":
    main()
