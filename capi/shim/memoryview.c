/* PyMemoryView_...: what C code reads in a memoryview.  The view itself is the VM's. */
#include "core/mooring.h"

/* The Py_buffer of a memoryview, filled at first use and released with the proxy. */
PYAPI Py_buffer *Mooring_MemoryViewBuffer(PyObject *op)
{
    PyMemoryViewObject *mv = (PyMemoryViewObject *)op;
    if (mv->flags)
        return &mv->view;
    if (vm_slot_getbuffer(op, (W)&mv->view, PyBUF_FULL_RO) < 0)
        return NULL;
    mv->flags = 1;
    PyObject *self = mv->view.obj;
    mv->view.obj = vm_memoryview_base(op);      /* as in CPython: the exporter, not the view */
    Py_DECREF(self);
    return &mv->view;
}

static void memoryview_dealloc(PyObject *op)
{
    PyMemoryViewObject *mv = (PyMemoryViewObject *)op;
    if (mv->flags) {
        vm_release_number((W)mv->view.internal);
        Py_XDECREF(mv->view.obj);
    }
    m_extra_free(op, ((MProxy *)op)->extra);
    m_free(op);
}

void m_init_memoryview(void)
{
    M_INFO(&PyMemoryView_Type)->dealloc = memoryview_dealloc;
    PyMemoryView_Type.tp_basicsize = sizeof(PyMemoryViewObject);
}

PYAPI PyObject *PyMemoryView_FromMemory(char *mem, Py_ssize_t size, int flags)
{
    return vm_memory((W)mem, size, flags == PyBUF_WRITE);
}

PYAPI PyObject *PyMemoryView_FromBuffer(const Py_buffer *info)
{
    if (!info->buf) {
        PyErr_SetString(PyExc_ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
        return NULL;
    }
    return vm_memory_of((W)info);
}

PYAPI PyObject *PyMemoryView_FromObject(PyObject *base)
{
    return vm_memoryview(base);
}

PYAPI PyObject *PyMemoryView_GetContiguous(PyObject *base, int buffertype, char order)
{
    Py_buffer view;
    PyObject *r = vm_contiguous(base, buffertype == PyBUF_WRITE, order), *data;
    if (r || m_tls.err_type || PyObject_GetBuffer(base, &view, PyBUF_FULL_RO) < 0)
        return r;
    data = PyBytes_FromStringAndSize(NULL, view.len);
    if (data && PyBuffer_ToContiguous(((PyBytesObject *)data)->ob_sval, &view, view.len, order) == 0)
        r = vm_dense(base, data, order);
    PyBuffer_Release(&view);
    Py_XDECREF(data);
    return r;
}
