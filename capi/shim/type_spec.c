/* PyType_FromSpec and kin: heap types from a table of slots. */
#include "core/mooring.h"

#define TOP(name) [Py_##name] = {0, offsetof(PyTypeObject, name)}
#define IN(group, name) [Py_##name] = {offsetof(PyTypeObject, group), offsetof(__typeof__(*((PyTypeObject *)0)->group), name)}

/* Where each slot number lives: offset of the method table in the type (0 = the type itself), offset in it. */
static const struct { uint16_t group, offset; } places[] = {
    IN(tp_as_buffer, bf_getbuffer), IN(tp_as_buffer, bf_releasebuffer),
    IN(tp_as_mapping, mp_ass_subscript), IN(tp_as_mapping, mp_length), IN(tp_as_mapping, mp_subscript),
    IN(tp_as_number, nb_absolute), IN(tp_as_number, nb_add), IN(tp_as_number, nb_and), IN(tp_as_number, nb_bool),
    IN(tp_as_number, nb_divmod), IN(tp_as_number, nb_float), IN(tp_as_number, nb_floor_divide), IN(tp_as_number, nb_index),
    IN(tp_as_number, nb_inplace_add), IN(tp_as_number, nb_inplace_and), IN(tp_as_number, nb_inplace_floor_divide),
    IN(tp_as_number, nb_inplace_lshift), IN(tp_as_number, nb_inplace_multiply), IN(tp_as_number, nb_inplace_or),
    IN(tp_as_number, nb_inplace_power), IN(tp_as_number, nb_inplace_remainder), IN(tp_as_number, nb_inplace_rshift),
    IN(tp_as_number, nb_inplace_subtract), IN(tp_as_number, nb_inplace_true_divide), IN(tp_as_number, nb_inplace_xor),
    IN(tp_as_number, nb_int), IN(tp_as_number, nb_invert), IN(tp_as_number, nb_lshift), IN(tp_as_number, nb_multiply),
    IN(tp_as_number, nb_negative), IN(tp_as_number, nb_or), IN(tp_as_number, nb_positive), IN(tp_as_number, nb_power),
    IN(tp_as_number, nb_remainder), IN(tp_as_number, nb_rshift), IN(tp_as_number, nb_subtract), IN(tp_as_number, nb_true_divide),
    IN(tp_as_number, nb_xor), IN(tp_as_number, nb_matrix_multiply), IN(tp_as_number, nb_inplace_matrix_multiply),
    IN(tp_as_sequence, sq_ass_item), IN(tp_as_sequence, sq_concat), IN(tp_as_sequence, sq_contains),
    IN(tp_as_sequence, sq_inplace_concat), IN(tp_as_sequence, sq_inplace_repeat), IN(tp_as_sequence, sq_item),
    IN(tp_as_sequence, sq_length), IN(tp_as_sequence, sq_repeat),
    IN(tp_as_async, am_await), IN(tp_as_async, am_aiter), IN(tp_as_async, am_anext), IN(tp_as_async, am_send),
    TOP(tp_alloc), TOP(tp_base), TOP(tp_bases), TOP(tp_call), TOP(tp_clear), TOP(tp_dealloc), TOP(tp_del), TOP(tp_descr_get),
    TOP(tp_descr_set), TOP(tp_doc), TOP(tp_getattr), TOP(tp_getattro), TOP(tp_hash), TOP(tp_init), TOP(tp_is_gc), TOP(tp_iter),
    TOP(tp_iternext), TOP(tp_methods), TOP(tp_new), TOP(tp_repr), TOP(tp_richcompare), TOP(tp_setattr), TOP(tp_setattro),
    TOP(tp_str), TOP(tp_traverse), TOP(tp_members), TOP(tp_getset), TOP(tp_free), TOP(tp_finalize),
};

#define PLACES ((int)(sizeof places / sizeof places[0]))

static void **place(PyTypeObject *type, int slot)
{
    char *base = (char *)type;
    if (places[slot].group)
        base = *(char **)(base + places[slot].group);
    return base ? (void **)(base + places[slot].offset) : NULL;
}

PYAPI void *PyType_GetSlot(PyTypeObject *type, int slot)
{
    if (slot <= 0 || slot >= PLACES) {
        PyErr_BadInternalCall();
        return NULL;
    }
    void **where = place(type, slot);
    return where ? *where : NULL;
}

