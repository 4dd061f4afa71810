/* Values on their way: what quick tests decide.  Everything else is left to the Python functions. */
#include "native.h"

#include <cstring>

namespace {

/* Neither an instance of a C++ class nor a class that could derive from one. */
bool is_plain(PyTypeObject *type) {
    return type == &PyLong_Type || type == &PyFloat_Type || type == &PyUnicode_Type || type == &PyBytes_Type || type == _Py_TrueStruct.ob_type || type == _Py_NoneStruct.ob_type;
}

Taken text(const char *data, Py_ssize_t length, bool view, Frame *frame) {
    Text *made = &frame->text[frame->words];
    auto address = reinterpret_cast<intptr_t>(data);
    *made = view ? Text{length, reinterpret_cast<Py_ssize_t>(data), 0, 0} : Text{address, length, length, 0};
    frame->word[frame->words++] = reinterpret_cast<long>(made);
    return YES;
}

}  // namespace

const Admitted *ask(PyObject *owner, int number, int position, Admission *admission, PyTypeObject *type) {
    static const Admitted no = {nullptr, 0, NO, false}, unsure = {nullptr, 0, UNSURE, false};
    for (const Admitted &row : admission->rows)
        if (row.type == type) return &row;
    if (is_plain(type)) return &no;
    PyObject *found = PyObject_CallMethod(owner, "admit", "iiO", number, position, type);
    if (!found) return PyErr_Clear(), &unsure;          /* the Python function says what is wrong */
    Admitted *row = &admission->rows[admission->next];
    admission->next = (admission->next + 1) % 3;
    PyTypeObject *before = row->type;
    *row = {reinterpret_cast<PyTypeObject *>(incref(reinterpret_cast<PyObject *>(type))), 0, found == &_Py_FalseStruct ? NO : found == &_Py_NoneStruct ? UNSURE : YES, false};
    if (row->taken == YES) {
        row->offset = PyLong_AsLong(PyTuple_GetItem(found, 0));
        row->python = PyTuple_GetItem(found, 1) == &_Py_TrueStruct;
    }
    decref(found);
    decref(reinterpret_cast<PyObject *>(before));
    return row;
}

int visit(Admission *admission, visitproc visit, void *argument) {
    for (const Admitted &row : admission->rows)
        if (row.type)
            if (int stop = visit(reinterpret_cast<PyObject *>(row.type), argument)) return stop;
    return 0;
}

void clear(Admission *admission) {
    for (Admitted &row : admission->rows) {
        PyTypeObject *type = row.type;
        row = {};
        decref(reinterpret_cast<PyObject *>(type));
    }
}

/* `strict`: only what the tests of a set of overloads take as it is. */
Taken take(Parameter *parameter, PyObject *value, Frame *frame, bool strict, PyObject *owner, int number, int position) {
    PyTypeObject *type = value->ob_type;
    int overflow;
    switch (parameter->kind) {
    case 'i': return take_integer(parameter, value, frame);
    case 'u': {
        if (type != &PyLong_Type) return NO;
        unsigned long word = PyLong_AsUnsignedLong(value);
        if (word == static_cast<unsigned long>(-1) && PyErr_Occurred()) return PyErr_Clear(), NO;
        frame->word[frame->words++] = static_cast<long>(word);
        return YES;
    }
    case 'b':
        if (value != &_Py_TrueStruct && value != &_Py_FalseStruct) return NO;
        frame->word[frame->words++] = value == &_Py_TrueStruct;
        return YES;
    case 'd':
    case 'f': {
        double real;
        if (type == &PyFloat_Type) real = PyFloat_AsDouble(value);
        else if (!strict && type == &PyLong_Type) {
            real = PyLong_AsDouble(value);
            if (real == -1.0 && PyErr_Occurred()) return PyErr_Clear(), NO;
        } else return NO;
        if (parameter->kind == 'f') {                   /* the register's lower half */
            auto single = static_cast<float>(real);
            std::memcpy(&real, &single, sizeof single);
        }
        frame->real[frame->reals++] = real;
        return YES;
    }
    case 'c': {
        if (type != &PyUnicode_Type) return strict ? NO : take_integer(parameter, value, frame);
        if (PyUnicode_GetLength(value) != 1) return NO;
        uint32_t letter = PyUnicode_ReadChar(value, 0);
        if (static_cast<long>(letter) > parameter->high) return UNSURE;
        frame->word[frame->words++] = letter;
        return YES;
    }
    case 'e':
        if (reinterpret_cast<PyObject *>(type) != parameter->object) return !strict ? take_integer(parameter, value, frame) : is_plain(type) ? NO : UNSURE;
        frame->word[frame->words++] = PyLong_AsLongAndOverflow(value, &overflow);
        return overflow ? UNSURE : YES;
    case 't': {
        Py_ssize_t length;
        char *data = nullptr;
        if (type == &PyUnicode_Type) data = const_cast<char *>(PyUnicode_AsUTF8AndSize(value, &length));
        else if (strict) return NO;
        else if (type == &PyBytes_Type) PyBytes_AsStringAndSize(value, &data, &length);
        else return NO;
        if (!data) return PyErr_Clear(), UNSURE;
        frame->word[frame->words++] = reinterpret_cast<long>(data);
        return YES;
    }
    case 's':
    case 'v':
        if (type == &PyUnicode_Type) {
            Py_ssize_t length;
            const char *data = PyUnicode_AsUTF8AndSize(value, &length);
            return data ? text(data, length, parameter->kind == 'v', frame) : (PyErr_Clear(), UNSURE);
        }
        [[fallthrough]];
    case 'p':
    case 'o': {
        const Admitted *found = admitted(owner, number, position, &parameter->admission, type);
        if (found->taken != YES) return found->taken;
        intptr_t address = static_cast<Instance *>(value)->cpp;
        if (!address && parameter->kind != 'p') return NO;
        frame->python |= found->python;
        frame->word[frame->words++] = address ? address + found->offset : 0;
        return YES;
    }
    case 'm':
        if (type == &PyUnicode_Type) {
            Py_ssize_t length;
            const char *data = PyUnicode_AsUTF8AndSize(value, &length);
            if (!data) return PyErr_Clear(), UNSURE;
            std::string *made = frame->strings[frame->made++] = new std::string(data, length);
            frame->word[frame->words++] = reinterpret_cast<long>(made);
            return YES;
        }
        [[fallthrough]];
    case 'q': {
        if (!strict) return UNSURE;
        Taken found = admitted(owner, number, position, &parameter->admission, type)->taken;
        return found == YES && !static_cast<Instance *>(value)->rvalue ? NO : found == YES ? UNSURE : found;
    }
    case '-':
        return NO;
    }
    return UNSURE;
}

