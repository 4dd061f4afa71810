/* Slot functions of VM classes: what C code finds in tp_as_number & co of a class defined in the VM. */
#include "core/iterators.h"

#define SLOT static __attribute__((section("mooring_slots"), noinline))

#define BINARY(slot, number) \
    SLOT PyObject *slot(PyObject *a, PyObject *b) { return vm_slot_binary(number, a, b); }
#define UNARY(slot, number) \
    SLOT PyObject *slot(PyObject *a) { return vm_slot_unary(number, a); }

/* The numbers index the tables of capi/core/slots.py. */
BINARY(nb_add, 0) BINARY(nb_subtract, 1) BINARY(nb_multiply, 2) BINARY(nb_remainder, 3) BINARY(nb_divmod, 4)
BINARY(nb_lshift, 5) BINARY(nb_rshift, 6) BINARY(nb_and, 7) BINARY(nb_xor, 8) BINARY(nb_or, 9)
BINARY(nb_floor_divide, 10) BINARY(nb_true_divide, 11) BINARY(nb_matrix_multiply, 12)
BINARY(nb_inplace_add, 13) BINARY(nb_inplace_subtract, 14) BINARY(nb_inplace_multiply, 15) BINARY(nb_inplace_remainder, 16)
BINARY(nb_inplace_lshift, 17) BINARY(nb_inplace_rshift, 18) BINARY(nb_inplace_and, 19) BINARY(nb_inplace_xor, 20)
BINARY(nb_inplace_or, 21) BINARY(nb_inplace_floor_divide, 22) BINARY(nb_inplace_true_divide, 23)
BINARY(nb_inplace_matrix_multiply, 24)

UNARY(nb_negative, 0) UNARY(nb_positive, 1) UNARY(nb_absolute, 2) UNARY(nb_invert, 3) UNARY(nb_int, 4) UNARY(nb_float, 5)
UNARY(nb_index, 6) UNARY(tp_repr, 7) UNARY(tp_str, 8) UNARY(am_await, 9) UNARY(am_aiter, 10) UNARY(am_anext, 11)

SLOT PyObject *tp_iter(PyObject *o) { return PyObject_GetIter(o); }
SLOT PyObject *tp_iternext(PyObject *o) { return m_is_iterator(o) ? m_iterator_next(o) : vm_slot_next(o); }

/* C code reads the hash of a str from its struct, where CPython leaves it once it was asked for. */
Py_hash_t m_str_hash(PyObject *o)
{
    PyASCIIObject *v = (PyASCIIObject *)o;
    if (v->hash == -1)
        v->hash = vm_slot_hash(o);
    return v->hash;
}

SLOT Py_hash_t tp_hash(PyObject *o) { return PyUnicode_Check(o) ? m_str_hash(o) : vm_slot_hash(o); }
SLOT int nb_bool(PyObject *o) { return vm_slot_true(o); }
SLOT PyObject *nb_power(PyObject *a, PyObject *b, PyObject *c) { return vm_slot_power(a, b, c); }
SLOT PyObject *nb_inplace_power(PyObject *a, PyObject *b, PyObject *c) { return vm_slot_inplace_power(a, b, c); }
SLOT Py_ssize_t length(PyObject *o) { return vm_slot_length(o); }
SLOT PyObject *sq_item(PyObject *o, Py_ssize_t i) { return vm_slot_item(o, i); }
SLOT int sq_ass_item(PyObject *o, Py_ssize_t i, PyObject *v) { return vm_slot_ass_item(o, i, v); }
SLOT int sq_contains(PyObject *o, PyObject *v) { return vm_slot_contains(o, v); }
SLOT PyObject *sq_concat(PyObject *a, PyObject *b) { return vm_slot_concat(a, b); }
SLOT PyObject *sq_repeat(PyObject *o, Py_ssize_t n) { return vm_slot_repeat(o, n); }
SLOT PyObject *sq_inplace_concat(PyObject *a, PyObject *b) { return vm_slot_inplace_concat(a, b); }
SLOT PyObject *sq_inplace_repeat(PyObject *o, Py_ssize_t n) { return vm_slot_inplace_repeat(o, n); }
SLOT PyObject *mp_subscript(PyObject *o, PyObject *key) { return vm_slot_subscript(o, key); }
SLOT int mp_ass_subscript(PyObject *o, PyObject *key, PyObject *v) { return vm_slot_ass_subscript(o, key, v); }
SLOT PyObject *tp_call(PyObject *o, PyObject *args, PyObject *kw) { return vm_slot_call(o, args, kw); }
SLOT PyObject *tp_getattro(PyObject *o, PyObject *name) { return vm_slot_getattr(o, name); }
SLOT int tp_setattro(PyObject *o, PyObject *name, PyObject *v) { return vm_slot_setattr(o, name, v); }
SLOT PyObject *tp_richcompare(PyObject *a, PyObject *b, int op) { return vm_slot_compare(a, b, op); }
SLOT PyObject *tp_descr_get(PyObject *d, PyObject *o, PyObject *t) { return vm_slot_descr_get(d, o, t); }
SLOT int tp_descr_set(PyObject *d, PyObject *o, PyObject *v) { return vm_slot_descr_set(d, o, v); }
SLOT int tp_init(PyObject *o, PyObject *args, PyObject *kw) { return vm_slot_init(o, args, kw); }
SLOT PyObject *tp_new(PyTypeObject *type, PyObject *args, PyObject *kw) { return vm_slot_new((PyObject *)type, args, kw); }
SLOT int bf_getbuffer(PyObject *o, Py_buffer *view, int flags) { return vm_slot_getbuffer(o, (W)view, flags); }
SLOT void bf_releasebuffer(PyObject *o, Py_buffer *view) { vm_slot_releasebuffer(o, (W)view); }

