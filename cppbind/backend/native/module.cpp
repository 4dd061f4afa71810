/* The extension module: CPython's way into C++ without a Python frame.  See docs/cppbind.md, "Native methods". */
#include "native.h"

bool natively = true;
PyObject *whole_name;

PyTypeObject *make_type(const char *name, size_t size, unsigned flags, PyType_Slot *slots) {
    PyType_Spec spec = {name, static_cast<int>(size), 0, Py_TPFLAGS_DEFAULT | flags, slots};
    return reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
}

namespace {

PyObject *py_natively(PyObject *, PyObject *value) {
    natively = value == &_Py_TrueStruct;
    return none();
}

PyMethodDef functions[] = {{"function", make_function, METH_VARARGS, "A function of C++ in front of a Python one."},
                           {"natively", py_natively, METH_O, "Whether functions go their quick way."}, {}};
PyModuleDef definition = {{1, nullptr}, nullptr, 0, nullptr, "cppbind.native.extension", nullptr, -1, functions, nullptr, nullptr, nullptr, nullptr};

}  // namespace

extern "C" __attribute__((visibility("default"))) PyObject *PyInit_extension() {
    PyObject *module = PyModule_Create2(&definition, PYTHON_ABI_VERSION);
    whole_name = PyUnicode_InternFromString("_whole");
    if (!module || !whole_name || add_instances(module) || add_functions(module) || add_fields(module) || add_rows(module) || add_overrides(module) || add_memos(module) || add_buffer(module)) return nullptr;
    return module;
}
