"""Extension modules from C code that stands in a test, built for the Python that runs: ours on PyPy, CPython's own headers there.

A line ``@EXPORT(name, METH_FLAGS)`` before a function puts it into the method table (a third argument is its docstring),
``@EXPORT_TYPE("Name", symbol)`` readies a static type and adds it, ``@INIT`` before a block adds the block to the
initialiser, with the module as ``m``.  A source that says ``MODULE_INIT { ... }`` itself writes the whole initialiser;
``MODULE_NAME`` is its name and ``methods`` its method table.
"""

import hashlib
import importlib.machinery
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ON_PYPY = sys.implementation.name == "pypy"
MACHINE = f"{sys.implementation.name}-{sys.version_info[0]}.{sys.version_info[1]}"

EXPORT = re.compile(r"^[ \t]*@EXPORT\(\s*(\w+)\s*,\s*([^,\n]+?)\s*(?:,\s*(\".*\"))?\)[ \t]*$", re.M)
EXPORT_TYPE = re.compile(r"^[ \t]*@EXPORT_TYPE\(\s*\"(\w+)\"\s*,\s*(\w+)\s*\)[ \t]*$", re.M)
INIT = re.compile(r"^[ \t]*@INIT[ \t]*$", re.M)
FUNCTION = re.compile(r"\b(\w+)\s*\(")
LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|//[^\n]*', re.S)

HEAD = """\
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#define MODULE_NAME "{name}"
#define MODULE_INIT PyMODINIT_FUNC PyInit_{name}(void)
"""

TABLE = """
static PyMethodDef methods[] = {{
{entries}
    {{NULL, NULL, 0, NULL}}
}};
"""

READY = """\
    if (PyType_Ready(&{symbol}) < 0) goto fail;
    Py_INCREF(&{symbol});
    if (PyModule_AddObject(m, "{exported}", (PyObject *)&{symbol}) < 0) goto fail;"""

DEFAULT_INIT = """
static struct PyModuleDef definition = {{PyModuleDef_HEAD_INIT, MODULE_NAME, NULL, -1, methods, NULL, NULL, NULL, NULL}};

MODULE_INIT
{{
    PyObject *m = PyModule_Create(&definition);
    if (!m)
        return NULL;
{steps}
    return m;
fail:
    Py_DECREF(m);
    return NULL;
}}
"""


class CompileError(Exception):
    """The C code of a test that does not compile, with the compiler's words."""


def block_end(source, start):
    """Index of the brace that closes the block which opens at or after `start`."""
    blank = LITERAL.sub(lambda match: " " * len(match.group()), source)
    depth = 0
    for index in range(blank.index("{", start), len(blank)):
        depth += (blank[index] == "{") - (blank[index] == "}")
        if depth == 0:
            return index
    raise CompileError("a block after @INIT is not closed")


def expand(source, name):
    """The whole C file of the module `name`."""
    source = textwrap.dedent(source)
    entries, steps = [], []
    for match in EXPORT.finditer(source):
        function = FUNCTION.search(source, match.end())
        if not function:
            raise CompileError(f"no function follows {match.group().strip()}")
        exported, flags, doc = match.groups()
        entries.append(f'    {{"{exported}", (PyCFunction)(void *){function.group(1)}, {flags}, {doc or "NULL"}}},')
    source = EXPORT.sub("", source)
    for number in range(source.count("@INIT")):
        match = INIT.search(source)
        if not match:
            break
        end = block_end(source, match.end())
        body = f"static PyObject *init_{number}(PyObject *m)"
        source = source[:match.start()] + body + source[match.end():end] + "    return m;\n}" + source[end + 1:]
        steps.append(f"    if (!init_{number}(m)) goto fail;")
    readied = [READY.format(exported=exported, symbol=symbol) for exported, symbol in EXPORT_TYPE.findall(source)]
    source = EXPORT_TYPE.sub("", source)
    head = HEAD.format(name=name)
    own_init = "MODULE_INIT" in source
    if own_init:                                    # the table is defined after the functions, used before
        head += f"static PyMethodDef methods[{len(entries) + 1}];\n"
    tail = TABLE.format(entries="\n".join(entries))
    if not own_init:
        steps = readied + steps
        tail += DEFAULT_INIT.format(steps="\n".join(steps) or "    if (0) goto fail;")
    return head + "#line 1\n" + source + tail


def compile_for_cpython(name, source, folder, flags):
    """Compile with CPython's own headers; the path of the module."""
    target = folder / (name + importlib.machinery.EXTENSION_SUFFIXES[0])
    if not target.exists():
        scratch = target.with_suffix(f".{os.getpid()}.tmp")
        compiler = os.environ.get("CXX", "c++") if source.suffix == ".cpp" else os.environ.get("CC", "cc")
        done = subprocess.run([*shlex.split(compiler), "-O2", "-fPIC", "-shared", f"-I{sysconfig.get_paths()['include']}", *flags,
                               str(source), "-o", str(scratch)], capture_output=True, text=True)
        if done.returncode:
            raise CompileError(f"{source} does not compile:\n{done.stderr}")
        os.replace(scratch, target)
    return target


def compile_for_pypy(name, source, folder, flags):
    """Compile with our headers; the path of the module."""
    import capi
    from capi.core.build import BuildError

    try:
        return capi.build_extension(name, [source], extra_compile_args=flags, build_dir=folder)
    except BuildError as reason:
        log = folder / (name + capi.ext_suffix() + ".log")
        raise CompileError(f"{reason}\n{log.read_text() if log.exists() else ''}") from None


def load(name, path):
    """Import the module `name` from `path`."""
    if ON_PYPY:
        import capi
        return capi.load_extension(name, path)
    loader = importlib.machinery.ExtensionFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, str(path), loader=loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def build(source, cplusplus=False, flags=()):
    """Compile a test's C code unless that was done before: (module name, path)."""
    digest = hashlib.sha256(repr((source, cplusplus, flags, HEAD, TABLE, DEFAULT_INIT)).encode()).hexdigest()[:16]
    name = f"test_{digest}"
    folder = ROOT / "build" / "tests" / MACHINE / name
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (name + (".cpp" if cplusplus else ".c"))
    text = expand(source, name)
    if not file.exists() or file.read_text() != text:
        scratch = file.with_suffix(f".{os.getpid()}.tmp")
        scratch.write_text(text)
        os.replace(scratch, file)
    return name, (compile_for_pypy if ON_PYPY else compile_for_cpython)(name, file, folder, list(flags))


loaded = {}                                         # module name -> module: a library is initialised once in a process


def module_of(source, cplusplus=False, flags=()):
    """The imported module of a test's C code."""
    name, path = build(source, cplusplus, tuple(flags))
    if name not in loaded:
        loaded[name] = load(name, path)
    return loaded[name]