/* The bases: the argument, else Py_tp_bases, else Py_tp_base, else object.  New reference to a tuple. */
static PyObject *bases_of(PyType_Spec *spec, PyObject *bases)
{
    PyTypeObject *base = &PyBaseObject_Type;
    if (!bases)
        for (PyType_Slot *s = spec->slots; s->slot; s++) {
            if (s->slot == Py_tp_bases)
                bases = s->pfunc;
            else if (s->slot == Py_tp_base)
                base = s->pfunc;
        }
    if (bases && PyTuple_Check(bases)) {
        Py_INCREF(bases);
        return bases;
    }
    return PyTuple_Pack(1, bases ? bases : (PyObject *)base);
}

/* The base whose struct the new one extends: the one with the largest. */
static PyTypeObject *best_base(PyObject *bases)
{
    PyTypeObject *best = NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        PyTypeObject *candidate = (PyTypeObject *)PyTuple_GET_ITEM(bases, i);
        if (!PyType_Check(candidate)) {
            PyErr_SetString(PyExc_TypeError, "bases must be types");
            return NULL;
        }
        if (PyType_Ready(candidate) < 0)
            return NULL;
        if (!(candidate->tp_flags & Py_TPFLAGS_BASETYPE)) {
            PyErr_Format(PyExc_TypeError, "type '%.100s' is not an acceptable base type", candidate->tp_name);
            return NULL;
        }
        if (!best || candidate->tp_basicsize > best->tp_basicsize)
            best = candidate;
    }
    return best;
}

static PyMemberDef *copy_members(PyTypeObject *type, const PyMemberDef *members)
{
    int n = 0;
    while (members[n].name)
        n++;
    PyMemberDef *copy = calloc((size_t)n + 1, sizeof *copy);
    int kept = 0;
    for (int i = 0; copy && i < n; i++) {
        if (!strcmp(members[i].name, "__weaklistoffset__"))
            type->tp_weaklistoffset = members[i].offset;
        else if (!strcmp(members[i].name, "__dictoffset__"))
            type->tp_dictoffset = members[i].offset;
        else if (!strcmp(members[i].name, "__vectorcalloffset__"))
            type->tp_vectorcall_offset = members[i].offset;
        else
            copy[kept++] = members[i];
    }
    return copy;
}

static void subtype_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self), *base = type;
    while (base && base->tp_dealloc == subtype_dealloc)
        base = base->tp_base;
    if (type->tp_finalize && PyObject_CallFinalizerFromDealloc(self))
        return;
    PyObject_GC_UnTrack(self);
    if (type->tp_del) {
        type->tp_del(self);
        if (self->ob_refcnt > 0)
            return;
    }
    m_clear_members(self, type, base);
    int heap = (type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0;
    if (base && base != &PyBaseObject_Type && base->tp_dealloc && (base->tp_dealloc != m_proxy_dealloc || m_tls.ending == self))
        base->tp_dealloc(self);
    else
        type->tp_free(self);
    if (heap && !(base && base->tp_flags & Py_TPFLAGS_HEAPTYPE && base != &PyBaseObject_Type))
        Py_DECREF(type);
}

/* Drop what __slots__-like T_OBJECT_EX members and the instance dictionary of heap types hold. */
void m_clear_members(PyObject *self, PyTypeObject *type, PyTypeObject *until)
{
    for (PyTypeObject *t = type; t && t != until; t = t->tp_base)
        if (t->tp_dictoffset > 0 && (!t->tp_base || t->tp_base->tp_dictoffset != t->tp_dictoffset)) {
            PyObject **dict = (PyObject **)((char *)self + t->tp_dictoffset);
            Py_CLEAR(*dict);
        }
}

/* True if instances are nothing but a head, and no C code is told of their birth or death. */
VMCALL long m_is_bare(W address)
{
    PyTypeObject *type = (PyTypeObject *)address;
    if (type->tp_basicsize != sizeof(PyObject) || type->tp_itemsize || type->tp_alloc != PyType_GenericAlloc || type->tp_finalize || type->tp_del
        || (type->tp_free != PyObject_Free && type->tp_free != PyObject_GC_Del))
        return 0;
    for (PyTypeObject *t = type; t; t = t->tp_base)
        if ((t->tp_dealloc != subtype_dealloc && t->tp_dealloc != m_proxy_dealloc) || (M_INFO(t) && M_INFO(t)->dealloc))
            return 0;
    return 1;
}

VMCALL W m_subtype_dealloc(void)
{
    return (W)subtype_dealloc;
}

