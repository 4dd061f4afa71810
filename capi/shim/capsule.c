/* PyCapsule_...: a C pointer as an object. */
#include "core/mooring.h"
#include "datetime.h"

typedef struct {
    PyObject_HEAD
    void *pointer;
    const char *name;                    /* the maker keeps it alive; compared by content */
    void *context;
    PyCapsule_Destructor destructor;
} Capsule;

static void capsule_dealloc(PyObject *self)
{
    Capsule *capsule = (Capsule *)self;
    if (capsule->destructor != NULL)
        capsule->destructor(self);
    PyObject_Free(self);
}

static PyObject *capsule_repr(PyObject *self)
{
    Capsule *capsule = (Capsule *)self;
    const char *quote = capsule->name != NULL ? "\"" : "";
    return PyUnicode_FromFormat("<capsule object %s%s%s at %p>", quote,
                                capsule->name != NULL ? capsule->name : "NULL", quote, self);
}

void mooring_init_capsule(void);
void mooring_init_capsule(void)
{
    PyCapsule_Type.tp_name = "PyCapsule";
    PyCapsule_Type.tp_basicsize = sizeof(Capsule);
    PyCapsule_Type.tp_flags = Py_TPFLAGS_DEFAULT;
    PyCapsule_Type.tp_dealloc = capsule_dealloc;
    PyCapsule_Type.tp_repr = capsule_repr;
    PyCapsule_Type.tp_doc = "Capsule objects let you wrap a C \"void *\" pointer in a Python object.";
}

/* The capsule, or NULL with "<function> called with invalid PyCapsule object". */
static Capsule *checked(PyObject *object, const char *function)
{
    if (object != NULL && PyCapsule_CheckExact(object) && ((Capsule *)object)->pointer != NULL)
        return (Capsule *)object;
    PyErr_Format(PyExc_ValueError, "%s called with invalid PyCapsule object", function);
    return NULL;
}

static int same_name(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

PYAPI PyObject *PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor destructor)
{
    if (pointer == NULL) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_New called with null pointer");
        return NULL;
    }
    Capsule *capsule = PyObject_New(Capsule, &PyCapsule_Type);
    if (capsule == NULL)
        return NULL;
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->context = NULL;
    capsule->destructor = destructor;
    return (PyObject *)capsule;
}

PYAPI int PyCapsule_IsValid(PyObject *capsule, const char *name)
{
    return capsule != NULL && PyCapsule_CheckExact(capsule) && ((Capsule *)capsule)->pointer != NULL
           && same_name(((Capsule *)capsule)->name, name);
}

PYAPI void *PyCapsule_GetPointer(PyObject *capsule, const char *name)
{
    Capsule *c = checked(capsule, "PyCapsule_GetPointer");
    if (c == NULL)
        return NULL;
    if (!same_name(c->name, name)) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_GetPointer called with incorrect name");
        return NULL;
    }
    return c->pointer;
}

PYAPI const char *PyCapsule_GetName(PyObject *capsule)
{
    Capsule *c = checked(capsule, "PyCapsule_GetName");
    return c == NULL ? NULL : c->name;
}

PYAPI PyCapsule_Destructor PyCapsule_GetDestructor(PyObject *capsule)
{
    Capsule *c = checked(capsule, "PyCapsule_GetDestructor");
    return c == NULL ? NULL : c->destructor;
}

PYAPI void *PyCapsule_GetContext(PyObject *capsule)
{
    Capsule *c = checked(capsule, "PyCapsule_GetContext");
    return c == NULL ? NULL : c->context;
}

PYAPI int PyCapsule_SetPointer(PyObject *capsule, void *pointer)
{
    Capsule *c = checked(capsule, "PyCapsule_SetPointer");
    if (pointer == NULL) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_SetPointer called with null pointer");
        return -1;
    }
    if (c == NULL)
        return -1;
    c->pointer = pointer;
    return 0;
}

PYAPI int PyCapsule_SetName(PyObject *capsule, const char *name)
{
    Capsule *c = checked(capsule, "PyCapsule_SetName");
    if (c == NULL)
        return -1;
    c->name = name;
    return 0;
}

PYAPI int PyCapsule_SetDestructor(PyObject *capsule, PyCapsule_Destructor destructor)
{
    Capsule *c = checked(capsule, "PyCapsule_SetDestructor");
    if (c == NULL)
        return -1;
    c->destructor = destructor;
    return 0;
}

PYAPI int PyCapsule_SetContext(PyObject *capsule, void *context)
{
    Capsule *c = checked(capsule, "PyCapsule_SetContext");
    if (c == NULL)
        return -1;
    c->context = context;
    return 0;
}

/* The object at "module.attribute....": the module is imported, the rest are attributes. */
static PyObject *import_path(const char *name)
{
    size_t n = strcspn(name, ".");
    PyObject *text = PyUnicode_FromStringAndSize(name, (Py_ssize_t)n);
    if (text == NULL)
        return NULL;
    PyObject *object = PyImport_Import(text);
    if (object == NULL)
        PyErr_Format(PyExc_ImportError, "PyCapsule_Import could not import module \"%U\"", text);
    Py_DECREF(text);
    for (const char *p = name + n; *p == '.' && object != NULL; p += n) {
        n = strcspn(++p, ".");
        text = PyUnicode_FromStringAndSize(p, (Py_ssize_t)n);
        PyObject *next = text == NULL ? NULL : PyObject_GetAttr(object, text);
        Py_XDECREF(text);
        Py_DECREF(object);
        object = next;
    }
    return object;
}

PYAPI void *PyCapsule_Import(const char *name, int no_block)
{
    void *pointer = NULL;
    (void)no_block;
    if (strcmp(name, PyDateTime_CAPSULE_NAME) == 0)
        return m_datetime_api();
    PyObject *object = import_path(name);
    if (object == NULL)
        return NULL;
    if (PyCapsule_IsValid(object, name))
        pointer = ((Capsule *)object)->pointer;
    else
        PyErr_Format(PyExc_AttributeError, "PyCapsule_Import \"%s\" is not valid", name);
    Py_DECREF(object);
    return pointer;
}
