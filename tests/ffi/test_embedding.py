"""A library with Python inside, used by a C program that knows nothing of Python."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ffi import FFI, VerificationError
from ffi.engine import engine
from tests.loader import link_flags

CC = shutil.which("cc")
pytestmark = pytest.mark.skipif(not CC, reason="there is no C compiler to make a program with")
PROGRAM = """
#include <stdio.h>
int add(int, int); int count(void);
int main(void) { int sum = add(40, 2); count(); printf("%d %d\\n", sum, count()); return 0; }
"""


@pytest.fixture
def library(tmp_path):
    """The path of a library with two functions written in Python."""
    ffi = FFI()
    ffi.embedding_api("int add(int, int); int count(void);")
    ffi.embedding_init_code("""
        from _inside import ffi
        calls = []

        @ffi.def_extern()
        def add(x, y):
            return x + y

        @ffi.def_extern()
        def count():
            calls.append(1)
            return len(calls)
    """)
    ffi.set_source("_inside", "")
    try:
        return ffi.compile(tmp_path, target="libinside.*")
    except VerificationError as error:
        if "cannot find -lpython" in str(error) or "relocation" in str(error):
            pytest.skip("this Python has no library to link with")
        raise


def test_a_program_with_python_inside(library, tmp_path):
    (tmp_path / "main.c").write_text(PROGRAM)
    subprocess.run([CC, "main.c", library, "-o", "main", *link_flags(sys.executable)], cwd=tmp_path, check=True)
    folders = [str(tmp_path), *filter(None, [sysconfig.get_config_var("LIBDIR"), os.environ.get("LD_LIBRARY_PATH")])]
    environ = {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(folders)}
    if getattr(engine, "__file__", None):              # the one of this environment, of which the program knows nothing
        environ["PYTHONPATH"] = str(Path(engine.__file__).parent)
    done = subprocess.run(["./main"], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.stdout == "42 2\n", done.stderr
