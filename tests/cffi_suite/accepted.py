"""Tests that pass with cffi and are not meant to pass with `ffi`, each with the reason; a name stands for all files that have the test.

LIFTED: the test asserts that something is impossible which `ffi` can do.  INTERNALS: it looks into cffi's own modules or objects.
WORDING: it asserts the exact text of a message where ours says more.
"""

LIFTED, INTERNALS, WORDING = "lifted", "internals", "wording"

ACCEPTED = {
    "test_keepalive_lib": (INTERNALS, "verify() returns the engine's Lib, which takes no weak reference"),
    "test_keepalive_ffi": (INTERNALS, "verify() returns the engine's Lib, which takes no weak reference"),
    "test_ffi_full_struct": (WORDING, "verify() says what would work too"),
    "test_ctypes_backend_forces_generic_engine": (INTERNALS, "the ctypes backend, which does not work in cffi either"),
    "test_dont_support_int_dotdotdot": (LIFTED, "verify() knows `typedef int... t`"),
    "test_cannot_name_struct_type": (LIFTED, "a pointer to an unnamed struct is passed by the name of its typedef"),
    "test_duplicate_enum": (LIFTED, "cdef() itself says that an enumerator is declared twice"),
    "test_include_1": (INTERNALS, "reads the parser's dictionary of declarations"),
    "test_locate_engine_class": (INTERNALS, "asks which of cffi's two engines verify() uses; there is one way here"),
    "test_module_type": (INTERNALS, "asks which of cffi's two engines verify() uses; there is one way here"),
    "test_pack_not_supported": (LIFTED, "API mode takes the layout of pack=2 from the C compiler"),
    "test_invalid_global_constant_3": (LIFTED, "#define with a float is a constant"),
}
