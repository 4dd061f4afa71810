/* Function templates: which instance was found for arguments of some types, in front of the Python object that finds it. */
#include "native.h"

#include <vector>

namespace {

PyTypeObject *memo_type;

enum { MOST = 6 };                                      /* arguments */

struct Key {
    PyTypeObject *type;
    char range;                                         /* of an int: the C++ type that has it, as values.integer() says */

    bool operator==(const Key &other) const { return type == other.type && range == other.range; }
};

struct Row {
    Py_ssize_t count;
    Key keys[MOST];
    PyObject *function;
};

struct Memo : Front {
    std::vector<Row> *rows;
};

/* What decides about an argument; false where it is more than the type. */
bool key_of(PyObject *value, Key *key) {
    *key = {value->ob_type, 0};
    if (key->type == &PyLong_Type) {
        int overflow;
        long number = PyLong_AsLongAndOverflow(value, &overflow);
        key->range = overflow > 0 ? 'm' : number == static_cast<int>(number) ? 'i' : 'l';
        return overflow >= 0;
    }
    if (key->type == &PyFloat_Type || key->type == &PyUnicode_Type || key->type == &PyBytes_Type || key->type == _Py_TrueStruct.ob_type || key->type == _Py_NoneStruct.ob_type) return true;
    return PyType_IsSubtype(key->type, instance_type) && !static_cast<Instance *>(value)->rvalue;
}

PyObject *call(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto self = static_cast<Memo *>(callable);
    auto given = static_cast<Py_ssize_t>(flagged & ~PY_VECTORCALL_ARGUMENTS_OFFSET);
    if (names || given > MOST || !self->on) return fall_back(self, arguments, flagged, names);
    Key keys[MOST];
    for (Py_ssize_t i = 0; i < given; i++)
        if (!key_of(arguments[i], &keys[i])) return fall_back(self, arguments, flagged, names);
    for (const Row &row : *self->rows) {
        if (row.count != given) continue;
        Py_ssize_t i = 0;
        while (i < given && row.keys[i] == keys[i]) i++;
        if (i == given) return PyObject_Vectorcall(row.function, arguments, flagged, nullptr);
    }
    return fall_back(self, arguments, flagged, names);
}

int traverse(PyObject *self, visitproc visiting, void *argument) {
    auto memo = static_cast<Memo *>(self);
    if (int stop = visit(static_cast<Front *>(memo), visiting, argument)) return stop;
    if (!memo->rows) return 0;
    for (const Row &row : *memo->rows) {
        if (int stop = visiting(row.function, argument)) return stop;
        for (Py_ssize_t i = 0; i < row.count; i++)
            if (int stop = visiting(reinterpret_cast<PyObject *>(row.keys[i].type), argument)) return stop;
    }
    return 0;
}

void dealloc(PyObject *self) {
    auto memo = static_cast<Memo *>(self);
    PyTypeObject *type = self->ob_type;
    PyObject_GC_UnTrack(self);
    if (memo->weakrefs) PyObject_ClearWeakRefs(self);
    clear_front(self);
    for (const Row &row : *memo->rows) {
        decref(row.function);
        for (Py_ssize_t i = 0; i < row.count; i++) decref(reinterpret_cast<PyObject *>(row.keys[i].type));
    }
    delete memo->rows;
    reinterpret_cast<void (*)(void *)>(PyType_GetSlot(type, Py_tp_free))(self);
    decref(reinterpret_cast<PyObject *>(type));
}

/* (owner, binder): owner.target() is the Python object; the binder makes a method of it, where it is put into a class. */
PyObject *make_memo(PyObject *, PyObject *given) {
    PyObject *owner, *binder;
    if (!PyArg_ParseTuple(given, "OO:memo", &owner, &binder)) return nullptr;
    auto memo = static_cast<Memo *>(PyType_GenericAlloc(memo_type, 0));
    if (!memo) return nullptr;
    memo->rows = new std::vector<Row>;
    set_front(memo, call, owner, binder);
    return memo;
}

/* (memo, arguments, function): what is called with arguments of these types from now on. */
PyObject *remember(PyObject *, PyObject *given) {
    PyObject *memo, *arguments, *function;
    if (!PyArg_ParseTuple(given, "OOO:remember", &memo, &arguments, &function)) return nullptr;
    Row row = {PyTuple_Size(arguments), {}, function};
    if (memo->ob_type != memo_type || row.count > MOST) return none();
    for (Py_ssize_t i = 0; i < row.count; i++)
        if (!key_of(PyTuple_GetItem(arguments, i), &row.keys[i])) return none();
    for (Py_ssize_t i = 0; i < row.count; i++) incref(reinterpret_cast<PyObject *>(row.keys[i].type));
    incref(function);
    static_cast<Memo *>(memo)->rows->push_back(row);
    return none();
}

PyMethodDef functions[] = {{"memo", make_memo, METH_VARARGS, "A function template, quick for types that it has met."},
                           {"remember", remember, METH_VARARGS, "The function that a template has for arguments of such types."}, {}};

}  // namespace

int add_memos(PyObject *module) {
    memo_type = make_front("cppbind.native.Template", sizeof(Memo), (void *)traverse, (void *)dealloc);
    return memo_type ? PyModule_AddFunctions(module, functions) : -1;
}
