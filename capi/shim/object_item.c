/* PyObject_GetItem() and kin; what is an instance or a subclass of what. */
#include "core/dicts.h"

static void null_error(void)
{
    if (!m_tls.err_type)
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
}

PYAPI PyObject *PyObject_GetItem(PyObject *o, PyObject *key)
{
    if (!o || !key) {
        null_error();
        return NULL;
    }
    PyTypeObject *type = Py_TYPE(o);
    if (type == &PyTuple_Type && PyLong_CheckExact(key) && m_long_is_small(key)) {
        int64_t i = m_long_value(key);
        if (i < 0)
            i += Py_SIZE(o);
        if (i >= 0 && i < Py_SIZE(o)) {
            PyObject *item = PyTuple_GET_ITEM(o, i);
            Py_INCREF(item);
            return item;
        }
    }
    if (m_dict_is_own(o) && m_is_key(key)) {
        PyObject *value = m_dict_find(o, key);
        if (!value)
            PyErr_SetObject(PyExc_KeyError, key);
        return Py_XNewRef(value);
    }
    binaryfunc function = m_c_slot_in(type, tp_as_mapping, mp_subscript);
    return function ? function(o, key) : vm_get_item(o, key);
}

PYAPI int PyObject_SetItem(PyObject *o, PyObject *key, PyObject *v)
{
    if (!o || !key || !v) {
        null_error();
        return -1;
    }
    if (m_dict_is_own(o))
        return PyDict_SetItem(o, key, v);
    objobjargproc function = m_c_slot_in(Py_TYPE(o), tp_as_mapping, mp_ass_subscript);
    return function ? function(o, key, v) : vm_set_item(o, key, v);
}

PYAPI int PyObject_DelItem(PyObject *o, PyObject *key)
{
    if (!o || !key) {
        null_error();
        return -1;
    }
    if (m_dict_is_own(o))
        return PyDict_DelItem(o, key);
    objobjargproc function = m_c_slot_in(Py_TYPE(o), tp_as_mapping, mp_ass_subscript);
    return function ? function(o, key, NULL) : vm_delete_item(o, key);
}

PYAPI int PyObject_DelItemString(PyObject *o, const char *key)
{
    PyObject *name = m_name(key);
    return name ? PyObject_DelItem(o, name) : -1;
}

/* ---- instances and subclasses ------------------------------------------------------------------------------------------- */

/* 1 or 0 where the types alone decide; -1 where the VM must look (__instancecheck__, __class__). */
static int quick_instance(PyObject *object, PyObject *cls)
{
    PyTypeObject *type = Py_TYPE(object);
    if ((PyObject *)type == cls)
        return 1;
    if (Py_TYPE(cls) != &PyType_Type)
        return -1;
    if (PyType_IsSubtype(type, (PyTypeObject *)cls))
        return 1;
    return m_info(type)->flags & TI_BUILTIN && m_info(type)->kind != K_PROXY ? 0 : -1;
}

static int quick_subclass(PyObject *derived, PyObject *cls)
{
    if (derived == cls && PyType_CheckExact(cls))
        return 1;
    if (Py_TYPE(cls) != &PyType_Type || !PyType_Check(derived))
        return -1;
    return PyType_IsSubtype((PyTypeObject *)derived, (PyTypeObject *)cls);
}

static int any_of(PyObject *o, PyObject *classes, int (*quick)(PyObject *, PyObject *), int (*slow)(PyObject *, PyObject *))
{
    int r = quick(o, classes);
    if (r >= 0)
        return r;
    if (!PyTuple_CheckExact(classes))
        return slow(o, classes);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(classes); i++) {
        PyObject *cls = PyTuple_GET_ITEM(classes, i);
        r = quick(o, cls);
        if (r < 0)
            r = slow(o, cls);
        if (r)
            return r;
    }
    return 0;
}

PYAPI int PyObject_IsInstance(PyObject *object, PyObject *typeorclass)
{
    return any_of(object, typeorclass, quick_instance, vm_is_instance);
}

PYAPI int PyObject_IsSubclass(PyObject *object, PyObject *typeorclass)
{
    return any_of(object, typeorclass, quick_subclass, vm_is_subclass);
}

PYAPI int _PyObject_RealIsInstance(PyObject *inst, PyObject *cls)
{
    return vm_really_instance(inst, cls);
}

PYAPI int _PyObject_RealIsSubclass(PyObject *derived, PyObject *cls)
{
    if (PyType_Check(derived) && PyType_Check(cls))
        return PyType_IsSubtype((PyTypeObject *)derived, (PyTypeObject *)cls);
    return vm_is_subclass(derived, cls);
}

PYAPI int PyCallable_Check(PyObject *o)
{
    return o && Py_TYPE(o)->tp_call != NULL;
}
