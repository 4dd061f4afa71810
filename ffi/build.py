"""From an FFI's set_source() to a file that can be imported: writing the source, and the C compiler through setuptools."""

import os
import sys
import sysconfig

from ffi.errors import VerificationError


def set_source(ffi, module_name, source, source_extension, keywords):
    if ffi._assigned_source is not None:
        raise ValueError("set_source() cannot be called several times per ffi object")
    if not isinstance(module_name, str):
        raise TypeError("'module_name' must be a string")
    if os.sep in module_name or os.altsep and os.altsep in module_name:
        raise ValueError("'module_name' must not contain '/': use a dotted name to make a 'package.module' location")
    ffi._assigned_source = str(module_name), source, source_extension, keywords


def assigned(ffi):
    if ffi._assigned_source is None:
        raise ValueError("set_source() must be called before")
    return ffi._assigned_source


def check_method(ffi, method, python):
    """The assigned source, if it is of the kind that `method` is for."""
    source = assigned(ffi)
    if python and source[1] is not None:
        raise TypeError(f"{method}() is only for pure Python dlopen() modules, those of set_source(name, None)")
    if not python and source[1] is None:
        raise TypeError(f"{method}() is only for C extension modules: it needs a C source in set_source(), not None")
    return source


def emit_python(ffi, module_name, target):
    """Write an ABI module to a file name or file object; True unless the file was the same already."""
    from ffi.emit_python import source
    return write(source(ffi, module_name), target)


def emit_c(ffi, module_name, preamble, target):
    """Write an API module's C source; True unless the file was the same already."""
    from ffi.emit_c import source
    if not isinstance(preamble, str):
        raise TypeError("set_source(): the C source is a string")
    if ffi._asked_macros:
        from ffi.macros import settle
        settle(ffi, preamble)
    return write(source(ffi, module_name, preamble), target)


