"""Say "CPython" to code that asks which Python it runs on, and only to that code.

Some packages leave out their C code where they find PyPy: in their build scripts (``platform.python_implementation() !=
"CPython"``), or while they are imported.  They do so because PyPy's own C API is slow, not because of the language, so for
code that is built against this layer the answer "CPython" is the useful one.  It is given

- to build scripts, always (`capi.core.project` tells why);
- to the module bodies of packages that were built for this layer, on request: ``MOORING_AS_CPYTHON=multidict,foo`` in the
  environment, or ``=1`` for every package with a module of our suffix; in Python `as_cpython`.

Only module bodies see it, while they execute.  Functions called later, other packages and the standard library, also where
such a body imports them, see PyPy.  What a package keeps of the answer (``PYPY = ...``) it keeps.

Changed while it lasts: ``sys.implementation`` (name and version; the cache tag stays), ``sys.version`` (hence
``platform.python_implementation()``), and ``sys.pypy_version_info`` and ``sys.pypy_translation_info``, which are gone.
Imports in two threads at once may see each other's answer; import such packages from one.

Stands alone, with the standard library only: the build processes run it by path.
"""

import importlib.machinery
import importlib.util
import os
import re
import sys
import types

SUFFIX = ".mooring"                             # what the file names of the layer's modules contain
HIDDEN = ("pypy_version_info", "pypy_translation_info")

_saved = None                                   # what `present` replaced, while CPython is presented


def presented():
    """True while code is told that it runs on CPython."""
    return _saved is not None


def present(cpython):
    """Tell code from now on that it runs on CPython, or the truth; return what it was told before."""
    global _saved
    before = presented()
    if before == bool(cpython) or "__pypy__" not in sys.builtin_module_names:
        return before
    if cpython:
        _saved = {name: getattr(sys, name) for name in ("implementation", "version", *HIDDEN) if hasattr(sys, name)}
        names = {**vars(sys.implementation), "name": "cpython", "version": sys.version_info, "hexversion": sys.hexversion}
        sys.implementation = types.SimpleNamespace(**names)
        sys.version = re.sub(r"\[PyPy \S+ with (.*)\]", r"[\1]", sys.version)
        for name in HIDDEN:
            if hasattr(sys, name):
                delattr(sys, name)
    else:
        saved, _saved = _saved, None
        for name, value in saved.items():
            setattr(sys, name, value)
    return before


class Finder:
    """A meta-path finder that decides, per module body, what it is told.

    `answer(fullname, spec)` is True for CPython, False for the truth.  The other finders find; this one wraps the
    execution of what they found.
    """

    def __init__(self, answer):
        self.answer = answer

    def find_spec(self, fullname, path=None, target=None):
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                break
        else:
            return None
        if isinstance(spec.loader, (importlib.machinery.SourceFileLoader, importlib.machinery.SourcelessFileLoader,
                                    importlib.machinery.ExtensionFileLoader)):
            self._wrap(spec, self.answer(fullname, spec))
        return spec

    @staticmethod
    def _wrap(spec, cpython):
        execute = spec.loader.exec_module

        def exec_module(module):
            before = present(cpython)
            try:
                execute(module)
            finally:
                present(before)

        spec.loader.exec_module = exec_module   # of this one instance, made for this one module


class Packages:
    """The answer at run time: CPython for the bodies of packages built for the layer, if asked to; else the truth."""

    def __init__(self):
        self.names = set()                      # top-level packages
        self.all = False                        # every one that has a module of our suffix
        self._known = {}

    def __call__(self, fullname, spec):
        top = fullname.partition(".")[0]
        if top in sys.stdlib_module_names:
            return False
        if top in self.names:
            return True
        if not self.all:
            return False
        if top == fullname:
            self._known[top] = has_our_modules(spec.submodule_search_locations or ())
        return self._known.get(top, False)


def has_our_modules(folders):
    """True if a file in or below one of `folders` has our suffix."""
    return any(SUFFIX in name and name.endswith(".so") for folder in folders for _, _, names in os.walk(folder)
               for name in names)


_packages = Packages()


def as_cpython(*names):
    """From now on, tell the module bodies of the top-level packages `names` that they run on CPython.

    Without names, those of every package that has an extension module built for this layer.  Import them afterwards: what
    is imported already has decided.  See the module's docstring for what is told to whom.
    """
    if names:
        _packages.names.update(names)
    else:
        _packages.all = True
    if not any(isinstance(finder, Finder) and finder.answer is _packages for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder(_packages))


def from_environment():
    """Do what ``MOORING_AS_CPYTHON`` says: nothing, ``1`` for all packages built for the layer, or their names."""
    value = os.environ.get("MOORING_AS_CPYTHON", "").strip()
    if value in ("", "0"):
        return
    as_cpython(*([] if value == "1" else [name.strip() for name in value.split(",") if name.strip()]))


def present_to_build():
    """Tell everything but the standard library, in this process from now on, that it runs on CPython."""
    import sysconfig
    sysconfig.get_config_vars()                 # asks when first called: before the answer changes
    sys.meta_path.insert(0, Finder(lambda fullname, spec: fullname.partition(".")[0] not in sys.stdlib_module_names))
    present(True)
