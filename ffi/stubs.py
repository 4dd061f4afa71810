"""`.pyi` stubs: what a module's FFI and lib have, for type checkers and editors.

    python -m ffi stubs MODULE [FILE]

Works on modules that hold an `FFI` and what its dlopen() returned, and on compiled ones (`ffi` and `lib`).  Every type comes from the
engine's ctypes, so that both kinds of module look the same.  A struct's class stands for the struct and for a pointer to it, as its cdata
do; any `CData` may be NULL.
"""

import keyword

from ffi.api import FFI
from ffi.engine import CData, engine, fields_of
from ffi.errors import FFIError
from ffi.library import Library
from ffi.model import INTEGERS

HEAD = '''"""Written by `python -m ffi stubs {module}`."""

import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, Literal, TypeVar, overload

T = TypeVar("T")


class CType:
    cname: str
    kind: str
    def __getattr__(self, name: str) -> Any: ...


class CData:
    def __bool__(self) -> bool: ...
    def __int__(self) -> int: ...
    def __float__(self) -> float: ...
    def __enter__(self) -> "CData": ...
    def __exit__(self, *error: object) -> None: ...


class Pointer(CData, Generic[T]):
    """A pointer or an array."""
    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> "Pointer[T]": ...
    def __setitem__(self, index: int | slice, value: Any) -> None: ...
    def __add__(self, n: int) -> "Pointer[T]": ...
    def __sub__(self, other: Any) -> Any: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[T]: ...
'''
METHODS = '''    NULL: Any
    error: type[Exception]
    errno: int
    def addressof(self, cdata: Any, *fields_or_indexes: str | int) -> Any: ...
    def alignof(self, cdecl: str | CType) -> int: ...
    def buffer(self, cdata: CData, size: int = ...) -> Any: ...
    def callback(self, cdecl: str | CType, python_callable: Any = ..., error: Any = ..., onerror: Any = ...) -> Any: ...
    def from_buffer(self, *arguments: Any, require_writable: bool = ...) -> Any: ...
    def from_handle(self, x: CData) -> Any: ...
    def gc(self, cdata: Any, destructor: Callable[[Any], Any] | None, size: int = ...) -> Any: ...
    def getctype(self, cdecl: str | CType, replace_with: str = ...) -> str: ...
    def memmove(self, dest: Any, src: Any, n: int) -> None: ...
    def new_handle(self, x: Any) -> Any: ...
    def offsetof(self, cdecl: str | CType, *fields_or_indexes: str | int) -> int: ...
    def release(self, cdata: CData) -> None: ...
    def sizeof(self, cdecl: str | CType | CData) -> int: ...
    def string(self, cdata: CData, maxlen: int = ...) -> Any: ...
    def typeof(self, cdecl: Any) -> CType: ...
    def unpack(self, cdata: CData, length: int) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...
'''
FLOATS = {"float", "double", "long double"}
WIDE = {"wchar_t", "char16_t", "char32_t"}
BUILTINS = {"int", "float", "bytes", "str", "bool", "complex", "property"}
RESERVED = BUILTINS | {"Any", "CData", "CType", "Callable", "FFI", "Final", "Generic", "Iterator", "Literal", "Pointer", "Sequence", "T", "builtins",
                       "overload", "object", "type", "slice", "Exception"}


def stub(module):
    """The text of a module's stub.  Raises TypeError if the module has no FFI."""
    ffis = {name: value for name, value in vars(module).items() if isinstance(value, (FFI, engine.FFI))}
    libs = {name: value for name, value in vars(module).items() if isinstance(value, (Library, engine.Lib))}
    if not ffis:
        raise TypeError(f"module {module.__name__!r} has no FFI object: stubs are made of modules that hold one, and its lib")
    writer = Writer(next(iter(ffis.values())))
    classes = {name: writer.lib(value) for name, value in libs.items()}
    lines = [HEAD.format(module=module.__name__), *writer.structs(), "\n\nclass FFI:", *writer.makers(), METHODS]
    for name in ffis:
        lines.append(f"\n{name}: FFI")
    for name, members in classes.items():
        lines += [f"\n\nclass Lib_{name}:", *(members or ["    pass"]), f"\n\n{name}: Lib_{name}"]
    return "\n".join(lines) + "\n"


