"""Types that C code may use without a declaration: those of <stddef.h>, <stdint.h>, <wchar.h>, FILE, and the system's own."""

import sys

from ffi.model import PRIMITIVES, VOID


def primitives():
    """How the words of a type's name, sorted, make up a type."""
    made = {"void": VOID, "_Bool": ("prim", "_Bool"), "bool": ("prim", "_Bool"), "float": ("prim", "float"), "double": ("prim", "double"),
            "double long": ("prim", "long double"), "_Complex float": ("prim", "_cffi_float_complex_t"),
            "_Complex double": ("prim", "_cffi_double_complex_t"), "_Complex": ("prim", "_cffi_double_complex_t"),
            "_Complex double long": ("blob", "long double _Complex", 32, 16), "char": ("prim", "char"),
            "char signed": ("prim", "signed char"), "char unsigned": ("prim", "unsigned char"),
            "_Float32": ("prim", "float"), "_Float64": ("prim", "double"), "_Float32x": ("prim", "double"),
            "_Float64x": ("prim", "long double")}
    for base in ("short", "long", "long long", ""):
        for sign in ("signed", "unsigned", ""):
            for word in ("int", ""):
                words = " ".join(sorted(f"{base} {sign} {word}".split()))
                if words:
                    made[words] = ("prim", ("unsigned " if sign == "unsigned" else "") + (base or "int"))
    for name, size in (("__int128", 16), ("__int128 signed", 16), ("__int128 unsigned", 16), ("__int128_t", 16), ("__uint128_t", 16), ("_Float16", 2),
                       ("_Float128", 16), ("__float128", 16), ("_Decimal32", 4), ("_Decimal64", 8), ("_Decimal128", 16), ("__bf16", 2),
                       ("_Complex _Float16", 4)):
        made[name] = ("blob", "unsigned __int128" if name == "__int128 unsigned" else name, size, size)
    return made


PRIMITIVE_WORDS = primitives()

COMMON = {name: (("prim", name), "") for name in PRIMITIVES if name.endswith("_t") or name == "_Bool"}
COMMON["FILE"] = ("struct", "_IO_FILE"), ""
COMMON["va_list"] = COMMON["__builtin_va_list"] = COMMON["__gnuc_va_list"] = ("ptr", ("struct", "__va_list_tag"), ""), ""
COMMON["nullptr_t"] = ("ptr", ("void",), ""), ""
COMMON["max_align_t"] = ("blob", "max_align_t", 32, 16), ""
COMMON["__int128_t"] = ("blob", "__int128_t", 16, 16), ""
COMMON["__uint128_t"] = ("blob", "__uint128_t", 16, 16), ""

# What <sys/types.h> and its kin say on Linux with 64-bit long (psABI, bits/typesizes.h).
LINUX_LP64 = {
    "long": "time_t off_t off64_t loff_t clock_t suseconds_t blksize_t blkcnt_t fsword_t register_t",
    "int": "pid_t clockid_t key_t",
    "unsigned int": "uid_t gid_t mode_t id_t useconds_t socklen_t in_addr_t wint_t",
    "unsigned long": "ino_t ino64_t dev_t nlink_t rlim_t pthread_t fsblkcnt_t fsfilcnt_t nfds_t",
    "unsigned short": "sa_family_t in_port_t u_short ushort",
    "unsigned char": "u_char",
}
if sys.platform == "linux" and sys.maxsize > 1 << 32:
    for base, names in LINUX_LP64.items():
        COMMON.update((name, (("prim", base), "")) for name in names.split())
