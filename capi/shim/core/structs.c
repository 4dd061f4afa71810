/* Objects of the VM whose struct shows some of their fields; capi/core/structs.py fills them. */
#include "core/mooring.h"
#include "frameobject.h"

#define MAX_STRUCTS 32
#define MAX_OBJECTS 6

static struct {
    PyTypeObject *type;
    int n, offsets[MAX_OBJECTS];
} structs[MAX_STRUCTS];
static int structs_n;

VMCALL void m_struct_declare(W type, int *offsets, int n)
{
    if (structs_n == MAX_STRUCTS || n > MAX_OBJECTS)
        Py_FatalError("mooring: too many structs");
    structs[structs_n].type = (PyTypeObject *)type;
    structs[structs_n].n = n;
    memcpy(structs[structs_n].offsets, offsets, (size_t)n * sizeof(int));
    structs_n++;
}

/* Release the objects in the fields. */
void m_struct_clear(PyObject *op)
{
    for (PyTypeObject *type = Py_TYPE(op); type; type = type->tp_base)
        for (int i = 0; i < structs_n; i++)
            if (structs[i].type == type) {
                for (int k = 0; k < structs[i].n; k++)
                    Py_CLEAR(*(PyObject **)((char *)op + structs[i].offsets[k]));
                return;
            }
}

int m_struct_visit(PyObject *op, visitproc visit, void *arg)
{
    for (PyTypeObject *type = Py_TYPE(op); type; type = type->tp_base)
        for (int i = 0; i < structs_n; i++)
            if (structs[i].type == type) {
                for (int k = 0; k < structs[i].n; k++)
                    Py_VISIT(*(PyObject **)((char *)op + structs[i].offsets[k]));
                return 0;
            }
    return 0;
}

VMCALL long m_code_offset(long i)
{
    static const size_t at[] = {
        offsetof(PyCodeObject, co_flags), offsetof(PyCodeObject, co_argcount), offsetof(PyCodeObject, co_posonlyargcount),
        offsetof(PyCodeObject, co_kwonlyargcount), offsetof(PyCodeObject, co_stacksize), offsetof(PyCodeObject, co_firstlineno),
        offsetof(PyCodeObject, co_nlocals), offsetof(PyCodeObject, co_nfreevars), offsetof(PyCodeObject, co_ncellvars),
        offsetof(PyCodeObject, co_filename), offsetof(PyCodeObject, co_name), offsetof(PyCodeObject, co_qualname)};
    return i < 0 ? (long)sizeof(PyCodeObject) : (long)at[i];
}

VMCALL long m_frame_offset(long i)
{
    static const size_t at[] = {
        offsetof(PyFrameObject, f_code), offsetof(PyFrameObject, f_globals), offsetof(PyFrameObject, f_lineno),
        offsetof(PyFrameObject, f_back), offsetof(PyFrameObject, f_locals), offsetof(PyFrameObject, f_trace)};
    return i < 0 ? (long)sizeof(PyFrameObject) : (long)at[i];
}
