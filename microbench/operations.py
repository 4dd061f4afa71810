"""The operations: what each loop does, and the source of the function that times it.

The loop's body is the operation and nothing else; the cost of the empty loop is an operation of its own and is
subtracted nowhere.
"""

import textwrap
from collections import namedtuple

# `body` is repeated; `setup` and `cleanup` run outside the clock, `tail` inside it.  `counts`, where given, are the numbers of
# repetitions, whose mean is taken: what an object costs depends on how many are alive and on where the collector's next threshold lies.
Operation = namedtuple("Operation", "name body setup tail cleanup counts", defaults=("", "", "", None))

KEPT = tuple(int(250_000 * 2 ** (k / 4)) for k in range(9))      # objects alive at once in the loops that keep them: to a million
EMPTY = "(empty loop)"

ADD = """
def f(a, b):
    return a + b
"""


def simple():
    """Module functions and methods of a static type, the classic set of cpyext's benchmarks."""
    for call in ("noargs()", "onearg(None)", "onearg(i)", "varargs(None, None)", "allocate_int()", "allocate_tuple()"):
        yield Operation(f"simple.{call}", f"simple.{call}")
    for call in ("noargs()", "onearg(None)", "onearg(i)", "varargs(None, None)"):
        yield Operation(f"Foo().{call}", f"obj.{call}", "obj = simple.Foo()")
    yield Operation("len(Foo())", "len(obj)", "obj = simple.Foo()")
    yield Operation("Foo()[0]  mp_subscript", "obj[0]", "obj = simple.Foo()")


def onearg(*arguments):
    """What one argument costs, by its kind; `X` is a global."""
    for argument in arguments:
        yield Operation(f"onearg({argument})", f"simple.onearg({argument})")


def calls():
    """C calls a Python function back."""
    yield Operation("call_with_tuple(f, (1, 2))", "simple.call_with_tuple(f, (1, 2))", ADD)
    yield Operation("call_with_tuple_and_dict", "simple.call_with_tuple_and_dict(f, (1,), {'b': 2})", ADD)


def instances(kind):
    """The HPy set, for the static type `Foo` or the heap type `HTFoo`."""
    one = f"obj = instances.{kind}()"
    yield Operation(f"{kind} method lookup", "obj.noargs", one)
    if kind != "Foo":                       # these of a static type are in simple()
        for call in ("noargs()", "onearg(i)", "varargs(None, None)"):
            yield Operation(f"{kind}.{call}", f"obj.{call}", one)
        yield Operation(f"len({kind})", "len(obj)", one)
    yield Operation(f"{kind}[0]  sq_item", "obj[0]", one)
    many = f"cls = instances.{kind}\nobjs = [None] * n\ngc.collect()"
    yield Operation(f"allocate_obj {kind}", "objs[i] = cls()", many, "", "del objs\ngc.collect()", KEPT)
    yield Operation(f"allocate_and_collect {kind}", "objs[i] = cls()", many, "del objs\ngc.collect()", "", KEPT)
    yield Operation(f"allocate_obj_and_die {kind}", "obj = cls()\nobj.onearg(None)",
                    f"cls = instances.{kind}\ngc.collect()", "gc.collect()", "", KEPT)


def containers():
    """What C does inside a call: with dicts of its own, with containers and objects of Python."""
    yield Operation("new_dict()", "containers.new_dict()")
    yield Operation("make_dict(5)", "containers.make_dict(5)")
    yield Operation("inner_dict(5)", "containers.inner_dict(5)")
    record = "x = {'name': 1, 'size': 2.5, 'text': 'abc', 'none': None, 'items': [1]}"
    for call in ("iterate(x)", "iterate(x.items())", "walk_dict(x)"):
        yield Operation(f"{call}  dict of 5", f"containers.{call}", record)
    for call in ("iterate(x)", "walk_list(x)"):
        yield Operation(f"{call}  list of 5", f"containers.{call}", "x = ['a', 'b', 3, 4.5, None]")
    yield Operation("get_balance(obj)", "containers.get_balance(obj)", "class Account:\n    balance = 10\nobj = Account()")


def points():
    """Instances that C code makes: tp_new, tp_init and its parsing, a method, and the end of them."""
    for call in ("Point()", "Point(i, 2)", "Point(i, y=2)", "Point(i).sum()"):
        yield Operation(call, f"instances.{call}")
    yield Operation("len(Point())", "len(obj)", "obj = instances.Point(1, 2)")


CLASSIC = [*simple(), *onearg("1", "i % 2", "X", "(1,)", "(X,)", "(i,)"), *calls(), *instances("Foo"), *instances("HTFoo")]
FURTHER = [*onearg("1.5", "'text'", "str(i)", "[i]", "{'i': i}"), *points(), *containers()]
OPERATIONS = [Operation(EMPTY, "pass"), *CLASSIC, *FURTHER]
BY_NAME = {operation.name: operation for operation in OPERATIONS}
MODULES = ("simple", "instances", "containers")           # the extensions, each one C file beside this one


def source(operation):
    """Source of `run(n)`, which repeats the operation n times and returns the seconds that took."""
    def indented(text, depth):
        return textwrap.indent(text, " " * depth)

    lines = ["def run(n):", indented(operation.setup, 4), "    start = clock()", "    for i in range(n):",
             indented(operation.body, 8), indented(operation.tail, 4), "    seconds = clock() - start",
             indented(operation.cleanup, 4), "    return seconds"]
    return "\n".join(line for line in lines if line.strip())
