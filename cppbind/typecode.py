"""Types of C++, from the codes that back-ends give (docs/cppbind.md, "Type codes")."""

from ffi.pattern import Pattern

# code: (C's name, bytes, smallest, largest) of the numbers; None where there is no such limit
NUMBERS = {
    "b": ("_Bool", 1, 0, 1), "c": ("signed char", 1, -128, 127), "a": ("signed char", 1, -128, 127), "h": ("unsigned char", 1, 0, 255),
    "B": ("signed char", 1, -128, 127), "U": ("unsigned char", 1, 0, 255), "w": ("int", 4, -2**31, 2**31 - 1),
    "Du": ("unsigned char", 1, 0, 255), "Ds": ("unsigned short", 2, 0, 2**16 - 1), "Di": ("unsigned int", 4, 0, 2**32 - 1),
    "s": ("short", 2, -2**15, 2**15 - 1), "t": ("unsigned short", 2, 0, 2**16 - 1), "i": ("int", 4, -2**31, 2**31 - 1),
    "j": ("unsigned int", 4, 0, 2**32 - 1), "l": ("long", 8, -2**63, 2**63 - 1), "m": ("unsigned long", 8, 0, 2**64 - 1),
    "x": ("long long", 8, -2**63, 2**63 - 1), "y": ("unsigned long long", 8, 0, 2**64 - 1),
    "f": ("float", 4, None, None), "d": ("double", 8, None, None), "e": ("double", 16, None, None),
}
OTHER = Pattern(r"\W")
KINDS = {"P": "pointer", "R": "reference", "O": "rvalue"}


class Type:
    """A type: `kind`, and what it is of.

    kind       | of, name, ...
    number     | name: its code, a key of NUMBERS
    void       |
    nullptr    |
    pointer, reference, rvalue | of: Type
    array      | of: Type; count: int or None
    class      | name
    enum       | of: Type of the integer; name
    function   | of: result; parameters: [Type]; variadic
    member     | of: Type; owner: Type of the class
    unknown    | name: as it is spelled
    """

    __slots__ = ("code", "kind", "const", "of", "name", "count", "parameters", "variadic", "owner")

    def __init__(self, code, kind, const=False, of=None, name="", count=None, parameters=(), variadic=False, owner=None):
        self.code, self.kind, self.const, self.of, self.name = code, kind, const, of, name
        self.count, self.parameters, self.variadic, self.owner = count, parameters, variadic, owner

    def __repr__(self):
        return f"<Type {self.code}>"

    @property
    def plain(self):
        """The code without the const of the type itself."""
        return self.code[1:] if self.const else self.code


def key_of(name):
    """The attribute of a class that says whose virtual function of a name its instances have (cross.py)."""
    return "_at_" + (name if name.isidentifier() else OTHER.sub(lambda match: f"_{ord(match.group()):x}_", name))


known = {}


def parse(code):
    """The Type of a code; the same for the same code."""
    found = known.get(code)
    if found is None:
        found, end = parse_at(code, 0)
        if end != len(code):
            raise ValueError(f"type code {code!r}: more after column {end}")
        known[code] = found
    return found


def parse_at(code, at):
    """(Type, where it ends)."""
    begin, const = at, False
    while code[at] in "KV":
        const = const or code[at] == "K"
        at += 1
    c = code[at]
    if c == "D":
        at += 1
        c += code[at]
    at += 1

    def made(kind, end, **more):
        return Type(code[begin:end], kind, const, **more), end
    if c in NUMBERS:
        return made("number", at, name=c)
    if c == "v":
        return made("void", at)
    if c == "Dn":
        return made("nullptr", at)
    if c in KINDS:
        of, end = parse_at(code, at)
        return made(KINDS[c], end, of=of)
    if c == "A":
        stop = code.index(";", at)
        of, end = parse_at(code, stop + 1)
        return made("array", end, of=of, count=int(code[at:stop]) if stop > at else None)
    if c == "C" or c == "?":
        stop = code.index(";", at)
        return made("class" if c == "C" else "unknown", stop + 1, name=code[at:stop])
    if c == "E":
        of, end = parse_at(code, at)
        stop = code.index(";", end)
        return made("enum", stop + 1, of=of, name=code[end:stop])
    if c == "F":
        of, end = parse_at(code, at)
        parameters = []
        while code[end] not in ";z":
            one, end = parse_at(code, end)
            parameters.append(one)
        variadic = code[end] == "z"
        return made("function", end + 1 + variadic, of=of, parameters=parameters, variadic=variadic)
    if c == "M":
        owner, end = parse_at(code, at)
        of, end = parse_at(code, end)
        return made("member", end, of=of, owner=owner)
    raise ValueError(f"type code {code!r}: {c!r} is no type")
