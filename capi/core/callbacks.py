"""Makes the bodies of the API answer C: runs the generated callbacks and hands them to the engine."""

import importlib
import importlib.util
from pathlib import Path

from __pypy__ import hidden_applevel

from capi.core import errors, registry, words
from capi.core.engine import ffi, lib

API = Path(__file__).resolve().parent.parent


def import_bodies():
    """Import every API file, which fills the registry."""
    for name in registry.CORE_WITH_HELPERS:
        importlib.import_module(f"capi.core.{name}")
    for path in sorted(API.glob("*.py")):
        if not path.stem.startswith("__"):
            importlib.import_module(f"capi.{path.stem}")


def interrupted(kind, error, traceback):
    """A signal handler raised between a callback's own lines: C sees that error, too."""
    errors.raised(error, kind.__name__)


def answer():
    """Define each ``cb_...`` of callbacks.gen.py as the engine's extern "Python" function."""
    path = Path(__file__).with_name("callbacks.gen.py")
    spec = importlib.util.spec_from_file_location("capi.core.callbacks_generated", path)
    module = importlib.util.module_from_spec(spec)     # a module, whose code is cached and whose names the JIT folds
    namespace = module.__dict__
    namespace.update(from_argument=words.from_argument, to_result=words.to_result, raised=errors.raised)
    for name, entry in registry.ENTRIES.items():
        namespace[name] = entry.body
    spec.loader.exec_module(module)
    for name, entry in registry.ENTRIES.items():
        error = None if entry.signature.kind == "void" else entry.error
        register = ffi.def_extern(name=f"cb_{name}", error=error, onerror=interrupted)
        register(hidden_applevel(namespace[f"cb_{name}"]))
        hidden_applevel(entry.body)                    # tracebacks and sys._getframe() know of neither
    registry.ENTRIES.clear()                           # nobody asks for the signatures again


if lib is not None:
    import_bodies()
    answer()
