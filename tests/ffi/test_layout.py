"""Layouts are those of the C compiler: sizes, alignments, offsets, and the bits that a bit field occupies."""

import shutil
import subprocess

import pytest

from ffi import FFI
from tests.ffi.layouts import STRUCTS, random_structs

CC = shutil.which("gcc") or shutil.which("cc")
pytestmark = pytest.mark.skipif(not CC, reason="there is no C compiler to compare with")
ALL = {**STRUCTS, **random_structs(150, seed=3)}
CANNOT = "no integer of 1, 2, 4 or 8 bytes"                     # a bit field that no integer inside the struct covers


@pytest.fixture(scope="module")
def ffi():
    made = FFI()
    made.cdef("\n".join(ALL.values()))
    return made


@pytest.fixture(scope="module")
def expected(ffi, tmp_path_factory):
    """{name: what C says}, each as `measured` has it."""
    folder = tmp_path_factory.mktemp("layout")
    body = []
    for name, source in ALL.items():
        type = f"{'union' if f'union {name}' in ffi._found.aggregates else 'struct'} {name}"
        body.append(f'printf("{name} %zu %zu", sizeof({type}), _Alignof({type}));')
        for field, bits in named_fields(ffi, type):
            if bits < 0:
                body.append(f'printf(" {field}@%zu", offsetof({type}, {field}));')
            else:
                body.append(f'{{ {type} x; memset(&x, 0, sizeof x); x.{field} = ~0; printf(" {field}:"); hex(&x, sizeof x); }}')
        body.append('printf("\\n");')
    (folder / "layout.c").write_text(
        "#include <stdio.h>\n#include <string.h>\n#include <stddef.h>\n" + "\n".join(ALL.values()) +
        '\nstatic void hex(void *p, size_t n) { for (size_t i = 0; i < n; i++) printf("%02x", ((unsigned char *)p)[i]); }\n'
        "int main(void) {\n" + "\n".join(body) + "\nreturn 0; }\n")
    subprocess.run([CC, "-w", "-o", "layout", "layout.c"], cwd=folder, check=True)
    lines = subprocess.run([folder / "layout"], capture_output=True, text=True, check=True).stdout.splitlines()
    return dict(line.split(" ", 1) for line in lines)


def named_fields(ffi, type):
    """(name, bits or -1) of each field, those of anonymous structs too."""
    for name, field, bits, quals, aligned, packed in ffi._found.aggregates[type][0]:
        if name:
            yield name, bits
        elif field[0] in ("struct", "union"):
            yield from named_fields(ffi, f"{field[0]} {field[1]}")


def measured(ffi, type):
    parts = [str(ffi.sizeof(type)), str(ffi.alignof(type))]
    for name, bits in named_fields(ffi, type):
        if bits < 0:
            parts.append(f"{name}@{ffi.offsetof(type, name)}")
            continue
        p = ffi.new(f"{type} *")
        field = dict(ffi.typeof(type).fields)[name]
        signed = int(ffi.cast(field.type, -1)) < 0 and field.type.cname != "_Bool"
        setattr(p, name, -1 if signed else (1 << bits) - 1)
        assert getattr(p, name) == (-1 if signed else (1 << bits) - 1)
        parts.append(f"{name}:{bytes(ffi.buffer(p)).hex()}")
    return " ".join(parts)


@pytest.mark.parametrize("name", ALL)
def test_as_the_compiler(ffi, expected, name):
    type = f"union {name}" if f"union {name}" in ffi._found.aggregates else f"struct {name}"
    try:
        found = measured(ffi, type)
    except NotImplementedError as error:
        assert CANNOT in str(error)
        return
    assert found == expected[name], ALL[name]


def test_bit_field_that_no_integer_covers():
    ffi = FFI()
    ffi.cdef("struct s { unsigned a : 20; unsigned b : 4; } __attribute__((packed));")
    with pytest.raises(NotImplementedError, match="field 'a' of 'struct s': 20 bits"):
        ffi.sizeof("struct s")


def test_struct_that_its_own_callback_takes_by_value():
    ffi = FFI()
    ffi.cdef("struct s { int (*f)(struct s); };")
    with pytest.raises(NotImplementedError, match="struct s has a pointer to a function that takes or gives the struct itself by value"):
        ffi.typeof("struct s")
    ffi.cdef("struct t { int (*f)(struct t *); };")
    assert ffi.sizeof("struct t") == 8
