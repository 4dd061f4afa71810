"""`FFI`: declare C, call it, make and convert its data."""

import os
import sys
from _thread import RLock

from ffi.data import Data
from ffi.engine import CData, CType, engine
from ffi.errors import CDefError
from ffi.function import Function
from ffi.listing import Listing
from ffi.model import Declarations
from ffi.outofline import OutOfLine
from ffi.realize import Types
from ffi.types import simple

MOST_TEXTS, MOST_MADE_TEXTS = 256, 10_000
Namespace = type(sys)


def texts():
    """A dict with text as keys: a module's, in which PyPy's JIT takes what is found for a constant."""
    made = Namespace("texts").__dict__
    for name in list(made):
        del made[name]                                 # __name__ and so on; clear() would make it a dict like others
    return made


class FFI(OutOfLine, Data, Listing):
    """C declarations, and what can be done with them.

    ``cdef`` takes declarations as C headers have them; ``dlopen`` binds a library (ABI mode); ``set_source`` and ``compile``
    make an extension module with the C compiler (API mode).  A type is given as C text ("int *", "struct point[10]") or as
    what ``typeof`` returned.  Documented at each method; follows cffi's reference.
    """

    CData, CType = CData, CType
    buffer = engine.buffer

    def __init__(self, backend=None):
        self._backend = backend = backend or engine
        self._found = Declarations()
        self._types = Types(backend, self._found)
        self._cache, self._functions = texts(), texts()     # C text -> ctype; of function types, the pointer to one
        self._made_texts = {}
        self._lock = RLock()
        self._places, self._once, self._libraries = {}, {}, []
        self._sources, self._included = [], []
        self._embedding = self._unicode = None
        self._packs, self._asked_macros = [], []
        for name in ("RTLD_LAZY", "RTLD_NOW", "RTLD_GLOBAL", "RTLD_LOCAL", "RTLD_NODELETE", "RTLD_NOLOAD", "RTLD_DEEPBIND"):
            if hasattr(backend, name):
                setattr(self, name, getattr(backend, name))
        if backend is not engine:
            self.CData, self.CType = backend._get_types()
            self.buffer = backend.buffer
        self._void_p = self._typeof(("ptr", ("void",), ""))
        self._chars = self._typeof(("array", ("prim", "char"), None))
        self.NULL = self.cast(self._void_p, 0)

    # ---- declarations ------------------------------------------------------------------------------------------

    def cdef(self, csource, override=False, packed=False, pack=None, *, cplusplus=False):
        """Declare what `csource` says.  `packed`, `pack`: lay structs out without, or with at most that alignment.

        Raises CDefError with every error found, FFIError for a declaration that contradicts an earlier one and is not to `override` it.
        """
        if not isinstance(csource, str):
            raise TypeError("cdef() argument must be a string")
        if pack is not None and packed:
            raise ValueError("cdef() cannot have both 'pack' and 'packed'")
        if packed not in (False, True, 0, 1, None):
            raise ValueError("'packed' should be False or True; use 'pack' to give another value")
        if pack is not None and (pack not in (0, 1, 2, 4, 8, 16, 32)):
            raise ValueError(f"'pack' must be a power of two, not {pack!r}")
        options = bool(packed) or pack == 1, 0 if pack in (None, 1) else pack, bool(override), bool(cplusplus)
        with self._lock:
            from ffi.cache import parse
            found = parse(self._found, self._sources, csource, options)
            self._sources.append((csource, options))
            self._now(found)

    def cdef_headers(self, *headers, include_dirs=(), define=(), only=None, macros=None, override=False):
        """Declare what C headers do, as they are: "zlib.h", "openssl/ssl.h", "./mine.h".

        The system's preprocessor ($CC, or cc) reads them; taken are the declarations and constant macros of the headers and of
        their library's sub-headers, and the types that those need.  `include_dirs`: folders to search first; `define`: a dict
        or (name, value) pairs; `only`: a glob or several, for the names to take; `macros`: signatures of function-like macros,
        {"MAX": "int(int, int)"}, for API modules, which have those too
        whose types the compiler can tell.

        Raises FFIError without a compiler or header, CDefError for what cannot be understood.
        """
        if not headers or not all(isinstance(h, str) for h in headers):
            raise TypeError("cdef_headers() expects the names of headers, like \"zlib.h\"")
        include_dirs = [include_dirs] if isinstance(include_dirs, str) else [os.fspath(folder) for folder in include_dirs]
        define = list(define.items() if hasattr(define, "items") else ((d, None) if isinstance(d, str) else tuple(d) for d in define))
        with self._lock:
            from ffi.cache import headers as read
            from ffi.include import merged
            more, key = read(headers, include_dirs, define, only)
            if macros:
                from ffi.macros import declare
                declare(more, macros)
            self._asked_macros.append((more, include_dirs, define))
            found = merged(self._found, more, override)
            self._sources.append((key, bool(override)))
            self._now(found)

    def _now(self, found):
        self._found = found
        self._types.update(found)
        for library in self._libraries:
            library._declarations_changed()
        self._cache, self._functions, self._made_texts = texts(), texts(), {}

    def include(self, ffi_to_include):
        """Take over the types and constants of another FFI; its structs are the same types in both."""
        if not isinstance(ffi_to_include, FFI):
            raise TypeError(f"ffi.include() expects an argument that is also of type cffi.FFI, not {type(ffi_to_include).__name__!r}")
        if ffi_to_include is self:
            raise ValueError("self.include(self)")
        from ffi.include import merge
        with self._lock, ffi_to_include._lock:
            found, origins = merge(self._found, ffi_to_include)
            self._types.origins.update(origins)
            self._sources.append((tuple(ffi_to_include._sources), None))
            self._now(found)
            self._included.append(ffi_to_include)

    def _typeof(self, cdecl, function_as_pointer=False):
        """The ctype of C text, or of a type as `ffi.model` writes it."""
        with self._lock:
            if type(cdecl) is tuple:
                parsed = cdecl
            elif cdecl in self._made_texts:
                return self._made_texts[cdecl]
            else:
                parsed = simple(self._found, cdecl)
                if parsed is None:
                    parsed = self._parse_type(cdecl)[0]
            if parsed[0] == "func" and not function_as_pointer:
                raise CDefError(f"the type {cdecl!r} is a function type, not a pointer-to-function type")
            made = self._types.of(parsed)
            if cdecl is not parsed:
                self._keep(cdecl, made, self._functions if parsed[0] == "func" else self._cache)
            return made

    def _keep(self, text, made, constants):
        """Remember the ctype of a text.

        A new name makes compiled code that uses others be compiled anew: text beyond what a program has in its source, such as
        f"int[{n}]", goes elsewhere.
        """
        if len(constants) < MOST_TEXTS or constants is self._functions:
            constants[text] = made
        else:
            if len(self._made_texts) == MOST_MADE_TEXTS:
                self._made_texts.clear()
            self._made_texts[text] = made

    def _parse_type(self, cdecl):
        from ffi.parser import Parser
        return Parser(self._found, copy=False).type_of(cdecl)

    @property
    def _parser(self):
        """What is declared, where programs look for it in cffi: see `list_functions` and its kin."""
        from ffi.compat.parser import Parser
        return Parser(self)

    def _ctype(self, cdecl):
        """The ctype of an argument that is C text or a ctype."""
        if isinstance(cdecl, (str, tuple)):
            return self._typeof(cdecl)
        return cdecl

    # ---- types -------------------------------------------------------------------------------------------------

    def typeof(self, cdecl):
        """The ctype of C text, of a cdata, or of a function of an API module's lib."""
        if isinstance(cdecl, str):
            try:
                return self._cache[cdecl]
            except KeyError:
                return self._typeof(cdecl)
        if isinstance(cdecl, self.CData):
            return self._backend.typeof(cdecl)
        if isinstance(cdecl, Function):
            return self._backend.typeof(cdecl.pointer)
        found = engine_function_type(cdecl)
        if found is None:
            raise TypeError(type(cdecl))
        return found

    def sizeof(self, cdecl):
        """Size in bytes of a type or of a cdata's own."""
        if isinstance(cdecl, str):
            try:
                cdecl = self._cache[cdecl]
            except KeyError:
                cdecl = self._typeof(cdecl)
        return self._backend.sizeof(cdecl)

    def alignof(self, cdecl):
        """Natural alignment in bytes of a type."""
        return self._backend.alignof(self._ctype(cdecl))

    def offsetof(self, cdecl, *fields_or_indexes):
        """Offset in bytes of a field, or of what a path of fields and array indexes leads to."""
        return self._path(self._ctype(cdecl), fields_or_indexes)[1]

    def _path(self, ctype, fields, offset=0):
        if not fields:
            raise TypeError("offsetof() needs at least one field or index")
        first = True
        for field in fields:
            ctype, more = self._backend.typeoffsetof(ctype, field, not first)
            offset, first = offset + more, False
        return ctype, offset

    def getctype(self, cdecl, replace_with=""):
        """C's text for a type, with `replace_with` (a name, "*", "[5]", ...) where a declared name would be."""
        ctype = self._ctype(cdecl)
        replace_with = replace_with.strip()
        if replace_with.startswith("*") and "&[" in self._backend.getcname(ctype, "&"):
            replace_with = f"({replace_with})"
        elif replace_with and replace_with[0] not in "[(":
            replace_with = " " + replace_with
        return self._backend.getcname(ctype, replace_with)

    def list_types(self):
        """(typedef names, struct names, union names), each sorted."""
        structs = [key.split(" ", 1) for key in self._found.aggregates]
        return (sorted(self._found.typedefs), sorted(tag for kind, tag in structs if kind == "struct" and tag[0] != "$"),
                sorted(tag for kind, tag in structs if kind == "union" and tag[0] != "$"))

    # ---- libraries -------------------------------------------------------------------------------------------------

    def init_once(self, func, tag):
        """func() the first time this is called with `tag`, and its result every time; threads wait for the first."""
        try:
            done, result = self._once[tag]
        except KeyError:
            done, result = self._once.setdefault(tag, (False, RLock()))
        if done:
            return result
        with result:
            done, value = self._once[tag]
            if done:
                return value
            value = func()
            self._once[tag] = True, value
        return value

    def dlopen(self, name, flags=0):
        """The library of a file name, of None (the C library), or of a `void *` from C's own dlopen()."""
        if not (name is None or isinstance(name, (str, self.CData))):
            raise TypeError("dlopen(name): name must be a file name, None, or an already-opened 'void *' handle")
        from ffi.library import Bound, Library, load
        with self._lock:
            library = Library(Bound(self, load(self._backend, name, flags), name))
            self._libraries.append(library)
        return library

    def dlclose(self, lib):
        """Close a library; using it later raises."""
        type(lib)._close(lib)
        with self._lock:
            if lib in self._libraries:
                self._libraries.remove(lib)

    def def_extern(self, *args, **kwds):
        """Only compiled modules have extern "Python" functions."""
        raise ValueError("ffi.def_extern() is only available on API-mode FFI objects")


def engine_function_type(function):
    """The ctype of a function of an API module's lib, None for anything else.

    The FFI of its own module is asked: PyPy's engine reads the tables of the FFI that it is asked by, whatever function it is.
    """
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    compiled = getattr(module, "ffi", None)
    if not isinstance(compiled, engine.FFI):
        return None
    try:
        return compiled.typeof(function)
    except TypeError:
        return None
