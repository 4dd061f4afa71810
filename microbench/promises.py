"""What the layer promises, and the check of it."""

from collections import namedtuple

from microbench.operations import BY_NAME, EMPTY

GEOMETRIC_MEAN = 3.0            # at least this many times faster than cpyext
QUICK = 15.0                    # ns: where cpyext takes less, ...
QUICK_LIMIT = 1.3               # ... we may take this many times as long
JITTER = 0.5                    # ns: differences below it are a loop's alignment, not an operation's cost

# At most `limit` times as long as CPython; `names` are the operations' names.
Promise = namedtuple("Promise", "limit names")

AGAINST_CPYTHON = [
    Promise(1.0, ["simple.noargs()", "simple.onearg(None)", "simple.onearg(i)", "simple.varargs(None, None)",
                  "simple.allocate_int()", "len(Foo())", "Foo()[0]  mp_subscript",
                  "Foo().noargs()", "Foo().onearg(None)", "Foo().onearg(i)", "Foo().varargs(None, None)",
                  "HTFoo.noargs()", "HTFoo.onearg(i)", "HTFoo.varargs(None, None)",
                  "Foo[0]  sq_item", "len(HTFoo)", "HTFoo[0]  sq_item"]),
    Promise(1.5, ["simple.allocate_tuple()", "onearg((i,))"]),
    Promise(2.0, ["allocate_obj Foo", "allocate_and_collect Foo", "allocate_obj_and_die Foo",
                  "allocate_obj HTFoo", "allocate_and_collect HTFoo", "allocate_obj_and_die HTFoo"]),
]
# {operation name: limit}; a name that is no operation's is refused here
CPYTHON_LIMIT = {BY_NAME[name].name: promise.limit for promise in AGAINST_CPYTHON for name in promise.names}


def cpyext_limit(ns):
    """How many times as long as cpyext, which takes `ns`, an operation may take."""
    return QUICK_LIMIT if ns < QUICK else 1.0


def broken(report, whole):
    """A sentence for each promise that the report breaks; the mean is judged only over the `whole` set."""
    sentences = []
    for name, row in report["operations"].items():
        if name == EMPTY:
            continue
        ours = row["ns"].get("mooring")
        if ours is None:
            sentences.append(f"{name}: mooring has no result")
            continue
        for peer, limit in (("cpyext", cpyext_limit(row["ns"].get("cpyext") or 0)), ("cpython", CPYTHON_LIMIT.get(name))):
            theirs = row["ns"].get(peer)
            if theirs and limit and ours > theirs * limit + JITTER:
                sentences.append(f"{name}: {ours:.1f} ns is {ours / theirs:.2f} times {peer}'s {theirs:.1f} ns; "
                                 f"at most {limit} is promised")
    mean = report["faster_than"].get("cpyext")
    if whole and mean is not None and mean < GEOMETRIC_MEAN:
        sentences.append(f"geometric mean: {mean:.2f} times faster than cpyext; {GEOMETRIC_MEAN} is promised")
    return sentences