namespace {

PyObject *number(char kind, long word, double real) {
    switch (kind) {
    case 'b': return incref(word & 0xff ? &_Py_TrueStruct : &_Py_FalseStruct);
    case '1': return PyLong_FromLong(static_cast<int8_t>(word));
    case '2': return PyLong_FromLong(static_cast<int16_t>(word));
    case '4': return PyLong_FromLong(static_cast<int32_t>(word));
    case 'A': return PyLong_FromLong(static_cast<uint8_t>(word));
    case 'B': return PyLong_FromLong(static_cast<uint16_t>(word));
    case 'C': return PyLong_FromLong(static_cast<uint32_t>(word));
    case 'D': return PyLong_FromUnsignedLong(static_cast<unsigned long>(word));
    case 'd':
    case 'f': return PyFloat_FromDouble(real);
    case 'x': return PyUnicode_FromOrdinal(static_cast<uint8_t>(word));
    case 'y': return PyUnicode_FromOrdinal(static_cast<uint16_t>(word));
    case 'z': return PyUnicode_FromOrdinal(static_cast<int>(word));
    default: return PyLong_FromLong(word);
    }
}

PyObject *called(PyObject *function, PyObject *argument) {
    PyObject *made = argument ? PyObject_CallFunctionObjArgs(function, argument, nullptr) : nullptr;
    decref(argument);
    return made;
}

template <class T> T at(intptr_t address) {
    T value;
    std::memcpy(&value, reinterpret_cast<void *>(address), sizeof value);
    return value;
}

long word_at(char kind, intptr_t address) {
    switch (kind) {
    case 'b': case '1': case 'A': case 'x': return at<uint8_t>(address);
    case '2': case 'B': case 'y': return at<uint16_t>(address);
    case '4': case 'C': case 'z': return at<uint32_t>(address);
    case 'd': case 'f': return 0;
    default: return at<long>(address);
    }
}

double real_at(char kind, intptr_t address) { return kind == 'd' ? at<double>(address) : kind == 'f' ? at<float>(address) : 0; }

}  // namespace

PyObject *give(const Result *result, long word, double real, PyObject *self) {
    PyObject *made;
    switch (result->kind) {
    case 'v': return none();
    case 'e': return called(result->object, number(result->of, word, 0));
    case 't': {
        auto data = reinterpret_cast<const char *>(word);
        return PyUnicode_DecodeUTF8(data ? data : "", data ? std::strlen(data) : 0, "surrogateescape");
    }
    case 'R': return number(result->of, word_at(result->of, word), real_at(result->of, word));
    case 'r': made = called(result->object, PyLong_FromLong(word)); break;
    case 'W': made = wrapped(reinterpret_cast<Manager *>(result->object), word); break;
    case 'T': made = taken(reinterpret_cast<Manager *>(result->object), word); break;
    case 'P': return part(reinterpret_cast<Manager *>(result->object), self, word);
    default: return number(result->kind, word, real);
    }
    return made && result->refers < 0 ? keeping(made, self) : made;
}

/* A value, which is to keep another alive. */
PyObject *keeping(PyObject *made, PyObject *whole) {
    if (PyObject_SetAttr(made, whole_name, whole) == 0) return made;
    decref(made);
    return nullptr;
}

PyObject *give_from(const Result *result, intptr_t address, PyObject *self) {
    if (result->kind == 'P') return give(result, address, 0, self);
    char kind = result->kind == 'e' ? result->of : result->kind;
    return give(result, word_at(kind, address), real_at(kind, address), self);
}

void store(char kind, intptr_t address, const Frame *frame) {
    auto target = reinterpret_cast<void *>(address);
    switch (kind) {
    case 'b': case '1': case 'A': case 'x': std::memcpy(target, frame->word, 1); break;
    case '2': case 'B': case 'y': std::memcpy(target, frame->word, 2); break;
    case '4': case 'C': case 'z': std::memcpy(target, frame->word, 4); break;
    case 'f': std::memcpy(target, frame->real, 4); break;
    case 'd': std::memcpy(target, frame->real, 8); break;
    default: std::memcpy(target, frame->word, 8);
    }
}

int parse(PyObject *tuple, Parameter *parameter) {
    const char *kind;
    PyObject *object;
    if (!PyArg_ParseTuple(tuple, "sllO:parameter", &kind, &parameter->low, &parameter->high, &object)) return -1;
    parameter->kind = *kind;
    parameter->object = incref(object);
    return 0;
}
