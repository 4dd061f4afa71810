"""Every construct of `constructs.py` is taken, and means what it means in C."""

import pytest

from ffi import FFI
from tests.ffi.constructs import CONSTRUCTS


@pytest.mark.parametrize("what, source, holds", CONSTRUCTS, ids=[c[0] for c in CONSTRUCTS])
def test_construct(what, source, holds):
    ffi = FFI()
    ffi.cdef(source, cplusplus=what.startswith("C++"))
    lib = ffi.dlopen(None)

    def function(name):
        return ffi.getctype(ffi._types.of(("ptr", ffi._found.functions[name][0], "")))

    def bits(struct, name):
        field = dict(ffi.typeof(struct).fields)[name]
        return field.offset, field.bitshift, field.bitsize

    assert eval(holds, {"ffi": ffi, "lib": lib, "lib_has": lambda name: name in dir(lib), "function": function, "bits": bits})


def test_all_are_there():
    assert len(CONSTRUCTS) >= 106
