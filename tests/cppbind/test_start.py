"""What a program loads before its first call."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALL = """
import sys
import cppbind
cppbind.cppdef("class MyClass { public: MyClass(int i = -99) : m_myint(i) {} int GetMyInt() { return m_myint; } int m_myint; };")
assert cppbind.gbl.MyClass().GetMyInt() == -99
"""


def run(script, **environ):
    """What a process of its own prints; without `site`, which imports what other packages want."""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = subprocess.run([sys.executable, "-S", "-c", script], capture_output=True, text=True, env=dict(os.environ, PYTHONPATH=path, **environ))
    assert done.stderr == ""
    return done.stdout.strip()


def test_modules_that_the_first_call_does_not_need(cpp, tmp_path):
    """Once the declarations are in ffi's cache, which nobody else has here: parsing them takes `re`."""
    script = CALL + "print(*[one for one in ('ctypes', 're', 'enum', 'signal', 'threading', 'cppbind.ll', 'ffi.parser') if one in sys.modules])"
    assert "ffi.parser" in run(script, XDG_CACHE_HOME=str(tmp_path))
    run(script, XDG_CACHE_HOME=str(tmp_path))           # short ones are not kept while there is a parser
    assert run(script, XDG_CACHE_HOME=str(tmp_path)) == ""


def test_import_alone_loads_no_compiler(cpp):
    assert run("import cppbind; from cppbind.backend import api; print(api.started, api.starting, 'cppbind.classes' in __import__('sys').modules)") == "None None False"


def test_the_global_namespace_as_a_module(cpp):
    script = "from cppbind.gbl import std\nimport cppbind, cppbind.gbl as space\nprint(space is cppbind.gbl, std is cppbind.gbl.std, cppbind.gbl.std.vector[int]([3])[0])"
    assert run(script) == "True True 3"


def test_names_of_the_package(cpp):
    assert run("import cppbind; print({*cppbind.__all__} <= {*dir(cppbind)}, cppbind.nullptr, hasattr(cppbind, 'no_such_name'))") == "True nullptr False"


def test_values_of_ctypes_that_come_later(cpp):
    """ctypes is imported by the program, after functions were bound."""
    script = CALL + """
cppbind.cppdef("int twice(int i) { return 2 * i; } void change(int *i) { *i = 7; }")
twice, change = cppbind.gbl.twice, cppbind.gbl.change
assert twice(4) == 8
try:
    change("text")
except TypeError:
    pass
import ctypes
number = ctypes.c_int(21)
change(ctypes.byref(number))
print(number.value, twice(number))
"""
    assert run(script) == "7 14"
