"""Declared types to the engine's: ``Types.of(("ptr", ("struct", "foo"), ""))`` is a ctype.

A struct's ctype is made when it is first needed and completed before anyone sees it; one that was opaque is completed when a later
cdef() declares its fields.
"""

from ffi import layout
from ffi.errors import CDefError, VerificationMissing

PACKED = 8                                 # the engine's flag


class Types:
    """The ctypes of one FFI."""

    def __init__(self, backend, found):
        self.backend, self.found = backend, found
        self.made, self.origins = {}, {}               # type -> ctype; "struct tag" -> (the Types that declares it, its type there)
        self.completing = set()                        # structs whose fields are being looked at
        self.waiting, self.opaque, self.added = [], {}, []     # structs whose fields are to be told to the engine; those that have none so far

    def update(self, found):
        """What a further cdef() has found."""
        self.found = found
        for key, type in list(self.opaque.items()):
            if found.aggregates.get(key) is not None:
                del self.opaque[key]
                self.complete(type)
        self.settle()

    def of(self, type):
        """The ctype, complete; what cannot be made leaves nothing behind."""
        made = self.made.get(type)
        if made is not None:
            return made
        added, self.added = self.added, []
        try:
            made = self.build(type)
            self.settle()
        except BaseException:
            for one in self.added:
                self.made.pop(one, None)
            self.waiting.clear()
            raise
        finally:
            self.added = added
        return made

    def settle(self):
        while self.waiting:
            self.complete(self.waiting.pop())

    def build(self, type):
        made = self.made.get(type)
        if made is None:
            made = BUILD[type[0]](self, type)
            self.made[type] = made
            self.added.append(type)
            if type[0] in ("struct", "union"):
                self.queue(type)
        return made

    def queue(self, type):
        key = f"{type[0]} {type[1]}"
        if key in self.origins:
            return
        if self.found.aggregates.get(key) is None:
            self.opaque[key] = type
        else:
            self.waiting.append(type)

    # ---- one method a kind of type ------------------------------------------------------------------------------

    def void(self, type):
        return self.backend.new_void_type()

    def prim(self, type):
        return self.backend.new_primitive_type(type[1])

    def ptr(self, type):
        to = type[1]
        if to[0] == "func":
            return self.build(to)                      # the engine's function types are pointers
        if type[2]:
            return self.build(("ptr", to, ""))
        return self.backend.new_pointer_type(self.build(to))

    def array(self, type):
        if isinstance(type[2], str):
            raise CDefError(f"cannot render the type {self.found.declaration(type)!r}: unknown length")
        self.whole(type[1])
        return self.backend.new_array_type(self.build(("ptr", type[1], "")), type[2])

    def func(self, type):
        kind, result, arguments, ellipsis, abi = type
        inside = self.completing.intersection((result, *arguments))
        if inside:
            raise NotImplementedError(f"{self.found.c_name(inside.pop())} has a pointer to a function that takes or gives the struct itself by value, which "
                                      "the engine cannot describe: declare that field as `void *` and cast it")
        made, *types = [self.whole(a) for a in (result, *arguments)]
        more = (self.backend.FFI_STDCALL,) if abi and hasattr(self.backend, "FFI_STDCALL") else ()
        return self.backend.new_function_type(tuple(types), made, ellipsis, *more)

    def aggregate(self, type):
        key = f"{type[0]} {type[1]}"
        if key in self.origins:
            types, there = self.origins[key]
            return types.of(there)
        new = self.backend.new_struct_type if type[0] == "struct" else self.backend.new_union_type
        return new(self.found.c_name(type))

    def enum(self, type):
        key = f"enum {type[1]}"
        if key in self.origins:
            types, there = self.origins[key]
            return types.of(there)
        content = self.found.enums.get(key)
        names, values = content[:2] if content else ((), ())
        if not names:
            import warnings
            warnings.warn(f"'{self.found.c_name(type)}' has no values explicitly defined; guessing that it is equivalent to 'unsigned int'",
                          stacklevel=6)
        if content and (content[3] or "..." in values):
            raise VerificationMissing(self.found.c_name(type))
        return self.backend.new_enum_type(self.found.c_name(type), tuple(names), tuple(values), self.build(layout.enum_base(self.found, type)))

    def some(self, type):
        raise NotImplementedError(f"{'integer' if type[2] == 'int' else 'float'} type '{type[1]}' can only be used after compilation")

    def blob(self, type):
        name, size, alignment = type[1:]
        made = self.backend.new_struct_type(name)
        data = self.build(("array", ("prim", "unsigned char"), size))
        self.backend.complete_struct_or_union(made, [("bytes", data, -1, 0)], None, size, alignment)
        return made

    # ---- fields --------------------------------------------------------------------------------------------------

    def whole(self, type):
        """The ctype of what is used by value: a struct is completed at once."""
        made = self.build(type)
        if type in self.waiting:
            self.waiting.remove(type)
            self.complete(type)
        return made

    def complete(self, type):
        found, key = self.found, f"{type[0]} {type[1]}"
        fields, options = found.aggregates[key]
        if options.get("partial"):
            return self.partial(type)
        if any(field[1][0] == "array" and isinstance(field[1][2], str) for field in fields):
            return self.partial(type)
        self.completing.add(type)
        try:
            types = [self.whole(field[1]) for field in fields]
        finally:
            self.completing.discard(type)
        made = self.made[type]
        if layout.is_special(found, type):
            places, size, alignment = layout.aggregate(found, type)
            told = [(f[0], t, -1, bit // 8) if f[2] < 0 else self.bit_field(made, f, t, bit, size)
                    for f, t, bit in zip(fields, types, places) if f[2] < 0 or f[0]]
            self.backend.complete_struct_or_union(made, told, None, size, alignment)
            return
        told = [(f[0], t, f[2]) for f, t in zip(fields, types)]
        flags = (PACKED,) if "packed" in options else (0, options["pack"]) if "pack" in options else ()
        self.backend.complete_struct_or_union(made, told, None, -1, -1, *flags)

    def bit_field(self, made, field, type, bit, whole):
        """A bit field as the engine can be told where it is: an anonymous struct with just this one, after as many bits as it needs."""
        name, declared, bits = field[:3]
        size, signed = layout.integer(self.found, declared)
        if bits == 64 and bit % 8 == 0:                 # the engine reads bit fields of 64 bits wrongly
            return name, type, -1, bit // 8
        found = layout.unit_of_bits(bit, bits, (size, 1, 2, 4, 8), whole)
        if found is None:
            raise NotImplementedError(f"field {name!r} of {made.cname!r}: {bits} bits from bit {bit % 8} on, and no integer of 1, 2, 4 or 8 bytes that has "
                                      f"them is all inside the {whole} bytes of the struct; declare an array of unsigned char instead")
        start, unit, shift = found
        if unit != size:
            type = self.build(("prim", f"{'' if signed else 'u'}int{unit * 8}_t"))
        single = self.backend.new_struct_type(f"{made.cname}.{name}")
        self.backend.complete_struct_or_union(single, [("", type, shift)] * (shift > 0) + [(name, type, bits)], None, unit)
        return "", single, -1, start

    def partial(self, type):
        raise VerificationMissing(self.found.c_name(type))


BUILD = {"void": Types.void, "prim": Types.prim, "ptr": Types.ptr, "array": Types.array, "func": Types.func, "struct": Types.aggregate,
         "union": Types.aggregate, "enum": Types.enum, "some": Types.some, "blob": Types.blob}
