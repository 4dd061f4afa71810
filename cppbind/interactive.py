"""``from cppbind.interactive import *``: what a session at the prompt uses, with `g` for `gbl` and `std`."""

import cppbind
from cppbind import *                                   # noqa: F401, F403

g = cppbind.gbl
__all__ = ["g", "std", *cppbind.__all__]


def __getattr__(name):
    if name == "std":
        return cppbind.gbl.std
    raise AttributeError(f"module 'cppbind.interactive' has no attribute {name!r}")
