"""cffi.recompiler: what build scripts call in it."""

from io import StringIO as NativeIO

from ffi.build import emit_c, emit_python, recompile
from ffi.tables import Tables

__all__ = ["NativeIO", "Recompiler", "make_c_source", "make_py_source", "recompile"]


def make_c_source(ffi, module_name, preamble, target_c_file, verbose=False):
    return emit_c(ffi, module_name, preamble, target_c_file)


def make_py_source(ffi, module_name, target_py_file, verbose=False):
    return emit_python(ffi, module_name, target_py_file)


class Recompiler:
    """The tables of a module."""

    def __init__(self, ffi, module_name, target_is_python=False):
        self.ffi, self.module_name, self.target_is_python = ffi, module_name, target_is_python

    def collect_type_table(self):
        self.cffi_types = tuple(Tables(self.ffi, self.target_is_python).types)
