/* What the files of the native layer share: how instances lie in memory, what a function takes and gives. */
#pragma once

#include "python.h"

#include <string>

/* ---- instances (instance.cpp) ------------------------------------------------------------------------------------------- */

struct Manager;

struct Instance : PyObject {                            /* begins every instance of a C++ class that is no exception's */
    intptr_t cpp;                                       /* address of the object, 0: none */
    Manager *manager;                                   /* where it is known */
    intptr_t known_at;                                  /* by which address, 0: nowhere */
    char owned;                                         /* the object is deleted with the instance */
    char rvalue;                                        /* std::move() gave it */
};

extern PyTypeObject *instance_type, *manager_type;

void own(Manager *manager, Instance *one, intptr_t address);
PyObject *wrapped(Manager *manager, intptr_t address);  /* the instance that is there for an object, or a new one that does not own it */
PyObject *wrapped_as_is(Manager *manager, intptr_t address);    /* the same, of this very class */
PyObject *taken(Manager *manager, intptr_t address);    /* a new one that owns it */
PyObject *instance_at(Manager *manager, intptr_t address);      /* the instance that is there, else nullptr without an exception */
PyObject *part(Manager *manager, PyObject *whole, intptr_t address);

/* While C++ runs: without the GIL where another thread may want it. */
struct Released {
    PyThreadState *state;

    explicit Released(bool always) : state(always || several_threads() ? PyEval_SaveThread() : nullptr) {}
    ~Released() { if (state) PyEval_RestoreThread(state); }

    static PyInterpreterState *interpreter;
    static bool several_threads() { return PyThreadState_Next(PyInterpreterState_ThreadHead(interpreter)) != nullptr; }
};

/* ---- which classes' instances are taken, with what to add to their address ------------------------------------------------ */

enum Taken { NO, YES, UNSURE };                         /* UNSURE: only Python's way knows */

struct Admitted {
    PyTypeObject *type;                                 /* held: so that no other class comes to lie there */
    intptr_t offset;
    Taken taken;
    bool python;                                        /* a Python class: C++ may call it from other threads */
};

struct Admission {
    Admitted rows[3];
    int next;
};

/* Asks `owner.admit(number, position, type)` about a class the first time: (offset, whether it is Python's), False or None. */
const Admitted *ask(PyObject *owner, int number, int position, Admission *admission, PyTypeObject *type);

inline const Admitted *admitted(PyObject *owner, int number, int position, Admission *admission, PyTypeObject *type) {
    if (admission->rows[0].type == type) return &admission->rows[0];
    if (admission->rows[1].type == type) return &admission->rows[1];
    return ask(owner, number, position, admission, type);
}

int visit(Admission *admission, visitproc visit, void *argument);
void clear(Admission *admission);

/* ---- values (values.cpp) ---------------------------------------------------------------------------------------------------- */

/* How a Python value becomes what crosses; cppbind/native/ways.py says which.

   i  int within low..high      b  bool      d f  float        c  str of one character, to `high`      e  enum `object`
   u  int to 2**64 - 1          t  const char *                s  std::string, v  std::string_view: str too
   p  pointer to a class, o  reference to one or a copy        q  rvalue of a class, m  of a std::string: str too
   -  nothing at all            ?  not known here */
struct Parameter {
    char kind;
    long low, high;
    PyObject *object;
    Admission admission;
};

/* How what crosses becomes a Python value.

   v  nothing      b  bool      1 2 4 8  signed, A B C D  unsigned, of 1 2 4 8 bytes     d f  float     x y z  character of 1 2 4 bytes
   e  enum: `object` called with the number `of`         t  const char *                 R  what lies there: `of`
   r  `object` called with the word                      W  wrapped by the manager `object`, T  taken, P  part of self
   N  constructed: self's */
struct Result {
    char kind, of;
    int refers;                                         /* the value keeps self alive: 0 never, -1 always, else within so many bytes from its object */
    PyObject *object;
};

struct Text {                                           /* a std::string over characters of Python's, as libstdc++ lays it out; a view has both words the other way */
    intptr_t data;
    Py_ssize_t length;
    intptr_t capacity, rest;
};

enum { WORDS = 6, REALS = 8 };                          /* that C functions take in registers */

struct Frame {
    int words = 0, reals = 0;
    bool python = false;
    long word[WORDS];
    double real[REALS];
    Text text[WORDS];
    int made = 0;
    std::string *strings[WORDS];                        /* that C++ may take the text of */

    ~Frame() { while (made) delete strings[--made]; }
};

inline Taken take_integer(const Parameter *parameter, PyObject *value, long *word) {
    int overflow;
    if (value->ob_type != &PyLong_Type) return NO;
    *word = PyLong_AsLongAndOverflow(value, &overflow);
    return overflow || *word < parameter->low || *word > parameter->high ? NO : YES;
}

inline Taken take_integer(const Parameter *parameter, PyObject *value, Frame *frame) {
    Taken taken = take_integer(parameter, value, &frame->word[frame->words]);
    frame->words += taken == YES;
    return taken;
}

Taken take(Parameter *parameter, PyObject *value, Frame *frame, bool strict, PyObject *owner, int number, int position);
PyObject *give(const Result *result, long word, double real, PyObject *self);
PyObject *keeping(PyObject *made, PyObject *whole);
PyObject *give_from(const Result *result, intptr_t address, PyObject *self);
void store(char kind, intptr_t address, const Frame *frame);

int parse(PyObject *tuple, Parameter *parameter);
extern PyObject *whole_name;

/* ---- functions (front.cpp, function.cpp, row.cpp) ------------------------------------------------------------------------- */

/* A method descriptor with vectorcall, so that `instance.method(...)` makes no bound method.  Its attributes are those of the Python
   function behind it, which `owner.target()` makes when it is first needed. */
struct Front : PyObject {
    vectorcallfunc call;
    PyObject *owner, *target, *binder, *weakrefs;
    bool on;                                            /* the quick way may be taken */
    bool release;                                       /* the GIL, always */
};

PyTypeObject *make_front(const char *name, size_t size, void *traverse, void *dealloc);
void set_front(Front *self, vectorcallfunc call, PyObject *owner, PyObject *binder);
PyObject *fall_back(Front *self, PyObject *const *arguments, size_t flagged, PyObject *names);
int visit(Front *self, visitproc visit, void *argument);
int clear_front(PyObject *self);

/* ---- the module (module.cpp) ------------------------------------------------------------------------------------------------- */

extern bool natively;                                   /* off while signals are exceptions */
PyTypeObject *make_type(const char *name, size_t size, unsigned flags, PyType_Slot *slots);
int add_instances(PyObject *module);
int add_functions(PyObject *module);
int add_fields(PyObject *module);
int add_rows(PyObject *module);
int add_overrides(PyObject *module);
int add_memos(PyObject *module);
int add_buffer(PyObject *module);

PyObject *make_function(PyObject *, PyObject *arguments);
