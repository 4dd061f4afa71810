/* Buffer: base of a Python class whose memory other code may see: before 3.12 CPython does not ask __buffer__ itself. */
#include "native.h"

namespace {

int get_buffer(PyObject *self, void *view, int flags) {
    PyObject *memory = PyObject_CallMethod(self, "__buffer__", "i", flags);
    if (!memory) return -1;
    int done = PyObject_GetBuffer(memory, view, flags);     /* the view keeps `memory`, and gives it back */
    decref(memory);
    return done;
}

}  // namespace

int add_buffer(PyObject *module) {
    static PyType_Slot slots[] = {{Py_bf_getbuffer, (void *)get_buffer}, {}};
    PyTypeObject *type = make_type("cppbind.native.Buffer", sizeof(PyObject), Py_TPFLAGS_BASETYPE, slots);
    return type ? PyModule_AddObject(module, "Buffer", reinterpret_cast<PyObject *>(type)) : -1;
}
