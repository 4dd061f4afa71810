/* Calls: C to C directly where the callee is C code, else one crossing with up to six arguments as words. */
#include "core/dicts.h"

#define FEW 6                           /* arguments that cross without a tuple */

/* NULL must come with an error, a result without one. */
static PyObject *checked(PyObject *callable, PyObject *r)
{
    MThread *t = &m_tls;
    if (likely(r && !t->err_type))
        return r;
    if (!r && t->err_type)
        return NULL;
    if (!r) {
        PyErr_Format(PyExc_SystemError, "%R returned NULL without setting an exception", callable);
        return NULL;
    }
    Py_DECREF(r);
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_Format(PyExc_SystemError, "%R returned a result with an exception set", callable);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    return NULL;
}

static PyObject *tuple_from(PyObject *const *items, size_t n)
{
    if (!n) {
        PyObject *empty = m_empty_tuple();
        Py_INCREF(empty);
        return empty;
    }
    PyObject *tuple = m_tuple_new((Py_ssize_t)n);
    for (size_t i = 0; tuple && i < n; i++) {
        Py_INCREF(items[i]);
        ((PyTupleObject *)tuple)->ob_item[i] = items[i];
    }
    return tuple;
}

static PyObject *dict_from(PyObject *const *values, PyObject *names)
{
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && i < PyTuple_GET_SIZE(names); i++)
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(names, i), values[i]) < 0)
            Py_CLEAR(dict);
    return dict;
}

/* The vectorcall function in a C struct; NULL if the type has none or the VM has the object. */
static inline vectorcallfunc vectorcall_of(PyObject *callable)
{
    PyTypeObject *type = Py_TYPE(callable);
    if (type == &PyType_Type)
        return ((PyTypeObject *)callable)->tp_vectorcall;
    if (!(type->tp_flags & Py_TPFLAGS_HAVE_VECTORCALL) || type->tp_vectorcall_offset <= 0 || m_info(type)->kind != K_INSTANCE)
        return NULL;
    return *(vectorcallfunc *)((char *)callable + type->tp_vectorcall_offset);
}

/* ---- making an instance of a C type ------------------------------------------------------------------------------------ */

/* Is `type`, with its bases, made in C only, with C code to make instances?  Then type.__call__ needs no VM.  With a metatype of C's own
   its bases may be anything. */
static int is_made_in_c(PyTypeObject *type)
{
    uint32_t not_in_c = Py_TYPE(type) == &PyType_Type ? TI_VM | TI_BUILTIN | TI_MAKES : TI_MAKES;
    if (m_info(type)->kind != K_INSTANCE || m_info(type)->flags & TI_VM || !m_c_slot(type, tp_new))
        return 0;
    for (; type && type != &PyBaseObject_Type; type = type->tp_base)
        if (m_info(type)->flags & not_in_c)
            return 0;
    return 1;
}

static PyObject *make_instance(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *o = checked((PyObject *)type, type->tp_new(type, args, kwargs));
    if (!o || !PyObject_TypeCheck(o, type))
        return o;
    initproc init = m_c_slot(Py_TYPE(o), tp_init);
    if (init && init(o, args, kwargs) < 0)
        Py_CLEAR(o);
    return o;
}

/* type.__call__, whatever the metatype. */
PyObject *m_type_call(PyObject *type, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *t = (PyTypeObject *)type;
    return is_made_in_c(t) ? make_instance(t, args, kwargs) : vm_type_call(type, args, kwargs);
}

/* ---- the roads --------------------------------------------------------------------------------------------------------------- */

/* A C function that takes a tuple and a dictionary, if the callable leads to one. */
static ternaryfunc direct_call(PyObject *callable)
{
    PyTypeObject *type = Py_TYPE(callable);
    ternaryfunc function = m_c_slot(type, tp_call);
    if (!function && type == &PyType_Type && is_made_in_c((PyTypeObject *)callable))
        return (ternaryfunc)make_instance;
    return function;
}

static PyObject *call_direct(ternaryfunc function, PyObject *callable, PyObject *args, PyObject *kwargs)
{
    if (unlikely(Py_EnterRecursiveCall(" while calling a Python object")))
        return NULL;
    PyObject *r = checked(callable, function(callable, args, kwargs));
    Py_LeaveRecursiveCall();
    return r;
}

