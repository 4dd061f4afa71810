"""consteval functions: compiled for the arguments of each call, which have to be texts and numbers."""

from cppbind import errors


def literal(value):
    """A Python value as C++ writes it.  RefusedType if it does not."""
    kind = type(value)
    if kind is str or kind is bytes:
        data = value.encode() if kind is str else value
        return '"' + "".join(chr(one) if 32 <= one < 127 and chr(one) not in '"\\?' else f"\\{one:03o}" for one in data) + '"'
    if kind is bool:
        return str(value).lower()
    if kind is int and -2**63 < value < 2**64:
        return f"{value}{'u' if value >= 2**63 else ''}{'l' if not -2**31 < value < 2**31 else ''}"
    if kind is float and value - value == 0:
        return value.hex()
    name = getattr(kind, "__cpp_name__", None)
    if isinstance(value, int) and name:
        return f"{name}({int(value)})"
    raise errors.RefusedType(f"the argument of a consteval function is a text or a number, not {kind.__name__!r}")


def function(call):
    """The Python function of a `Call` of a consteval function."""
    from cppbind.scopes import defined
    known, scope = {}, getattr(call.scope, "__cpp_name__", "")
    called = scope if call.kind == "new" else f"{scope}::{call.function.called or call.function.name}"

    def value(arguments):
        text = ", ".join(map(literal, arguments))
        if text not in known:
            known[text] = defined("constant", lambda name: f"inline auto {name}() {{ return {called}({text}); }}")
        return known[text]()

    def constructor(self, *arguments):
        made = value(arguments)
        made._disown(made)
        self._cpp, made._cpp = made._cpp, 0
        self._own(self, self._cpp)

    def static(*arguments):
        return value(arguments)

    def method(self, *arguments):
        raise TypeError(f"{call.signature} is consteval: Python's objects are no constants")
    return {"new": constructor, "static": static, "method": method}[call.kind]
