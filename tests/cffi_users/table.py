"""The packages.  Their versions are pinned, so that a run can be compared with the next; what they need beside is not."""

from collections import namedtuple

# `requires`: what its build and its tests need.  `files`: what of the sdist its tests need beside the installed package.  `tests`:
# arguments for pytest.  `bound`: the module that holds its FFI.  `environ`: of the build and the tests.
User = namedtuple("User", "name version mode bound requires files tests environ machines", defaults=({}, ("cpython", "pypy")))

USERS = [
    User("cairocffi", "1.3.0", "out-of-line ABI", "cairocffi._generated.ffi", [], [], ["--pyargs", "cairocffi.test_cairo"]),
    User("pycryptodome", "4.4.0", "in-line ABI", "Crypto.Util._raw_api", [], [],
         ["-p", "Crypto.SelfTest.plugin", "--skip-slow-tests", "--pyargs", "Crypto.SelfTest"]),
    User("soundfile", "0.14.0", "out-of-line ABI", "_soundfile", ["numpy"], ["tests"], ["tests"],
         machines=("cpython",)),                       # its tests need numpy, which has no build for PyPy
    User("pymunk", "7.3.1", "API", "pymunk._chipmunk", [], [], ["--pyargs", "pymunk.tests"]),
    User("zstandard", "0.25.0", "API", "zstandard._cffi", ["hypothesis==6.112.0"], ["tests"], ["tests"], {"PYTHON_ZSTANDARD_IMPORT_POLICY": "cffi"}),
    User("persistent", "6.9", "API", "persistent._ring", ["zope.interface", "zope.deferredimport", "manuel"], [], ["--pyargs", "persistent.tests"],
         {"PURE_PYTHON": "1"}),                        # its C extension needs no cffi
    User("PyNaCl", "1.6.2", "API", "nacl._sodium", ["hypothesis==6.112.0"], ["tests"], ["tests"]),
]