static PyObject *cross(PyObject *f, PyObject *const *a, size_t n, PyObject *kwnames)
{
    if (!kwnames)
        switch (n) {
        case 0: return vm_call0(f);
        case 1: return vm_call1(f, a[0]);
        case 2: return vm_call2(f, a[0], a[1]);
        case 3: return vm_call3(f, a[0], a[1], a[2]);
        case 4: return vm_call4(f, a[0], a[1], a[2], a[3]);
        case 5: return vm_call5(f, a[0], a[1], a[2], a[3], a[4]);
        case 6: return vm_call6(f, a[0], a[1], a[2], a[3], a[4], a[5]);
        }
    PyObject *all = tuple_from(a, n + (kwnames ? (size_t)PyTuple_GET_SIZE(kwnames) : 0));
    PyObject *r = all ? vm_call_names(f, all, kwnames) : NULL;
    Py_XDECREF(all);
    return r;
}

/* Call with an array; values of keyword arguments follow the positional ones. */
PyObject *m_call(PyObject *callable, PyObject *const *args, size_t nargs, PyObject *kwnames)
{
    if (kwnames && !PyTuple_GET_SIZE(kwnames))
        kwnames = NULL;
    vectorcallfunc vectorcall = vectorcall_of(callable);
    if (vectorcall)
        return checked(callable, vectorcall(callable, args, nargs, kwnames));
    if (PyMethod_Check(callable) && nargs < FEW && !kwnames) {
        PyObject *all[FEW] = {((PyMethodObject *)callable)->im_self};
        for (size_t i = 0; i < nargs; i++)
            all[i + 1] = args[i];
        return m_call(((PyMethodObject *)callable)->im_func, all, nargs + 1, NULL);
    }
    ternaryfunc function = direct_call(callable);
    if (!function)
        return cross(callable, args, nargs, kwnames);
    PyObject *r = NULL, *tuple = tuple_from(args, nargs), *kwargs = kwnames && tuple ? dict_from(args + nargs, kwnames) : NULL;
    if (tuple && (kwargs || !kwnames))
        r = call_direct(function, callable, tuple, kwargs);
    Py_XDECREF(tuple);
    Py_XDECREF(kwargs);
    return r;
}

/* The keys of a dict of C's own, which must be str, and its values, as two tuples. */
static int names_and_values(PyObject *kwargs, PyObject **names, PyObject **values)
{
    PyObject *key, *value;
    Py_ssize_t pos = 0, i = 0, n = m_dict_length(kwargs);
    *names = PyTuple_New(n);
    *values = PyTuple_New(n);
    while (*names && *values && m_dict_next(kwargs, &pos, &key, &value)) {
        if (!PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            break;
        }
        PyTuple_SET_ITEM(*names, i, Py_NewRef(key));
        PyTuple_SET_ITEM(*values, i++, Py_NewRef(value));
    }
    if (*names && *values && i == n)
        return 0;
    Py_CLEAR(*names);
    Py_CLEAR(*values);
    return -1;
}

/* An array of the arguments and then the values of a non-empty dictionary, whose keys become `*kwnames`.
   PyMem_Free() the array and decref *kwnames, which keeps keys and values alive. */
static PyObject **flatten(PyObject *const *args, size_t nargs, PyObject *kwargs, PyObject **kwnames, PyObject **keep)
{
    PyObject *names, *values;
    if (!m_dict_is_own(kwargs)) {
        names = vm_keyword_names(kwargs);
        values = names ? vm_keyword_values(kwargs) : NULL;
    } else if (names_and_values(kwargs, &names, &values) < 0)
        return NULL;
    size_t n = values ? (size_t)PyTuple_GET_SIZE(values) : 0;
    PyObject **all = values ? PyMem_Malloc((nargs + n + 1) * sizeof(PyObject *)) : NULL;
    if (!all) {
        Py_XDECREF(names);
        Py_XDECREF(values);
        return values ? (PyObject **)PyErr_NoMemory() : NULL;
    }
    if (nargs)
        memcpy(all, args, nargs * sizeof(PyObject *));
    memcpy(all + nargs, ((PyTupleObject *)values)->ob_item, n * sizeof(PyObject *));
    *kwnames = names;
    *keep = values;
    return all;
}

static PyObject *call_flattened(PyObject *callable, PyObject *const *args, size_t nargs, PyObject *kwargs)
{
    PyObject *names = NULL, *keep = NULL, **all = flatten(args, nargs, kwargs, &names, &keep);
    if (!all)
        return NULL;
    PyObject *r = m_call(callable, all, nargs, names);
    PyMem_Free(all);
    Py_DECREF(names);
    Py_DECREF(keep);
    return r;
}

