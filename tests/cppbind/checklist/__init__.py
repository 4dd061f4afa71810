"""Programs, one for a line of cppyy's documented features, each on both back-ends; ``python -m tests.cppbind.checklist`` runs them on cppyy itself.

A program is a function of the binder and of the namespace that its C++ is put into.  What a dictionary cannot do says why (`compiler`),
and where cppyy 3.5 answers otherwise, or not at all, that is said, too (`cppyy`).
"""

import importlib
import pkgutil

programs = {}                                          # name -> Program


class Program:
    def __init__(self, run, cpp, select, compiler, cppyy):
        self.run, self.cpp, self.select, self.compiler, self.cppyy = run, cpp, select, compiler, cppyy
        self.name, self.section = run.__name__, run.__module__.rpartition(".")[2]

    def __str__(self):
        return f"{self.section}-{self.name}"

    def source(self):
        """Its C++: directives as they are, the rest in its namespace."""
        lines = self.cpp.strip().splitlines()
        outside = [line for line in lines if line.startswith("#")]
        inside = [line for line in lines if not line.startswith("#")]
        return "\n".join([*outside, f"namespace {self.name} {{", *inside, "}", ""])

    def __call__(self, cppyy):
        self.run(cppyy, getattr(cppyy.gbl, self.name))


def program(cpp="", select=(), compiler=None, cppyy=None):
    """Makes a program of a function (cppyy, ns); `select`: instances of templates that its dictionary needs."""
    def made(run):
        assert run.__name__ not in programs, f"two programs are called {run.__name__}"
        programs[run.__name__] = Program(run, cpp or "int nothing;", select, compiler, cppyy)
        return run
    return made


def load():
    """All programs, by name."""
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith(("_", "test_")):
            importlib.import_module(f"{__name__}.{module.name}")
    return programs
