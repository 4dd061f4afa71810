/* Slot functions of the VM's builtin types, as C code calls them on an instance of a derived type: what the builtin type does,
   not what the derived type overrides.  Included by slots.c only. */

enum { B_REPR, B_STR, B_ITER, B_NEXT, B_HASH, B_LENGTH, B_CALL, B_GETATTR, B_SETATTR, B_DELATTR, B_GETITEM, B_SETITEM, B_DELITEM,
       B_CONTAINS, B_INIT, B_NEW, B_COMPARE };            /* indexes BASE in capi/core/slots.py */

/* True if `type` is a builtin type itself: there is nothing to be overridden. */
static int plain(PyTypeObject *type)
{
    MTypeInfo *info = M_INFO(type);
    return info && info->flags & TI_PLAIN;
}

#define PLAIN(o) likely(plain(Py_TYPE(o)))

static Py_ssize_t as_number(PyObject *r)
{
    if (!r)
        return -1;
    Py_ssize_t n = PyLong_AsSsize_t(r);
    Py_DECREF(r);
    return n;
}

static int as_status(PyObject *r)
{
    Py_XDECREF(r);
    return r ? 0 : -1;
}

SLOT PyObject *base_repr(PyObject *o) { return PLAIN(o) ? tp_repr(o) : vm_slot_base(B_REPR, o, NULL, NULL); }
SLOT PyObject *base_str(PyObject *o) { return PLAIN(o) ? tp_str(o) : vm_slot_base(B_STR, o, NULL, NULL); }
SLOT PyObject *base_iter(PyObject *o) { return PLAIN(o) ? tp_iter(o) : vm_slot_base(B_ITER, o, NULL, NULL); }
SLOT PyObject *base_next(PyObject *o) { return PLAIN(o) ? tp_iternext(o) : vm_slot_base(B_NEXT, o, NULL, NULL); }
SLOT Py_hash_t base_hash(PyObject *o) { return PLAIN(o) ? tp_hash(o) : as_number(vm_slot_base(B_HASH, o, NULL, NULL)); }
SLOT Py_ssize_t base_length(PyObject *o) { return PLAIN(o) ? length(o) : as_number(vm_slot_base(B_LENGTH, o, NULL, NULL)); }
SLOT PyObject *base_call(PyObject *o, PyObject *args, PyObject *kw) { return PLAIN(o) ? tp_call(o, args, kw) : vm_slot_base(B_CALL, o, args, kw); }
SLOT PyObject *base_getattro(PyObject *o, PyObject *name) { return PLAIN(o) ? tp_getattro(o, name) : vm_slot_base(B_GETATTR, o, name, NULL); }
SLOT PyObject *base_subscript(PyObject *o, PyObject *key) { return PLAIN(o) ? mp_subscript(o, key) : vm_slot_base(B_GETITEM, o, key, NULL); }

SLOT int base_setattro(PyObject *o, PyObject *name, PyObject *v)
{
    return PLAIN(o) ? tp_setattro(o, name, v) : as_status(vm_slot_base(v ? B_SETATTR : B_DELATTR, o, name, v));
}

SLOT int base_ass_subscript(PyObject *o, PyObject *key, PyObject *v)
{
    return PLAIN(o) ? mp_ass_subscript(o, key, v) : as_status(vm_slot_base(v ? B_SETITEM : B_DELITEM, o, key, v));
}

SLOT int base_contains(PyObject *o, PyObject *v)
{
    return PLAIN(o) ? sq_contains(o, v) : (int)as_number(vm_slot_base(B_CONTAINS, o, v, NULL));
}

SLOT PyObject *base_item(PyObject *o, Py_ssize_t i)
{
    if (PLAIN(o))
        return sq_item(o, i);
    PyObject *key = PyLong_FromSsize_t(i), *r = key ? vm_slot_base(B_GETITEM, o, key, NULL) : NULL;
    Py_XDECREF(key);
    return r;
}

SLOT int base_ass_item(PyObject *o, Py_ssize_t i, PyObject *v)
{
    if (PLAIN(o))
        return sq_ass_item(o, i, v);
    PyObject *key = PyLong_FromSsize_t(i);
    int r = key ? as_status(vm_slot_base(v ? B_SETITEM : B_DELITEM, o, key, v)) : -1;
    Py_XDECREF(key);
    return r;
}

SLOT PyObject *base_compare(PyObject *a, PyObject *b, int op)
{
    return PLAIN(a) ? tp_richcompare(a, b, op) : vm_slot_base(B_COMPARE + op, a, b, NULL);
}

SLOT int base_init(PyObject *o, PyObject *args, PyObject *kw)
{
    return PLAIN(o) ? tp_init(o, args, kw) : as_status(vm_slot_base(B_INIT, o, args, kw));
}

SLOT PyObject *base_new(PyTypeObject *type, PyObject *args, PyObject *kw)
{
    return plain(type) ? tp_new(type, args, kw) : vm_slot_base(B_NEW, (PyObject *)type, args, kw);
}

static const struct { void *function, *base; } base_functions[] = {
    {tp_repr, base_repr}, {tp_str, base_str}, {tp_iter, base_iter}, {tp_iternext, base_next}, {tp_hash, base_hash},
    {length, base_length}, {tp_call, base_call}, {tp_getattro, base_getattro}, {tp_setattro, base_setattro},
    {mp_subscript, base_subscript}, {mp_ass_subscript, base_ass_subscript}, {sq_contains, base_contains}, {sq_item, base_item},
    {sq_ass_item, base_ass_item}, {tp_richcompare, base_compare}, {tp_init, base_init}, {tp_new, base_new},
};

/* The function that takes the place of `function` in a builtin type. */
static void *base_of(void *function)
{
    for (size_t i = 0; i < sizeof base_functions / sizeof base_functions[0]; i++)
        if (base_functions[i].function == function)
            return base_functions[i].base;
    return function;
}
