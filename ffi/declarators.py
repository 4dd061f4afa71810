"""What stands around a declared name: pointers, arrays, parameters."""

from ffi.expressions import NotConstant
from ffi.model import VOID
from ffi.words import ABI, ATTRIBUTES, NEVER_NAMES, QUALIFIERS, Problem, Wrong, with_qual


class Declarators:
    """The part of the parser that reads declarators."""

    def declarator(self, type, quals, attributes):
        """(name or None, type, quals) of a declarator; `quals` are those of the outermost type."""
        tokens = self.tokens
        abi = ""
        while True:
            token = tokens[self.i]
            if token == "*" or token == "^" or token == "&" or token == "&&":
                self.i += 1
                type, quals = ("ptr", type, quals), ""
                abi = ""
            elif token in QUALIFIERS:
                quals = with_qual(quals, QUALIFIERS[token])
                self.i += 1
            elif token in ATTRIBUTES:
                self.attribute(attributes)
            elif token in ABI:
                abi = ABI[token]
                self.i += 1
            elif token in ("__cdecl", "__fastcall", "__extension__"):
                self.i += 1
            else:
                break
        if token == "(" and self.nested():
            inside = self.i + 1
            self.skip_brackets()
            type, quals = self.suffixes(type, quals, attributes, abi)
            after, self.i = self.i, inside
            name, type, quals = self.declarator(type, quals, attributes)
            self.expect(")")
            self.i = after
        else:
            name = None
            if token and (token[0].isidentifier() or token[0] == "$") and token not in NEVER_NAMES:
                name = self.naming = token
                self.i += 1
                while tokens[self.i] == "::":
                    name = tokens[self.i + 1]
                    self.i += 2
            elif token == "..." and type[0] == "some":
                self.i += 1
            token = tokens[self.i]
            if token == "(" or token == "[":
                type, quals = self.suffixes(type, quals, attributes, abi)
        while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[" and tokens[self.i + 1] == "[":
            self.attribute(attributes)
        return name, type, quals

    def nested(self):
        """True if the '(' here groups a declarator, False if it begins parameters."""
        token = self.tokens[self.i + 1]
        if token in ("*", "^", "&", "(", "[") or token in ABI or token in ATTRIBUTES or token in ("__cdecl", "__fastcall"):
            return True
        return token.isidentifier() and token not in NEVER_NAMES and not self.begins_type(token)

    def suffixes(self, type, quals, attributes, abi):
        """The arrays and parameters after a name, applied to `type`."""
        tokens = self.tokens
        if tokens[self.i] == "(":
            start = self.i
            arguments, ellipsis = self.parameters()
            while True:                                # what may follow: const, noexcept, attributes
                token = tokens[self.i]
                if token in ("const", "noexcept", "override", "final"):
                    self.i += 1
                elif token in ATTRIBUTES:
                    self.attribute(attributes)
                else:
                    break
            if type[0] == "func" or type[0] == "array" or tokens[self.i] == "(" or tokens[self.i] == "[" and tokens[self.i + 1] != "[":
                raise Wrong("a function cannot return " + ("an array" if type[0] == "array" or tokens[self.i] == "[" else "a function"), start, TypeError)
            return ("func", type, arguments, ellipsis, abi or attributes.get("abi", "")), quals
        if tokens[self.i] == "[" and tokens[self.i + 1] != "[":
            self.i += 1
            length = self.length()
            self.expect("]")
            item, quals = self.suffixes(type, quals, attributes, abi)
            if item[0] == "func":
                self.fail("an array of functions: pointers to functions are meant")
            return ("array", item, length), quals
        return type, quals

    def length(self):
        tokens = self.tokens
        while tokens[self.i] in QUALIFIERS or tokens[self.i] == "static":
            self.i += 1
        if tokens[self.i] == "]":
            return None
        if tokens[self.i] == "...":
            self.i += 1
            return "..."
        if tokens[self.i] == "*" and tokens[self.i + 1] == "]":
            self.i += 1
            return None
        at = self.i
        try:
            value = self.expression()
        except NotConstant as reason:
            raise Wrong(f"an array's length must be known: {reason}", at) from None
        if not isinstance(value, int):
            raise Wrong(f"an array's length is an integer, not {value!r}", at)
        if value < 0:
            raise Wrong(f"an array's length is not negative: {value}", at, ValueError)
        return value

    def parameters(self):
        """(types, ellipsis) of a parameter list; arrays and functions become pointers."""
        tokens, types, function = self.tokens, [], self.naming
        self.i += 1
        if tokens[self.i] == ")":
            self.i += 1
            return (), False
        if tokens[self.i] == "void" and tokens[self.i + 1] == ")":
            self.i += 2
            return (), False
        ellipsis = False
        while True:
            if tokens[self.i] == "...":
                self.i += 1
                if not types:
                    raise Wrong(f"{function or 'this'}: a function with only '(...)' as argument is not correct C", self.i)
                ellipsis = True
                break
            types.append(self.parameter(f"{function} arg {len(types) + 1}" if function else f"arg {len(types) + 1}"))
            if tokens[self.i] != ",":
                break
            self.i += 1
        if tokens[self.i] != ")":
            self.fail(f"expected ',' or ')' in the parameters, got {tokens[self.i] or 'the end'!r}")
        self.i += 1
        if types == [VOID] and not ellipsis:           # a typedef of void
            types = []
        return tuple(types), ellipsis

    def parameter(self, place):
        start = self.i
        base, quals, storage, attributes = self.specifiers()
        if base is None:
            name = self.tokens[self.i]
            self.i = start
            if not name.isidentifier():
                raise Wrong(f"{place}: expected a type, got {name or 'the end'!r}", start)
            untyped = " (if you meant to use the old C syntax of giving untyped arguments, it is not supported)"
            raise Wrong(f"{place}: unknown type {name!r}{untyped if self.tokens[start + 1] in (',', ')') else ''}", start)
        at = self.i
        try:
            name, type, quals = self.declarator(base, quals, attributes)
        except Problem as problem:
            if "length must be known" not in str(problem):
                raise
            self.i = at                                # int a[n]: a pointer, whatever n is
            while self.tokens[self.i] != "[":
                self.i += 1
            end = self.i
            self.skip_brackets()
            while self.tokens[self.i] == "[":
                self.skip_brackets()
            type = ("ptr", base, quals)
            for token in self.tokens[at:end]:
                if token == "*":
                    type = ("ptr", type, "")
        if "vector_size" in attributes or "mode" in attributes:
            type = self.with_mode(type, attributes)
        if self.tokens[self.i] == "=":                 # a default argument of C++
            self.initializer_of_parameter()
        if type[0] == "array":
            return "ptr", type[1], quals
        if type[0] == "func":
            return "ptr", type, ""
        return type

    def initializer_of_parameter(self):
        depth = 0
        while self.tokens[self.i] and (depth or self.tokens[self.i] not in (",", ")")):
            depth += (self.tokens[self.i] in ("{", "(", "[")) - (self.tokens[self.i] in ("}", ")", "]"))
            self.i += 1
