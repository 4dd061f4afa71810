"""Each program of the checklist on both back-ends; that they are right, ``python -m tests.cppbind.checklist`` asks cppyy."""

import os
import subprocess
import sys

import pytest

from cppbind.backend import standard
from tests.cppbind.checklist import load
from tests.cppbind.checklist.__main__ import ROOT, outcomes

PROGRAMS = load()


@pytest.fixture(scope="module")
def compiled(cpp):
    return outcomes(sys.executable, "cppbind", PROGRAMS)


@pytest.fixture(scope="module")
def frozen(cpp, tmp_path_factory):
    """All that a dictionary can do, by one dictionary of all the C++ and that of the standard library."""
    standard.build()
    folder = tmp_path_factory.mktemp("checklist")
    chosen = [program for program in PROGRAMS.values() if not program.compiler]
    (folder / "checklist.h").write_text("#pragma once\n" + "\n".join(program.source() for program in chosen))
    selections = [word for program in chosen for pattern in (f"{program.name}::*", *program.select) for word in ("--select", pattern)]
    done = subprocess.run([sys.executable, "-m", "cppbind.genreflex", "checklist.h", *selections, "-o", "libchecklistDict.so"], cwd=folder,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return outcomes(sys.executable, str(folder / "libchecklistDict.so"), [program.name for program in chosen])


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=str)
def test_compiler(compiled, program):
    assert compiled[program.name] is None, compiled[program.name]


@pytest.mark.parametrize("program", [program for program in PROGRAMS.values() if not program.compiler], ids=str)
def test_dictionary(frozen, program):
    assert frozen[program.name] is None, frozen[program.name]
