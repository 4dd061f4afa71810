/* PyObject_...: truth, size, strings, hash, comparison, items.  What a C type decides stays in C, the rest asks the VM. */
#include "core/dicts.h"
#include "core/iterators.h"

static PyObject *null_error(void)
{
    if (!m_tls.err_type)
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

PYAPI PyObject *PyObject_Type(PyObject *o)
{
    if (!o)
        return null_error();
    Py_INCREF(Py_TYPE(o));
    return (PyObject *)Py_TYPE(o);
}

static inline int is_not_empty(Py_ssize_t n)
{
    return n > 0 ? 1 : (int)n;
}

PYAPI int PyObject_IsTrue(PyObject *o)
{
    if (o == Py_True)
        return 1;
    if (o == Py_False || o == Py_None)
        return 0;
    PyTypeObject *type = Py_TYPE(o);
    switch (m_info(type)->kind) {
    case K_INT:
        return Py_SIZE(o) != 0;
    case K_FLOAT:
        return ((PyFloatObject *)o)->ob_fval != 0.0;
    case K_STR:
        return ((PyASCIIObject *)o)->length != 0;
    case K_TUPLE:
    case K_BYTES:
        return Py_SIZE(o) != 0;
    case K_LIST:
        return is_not_empty(PyList_Size(o));
    case K_DICT:
        return is_not_empty(PyDict_Size(o));
    default:
        break;
    }
    inquiry truth = m_c_slot_in(type, tp_as_number, nb_bool);
    if (truth)
        return truth(o);
    if (m_info(type)->kind == K_INSTANCE && !(type->tp_as_number && type->tp_as_number->nb_bool)) {
        lenfunc length = m_c_slot_in(type, tp_as_mapping, mp_length);
        if (!length && !(type->tp_as_mapping && type->tp_as_mapping->mp_length))
            length = m_c_slot_in(type, tp_as_sequence, sq_length);
        if (length)
            return is_not_empty(length(o));
    }
    return vm_true(o);
}

PYAPI int PyObject_Not(PyObject *o)
{
    int r = PyObject_IsTrue(o);
    return r < 0 ? r : !r;
}

PYAPI Py_ssize_t PyObject_Size(PyObject *o)
{
    if (!o) {
        null_error();
        return -1;
    }
    PyTypeObject *type = Py_TYPE(o);
    switch (m_info(type)->kind) {
    case K_STR:
        return ((PyASCIIObject *)o)->length;
    case K_TUPLE:
    case K_BYTES:
        return Py_SIZE(o);
    case K_LIST:
        return PyList_Size(o);
    case K_DICT:
        return PyDict_Size(o);
    default:
        if (PyAnySet_CheckExact(o))
            return PySet_Size(o);
    }
    lenfunc length = m_c_slot_in(type, tp_as_sequence, sq_length);
    if (!length)
        length = m_c_slot_in(type, tp_as_mapping, mp_length);
    return length ? length(o) : vm_length(o);
}

PYAPI Py_ssize_t PyObject_Length(PyObject *o)
{
    return PyObject_Size(o);
}

/* ---- text ------------------------------------------------------------------------------------------------------------ */

static PyObject *text_of(PyObject *o, reprfunc function, const char *name)
{
    PyObject *r = function(o);
    if (r && !PyUnicode_Check(r)) {
        PyErr_Format(PyExc_TypeError, "%s returned non-string (type %.200s)", name, Py_TYPE(r)->tp_name);
        Py_CLEAR(r);
    }
    return r;
}

PYAPI PyObject *PyObject_Repr(PyObject *o)
{
    if (!o)
        return PyUnicode_FromString("<NULL>");
    reprfunc function = m_c_slot(Py_TYPE(o), tp_repr);
    return function ? text_of(o, function, "__repr__") : vm_repr(o);
}

PYAPI PyObject *PyObject_Str(PyObject *o)
{
    if (!o)
        return PyUnicode_FromString("<NULL>");
    if (PyUnicode_CheckExact(o)) {
        Py_INCREF(o);
        return o;
    }
    reprfunc function = m_c_slot(Py_TYPE(o), tp_str);
    return function ? text_of(o, function, "__str__") : vm_str(o);
}

PYAPI PyObject *PyObject_ASCII(PyObject *o)
{
    return o ? vm_ascii(o) : PyUnicode_FromString("<NULL>");
}

PYAPI PyObject *PyObject_Bytes(PyObject *o)
{
    if (!o)
        return PyBytes_FromString("<NULL>");
    if (PyBytes_CheckExact(o)) {
        Py_INCREF(o);
        return o;
    }
    PyObject *special = vm_bytes(o);
    return special || PyErr_Occurred() ? special : PyBytes_FromObject(o);
}

PYAPI int PyObject_Print(PyObject *o, FILE *fp, int flags)
{
    if (!o) {
        fprintf(fp, "<nil>");
        return 0;
    }
    PyObject *text = flags & Py_PRINT_RAW ? PyObject_Str(o) : PyObject_Repr(o);
    const char *data = text ? PyUnicode_AsUTF8(text) : NULL;
    if (data)
        fputs(data, fp);
    Py_XDECREF(text);
    if (data && ferror(fp)) {
        PyErr_SetFromErrno(PyExc_OSError);
        clearerr(fp);
        return -1;
    }
    return data ? 0 : -1;
}

/* ---- hash and comparison ---------------------------------------------------------------------------------------------- */

PYAPI Py_hash_t PyObject_HashNotImplemented(PyObject *o)
{
    PyErr_Format(PyExc_TypeError, "unhashable type: '%.200s'", Py_TYPE(o)->tp_name);
    return -1;
}

PYAPI Py_hash_t PyObject_Hash(PyObject *o)
{
    if (PyLong_CheckExact(o) && m_long_is_small(o)) {
        int64_t value = m_long_value(o), prime = ((int64_t)1 << 61) - 1;
        return value == -1 ? -2 : value > -prime && value < prime ? value : vm_hash(o);
    }
    hashfunc function = m_c_slot(Py_TYPE(o), tp_hash);
    if (function)
        return function(o);
    return PyUnicode_Check(o) ? m_str_hash(o) : vm_hash(o);
}

#define DECIDE(op, a, b) \
    ((op) == Py_EQ ? (a) == (b) : (op) == Py_NE ? (a) != (b) : (op) == Py_LT ? (a) < (b) : (op) == Py_LE ? (a) <= (b) \
     : (op) == Py_GT ? (a) > (b) : (a) >= (b))

static inline int is_whole(PyObject *op)
{
    return (PyLong_CheckExact(op) && m_long_is_small(op)) || PyBool_Check(op);
}

/* 0 or 1 where both are small ints or bools, floats, or str compared for equality; else -1. */
static int compare_values(PyObject *a, PyObject *b, int op)
{
    PyTypeObject *type = Py_TYPE(a);
    if (is_whole(a) && is_whole(b)) {
        int64_t x = m_long_value(a), y = m_long_value(b);
        return DECIDE(op, x, y);
    }
    if (type != Py_TYPE(b))
        return -1;
    if (type == &PyFloat_Type) {
        double x = ((PyFloatObject *)a)->ob_fval, y = ((PyFloatObject *)b)->ob_fval;
        return DECIDE(op, x, y);
    }
    if (type == &PyUnicode_Type && (op == Py_EQ || op == Py_NE)) {
        PyASCIIObject *x = (PyASCIIObject *)a, *y = (PyASCIIObject *)b;
        int same = a == b || (x->length == y->length && x->state.kind == y->state.kind
                              && !memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), (size_t)x->length * x->state.kind));
        return same == (op == Py_EQ);
    }
    if (type == &PyBytes_Type && (op == Py_EQ || op == Py_NE)) {
        int same = Py_SIZE(a) == Py_SIZE(b) && !memcmp(((PyBytesObject *)a)->ob_sval, ((PyBytesObject *)b)->ob_sval, (size_t)Py_SIZE(a));
        return same == (op == Py_EQ);
    }
    return -1;
}

