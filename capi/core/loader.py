"""Loading extension modules: single-phase and multi-phase initialisation, module objects, the import hook."""

import _imp
import importlib.machinery
import importlib.util
import sys
import types
from pathlib import Path

from __pypy__ import identity_dict

from capi.core import linking, to_c, typecall
from capi.core.cfunctions import new_function
from capi.core.engine import ffi, lib
from capi.core.registry import vm
from capi.core.to_vm import from_word
from capi.core.tables import text
from capi.core.to_c import to_word

modules = identity_dict()            # module -> address of its PyModuleDef
states = identity_dict()             # module -> address of its state, 0 = none
loading = []                               # full names of the modules whose initialiser runs
builtin = {}                               # full name -> address of the initialiser of a module linked into the program
handles = []                               # libraries, which stay open

Py_mod_create, Py_mod_exec = 1, 2


def package_name(name):
    """A single-phase module gives itself its last name only; the loader knows the full one."""
    if loading and loading[-1].rpartition(".")[2] == name:
        return loading[-1]
    return name


def new_module(name, p_def):
    """A module object for a PyModuleDef, with its methods and state."""
    module = types.ModuleType(name)
    definition = ffi.cast("MModuleDef *", p_def)
    add_functions(module, name, definition.m_methods)
    doc = text(ffi.cast("intptr_t", definition.m_doc))
    if doc is not None:
        module.__doc__ = doc
    modules[module] = p_def
    return module


def add_functions(module, name, methods):
    if not methods or not methods[0].name:
        return
    me, p_name = to_c.address(module), to_c.address(name)
    i = 0
    while methods[i].name:
        module.__dict__[text(ffi.cast("intptr_t", methods[i].name))] = new_function(methods + i, me, p_name)
        i += 1
    lib.m_decref(me)
    lib.m_decref(p_name)


def make_state(module, p_def):
    """Allocate the module's state; address, or 0."""
    size = ffi.cast("MModuleDef *", p_def).m_size
    if size <= 0:
        states[module] = 0
        return 0
    states[module] = lib.m_zeroed(size)
    return states[module]


@vm("PyObject *vm_module_create(W p_def)")
def vm_module_create(p_def):
    name = package_name(text(ffi.cast("intptr_t", ffi.cast("MModuleDef *", p_def).m_name)))
    module = new_module(name, p_def)
    make_state(module, p_def)
    return module


@vm("W vm_module_state(PyObject *module)")
def vm_module_state(module):
    return states.get(module) or 0


@vm("W vm_module_def(PyObject *module)")
def vm_module_def(module):
    return modules.get(module) or 0


@vm("int vm_add_functions(PyObject *module, W p_methods)")
def vm_add_functions(module, p_methods):
    add_functions(module, module.__name__, ffi.cast("MMethodDef *", p_methods))


@vm("PyObject *vm_module_from_spec(PyObject *spec, W p_def)")
def vm_module_from_spec(spec, p_def):
    return create_from_definition(spec, spec.name, p_def)


@vm("int vm_module_execute(PyObject *module, W p_def)")
def vm_module_execute(module, p_def):
    execute(module, p_def)


def create_from_definition(spec, name, p_def):
    """Multi-phase: the slots of the definition say how to make the module."""
    definition = ffi.cast("MModuleDef *", p_def)
    create = 0
    for slot, function in slots_of(definition):
        if slot == Py_mod_create:
            create = function
    if not create:
        return new_module(name, p_def)
    r = lib.m_O_Op(create, to_word(spec), p_def)
    if r == 0:
        linking.raise_pending(f"creation of module {name}")
    module = from_word(r)
    if isinstance(module, types.ModuleType):
        add_functions(module, name, definition.m_methods)
        modules[module] = p_def
    return module


def execute(module, p_def):
    """Multi-phase: run the definition's slots that fill the module."""
    if module not in states:
        make_state(module, p_def)
    for slot, function in slots_of(ffi.cast("MModuleDef *", p_def)):
        if slot == Py_mod_exec:
            r = lib.m_i_O(function, to_word(module))
            if r < 0:
                linking.raise_pending(f"execution of module {module.__name__}")


def initialiser(library, name):
    """Address of ``PyInit_name``; non-ASCII names use punycode as in PEP 489."""
    last = name.rpartition(".")[2]
    try:
        symbol = "PyInit_" + last.encode("ascii").decode()
    except UnicodeEncodeError:
        symbol = "PyInitU_" + last.encode("punycode").decode().replace("-", "_")
    return lib.m_dlsym(library, symbol.encode())


