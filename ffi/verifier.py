"""FFI.verify(): an API module whose types become those of the FFI that made it.  Kept for old code; set_source() is the way to go."""

import importlib.machinery
import importlib.util
import os
import re
import sys
import zlib

from ffi import build
from ffi.engine import PYPY, VERSION, engine
from ffi.errors import FFIError, VerificationError
from ffi.expressions import NotConstant
from ffi.library import Bound, Library
from ffi.realize import Types

_FORCE_GENERIC_ENGINE = False                          # looked at by nothing: there is one way to make a module
_TMPDIR = None


def set_tmpdir(dirname):
    """Where verify() puts its files from now on."""
    global _TMPDIR
    _TMPDIR = dirname


def cleanup_tmpdir(tmpdir=None, keep_so=False):
    """Remove the files of verify(); with `keep_so` only the sources."""
    tmpdir = tmpdir or _caller_dir_pycache()
    try:
        names = os.listdir(tmpdir)
    except OSError:
        return
    endings = (".c", ".cpp", ".o") if keep_so else (".c", ".cpp", ".o", ".d", _get_so_suffixes()[0].lower())
    for name in names:
        if name.startswith("_cffi_") and name.lower().endswith(endings):
            try:
                os.unlink(os.path.join(tmpdir, name))
            except OSError:
                pass


def _caller_dir_pycache():
    """__pycache__ beside the source that calls verify(), unless told otherwise."""
    told = _TMPDIR or os.environ.get("CFFI_TMPDIR")
    if told:
        return told
    frame = sys._getframe(1)
    own = os.path.dirname(__file__)
    while frame.f_back is not None and os.path.dirname(frame.f_code.co_filename) == own:
        frame = frame.f_back
    return os.path.abspath(os.path.join(os.path.dirname(frame.f_code.co_filename), "__pycache__"))


def _get_so_suffixes():
    return importlib.machinery.EXTENSION_SUFFIXES


class Verifier:
    """One module of verify().  `sourcefilename` and `modulefilename` may be changed before it is written or compiled."""

    def __init__(self, ffi, preamble, tmpdir=None, modulename=None, ext_package=None, tag="", force_generic_engine=False,
                 source_extension=".c", flags=None, relative_to=None, **kwds):
        if modulename and tag:
            raise TypeError("cannot give both 'modulename' and 'tag'")
        self.ffi, self.preamble, self.ext_package, self.flags = ffi, preamble, ext_package, flags
        self.kwds = relative_keywords(kwds, relative_to)
        self.tmpdir = tmpdir or _caller_dir_pycache()
        name = modulename or self._name(tag)
        suffix = _get_so_suffixes()[0]
        self.sourcefilename = os.path.join(self.tmpdir, name + source_extension)
        self.modulefilename = os.path.join(self.tmpdir, name + suffix)
        self._written = self._found = False

    def _name(self, tag):
        """A name that is new whenever the module would differ."""
        text = repr((sys.version_info[:2], VERSION, self.preamble, sorted(self.kwds.items()), self.ffi._sources)).encode()
        return f"_cffi_{tag}_{zlib.crc32(text[::2]):x}x{zlib.crc32(text[1::2]):x}"

    def get_module_name(self):
        name = os.path.basename(self.modulefilename).split(".", 1)[0]
        return name[:-2] if name.endswith("_d") and hasattr(sys, "gettotalrefcount") else name

    def generates_python_module(self):
        """False: the module holds a compiled FFI and nothing else for Python."""
        return False

    def write_source(self, file=None):
        """Write the C source to `sourcefilename`, or to a file object."""
        with self.ffi._lock:
            self._write_source(file)

    def _write_source(self, file=None):
        if file is None:
            os.makedirs(os.path.dirname(self.sourcefilename) or ".", exist_ok=True)
        build.emit_c(self.ffi, self.get_module_name(), self.preamble, self.sourcefilename if file is None else file)
        if file is None:
            self._written = True

    def get_extension(self):
        """The setuptools Extension; the source is written first."""
        if not self._written:
            self.write_source()
        from ffi.compat.ffiplatform import maybe_relative_path
        return build.new_extension(maybe_relative_path(self.sourcefilename), self.get_module_name(), **self.kwds)

    def compile_module(self):
        """Compile the source to `modulefilename`."""
        extension = self.get_extension()
        made = build.compile(self.tmpdir, extension)
        if os.path.abspath(made) != os.path.abspath(self.modulefilename):
            os.makedirs(os.path.dirname(self.modulefilename) or ".", exist_ok=True)
            os.replace(made, self.modulefilename)
        self._found = True

    def locate(self):
        """Use a module that is there already: compiled before, or installed in `ext_package` or on the path."""
        if os.path.isfile(self.modulefilename):
            self._found = True
            return
        path = None
        if self.ext_package:
            try:
                path = __import__(self.ext_package, None, None, ["__doc__"]).__path__
            except ImportError:
                pass
        name = self.get_module_name()
        importlib.invalidate_caches()
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.origin:
            self.modulefilename, self._found = spec.origin, True

    def load_library(self):
        """The library: what the FFI declares, compiled."""
        with self.ffi._lock:
            if not self._found:
                self.locate()
            if not self._found:
                self.compile_module()
            name = self.get_module_name()
            module = sys.modules.get(name) or self.imported(name)
            adopt(self.ffi, module)
            library = Library(Compiled(self.ffi, module, name))
            self.ffi._libraries.append(library)
            return library

    def imported(self, name):
        spec = importlib.util.spec_from_file_location(name, self.modulefilename)
        try:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        except ImportError as error:
            raise VerificationError(f"importing {self.modulefilename!r}: {error}") from None
        sys.modules[name] = module
        return module


