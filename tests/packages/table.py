"""The packages whose own test suites are the measure, as data.

Only tests know packages by name; nothing in `capi` does.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """One package and how its authors' tests are run.

    `files` are copied from the sdist to the folder where the tests run: the tests, their data and configuration, never
    the package itself, so that what is tested is what was installed.  `arguments` go to pytest.
    """

    name: str
    version: str
    files: tuple = ()
    arguments: tuple = ()
    requires: tuple = ("pytest",)

    @property
    def requirement(self):
        return f"{self.name}=={self.version}"


NO_ADDOPTS = ("-o", "addopts=")                 # drops the authors' choice of pytest-cov, doctests and reports

PACKAGES = [
    Package("MarkupSafe", "3.0.4", ("tests", "pyproject.toml"), ("tests",)),
    Package("wrapt", "2.5.2", ("tests",), ("tests",)),
    Package("ujson", "6.1.0", ("tests", "pyproject.toml"), ("tests",)),
    # pytest-run-parallel, which its authors may add, declares the mark
    Package("msgpack", "1.2.4", ("test", "pyproject.toml"), ("-o", "markers=thread_unsafe", "test")),
    # the marks are those that its authors leave out for wheels; the benchmarks need pytest-codspeed
    Package("multidict", "7.2.1", ("tests", "tools", "benchmarks", "pytest.ini"),
            (*NO_ADDOPTS, "-m", "not leaks and not hypothesis and not capi", "--ignore-glob=*_benchmarks.py", "tests"),
            ("pytest", "objgraph")),
    Package("frozenlist", "1.8.0", ("tests", "pytest.ini"), (*NO_ADDOPTS, "tests")),
    Package("simplejson", "4.3.0", (), ("--pyargs", "simplejson.tests")),
    Package("PyYAML", "6.0.3", ("tests",), ("tests/legacy_tests",)),
    # its fourth file, test_free_threading, asserts at once that there is no GIL
    Package("bitarray", "3.12.3", (), ("--pyargs", "bitarray.test_bitarray", "bitarray.test_util",
                                       "bitarray.test_bitfields")),
    Package("regex", "2026.11.15", (), ("--pyargs", "regex.tests.test_regex")),
]
