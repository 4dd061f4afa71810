/* Data members: descriptors that read and write memory, in front of Python's properties. */
#include "native.h"

namespace {

PyTypeObject *field_type, *static_type;                 /* of members; of variables, whose offset is their address */

struct Field : PyObject {
    PyObject *owner;                                    /* its target() is the property, for what is not decided here */
    intptr_t offset;
    bool writes;
    Admission self;
    Parameter parameter;
    Result result;
};

/* The address of the member in an instance, 0 if Python's way is to be taken. */
intptr_t place(Field *field, PyObject *instance) {
    if (field->ob_type == static_type) return field->offset;
    const Admitted *found = admitted(field->owner, 0, -1, &field->self, instance->ob_type);
    intptr_t address = found->taken == YES ? static_cast<Instance *>(instance)->cpp : 0;
    return address ? address + found->offset + field->offset : 0;
}

PyObject *target_of(Field *field) { return PyObject_CallMethod(field->owner, "target", nullptr); }

PyObject *get(PyObject *self, PyObject *instance, PyObject *type) {
    auto field = static_cast<Field *>(self);
    if (self->ob_type != static_type && (!instance || instance == &_Py_NoneStruct))
        return PyErr_SetString(PyExc_AttributeError, "a data member, which only instances have"), nullptr;
    if (!instance) instance = &_Py_NoneStruct;
    intptr_t address = place(field, instance);
    if (address) return give_from(&field->result, address, instance);
    PyObject *target = target_of(field);
    PyObject *value = target ? PyObject_CallMethod(target, "__get__", "OO", instance, type ? type : &_Py_NoneStruct) : nullptr;
    decref(target);
    return value;
}

int set(PyObject *self, PyObject *instance, PyObject *value) {
    auto field = static_cast<Field *>(self);
    intptr_t address = field->writes && value ? place(field, instance) : 0;
    if (address) {
        Frame frame;
        if (take(&field->parameter, value, &frame, false, field->owner, 0, 0) == YES) {
            store(field->result.kind == 'e' ? field->result.of : field->result.kind, address, &frame);
            return 0;
        }
    }
    PyObject *target = target_of(field);
    PyObject *done = !target ? nullptr : value ? PyObject_CallMethod(target, "__set__", "OO", instance, value) : PyObject_CallMethod(target, "__delete__", "O", instance);
    decref(target);
    decref(done);
    return done ? 0 : -1;
}

/* Its own are the methods of a descriptor; else the property's. */
PyObject *getattr(PyObject *self, PyObject *name) {
    const char *text = PyUnicode_AsUTF8AndSize(name, nullptr);
    if (!text) return nullptr;
    if (text[0] == '_') {
        PyObject *found = PyObject_GenericGetAttr(self, name);
        if (found) return found;
        PyErr_Clear();
    }
    PyObject *target = target_of(static_cast<Field *>(self));
    PyObject *value = target ? PyObject_GetAttr(target, name) : nullptr;
    decref(target);
    return value;
}

PyObject *doc(PyObject *self, void *) {
    PyObject *target = target_of(static_cast<Field *>(self));
    PyObject *value = target ? PyObject_GetAttrString(target, "__doc__") : nullptr;
    decref(target);
    return value;
}

PyGetSetDef properties[] = {{"__doc__", doc, nullptr, nullptr, nullptr}, {}};

}  // namespace

namespace {

/* (owner, offset or address, whether it may be written, parameter, kind, of, object).  It lives as long as its class: for ever. */
PyObject *made(PyTypeObject *type, PyObject *arguments) {
    PyObject *owner, *parameter, *object;
    Py_ssize_t offset;
    const char *kind, *of;
    int writes;
    if (!PyArg_ParseTuple(arguments, "OniOssO:field", &owner, &offset, &writes, &parameter, &kind, &of, &object)) return nullptr;
    auto field = static_cast<Field *>(PyType_GenericAlloc(type, 0));
    if (!field) return nullptr;
    field->owner = incref(owner);
    field->offset = offset;
    field->writes = writes;
    field->result = {*kind, *of, 0, incref(object)};
    if (writes && parse(parameter, &field->parameter)) return nullptr;
    return incref(field);                        /* and one reference that is never given back */
}

PyObject *make_field(PyObject *, PyObject *arguments) { return made(field_type, arguments); }
PyObject *make_static(PyObject *, PyObject *arguments) { return made(static_type, arguments); }

PyMethodDef functions[] = {{"field", make_field, METH_VARARGS, "The descriptor of a data member."},
                           {"static", make_static, METH_VARARGS, "The descriptor of a variable."}, {}};

}  // namespace

int add_fields(PyObject *module) {
    static PyType_Slot slots[] = {{Py_tp_descr_get, (void *)get}, {Py_tp_descr_set, (void *)set}, {Py_tp_getattro, (void *)getattr}, {Py_tp_getset, properties}, {}};
    field_type = make_type("cppbind.native.Field", sizeof(Field), 0, slots);
    static_type = make_type("cppbind.native.Static", sizeof(Field), 0, slots);
    if (!field_type || !static_type || PyModule_AddObject(module, "Static", incref((PyObject *)static_type))) return -1;
    return PyModule_AddFunctions(module, functions);
}
