/* PyObject_GetAttr() and kin. */
#include "core/mooring.h"

/* ---- names: the same C string mostly means the same str --------------------------------------------------------------- */

#define NAMES 1024

static struct { const char *text; PyObject *str; } names[NAMES];

PyObject *m_name(const char *text)
{
    size_t place = ((uintptr_t)text >> 2 ^ (uintptr_t)text >> 12) & (NAMES - 1);
    if (likely(names[place].text == text)) {
        PyASCIIObject *known = (PyASCIIObject *)names[place].str;
        if (!strcmp((const char *)(known + 1), text))
            return (PyObject *)known;
    }
    PyObject *str = PyUnicode_FromString(text);
    if (!str)
        return NULL;
    if (!PyUnicode_IS_COMPACT_ASCII(str)) {
        m_defer(str);
        return str;
    }
    if (names[place].str) {
        m_blocks++;
        m_drop(names[place].str);
    }
    m_blocks--;                         /* what is kept here does not count: another address of the same text takes another place */
    names[place].text = text;
    names[place].str = str;
    M_DEBUG(m_debug_keep(str);)
    return str;
}

static PyObject *id_name(_Py_Identifier *name)
{
    return m_name(name->string);
}

/* ---- get --------------------------------------------------------------------------------------------------------------- */

/* The type's own way to attributes, if it is C code other than the generic one. */
static getattrofunc own_getattro(PyTypeObject *type)
{
    getattrofunc function = m_c_slot(type, tp_getattro);
    return function == PyObject_GenericGetAttr ? NULL : function;
}

static int name_is_bad(PyObject *name)
{
    if (likely(PyUnicode_Check(name)))
        return 0;
    PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
    return 1;
}

PYAPI PyObject *PyObject_GetAttr(PyObject *o, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(o);
    if (unlikely(name_is_bad(name)))
        return NULL;
    getattrofunc function = own_getattro(type);
    if (function)
        return function(o, name);
    if (!type->tp_getattro && type->tp_getattr) {
        const char *text = PyUnicode_AsUTF8(name);
        return text ? type->tp_getattr(o, (char *)text) : NULL;
    }
    return vm_getattr(o, name);
}

PYAPI PyObject *PyObject_GetAttrString(PyObject *o, const char *attr_name)
{
    PyObject *name = m_name(attr_name);
    if (!name)
        return NULL;
    Py_INCREF(name);
    PyObject *r = PyObject_GetAttr(o, name);
    Py_DECREF(name);
    return r;
}

PYAPI PyObject *_PyObject_GetAttrId(PyObject *o, _Py_Identifier *name)
{
    PyObject *str = id_name(name);
    return str ? PyObject_GetAttr(o, str) : NULL;
}

/* 1 found, 0 not there (*result is NULL), -1 another error. */
PYAPI int _PyObject_LookupAttr(PyObject *o, PyObject *name, PyObject **result)
{
    PyTypeObject *type = Py_TYPE(o);
    *result = NULL;
    if (own_getattro(type) || (!type->tp_getattro && type->tp_getattr) || !PyUnicode_Check(name)) {
        *result = PyObject_GetAttr(o, name);
        if (!*result) {
            if (!PyErr_ExceptionMatches(PyExc_AttributeError))
                return -1;
            PyErr_Clear();
        }
    } else {
        *result = vm_lookup_attr(o, name);
        if (!*result && m_tls.err_type)
            return -1;
    }
    return *result != NULL;
}

PYAPI int _PyObject_LookupAttrId(PyObject *o, _Py_Identifier *name, PyObject **result)
{
    PyObject *str = id_name(name);
    *result = NULL;
    return str ? _PyObject_LookupAttr(o, str, result) : -1;
}

PYAPI int PyObject_HasAttr(PyObject *o, PyObject *name)
{
    PyObject *found;
    int r = _PyObject_LookupAttr(o, name, &found);
    if (r < 0) {
        PyErr_Clear();
        return 0;
    }
    Py_XDECREF(found);
    return r;
}

PYAPI int PyObject_HasAttrString(PyObject *o, const char *attr_name)
{
    PyObject *name = m_name(attr_name);
    if (!name) {
        PyErr_Clear();
        return 0;
    }
    return PyObject_HasAttr(o, name);
}

/* A function and 1 where calling it with `obj` in front saves the bound method; else the attribute and 0. */
PYAPI int _PyObject_GetMethod(PyObject *obj, PyObject *name, PyObject **method)
{
    PyTypeObject *type = Py_TYPE(obj);
    int unbound = 0;
    if (own_getattro(type) || (!type->tp_getattro && type->tp_getattr))
        *method = PyObject_GetAttr(obj, name);
    else
        *method = vm_get_method(obj, name, (W)&unbound);
    return *method ? unbound : 0;
}

