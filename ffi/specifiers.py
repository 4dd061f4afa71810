"""What a declaration begins with: type words, qualifiers, storage classes, attributes."""

from ffi import layout
from ffi.common import COMMON, PRIMITIVE_WORDS
from ffi.expressions import STRING, NotConstant
from ffi.model import INT
from ffi.words import ATTRIBUTES, QUALIFIERS, SAME, STORAGE, TAGGED, TYPEOF, WORDS, with_qual


class Specifiers:
    """The part of the parser that reads the specifiers."""

    def specifiers(self):
        """(type or None, quals, storage words, attributes) of what a declaration begins with."""
        tokens, typedefs = self.tokens, self.found.typedefs
        words, quals, storage, attributes, type = None, "", None, {}, None
        while True:
            token = tokens[self.i]
            if token in WORDS and not (token == "bool" and (words is not None or token in typedefs)):
                if type is not None:
                    break
                token = SAME.get(token, token)
                words = token if words is None else f"{words} {token}"
                self.i += 1
            elif token in QUALIFIERS:
                if token == "_Atomic" and tokens[self.i + 1] == "(":
                    self.i += 2
                    type, more = self.type_name()
                    self.expect(")")
                    continue
                quals = with_qual(quals, QUALIFIERS[token])
                self.i += 1
            elif token in STORAGE and not (token in typedefs and type is None and words is None):
                storage = [token] if storage is None else [*storage, token]
                self.i += 1
            elif token in TAGGED and (token != "class" or type is None and words is None):
                if type is not None or words is not None:
                    self.fail(f"two types in one declaration: {token!r}")
                type = self.enumeration(attributes) if token == "enum" else self.aggregate(token)
            elif token in ATTRIBUTES or token == "[" and tokens[self.i + 1] == "[":
                self.attribute(attributes)
            elif token in TYPEOF:
                type, quals = self.type_of_expression(quals)
            elif type is None and words is None:
                if token == "_BitInt":
                    type = self.bit_int()
                    continue
                if token == "..." and storage and "typedef" in storage:
                    return self.opaque(quals, storage, attributes)
                if token == "auto" or not token or not (token[0].isidentifier() or token[0] == "$"):
                    break
                known = typedefs.get(token)
                if known is None:
                    known = self.common(token)
                    if known is None:
                        break
                self.i += 1
                if token in self.found.alignments:
                    attributes["typedef"] = self.found.alignments[token]
                type, more = known
                if more:
                    quals = with_qual(quals, more)
            else:
                break
        if words is not None:
            if " " in words:
                words = " ".join(sorted(words.split()))
            type = PRIMITIVE_WORDS.get(words)
            if type is None:
                self.fail(f"no type is called {words!r}")
            if words == "unsigned" and tokens[self.i] == "_BitInt":
                type = self.bit_int()
            if tokens[self.i] == "..." and storage and "typedef" in storage:
                type = self.some_number(type)
        elif type is None and storage and "constexpr" in storage:
            type = INT
        return type, quals, storage, attributes

    def common(self, name):
        """Types that are known without a declaration: those of <stdint.h>, <stddef.h>, FILE, and the system's."""
        known = COMMON.get(name)
        if known is None:
            return None
        if known[0][0] in ("struct", "union") and f"{known[0][0]} {known[0][1]}" not in self.found.aggregates:
            self.found.aggregates[f"{known[0][0]} {known[0][1]}"] = None
        return known

    def opaque(self, quals, storage, attributes):
        """typedef ... name; and typedef ... *name;"""
        self.i += 1
        stars = 0
        while self.tokens[self.i + stars] == "*":
            stars += 1
        name = self.tokens[self.i + stars]
        tag = ("$$" if stars else "$") + name
        self.found.aggregates.setdefault(f"struct {tag}", None)
        if not stars:
            self.found.names[f"struct {tag}"] = name
        return ("struct", tag), quals, storage, attributes

    def some_number(self, type):
        """typedef int... name; typedef float... name;"""
        self.i += 1
        if type[0] != "prim" or type[1] not in ("int", "float", "double", "long", "short", "char", "unsigned int", "long long", "unsigned long",
                                                "unsigned long long", "signed char", "unsigned char", "unsigned short"):
            self.fail(f"`...` after {type[-1]!r}: only integers and float can be left to the C compiler")
        return "some", self.tokens[self.i], "float" if type[1] in ("float", "double") else "int"

    def bit_int(self):
        self.i += 1
        self.expect("(")
        bits = self.expression()
        self.expect(")")
        size = 1
        while size * 8 < bits and size < 8:
            size *= 2
        if size * 8 < bits:
            size = -(-bits // 64) * 8
        return "blob", f"_BitInt({bits})", size, min(size, 8)

    def type_of_expression(self, quals):
        self.i += 1
        self.expect("(")
        token = self.tokens[self.i]
        if self.begins_type(token):
            type, more = self.type_name()
        else:
            variable = self.found.variables.get(token) or self.found.functions.get(token)
            if variable is not None and self.tokens[self.i + 1] == ")":
                self.i += 1
                type, more = variable[0], ""
            else:
                value, rank = self.expression(ranked=True)
                if rank == STRING:
                    type = ("array", ("prim", "char"), len(value) + 1)
                else:
                    type = ("prim", ("int", "unsigned int", "long", "unsigned long", "double")[rank])
                more = ""
        self.expect(")")
        return type, with_qual(quals, more)

    def begins_type(self, token):
        return token in WORDS or token in TAGGED or token in QUALIFIERS or token in self.found.typedefs or token in TYPEOF or token == "_BitInt" \
            or token in COMMON and token not in self.found.constants and token not in self.found.variables

    def type_name(self):
        """(type, quals) of a type without a name, as in a cast."""
        base, quals, storage, attributes = self.specifiers()
        if base is None:
            self.unknown_type(self.i)
        name, type, quals = self.declarator(base, quals, attributes)
        if name:
            self.fail(f"a name was not expected here: {name!r}")
        return type, quals

    def attribute(self, attributes):
        """One __attribute__((...)), [[...]], __declspec(...), _Alignas(...) or asm label; what matters goes into `attributes`."""
        token, start = self.tokens[self.i], self.i
        if token in ("_Alignas", "alignas"):
            self.i += 1
            self.expect("(")
            value = self.alignment()
            self.expect(")")
            attributes["aligned"] = max(value, attributes.get("aligned", 0))
            return
        self.i += 1
        if token != "[":
            while self.tokens[self.i] in ("volatile", "__volatile__"):
                self.i += 1
            if self.tokens[self.i] != "(":
                self.fail(f"expected '(' after {token!r}")
            self.skip_brackets()
        else:
            self.i -= 1
            self.skip_brackets()
        end, self.i = self.i, start + 1
        if token in ("asm", "__asm__", "__asm"):
            self.i += 1
            try:
                label = self.expression()
                attributes["label"] = label.decode()
            except (NotConstant, AttributeError):
                pass
        else:
            self.attribute_words(attributes, end)
        self.i = end

    def attribute_words(self, attributes, end):
        tokens = self.tokens
        while self.i < end:
            word = tokens[self.i].strip("_")
            self.i += 1
            if not word or word in "()[],":
                continue
            argument = tokens[self.i] == "("
            if word in ("packed", "gnu_packed"):
                attributes["packed"] = True
            elif word in ("aligned", "align", "vector_size"):
                value = 16
                if argument:
                    self.i += 1
                    value = self.alignment()
                attributes["aligned" if word == "align" else word] = value if word == "vector_size" else max(value, attributes.get("aligned", 0))
            elif word == "mode" and argument:
                attributes["mode"] = tokens[self.i + 1]
            elif word in ("stdcall",):
                attributes["abi"] = "__stdcall"
            elif argument:
                self.skip_brackets()

    def alignment(self):
        if self.begins_type(self.tokens[self.i]):
            type, quals = self.type_name()
            return layout.align(self.found, type)
        return self.expression()
