"""Libraries with Python inside: what their C needs, and linking with Python."""

import os
import sys
import sysconfig


def startup(ffi, module_name, version):
    """The lines of C that define the names and the code with which the library starts Python."""
    from ffi.emit_c import template
    base = module_name.split(".")[-1]
    code = ffi._embedding.encode() + b"\0"
    numbers = [",".join(map(str, code[at:at + 24])) for at in range(0, len(code), 24)]
    return [f'#define _CFFI_MODULE_NAME  "{module_name}"', f"static const char _CFFI_PYTHON_STARTUP_CODE[] = {{\n  {(',' + chr(10) + '  ').join(numbers)}\n}};",
            "#ifdef PYPY_VERSION", f"#  define _CFFI_PYTHON_STARTUP_FUNC  _cffi_pypyinit_{base}", "#else",
            f"#  define _CFFI_PYTHON_STARTUP_FUNC  PyInit_{base}", "#endif", template("embedding.h")]


def link_with_python(keywords):
    """Add Python's own library to the keywords of an Extension."""
    def ensure(key, value):
        values = keywords.setdefault(key, [])
        if value not in values:
            values.append(value)

    if sys.implementation.name == "pypy":
        library, folders = pypy_library()
        ensure("libraries", library)
        for folder in folders:
            ensure("library_dirs", folder)
            if not folder.startswith("/usr/lib"):      # where the loader does not look by itself
                ensure("runtime_library_dirs", folder)
        return
    if sys.platform == "win32":
        name = f"python{sys.version_info[0]}{sys.version_info[1]}"
        name += "_d" * hasattr(sys, "gettotalrefcount")
        ensure("library_dirs", os.path.join(sys.base_exec_prefix, "libs"))
    else:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}{sys.abiflags}"
        if sysconfig.get_config_var("LIBDIR") and not sysconfig.get_config_var("Py_ENABLE_SHARED"):
            ensure("library_dirs", sysconfig.get_config_var("LIBDIR"))
    ensure("libraries", name)


def pypy_library():
    """(name of PyPy's library, folders where it may be)."""
    folders = [os.path.join(sys.base_prefix, "bin"), os.path.join(sys.base_prefix, "lib"),
               os.path.join(sys.base_prefix, "lib", getattr(sys.implementation, "_multiarch", "")), os.path.dirname(os.path.realpath(sys.executable))]
    for name in (f"pypy{sys.version_info[0]}.{sys.version_info[1]}-c", f"pypy{sys.version_info[0]}-c", "pypy-c"):
        found = [folder for folder in folders if os.path.exists(os.path.join(folder, f"lib{name}.so"))]
        if found:
            return name, found
    return f"pypy{sys.version_info[0]}.{sys.version_info[1]}-c", folders[:1]
