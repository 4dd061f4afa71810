"""The machine-level engine, `_cffi_backend`: the one place that imports it.  Any version that has what is used here will do."""

import sys

import _cffi_backend as engine

PYPY = sys.implementation.name == "pypy"
CData, CType = engine._get_types()
VERSION = engine.__version__
