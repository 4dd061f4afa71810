/* Instances: an address at a fixed place, the object's deletion, and one instance for one object. */
#include "native.h"

#include <vector>

PyTypeObject *instance_type, *manager_type;
PyInterpreterState *Released::interpreter;

namespace {

/* Instances by address: open addressing, under the GIL.  It holds no reference: an instance takes itself out. */
class Table {
    struct Row { intptr_t address; Instance *one; };
    std::vector<Row> rows = std::vector<Row>(16);
    size_t used = 0;

    size_t home(intptr_t address) const { return (static_cast<uint64_t>(address) * 0x9E3779B97F4A7C15u >> 20) & (rows.size() - 1); }
    size_t after(size_t at) const { return (at + 1) & (rows.size() - 1); }
    Row *find(intptr_t address) {
        size_t at = home(address);
        while (rows[at].one && rows[at].address != address) at = after(at);
        return &rows[at];
    }

public:
    Instance *get(intptr_t address) { return find(address)->one; }

    void put(intptr_t address, Instance *one) {
        Row *row = find(address);
        used += !row->one;
        *row = {address, one};
        if (used * 3 < rows.size() * 2) return;
        std::vector<Row> old(rows.size() * 2);
        old.swap(rows);
        for (const Row &each : old)
            if (each.one) *find(each.address) = each;
    }

    void erase(intptr_t address) {
        size_t hole = find(address) - rows.data();
        if (!rows[hole].one) return;
        used--;
        for (size_t at = after(hole); rows[at].one; at = after(at)) {   /* close the gap */
            size_t wanted = home(rows[at].address);
            if (((at - wanted) & (rows.size() - 1)) < ((at - hole) & (rows.size() - 1))) continue;
            rows[hole] = rows[at];
            hole = at;
        }
        rows[hole] = {};
    }
};

}  // namespace

/* How to the most derived class of the objects with a vtable: by its manager, else a function; as they are where there is neither. */
struct Way { intptr_t vtable; Manager *manager; PyObject *function; intptr_t offset; };

/* The instances of one class.  It lives as long as the class: for ever. */
struct Manager : PyObject {
    PyTypeObject *cls;
    PyObject *deleter;                                  /* its entry() is the address of what deletes, 0 if nobody may */
    void (*entry)(intptr_t);
    bool compiled;
    Table *table;
    PyObject *derived;                                  /* of a polymorphic class: function from a vtable to (function, offset) or None */
    std::vector<Way> *ways;
};

