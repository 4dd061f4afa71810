/* PyWeakref_...: weak references are the VM's own; those to a C instance refer to its wrapper. */
#include "core/mooring.h"

static int is_referable(PyObject *ob)
{
    PyTypeObject *type = Py_TYPE(ob);
    MTypeInfo *info = m_info(type);
    if (info->kind != K_INSTANCE || info->flags & TI_VM || type->tp_weaklistoffset)
        return 1;
    PyErr_Format(PyExc_TypeError, "cannot create weak reference to '%s' object", type->tp_name);
    return 0;
}

PYAPI PyObject *PyWeakref_NewRef(PyObject *ob, PyObject *callback)
{
    return is_referable(ob) ? vm_weakref(ob, callback) : NULL;
}

PYAPI PyObject *PyWeakref_NewProxy(PyObject *ob, PyObject *callback)
{
    return is_referable(ob) ? vm_weak_proxy(ob, callback) : NULL;
}

/* Borrowed: it lives until the outermost call returns, for the weak reference must not own it. */
PYAPI PyObject *PyWeakref_GetObject(PyObject *ref)
{
    if (!ref || !PyWeakref_Check(ref)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *ob = vm_weakref_get(ref);
    if (ob)
        m_defer(ob);
    return ob;
}
