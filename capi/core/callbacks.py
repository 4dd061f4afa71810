"""Makes the bodies of the API answer C: runs the generated callbacks and hands them to the engine.

The core's own answer from the start, those of a file in capi/ when C first calls a function of that file: few programs need
many, and what is not loaded is not looked at by each major collection either.
"""

import importlib
import importlib.util
from _thread import RLock
from pathlib import Path

from __pypy__ import hidden_applevel

from capi.core import errors, to_vm, to_c
from capi.core.engine import ffi, lib
from capi.core.registry import CORE_LATE, CORE_WITH_HELPERS, bodies, vm

CORE = (*CORE_WITH_HELPERS, *CORE_LATE)
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
    importlib.import_module(f"capi.core.{family}" if family in CORE else f"capi.{family}")
    module = generated(family)
    namespace = module.__dict__
    namespace.update(from_argument=to_vm.from_argument, to_result=to_c.to_result, raised=errors.raised)
    module.__spec__.loader.exec_module(module)
    for name, error in namespace.pop("ERRORS").items():
        body = namespace[name] = bodies.pop(name)
        register = ffi.def_extern(name=f"cb_{name}", error=error, onerror=interrupted)
        register(hidden_applevel(namespace[f"cb_{name}"]))
        hidden_applevel(body)                          # tracebacks and sys._getframe() know of neither


@vm("int vm_answer(long index)")
def vm_answer(index):
    """C calls a function of a file that is not loaded yet."""
    with answering:
        if answers[index]:
            return
        answer(families[index])
        answers[index] = 1


answering = RLock()

if lib is not None:
    for name in CORE_WITH_HELPERS:
        answer(name)
    known = generated("families")
    known.__spec__.loader.exec_module(known)
    families = known.FAMILIES
    answers = ffi.cast("unsigned char *", lib.m_answers_address())
