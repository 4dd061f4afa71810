"""Functions of a library that are called through Python code, because that is faster, or because the engine cannot call them.

The code is written for the signature, with what it uses as variables of a function around it: PyPy's JIT takes them for constants and
the code into the loop that calls it, at 2 ns beyond the call itself (tests/ffi/test_traces.py).

* Structs by value: ``ffi.byvalue``.
* Lists of numbers for a pointer, on PyPy: they are copied into memory that is kept for the next call.  The engine allocates,
  clears and frees some at every call.
* Functions that take pointers to functions: a `Function` is given where C wants its pointer.
"""

from ffi.byvalue import SYSTEM_V, all_in_registers, is_refused, shape
from ffi.engine import PYPY, CData, engine
from ffi.expressions import NotConstant
from ffi.function import Function, again, explained
from ffi.model import INTEGERS

ALWAYS = PYPY                              # on CPython a Python frame costs as much as a call
MOST = 256                                 # items of a list that is copied into kept memory


def bind(found, types, function, name, load):
    """A `Function`, or None if the engine's own way is as good; `load(type)` is the engine's function of that type."""
    kind, result, arguments, ellipsis, abi = function
    if ellipsis:
        return None
    split = by_value(found, arguments, result)
    lists = [i for i, a in enumerate(arguments) if ALWAYS and takes_lists(a)]
    if not split and not lists and not (ALWAYS and any(map(is_function, arguments))):
        return None
    pointer = raw = load(("ptr", function, ""))
    if not isinstance(pointer, CData):
        return None                                    # another backend than the engine
    if split:
        flat = tuple(word for i, a in enumerate(arguments) for word in split.get(i, (a,)))
        raw = load(("ptr", ("func", result, flat, False, abi), ""))
    return Function(wrapper(types, arguments, split, lists, raw, pointer, name), pointer, name)


def takes_lists(type):
    """True for a pointer to numbers of more than a byte: bytes are given as bytes."""
    if type[0] != "ptr" or type[1][0] != "prim":
        return False
    name = type[1][1]
    return name in ("float", "double") or name in INTEGERS and INTEGERS[name][0] not in ("char", "_Bool") and "8_t" not in name


def is_function(type):
    return type[0] == "ptr" and type[1][0] == "func"


def by_value(found, arguments, result):
    """{number of an argument: the numbers that it is passed as} of the structs that are not left to the engine."""
    if not SYSTEM_V or not any(a[0] in ("struct", "union") for a in arguments):
        return {}
    try:
        shapes = [shape(found, a) for a in arguments]
        fits = all_in_registers(found, arguments, shapes, result)
    except NotConstant:                                # a struct that is not declared whole: the engine says so
        return {}
    if not fits:
        return {}                                      # C puts a struct wholly into memory where its parts would be split
    return {i: shapes[i] for i, a in enumerate(arguments)
            if a[0] in ("struct", "union") and shapes[i] and (ALWAYS or is_refused(found, a))}


def wrapper(types, arguments, split, lists, raw, pointer, name):
    """def call(a0, a1): ... written for this signature."""
    space = {"raw": raw, "isinstance": isinstance, "typeof": engine.typeof, "address": engine.rawaddressof, "CData": CData,
             "type": type, "list": list, "len": len, "IndexError": IndexError}
    lines, after, passed = [], [], []
    names = [f"a{i}" for i in range(len(arguments))]
    for i, argument in enumerate(arguments):
        if i in split:
            struct = types.of(argument)
            space[f"struct{i}"], space[f"made{i}"] = struct, maker(engine.new_pointer_type(struct))
            lines.append(f"if not isinstance(a{i}, CData) or typeof(a{i}) is not struct{i}: a{i} = made{i}(a{i})")
            for k, word in enumerate(split[i]):
                space[f"word{i}_{k}"] = types.of(("ptr", word, ""))
                passed.append(f"address(word{i}_{k}, a{i}, {8 * k})[0]")
        elif i in lists:
            space[f"kept{i}"], space[f"memory{i}"] = [], memory(types, argument)
            lines += [f"p{i} = a{i}", f"if type(a{i}) is list and 0 < len(a{i}) <= {MOST}:", f"    try: taken{i} = kept{i}.pop()",
                      f"    except IndexError: taken{i} = memory{i}()", f"    taken{i}[0][0] = a{i}", f"    p{i} = taken{i}[1]"]
            after.append(f"if p{i} is not a{i}: kept{i}.append(taken{i})")
            passed.append(f"p{i}")
        else:
            passed.append(names[i])
    lines.append(f"{'result =' if after else 'return'} raw({', '.join(passed)})")
    lines += [*after, "return result"] if after else []
    values = "(" + "".join(n + ", " for n in names) + ")"
    if any(map(is_function, arguments)):
        space["again"] = lambda error, values: again(error, name, pointer, call, values)
        failed = f"return again(error, {values})"
    else:
        space["fail"] = lambda error, values: explained(error, name, pointer, values)
        failed = f"raise fail(error, {values}) from None"
    source = (f"def make({', '.join(space)}):\n    def call({', '.join(names)}):\n        try:\n            " + "\n            ".join(lines) +
              f"\n        except (TypeError, ValueError, OverflowError) as error:\n            {failed}\n    return call\n")
    made = {}
    exec(compile(source, f"<call of {name}>", "exec"), made)
    call = made["make"](**space)
    call.__name__ = call.__qualname__ = name           # for Python's own "f() missing 1 required positional argument"
    return call


def memory(types, argument):
    """What allocates (pointer to an array, pointer to its first item): assigning a list to the array is the engine's fastest way to copy it."""
    first = types.of(argument)
    array = engine.new_pointer_type(engine.new_array_type(first, MOST))

    def allocated():
        made = engine.newp(array)
        return made, engine.cast(first, made)
    return allocated


def maker(pointer):
    """What makes a struct of a list, tuple or dict."""
    def made(value):
        if isinstance(value, CData):
            raise TypeError(f"initializer for ctype {pointer.item.cname!r} must be a list or tuple or dict or struct-cdata, not cdata "
                            f"{engine.typeof(value).cname!r}")
        return engine.newp(pointer, value)[0]
    return made
