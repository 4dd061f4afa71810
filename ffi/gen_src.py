"""ffi-gen-src: write the C source of an API module, for meson, CMake and other tools that compile it themselves.

    ffi-gen-src exec-python [--ffi-var=NAME] build_foo.py _foo.c
    ffi-gen-src read-sources package._foo foo.cdef.h foo.c _foo.c
"""

import argparse
import io
import os
import sys

from ffi.build import check_method, emit_c
from ffi.scripts import ffi_named, run


def main(arguments=None, prog="ffi-gen-src"):
    """The command line; `prog` is what it calls itself."""
    parser = argparse.ArgumentParser(prog=prog, description="Write the C source of an extension module.")
    commands = parser.add_subparsers(dest="command")
    script = commands.add_parser("exec-python", help="run a Python script that makes an FFI and calls set_source() on it")
    script.add_argument("--ffi-var", default="ffibuilder", help="the name of the FFI, or of a function that returns it (default: ffibuilder)")
    script.add_argument("script", help="the Python script")
    script.add_argument("output", help="the C file to write; - for standard output")
    sources = commands.add_parser("read-sources", help="read the declarations and the C source from files")
    sources.add_argument("module_name", help="the full name of the module: package.module")
    sources.add_argument("cdef", help="the file with the declarations; - for standard input")
    sources.add_argument("csrc", help="the file with the C source; - for standard input")
    sources.add_argument("output", help="the C file to write; - for standard output")
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.error("a subcommand is required: exec-python or read-sources")
    if options.command == "read-sources" and same_file(options.cdef, options.csrc):
        sources.error(f"{options.cdef!r} and {options.csrc!r} are the same file and should not be")
    ffi = from_script(options.script, options.ffi_var) if options.command == "exec-python" else from_sources(options)
    module_name, source, *rest = check_method(ffi, "ffi-gen-src", python=False)
    text = io.StringIO()
    emit_c(ffi, module_name, source, text)
    if options.output == "-":
        sys.stdout.write(text.getvalue())
        return
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(text.getvalue())


def same_file(first, second):
    return first == second or os.path.exists(first) and os.path.exists(second) and os.path.samefile(first, second)


def from_sources(options):
    from ffi.api import FFI
    ffi = FFI()
    ffi.cdef(read(options.cdef))
    ffi.set_source(options.module_name, read(options.csrc))
    return ffi


def read(name):
    if name == "-":
        return sys.stdin.read()
    with open(name, encoding="utf-8") as file:
        return file.read()


def from_script(path, name):
    """The FFI of a script, which is run with its folder on the path and a __name__ that is not "__main__"."""
    module_name = "cffi.gen_src" if getattr(sys.modules.get("cffi"), "__compat__", None) else "ffi.gen_src"
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    names = run(path, module_name)
    if name not in names:
        raise NameError(f"{path!r} defines no {name!r}: give the name of the FFI with --ffi-var")
    return ffi_named(names, name, path)


if __name__ == "__main__":
    main(prog=f"python -m {__spec__.name}" if __spec__ else None)
