#ifndef MOORING_EXTRA_H
#define MOORING_EXTRA_H

/* What our macros call beyond CPython's own functions. Exported by the layer, public in no other sense. */

/* The item, borrowed; neither type nor index is checked. */
PyObject *Mooring_ListItem(PyObject *list, Py_ssize_t index);
/* Put an item in a fresh list; steals the item and leaves the old one alone. */
void Mooring_ListInit(PyObject *list, Py_ssize_t index, PyObject *item);
/* The length; the type is not checked. */
Py_ssize_t Mooring_ListLength(PyObject *list);
/* The items as an array of borrowed references, good until the list changes; NULL with an error set. */
PyObject **Mooring_ListItems(PyObject *list);
/* The buffer of a memoryview; NULL with an error set. */
Py_buffer *Mooring_MemoryViewBuffer(PyObject *view);
/* Say that C holds `size` bytes which the VM's collector does not see. */
void Mooring_AddMemoryPressure(Py_ssize_t size);

#define _PyPyGC_AddMemoryPressure Mooring_AddMemoryPressure
#define _PyPyPyGC_AddMemoryPressure Mooring_AddMemoryPressure     /* PyPy's own headers define the one as the other */

/* pythoncapi_compat.h, which many extensions carry, defines these two itself where it finds PyPy. So ours give way: in C
   a gnu_inline function may be defined anew, in C++ a template loses against a function. */
#ifndef MOORING_SHIM
#undef PyFrame_GetCode
#undef PyInterpreterState_Get
#ifdef __cplusplus
extern "C++" {
template <class Frame> inline PyCodeObject *PyFrame_GetCode(Frame *frame) { return MooringFrame_GetCode(frame); }
template <class = void> inline PyInterpreterState *PyInterpreterState_Get() { return MooringInterpreterState_Get(); }
}
#else
#define MOORING_YIELDING extern inline __attribute__((gnu_inline, always_inline))
MOORING_YIELDING PyCodeObject *PyFrame_GetCode(PyFrameObject *frame) { return MooringFrame_GetCode(frame); }
MOORING_YIELDING PyInterpreterState *PyInterpreterState_Get(void) { return MooringInterpreterState_Get(); }
#undef MOORING_YIELDING
#endif
#endif

/* Redeclared to say that they do not return. */
void Py_FatalError(const char *message) _Py_NO_RETURN;
void Py_Exit(int status) _Py_NO_RETURN;
void PyThread_exit_thread(void) _Py_NO_RETURN;
void _Py_FatalErrorFunc(const char *func, const char *message) _Py_NO_RETURN;

#endif