/* As in CPython: the right operand first where its type derives from the left's, then left, then right. */
static PyObject *compare_by_slots(PyObject *a, PyObject *b, int op)
{
    static const int swapped[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};
    static const char *const signs[] = {"<", "<=", "==", "!=", ">", ">="};
    richcmpfunc left = Py_TYPE(a)->tp_richcompare, right = Py_TYPE(b)->tp_richcompare;
    PyObject *r;
    int tried = 0;
    if (right && Py_TYPE(a) != Py_TYPE(b) && PyType_IsSubtype(Py_TYPE(b), Py_TYPE(a))) {
        tried = 1;
        if ((r = right(b, a, swapped[op])) != Py_NotImplemented)
            return r;
        Py_DECREF(r);
    }
    if (left) {
        if ((r = left(a, b, op)) != Py_NotImplemented)
            return r;
        Py_DECREF(r);
    }
    if (right && !tried) {
        if ((r = right(b, a, swapped[op])) != Py_NotImplemented)
            return r;
        Py_DECREF(r);
    }
    if (op == Py_EQ || op == Py_NE) {
        r = (a == b) == (op == Py_EQ) ? Py_True : Py_False;
        Py_INCREF(r);
        return r;
    }
    PyErr_Format(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", signs[op], Py_TYPE(a)->tp_name,
                 Py_TYPE(b)->tp_name);
    return NULL;
}

