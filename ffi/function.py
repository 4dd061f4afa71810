"""Functions of a library that are not the engine's own objects, and what was wrong with a call: function, argument, declared type."""

from ffi.engine import CData, engine


def explained(error, name, pointer, values):
    """`error` of the engine for a call of `name` (a function pointer) with `values`, in a form that says where it comes from."""
    declared = engine.typeof(pointer)
    arguments = declared.args
    if len(values) != len(arguments) and not (declared.ellipsis and len(values) > len(arguments)):
        least = "at least " if declared.ellipsis else ""
        shown = ", ".join(a.cname for a in arguments) or "none"
        return TypeError(f"{name}() takes {least}{len(arguments)} argument{'s' * (len(arguments) != 1)} ({shown}), {len(values)} given")
    for i, (value, type) in enumerate(zip(values, arguments)):
        reason = refusal(value, type)
        if reason is not None:
            return reason.__class__(f"{name}() argument {i + 1}, declared {type.cname!r}: {reason}")
    if len(values) > len(arguments):
        for i, value in enumerate(values[len(arguments):], len(arguments)):
            if not isinstance(value, CData):
                return error.__class__(f"{name}() argument {i + 1}, one of `...`, needs a cdata with its C type: ffi.cast(\"int\", x), not "
                                       f"{type_name(value)}")
    return error.__class__(f"{name}(): {error}") if name not in str(error) else error


def type_name(value):
    return type(value).__name__


def refusal(value, type):
    """Why the engine does not take `value` for an argument of this type; None if it does."""
    try:
        if type.kind == "pointer" and (type.item.kind == "void" and isinstance(value, bytes) or hasattr(value, "fileno")):
            return None
        if type.kind == "pointer" and not isinstance(value, CData) and is_initializer(value, type.item):
            engine.newp(engine.new_array_type(type, None), value)
        else:
            engine.newp(engine.new_array_type(engine.new_pointer_type(type), 1), [value])
    except (TypeError, ValueError, OverflowError, IndexError) as reason:
        return reason
    return None


def is_initializer(value, item):
    """True for what a call turns into an array of its own."""
    return item.kind != "void" and isinstance(value, (list, tuple, bytes, str)) or isinstance(value, dict) and item.kind in ("struct", "union")


class Function:
    """A function of a library that is called through Python code: those of `ffi.calls`, or any under ``python -X dev``.

    `ffi.typeof`, `ffi.cast` and `ffi.new` take it for the pointer that it stands for; where C itself wants one, in
    `struct.callback = lib.f`, `ffi.addressof(lib, "f")` is needed.
    """

    __slots__ = "call", "pointer", "name"

    def __init__(self, call, pointer, name):
        self.call, self.pointer, self.name = call, pointer, name

    def __call__(self, *arguments):
        try:
            return self.call(*arguments)
        except TypeError as error:
            if len(arguments) == len(engine.typeof(self.pointer).args):
                raise
            raise explained(error, self.name, self.pointer, arguments) from None

    def __repr__(self):
        return repr(self.pointer)

    def __eq__(self, other):
        return self.pointer == pointers(other)

    def __hash__(self):
        return hash(self.pointer)

    def __bool__(self):
        return bool(self.pointer)


# The engine's error for `p.callback = lib.f` shows this name.
Function.__name__ = "a wrapped function (ffi.addressof(lib, name) is its pointer)"


def pointers(value):
    """`value` with functions replaced by their pointers, inside of lists, tuples and dicts too; itself if there are none."""
    if isinstance(value, Function):
        return value.pointer
    if isinstance(value, (list, tuple)):
        made = [pointers(item) for item in value]
        return value if all(a is b for a, b in zip(made, value)) else made
    if isinstance(value, dict):
        made = {key: pointers(item) for key, item in value.items()}
        return value if all(made[key] is value[key] for key in value) else made
    return value


def again(error, name, pointer, call, values):
    """`call` with the pointers of the functions among `values`; what it says where there are none, or it fails again, is explained."""
    replaced = tuple(map(pointers, values))
    if all(a is b for a, b in zip(replaced, values)):
        raise explained(error, name, pointer, values) from None
    return call(*replaced)


def checked(pointer, name):
    """A `Function` whose failing calls are explained.

    Not all are: a Python frame around each call costs 10 ns on PyPy and 50 on CPython, which is as much as the call itself.
    """
    def call(*arguments):
        try:
            return pointer(*map(pointers, arguments))
        except (TypeError, ValueError, OverflowError, IndexError) as error:
            raise explained(error, name, pointer, arguments) from None
    return Function(call, pointer, name)