PYAPI PyObject *_PyObject_LookupSpecialId(PyObject *o, _Py_Identifier *name)
{
    PyObject *str = id_name(name);
    return str ? vm_lookup_special(o, str) : NULL;
}

/* ---- set ---------------------------------------------------------------------------------------------------------------- */

PYAPI int PyObject_SetAttr(PyObject *o, PyObject *name, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(o);
    if (unlikely(name_is_bad(name)))
        return -1;
    setattrofunc function = m_c_slot(type, tp_setattro);
    if (function && function != PyObject_GenericSetAttr)
        return function(o, name, value);
    if (!type->tp_setattro && type->tp_setattr) {
        const char *text = PyUnicode_AsUTF8(name);
        return text ? type->tp_setattr(o, (char *)text, value) : -1;
    }
    return value ? vm_setattr(o, name, value) : vm_delattr(o, name);
}

PYAPI int PyObject_SetAttrString(PyObject *o, const char *attr_name, PyObject *v)
{
    PyObject *name = m_name(attr_name);
    if (!name)
        return -1;
    Py_INCREF(name);
    int r = PyObject_SetAttr(o, name, v);
    Py_DECREF(name);
    return r;
}

PYAPI int _PyObject_SetAttrId(PyObject *o, _Py_Identifier *name, PyObject *value)
{
    PyObject *str = id_name(name);
    return str ? PyObject_SetAttr(o, str, value) : -1;
}

/* ---- the generic way: type, then the instance's dictionary ------------------------------------------------------------------ */

PYAPI PyObject *PyObject_GenericGetAttr(PyObject *o, PyObject *name)
{
    return name_is_bad(name) ? NULL : vm_generic_getattr(o, name);
}

PYAPI int PyObject_GenericSetAttr(PyObject *o, PyObject *name, PyObject *value)
{
    return name_is_bad(name) ? -1 : vm_generic_setattr(o, name, value);
}

PYAPI PyObject *_PyObject_GenericGetAttrWithDict(PyObject *o, PyObject *name, PyObject *dict, int suppress)
{
    if (name_is_bad(name))
        return NULL;
    PyObject *r = dict ? vm_getattr_with_dict(o, name, dict) : vm_generic_getattr(o, name);
    if (!r && suppress && PyErr_ExceptionMatches(PyExc_AttributeError))
        PyErr_Clear();
    return r;
}

PYAPI int _PyObject_GenericSetAttrWithDict(PyObject *o, PyObject *name, PyObject *value, PyObject *dict)
{
    if (name_is_bad(name))
        return -1;
    return dict ? vm_setattr_with_dict(o, name, value, dict) : vm_generic_setattr(o, name, value);
}

/* Where a C struct keeps its dictionary; NULL if it has none, or if the VM keeps it. */
PYAPI PyObject **_PyObject_GetDictPtr(PyObject *o)
{
    PyTypeObject *type = Py_TYPE(o);
    Py_ssize_t offset = type->tp_dictoffset;
    if (!offset || m_info(type)->kind != K_INSTANCE)
        return NULL;
    if (offset < 0) {
        Py_ssize_t n = Py_SIZE(o);
        offset += (Py_ssize_t)_PyObject_VAR_SIZE(type, n < 0 ? -n : n);
    }
    PyObject **place = (PyObject **)((char *)o + offset);
    if (!*place && vm_give_dictionary(o, (W)place) < 0)
        PyErr_Clear();                  /* as if there were none */
    return place;
}

PYAPI PyObject *PyObject_GenericGetDict(PyObject *o, void *context)
{
    (void)context;
    PyObject **place = _PyObject_GetDictPtr(o);
    if (!place)
        return vm_dictionary(o);
    if (!*place && (!(*place = PyDict_New()) || vm_share_dictionary(o, (W)place, 0) < 0))
        return NULL;
    Py_INCREF(*place);
    return *place;
}

PYAPI int PyObject_GenericSetDict(PyObject *o, PyObject *value, void *context)
{
    (void)context;
    PyObject **place = _PyObject_GetDictPtr(o);
    if (!place) {
        PyErr_SetString(PyExc_AttributeError, "This object has no __dict__");
        return -1;
    }
    if (!value) {
        PyErr_SetString(PyExc_TypeError, "cannot delete __dict__");
        return -1;
    }
    if (!PyDict_Check(value)) {
        PyErr_Format(PyExc_TypeError, "__dict__ must be set to a dictionary, not a '%.200s'", Py_TYPE(value)->tp_name);
        return -1;
    }
    PyObject *old = *place;
    Py_INCREF(value);
    *place = value;
    Py_XDECREF(old);
    return vm_share_dictionary(o, (W)place, 1);
}
