"""Native methods on CPython: a C++ function called without a Python frame, by an extension module that is built with the shim.

The module's source is backend/native; it works with every back-end, for C++ is entered by the entry points that Python functions call.
On other VMs, or where the module cannot be built, there are those Python functions only.
"""

import sys

known = []                                             # [the extension module, or None]


class Asked:
    """What a native function asks Python: the function behind it, and what else its kind has."""

    def told(self, name, value):
        """An attribute that says how to call was set, and is the Python function's own from now on."""


def extension():
    """The extension module; None where there is none."""
    if not known:
        known.append(load() if usable() else None)
    return known[0]


def usable():
    """Whether this VM is a CPython whose objects are laid out as the stable ABI says."""
    return sys.implementation.name == "cpython" and sys.maxsize > 2**32 and "t" not in sys.abiflags and not hasattr(sys, "getobjects")


def load():
    from importlib.machinery import ExtensionFileLoader, ModuleSpec
    from cppbind.backend import found
    path = found.find_native() or built()
    if path is None:
        return None
    name = "cppbind.native.extension"
    loader = ExtensionFileLoader(name, path)
    module = loader.create_module(ModuleSpec(name, loader, origin=path))
    loader.exec_module(module)
    return module


def built():
    from cppbind.backend import build
    try:
        return build.build_native()
    except build.BuildError as reason:                  # no C++ compiler, which dictionaries can do without
        build.announce(f"cppbind: native methods are not built, Python functions serve: {reason}")
        return None
