"""C's variadic functions: an entry point for each set of types that is passed through the dots, promoted as C does."""

from cppbind.overloads import Callable, single
from cppbind.typecode import parse
from cppbind.values import spelled, type_text


class Variadic(Callable):
    """A function, or with `with_self` a method, that takes more arguments than it has parameters."""

    def __init__(self, call, name):
        self.call, self.name, self.__name__, self.with_self = call, name, name, call.kind == "method"
        self.plain, self.found = single(call, name), {}
        self.__doc__ = call.signature

    def function(self, *arguments, **keywords):
        fixed = self.with_self + len(self.call.converters)
        if len(arguments) <= fixed or keywords:
            return self.plain(*arguments, **keywords)
        types = tuple(promoted(one) for one in arguments[fixed:])
        found = self.found.get(types)
        if found is None:
            found = self.found[types] = self.compiled(types)
        return found(*arguments)

    def compiled(self, types):
        from cppbind.scopes import defined
        call, scope = self.call, getattr(self.call.scope, "__cpp_name__", "")
        fixed = [spelled(parse(one.code)) for one in call.function.parameters]
        parameters = [f"{type} a{number}" for number, type in enumerate([*fixed, *types])]
        more = [f"&a{number}" if type.endswith("&") else f"a{number}" for number, type in enumerate(types, len(fixed))]
        arguments = ", ".join([f"a{number}" for number in range(len(fixed))] + more)
        target = f"self.{call.function.name}" if self.with_self else f"{scope}::{call.function.name}"
        own = [f"{'const ' if 'c' in call.function.flags else ''}{scope} &self"] if self.with_self else []
        return defined("variadic", lambda name: f"inline decltype(auto) {name}({', '.join(own + parameters)}) {{ return {target}({arguments}); }}")


def promoted(value):
    """The C++ type that a value passes through the dots as; an object passes as its address."""
    text = type_text(value)
    if text == "std::string":
        return "const char *"
    if text == "decltype(nullptr)":
        return "void *"
    if text is None or text.endswith("&&"):
        raise TypeError(f"{value!r} cannot be passed to a C variadic function")
    return "int" if text in ("bool", "short", "char") else "double" if text == "float" else text
