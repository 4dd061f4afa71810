"""Call C++ at run time: a cppyy-compatible binder.  ``import cppbind as cppyy``."""

from cppbind.toplevel import (add_autoload_map, add_include_path, add_library_path, c_include, cppdef, cppexec, evaluate, include,
                              load_library, load_reflection_info, macro, set_debug)

__version__ = "3.5.0"                                  # of cppyy, whose names and results these are

__all__ = ["gbl", "cppdef", "cppexec", "evaluate", "include", "c_include", "load_library", "load_reflection_info", "add_autoload_map", "add_include_path",
           "add_library_path", "macro", "set_debug", "addressof", "bind_object", "default", "nullptr", "sizeof", "typeid", "multi", "py"]


def __getattr__(name):
    """Names that take the rest of the package, which is imported while the compiler starts (`toplevel.run`), or when first needed."""
    if name not in __all__:
        raise AttributeError(f"module 'cppbind' has no attribute {name!r}")
    import cppbind.py                                   # which sets `py`
    from cppbind.conversion import default
    from cppbind.deriving import multi
    from cppbind.objects import addressof, bind_object, nullptr, sizeof, typeid
    from cppbind.scopes import gbl
    globals().update(multi=multi, addressof=addressof, bind_object=bind_object, default=default, nullptr=nullptr, sizeof=sizeof, typeid=typeid, gbl=gbl)
    return globals()[name]


def __dir__():
    return sorted({*globals(), *__all__})
