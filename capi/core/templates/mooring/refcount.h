#ifndef MOORING_REFCOUNT_H
#define MOORING_REFCOUNT_H

/* Reference counts, types and sizes of objects; None and its kin. */

static inline Py_ssize_t Py_REFCNT(PyObject *op) { return op->ob_refcnt; }
static inline PyTypeObject *Py_TYPE(PyObject *op) { return op->ob_type; }
#ifdef MOORING_SHIM
static inline Py_ssize_t Py_SIZE(PyObject *op) { return ((PyVarObject *)op)->ob_size; }
#else
/* A list or bytearray that lives in the VM has no size in its struct. */
static inline Py_ssize_t Py_SIZE(PyObject *op)
{
    unsigned long flags = op->ob_type->tp_flags;
    if (!(flags & (Py_TPFLAGS_LIST_SUBCLASS | _Mooring_TPFLAGS_BYTEARRAY_SUBCLASS)))
        return ((PyVarObject *)op)->ob_size;
    return flags & Py_TPFLAGS_LIST_SUBCLASS ? Mooring_ListLength(op) : PyByteArray_Size(op);
}
#endif
static inline int Py_IS_TYPE(PyObject *op, PyTypeObject *type) { return op->ob_type == type; }
static inline void Py_SET_REFCNT(PyObject *op, Py_ssize_t refcnt) { op->ob_refcnt = refcnt; }
static inline void Py_SET_TYPE(PyObject *op, PyTypeObject *type) { op->ob_type = type; }
static inline void Py_SET_SIZE(PyVarObject *op, Py_ssize_t size) { op->ob_size = size; }
static inline void Py_INCREF(PyObject *op) { op->ob_refcnt++; }

static inline void Py_DECREF(PyObject *op)
{
    if (--op->ob_refcnt == 0)
        _Py_Dealloc(op);
}

static inline void Py_XINCREF(PyObject *op)
{
    if (op != _Py_NULL)
        op->ob_refcnt++;
}

static inline void Py_XDECREF(PyObject *op)
{
    if (op != _Py_NULL)
        Py_DECREF(op);
}

static inline PyObject *_Py_NewRef(PyObject *op)
{
    Py_INCREF(op);
    return op;
}

static inline PyObject *_Py_XNewRef(PyObject *op)
{
    Py_XINCREF(op);
    return op;
}

/* Any object pointer will do. */
#define Py_REFCNT(op) Py_REFCNT(_PyObject_CAST(op))
#define Py_TYPE(op) Py_TYPE(_PyObject_CAST(op))
#define Py_SIZE(op) Py_SIZE(_PyObject_CAST(op))
#define Py_IS_TYPE(op, type) Py_IS_TYPE(_PyObject_CAST(op), (type))
#define Py_SET_REFCNT(op, refcnt) Py_SET_REFCNT(_PyObject_CAST(op), (refcnt))
#define Py_SET_TYPE(op, type) Py_SET_TYPE(_PyObject_CAST(op), (type))
#define Py_SET_SIZE(op, size) Py_SET_SIZE(_PyVarObject_CAST(op), (size))
#define Py_INCREF(op) Py_INCREF(_PyObject_CAST(op))
#define Py_DECREF(op) Py_DECREF(_PyObject_CAST(op))
#define Py_XINCREF(op) Py_XINCREF(_PyObject_CAST(op))
#define Py_XDECREF(op) Py_XDECREF(_PyObject_CAST(op))
#ifndef MOORING_SHIM /* which defines the functions of these names */
#undef Py_NewRef
#undef Py_XNewRef
#define Py_NewRef(op) _Py_NewRef(_PyObject_CAST(op))
#define Py_XNewRef(op) _Py_XNewRef(_PyObject_CAST(op))
#endif

/* The variable is changed before the old value goes: its finalizer may look. */
#define Py_CLEAR(op)                                    \
    do {                                                \
        PyObject *_mooring_old = _PyObject_CAST(op);    \
        if (_mooring_old != _Py_NULL) {                 \
            (op) = _Py_NULL;                            \
            Py_DECREF(_mooring_old);                    \
        }                                               \
    } while (0)
#define Py_SETREF(op, value)                            \
    do {                                                \
        PyObject *_mooring_old = _PyObject_CAST(op);    \
        (op) = (value);                                 \
        Py_DECREF(_mooring_old);                        \
    } while (0)
#define Py_XSETREF(op, value)                           \
    do {                                                \
        PyObject *_mooring_old = _PyObject_CAST(op);    \
        (op) = (value);                                 \
        Py_XDECREF(_mooring_old);                       \
    } while (0)

/* Singletons. */
#define Py_None (&_Py_NoneStruct)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_Ellipsis (&_Py_EllipsisObject)
#define Py_False ((PyObject *)&_Py_FalseStruct)
#define Py_True ((PyObject *)&_Py_TrueStruct)
#ifndef MOORING_SHIM
#undef Py_Is
#undef Py_IsNone
#undef Py_IsTrue
#undef Py_IsFalse
#define Py_Is(x, y) ((x) == (y))
#define Py_IsNone(x) Py_Is((x), Py_None)
#define Py_IsTrue(x) Py_Is((x), Py_True)
#define Py_IsFalse(x) Py_Is((x), Py_False)
#endif
#define Py_RETURN_NONE return Py_NewRef(Py_None)
#define Py_RETURN_NOTIMPLEMENTED return Py_NewRef(Py_NotImplemented)
#define Py_RETURN_TRUE return Py_NewRef(Py_True)
#define Py_RETURN_FALSE return Py_NewRef(Py_False)
#define Py_RETURN_NAN return PyFloat_FromDouble(Py_NAN)
#define Py_RETURN_INF(sign) return PyFloat_FromDouble(copysign(Py_HUGE_VAL, (sign)))

#define Py_RETURN_RICHCOMPARE(val1, val2, op)                                   \
    do {                                                                        \
        switch (op) {                                                           \
        case Py_EQ: if ((val1) == (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;      \
        case Py_NE: if ((val1) != (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;      \
        case Py_LT: if ((val1) < (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;       \
        case Py_GT: if ((val1) > (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;       \
        case Py_LE: if ((val1) <= (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;      \
        case Py_GE: if ((val1) >= (val2)) Py_RETURN_TRUE; Py_RETURN_FALSE;      \
        default: Py_UNREACHABLE();                                              \
        }                                                                       \
    } while (0)

#endif
