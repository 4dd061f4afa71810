/* Virtual functions that Python overrides, called by C++: the dispatcher's function (cross.py) puts its arguments into words and calls here.

   The word that comes back is the result.  What Python raises is kept by `owner.raised(error)`; the dispatcher looks whether there is something. */
#include "native.h"

namespace {

union Word { long i; double d; };
enum { MOST = 12 };                                     /* parameters */

struct Override {                                       /* lives as long as its dispatcher: for ever */
    void (*call)(Override *, intptr_t, Word *);         /* first: where the dispatcher finds it */
    PyObject *owner, *name;
    Manager *manager;
    int count;
    bool nothing, real;                                 /* the result */
    Parameter result;
    Result parameters[MOST];
};

PyObject *raised(Override *self) {
    PyObject *type, *error, *trace;
    PyErr_Fetch(&type, &error, &trace);
    PyErr_NormalizeException(&type, &error, &trace);
    if (trace) PyException_SetTraceback(error, trace);
    PyObject *done = PyObject_CallMethod(self->owner, "raised", "O", error);
    if (!done) PyErr_WriteUnraisable(self->owner);
    decref(done);
    decref(type);
    decref(error);
    decref(trace);
    return nullptr;
}

PyObject *called(Override *self, intptr_t object, Word *words) {
    PyObject *room[MOST + 2], **arguments = room + 1;
    int made = 0;
    arguments[0] = instance_at(self->manager, object);
    if (!arguments[0]) arguments[0] = PyObject_CallMethod(self->owner, "instance", "n", object);
    if (arguments[0]) made++;
    while (made && made <= self->count) {
        const Result *parameter = &self->parameters[made - 1];
        arguments[made] = give(parameter, words[made - 1].i, words[made - 1].d, arguments[0]);
        if (!arguments[made]) break;
        made++;
    }
    PyObject *result = made == self->count + 1 ? PyObject_VectorcallMethod(self->name, arguments, made | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr) : nullptr;
    while (made) decref(arguments[--made]);
    return result;
}

bool crossed(Override *self, PyObject *value, Word *word) {
    Frame frame;
    if (take(&self->result, value, &frame, false, self->owner, 0, 0) != YES) {
        PyObject *number = PyObject_CallMethod(self->owner, "converted", "O", value);
        if (!number) return false;
        if (self->real) word->d = PyFloat_AsDouble(number);
        else word->i = self->result.kind == 'u' ? static_cast<long>(PyLong_AsUnsignedLong(number)) : PyLong_AsLong(number);
        decref(number);
    } else if (self->real) {
        word->d = frame.real[0];
    } else {
        word->i = frame.word[0];
    }
    return !PyErr_Occurred();
}

void call(Override *self, intptr_t object, Word *words) {
    int state = PyGILState_Ensure();
    PyObject *result = called(self, object, words);
    words[0].i = 0;
    if (!result || (!self->nothing && !crossed(self, result, words))) raised(self);
    decref(result);
    PyGILState_Release(state);
}

/* (owner, manager, name, parameters: tuples (kind, of, object), result: a parameter or None) -> address */
PyObject *make_override(PyObject *, PyObject *arguments) {
    PyObject *owner, *manager, *name, *parameters, *result;
    if (!PyArg_ParseTuple(arguments, "OOOOO:override", &owner, &manager, &name, &parameters, &result)) return nullptr;
    auto self = new Override{call, incref(owner), incref(name), reinterpret_cast<Manager *>(incref(manager)), static_cast<int>(PyTuple_Size(parameters)), result == &_Py_NoneStruct, false, {}, {}};
    if (self->count > MOST) return PyErr_SetString(PyExc_TypeError, "too many parameters"), nullptr;
    for (int i = 0; i < self->count; i++) {
        const char *kind, *of;
        PyObject *object;
        if (!PyArg_ParseTuple(PyTuple_GetItem(parameters, i), "ssO:parameter", &kind, &of, &object)) return nullptr;
        self->parameters[i] = {*kind, *of, false, incref(object)};
    }
    if (!self->nothing && parse(result, &self->result)) return nullptr;
    self->real = self->result.kind == 'd';
    return PyLong_FromLong(reinterpret_cast<long>(self));
}

PyMethodDef functions[] = {{"override", make_override, METH_VARARGS, "What a dispatcher calls: the method of a name of the instance."}, {}};

}  // namespace

int add_overrides(PyObject *module) { return PyModule_AddFunctions(module, functions); }
