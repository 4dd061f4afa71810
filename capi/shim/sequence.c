/* PySequence_...: items that C has are found here, slots of C types are called, the rest is the VM's. */
#include "core/dicts.h"
#include "list.h"

static int null_error(PyObject *op)
{
    if (likely(op != NULL))
        return 0;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return 1;
}

static void *type_error(const char *format, PyObject *op)
{
    PyErr_Format(PyExc_TypeError, format, Py_TYPE(op)->tp_name);
    return NULL;
}

static PyObject *new_ref(PyObject *op)
{
    Py_XINCREF(op);
    return op;
}

PYAPI int PySequence_Check(PyObject *o)
{
    return !PyDict_Check(o) && Py_TYPE(o)->tp_as_sequence && Py_TYPE(o)->tp_as_sequence->sq_item;
}

PYAPI Py_ssize_t PySequence_Size(PyObject *o)
{
    if (null_error(o))
        return -1;
    if (PyTuple_CheckExact(o))
        return Py_SIZE(o);
    if (PyList_CheckExact(o))
        return Mooring_ListLength(o);
    lenfunc length = m_c_slot_in(Py_TYPE(o), tp_as_sequence, sq_length);
    if (length)
        return length(o);
    if (PyDict_Check(o) || m_c_slot_in(Py_TYPE(o), tp_as_mapping, mp_length)) {
        type_error("%.200s is not a sequence", o);
        return -1;
    }
    return PyObject_Size(o);
}

PYAPI Py_ssize_t PySequence_Length(PyObject *o)
{
    return PySequence_Size(o);
}

/* An index below 0 counts from the end, where the C type has a length. */
static int from_end(PyObject *o, Py_ssize_t *i)
{
    lenfunc length = *i < 0 ? Py_TYPE(o)->tp_as_sequence->sq_length : NULL;
    if (length) {
        Py_ssize_t n = length(o);
        if (n < 0)
            return -1;
        *i += n;
    }
    return 0;
}

PYAPI PyObject *PySequence_GetItem(PyObject *o, Py_ssize_t i)
{
    if (null_error(o))
        return NULL;
    if (PyTuple_CheckExact(o))
        return new_ref(PyTuple_GetItem(o, i < 0 ? i + Py_SIZE(o) : i));
    if (PyList_CheckExact(o)) {
        Py_ssize_t n = i < 0 ? Mooring_ListLength(o) : 0;
        return n < 0 ? NULL : new_ref(PyList_GetItem(o, i + n));
    }
    ssizeargfunc item = m_c_slot_in(Py_TYPE(o), tp_as_sequence, sq_item);
    if (item)
        return from_end(o, &i) < 0 ? NULL : item(o, i);
    if (PySequence_Check(o))
        return vm_slot_item(o, i);
    if (PyDict_Check(o) || (Py_TYPE(o)->tp_as_mapping && Py_TYPE(o)->tp_as_mapping->mp_subscript))
        return type_error("%.200s is not a sequence", o);
    return type_error("'%.200s' object does not support indexing", o);
}

static int set_item(PyObject *o, Py_ssize_t i, PyObject *v, const char *refusal)
{
    if (null_error(o))
        return -1;
    if (PyList_CheckExact(o) && v && m_list_is_own(o)) {
        Py_INCREF(v);
        return PyList_SetItem(o, i < 0 ? i + Py_SIZE(o) : i, v);
    }
    ssizeobjargproc function = m_c_slot_in(Py_TYPE(o), tp_as_sequence, sq_ass_item);
    if (function)
        return from_end(o, &i) < 0 ? -1 : function(o, i, v);
    if (!PyDict_Check(o) && Py_TYPE(o)->tp_as_sequence && Py_TYPE(o)->tp_as_sequence->sq_ass_item)
        return vm_slot_ass_item(o, i, v);
    type_error(PyDict_Check(o) || m_c_slot_in(Py_TYPE(o), tp_as_mapping, mp_ass_subscript) ? "%.200s is not a sequence" : refusal, o);
    return -1;
}

PYAPI int PySequence_SetItem(PyObject *o, Py_ssize_t i, PyObject *v)
{
    return set_item(o, i, v, "'%.200s' object does not support item assignment");
}

PYAPI int PySequence_DelItem(PyObject *o, Py_ssize_t i)
{
    return set_item(o, i, NULL, "'%.200s' object doesn't support item deletion");
}

PYAPI PyObject *PySequence_GetSlice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2)
{
    if (null_error(o))
        return NULL;
    int is_tuple = PyTuple_CheckExact(o);
    if (is_tuple || (PyList_CheckExact(o) && m_list_is_own(o))) {
        Py_ssize_t n = Py_SIZE(o);
        i1 = i1 < 0 ? i1 + n : i1;
        i2 = i2 < 0 ? i2 + n : i2;
        return is_tuple ? PyTuple_GetSlice(o, i1, i2) : PyList_GetSlice(o, i1, i2);
    }
    if (!Py_TYPE(o)->tp_as_mapping || !Py_TYPE(o)->tp_as_mapping->mp_subscript)
        return type_error("'%.200s' object is unsliceable", o);
    return vm_sequence_slice(o, i1, i2);
}

static int set_slice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2, PyObject *v, const char *refusal)
{
    if (null_error(o))
        return -1;
    if (Py_TYPE(o)->tp_as_mapping && Py_TYPE(o)->tp_as_mapping->mp_ass_subscript)
        return vm_sequence_set_slice(o, i1, i2, v);
    type_error(refusal, o);
    return -1;
}

