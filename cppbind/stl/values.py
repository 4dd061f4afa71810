"""std::optional and std::complex: truth, value, text."""

from cppbind.stl.methods import put


def optional(cls):
    put(cls, __bool__=lambda self: self._cpp != 0 and self.has_value(),
        __str__=lambda self: str(self.value()) if self else "nullopt")


def complex_(cls):
    put(cls, __complex__=lambda self: complex(self.real(), self.imag()), __repr__=lambda self: repr(complex(self)),
        __str__=lambda self: str(complex(self)), __hash__=lambda self: hash(complex(self)))
