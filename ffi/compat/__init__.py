"""``import ffi.compat; ffi.compat.install()``: from then on `import cffi` gives `ffi`.

`cffi` and the submodules of it that other projects use are put into sys.modules; ``cffi.FFI is ffi.FFI``.  A module of the same name
stands in this package for each submodule that has more than names of `ffi` in it.
"""

import importlib
import importlib.machinery
import importlib.util
import sys
import types

SUBMODULES = "api", "error", "model", "cffi_opcode", "recompiler", "ffiplatform", "verifier", "pkgconfig", "setuptools_ext", "gen_src", "_cffi_gen_src"


def install():
    """Make `import cffi` give `ffi`.  RuntimeError if the cffi package was imported before: its objects are not ours."""
    import ffi
    known = sys.modules.get("cffi")
    if getattr(known, "__compat__", None) is ffi:
        return
    if known is not None:
        raise RuntimeError(f"the cffi package was imported already, from {getattr(known, '__file__', '?')}: call ffi.compat.install() before "
                           "anything imports it")
    package = types.ModuleType("cffi", ffi.__doc__)
    package.__dict__.update({name: getattr(ffi, name) for name in (*ffi.__all__, "__version__", "__version_info__")})
    package.__path__, package.__file__, package.__compat__ = [], ffi.__file__, ffi
    package.__all__ = list(ffi.__all__)
    package.__spec__ = importlib.machinery.ModuleSpec("cffi", None, is_package=True)
    sys.modules["cffi"] = package
    sys.meta_path.insert(0, Finder)


class Finder:
    """Finds `cffi.name` as the module here, or as the one of `ffi`."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        package, dot, submodule = name.partition(".")
        if package != "cffi" or submodule not in SUBMODULES:
            return None
        return importlib.machinery.ModuleSpec(name, Loader)


class Loader:
    """Loads a submodule of `cffi`: the same module object as ours, but for its name."""

    @staticmethod
    def create_module(spec):
        submodule = spec.name.partition(".")[2]
        try:
            return Same(importlib.import_module(f"ffi.compat.{submodule}"), spec)
        except ModuleNotFoundError as error:
            if error.name != f"ffi.compat.{submodule}":
                raise
        return Same(importlib.import_module(f"ffi.{submodule}"), spec)

    @staticmethod
    def exec_module(module):
        pass

    @staticmethod
    def get_code(name):
        spec = importlib.util.find_spec(f"ffi.{name.partition('.')[2]}")
        return spec.loader.get_code(spec.name)


class Same(types.ModuleType):
    """A second name of a module: attributes are read from it and set on it."""

    def __init__(self, module, spec):
        super().__init__(spec.name, module.__doc__)
        self.__dict__["_module"] = module

    def __getattr__(self, name):
        return getattr(self.__dict__["_module"], name)

    def __setattr__(self, name, value):
        if name.startswith("__"):
            super().__setattr__(name, value)
        else:
            setattr(self._module, name, value)

    def __dir__(self):
        return dir(self._module)
