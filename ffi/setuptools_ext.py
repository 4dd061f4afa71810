"""The keywords of setup(): ``ffi_modules=["package/build_foo.py:ffibuilder"]``, and `cffi_modules`, which means the same."""

import os
import sys
import sysconfig

from ffi import build
from ffi.scripts import ffi_named, run

WAITING = "$ffi"                                       # the source of an Extension that is still to be written


def setup_error(message):
    from setuptools.errors import SetupError
    return SetupError(message)


def ffi_modules(dist, attr, value):
    """Build the modules of some FFIs: "path/file.py:name", where the name is an FFI or a function that returns one."""
    if isinstance(value, str):
        value = [value]
    for spec in value:
        add_module(dist, spec)


def cffi_modules(dist, attr, value):
    """`cffi_modules`, unless the cffi package itself is there, whose own handler setuptools calls too."""
    if getattr(sys.modules.get("cffi"), "__compat__", None) is not None or not cffi_handles_it():
        ffi_modules(dist, attr, value)


def cffi_handles_it():
    from importlib.metadata import entry_points
    return any(entry.value.startswith("cffi.") for entry in entry_points(group="distutils.setup_keywords", name="cffi_modules"))


def add_module(dist, spec):
    done = dist.__dict__.setdefault("_ffi_modules", set())
    if spec in done:
        return
    done.add(spec)
    if not isinstance(spec, str):
        raise TypeError(f"argument to 'cffi_modules=...' must be a str or a list of str, not {type(spec).__name__!r}")
    path, colon, name = spec.rpartition(":")
    if not colon:
        raise setup_error(f"{spec!r}: 'path/file.py:name' is expected")
    if not os.path.exists(path):
        more = " (files are searched from the folder of setup.py)" if not os.path.isabs(path) else ""
        raise setup_error(f"{path!r} does not name an existing file{more}")
    names = run(path, "__cffi__")
    if name not in names:
        raise setup_error(f"{spec!r}: object {name!r} not found in module")
    ffi = ffi_named(names, name, path)
    if ffi._assigned_source is None:
        raise setup_error(f"{spec!r}: the set_source() method was not called")
    module_name, source, source_extension, keywords = ffi._assigned_source
    if source is None:
        add_python(dist, ffi, module_name)
    else:
        add_extension(dist, ffi, module_name, source, source_extension, keywords)


def _set_py_limited_api(Extension, kwds):
    """Ask for a module of the limited API, if Python and setuptools have that, and `kwds` do not say."""
    if "py_limited_api" not in kwds:
        import setuptools
        first = setuptools.__version__.partition(".")[0]
        old = first.isdigit() and int(first) < 26
        free_threaded = sysconfig.get_config_var("Py_GIL_DISABLED") and sys.version_info < (3, 15)
        kwds["py_limited_api"] = not (old or free_threaded or hasattr(sys, "gettotalrefcount"))
    if kwds["py_limited_api"] is False:
        kwds.setdefault("define_macros", []).append(("_CFFI_NO_LIMITED_API", None))
    return kwds


def add_extension(dist, ffi, module_name, source, source_extension, keywords):
    """An API module: its C is written when it is built."""
    from setuptools import Extension
    from setuptools.command.build_ext import build_ext
    keywords = _set_py_limited_api(Extension, dict(keywords))
    limited = keywords.pop("py_limited_api")
    extension = build.new_extension(WAITING, module_name, **keywords)
    extension.py_limited_api = limited
    dist.ext_modules = [*(dist.ext_modules or ()), extension]
    base = dist.cmdclass.get("build_ext", build_ext)

    class Build(base):
        def run(self):
            if extension.sources[0] == WAITING:
                path, parts = build.place(self.build_temp, module_name, source_extension)
                build.emit_c(ffi, module_name, source, path)
                extension.sources[0] = path
                if hasattr(self, "pre_run"):
                    self.pre_run(extension, ffi)
            super().run()
    dist.cmdclass["build_ext"] = Build


def add_python(dist, ffi, module_name):
    """An ABI module: a .py file, built beside the others, or in place."""
    from setuptools.command.build_ext import build_ext
    from setuptools.command.build_py import build_py
    *package, name = module_name.split(".")
    build_py, build_ext = dist.cmdclass.get("build_py", build_py), dist.cmdclass.get("build_ext", build_ext)

    def write(folder):                                 # no method: another module's command is derived from this one
        os.makedirs(folder, exist_ok=True)
        build.emit_python(ffi, module_name, os.path.join(folder, name + ".py"))

    class BuildPython(build_py):
        def run(self):
            super().run()
            if not getattr(self, "editable_mode", False):
                write(os.path.join(self.build_lib, *package))

        def get_source_files(self):
            extra = os.path.join(self.build_lib, *package, name + ".py")
            return [*super().get_source_files(), extra] if os.path.exists(extra) else super().get_source_files()

    class BuildExtension(build_ext):
        def run(self):
            if self.inplace:
                write(self.get_finalized_command("build_py").get_package_dir(".".join(package)))
            super().run()
    dist.cmdclass.update(build_py=BuildPython, build_ext=BuildExtension)
    if dist.py_modules is None and not dist.packages:
        dist.py_modules = []