PYAPI PyObject *PyObject_RichCompare(PyObject *o1, PyObject *o2, int opid)
{
    if (!o1 || !o2) {
        if (!m_tls.err_type)
            PyErr_BadInternalCall();
        return NULL;
    }
    int known = compare_values(o1, o2, opid);
    if (known >= 0)
        return PyBool_FromLong(known);
    if (!m_c_slot(Py_TYPE(o1), tp_richcompare) && !m_c_slot(Py_TYPE(o2), tp_richcompare))
        return vm_compare(o1, o2, opid);
    if (Py_EnterRecursiveCall(" in comparison"))
        return NULL;
    PyObject *r = compare_by_slots(o1, o2, opid);
    Py_LeaveRecursiveCall();
    return r;
}

PYAPI int PyObject_RichCompareBool(PyObject *o1, PyObject *o2, int opid)
{
    if (o1 == o2) {
        if (opid == Py_EQ)
            return 1;
        if (opid == Py_NE)
            return 0;
    }
    if (o1 && o2) {
        int known = compare_values(o1, o2, opid);
        if (known >= 0)
            return known;
    }
    PyObject *r = PyObject_RichCompare(o1, o2, opid);
    if (!r)
        return -1;
    int truth = PyObject_IsTrue(r);
    Py_DECREF(r);
    return truth;
}

/* ---- iteration ----------------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyObject_SelfIter(PyObject *o)
{
    Py_INCREF(o);
    return o;
}

PYAPI PyObject *_PyObject_NextNotImplemented(PyObject *o)
{
    PyErr_Format(PyExc_TypeError, "'%.200s' object is not iterable", Py_TYPE(o)->tp_name);
    return NULL;
}

PYAPI PyObject *PyObject_GetIter(PyObject *o)
{
    getiterfunc function = m_c_slot(Py_TYPE(o), tp_iter);
    if (!function) {
        if (m_is_iterator(o))
            return Py_NewRef(o);
        PyObject *own;
        if (m_iterator_new(o, &own))
            return own;
        return m_new_result(vm_iter(o));
    }
    PyObject *r = function(o);
    if (r && !Py_TYPE(r)->tp_iternext) {
        PyErr_Format(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'", Py_TYPE(r)->tp_name);
        Py_CLEAR(r);
    }
    return r;
}

PYAPI PyObject *PyObject_GetAIter(PyObject *o)
{
    unaryfunc function = m_c_slot_in(Py_TYPE(o), tp_as_async, am_aiter);
    if (!function)
        return vm_aiter(o);
    PyObject *r = function(o);
    if (r && !(Py_TYPE(r)->tp_as_async && Py_TYPE(r)->tp_as_async->am_anext)) {
        PyErr_Format(PyExc_TypeError, "aiter() returned not an async iterator of type '%.100s'", Py_TYPE(r)->tp_name);
        Py_CLEAR(r);
    }
    return r;
}
