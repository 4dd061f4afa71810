"""Constants of the declarations: expressions with names and types in them, macros."""

from ffi import layout
from ffi.expressions import LONG, STRING, Expression, NotConstant, wrap
from ffi.model import INT
from ffi.words import Problem


class Constants:
    """The part of the parser that evaluates."""

    def expression(self, ranked=False):
        """The value of a constant expression that begins here; a comma ends it."""
        made = Expression(self.tokens, self.value_of, self.measured)
        made.i = self.i
        value, rank = made.ternary()
        self.i = made.i
        return (value, rank) if ranked else value

    def value_of(self, name):
        value = self.found.constants.get(name)
        if value is None:
            value = self.evaluate_macro(name)
        if value is None:
            raise NotConstant(f"{name!r} is no constant that is known here")
        if isinstance(value, tuple):
            raise NotConstant(f"the value of {name!r} is left to the C compiler")
        if isinstance(value, (bytes, str)):
            return value, STRING
        if isinstance(value, float):
            return value, 4
        return wrap(value, 0) if -(1 << 31) <= value < 1 << 31 else (value, LONG)

    def measured(self, expression):
        """The type that begins at a place in an expression, or None."""
        if not self.begins_type(expression.peek()):
            return None
        self.i = expression.i
        type, quals = self.type_name()
        expression.i = self.i
        return Measured(self.found, type)

    def evaluate_macro(self, name, pending=()):
        """The value of an object-like macro, None if it has none."""
        macro = self.found.macros.get(name)
        if macro is None or macro[0] is not None or not macro[1] or name in pending:
            return None
        tokens = self.source.expand(list(macro[1]), (name,))
        if tokens == ["..."]:
            return None
        saved = self.tokens, self.i
        self.tokens, self.i = [*tokens, "", "", ""], 0
        try:
            made = Expression(self.tokens, lambda inner: self.inner_value(inner, (*pending, name)), self.measured)
            value, rank = made.ternary()
            return value if not self.tokens[made.i] else None
        except (NotConstant, Problem):
            return None
        finally:
            self.tokens, self.i = saved

    def inner_value(self, name, pending):
        if name in pending:
            raise NotConstant(f"{name!r} is defined by itself")
        if name not in self.found.constants and name in self.found.macros:
            value = self.evaluate_macro(name, pending)
            if value is None:
                raise NotConstant(f"{name!r} is no constant")
            return (value, STRING) if isinstance(value, (bytes, str)) else (value, 4) if isinstance(value, float) else \
                wrap(value, 0) if -(1 << 31) <= value < 1 << 31 else (value, LONG)
        return self.value_of(name)

    def evaluate_macros(self):
        """Enter the macros that are constants."""
        for name, offset in self.source.defined:
            macro = self.found.macros.get(name)
            if macro is None or macro[0] is not None:
                continue
            if macro[1] == ("...",):
                self.found.constants.setdefault(name, ("...", INT, "const"))
                continue
            value = self.evaluate_macro(name)
            if value is not None:
                self.constant(name, value)


class Measured:
    """A type in a cast or sizeof."""

    def __init__(self, found, type):
        self.found, self.type = found, type

    def size(self):
        return layout.size(self.found, self.type)

    def align(self):
        return layout.align(self.found, self.type)

    def convert(self, value):
        type, number = self.type, value[0]
        if type[0] == "prim" and type[1] in ("float", "double", "long double"):
            return float(number), 4
        if isinstance(number, (bytes, str)):
            return value
        if type[0] == "ptr":
            return wrap(int(number), 3)
        size, signed = layout.integer(self.found, type)
        if type[-1] == "_Bool":
            return int(bool(number)), 0
        number = int(number) & (1 << size * 8) - 1
        if signed and number >> size * 8 - 1:
            number -= 1 << size * 8
        return number, (0 if size < 4 or signed else 1) if size <= 4 else 2 if signed else 3
