"""Struct, union and enum."""

from ffi import layout
from ffi.lexer import PRAGMA
from ffi.words import ATTRIBUTES, NEVER_NAMES, Wrong, same


class Aggregates:
    """The part of the parser that reads aggregates."""

    def fresh_tag(self):
        self.found.counter += 1
        return f"${self.found.counter}"

    def tag(self):
        token = self.tokens[self.i]
        if token and (token[0].isidentifier() or token[0] == "$") and token not in NEVER_NAMES:
            self.i += 1
            return token
        return None

    def aggregate(self, kind):
        """A struct or union, with its body if there is one.  Its options, where they are set:
        packed (True), pack (n), aligned (n), named_aligned (n: by its typedef, which changes no size), partial (True for `...;`)."""
        word, kind = kind, "struct" if kind == "class" else kind
        self.i += 1
        options = {}
        while self.tokens[self.i] in ATTRIBUTES or self.tokens[self.i] == "[":
            self.attribute(options)
        at = self.i
        tag = self.tag()
        tokens = self.tokens
        if tokens[self.i] == ":" and word in ("class", "struct") and self.cplusplus:
            while tokens[self.i] not in ("{", ""):
                self.i += 1
        if tokens[self.i] != "{":
            if tag is None:
                self.fail(f"expected a name or '{{' after {word!r}")
            self.found.aggregates.setdefault(f"{kind} {tag}", None)
            if word == "class":
                self.found.typedefs.setdefault(tag, ((kind, tag), ""))
            return kind, tag
        tag = tag or self.fresh_tag()
        key = f"{kind} {tag}"
        before = self.found.aggregates.setdefault(key, None)
        if word == "class" or self.cplusplus:
            self.found.typedefs.setdefault(tag, ((kind, tag), ""))
        self.i += 1
        fields = self.fields(options, word)
        self.expect("}")
        while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[" and tokens[self.i + 1] == "[":
            self.attribute(options)
        for option in ("label", "mode", "vector_size"):
            options.pop(option, None)
        if options.get("partial") and any(bits >= 0 for name, type, bits, *_ in fields):
            raise NotImplementedError(f"{key}: `...;` together with bit fields, whose places the C compiler does not tell; declare all fields")
        if self.packed:
            options["packed"] = True
        if self.pack:
            options["pack"] = self.pack
        value = tuple(fields), options
        if before is not None and not self.override and not same(before, value):
            raise Wrong(f"duplicate declaration of {key}: it is declared differently before", at)
        self.found.aggregates[key] = value
        return kind, tag

    def fields(self, options, word):
        fields, tokens = [], self.tokens
        while tokens[self.i] != "}":
            token = tokens[self.i]
            if not token:
                self.fail("expected '}', got the end")
            if token == ";":
                self.i += 1
            elif token == "...":
                self.i += 1
                self.expect(";")
                options["partial"] = True
            elif token in ("public", "private", "protected") and tokens[self.i + 1] == ":":
                self.i += 2
            elif token in ("_Static_assert", "static_assert"):
                self.static_assert()
            elif len(token) == 1 and ord(token) >= PRAGMA:
                self.pragma_pack(token)
            else:
                self.field(fields, word)
        return fields

    def field(self, fields, word):
        tokens = self.tokens
        base, quals, storage, attributes = self.specifiers()
        if base is None:
            self.unknown_type(self.i)
        if tokens[self.i] == ";":
            if base[0] in ("struct", "union"):         # an anonymous one: its fields are the outer one's
                if base[1][0] == "$":
                    fields.append(("", base, -1, quals, attributes.get("aligned", 0), "packed" in attributes))
            elif base[0] != "enum":
                self.fail("a field needs a name")
            self.i += 1
            return
        while True:
            options = dict(attributes)
            bits = -1
            if tokens[self.i] == ":":
                name, type, own = "", base, quals
            else:
                name, type, own = self.declarator(base, quals, options)
            if type[0] == "func":
                if not self.cplusplus and word != "class":
                    self.fail(f"field {name!r} is a function: a pointer to one, (*{name})(...), is meant")
                if tokens[self.i] == "{":              # a method
                    self.skip_brackets()
                    return
                while tokens[self.i] not in (";", ""):
                    self.i += 1
                self.i += 1
                return
            if tokens[self.i] == ":":
                self.i += 1
                at = self.i
                bits = self.expression()
                if not isinstance(bits, int) or bits < 0:
                    raise Wrong("a bit field's width is a number", at)
                while tokens[self.i] in ATTRIBUTES:
                    self.attribute(options)
            if "vector_size" in options or "mode" in options:
                type = self.with_mode(type, options)
            if "typedef" in options and item_of(type) == base:
                self.align_as_typedef(type, options)
            fields.append((name or "", type, bits, own, options.get("aligned", 0), "packed" in options))
            if tokens[self.i] in ("=", "{"):
                self.initializer()
            if tokens[self.i] != ",":
                break
            self.i += 1
        if tokens[self.i] != ";":
            self.fail(f"expected ';' after the field {name!r}, got {tokens[self.i] or 'the end'!r}")
        self.i += 1

    def align_as_typedef(self, type, options):
        """The alignment that a typedef gives its type replaces the type's own; an attribute of the field can only add to it."""
        wanted = options["typedef"]
        if wanted < layout.align(self.found, type):
            options["packed"] = True
        options["aligned"] = max(wanted, options.get("aligned", 0))

    def enumeration(self, attributes):
        tokens = self.tokens
        self.i += 1
        options = {}
        if tokens[self.i] in ("class", "struct"):
            self.i += 1
        while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[":
            self.attribute(options)
        at = self.i
        tag = self.tag()
        base = None
        if tokens[self.i] == ":":
            self.i += 1
            base, quals = self.type_name()
        if tokens[self.i] != "{":
            if tag is None:
                self.fail("expected a name or '{' after 'enum'")
            self.found.enums.setdefault(f"enum {tag}", None)
            return "enum", tag
        self.i += 1
        tag = tag or self.fresh_tag()
        key = f"enum {tag}"
        names, values, partial = self.enumerators(key, base)
        while tokens[self.i] in ATTRIBUTES:
            self.attribute(options)
        if options.get("packed") and base is None:
            base = ("prim", smallest(values))
        value = tuple(names), tuple(values), base, partial
        before = self.found.enums.get(key)
        if before is not None and before != value and not self.override:
            raise Wrong(f"duplicate declaration of {key}: it is declared differently before", at)
        self.found.enums[key] = value
        return "enum", tag

    def enumerators(self, key, base):
        tokens, constants = self.tokens, self.found.constants
        names, values, partial, following = [], [], False, 0
        while tokens[self.i] != "}":
            name = tokens[self.i]
            if name == "...":
                self.i += 1
                partial = True
            else:
                if not name.isidentifier() and name[:1] != "$":
                    self.fail(f"expected an enumerator, got {name or 'the end'!r}")
                self.i += 1
                while tokens[self.i] in ATTRIBUTES or tokens[self.i] == "[":
                    self.attribute({})
                if tokens[self.i] == "=":
                    self.i += 1
                    if tokens[self.i] == "...":
                        self.i += 1
                        following, partial = "...", True
                    else:
                        following = self.expression()
                        if not isinstance(following, int):
                            self.fail(f"the value of enumerator {name!r} is no integer")
                names.append(name)
                values.append(following)
                before = constants.get(name)
                if not (type(before) is tuple and before[1][0] == "enum"):     # else only the C compiler can tell whether they differ
                    self.enter(constants, "constant", name, following if following != "..." else ("...", ("enum", key[5:]), "const"))
                following = following if following == "..." else following + 1
            if tokens[self.i] == ",":
                self.i += 1
            elif tokens[self.i] != "}":
                self.fail(f"expected ',' or '}}' after the enumerator {name!r}, got {tokens[self.i] or 'the end'!r}")
        self.i += 1
        if partial:                                    # only the C compiler knows what `...` stands for, and thus the values
            for name in names:
                constants[name] = "...", ("enum", key[5:]), "const"
        return names, values, partial


def item_of(type):
    while type[0] == "array":
        type = type[1]
    return type


def smallest(values):
    """The smallest integer type for the values of a packed enum."""
    low, high = min(values, default=0), max(values, default=0)
    for bits, name in ((8, "char"), (16, "short"), (32, "int")):
        if low >= 0 and high < 1 << bits:
            return f"unsigned {name}"
        if -(1 << bits - 1) <= low and high < 1 << bits - 1:
            return "signed char" if bits == 8 else name
    return "unsigned long" if low >= 0 else "long"