#include "core/slots_base.h"

/* What `type` and `object` do themselves: C code calls their slots from those of a metatype or a subtype. */
SLOT PyObject *type_call(PyObject *o, PyObject *args, PyObject *kw) { return m_type_call(o, args, kw); }
SLOT PyObject *type_new(PyTypeObject *type, PyObject *args, PyObject *kw) { return vm_type_new((PyObject *)type, args, kw); }
SLOT int type_init(PyObject *o, PyObject *args, PyObject *kw) { return vm_type_init(o, args, kw); }
SLOT PyObject *type_getattro(PyObject *o, PyObject *name) { return vm_type_getattr(o, name); }
SLOT int type_setattro(PyObject *o, PyObject *name, PyObject *v) { return vm_type_setattr(o, name, v); }
SLOT int object_init(PyObject *o, PyObject *args, PyObject *kw) { return vm_object_init(o, args, kw); }
SLOT PyObject *object_new(PyTypeObject *type, PyObject *args, PyObject *kw)
{
    return m_info(type)->kind == K_INSTANCE ? type->tp_alloc(type, 0) : vm_object_new((PyObject *)type, args, kw);
}

void m_init_root_types(void)
{
    PyType_Type.tp_call = type_call;
    PyType_Type.tp_new = type_new;
    PyType_Type.tp_init = type_init;
    PyType_Type.tp_getattro = type_getattro;
    PyType_Type.tp_setattro = type_setattro;
    PyBaseObject_Type.tp_init = object_init;
    PyBaseObject_Type.tp_new = object_new;
}

#define AT(group, name) {#name, offsetof(PyTypeObject, group), offsetof(__typeof__(*((PyTypeObject *)0)->group), name), (void *)name}
#define TOP(name) {#name, (size_t)-1, offsetof(PyTypeObject, name), (void *)name}
#define AS(group, name, function) {#name, offsetof(PyTypeObject, group), offsetof(__typeof__(*((PyTypeObject *)0)->group), name), (void *)function}

