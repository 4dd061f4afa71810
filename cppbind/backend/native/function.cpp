/* Functions: a quick way to C++ in front of a Python function, which takes what the quick way does not.

   C++ is entered by the same entry points as there.

   A C function takes its integers and its doubles in registers that are counted apart (x86-64, AArch64): so one call with all words and
   all reals serves every mix of parameters. */
#include "native.h"

namespace {

PyTypeObject *function_type;

struct Candidate {
    char kind;                                          /* m method, s static, n new */
    bool usable;                                        /* else only its tests count */
    int least, most;                                    /* arguments */
    const int *pending;
    intptr_t *entries;                                  /* for each number of them, nullptr until first chosen; so is */
    Result result;
    Admission self;
    Parameter *parameters;
};

struct Function : Front {
    bool strict;
    int count;
    Candidate *candidates;
};

template <class R> R invoke(intptr_t entry, Frame *f) {
    auto at = reinterpret_cast<void *>(entry);
    long *w = f->word;
    double *d = f->real;
    if (!f->reals) {
        switch (f->words) {
        case 0: return reinterpret_cast<R (*)()>(at)();
        case 1: return reinterpret_cast<R (*)(long)>(at)(w[0]);
        case 2: return reinterpret_cast<R (*)(long, long)>(at)(w[0], w[1]);
        case 3: return reinterpret_cast<R (*)(long, long, long)>(at)(w[0], w[1], w[2]);
        }
    }
    for (int i = f->words; i < WORDS; i++) w[i] = 0;
    if (!f->reals) return reinterpret_cast<R (*)(long, long, long, long, long, long)>(at)(w[0], w[1], w[2], w[3], w[4], w[5]);
    if (f->reals == 1) return reinterpret_cast<R (*)(long, long, long, long, long, long, double)>(at)(w[0], w[1], w[2], w[3], w[4], w[5], d[0]);
    for (int i = f->reals; i < REALS; i++) d[i] = 0;
    return reinterpret_cast<R (*)(long, long, long, long, long, long, double, double, double, double, double, double, double, double)>(at)(
        w[0], w[1], w[2], w[3], w[4], w[5], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
}

PyObject *call_plain(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names);
PyObject *call_with_numbers(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names);

enum { FEW_WORDS = 4, FEW_REALS = 3 };

/* The quickest way to the only candidate; nullptr: no other than `call`. */
vectorcallfunc quickest(const Candidate *one) {
    int words = one->kind == 'm', reals = 0;
    if (!one->usable || one->kind == 'n' || one->least != one->most || one->result.refers) return nullptr;
    for (int i = 0; i < one->most; i++) {
        if (one->parameters[i].kind == 'i') words++;
        else if (one->parameters[i].kind == 'd') reals++;
        else return nullptr;
    }
    bool real = one->result.kind == 'd' || one->result.kind == 'f';
    if (one->kind == 'm' && words <= 2 && !reals && !real) return call_plain;
    return words <= FEW_WORDS && reals <= FEW_REALS ? call_with_numbers : nullptr;
}

bool compiled(Function *self, int number) {
    Candidate *one = &self->candidates[number];
    PyObject *found = PyObject_CallMethod(self->owner, "compiled", "i", number), *addresses, *object;
    const char *kind, *of;
    int refers;
    bool good = found && PyArg_ParseTuple(found, "OssOi:compiled", &addresses, &kind, &of, &object, &refers);
    if (good && !one->entries) {
        Py_ssize_t count = PyTuple_Size(addresses);
        one->entries = new intptr_t[count];
        for (Py_ssize_t i = 0; i < count; i++) one->entries[i] = PyLong_AsLong(PyTuple_GetItem(addresses, i));
        one->result = {*kind, *of, refers, incref(object)};
        if (vectorcallfunc quick = self->count == 1 ? quickest(one) : nullptr) self->call = quick;
    }
    decref(found);
    return good;
}

/* Whether a candidate takes the arguments. */
Taken fits(Function *self, int number, PyObject *const *arguments, Py_ssize_t given, Frame *frame) {
    Candidate *one = &self->candidates[number];
    bool with_self = one->kind != 's';
    if (with_self) {
        if (!given) return UNSURE;
        const Admitted *found = admitted(self->owner, number, -1, &one->self, arguments[0]->ob_type);
        if (found->taken != YES) return UNSURE;
        intptr_t address = static_cast<Instance *>(arguments[0])->cpp;
        if (one->kind == 'm') {
            if (!address) return UNSURE;
            frame->word[frame->words++] = address + found->offset;
            frame->python = found->python;
        } else if (address) return UNSURE;
        arguments++;
        given--;
    }
    if (given < one->least || given > one->most) return NO;
    Taken all = YES;
    for (Py_ssize_t i = 0; i < given; i++) {
        Parameter *parameter = &one->parameters[i];
        Taken taken = parameter->kind == 'i' ? take_integer(parameter, arguments[i], frame)
                                             : take(parameter, arguments[i], frame, self->strict, self->owner, number, static_cast<int>(i));
        if (taken == NO) return NO;
        if (taken == UNSURE) all = UNSURE;
    }
    return one->usable ? all : UNSURE;
}

/* An exception waits: false if it is this thread's, which is raised. */
__attribute__((noinline, cold)) bool outlived(Function *self, int number) {
    PyObject *nothing = PyObject_CallMethod(self->owner, "pending", "i", number);
    decref(nothing);
    return nothing != nullptr;
}

PyObject *called(Function *self, int number, PyObject *const *arguments, Py_ssize_t given, Frame *frame) {
    Candidate *one = &self->candidates[number];
    if (!one->entries && !compiled(self, number)) return nullptr;
    intptr_t entry = one->entries[given - (one->kind != 's') - one->least];
    long word = 0;
    double real = 0;
    {
        Released released(self->release || frame->python);
        switch (one->result.kind) {
        case 'd': real = invoke<double>(entry, frame); break;
        case 'f': real = invoke<float>(entry, frame); break;
        default: word = invoke<long>(entry, frame);
        }
    }
    if (__builtin_expect(*one->pending != 0, false) && !outlived(self, number)) return nullptr;
    if (one->result.kind == '4') return PyLong_FromLong(static_cast<int>(word));
    if (one->kind == 's') return give(&one->result, word, real, nullptr);
    if (one->kind == 'm') {
        PyObject *made = give(&one->result, word, real, arguments[0]);
        bool inside = one->result.refers > 0 && static_cast<unsigned long>(word - frame->word[0]) < static_cast<unsigned long>(one->result.refers);
        return made && inside && made != arguments[0] ? keeping(made, arguments[0]) : made;
    }
    auto instance = static_cast<Instance *>(arguments[0]);
    instance->cpp = word;
    own(reinterpret_cast<Manager *>(one->result.object), instance, word);
    return none();
}

__attribute__((noinline)) PyObject *call(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto self = static_cast<Function *>(callable);
    auto given = static_cast<Py_ssize_t>(flagged & ~PY_VECTORCALL_ARGUMENTS_OFFSET);
    if (!names && self->on && natively) {
        for (int i = 0; i < self->count; i++) {
            Frame frame;
            Taken taken = fits(self, i, arguments, given, &frame);
            if (taken == YES) return called(self, i, arguments, given, &frame);
            if (taken == UNSURE) break;
        }
    }
    return fall_back(self, arguments, flagged, names);
}

/* The address of the object that a method is called for; 0 if it takes more to find out. */
inline intptr_t object_of(const Candidate *one, PyObject *self) {
    const Admitted *found = one->self.rows;
    if (found->type != self->ob_type || found->taken != YES || found->python) return 0;
    intptr_t address = static_cast<Instance *>(self)->cpp;
    return address ? address + found->offset : 0;
}

/* The same for a method that has no overloads, takes nothing or one int, and returns a word. */
PyObject *call_plain(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto self = static_cast<Function *>(callable);
    Candidate *one = self->candidates;
    if (names || static_cast<int>(flagged) != 1 + one->most || !self->on || !natively || self->release) return call(callable, arguments, flagged, names);
    intptr_t address = object_of(one, arguments[0]);
    long word = 0;
    if (!address || (one->most && take_integer(one->parameters, arguments[1], &word) != YES)) return call(callable, arguments, flagged, names);
    {
        Released released(false);
        word = one->most ? reinterpret_cast<long (*)(long, long)>(one->entries[0])(address, word)
                         : reinterpret_cast<long (*)(long)>(one->entries[0])(address);
    }
    if (__builtin_expect(*one->pending != 0, false) && !outlived(self, 0)) return nullptr;
    return one->result.kind == '4' ? PyLong_FromLong(static_cast<int>(word)) : give(&one->result, word, 0, arguments[0]);
}

template <class R> R enter(intptr_t entry, const long *w, const double *d, int reals) {
    auto at = reinterpret_cast<void *>(entry);
    if (!reals) return reinterpret_cast<R (*)(long, long, long, long)>(at)(w[0], w[1], w[2], w[3]);
    return reinterpret_cast<R (*)(long, long, long, long, double, double, double)>(at)(w[0], w[1], w[2], w[3], d[0], d[1], d[2]);
}

/* The same for a function or method that has no overloads, and takes ints and floats. */
PyObject *call_with_numbers(PyObject *callable, PyObject *const *arguments, size_t flagged, PyObject *names) {
    auto self = static_cast<Function *>(callable);
    Candidate *one = self->candidates;
    bool method = one->kind == 'm';
    if (names || static_cast<int>(flagged) != method + one->most || !self->on || !natively || self->release) return call(callable, arguments, flagged, names);
    long w[FEW_WORDS] = {0, 0, 0, 0};
    double d[FEW_REALS] = {0, 0, 0};
    int words = 0, reals = 0;
    if (method && !(w[words++] = object_of(one, arguments[0]))) return call(callable, arguments, flagged, names);
    for (int i = 0; i < one->most; i++) {
        PyObject *value = arguments[method + i];
        if (one->parameters[i].kind == 'i') {
            if (take_integer(&one->parameters[i], value, &w[words++]) != YES) return call(callable, arguments, flagged, names);
        } else {
            if (value->ob_type != &PyFloat_Type) return call(callable, arguments, flagged, names);
            d[reals++] = PyFloat_AsDouble(value);
        }
    }
    long word = 0;
    double real = 0;
    {
        Released released(false);
        if (one->result.kind == 'd') real = enter<double>(one->entries[0], w, d, reals);
        else if (one->result.kind == 'f') real = enter<float>(one->entries[0], w, d, reals);
        else word = enter<long>(one->entries[0], w, d, reals);
    }
    if (__builtin_expect(*one->pending != 0, false) && !outlived(self, 0)) return nullptr;
    if (one->result.kind == '4') return PyLong_FromLong(static_cast<int>(word));
    return one->result.kind == 'd' ? PyFloat_FromDouble(real) : give(&one->result, word, real, method ? arguments[0] : nullptr);
}

/* ---- as an object -------------------------------------------------------------------------------------------------------------- */

int traverse(PyObject *self, visitproc visiting, void *argument) {
    auto function = static_cast<Function *>(self);
    if (int stop = visit(function, visiting, argument)) return stop;
    for (Candidate *one = function->candidates; one < function->candidates + function->count; one++) {
        if (int stop = visit(&one->self, visiting, argument)) return stop;
        if (one->result.object)
            if (int stop = visiting(one->result.object, argument)) return stop;
        for (int i = 0; i < one->most; i++) {
            if (one->parameters[i].object)
                if (int stop = visiting(one->parameters[i].object, argument)) return stop;
            if (int stop = visit(&one->parameters[i].admission, visiting, argument)) return stop;
        }
    }
    return 0;
}

void dealloc(PyObject *self) {
    auto function = static_cast<Function *>(self);
    PyTypeObject *type = self->ob_type;
    PyObject_GC_UnTrack(self);
    if (function->weakrefs) PyObject_ClearWeakRefs(self);
    clear_front(self);
    for (Candidate *one = function->candidates; one < function->candidates + function->count; one++) {
        clear(&one->self);
        decref(one->result.object);
        for (int i = 0; i < one->most; i++) {
            clear(&one->parameters[i].admission);
            decref(one->parameters[i].object);
        }
        delete[] one->parameters;
        delete[] one->entries;
    }
    delete[] function->candidates;
    reinterpret_cast<void (*)(void *)>(PyType_GetSlot(type, Py_tp_free))(self);
    decref(reinterpret_cast<PyObject *>(type));
}

int parse(PyObject *tuple, Candidate *one) {
    const char *kind;
    PyObject *parameters;
    int usable;
    Py_ssize_t pending;
    if (!PyArg_ParseTuple(tuple, "siiOn:candidate", &kind, &usable, &one->least, &parameters, &pending)) return -1;
    one->kind = *kind;
    one->usable = usable;
    one->pending = reinterpret_cast<const int *>(pending);
    int most = static_cast<int>(PyTuple_Size(parameters));
    one->parameters = new Parameter[most]();
    for (one->most = 0; one->most < most; one->most++)
        if (parse(PyTuple_GetItem(parameters, one->most), &one->parameters[one->most])) return -1;
    return 0;
}

}  // namespace

PyObject *make_function(PyObject *, PyObject *arguments) {
    PyObject *owner, *binder, *candidates;
    int strict;
    if (!PyArg_ParseTuple(arguments, "OiOO:function", &owner, &strict, &binder, &candidates)) return nullptr;
    auto self = static_cast<Function *>(PyType_GenericAlloc(function_type, 0));
    if (!self) return nullptr;
    set_front(self, call, owner, binder);
    self->strict = strict;
    int count = static_cast<int>(PyTuple_Size(candidates));
    self->candidates = new Candidate[count]();
    for (; self->count < count; self->count++)
        if (parse(PyTuple_GetItem(candidates, self->count), &self->candidates[self->count])) {
            decref(self);
            return nullptr;
        }
    return self;
}

int add_functions(PyObject *module) {
    function_type = make_front("cppbind.native.Function", sizeof(Function), (void *)traverse, (void *)dealloc);
    return function_type ? PyModule_AddObject(module, "Function", incref((PyObject *)function_type)) : -1;
}