def open_library(name, path):
    library = lib.m_dlopen(str(path).encode())
    if not library:
        reason = lib.m_dlerror()               # before anything else loads a library
        reason = ffi.string(reason).decode("utf-8", "replace") if reason else f"{path} cannot be loaded"
        from capi.core.loader_errors import explain_load_failure
        raise ImportError(explain_load_failure(str(path), reason), name=name, path=str(path))
    handles.append(library)
    return library


def load_extension(name, path):
    """Load the extension module at `path` as `name` and return it; ImportError says what is wrong and what to do.

    The module is put into ``sys.modules``, as import does.
    """
    spec = importlib.util.spec_from_file_location(name, str(path), loader=ExtensionLoader(name, str(path)))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return sys.modules.get(name, module)


class ExtensionLoader:
    """Loads one extension module compiled against our headers."""

    def __init__(self, name, path, p_init=0):
        self.name, self.path, self.p_init = name, path, p_init

    def create_module(self, spec):
        library = None if self.p_init else open_library(spec.name, self.path)
        init = self.p_init or initialiser(library, spec.name)
        if not init:
            if lib.m_dlsym(library, b"_cffi_pypyinit_" + spec.name.rpartition(".")[2].encode()):
                return _imp.create_dynamic(spec)       # a module that cffi has written calls no C API: the VM loads it
            raise ImportError(f"{self.path} does not define PyInit_{spec.name.rpartition('.')[2]}: it is not the module "
                              f"{spec.name}; build it under that name.", name=spec.name, path=self.path)
        loading.append(spec.name)
        try:
            r = lib.m_module_init(init)
            if r == 0:
                linking.raise_pending(f"initialization of {spec.name}")
            if not r & 7 and lib.m_is_module_def(r):
                self.p_def = r
                module = create_from_definition(spec, spec.name, r)
            else:
                module = from_word(r)
        finally:
            loading.pop()
            typecall.finish()
        try:
            if self.path is not None:
                module.__file__ = self.path
        except (AttributeError, TypeError):            # Py_mod_create may return anything
            pass
        return module

    def exec_module(self, module):
        p_def = getattr(self, "p_def", 0)
        if not p_def or module in states:
            return
        loading.append(self.name)
        try:
            execute(module, p_def)
        finally:
            loading.pop()
            typecall.finish()

    def get_filename(self, name):
        return self.path

    def is_package(self, name):
        return self.path is not None and Path(self.path).name.split(".")[0] == "__init__"

    def get_code(self, name):
        return None

    def get_source(self, name):
        return None


def slots_of(definition):
    i = 0
    while definition.m_slots and definition.m_slots[i].slot:
        yield definition.m_slots[i].slot, definition.m_slots[i].pfunc
        i += 1


class Hook:
    """A path hook beside the VM's own: finds modules with our suffix in the folders of ``sys.path``."""

    def __init__(self, suffix):
        self.suffix = suffix

    def find_spec(self, fullname, path=None, target=None):
        if fullname in builtin:
            return importlib.machinery.ModuleSpec(fullname, ExtensionLoader(fullname, None, builtin[fullname]), origin="built-in")
        last = fullname.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            if not isinstance(folder, str):
                continue
            file = Path(folder or ".") / (last + self.suffix)
            if file.is_file():
                loader = ExtensionLoader(fullname, str(file))
                return importlib.util.spec_from_file_location(fullname, str(file), loader=loader)
            file = Path(folder or ".") / last / ("__init__" + self.suffix)
            if file.is_file():
                loader = ExtensionLoader(fullname, str(file))
                return importlib.util.spec_from_file_location(fullname, str(file), loader=loader,
                                                              submodule_search_locations=[str(file.parent)])
        return None

    def invalidate_caches(self):
        """Nothing is cached."""


class Tracemalloc:
    """Finds the module `_tracemalloc` where no other finder does."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "_tracemalloc":
            return None
        from capi.tracemalloc import Loader
        return importlib.machinery.ModuleSpec(name, Loader, origin="mooring")


def install_hook(suffix):
    """Put our finder in front of ``sys.meta_path``, once, and let pkgutil and inspect know the suffix."""
    if suffix not in importlib.machinery.EXTENSION_SUFFIXES:
        importlib.machinery.EXTENSION_SUFFIXES.append(suffix)
    if not any(isinstance(finder, Hook) for finder in sys.meta_path):
        sys.meta_path.insert(0, Hook(suffix))
        sys.meta_path.append(Tracemalloc)