PYAPI PyObject *PyVectorcall_Call(PyObject *callable, PyObject *tuple, PyObject *dict)
{
    vectorcallfunc vectorcall = vectorcall_of(callable);
    if (!vectorcall) {
        PyErr_Format(PyExc_TypeError, "'%.200s' object does not support vectorcall", Py_TYPE(callable)->tp_name);
        return NULL;
    }
    size_t n = (size_t)PyTuple_GET_SIZE(tuple);
    PyObject **items = ((PyTupleObject *)tuple)->ob_item;
    if (!dict || !PyDict_Size(dict))
        return checked(callable, vectorcall(callable, items, n, NULL));
    return call_flattened(callable, items, n, dict);
}

PYAPI vectorcallfunc PyVectorcall_Function(PyObject *callable)
{
    return vectorcall_of(callable);
}

/* ---- for object_call.c ------------------------------------------------------------------------------------------------------ */

PyObject *m_call_tuple(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    if (vectorcall_of(callable))
        return PyVectorcall_Call(callable, args, kwargs);
    ternaryfunc function = direct_call(callable);
    if (function)
        return call_direct(function, callable, args, kwargs && PyDict_Size(kwargs) ? kwargs : NULL);
    if (kwargs && m_dict_is_own(kwargs) && kwargs->ob_refcnt == 1 && !m_multi)     /* no one changes it while the VM reads it */
        return vm_call_table(callable, args, (W)DICT(kwargs)->table);
    if (kwargs)                         /* whether it is empty is the VM's to see: asking costs another crossing */
        return vm_call_dict(callable, args, kwargs);
    if (PyTuple_GET_SIZE(args) <= FEW && !M_HDR(args)->link)
        return m_call(callable, ((PyTupleObject *)args)->ob_item, (size_t)PyTuple_GET_SIZE(args), NULL);
    return vm_call_tuple(callable, args);
}

PyObject *m_call_dict(PyObject *callable, PyObject *const *args, size_t nargs, PyObject *kwargs)
{
    if (!kwargs || !PyDict_Size(kwargs))
        return m_call(callable, args, nargs, NULL);
    if (vectorcall_of(callable))
        return call_flattened(callable, args, nargs, kwargs);
    PyObject *tuple = tuple_from(args, nargs);
    PyObject *r = tuple ? m_call_tuple(callable, tuple, kwargs) : NULL;
    Py_XDECREF(tuple);
    return r;
}

/* The views of a dict are new ones: the VM need not look for a link. */
static PyObject *method_of_dict(PyObject *dict, PyObject *name)
{
    static const char *const views[] = {"keys", "values", "items"};        /* as in capi/dict.py */
    if (PyUnicode_CheckExact(name) && PyUnicode_IS_COMPACT_ASCII(name))
        for (int i = 0; i < 3; i++)
            if (!strcmp(PyUnicode_DATA(name), views[i]))
                return m_new_result(vm_dict_view(dict, i));
    return vm_method0(dict, name);
}

/* A method of `self`, looked up and called in one crossing where the VM has it. */
PyObject *m_call_method(PyObject *name, PyObject *const *args, size_t nargs, PyObject *kwnames)
{
    PyTypeObject *type = Py_TYPE(args[0]);
    getattrofunc own = m_c_slot(type, tp_getattro);
    if (!kwnames && nargs <= 5 && (!own || own == PyObject_GenericGetAttr) && (type->tp_getattro || !type->tp_getattr))
        switch (nargs) {
        case 1: return Py_IS_TYPE(args[0], &PyDict_Type) ? method_of_dict(args[0], name) : vm_method0(args[0], name);
        case 2: return vm_method1(args[0], name, args[1]);
        case 3: return vm_method2(args[0], name, args[1], args[2]);
        case 4: return vm_method3(args[0], name, args[1], args[2], args[3]);
        case 5: return vm_method4(args[0], name, args[1], args[2], args[3], args[4]);
        }
    PyObject *method, *r;
    int unbound = _PyObject_GetMethod(args[0], name, &method);
    if (!method)
        return NULL;
    r = unbound ? m_call(method, args, nargs, kwnames) : m_call(method, args + 1, nargs - 1, kwnames);
    Py_DECREF(method);
    return r;
}
