/* PyBuffer_...: what can be done with a Py_buffer without asking its exporter. */
#include "core/mooring.h"

PYAPI int PyBuffer_FillInfo(Py_buffer *view, PyObject *exporter, void *buf, Py_ssize_t len, int readonly, int flags)
{
    if (view == NULL) {
        PyErr_SetString(PyExc_BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
        return -1;
    }
    if (readonly && (flags & PyBUF_WRITABLE) == PyBUF_WRITABLE) {
        PyErr_SetString(PyExc_BufferError, "Object is not writable.");
        return -1;
    }
    Py_XINCREF(exporter);
    view->obj = exporter;
    view->buf = buf;
    view->len = len;
    view->readonly = readonly;
    view->itemsize = 1;
    view->ndim = 1;
    view->format = (flags & PyBUF_FORMAT) == PyBUF_FORMAT ? "B" : NULL;
    view->shape = (flags & PyBUF_ND) == PyBUF_ND ? &view->len : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : NULL;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

PYAPI void PyBuffer_Release(Py_buffer *view)
{
    PyObject *exporter = view->obj;
    if (exporter == NULL)
        return;
    PyBufferProcs *procs = Py_TYPE(exporter)->tp_as_buffer;
    if (procs != NULL && procs->bf_releasebuffer != NULL)
        procs->bf_releasebuffer(exporter, view);
    view->obj = NULL;
    Py_DECREF(exporter);
}

/* ---- layout --------------------------------------------------------------------------------------------------------- */

/* The strides are those of a dense array whose dimension `first` varies fastest, then first + step, ... */
static int strides_are_dense(const Py_buffer *view, int first, int step)
{
    if (view->len == 0)
        return 1;
    if (view->shape == NULL || view->ndim == 0)
        return 1;
    Py_ssize_t stride = view->itemsize;
    for (int n = 0, i = first; n < view->ndim; n++, i += step) {
        if (view->shape[i] > 1 && view->strides[i] != stride)
            return 0;
        stride *= view->shape[i];
    }
    return 1;
}

static int is_c_contiguous(const Py_buffer *view)
{
    return view->strides == NULL || strides_are_dense(view, view->ndim - 1, -1);
}

static int is_fortran_contiguous(const Py_buffer *view)
{
    if (view->strides != NULL)
        return strides_are_dense(view, 0, 1);
    if (view->ndim <= 1 || view->len == 0)
        return 1;
    int wide = 0;  /* dense in C order: the same in Fortran's where at most one dimension has more than one item */
    for (int i = 0; view->shape != NULL && i < view->ndim; i++)
        wide += view->shape[i] > 1;
    return wide <= 1;
}

PYAPI int PyBuffer_IsContiguous(const Py_buffer *view, char order)
{
    if (view->suboffsets != NULL)
        return 0;
    switch (order) {
    case 'C':
        return is_c_contiguous(view);
    case 'F':
        return is_fortran_contiguous(view);
    case 'A':
        return is_c_contiguous(view) || is_fortran_contiguous(view);
    default:
        return 0;
    }
}

PYAPI void *PyBuffer_GetPointer(const Py_buffer *view, const Py_ssize_t *indices)
{
    char *p = view->buf;
    for (int i = 0; i < view->ndim; i++) {
        p += view->strides[i] * indices[i];
        if (view->suboffsets != NULL && view->suboffsets[i] >= 0)
            p = *(char **)p + view->suboffsets[i];
    }
    return p;
}

PYAPI void PyBuffer_FillContiguousStrides(int ndims, Py_ssize_t *shape, Py_ssize_t *strides, int itemsize, char order)
{
    Py_ssize_t stride = itemsize;
    int fortran = order == 'F';
    for (int n = 0; n < ndims; n++) {
        int i = fortran ? n : ndims - 1 - n;
        strides[i] = stride;
        stride *= shape[i];
    }
}

/* ---- copies ----------------------------------------------------------------------------------------------------------- */

/* The next index in that order; 0 after the last. */
static int next_index(const Py_buffer *view, Py_ssize_t *index, char order)
{
    int fortran = order == 'F';
    for (int n = 0; n < view->ndim; n++) {
        int i = fortran ? n : view->ndim - 1 - n;
        if (++index[i] < view->shape[i])
            return 1;
        index[i] = 0;
    }
    return 0;
}

/* Item by item between the view and dense memory of that order. */
static int copy_items(const Py_buffer *view, char *dense, Py_ssize_t len, char order, int into_view)
{
    Py_ssize_t *index = PyMem_Calloc((size_t)view->ndim + 1, sizeof(Py_ssize_t));
    if (index == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t left = len / view->itemsize; left > 0; left--) {
        void *item = view->strides != NULL ? PyBuffer_GetPointer(view, index) : NULL;
        if (item == NULL) {  /* no strides: dense in C order */
            Py_ssize_t at = 0;
            for (int i = 0; i < view->ndim; i++)
                at = at * view->shape[i] + index[i];
            item = (char *)view->buf + at * view->itemsize;
        }
        if (into_view)
            memcpy(item, dense, (size_t)view->itemsize);
        else
            memcpy(dense, item, (size_t)view->itemsize);
        dense += view->itemsize;
        if (!next_index(view, index, order))
            break;
    }
    PyMem_Free(index);
    return 0;
}

PYAPI int PyBuffer_FromContiguous(const Py_buffer *view, const void *buf, Py_ssize_t len, char fort)
{
    if (len > view->len)
        len = view->len;
    if (PyBuffer_IsContiguous(view, fort)) {
        memcpy(view->buf, buf, (size_t)len);
        return 0;
    }
    return copy_items(view, (char *)buf, len, fort, 1);
}

/* order 'A' is Fortran's where src is contiguous that way, else C's. */
PYAPI int PyBuffer_ToContiguous(void *buf, const Py_buffer *src, Py_ssize_t len, char order)
{
    if (len != src->len) {
        PyErr_SetString(PyExc_ValueError, "PyBuffer_ToContiguous: len != view->len");
        return -1;
    }
    if (PyBuffer_IsContiguous(src, order)) {
        memcpy(buf, src->buf, (size_t)len);
        return 0;
    }
    return copy_items(src, buf, len, order == 'F' ? 'F' : 'C', 0);
}

PYAPI Py_ssize_t PyBuffer_SizeFromFormat(const char *format)
{
    Py_ssize_t size = -1;
    PyObject *module = PyImport_ImportModule("struct");
    if (module == NULL)
        return -1;
    PyObject *result = PyObject_CallMethod(module, "calcsize", "s", format);
    Py_DECREF(module);
    if (result != NULL) {
        size = PyLong_AsSsize_t(result);
        Py_DECREF(result);
    }
    return size;
}