class Writer:
    """Writes the classes of one FFI's types."""

    def __init__(self, ffi):
        self.ffi = ffi
        self.classes, self.names, self.waiting = {}, set(RESERVED), []       # struct ctype -> class name
        self.prefix = ""                               # of int, bytes, ...: "builtins." in a class that has fields of such names
        typedefs, structs, unions = ffi.list_types()
        self.texts = [*typedefs, *(f"struct {n}" for n in structs), *(f"union {n}" for n in unions)]

    # ---- types -----------------------------------------------------------------------------------------------------------

    def gives(self, ctype):
        """The Python type of a value that comes from C."""
        kind, name = ctype.kind, ctype.cname
        if kind == "void":
            return "None"
        if kind == "enum":
            return self.prefix + "int"
        if kind == "primitive":
            return self.prefix + self.primitive(name)
        if kind in ("struct", "union"):
            return f'"{self.class_of(ctype)}"'
        if kind == "function":
            return f"Callable[{'...' if ctype.ellipsis else [Name(self.takes(a)) for a in ctype.args]}, {self.gives(ctype.result)}]"
        item = ctype.item
        if kind == "pointer" and item.kind in ("struct", "union"):
            return f'"{self.class_of(item)}"'
        return "CData" if item.kind == "void" else f"Pointer[{self.gives(item)}]"

    def takes(self, ctype):
        """The Python types that a parameter or field accepts."""
        kind = ctype.kind
        given = self.gives(ctype)
        if kind == "function":
            return "CData"
        if kind not in ("pointer", "array"):
            return given
        item = ctype.item
        if item.kind == "primitive" and item.cname in ("char", "unsigned char", "signed char", "uint8_t", "int8_t"):
            return f"{self.prefix}bytes | CData"
        if kind == "pointer" and item.kind in ("struct", "union"):
            return given
        return "CData" if item.kind in ("void", "function") else f"CData | Sequence[{self.gives(item)}]"

    def primitive(self, name):
        if name == "_Bool":
            return "bool"
        if name == "char":
            return "bytes"
        if name in INTEGERS:
            return "int"
        return "float" if name in FLOATS else "str" if name in WIDE else "complex"

    def class_of(self, ctype):
        """The name of a struct's class."""
        known = self.classes.get(ctype)
        if known is None:
            known = "".join(c if c.isalnum() else "_" for c in ctype.cname.removeprefix("struct ").removeprefix("union "))
            while known in self.names or keyword.iskeyword(known) or not known.isidentifier():
                known = f"{ctype.kind}_{known}"
            self.classes[ctype] = known
            self.names.add(known)
            self.waiting.append(ctype)
        return known

    # ---- classes ---------------------------------------------------------------------------------------------------------

    def structs(self):
        """The lines of all struct classes, those only reached by fields included."""
        for text in self.texts:
            ctype = self.typeof(text)
            if ctype is not None and ctype.kind in ("struct", "union"):
                self.class_of(ctype)
        lines = []
        while self.waiting:
            ctype = self.waiting.pop(0)
            name = self.classes[ctype]
            fields = [(n, k) for n, k in self.fields(ctype) if n.isidentifier() and not keyword.iskeyword(n)]
            self.prefix = "" if BUILTINS.isdisjoint(n for n, k in fields) else "builtins."
            lines += [f"\n\nclass {name}(CData):", f'    """{ctype.cname}{"" if fields_of(ctype) is not None else ", opaque"}"""']
            for field, kind in fields:
                given, taken = self.gives(kind), self.takes(kind)
                if given == taken:
                    lines.append(f"    {field}: {given}")
                else:
                    lines += [f"    @{self.prefix}property", f"    def {field}(self) -> {given}: ...", f"    @{field}.setter",
                              f"    def {field}(self, value: {taken}) -> None: ..."]
            lines.append(f'    def __getitem__(self, index: {self.prefix}int) -> "{name}": ...')
        self.prefix = ""
        return lines

    def fields(self, ctype):
        for name, field in fields_of(ctype) or ():
            if name:
                yield name, field.type
            elif field.type.kind in ("struct", "union"):
                yield from self.fields(field.type)

    def typeof(self, text):
        try:
            return self.ffi.typeof(text)
        except (FFIError, NotImplementedError, engine.FFI.error, TypeError):      # what the compiler knows, or the engine cannot have
            return None

    def makers(self):
        """new() and cast() with the types that the module names."""
        lines = []
        for method, arguments in (("new", "init: Any = ..."), ("cast", "source: Any")):
            for text in self.texts:
                ctype = self.typeof(text)
                if ctype in self.classes and (method == "cast" or fields_of(ctype) is not None):
                    lines += ["    @overload", f'    def {method}(self, cdecl: Literal["{text} *"], {arguments}) -> {self.classes[ctype]}: ...']
            prefix = ["    @overload"] if lines and f"def {method}(" in lines[-1] else []
            lines += [*prefix, f"    def {method}(self, cdecl: str | CType, {arguments}) -> Any: ..."]
        return lines

    def lib(self, lib):
        """The lines of a lib's class."""
        lines = []
        for name in sorted({*dir(lib)}):
            if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__"):
                continue
            try:
                line = self.member(lib, name)
            except (AttributeError, FFIError, NotImplementedError, engine.FFI.error):      # not in this library
                continue
            lines.append(f"    {line}")
        return lines

    def member(self, lib, name):
        found = self.ffi._found if isinstance(self.ffi, FFI) else None
        if found is not None and name in found.functions:          # without the library's having it
            return self.function(name, self.ffi._typeof(("ptr", found.functions[name][0], "")))
        if found is not None and name in found.variables:
            return f"{name}: {self.gives(self.ffi._typeof(found.variables[name][0]))}"
        value = getattr(lib, name)
        ctype = None
        if isinstance(value, CData):
            ctype = self.ffi.typeof(value)
        elif not isinstance(value, (int, float, bytes, str)):
            ctype = self.ffi.typeof(value)                         # a function of a compiled module
        if ctype is None:
            return f"{name}: Final = {value!r}"
        return self.function(name, ctype) if ctype.kind == "function" else f"{name}: {self.gives(ctype)}"

    def function(self, name, ctype):
        arguments = [f"a{i}: {self.takes(a)}" for i, a in enumerate(ctype.args)]
        text = ", ".join(["self", *arguments, "/", *(["*more: Any"] if ctype.ellipsis else [])])
        return f"def {name}({text}) -> {self.gives(ctype.result)}: ..."


class Name(str):
    """Text that a list shows without quotes."""

    __repr__ = str.__str__
