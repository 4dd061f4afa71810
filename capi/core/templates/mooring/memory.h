#ifndef MOORING_MEMORY_H
#define MOORING_MEMORY_H

/* Allocation with a type in hand, visiting, deallocation. */

#define PyMem_New(type, n) \
    ((size_t)(n) > PY_SSIZE_T_MAX / sizeof(type) ? (type *)_Py_NULL : (type *)PyMem_Malloc((n) * sizeof(type)))
#define PyMem_Resize(p, type, n) \
    ((p) = (size_t)(n) > PY_SSIZE_T_MAX / sizeof(type) ? (type *)_Py_NULL : (type *)PyMem_Realloc((p), (n) * sizeof(type)))
#define PyMem_NEW(type, n) PyMem_New(type, n)
#define PyMem_RESIZE(p, type, n) PyMem_Resize(p, type, n)
#define PyMem_MALLOC PyMem_Malloc
#define PyMem_REALLOC PyMem_Realloc
#define PyMem_FREE PyMem_Free
#define PyMem_Del PyMem_Free
#define PyMem_DEL PyMem_Free

#define PyObject_MALLOC PyObject_Malloc
#define PyObject_REALLOC PyObject_Realloc
#define PyObject_FREE PyObject_Free
#define PyObject_Del PyObject_Free
#define PyObject_DEL PyObject_Free
#define PyObject_INIT(op, type) PyObject_Init(_PyObject_CAST(op), (type))
#define PyObject_INIT_VAR(op, type, size) PyObject_InitVar(_PyVarObject_CAST(op), (type), (size))
#define PyObject_New(ctype, type) ((ctype *)_PyObject_New(type))
#define PyObject_NEW(ctype, type) PyObject_New(ctype, type)
#define PyObject_NewVar(ctype, type, n) ((ctype *)_PyObject_NewVar((type), (n)))
#define PyObject_NEW_VAR(ctype, type, n) PyObject_NewVar(ctype, type, n)
#define PyObject_GC_New(ctype, type) ((ctype *)_PyObject_GC_New(type))
#define PyObject_GC_NewVar(ctype, type, n) ((ctype *)_PyObject_GC_NewVar((type), (n)))
#define PyObject_GC_Resize(ctype, op, n) ((ctype *)_PyObject_GC_Resize(_PyVarObject_CAST(op), (n)))
#define _PyObject_SIZE(type) ((type)->tp_basicsize)
#define _PyObject_VAR_SIZE(type, n) _Py_SIZE_ROUND_UP((type)->tp_basicsize + (n) * (type)->tp_itemsize, SIZEOF_VOID_P)
#define _PyGC_FINALIZED(op) PyObject_GC_IsFinalized(op)

/* In a tp_traverse, whose arguments are called `visit` and `arg`. */
#define Py_VISIT(op)                                            \
    do {                                                        \
        if (op) {                                               \
            int vret = visit(_PyObject_CAST(op), arg);          \
            if (vret)                                           \
                return vret;                                    \
        }                                                       \
    } while (0)

/* Deep structures are taken apart by the layer, not by nested calls. */
#define Py_TRASHCAN_BEGIN_CONDITION(op, cond) do {
#define Py_TRASHCAN_BEGIN(op, dealloc) do {
#define Py_TRASHCAN_END } while (0);
#define Py_TRASHCAN_SAFE_BEGIN(op) do {
#define Py_TRASHCAN_SAFE_END(op) } while (0);

#endif
