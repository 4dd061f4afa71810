"""The machine-level engine, `_cffi_backend`: the one place that imports it.  Any version that has what is used here will do."""

import sys

import _cffi_backend as engine

PYPY = sys.implementation.name == "pypy"
CData, CType = engine._get_types()
VERSION = engine.__version__


def fields_of(ctype):
    """[(name, field)] of a struct or union, None of an opaque one: what ctype.fields is, which ends the process in cffi 2.1.1 for some opaque ones."""
    try:
        engine.sizeof(ctype)
    except ValueError:                                 # of unknown size
        return None
    return ctype.fields
