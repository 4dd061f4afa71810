"""FFI.cdef_headers(): declarations out of the system's own headers.

    headers --cc -E--> text with markers --HeaderParser--> all declarations --selected--> those of the library, and what they need
"""

from ffi.errors import CDefError, FFIError
from ffi.expressions import NotConstant
from ffi.lexer import DIRECTIVE, TOKEN, Tokens
from ffi.model import VOID, Declarations
from ffi.parser import Parser
from ffi.origins import Origins
from ffi.preprocess import preprocess
from ffi.words import Problem


def read(headers, include_dirs, define, only):
    """(Declarations, files that were read) of the headers' library."""
    text, roots = preprocess(headers, include_dirs, define)
    origins = Origins(text, headers, roots)
    parser = HeaderParser(origins)
    parser.parse(text)
    return selected(parser, matcher(only)), origins.files()


def matcher(only):
    """A function that tells whether a name is wanted: `only` is None, a glob or several."""
    if only is None:
        return lambda name: True
    from fnmatch import fnmatchcase
    globs = [only] if isinstance(only, str) else list(only)
    return lambda name: any(fnmatchcase(name, glob) for glob in globs)


class Preprocessed(Tokens):
    """The tokens of preprocessed text: macros are noted, but replaced already."""

    def read_directives(self):
        self.list, self.offsets = [], []
        start, text = 0, self.text
        for m in DIRECTIVE.finditer(text):
            self.add(start, m.start())
            start = m.end()
            word, rest = m.group(1), m.group(2).strip()
            if word == "define":
                self.define(rest, m.start())
            elif word == "undef":
                self.macros.pop(rest, None)
            elif word == "pragma" and rest.startswith("pack"):
                self.pragma(rest, m.start())
        self.add(start, len(text))

    def add(self, start, end):
        if end - start > 1:
            for m in TOKEN.finditer(self.text, start, end):
                if m.group(1):
                    self.list.append(m.group(1))
                    self.offsets.append(m.start(1))


class HeaderParser(Parser):
    """Notes which declarations come from the library's own files; an error in another's is no error."""

    def __init__(self, origins):
        super().__init__(override=True)
        self.origins, self.own = origins, True
        self.taken, self.taken_types, self.ordinals = set(), set(), {}

    def parse(self, text, name="<headers>"):
        self.source = Preprocessed(text, name, self.found.macros)
        self.tokens = [*self.source.list, "", "", ""]
        self.source.offsets += [len(text)] * 3
        self.i, problems = 0, []
        while self.tokens[self.i] and len(problems) < 20:
            start = self.i
            try:
                self.external()
            except (Problem, NotConstant, FFIError) as problem:
                if self.own:
                    problems.append(self.located(str(problem), getattr(problem, "i", self.i)))
                self.skip_declaration(start)
        if problems:
            raise CDefError("\n".join(problems))
        self.name_macros()
        return self.found

    def external(self):
        self.own = self.origins.is_own(self.source.offsets[self.i])
        super().external()

    def fresh_tag(self):
        """A tag that depends on the place alone: the same header, read again or by way of another, declares the same struct."""
        from binascii import crc32
        path, line = self.origins.line(self.source.offsets[self.i])
        place = crc32(path.encode(errors="surrogateescape")) << 32 | line << 8
        self.ordinals[place] = ordinal = self.ordinals.get(place, -1) + 1
        return f"${place + ordinal}"

    def enter(self, table, kind, name, value):
        super().enter(table, kind, name, value)
        self.take(name)

    def typedef(self, name, type, quals):
        super().typedef(name, type, quals)
        self.take(name)

    def constant(self, name, value):
        super().constant(name, value)
        self.take(name)

    def take(self, name):
        if self.own:
            self.taken.add(name)

    def aggregate(self, kind):
        made = super().aggregate(kind)
        if self.own and self.found.aggregates[f"{made[0]} {made[1]}"] is not None:
            self.taken_types.add(f"{made[0]} {made[1]}")
        return made

    def enumeration(self, attributes):
        made = super().enumeration(attributes)
        if self.own:
            self.taken_types.add(f"enum {made[1]}")
        return made

    # ---- macros ------------------------------------------------------------------------------------------------------

    def name_macros(self):
        """The library's macros: constants, other names of functions, variables and types; all are kept for the C compiler."""
        found = self.found
        own = {name for name, offset in self.source.defined if name in found.macros and self.origins.is_own(offset)}
        self.own = True
        for name in sorted(own):
            parameters, body = found.macros[name]
            self.take(name)
            if parameters is not None or not body or name in found.typedefs:
                continue
            expanded = stripped(self.source.expand(list(body), (name,)))
            value = self.evaluate_macro(name)
            if value is None:
                self.alias(name, expanded)
            elif not self.casts_to_pointer(expanded):
                self.constant(name, value)
            elif expanded[0] == "(" and not self.casts_to_pointer(expanded[1:]):       # ((handler_t) 0)
                self.constant(name, ("...", self.type_at(expanded[1:]), "const", value))

    def casts_to_pointer(self, tokens):
        for i, token in enumerate(tokens):
            if token == "(" and self.begins_type(tokens[i + 1]) and self.type_at(tokens[i + 1:])[0] == "ptr":
                return True
        return False

    def type_at(self, tokens):
        """The type that begins `tokens`, VOID if none does."""
        saved = self.tokens, self.i
        self.tokens, self.i = [*tokens, "", "", ""], 0
        try:
            return self.type_name()[0]
        except (Problem, NotConstant, FFIError):
            return VOID
        finally:
            self.rest = self.tokens[self.i]
            self.tokens, self.i = saved

    def alias(self, name, body):
        found = self.found
        if len(body) == 1 and body[0] != name:
            for table in (found.functions, found.variables):
                target = table.get(body[0])
                if target is not None and name not in table:
                    table[name] = (*target[:-1], {"label": body[0], **target[-1]})
                    return
        if body and self.begins_type(body[0]):
            type = self.type_at(body)
            if type != VOID and not self.rest:
                found.typedefs[name] = type, ""