namespace {

void forget(Instance *one) {
    if (!one->known_at) return;
    Table *table = one->manager->table;
    if (table->get(one->known_at) == one) table->erase(one->known_at);
    one->known_at = 0;
}

void remember(Manager *manager, Instance *one, intptr_t address) {
    forget(one);
    one->manager = manager;
    one->known_at = address;
    if (address) manager->table->put(address, one);
}

/* Those that are about to end have no references. */
Instance *known(Manager *manager, intptr_t address) {
    Instance *one = manager->table->get(address);
    return one && one->cpp == address && one->ob_refcnt > 0 ? one : nullptr;
}

void destroy(Manager *manager, intptr_t address) {
    if (!manager->compiled) {
        PyObject *found = PyObject_CallMethod(manager->deleter, "entry", nullptr);
        if (!found) return PyErr_WriteUnraisable(manager->deleter);
        manager->entry = reinterpret_cast<void (*)(intptr_t)>(PyLong_AsLong(found));
        manager->compiled = true;
        decref(found);
    }
    if (!manager->entry) return;
    Released released(false);
    manager->entry(address);
}

void finalize(PyObject *self) {
    auto one = static_cast<Instance *>(self);
    forget(one);
    if (!one->owned || !one->cpp) return;
    intptr_t address = one->cpp;
    one->owned = 0;
    one->cpp = 0;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    destroy(one->manager, address);
    PyErr_Restore(type, value, trace);
}

void dealloc(PyObject *self) {
    PyTypeObject *type = self->ob_type;
    forget(static_cast<Instance *>(self));
    reinterpret_cast<void (*)(void *)>(PyType_GetSlot(type, Py_tp_free))(self);
    decref(reinterpret_cast<PyObject *>(type));
}

Instance *made(Manager *manager, intptr_t address) {
    auto one = static_cast<Instance *>(PyType_GenericAlloc(manager->cls, 0));
    if (one) one->cpp = address;
    return one;
}

/* ---- for Python: methods of the manager ------------------------------------------------------------------------------------ */

Instance *instance_of(PyObject *value) {
    if (PyType_IsSubtype(value->ob_type, instance_type)) return static_cast<Instance *>(value);
    PyErr_SetString(PyExc_TypeError, "an instance of a C++ class is expected");
    return nullptr;
}

PyObject *py_own(PyObject *self, PyObject *arguments) {
    PyObject *value;
    Py_ssize_t address;
    if (!PyArg_ParseTuple(arguments, "On:own", &value, &address)) return nullptr;
    Instance *one = instance_of(value);
    if (!one) return nullptr;
    own(static_cast<Manager *>(self), one, address);
    return none();
}

PyObject *py_remember(PyObject *self, PyObject *arguments) {
    PyObject *value;
    Py_ssize_t address;
    if (!PyArg_ParseTuple(arguments, "On:remember", &value, &address)) return nullptr;
    Instance *one = instance_of(value);
    if (!one) return nullptr;
    remember(static_cast<Manager *>(self), one, address);
    return none();
}

PyObject *py_disown(PyObject *, PyObject *value) {
    Instance *one = instance_of(value);
    if (!one) return nullptr;
    bool owned = one->owned;
    one->owned = 0;
    return incref(owned ? &_Py_TrueStruct : &_Py_FalseStruct);
}

PyObject *py_owns(PyObject *, PyObject *value) {
    Instance *one = instance_of(value);
    return one ? incref(one->owned ? &_Py_TrueStruct : &_Py_FalseStruct) : nullptr;
}

/* An address that Python gives; -1 and an exception where it is none. */
bool address_of(PyObject *value, intptr_t *address) {
    *address = PyLong_AsLong(value);
    return *address != -1 || !PyErr_Occurred();
}

PyObject *py_wrap(PyObject *self, PyObject *value) {
    intptr_t address;
    return address_of(value, &address) ? wrapped(static_cast<Manager *>(self), address) : nullptr;
}

PyObject *py_wrap_as_is(PyObject *self, PyObject *value) {
    intptr_t address;
    return address_of(value, &address) ? wrapped_as_is(static_cast<Manager *>(self), address) : nullptr;
}

PyObject *py_derived(PyObject *self, PyObject *function) {
    auto manager = static_cast<Manager *>(self);
    manager->derived = function == &_Py_NoneStruct ? nullptr : incref(function);
    return none();
}

PyObject *py_take(PyObject *self, PyObject *value) {
    intptr_t address;
    return address_of(value, &address) ? taken(static_cast<Manager *>(self), address) : nullptr;
}

PyObject *py_part(PyObject *self, PyObject *arguments) {
    PyObject *whole;
    Py_ssize_t address;
    if (!PyArg_ParseTuple(arguments, "On:part", &whole, &address)) return nullptr;
    return part(static_cast<Manager *>(self), whole, address);
}

PyObject *make_manager(PyObject *, PyObject *arguments) {
    PyObject *cls, *deleter;
    if (!PyArg_ParseTuple(arguments, "OO:manager", &cls, &deleter)) return nullptr;
    auto manager = static_cast<Manager *>(PyType_GenericAlloc(manager_type, 0));
    if (!manager) return nullptr;
    manager->cls = reinterpret_cast<PyTypeObject *>(incref(cls));
    manager->deleter = incref(deleter);
    manager->table = new Table;
    manager->ways = new std::vector<Way>;
    return incref(manager);                      /* and one reference that is never given back */
}

PyMethodDef methods[] = {{"own", py_own, METH_VARARGS, "The instance owns the object at the address."},
                         {"remember", py_remember, METH_VARARGS, "The instance is the one for the object at the address."},
                         {"disown", py_disown, METH_O, "The instance no longer owns its object; whether it did."},
                         {"owns", py_owns, METH_O, "Whether the instance owns its object."},
                         {"wrap", py_wrap, METH_O, "The instance for the object at an address, of its most derived class."},
                         {"wrap_as_is", py_wrap_as_is, METH_O, "The same of this very class."},
                         {"derived", py_derived, METH_O, "Where most derived classes are asked for by vtable; None: nowhere."},
                         {"take", py_take, METH_O, "A new instance that owns the object at an address."},
                         {"part", py_part, METH_VARARGS, "A new instance for what lies in the object of another."}, {}};
PyMethodDef functions[] = {{"manager", make_manager, METH_VARARGS, "What manages the instances of a class, with its deleter."}, {}};
PyMemberDef members[] = {{"_cpp", T_PYSSIZET, offsetof(Instance, cpp), 0, "The address of the C++ object, 0: none."},
                         {"_rvalue", T_BOOL, offsetof(Instance, rvalue), 0, "Whether a T && may take it."}, {}};

}  // namespace

