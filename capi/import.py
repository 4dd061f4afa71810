"""PyImport_...: the import system is the VM's; all of it is reached through `sys.modules` and `builtins.__import__`."""

import builtins
import importlib
import sys
import types

from capi.core import NULL, api, text, vm


def given(x):
    return None if x is NULL else x


def by_name(name):
    builtins.__import__(name, {}, {}, ["__doc__"], 0)
    return sys.modules[name]


@api("PyObject *PyImport_Import(PyObject *name)")
def PyImport_Import(name):
    return by_name(name)


@api("PyObject *PyImport_ImportModule(const char *p_name)")
def PyImport_ImportModule(p_name):
    return by_name(text(p_name))


@api("PyObject *PyImport_ImportModuleLevelObject(PyObject *name, PyObject *globals, PyObject *locals, PyObject *fromlist, int level)")
def PyImport_ImportModuleLevelObject(name, globals, locals, fromlist, level):
    if level < 0:
        raise ValueError("level must be >= 0")
    if name is NULL:
        raise ValueError("Empty module name")
    if not isinstance(name, str):
        raise TypeError("module name must be a string")
    names = () if fromlist is NULL or fromlist is None else fromlist
    return builtins.__import__(name, {} if globals is NULL else globals, given(locals), names, level)


@api("PyObject *PyImport_ReloadModule(PyObject *m)")
def PyImport_ReloadModule(m):
    return importlib.reload(m)


@api("PyObject *PyImport_GetModule(PyObject *name)")
def PyImport_GetModule(name):
    return sys.modules.get(name, NULL)


@vm("PyObject *vm_modules()")
def vm_modules():
    return sys.modules


@vm("PyObject *vm_add_module(PyObject *name)")
def vm_add_module(name):
    module = sys.modules.get(name)
    if not isinstance(module, types.ModuleType):
        module = sys.modules[name] = types.ModuleType(name)
    return module


@api("PyObject *PyImport_ExecCodeModuleObject(PyObject *name, PyObject *co, PyObject *pathname, PyObject *cpathname)")
def PyImport_ExecCodeModuleObject(name, co, pathname, cpathname):
    module = vm_add_module(name)
    namespace = module.__dict__
    namespace.setdefault("__builtins__", builtins)
    namespace["__file__"] = co.co_filename if pathname is NULL else pathname
    if cpathname is not NULL:
        namespace["__cached__"] = cpathname
    try:
        exec(co, namespace)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    if name not in sys.modules:
        raise ImportError(f"Loaded module {name!r} not found in sys.modules")
    return sys.modules[name]


@api("PyObject *PyImport_GetImporter(PyObject *path)")
def PyImport_GetImporter(path):
    import pkgutil
    return pkgutil.get_importer(path)


@api("long PyImport_GetMagicNumber()")
def PyImport_GetMagicNumber():
    from importlib.util import MAGIC_NUMBER
    return int.from_bytes(MAGIC_NUMBER[:4], "little")


@vm("PyObject *vm_magic_tag()")
def vm_magic_tag():
    return sys.implementation.cache_tag or ""


@api("int PyImport_ImportFrozenModuleObject(PyObject *name)")
def PyImport_ImportFrozenModuleObject(name):
    return 0                               # there are none


@api("PyObject *_PyImport_GetModuleAttr(PyObject *modname, PyObject *attrname)")
def _PyImport_GetModuleAttr(modname, attrname):
    return getattr(by_name(modname), attrname)


@api("PyObject *_PyImport_GetModuleAttrString(const char *p_modname, const char *p_attrname)")
def _PyImport_GetModuleAttrString(p_modname, p_attrname):
    return getattr(by_name(text(p_modname)), text(p_attrname))


@api("int _PyImport_SetModule(PyObject *name, PyObject *module)")
def _PyImport_SetModule(name, module):
    sys.modules[name] = module


@api("int _PyImport_SetModuleString(const char *p_name, PyObject *module)")
def _PyImport_SetModuleString(p_name, module):
    sys.modules[text(p_name)] = module


# ---- modules linked into a program --------------------------------------------------------------------------------

@vm("int vm_inittab(PyObject *name, W p_init)")
def vm_inittab(name, p_init):
    from capi.core import loader
    loader.builtin[name] = p_init


@api("int _PyImport_FixupBuiltin(PyObject *mod, const char *p_name, PyObject *modules)")
def _PyImport_FixupBuiltin(mod, p_name, modules):
    modules[text(p_name)] = mod


@api("int _PyImport_FixupExtensionObject(PyObject *module, PyObject *name, PyObject *filename, PyObject *modules)")
def _PyImport_FixupExtensionObject(module, name, filename, modules):
    modules[name] = module
