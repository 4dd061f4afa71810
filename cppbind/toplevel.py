"""Code and libraries: cppdef, cppexec, include, load_library and their kin."""

import os
import sys

from cppbind.backend import api
from cppbind.backend.api import ffi

library_paths, libraries = [], {}


def run(code, error, what):
    api.start()
    import cppbind.gbl                                  # with all that a class takes, while it starts
    from cppbind import embedding, pyobjects, scopes
    from cppbind.stl import headers
    if "Python.h" in code or "CPyCppyy/API.h" in code:
        pyobjects.headers()
    first, code = includes_first(code)
    state, told = api.compiler().compile(first) if first else (0, "")
    if state >= 0 and code:
        if "#include" not in code:
            headers.prepare(code)
        state, told = api.compiler().compile(code)
        if state < 0 and "#include" not in code and headers.would_help(told):
            state, told = api.compiler().compile(code)
    if state < 0:
        raise error(f"{what}\n{told}")
    if "CPyCppyy/API.h" in first + code:
        embedding.connect()
    scopes.changed()
    if state:
        import warnings
        warnings.warn(told, stacklevel=3)
    return True


def includes_first(code):
    """(the lines with #include that code begins with, the rest): compiled by themselves, for code that fails takes what it declares back,
    but not the macros by which headers know that they were read."""
    lines = code.splitlines(keepends=True)
    count = next((number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#include")), len(lines))
    first = "".join(lines[:count])
    return (first, "".join(lines[count:])) if first.strip() else ("", code)


def cppdef(source):
    """Declare C++; True.  SyntaxError with the compiler's words, a warning for its warnings."""
    return run(source, SyntaxError, "Failed to parse the given C++ code")


def cppexec(statement):
    """Run C++ statements; True.  SyntaxError with the compiler's words."""
    statement = statement.strip()
    return run(statement if statement.endswith((";", "}")) else statement + ";", SyntaxError, "Failed to run the given C++ code")


def evaluate(expression):
    """The value of a C++ expression, or what a name is.  SyntaxError with the compiler's words."""
    from cppbind import scopes
    try:
        function = scopes.defined("value", lambda name: f"inline decltype(auto) {name}() {{ return ({expression}); }}")
    except TypeError as reason:
        try:
            return scopes.named(expression)             # a class, template or namespace is no value
        except AttributeError:
            raise SyntaxError(f"Failed to evaluate {expression!r}\n{reason}") from None
    return function()


def include(header):
    """#include a header; True.  ImportError with the compiler's words."""
    return run(f"#include <{header}>\n" if not os.path.isabs(header) else f'#include "{header}"\n', ImportError, f'Failed to load header file "{header}"')


def c_include(header):
    """#include a header of C; True.  ImportError with the compiler's words."""
    return run(f'extern "C" {{\n#include "{header}"\n}}\n', ImportError, f'Failed to load header file "{header}"')


def macro(name):
    """The value of a macro that is a constant expression.  ValueError if there is none."""
    from cppbind import scopes
    try:
        return scopes.defined("macro", lambda function: f"inline const auto &{function}() {{ static const auto value = {name}; return value; }}")()
    except TypeError:
        raise ValueError(f"failed to evaluate macro {name!r}") from None


def load_library(name):
    """Load a shared library, by path or by name with or without lib and .so; True.  RuntimeError if there is none."""
    problem = None
    for path in candidates(name):
        try:
            libraries[path] = ffi.dlopen(path, ffi.RTLD_NOW | ffi.RTLD_GLOBAL)
            return True
        except OSError as reason:
            problem = problem if problem and os.path.exists(path) is False else reason
    raise RuntimeError(f"could not load library {name!r}: {problem}")


def candidates(name):
    """The file names to try."""
    names = [name]
    if os.sep not in name:
        stem = name if name.startswith("lib") else "lib" + name
        names += [name + ".so", stem, stem + ".so"]
    for one in names:
        for folder in library_paths if os.sep not in one else ():
            yield os.path.join(folder, one)
        if os.sep in one or ".so" in one:
            yield one
    for folder in (os.path.join(sys.prefix, "lib"), os.path.join(os.environ.get("CONDA_PREFIX", sys.prefix), "lib")):
        for one in names:
            if os.sep not in one and ".so" in one:
                yield os.path.join(folder, one)


def load_reflection_info(name):
    """Load a dictionary that `python -m cppbind.genreflex` made.  RuntimeError if there is none."""
    from cppbind import scopes
    from cppbind.backend import dictionary
    problem = None
    for path in candidates(name):
        try:
            scopes.dictionaries.insert(0, dictionary.load(path))
        except OSError as reason:
            problem = reason
            continue
        scopes.changed()
        return True
    raise RuntimeError(f"could not load dictionary {name!r}: {problem}")


def add_autoload_map(path):
    """A map of names to libraries, a .rootmap file: they are loaded when a name is looked up.  OSError if there is no such file."""
    from cppbind.backend import dictionary
    if not os.path.isfile(path):
        raise OSError(f"no such file: {path}")
    dictionary.added.append(os.path.abspath(path))


def set_debug(enable=True):
    """Whether the C++ that is compiled is written to stderr."""
    api.debug = bool(enable)


def folders(path):
    """Absolute paths of a folder or several, one by one."""
    for one in [path] if isinstance(path, (str, os.PathLike)) else path:
        one = os.path.abspath(os.fspath(one))
        if not os.path.isdir(one):
            raise OSError(f"no such directory: {one}")
        yield one


def add_include_path(path):
    """A folder, or several, to look for headers in.  OSError if there is no such folder."""
    from cppbind import pyobjects
    if pyobjects.is_headers(path):
        pyobjects.headers()
        return
    for one in folders(path):
        api.add_include_path(one)


def add_library_path(path):
    """A folder, or several, to look for libraries in.  OSError if there is no such folder."""
    library_paths.extend(folders(path))