PYAPI PyObject *PyType_FromModuleAndSpec(PyObject *module, PyType_Spec *spec, PyObject *bases)
{
    const char *dot = strrchr(spec->name, '.'), *doc = NULL;
    PyObject *result = NULL;
    PyTypeObject *base;
    bases = bases_of(spec, bases);
    if (!bases)
        return NULL;
    base = best_base(bases);
    if (!base) {
        Py_DECREF(bases);
        return NULL;
    }
    PyTypeObject *meta = Py_TYPE(base);
    PyHeapTypeObject *heap = m_calloc((size_t)meta->tp_basicsize > sizeof *heap ? (size_t)meta->tp_basicsize : sizeof *heap);
    if (!heap) {
        Py_DECREF(bases);
        return PyErr_NoMemory();
    }
    PyTypeObject *type = &heap->ht_type;
    ((PyObject *)type)->ob_refcnt = 1;
    ((PyObject *)type)->ob_type = meta;
    type->tp_name = heap->_ht_tpname = strdup(spec->name);
    type->tp_flags = spec->flags | Py_TPFLAGS_HEAPTYPE;
    type->tp_basicsize = spec->basicsize;
    type->tp_itemsize = spec->itemsize;
    type->tp_base = base;
    Py_INCREF(base);
    type->tp_bases = bases;
    type->tp_as_async = &heap->as_async;
    type->tp_as_number = &heap->as_number;
    type->tp_as_sequence = &heap->as_sequence;
    type->tp_as_mapping = &heap->as_mapping;
    type->tp_as_buffer = &heap->as_buffer;
    heap->ht_name = heap->ht_qualname = PyUnicode_FromString(dot ? dot + 1 : spec->name);
    Py_XINCREF(heap->ht_qualname);
    if (module) {
        Py_INCREF(module);
        heap->ht_module = module;
    }
    for (PyType_Slot *s = spec->slots; s->slot; s++) {
        if (s->slot == Py_tp_base || s->slot == Py_tp_bases)
            continue;
        if (s->slot < 0 || s->slot >= PLACES) {
            PyErr_SetString(PyExc_RuntimeError, "invalid slot offset");
            goto done;
        }
        if (s->slot == Py_tp_doc)
            doc = s->pfunc;
        else if (s->slot == Py_tp_members) {
            if (!(type->tp_members = copy_members(type, s->pfunc))) {
                PyErr_NoMemory();
                goto done;
            }
        } else
            *place(type, s->slot) = s->pfunc;
    }
    if (doc)
        type->tp_doc = strdup(doc);
    if (!type->tp_dealloc)
        type->tp_dealloc = subtype_dealloc;
    if (type->tp_vectorcall_offset && !type->tp_call)
        type->tp_call = PyVectorcall_Call;
    if (PyType_Ready(type) < 0)
        goto done;
    result = (PyObject *)type;
done:
    return result;
}

PYAPI PyObject *PyType_FromSpecWithBases(PyType_Spec *spec, PyObject *bases)
{
    return PyType_FromModuleAndSpec(NULL, spec, bases);
}

PYAPI PyObject *PyType_FromSpec(PyType_Spec *spec)
{
    return PyType_FromModuleAndSpec(NULL, spec, NULL);
}

PYAPI PyObject *PyType_GetModule(PyTypeObject *type)
{
    PyObject *module = type->tp_flags & Py_TPFLAGS_HEAPTYPE ? ((PyHeapTypeObject *)type)->ht_module : NULL;
    if (!module)
        PyErr_Format(PyExc_TypeError, type->tp_flags & Py_TPFLAGS_HEAPTYPE
            ? "PyType_GetModule: Type '%s' has no associated module"
            : "PyType_GetModule: Type '%s' is not a heap type", type->tp_name);
    return module;
}

PYAPI void *PyType_GetModuleState(PyTypeObject *type)
{
    PyObject *module = PyType_GetModule(type);
    return module ? PyModule_GetState(module) : NULL;
}

PYAPI PyObject *PyType_GetModuleByDef(PyTypeObject *type, PyModuleDef *def)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0; mro && i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (!(base->tp_flags & Py_TPFLAGS_HEAPTYPE))
            continue;
        PyObject *module = ((PyHeapTypeObject *)base)->ht_module;
        if (module && PyModule_GetDef(module) == def)
            return module;
    }
    PyErr_Format(PyExc_TypeError, "PyType_GetModuleByDef: No superclass of '%s' has the given module", type->tp_name);
    return NULL;
}
