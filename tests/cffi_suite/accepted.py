"""Tests that pass with cffi and are not meant to pass with `ffi`, each with the reason; a name stands for all files and classes that have it.

LIFTED: the test asserts that something is impossible which `ffi` can do.  INTERNALS: it looks into cffi's own modules or objects.
WORDING: it asserts the exact text of a message where ours says more.
"""

LIFTED, INTERNALS, WORDING = "lifted", "internals", "wording"

# Whole files that test cffi's own objects, of which its documentation does not speak.
OUTSIDE = {"cffi0/test_model.py": "the classes in which cffi's parser keeps types, and how they write them"}

ACCEPTED = {
    "test_ctypes_backend_forces_generic_engine": (INTERNALS, "asks which of cffi's two engines verify() uses for its ctypes backend"),
    "test_module_type": (INTERNALS, "asks which of cffi's two engines verify() uses, after choosing one; there is one way here"),
    "test_locate_engine_class": (INTERNALS, "asks which of cffi's two engines verify() uses; there is one way here"),
    "test_dont_support_int_dotdotdot": (LIFTED, "verify() knows `typedef int... t`"),
    "test_cannot_name_struct_type": (LIFTED, "a pointer to an unnamed struct is passed by the name of its typedef"),
    "test_pack_not_supported": (LIFTED, "API mode takes the layout of pack=2 from the C compiler"),
    "test_invalid_global_constant_3": (LIFTED, "#define with a float is a constant"),
    "test_define_not_supported_for_now": (LIFTED, "#define with a string is a constant"),
    "test_dlopen_constant": (LIFTED, "`static const float x = 42.5` has a value without a library"),
    "test_cannot_declare_enum_later": (LIFTED, "an enum may be named before it is declared, as in GNU C"),
    "test_error_invalid_syntax_for_cdef": (LIFTED, "the body of a function is skipped"),
    "test_cannot_have_only_variadic_part": (WORDING, "ours has the column, and the line with a caret"),
    "test_unknown_argument_type": (WORDING, "ours has the column, and the line with a caret"),
    "test__is_constant_globalvar": (WORDING, "cffi warns of a variable without `extern`, which is as good a declaration in C"),
    "TestCTypes.test_repr": (INTERNALS, "expects the names of the classes of cffi's ctypes backend"),
    "TestCTypes.test_functionptr_advanced": (INTERNALS, "expects the names of the classes of cffi's ctypes backend"),
    "test_unnamed_struct": (INTERNALS, "asks the classes in which cffi's parser keeps types"),
    "test_const_pointer_to_pointer": (INTERNALS, "asks the classes in which cffi's parser keeps types"),
    "test_typedef_array_convert_array_to_pointer": (INTERNALS, "calls a private method of FFI with a type of cffi's parser"),
}
