"""C functions that do nothing but read a field of their first argument, or return a constant, told by their machine code.

What `len()` calls is mostly such a function: `return self->size;`.  The VM reads the field itself, as it does with a
PyMemberDef, and the JIT makes a load of it; a call from the VM into C costs ten times as much as such a function.
Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2; arguments and results: System V ABI, AMD64.
"""

import os
from collections import namedtuple

from capi.core.engine import ffi

Constant = namedtuple("Constant", "value")
Field = namedtuple("Field", "ctype offset")        # `ctype`: the type of a pointer to it

ENDBR64, RET = b"\xf3\x0f\x1e\xfa", b"\xc3"
# loads of [rdi + displacement] into rax, without the byte that holds the registers
LOADS = {b"\x48\x8b": "long *", b"\x48\x63": "int *", b"\x8b": "unsigned int *", b"\x0f\xb6": "unsigned char *", b"\x0f\xb7": "unsigned short *"}
RAX_RDI, RAX_RDI_8, RAX_RDI_32 = 0x07, 0x47, 0x87
X86_64 = os.uname().machine == "x86_64"


class Code:
    """The bytes of a function, read one by one: behind its last one there may be no memory."""

    def __init__(self, fn):
        self.bytes, self.at = ffi.cast("unsigned char *", fn), 0

    def skip(self, wanted):
        """Goes past the bytes `wanted`, if they come next."""
        for i, byte in enumerate(wanted):
            if self.bytes[self.at + i] != byte:
                return False
        self.at += len(wanted)
        return True

    def number(self, size, signed):
        raw = bytes([self.bytes[self.at + i] for i in range(size)])
        self.at += size
        return int.from_bytes(raw, "little", signed=signed)


def leaf(fn):
    """The Constant or the Field that the function at `fn` returns; None if it does anything else."""
    if not X86_64:
        return None
    code = Code(fn)
    code.skip(ENDBR64)
    found = constant(code) or field(code)
    return found if found and code.skip(RET) else None


def constant(code):
    if code.skip(b"\x31\xc0") or code.skip(b"\x33\xc0"):           # xor eax, eax
        return Constant(0)
    if code.skip(b"\xb8"):                                         # mov eax, imm32
        return Constant(code.number(4, False))
    if code.skip(b"\x48\xc7\xc0"):                                 # mov rax, imm32
        return Constant(code.number(4, True))
    return None


def field(code):
    for load, ctype in LOADS.items():
        if code.skip(load):
            registers = code.number(1, False)
            if registers == RAX_RDI:
                return Field(ctype, 0)
            if registers == RAX_RDI_8:
                return Field(ctype, code.number(1, True))
            if registers == RAX_RDI_32:
                return Field(ctype, code.number(4, True))
            return None
    return None
