/* What stands in front of a Python function, as an object. */
#include "native.h"

#include <cstring>
#include <initializer_list>

namespace {

PyObject *target_of(Front *self) {
    if (!self->target) {
        if (!self->owner) return PyErr_SetString(PyExc_TypeError, "the function is gone"), nullptr;
        PyObject *made = PyObject_CallMethod(self->owner, "target", nullptr);
        if (!made) return nullptr;
        if (self->target) decref(made); else self->target = made;
    }
    return self->target;
}

bool is(PyObject *name, const char *text) {
    const char *data = PyUnicode_AsUTF8AndSize(name, nullptr);
    return data && !std::strcmp(data, text);
}

PyObject *getattr(PyObject *self, PyObject *name) {
    if (is(name, "__class__") || is(name, "__get__") || is(name, "__call__")) return PyObject_GenericGetAttr(self, name);
    if (is(name, "function")) return incref(self);      /* what overloads.Bound calls */
    PyObject *target = target_of(static_cast<Front *>(self));
    return target ? PyObject_GetAttr(target, name) : nullptr;
}

/* The arguments of a template, or what else the target knows by []. */
PyObject *subscript(PyObject *self, PyObject *key) {
    PyObject *target = target_of(static_cast<Front *>(self));
    return target ? PyObject_GetItem(target, key) : nullptr;
}

int setattr(PyObject *self, PyObject *name, PyObject *value) {
    auto front = static_cast<Front *>(self);
    PyObject *target = target_of(front);
    if (!target || PyObject_SetAttr(target, name, value) < 0) return -1;
    bool told = value && value != &_Py_FalseStruct && value != &_Py_NoneStruct;
    if (is(name, "__release_gil__")) front->release = told;
    if (is(name, "__creates__") || is(name, "__sig2exc__")) {
        front->on = !told;
        PyObject *done = PyObject_CallMethod(front->owner, "told", "OO", name, value ? value : &_Py_NoneStruct);
        if (!done) return -1;
        decref(done);
    }
    return 0;
}

/* `binder` is nothing for static functions. */
PyObject *get(PyObject *self, PyObject *instance, PyObject *) {
    auto front = static_cast<Front *>(self);
    if (!instance || instance == &_Py_NoneStruct || front->binder == &_Py_NoneStruct) return incref(self);
    return PyObject_CallFunctionObjArgs(front->binder, self, instance, nullptr);
}

/* Asked of the type by pydoc. */
PyObject *doc(PyObject *self, void *) {
    PyObject *target = target_of(static_cast<Front *>(self));
    return target ? PyObject_GetAttrString(target, "__doc__") : nullptr;
}

PyObject *repr(PyObject *self) {
    PyObject *target = target_of(static_cast<Front *>(self));
    return target ? PyObject_Repr(target) : nullptr;
}

PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET, offsetof(Front, call), READONLY, nullptr},
                         {"__weaklistoffset__", T_PYSSIZET, offsetof(Front, weakrefs), READONLY, nullptr}, {}};
PyGetSetDef properties[] = {{"__doc__", doc, nullptr, nullptr, nullptr}, {}};

}  // namespace

/* As the targets are: templates are equal that are the same with other arguments. */
PyObject *compare(PyObject *self, PyObject *other, int how) {
    if (self->ob_type != other->ob_type) return incref(&_Py_NotImplementedStruct);
    PyObject *one = target_of(static_cast<Front *>(self)), *two = one ? target_of(static_cast<Front *>(other)) : nullptr;
    return two ? PyObject_RichCompare(one, two, how) : nullptr;
}

Py_ssize_t hash(PyObject *self) {
    PyObject *target = target_of(static_cast<Front *>(self));
    return target ? PyObject_Hash(target) : -1;
}

PyTypeObject *make_front(const char *name, size_t size, void *traverse, void *dealloc) {
    PyType_Slot slots[] = {{Py_tp_call, (void *)PyVectorcall_Call}, {Py_tp_descr_get, (void *)get}, {Py_tp_getattro, (void *)getattr}, {Py_tp_setattro, (void *)setattr},
                           {Py_tp_repr, (void *)repr}, {Py_tp_richcompare, (void *)compare}, {Py_tp_hash, (void *)hash}, {Py_tp_traverse, traverse}, {Py_tp_clear, (void *)clear_front}, {Py_tp_dealloc, dealloc}, {Py_mp_subscript, (void *)subscript}, {Py_tp_members, members},
                           {Py_tp_getset, properties}, {}};
    /* Immutable: only then CPython specialises the look-up of a method. */
    return make_type(name, size, Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_IMMUTABLETYPE, slots);
}

void set_front(Front *self, vectorcallfunc call, PyObject *owner, PyObject *binder) {
    self->call = call;
    self->owner = incref(owner);
    self->binder = incref(binder);
    self->on = true;
}

PyObject *fall_back(Front *self, PyObject *const *arguments, size_t flagged, PyObject *names) {
    PyObject *target = target_of(self);
    return target ? PyObject_Vectorcall(target, arguments, flagged, names) : nullptr;
}

int visit(Front *self, visitproc visit, void *argument) {
    for (PyObject *one : {reinterpret_cast<PyObject *>(self->ob_type), self->owner, self->target, self->binder})
        if (one)
            if (int stop = visit(one, argument)) return stop;
    return 0;
}

int clear_front(PyObject *self) {
    auto front = static_cast<Front *>(self);
    front->on = false;
    for (PyObject **one : {&front->owner, &front->target, &front->binder}) {
        PyObject *old = *one;
        *one = nullptr;
        decref(old);
    }
    return 0;
}