void own(Manager *manager, Instance *one, intptr_t address) {
    remember(manager, one, address);
    one->owned = 1;
}

PyObject *wrapped(Manager *manager, intptr_t address) {
    if (!manager->derived || !address) return wrapped_as_is(manager, address);
    intptr_t vtable = *reinterpret_cast<intptr_t *>(address);
    for (const Way &way : *manager->ways)
        if (way.vtable == vtable) return way.manager ? wrapped_as_is(way.manager, address + way.offset) : way.function ? PyObject_CallFunction(way.function, "n", address + way.offset)
                                                                                                                      : wrapped_as_is(manager, address);
    PyObject *found = PyObject_CallFunction(manager->derived, "n", vtable), *function;
    if (!found) return nullptr;
    Way way = {vtable, nullptr, nullptr, 0};
    if (found != &_Py_NoneStruct) {
        if (!PyArg_ParseTuple(found, "On:derived", &function, &way.offset)) return decref(found), nullptr;
        PyObject *owner = PyObject_GetAttrString(function, "__self__");
        if (owner && owner->ob_type == manager_type) way.manager = static_cast<Manager *>(owner);
        else decref(owner), PyErr_Clear(), way.function = incref(function);
    }
    decref(found);
    manager->ways->push_back(way);
    return wrapped(manager, address);
}

PyObject *wrapped_as_is(Manager *manager, intptr_t address) {
    Instance *one = address ? known(manager, address) : nullptr;
    if (one) return incref(one);
    one = made(manager, address);
    if (one && address) remember(manager, one, address);
    return one;
}

PyObject *instance_at(Manager *manager, intptr_t address) {
    Instance *one = known(manager, address);
    return one ? incref(one) : nullptr;
}

PyObject *taken(Manager *manager, intptr_t address) {
    Instance *one = made(manager, address);
    if (one) own(manager, one, address);
    return one;
}

PyObject *part(Manager *manager, PyObject *whole, intptr_t address) {
    Instance *one = made(manager, address);
    if (one && PyObject_SetAttr(one, whole_name, whole) < 0) {
        decref(one);
        return nullptr;
    }
    return one;
}

int add_instances(PyObject *module) {
    static PyType_Slot instance_slots[] = {{Py_tp_members, members}, {Py_tp_finalize, (void *)finalize}, {Py_tp_dealloc, (void *)dealloc}, {}};
    static PyType_Slot manager_slots[] = {{Py_tp_methods, methods}, {}};
    Released::interpreter = PyInterpreterState_Get();
    instance_type = make_type("cppbind.native.Instance", sizeof(Instance), Py_TPFLAGS_BASETYPE, instance_slots);
    manager_type = make_type("cppbind.native.Manager", sizeof(Manager), 0, manager_slots);
    if (!instance_type || !manager_type) return -1;
    return PyModule_AddObject(module, "Instance", incref((PyObject *)instance_type)) || PyModule_AddFunctions(module, functions) ? -1 : 0;
}
