"""std::optional, std::variant and std::complex: truth, value, text."""

from cppbind.stl.methods import give, put


def optional(cls):
    put(cls, __bool__=lambda self: self._cpp != 0 and self.has_value(),
        __str__=lambda self: str(self.value()) if self else "nullopt")


def complex_(cls):
    """The parts are properties, as Python's are; C++'s methods `__cpp_real` and `__cpp_imag`."""
    from cppbind import complexes
    from cppbind.typecode import parse
    code = complexes.part(parse(f"C{cls._record.name};"))
    if code is None:
        return
    pointer = complexes.pointer_to(code)
    for index, name in enumerate(("real", "imag")):
        type.__setattr__(cls, f"__cpp_{name}", cls.__dict__[name])
        get = give(cls, f"_get_{name}(self)", [f"return cast(pointer, p)[{index}]"], pointer=pointer)
        set = give(cls, f"_set_{name}(self, value)", [f"cast(pointer, p)[{index}] = value"], pointer=pointer)
        type.__setattr__(cls, name, property(get, set))
    put(cls, __complex__=lambda self: complex(self.real, self.imag), __repr__=lambda self: repr(complex(self)),
        __str__=lambda self: str(complex(self)), __hash__=lambda self: hash(complex(self)))