PYAPI int PySequence_SetSlice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2, PyObject *v)
{
    return set_slice(o, i1, i2, v, "'%.200s' object doesn't support slice assignment");
}

PYAPI int PySequence_DelSlice(PyObject *o, Py_ssize_t i1, Py_ssize_t i2)
{
    return set_slice(o, i1, i2, NULL, "'%.200s' object doesn't support slice deletion");
}

/* ---- concatenation and repetition --------------------------------------------------------------------------------------- */

PYAPI PyObject *PySequence_Concat(PyObject *o1, PyObject *o2)
{
    if (null_error(o1) || null_error(o2))
        return NULL;
    binaryfunc function = m_c_slot_in(Py_TYPE(o1), tp_as_sequence, sq_concat);
    if (function)
        return function(o1, o2);
    if (!PySequence_Check(o1) || (!PySequence_Check(o2) && !Py_TYPE(o1)->tp_as_sequence->sq_concat))
        return type_error("'%.200s' object can't be concatenated", o1);
    return vm_slot_concat(o1, o2);
}

PYAPI PyObject *PySequence_InPlaceConcat(PyObject *o1, PyObject *o2)
{
    if (null_error(o1) || null_error(o2))
        return NULL;
    binaryfunc function = m_c_slot_in(Py_TYPE(o1), tp_as_sequence, sq_inplace_concat);
    if (!function)
        function = m_c_slot_in(Py_TYPE(o1), tp_as_sequence, sq_concat);
    if (function)
        return function(o1, o2);
    if (!PySequence_Check(o1) || (!PySequence_Check(o2) && !Py_TYPE(o1)->tp_as_sequence->sq_concat))
        return type_error("'%.200s' object can't be concatenated", o1);
    return vm_slot_inplace_concat(o1, o2);
}

PYAPI PyObject *PySequence_Repeat(PyObject *o, Py_ssize_t count)
{
    if (null_error(o))
        return NULL;
    ssizeargfunc function = m_c_slot_in(Py_TYPE(o), tp_as_sequence, sq_repeat);
    if (function)
        return function(o, count);
    return PySequence_Check(o) ? vm_slot_repeat(o, count) : type_error("'%.200s' object can't be repeated", o);
}

PYAPI PyObject *PySequence_InPlaceRepeat(PyObject *o, Py_ssize_t count)
{
    if (null_error(o))
        return NULL;
    ssizeargfunc function = m_c_slot_in(Py_TYPE(o), tp_as_sequence, sq_inplace_repeat);
    if (!function)
        function = m_c_slot_in(Py_TYPE(o), tp_as_sequence, sq_repeat);
    if (function)
        return function(o, count);
    return PySequence_Check(o) ? vm_slot_inplace_repeat(o, count) : type_error("'%.200s' object can't be repeated", o);
}

/* ---- search ---------------------------------------------------------------------------------------------------------------- */

PYAPI int PySequence_Contains(PyObject *seq, PyObject *ob)
{
    if (null_error(seq) || null_error(ob))
        return -1;
    if (m_dict_is_own(seq))
        return PyDict_Contains(seq, ob);
    PySequenceMethods *methods = Py_TYPE(seq)->tp_as_sequence;
    objobjproc function = m_c_slot_in(Py_TYPE(seq), tp_as_sequence, sq_contains);
    if (function)
        return function(seq, ob);
    if (Py_TYPE(seq)->tp_iter || (methods && (methods->sq_contains || methods->sq_item)))
        return vm_slot_contains(seq, ob);
    type_error("argument of type '%.200s' is not iterable", seq);
    return -1;
}

PYAPI int PySequence_In(PyObject *o, PyObject *value)
{
    return PySequence_Contains(o, value);
}

PYAPI Py_ssize_t PySequence_Count(PyObject *o, PyObject *value)
{
    return null_error(o) || null_error(value) ? -1 : vm_sequence_count(o, value);
}

PYAPI Py_ssize_t PySequence_Index(PyObject *o, PyObject *value)
{
    return null_error(o) || null_error(value) ? -1 : vm_sequence_index(o, value);
}

PYAPI Py_ssize_t _PySequence_IterSearch(PyObject *seq, PyObject *obj, int operation)
{
    switch (operation) {
    case 1:
        return PySequence_Count(seq, obj);
    case 2:
        return PySequence_Index(seq, obj);
    default:
        return PySequence_Contains(seq, obj);
    }
}

/* ---- to lists and tuples ------------------------------------------------------------------------------------------------------ */

PYAPI PyObject *PySequence_Tuple(PyObject *o)
{
    if (null_error(o))
        return NULL;
    if (PyTuple_CheckExact(o))
        return new_ref(o);
    return PyList_CheckExact(o) ? PyList_AsTuple(o) : vm_sequence_tuple(o);
}

PYAPI PyObject *PySequence_List(PyObject *o)
{
    if (null_error(o))
        return NULL;
    if (PyList_CheckExact(o) && m_list_is_own(o))
        return PyList_GetSlice(o, 0, Py_SIZE(o));
    if (!PyTuple_CheckExact(o))
        return vm_sequence_list(o);
    PyObject *list = PyList_New(Py_SIZE(o));
    for (Py_ssize_t i = 0; list && i < Py_SIZE(o); i++)
        LIST(list)->ob_item[i] = new_ref(PyTuple_GET_ITEM(o, i));
    return list;
}

PYAPI PyObject *PySequence_Fast(PyObject *o, const char *m)
{
    if (null_error(o))
        return NULL;
    return PyList_CheckExact(o) || PyTuple_CheckExact(o) ? new_ref(o) : vm_sequence_fast(o, m);
}