def stripped(tokens):
    """Tokens of an expression without the parentheses around the whole of it."""
    while len(tokens) > 2 and tokens[0] == "(" and tokens[-1] == ")":
        depth = 0
        for token in tokens[1:-1]:
            depth += (token == "(") - (token == ")")
            if depth < 0:
                return tokens
        tokens = tokens[1:-1]
    return tokens


# ---- what is wanted --------------------------------------------------------------------------------------------------------

def selected(parser, wanted):
    """The declarations of the library's own files whose names are `wanted`, and the types that they need."""
    found, made = parser.found, Declarations()
    for table in ("typedefs", "functions", "variables", "constants", "macros"):
        source = getattr(found, table)
        setattr(made, table, {name: value for name, value in source.items() if name in parser.taken and wanted(name)})
    needs = Needs(found, made)
    for key in parser.taken_types:
        tag = key.split(" ", 1)[1]
        if tag[0] != "$" and wanted(tag):
            needs.add(tuple(key.split(" ", 1)))
        elif key.startswith("enum ") and found.enums[key] and any(n in made.constants for n in found.enums[key][0]):
            needs.add(("enum", tag))
    for table in (made.typedefs, made.functions, made.variables):
        for value in list(table.values()):
            needs.add(value[0])
    for value in made.constants.values():
        if type(value) is tuple:
            needs.add(value[1])
    for name, (meant, quals) in found.typedefs.items():    # the names by which C calls these types
        while meant[0] == "ptr":
            meant = meant[1]
        if name in parser.taken and meant[0] in ("struct", "union", "enum") and (
                f"{meant[0]} {meant[1]}" in (made.enums if meant[0] == "enum" else made.aggregates)):
            made.typedefs.setdefault(name, found.typedefs[name])
    for name in ("aggregates", "enums"):               # in the order of the source
        table = getattr(made, name)
        setattr(made, name, {key: table[key] for key in getattr(found, name) if key in table})
    return made


class Needs:
    """Takes types over from one `Declarations` into another, with all that they are made of."""

    def __init__(self, found, made):
        self.found, self.made = found, made

    def add(self, type):
        waiting = [type]
        while waiting:
            type = waiting.pop()
            kind = type[0]
            if kind in ("ptr", "array"):
                waiting.append(type[1])
            elif kind == "func":
                waiting += type[1], *type[2]
            elif kind in ("struct", "union", "enum"):
                waiting += self.tagged(f"{kind} {type[1]}", kind)

    def tagged(self, key, kind):
        """Take a struct, union or enum; the types of its fields."""
        found, made = self.found, self.made
        source, table = (found.enums, made.enums) if kind == "enum" else (found.aggregates, made.aggregates)
        if key in table:
            return ()
        content = table[key] = source.get(key)
        name = found.names.get(key)
        if name is not None:
            made.names[key] = name
            made.typedefs[name] = found.typedefs[name]
        if content is None:
            return ()
        return (content[2],) * (content[2] is not None) if kind == "enum" else [field[1] for field in content[0]]