static const struct { const char *name; size_t group, offset; void *function; } slots[] = {
    AT(tp_as_number, nb_add), AT(tp_as_number, nb_subtract), AT(tp_as_number, nb_multiply), AT(tp_as_number, nb_remainder),
    AT(tp_as_number, nb_divmod), AT(tp_as_number, nb_power), AT(tp_as_number, nb_negative), AT(tp_as_number, nb_positive),
    AT(tp_as_number, nb_absolute), AT(tp_as_number, nb_bool), AT(tp_as_number, nb_invert), AT(tp_as_number, nb_lshift),
    AT(tp_as_number, nb_rshift), AT(tp_as_number, nb_and), AT(tp_as_number, nb_xor), AT(tp_as_number, nb_or),
    AT(tp_as_number, nb_int), AT(tp_as_number, nb_float), AT(tp_as_number, nb_inplace_add), AT(tp_as_number, nb_inplace_subtract),
    AT(tp_as_number, nb_inplace_multiply), AT(tp_as_number, nb_inplace_remainder), AT(tp_as_number, nb_inplace_power),
    AT(tp_as_number, nb_inplace_lshift), AT(tp_as_number, nb_inplace_rshift), AT(tp_as_number, nb_inplace_and),
    AT(tp_as_number, nb_inplace_xor), AT(tp_as_number, nb_inplace_or), AT(tp_as_number, nb_floor_divide),
    AT(tp_as_number, nb_true_divide), AT(tp_as_number, nb_inplace_floor_divide), AT(tp_as_number, nb_inplace_true_divide),
    AT(tp_as_number, nb_index), AT(tp_as_number, nb_matrix_multiply), AT(tp_as_number, nb_inplace_matrix_multiply),
    AS(tp_as_sequence, sq_length, length), AT(tp_as_sequence, sq_concat), AT(tp_as_sequence, sq_repeat),
    AT(tp_as_sequence, sq_item), AT(tp_as_sequence, sq_ass_item), AT(tp_as_sequence, sq_contains),
    AT(tp_as_sequence, sq_inplace_concat), AT(tp_as_sequence, sq_inplace_repeat),
    AS(tp_as_mapping, mp_length, length), AT(tp_as_mapping, mp_subscript), AT(tp_as_mapping, mp_ass_subscript),
    AT(tp_as_async, am_await), AT(tp_as_async, am_aiter), AT(tp_as_async, am_anext),
    AT(tp_as_buffer, bf_getbuffer), AT(tp_as_buffer, bf_releasebuffer),
    TOP(tp_repr), TOP(tp_str), TOP(tp_hash), TOP(tp_call), TOP(tp_getattro), TOP(tp_setattro), TOP(tp_richcompare), TOP(tp_iter),
    TOP(tp_iternext), TOP(tp_descr_get), TOP(tp_descr_set), TOP(tp_init), TOP(tp_new),
};

#define SLOTS (sizeof slots / sizeof slots[0])

/* The name of the i-th slot, NULL at the end. */
VMCALL const char *m_slot_name(long i)
{
    return (size_t)i < SLOTS ? slots[i].name : NULL;
}

/* Fill the slots of `type` whose byte in `present` is 1; a type in static memory gets its method tables here. */
VMCALL void m_fill_slots(W address, const char *present, int builtin)
{
    PyTypeObject *type = (PyTypeObject *)address;
    if (builtin)
        m_info_new(type)->flags |= TI_PLAIN;
    if (!type->tp_as_number) {
        struct { PyNumberMethods nb; PySequenceMethods sq; PyMappingMethods mp; PyAsyncMethods am; PyBufferProcs bf; } *tables;
        tables = calloc(1, sizeof *tables);
        if (!tables)
            Py_FatalError("mooring: out of memory");
        type->tp_as_number = &tables->nb;
        type->tp_as_sequence = &tables->sq;
        type->tp_as_mapping = &tables->mp;
        type->tp_as_async = &tables->am;
        type->tp_as_buffer = &tables->bf;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        if (!present[i])
            continue;
        char *base = (char *)type;
        if (slots[i].group != (size_t)-1)
            base = *(char **)(base + slots[i].group);
        *(void **)(base + slots[i].offset) = builtin ? base_of(slots[i].function) : slots[i].function;
    }
    if (type->tp_as_buffer->bf_getbuffer && PyType_FastSubclass(type, Py_TPFLAGS_BYTES_SUBCLASS)) {
        type->tp_as_buffer->bf_getbuffer = m_bytes_getbuffer;
        type->tp_as_buffer->bf_releasebuffer = NULL;         /* as PyArg_Parse asks of what it reads for long */
    }
    if (!type->tp_as_buffer->bf_getbuffer)
        type->tp_as_buffer = NULL;
}

/* The function above that stands at `offset` in a PyNumberMethods; NULL if there is none. */
void *m_vm_number_slot(size_t offset)
{
    static void *functions[sizeof(PyNumberMethods) / sizeof(void *)];
    if (unlikely(!functions[0]))
        for (size_t i = 0; i < SLOTS; i++)
            if (slots[i].group == offsetof(PyTypeObject, tp_as_number))
                functions[slots[i].offset / sizeof(void *)] = slots[i].function;
    return functions[offset / sizeof(void *)];
}

/* Is `function` one of the functions above?  Then the slot leads back to the VM. */
VMCALL long m_is_vm_slot(W function)
{
    return m_vm_slot((uintptr_t)function);
}
