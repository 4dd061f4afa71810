"""Makes the bodies of the API answer C: runs the generated callbacks and hands them to the engine.

The core's own answer from the start, those of a file in capi/ when C first calls a function of that file: few programs need
many, and what is not loaded is not looked at by each major collection either.
"""

import importlib
import importlib.util
from _thread import RLock
from pathlib import Path

from __pypy__ import hidden_applevel

from capi.core import errors, to_vm, registry, to_c
from capi.core.engine import ffi, lib
from capi.core.registry import vm

ANSWERS = Path(__file__).with_name("answers")


def interrupted(kind, error, traceback):
    """A signal handler raised between a callback's own lines: C sees that error, too."""
    errors.raised(error, kind.__name__)


def generated(name):
    """The module of answers/`name`.gen.py, whose code is cached and whose names the JIT folds; it has not run."""
    spec = importlib.util.spec_from_file_location(f"capi.core.answers.{name}", ANSWERS / f"{name}.gen.py")
    return importlib.util.module_from_spec(spec)


def answer(family):
    """Define each ``cb_...`` of a family as the engine's extern "Python" function."""
    module = generated(family)
    namespace = module.__dict__
    namespace.update(from_argument=to_vm.from_argument, to_result=to_c.to_result, raised=errors.raised)
    entries = [entry for entry in registry.ENTRIES.values() if entry.where == family]
    for entry in entries:
        namespace[entry.name] = entry.body
    module.__spec__.loader.exec_module(module)
    for entry in entries:
        error = None if entry.signature.kind == "void" else entry.error
        register = ffi.def_extern(name=f"cb_{entry.name}", error=error, onerror=interrupted)
        register(hidden_applevel(namespace[f"cb_{entry.name}"]))
        hidden_applevel(entry.body)                    # tracebacks and sys._getframe() know of neither
        del registry.ENTRIES[entry.name]               # nobody asks for the signature again


@vm("int vm_answer(long index)")
def vm_answer(index):
    """C calls a function of a file that is not loaded yet."""
    with answering:
        if answers[index]:
            return
        family = families[index]
        importlib.import_module(f"capi.{family}")
        answer(family)
        answers[index] = 1


answering = RLock()

if lib is not None:
    for name in registry.CORE_WITH_HELPERS:
        importlib.import_module(f"capi.core.{name}")
        answer(name)
    known = generated("families")
    known.__spec__.loader.exec_module(known)
    families = known.FAMILIES
    answers = ffi.cast("unsigned char *", lib.m_answers_address())
