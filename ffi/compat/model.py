"""cffi.model: the list of primitive types, which is what other projects look up in it."""

from ffi.model import CHARACTERS, COMPLEX, FLOATS, PRIMITIVES

Q_CONST, Q_RESTRICT, Q_VOLATILE = 1, 2, 4


class PrimitiveType:
    """Kinds of the primitive types: c character, i integer, f floating-point, j complex."""

    ALL_PRIMITIVE_TYPES = {name: "c" if name == "char" or name in CHARACTERS else "f" if name in FLOATS else "j" if name in COMPLEX else "i"
                           for name in sorted(PRIMITIVES)}

    def __init__(self, name):
        self.name = name
        self.kind = self.ALL_PRIMITIVE_TYPES[name]

    def is_char_type(self):
        return self.kind == "c"

    def is_integer_type(self):
        return self.kind == "i"

    def is_float_type(self):
        return self.kind == "f"

    def is_complex_type(self):
        return self.kind == "j"
