"""Virtual functions that Python overrides, as dispatchers call them on CPython: natively, where the result is a number or nothing."""

from cppbind import callbacks, converters
from cppbind.backend.api import cast
from cppbind.native import extension, ways
from cppbind.spell import outward, spelled

MOST = 12                                              # parameters


class Owner:
    """What a native override asks Python."""

    def __init__(self, dispatcher, way):
        self.instances, self.raised, self.way = dispatcher.instances, callbacks.reporter(dispatcher.backend), way

    def instance(self, address):
        return self.instances[address]()

    def converted(self, value):
        """The number for a result that no quick test takes."""
        return self.way.convert(value)


def possible(result, parameters):
    """Whether a virtual function of such Types is called natively."""
    if extension() is None or len(parameters) > MOST or any(one.name == "e" for one in (result, *parameters)):
        return False
    if result.kind != "void" and (result.kind not in ("number", "enum") or ways.parameter(converters.converter(result))[0] in "?-"):
        return False
    return True


def calling(result, parameters, target, noexcept):
    """Statements of a dispatcher's function: its arguments in words, the call, the result from the first of them."""
    lines = [f"union {{ __INTPTR_TYPE__ i; double d; }} w[{len(parameters) or 1}];"]
    for number, type in enumerate(parameters):
        real = type.kind == "number" and type.name in "fd"
        _, value = outward(type, f"a{number}")
        lines.append(f"w[{number}].{'d' if real else 'i'} = {value};")
    lines.append(f"(*(void (**)(void *, void *, void *)){target})({target}, (void *)this, w);")
    if not noexcept:
        lines.append("if (__builtin_expect(__cppbind_raised, 0)) __cppbind_throw();")
    if result.kind != "void":
        lines.append(f"return static_cast<{spelled(result)}>(w[0].{'d' if result.kind == 'number' and result.name in 'fd' else 'i'});")
    return " ".join(lines)


def parameter(type):
    """(kind, of, object) for what crosses to Python."""
    way = callbacks.argument(type)
    if type.kind == "number":
        return ("d", "-", None) if type.name in "fd" else ways.in_memory(type)
    if type.kind == "enum":
        return ways.in_memory(type)
    return ways.object_or_text(way) or ("r", "-", reading(way))


def reading(way):
    return eval(f"lambda r: {way.source.format(r='r', n='')}", {**way.names(), "cast": cast})


def entry(dispatcher, name, result, parameters):
    """The address that a dispatcher's table holds for an override."""
    way = None if result.kind == "void" else converters.converter(result)
    taken = way and ways.parameter(way)
    if taken and taken[0] == "f":
        taken = ("d", *taken[1:])
    return extension().override(Owner(dispatcher, way), dispatcher.own.__self__, name, tuple(map(parameter, parameters)), taken)
