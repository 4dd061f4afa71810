/* CPython's stable ABI, as far as it is used here, declared by hand: no header of CPython is needed, and what is built serves 3.11 and later.

   Names and layouts are those of CPython's documentation ("C API Stability"); vectorcall's are stable from 3.12 and the same in 3.11. */
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

typedef intptr_t Py_ssize_t;
struct PyTypeObject;
struct PyObject { Py_ssize_t ob_refcnt; PyTypeObject *ob_type; };
struct PyThreadState;
struct PyInterpreterState;

typedef PyObject *(*PyCFunction)(PyObject *, PyObject *);
typedef PyObject *(*vectorcallfunc)(PyObject *, PyObject *const *, size_t, PyObject *);
typedef int (*visitproc)(PyObject *, void *);

struct PyMethodDef { const char *name; PyCFunction function; int flags; const char *doc; };
struct PyMemberDef { const char *name; int type; Py_ssize_t offset; int flags; const char *doc; };
struct PyGetSetDef { const char *name; PyObject *(*get)(PyObject *, void *); int (*set)(PyObject *, PyObject *, void *); const char *doc; void *closure; };
struct PyType_Slot { int slot; void *value; };
struct PyType_Spec { const char *name; int basicsize, itemsize; unsigned flags; PyType_Slot *slots; };
struct PyModuleDef {
    PyObject base; PyObject *(*init)(); Py_ssize_t index; PyObject *copy;
    const char *name, *doc; Py_ssize_t size; PyMethodDef *methods; void *slots, *traverse, *clear, *free;
};

enum { METH_VARARGS = 1, METH_O = 8, T_PYSSIZET = 19, T_BOOL = 14, READONLY = 1, PYTHON_ABI_VERSION = 3 };
enum { Py_TPFLAGS_IMMUTABLETYPE = 1 << 8, Py_TPFLAGS_BASETYPE = 1 << 10, Py_TPFLAGS_HAVE_VECTORCALL = 1 << 11, Py_TPFLAGS_HAVE_GC = 1 << 14, Py_TPFLAGS_METHOD_DESCRIPTOR = 1 << 17, Py_TPFLAGS_DEFAULT = 1 << 18 };
enum { Py_bf_getbuffer = 1, Py_mp_subscript = 5, Py_tp_call = 50, Py_tp_clear = 51, Py_tp_dealloc = 52, Py_tp_descr_get = 54, Py_tp_descr_set = 55, Py_tp_free = 74, Py_tp_getattro = 58, Py_tp_hash = 59, Py_tp_iter = 62,
       Py_tp_iternext = 63, Py_tp_methods = 64, Py_tp_repr = 66, Py_tp_richcompare = 67, Py_tp_setattro = 69, Py_tp_traverse = 71, Py_tp_members = 72, Py_tp_getset = 73, Py_tp_finalize = 80 };
const size_t PY_VECTORCALL_ARGUMENTS_OFFSET = (size_t)1 << (8 * sizeof(size_t) - 1);

extern PyTypeObject PyLong_Type, PyFloat_Type, PyUnicode_Type, PyBytes_Type;
extern PyObject _Py_NoneStruct, _Py_TrueStruct, _Py_FalseStruct, _Py_NotImplementedStruct;
extern PyObject *PyExc_AttributeError, *PyExc_TypeError;

void _Py_Dealloc(PyObject *);
PyObject *PyLong_FromLong(long);
PyObject *PyLong_FromUnsignedLong(unsigned long);
long PyLong_AsLong(PyObject *);
long PyLong_AsLongAndOverflow(PyObject *, int *);
unsigned long PyLong_AsUnsignedLong(PyObject *);
double PyLong_AsDouble(PyObject *);
PyObject *PyFloat_FromDouble(double);
double PyFloat_AsDouble(PyObject *);
PyObject *PyUnicode_DecodeUTF8(const char *, Py_ssize_t, const char *);
PyObject *PyUnicode_FromOrdinal(int);
PyObject *PyUnicode_InternFromString(const char *);
const char *PyUnicode_AsUTF8AndSize(PyObject *, Py_ssize_t *);
Py_ssize_t PyUnicode_GetLength(PyObject *);
uint32_t PyUnicode_ReadChar(PyObject *, Py_ssize_t);
int PyBytes_AsStringAndSize(PyObject *, char **, Py_ssize_t *);

PyObject *PyTuple_GetItem(PyObject *, Py_ssize_t);
Py_ssize_t PyTuple_Size(PyObject *);

PyObject *PyObject_GetAttr(PyObject *, PyObject *);
PyObject *PyObject_GetAttrString(PyObject *, const char *);
int PyObject_SetAttr(PyObject *, PyObject *, PyObject *);
PyObject *PyObject_GenericGetAttr(PyObject *, PyObject *);
int PyObject_GetBuffer(PyObject *, void *, int);
PyObject *PyObject_Repr(PyObject *);
PyObject *PyObject_RichCompare(PyObject *, PyObject *, int);
Py_ssize_t PyObject_Hash(PyObject *);
PyObject *PyObject_GetItem(PyObject *, PyObject *);
PyObject *PyObject_Vectorcall(PyObject *, PyObject *const *, size_t, PyObject *);
PyObject *PyObject_VectorcallMethod(PyObject *, PyObject *const *, size_t, PyObject *);
PyObject *PyVectorcall_Call(PyObject *, PyObject *, PyObject *);
PyObject *PyObject_CallFunction(PyObject *, const char *, ...);
PyObject *PyObject_CallFunctionObjArgs(PyObject *, ...);
PyObject *PyObject_CallMethod(PyObject *, const char *, const char *, ...);
int PyArg_ParseTuple(PyObject *, const char *, ...);
void PyObject_ClearWeakRefs(PyObject *);
void PyObject_GC_UnTrack(void *);

PyObject *PyType_FromSpec(PyType_Spec *);
PyObject *PyType_GenericAlloc(PyTypeObject *, Py_ssize_t);
void *PyType_GetSlot(PyTypeObject *, int);
int PyType_IsSubtype(PyTypeObject *, PyTypeObject *);
PyObject *PyModule_Create2(PyModuleDef *, int);
int PyModule_AddObject(PyObject *, const char *, PyObject *);
int PyModule_AddFunctions(PyObject *, PyMethodDef *);

PyObject *PyErr_Occurred();
void PyErr_Clear();
void PyErr_SetString(PyObject *, const char *);
void PyErr_Fetch(PyObject **, PyObject **, PyObject **);
void PyErr_Restore(PyObject *, PyObject *, PyObject *);
void PyErr_NormalizeException(PyObject **, PyObject **, PyObject **);
int PyException_SetTraceback(PyObject *, PyObject *);
int PyGILState_Ensure();
void PyGILState_Release(int);
void PyErr_WriteUnraisable(PyObject *);

PyInterpreterState *PyInterpreterState_Get();
PyThreadState *PyInterpreterState_ThreadHead(PyInterpreterState *);
PyThreadState *PyThreadState_Next(PyThreadState *);
PyThreadState *PyEval_SaveThread();
void PyEval_RestoreThread(PyThreadState *);

}  // extern "C"

inline PyObject *incref(PyObject *one) { one->ob_refcnt++; return one; }
inline void decref(PyObject *one) { if (one && --one->ob_refcnt == 0) _Py_Dealloc(one); }
inline PyObject *none() { return incref(&_Py_NoneStruct); }
