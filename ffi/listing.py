"""What is declared, as C text and Python values: no library is needed, and nothing is loaded."""


class Listing:
    """Mixed into `FFI`."""

    def list_functions(self):
        """{name: C declaration} of the functions: {"puts": "int puts(const char *)"}."""
        found = self._found
        return {name: found.declaration(found.functions[name][0], name) for name in sorted(found.functions)}

    def list_globals(self):
        """{name: C declaration} of the variables: {"environ": "char **environ"}."""
        found = self._found
        return {name: found.declaration(type, name, quals) for name, (type, quals, options) in sorted(found.variables.items())}

    def list_constants(self):
        """{name: value} of enumerators, constant macros and `static const`: int, float, bytes or str; None if only the C compiler knows it."""
        return {name: None if type(value) is tuple else value for name, value in sorted(self._found.constants.items())}

    def list_fields(self, cdecl):
        """{name: C declaration} of the fields of a struct or union, None if it is opaque; anonymous members' fields are its own.

        ffi.typeof(cdecl).fields has offsets and ctypes.
        """
        from ffi.types import simple
        type = simple(self._found, cdecl) or self._parse_type(cdecl)[0]
        if type[0] == "ptr":
            type = type[1]
        if type[0] not in ("struct", "union"):
            raise TypeError(f"list_fields() expects a struct or union, not {cdecl!r}")
        content = self._found.aggregates.get(f"{type[0]} {type[1]}")
        return content and dict(self._fields_of(content[0]))

    def _fields_of(self, fields):
        found = self._found
        for name, type, bits, quals, *rest in fields:
            if name:
                yield name, found.declaration(type, name, quals) + (f" : {bits}" if bits >= 0 else "")
            elif type[0] in ("struct", "union") and found.aggregates.get(f"{type[0]} {type[1]}"):
                yield from self._fields_of(found.aggregates[f"{type[0]} {type[1]}"][0])

    def dtype(self, cdecl):
        """The numpy dtype of a type, which sees its memory without a copy: see `ffi.dtype`."""
        from ffi.numpy_types import dtype
        return dtype(self.typeof(cdecl))
