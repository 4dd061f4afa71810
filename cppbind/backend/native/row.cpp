/* What lies in a row in memory: length, elements and iteration of containers and strings, in front of Python's methods.

   layout  v  first, last      s  first, count      w  count, first      a  the elements themselves, `count` of them
            f  first; `count` of them       n  no row, the number of elements is in word `count`
   nodes: the first is in word `count`, the element `size` bytes into it; linked, they end
            L  with the container itself    F  with 0       T  they are a red-black tree's */
#include "native.h"

namespace {

PyTypeObject *row_type, *method_type, *iterator_type;

struct Row : PyObject {                                 /* lives as long as its class: for ever */
    PyObject *owner;
    char layout;
    Py_ssize_t size, count;
    bool writes;
    Admission self;
    Parameter parameter;
    Result element;
};

struct Method : Front {
    Row *row;
};

struct Iterator : PyObject {
    Row *row;
    PyObject *whole;
    Py_ssize_t index;
    intptr_t node, stop;
};

struct Memory { intptr_t first; Py_ssize_t count; };

/* The address of the object of an instance; 0 if only Python knows. */
inline intptr_t object(Row *row, PyObject *value) {
    const Admitted *known = admitted(row->owner, 0, -1, &row->self, value->ob_type);
    intptr_t address = known->taken == YES ? static_cast<Instance *>(value)->cpp : 0;
    return address ? address + known->offset : 0;
}

/* Where the elements of an instance are; false if only Python knows. */
inline bool elements(Row *row, PyObject *value, Memory *found) {
    intptr_t address = object(row, value);
    if (!address) return false;
    auto words = reinterpret_cast<const intptr_t *>(address);
    switch (row->layout) {
    case 'v': *found = {words[0], row->size == 4 ? (words[1] - words[0]) / 4 : row->size == 8 ? (words[1] - words[0]) / 8 : (words[1] - words[0]) / row->size}; break;
    case 's': *found = {words[0], words[1]}; break;
    case 'w': *found = {words[1], words[0]}; break;
    case 'a': *found = {address, row->count}; break;
    case 'n': *found = {0, words[row->count]}; break;
    default: *found = {words[0], row->count};
    }
    return true;
}

/* The address of an element by a Python int; 0 if it is none, or outside. */
inline intptr_t place(Row *row, const Memory &memory, PyObject *index) {
    if (index->ob_type != &PyLong_Type) return 0;
    int overflow;
    Py_ssize_t at = PyLong_AsLongAndOverflow(index, &overflow);
    if (at < 0) at += memory.count;
    return overflow || at < 0 || at >= memory.count ? 0 : memory.first + at * row->size;
}

Py_ssize_t plain(size_t flagged, PyObject *names) { return names ? -1 : static_cast<Py_ssize_t>(flagged & ~PY_VECTORCALL_ARGUMENTS_OFFSET); }

PyObject *length(PyObject *self, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto method = static_cast<Method *>(self);
    Memory memory;
    if (plain(flagged, names) == 1 && elements(method->row, arguments[0], &memory)) return PyLong_FromLong(memory.count);
    return fall_back(method, arguments, flagged, names);
}

PyObject *truth(PyObject *self, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto method = static_cast<Method *>(self);
    Memory memory;
    if (plain(flagged, names) == 1 && elements(method->row, arguments[0], &memory)) return incref(memory.count ? &_Py_TrueStruct : &_Py_FalseStruct);
    return fall_back(method, arguments, flagged, names);
}

PyObject *item(PyObject *self, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto method = static_cast<Method *>(self);
    Memory memory;
    if (plain(flagged, names) == 2 && elements(method->row, arguments[0], &memory))
        if (intptr_t address = place(method->row, memory, arguments[1])) return give_from(&method->row->element, address, arguments[0]);
    return fall_back(method, arguments, flagged, names);
}

PyObject *set_item(PyObject *self, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto method = static_cast<Method *>(self);
    Row *row = method->row;
    Memory memory;
    if (row->writes && plain(flagged, names) == 3 && elements(row, arguments[0], &memory)) {
        Frame frame;
        intptr_t address = place(row, memory, arguments[1]);
        if (address && take(&row->parameter, arguments[2], &frame, false, row->owner, 0, 0) == YES) {
            store(row->element.kind == 'e' ? row->element.of : row->element.kind, address, &frame);
            return none();
        }
    }
    return fall_back(method, arguments, flagged, names);
}

PyObject *text(PyObject *self, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto method = static_cast<Method *>(self);
    Memory memory;
    if (plain(flagged, names) == 1 && elements(method->row, arguments[0], &memory)) {
        PyObject *made = PyUnicode_DecodeUTF8(reinterpret_cast<const char *>(memory.first), memory.count, "strict");
        if (made) return made;
        PyErr_Clear();
    }
    return fall_back(method, arguments, flagged, names);
}

bool of_nodes(const Row *row) { return row->layout == 'L' || row->layout == 'F' || row->layout == 'T'; }

intptr_t word(intptr_t address, int number) { return reinterpret_cast<const intptr_t *>(address)[number]; }

/* The next node of a red-black tree: {colour, parent, left, right, element}. */
intptr_t successor(intptr_t node) {
    if (intptr_t right = word(node, 3)) {
        while (word(right, 2)) right = word(right, 2);
        return right;
    }
    intptr_t parent = word(node, 1);
    while (node == word(parent, 3)) {
        node = parent;
        parent = word(parent, 1);
    }
    return word(node, 3) != parent ? parent : node;
}

PyObject *iterate(PyObject *self, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto method = static_cast<Method *>(self);
    Row *row = method->row;
    intptr_t address = plain(flagged, names) == 1 ? object(row, arguments[0]) : 0;
    if (!address) return fall_back(method, arguments, flagged, names);
    auto made = static_cast<Iterator *>(PyType_GenericAlloc(iterator_type, 0));
    if (!made) return nullptr;
    made->row = row;
    made->whole = incref(arguments[0]);
    if (!of_nodes(row)) return made;
    made->node = reinterpret_cast<const intptr_t *>(address)[row->count];
    made->stop = row->layout == 'L' ? address : row->layout == 'T' ? address + 8 : 0;
    return made;
}

PyObject *next_node(Iterator *iterator) {
    if (iterator->index && iterator->node != iterator->stop) iterator->node = iterator->row->layout == 'T' ? successor(iterator->node) : word(iterator->node, 0);
    iterator->index = 1;
    return iterator->node == iterator->stop ? nullptr : give_from(&iterator->row->element, iterator->node + iterator->row->size, iterator->whole);
}

/* The container is asked each time: it may have changed. */
PyObject *next(PyObject *self) {
    auto iterator = static_cast<Iterator *>(self);
    Memory memory;
    if (iterator->whole && of_nodes(iterator->row)) return next_node(iterator);
    if (!iterator->whole || !elements(iterator->row, iterator->whole, &memory) || iterator->index >= memory.count) return nullptr;
    return give_from(&iterator->row->element, memory.first + iterator->index++ * iterator->row->size, iterator->whole);
}

PyObject *itself(PyObject *self) { return incref(self); }

int traverse_iterator(PyObject *self, visitproc visit, void *argument) {
    if (int stop = visit(reinterpret_cast<PyObject *>(self->ob_type), argument)) return stop;
    PyObject *whole = static_cast<Iterator *>(self)->whole;
    return whole ? visit(whole, argument) : 0;
}

int clear_iterator(PyObject *self) {
    auto iterator = static_cast<Iterator *>(self);
    PyObject *whole = iterator->whole;
    iterator->whole = nullptr;
    decref(whole);
    return 0;
}

void dealloc_iterator(PyObject *self) {
    PyTypeObject *type = self->ob_type;
    PyObject_GC_UnTrack(self);
    clear_iterator(self);
    reinterpret_cast<void (*)(void *)>(PyType_GetSlot(type, Py_tp_free))(self);
    decref(reinterpret_cast<PyObject *>(type));
}

int traverse_method(PyObject *self, visitproc visiting, void *argument) { return visit(static_cast<Front *>(self), visiting, argument); }

void dealloc_method(PyObject *self) {
    PyTypeObject *type = self->ob_type;
    PyObject_GC_UnTrack(self);
    if (static_cast<Front *>(self)->weakrefs) PyObject_ClearWeakRefs(self);
    clear_front(self);
    reinterpret_cast<void (*)(void *)>(PyType_GetSlot(type, Py_tp_free))(self);
    decref(reinterpret_cast<PyObject *>(type));
}

/* (owner, layout, bytes of an element, count, parameter or None, kind, of, object) */
PyObject *make_row(PyObject *, PyObject *arguments) {
    PyObject *owner, *parameter, *object;
    const char *layout, *kind, *of;
    Py_ssize_t size, count;
    if (!PyArg_ParseTuple(arguments, "OsnnOssO:row", &owner, &layout, &size, &count, &parameter, &kind, &of, &object)) return nullptr;
    auto row = static_cast<Row *>(PyType_GenericAlloc(row_type, 0));
    if (!row) return nullptr;
    row->owner = incref(owner);
    row->layout = *layout;
    row->size = size;
    row->count = count;
    row->element = {*kind, *of, false, incref(object)};
    row->writes = parameter != &_Py_NoneStruct;
    if (row->writes && parse(parameter, &row->parameter)) return nullptr;
    return incref(row);                                 /* and one reference that is never given back */
}

/* (row, name, owner of the Python function, binder) */
PyObject *make_method(PyObject *, PyObject *arguments) {
    static const struct { char name; vectorcallfunc call; } calls[] = {{'l', length}, {'b', truth}, {'g', item}, {'s', set_item}, {'t', text}, {'i', iterate}};
    PyObject *row, *owner, *binder;
    const char *name;
    if (!PyArg_ParseTuple(arguments, "OsOO:row_method", &row, &name, &owner, &binder)) return nullptr;
    for (auto &one : calls)
        if (one.name == *name) {
            auto method = static_cast<Method *>(PyType_GenericAlloc(method_type, 0));
            if (!method) return nullptr;
            method->row = static_cast<Row *>(row);
            set_front(method, one.call, owner, binder);
            return method;
        }
    return PyErr_SetString(PyExc_TypeError, "rows have no such method"), nullptr;
}

PyMethodDef functions[] = {{"row", make_row, METH_VARARGS, "How the elements of a class's objects lie in memory."},
                           {"row_method", make_method, METH_VARARGS, "A method over a row, in front of Python's."}, {}};

}  // namespace

int add_rows(PyObject *module) {
    static PyType_Slot row_slots[] = {{}};
    static PyType_Slot iterator_slots[] = {{Py_tp_iter, (void *)itself}, {Py_tp_iternext, (void *)next}, {Py_tp_traverse, (void *)traverse_iterator},
                                           {Py_tp_clear, (void *)clear_iterator}, {Py_tp_dealloc, (void *)dealloc_iterator}, {}};
    row_type = make_type("cppbind.native.Row", sizeof(Row), 0, row_slots);
    iterator_type = make_type("cppbind.native.Iterator", sizeof(Iterator), Py_TPFLAGS_HAVE_GC, iterator_slots);
    method_type = make_front("cppbind.native.Method", sizeof(Method), (void *)traverse_method, (void *)dealloc_method);
    return row_type && iterator_type && method_type ? PyModule_AddFunctions(module, functions) : -1;
}
