"""`@api` and `@vm` mark the bodies in Python of the C API; what their signatures say is read by capi/core/signatures.py.

A program that runs needs none of that: the generator has written it into ``capi/core/answers``.  Nothing here needs the shim.
"""

import os
import sys
from pathlib import Path

CAPI = Path(__file__).resolve().parent.parent
SHIM = CAPI / "shim"
EXT_SUFFIX = f".mooring311-{os.uname().machine}-linux-gnu.so"
CORE_WITH_HELPERS = ("tables", "to_c", "types", "loader", "callbacks")      # core modules that declare `vm` helpers,
CORE_LATE = ("buffers", "datetimes", "slots")                               # and those that are loaded when C first calls one of theirs
# `python -m capi ...` and the generator run before the shim exists: they only read signatures, nothing is loaded.
COLLECTING = any(a == "-m" and (b == "capi" or b.startswith("capi.")) for a, b in zip(sys.orig_argv, sys.orig_argv[1:]))


bodies = {}                                # by name, until capi/core/callbacks.py takes them


def note(body):
    bodies[body.__name__] = body
    return body


def declare(*declaration):
    if not COLLECTING:
        return note
    from capi.core.signatures import register
    return lambda body: register(body, *declaration)


def api(text, borrowed=False, error=None, quiet=False, given=()):
    """Declare the Python body of an exported C-API function by its C prototype.

    `borrowed`: the result is a borrowed reference, owned by the first argument's proxy.
    `error`: the result that tells of an error, where it is not ``NULL`` or -1.
    `quiet`: the body changes no container and runs no code but the layer's own, so what C fetched of a list stays good.
    `given`: the arguments that the first one has from now on, so that C may go on using them without a reference of its own.
    The generator raises SignatureError for a wrong name, argument, file or a second body.
    """
    return declare(text, borrowed, error, False, quiet, given)


def vm(text, borrowed=False, error=None, quiet=False, given=()):
    """Declare a helper that the shim's C code calls; like `api`, but not exported and named ``vm_...``."""
    return declare(text, borrowed, error, True, quiet, given)
