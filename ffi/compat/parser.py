"""`FFI._parser`: undocumented in cffi, and yet programs look into it for the names that are declared."""

from ffi.compat.model import Q_CONST, Q_RESTRICT, Q_VOLATILE

QUALIFIERS = {"const": Q_CONST, "restrict": Q_RESTRICT, "volatile": Q_VOLATILE}


class Parser:
    """What is declared, as {"function puts": (type, qualifiers)}; types are those of `ffi.model`."""

    def __init__(self, ffi):
        self.ffi = ffi

    @property
    def _declarations(self):
        found = self.ffi._found
        made = {f"typedef {name}": (type, bits(quals)) for name, (type, quals) in found.typedefs.items()}
        for key in (*found.aggregates, *found.enums):
            kind, tag = key.split(" ", 1)
            if tag[0] != "$":
                made[key] = (kind, tag), 0
            elif key in found.names:
                made[f"anonymous {found.names[key]}"] = (kind, tag), 0
        for name, (type, options) in found.functions.items():
            kind = {"Python": "extern_python", "embedding": "dllexport_python", None: "function"}.get(options.get("python"), "extern_python_plus_c")
            made[f"{kind} {name}"] = type, 0
        for name, (type, quals, options) in found.variables.items():
            made[f"{'constant' if 'const' in quals.split() else 'variable'} {name}"] = type, bits(quals)
        for name, value in found.constants.items():
            if not isinstance(value, tuple) or name in found.macros:
                made[f"macro {name}"] = value, 0
            elif value[1][0] != "enum":
                made[f"constant {name}"] = value[1], bits(value[2])
        return made

    def parse_type_and_quals(self, text):
        """(type, qualifiers) of a type's text."""
        type, quals = self.ffi._parse_type(text)
        return type, bits(quals)

    def parse_type(self, text):
        return self.parse_type_and_quals(text)[0]


def bits(quals):
    return sum(QUALIFIERS[word] for word in quals.split())