def write(text, target):
    """To a file object, or to a file whose time stays if its contents do."""
    if hasattr(target, "write"):
        target.write(text)
        return True
    target = os.fspath(target)
    try:
        with open(target, encoding="utf-8", newline="") as file:
            if file.read() == text:
                return False
    except (OSError, UnicodeDecodeError):
        pass
    temporary = f"{target}.~{os.getpid()}"
    with open(temporary, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.replace(temporary, target)
    return True


def place(directory, module_name, extension):
    """(path of a module's file below `directory`, the parts of it); its directories are made."""
    parts = module_name.split(".")
    os.makedirs(os.path.join(directory, *parts[:-1]), exist_ok=True)
    parts[-1] += extension
    return os.path.join(directory, *parts), parts


def recompile(ffi, module_name, preamble, tmpdir=".", call_c_compiler=True, c_file=None, source_extension=".c", extradir=None,
              compiler_verbose=1, target=None, debug=None, **keywords):
    """Write a module, and compile it if it is C; returns the path of the outcome, or (Extension, whether it was written)."""
    if preamble is None:
        path = c_file or place(tmpdir, module_name, ".py")[0]
        written = emit_python(ffi, module_name, path)
        return path if call_c_compiler else (None, written)
    if ffi._embedding is not None:
        from ffi.embed import link_with_python
        link_with_python(keywords)
    told = c_file
    if c_file is None:
        c_file, parts = place(tmpdir, module_name, source_extension)
        told = os.path.join(*([extradir] if extradir else []), *parts)
    extension = new_extension(told, module_name, **keywords)
    written = emit_c(ffi, module_name, preamble, c_file)
    if not call_c_compiler:
        return extension, written
    if target is None:
        target = f"{module_name}.*" if ffi._embedding is not None else "*"
    before = os.getcwd()
    if compiler_verbose:
        print(f"the current directory is {before!r}\ncompiling in {tmpdir!r}")
    os.chdir(tmpdir)
    try:
        return compile(".", extension, compiler_verbose, debug, target, ffi._embedding is not None)
    finally:
        os.chdir(before)


def setuptools(what):
    """setuptools, or an error that says what to do."""
    try:
        import setuptools
    except ImportError:
        raise VerificationError(f"{what} needs setuptools, which drives the C compiler: pip install setuptools; or write the C source with "
                                "emit_c_code() or ffi-gen-src and compile it with another tool") from None
    return setuptools


def new_extension(source, module_name, sources=(), **keywords):
    """The setuptools Extension of a module, of Python's limited API where that is the default."""
    extension = setuptools("building a C extension module").Extension
    if keywords.pop("py_limited_api", True) is False:
        keywords["define_macros"] = [*keywords.get("define_macros", ()), ("_CFFI_NO_LIMITED_API", None)]
    if sys.implementation.name == "pypy" and not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")):
        keywords["extra_compile_args"] = [*keywords.get("extra_compile_args", ()), "-D_CFFI_NO_PYTHON_H"]
    return extension(name=module_name, sources=[os.path.normpath(os.fspath(one)) for one in (source, *sources)], **keywords)


def compile(directory, extension, verbose=0, debug=None, target="*", embedding=False):
    """Build one Extension in `directory`; the absolute path of the file.  What the compiler prints is shown if it fails, or if `verbose`."""
    setuptools("compile()")
    from setuptools import Distribution
    from setuptools.errors import BaseError, CCompilerError
    extension._needs_stub = False
    distribution = Distribution({"ext_modules": [extension]})
    distribution.parse_config_files(distribution.find_config_files())     # not pyproject.toml: it is about another project
    options = distribution.get_option_dict("build_ext")
    if debug is None:
        debug = bool(sys.flags.debug)
    for name, value in (("debug", debug), ("force", True), ("build_lib", directory), ("build_temp", directory)):
        options[name] = ("ffi", value)
    distribution.cmdclass["build_ext"] = command(target, embedding)
    with Quiet(verbose) as output:
        try:
            distribution.run_command("build_ext")
            [path] = distribution.get_command_obj("build_ext").get_outputs()
        except (CCompilerError, BaseError) as error:
            raise VerificationError(f"{type(error).__name__}: {error}{output.told()}") from None
        except OSError as error:
            raise VerificationError(f"the C compiler cannot be run: {error}{output.told()}") from None
    return os.path.abspath(path)


def command(target, embedding):
    """A build_ext that names the file as `target` says ("*" is what Python expects, "name.*" has the system's suffix)."""
    from setuptools.command.build_ext import build_ext

    class Build(build_ext):
        def get_ext_filename(self, full_name):
            path = super().get_ext_filename(full_name)
            if target == "*":
                return path
            name = target
            if name.endswith(".*"):
                name = name[:-1] + {"win32": "dll", "darwin": "dylib"}.get(sys.platform, "so")
            return os.path.join(os.path.dirname(path), name) if not embedding or "." not in full_name else name

        def get_export_symbols(self, extension):
            return [] if embedding else super().get_export_symbols(extension)
    return Build


class Quiet:
    """Standard output and error of this process and its children into a file, to be shown only if something goes wrong."""

    def __init__(self, verbose):
        self.verbose, self.text = verbose, ""

    def __enter__(self):
        if not self.verbose:
            import tempfile
            sys.stdout.flush()
            sys.stderr.flush()
            self.file = tempfile.TemporaryFile()
            self.saved = os.dup(1), os.dup(2)
            os.dup2(self.file.fileno(), 1)
            os.dup2(self.file.fileno(), 2)
        return self

    def __exit__(self, *error):
        if not self.verbose:
            self.restore()

    def restore(self):
        sys.stdout.flush()
        sys.stderr.flush()
        for number, saved in zip((1, 2), self.saved):
            os.dup2(saved, number)
            os.close(saved)
        self.saved = ()

    def told(self):
        """What was written, as it is appended to an error's message."""
        if self.verbose:
            return ""
        sys.stdout.flush()
        sys.stderr.flush()
        self.file.seek(0)
        text = self.file.read().decode("utf-8", "replace").strip()
        return "\n" + text if text else ""