class Compiled(Bound):
    """The module's side of the `Library` that verify() returns."""

    def names(self):
        return dir(self.handle.lib)

    def fresh(self, base):
        return type("Compiled", (base,), {"_bound": self, "__getattr__": lambda lib, name: self.attribute(lib, name)})

    def attribute(self, lib, name):
        if name == ("_cffi_generic_module" if PYPY else "_cffi_python_module"):     # what PyPy loads is C alone
            return self.handle
        with self.ffi._lock:
            value = getattr(self.handle.lib, name)
            if name not in self.ffi._found.variables:
                lib.__dict__[name] = value
        return value

    def assign(self, lib, name, value):
        setattr(self.handle.lib, name, value)

    def address(self, name):
        return self.handle.ffi.addressof(self.handle.lib, name)

    def forget(self, lib):
        """A compiled module stays as it is."""

    def close(self, lib):
        raise TypeError("dlclose() expects a lib of ffi.dlopen()")


def relative_keywords(kwds, relative_to):
    """Keywords with file names made absolute, from the directory of `relative_to`."""
    if not relative_to or not os.path.dirname(relative_to):
        return kwds
    directory = os.path.dirname(relative_to)
    kwds = dict(kwds)
    for key in ("sources", "include_dirs", "library_dirs", "extra_objects", "depends"):
        if key in kwds:
            if not isinstance(kwds[key], (list, tuple)):
                raise TypeError(f"keyword {key!r} should be a list or tuple")
            kwds[key] = [os.path.join(directory, name) for name in kwds[key]]
    return kwds


def adopt(ffi, module):
    """Make a compiled module's types the FFI's own, and raise where the C compiler does not agree with the declarations."""
    compiled, found, types = module.ffi, ffi._found, ffi._types
    from ffi.tables import Tables
    tables = Tables(ffi)
    try:
        for type, names in named_types(tables):
            ctype = compiled.typeof(names)
            if type == ("struct", "_IO_FILE"):
                types.made[type] = ctype
            types.made.setdefault(type, ctype)
            types.opaque.pop(f"{type[0]} {type[1]}", None)
            if type[0] in ("struct", "union") and found.aggregates[f"{type[0]} {type[1]}"] is not None:
                check_layout(ffi, type, ctype)
        for name, value, type in tables.constants:
            if isinstance(value, int):
                check_constant(module.lib, name, value)
            elif value is not None:
                getattr(module.lib, name)
        for key, (names, values, base, partial) in known_enums(found):
            for name, value in zip(names, values):
                if not partial and getattr(module.lib, name) != value:
                    raise VerificationError(f"{key}: {name} has the real value {getattr(module.lib, name)}, not {value}")
    except engine.FFI.error as error:
        sentence, end, hint = str(error).replace("(cdef says ", "(we have ").partition(").")
        told = VerificationError(sentence + end[:1])
        if hint:
            told.add_note(hint.strip())
        raise told from None
    ffi._cache.clear()


def check_layout(ffi, type, ctype):
    """VerificationError if a struct's fields are not where the declaration, if it is complete, puts them."""
    fields = ctype.fields                              # the engine raises, for structs without anonymous ones inside
    try:
        declared = Types(ffi._backend, ffi._found).of(type)
        places = [ffi._backend.typeoffsetof(declared, name, False)[1] for name, field in fields or () if field.bitsize < 0]
    except (FFIError, NotImplementedError, NotConstant):
        return
    for (name, field), place in zip([f for f in fields or () if f[1].bitsize < 0], places):
        if field.offset != place:
            raise VerificationError(f"{ctype.cname}: wrong offset for field {name!r} (we have {place}, but C compiler says {field.offset})")


def check_constant(lib, name, value):
    try:
        getattr(lib, name)
    except engine.FFI.error as error:
        real = re.search(r"is equal to (-?\d+)", str(error))
        raise VerificationError(f"{name} has the real value {real[1] if real else '?'}, not {value}") from None


def known_enums(found):
    return ((key, content) for key, content in found.enums.items() if content)


def named_types(tables):
    """(type, C text of it) of what only the compiled module knows."""
    found = tables.found
    for key, content in (*found.aggregates.items(), *found.enums.items()):
        type = tuple(key.split(" ", 1))
        if type == ("struct", "_IO_FILE"):
            yield type, "FILE"
        elif type not in tables.index or content is None and type[0] == "enum":
            continue
        else:
            name = tables.struct_name(key)
            yield type, name[1:] if name[0] == "$" and not name[1:].isdigit() and name[1] != "$" else f"{key.split()[0]} {name}"
    for name, (type, quals) in found.typedefs.items():
        if type[0] == "some" or type[0] == "array":
            yield type, name
