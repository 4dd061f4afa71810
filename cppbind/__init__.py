"""Call C++ at run time: a cppyy-compatible binder.  ``import cppbind as cppyy``."""

from cppbind import py
from cppbind.converters import default
from cppbind.cross import multi
from cppbind.objects import addressof, bind_object, nullptr, sizeof, typeid
from cppbind.scopes import gbl
from cppbind.toplevel import (add_autoload_map, add_include_path, add_library_path, c_include, cppdef, cppexec, evaluate, include,
                              load_library, load_reflection_info, macro, set_debug)

__version__ = "3.5.0"                                  # of cppyy, whose names and results these are

__all__ = ["gbl", "cppdef", "cppexec", "evaluate", "include", "c_include", "load_library", "load_reflection_info", "add_autoload_map", "add_include_path",
           "add_library_path", "macro", "set_debug", "addressof", "bind_object", "default", "nullptr", "sizeof", "typeid", "multi", "py"]
