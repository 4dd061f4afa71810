"""``cppbind.compat.install()``: programs that say ``import cppyy`` get cppbind."""

import importlib
import sys
from importlib.machinery import ModuleSpec

import cppbind
from cppbind import policy, scopes


class Finder:
    """Finds ``cppyy`` and ``cppyy.x`` as ``cppbind`` and ``cppbind.x``; both names are the same module."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        return ModuleSpec(name, Finder) if name == "cppyy" or name.startswith("cppyy.") else None

    @staticmethod
    def create_module(spec):
        own = OWN.get(spec.name) or "cppbind" + spec.name[len("cppyy"):]
        module = sys.modules.get(own) or importlib.import_module(own)
        spec.loader_state = {key: module.__dict__.get(key) for key in KEPT}
        return module

    @staticmethod
    def exec_module(module):
        """Import has written the spec of the alias over the module's own: put it back."""
        state = module.__spec__.loader_state
        module.__dict__.update({key: value for key, value in state.items() if value is not None})


OWN = {"cppyy._pythonization": "cppbind.py", "cppyy._backend": "cppbind.policy"}
KEPT = ("__spec__", "__loader__", "__package__", "__path__", "__name__")


class Interpreter:
    """`gbl.gInterpreter`, as far as programs use it to ask the compiler."""

    @staticmethod
    def ProcessLine(text):
        """Run a line of C++; of an expression that is a number, its value."""
        try:
            return scopes.defined("line", lambda name: f"inline long {name}() {{ return (long)({text.strip().rstrip(';')}); }}")()
        except TypeError:
            return int(not cppbind.cppexec(text))

    @staticmethod
    def Declare(text):
        """Declare C++."""
        return cppbind.cppdef(text)

    @staticmethod
    def CheckClassTemplate(name):
        """Whether there is a class template of that full name."""
        from cppbind.templates import ClassTemplate
        try:
            return isinstance(scopes.named(name), ClassTemplate)
        except AttributeError:
            return False


def install():
    """Make ``import cppyy`` mean cppbind; C++ classes tell that they are of ``cppyy.gbl``.  Before the first use of C++."""
    if not any(one is Finder for one in sys.meta_path):
        sys.meta_path.insert(0, Finder)
    sys.modules["cppyy"] = cppbind
    cppbind._backend = policy
    scopes.rename("cppyy")
    scopes.gbl.__dict__["gInterpreter"] = Interpreter()
