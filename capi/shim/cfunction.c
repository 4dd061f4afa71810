/* PyCFunction_... and PyCMethod_New(): a C function as an object.  It is a C struct; the VM sees a callable wrapper. */
#include "core/mooring.h"

#define CALLING (METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_FASTCALL | METH_METHOD)

typedef PyObject *(*with_keywords)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*fast)(PyObject *, PyObject *const *, Py_ssize_t);
typedef PyObject *(*fast_with_keywords)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

static PyCFunctionObject *function_of(PyObject *op)
{
    return (PyCFunctionObject *)op;
}

static PyObject *self_of(PyObject *op)
{
    return function_of(op)->m_ml->ml_flags & METH_STATIC ? NULL : function_of(op)->m_self;
}

static PyObject *no_keywords(PyObject *op)
{
    PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments", function_of(op)->m_ml->ml_name);
    return NULL;
}

static PyObject *wrong_count(PyObject *op, const char *wanted, Py_ssize_t n)
{
    PyErr_Format(PyExc_TypeError, "%.200s() takes %s (%zd given)", function_of(op)->m_ml->ml_name, wanted, n);
    return NULL;
}

static PyObject *tuple_from(PyObject *const *items, Py_ssize_t n)
{
    PyObject *tuple = PyTuple_New(n);
    for (Py_ssize_t i = 0; tuple && i < n; i++) {
        Py_INCREF(items[i]);
        PyTuple_SET_ITEM(tuple, i, items[i]);
    }
    return tuple;
}

static PyObject *call_varargs(PyObject *op, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    PyMethodDef *def = function_of(op)->m_ml;
    PyObject *r = NULL, *kwargs = NULL, *tuple = tuple_from(args, n);
    if (!tuple)
        return NULL;
    if (!(def->ml_flags & METH_KEYWORDS))
        r = def->ml_meth(self_of(op), tuple);
    else if (!names)
        r = ((with_keywords)(void (*)(void))def->ml_meth)(self_of(op), tuple, NULL);
    else if ((kwargs = PyDict_New())) {
        Py_ssize_t i = 0;
        for (; i < PyTuple_GET_SIZE(names); i++)
            if (PyDict_SetItem(kwargs, PyTuple_GET_ITEM(names, i), args[n + i]) < 0)
                break;
        if (i == PyTuple_GET_SIZE(names))
            r = ((with_keywords)(void (*)(void))def->ml_meth)(self_of(op), tuple, kwargs);
    }
    Py_XDECREF(kwargs);
    Py_DECREF(tuple);
    return r;
}

static PyObject *cfunction_vectorcall(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *names)
{
    PyMethodDef *def = function_of(op)->m_ml;
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (names && !PyTuple_GET_SIZE(names))
        names = NULL;
    if (names && !(def->ml_flags & METH_KEYWORDS))
        return no_keywords(op);
    switch (def->ml_flags & CALLING) {
    case METH_NOARGS:
        return n ? wrong_count(op, "no arguments", n) : def->ml_meth(self_of(op), NULL);
    case METH_O:
        return n != 1 ? wrong_count(op, "exactly one argument", n) : def->ml_meth(self_of(op), args[0]);
    case METH_FASTCALL:
        return ((fast)(void (*)(void))def->ml_meth)(self_of(op), args, n);
    case METH_FASTCALL | METH_KEYWORDS:
        return ((fast_with_keywords)(void (*)(void))def->ml_meth)(self_of(op), args, n, names);
    case METH_FASTCALL | METH_KEYWORDS | METH_METHOD:
        return ((PyCMethod)(void (*)(void))def->ml_meth)(self_of(op), ((PyCMethodObject *)op)->mm_class, args, (size_t)n, names);
    default:
        return call_varargs(op, args, n, names);
    }
}

static PyObject *cfunction_call(PyObject *op, PyObject *args, PyObject *kwargs)
{
    PyMethodDef *def = function_of(op)->m_ml;
    if (!(def->ml_flags & METH_VARARGS))
        return PyVectorcall_Call(op, args, kwargs);
    if (def->ml_flags & METH_KEYWORDS)
        return ((with_keywords)(void (*)(void))def->ml_meth)(self_of(op), args, kwargs);
    if (kwargs && PyDict_Size(kwargs))
        return no_keywords(op);
    return def->ml_meth(self_of(op), args);
}

/* ---- making and asking -------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyCMethod_New(PyMethodDef *ml, PyObject *self, PyObject *module, PyTypeObject *cls)
{
    int method = (ml->ml_flags & METH_METHOD) != 0;
    switch (ml->ml_flags & CALLING) {
    case METH_VARARGS:
    case METH_VARARGS | METH_KEYWORDS:
    case METH_NOARGS:
    case METH_O:
    case METH_FASTCALL:
    case METH_FASTCALL | METH_KEYWORDS:
    case METH_FASTCALL | METH_KEYWORDS | METH_METHOD:
        break;
    default:
        PyErr_Format(PyExc_SystemError, "%s() method: bad call flags", ml->ml_name);
        return NULL;
    }
    if (method != (cls != NULL)) {
        PyErr_SetString(PyExc_SystemError, method ? "attempting to create PyCMethod with a METH_METHOD flag but no class"
                        : "attempting to create PyCFunction with class but no METH_METHOD flag");
        return NULL;
    }
    PyCFunctionObject *op = function_of(_PyObject_GC_New(method ? &PyCMethod_Type : &PyCFunction_Type));
    if (!op)
        return NULL;
    Py_XINCREF(self);
    Py_XINCREF(module);
    Py_XINCREF(cls);
    op->m_ml = ml;
    op->m_self = self;
    op->m_module = module;
    op->m_weakreflist = NULL;
    op->vectorcall = cfunction_vectorcall;
    if (method)
        ((PyCMethodObject *)op)->mm_class = cls;
    PyObject_GC_Track(op);
    return (PyObject *)op;
}

PYAPI PyObject *PyCFunction_NewEx(PyMethodDef *ml, PyObject *self, PyObject *module)
{
    return PyCMethod_New(ml, self, module, NULL);
}

PYAPI PyObject *PyCFunction_New(PyMethodDef *ml, PyObject *self)
{
    return PyCMethod_New(ml, self, NULL, NULL);
}

VMCALL W m_cfunction_new(W definition, W self, W module, W cls)
{
    MThread *t = &m_tls;
    m_enter(t);
    W w = m_return(t, PyCMethod_New((PyMethodDef *)definition, (PyObject *)self, (PyObject *)module, (PyTypeObject *)cls));
    m_leave(t);
    return w;
}

/* What stands for the C function of the VM's own builtin functions: as a C function it would not know which of them it is. */
static PyObject *no_c_function(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self, (void)args, (void)kwargs;
    PyErr_SetString(PyExc_SystemError, "mooring: a builtin function of the VM has no C function; call the object instead");
    return NULL;
}

VMCALL W m_no_c_function(void)
{
    return (W)no_c_function;
}

static int is_function(PyObject *op)
{
    if (op && PyCFunction_Check(op))
        return 1;
    PyErr_BadInternalCall();
    return 0;
}

PYAPI PyCFunction PyCFunction_GetFunction(PyObject *func)
{
    return is_function(func) ? function_of(func)->m_ml->ml_meth : NULL;
}

PYAPI PyObject *PyCFunction_GetSelf(PyObject *func)
{
    return is_function(func) ? self_of(func) : NULL;                /* borrowed */
}

PYAPI int PyCFunction_GetFlags(PyObject *func)
{
    return is_function(func) ? function_of(func)->m_ml->ml_flags : -1;
}

PYAPI PyObject *PyCFunction_Call(PyObject *func, PyObject *args, PyObject *kwargs)
{
    return PyObject_Call(func, args, kwargs);
}

/* ---- the type ------------------------------------------------------------------------------------------------------------- */

static int cfunction_traverse(PyObject *op, visitproc visit, void *arg)
{
    Py_VISIT(function_of(op)->m_self);
    Py_VISIT(function_of(op)->m_module);
    if (function_of(op)->m_ml->ml_flags & METH_METHOD)
        Py_VISIT(((PyCMethodObject *)op)->mm_class);
    return 0;
}

static int cfunction_clear(PyObject *op)
{
    if (function_of(op)->m_ml->ml_flags & METH_METHOD)
        Py_CLEAR(((PyCMethodObject *)op)->mm_class);
    Py_CLEAR(function_of(op)->m_self);
    Py_CLEAR(function_of(op)->m_module);
    return 0;
}

static void cfunction_dealloc(PyObject *op)
{
    PyObject_GC_UnTrack(op);
    cfunction_clear(op);
    PyObject_GC_Del(op);
}

static PyObject *cfunction_repr(PyObject *op)
{
    PyObject *self = self_of(op);
    const char *name = function_of(op)->m_ml->ml_name;
    if (!self || PyModule_Check(self))
        return PyUnicode_FromFormat("<built-in function %s>", name);
    return PyUnicode_FromFormat("<built-in method %s of %s object at %p>", name, Py_TYPE(self)->tp_name, self);
}

static Py_hash_t cfunction_hash(PyObject *op)
{
    Py_hash_t h = _Py_HashPointer(function_of(op)->m_self) ^ _Py_HashPointer((void *)function_of(op)->m_ml->ml_meth);
    return h == -1 ? -2 : h;
}

static PyObject *cfunction_compare(PyObject *a, PyObject *b, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyCFunction_Check(a) || !PyCFunction_Check(b))
        Py_RETURN_NOTIMPLEMENTED;
    int same = function_of(a)->m_self == function_of(b)->m_self && function_of(a)->m_ml->ml_meth == function_of(b)->m_ml->ml_meth;
    return PyBool_FromLong(same == (op == Py_EQ));
}

static PyObject *get_name(PyObject *op, void *closure)
{
    (void)closure;
    return PyUnicode_FromString(function_of(op)->m_ml->ml_name);
}

static PyObject *get_qualname(PyObject *op, void *closure)
{
    PyObject *self = self_of(op), *type, *qualname, *r = NULL;
    if (!self || PyModule_Check(self))
        return get_name(op, closure);
    type = PyType_Check(self) ? self : (PyObject *)Py_TYPE(self);
    qualname = PyObject_GetAttrString(type, "__qualname__");
    if (qualname)
        r = PyUnicode_FromFormat("%S.%s", qualname, function_of(op)->m_ml->ml_name);
    Py_XDECREF(qualname);
    return r;
}

static PyObject *get_doc(PyObject *op, void *closure)
{
    const char *doc = function_of(op)->m_ml->ml_doc, *end, *name = function_of(op)->m_ml->ml_name;
    size_t n = strlen(name);
    int want_signature = closure != NULL, has_signature;
    if (!doc)
        Py_RETURN_NONE;
    end = strstr(doc, ")\n--\n\n");
    has_signature = end && !strncmp(doc, name, n) && doc[n] == '(';
    if (want_signature)
        return has_signature ? PyUnicode_FromStringAndSize(doc + n, end + 1 - (doc + n)) : Py_NewRef(Py_None);
    if (has_signature)
        doc = end + 6;
    return *doc ? PyUnicode_FromString(doc) : Py_NewRef(Py_None);
}

static PyObject *get_self(PyObject *op, void *closure)
{
    (void)closure;
    PyObject *self = self_of(op);
    return Py_NewRef(self ? self : Py_None);
}

static PyObject *reduce(PyObject *op, PyObject *ignored)
{
    (void)ignored;
    PyObject *self = function_of(op)->m_self;
    if (!self || PyModule_Check(self))
        return PyUnicode_FromString(function_of(op)->m_ml->ml_name);
    PyObject *getattr = vm_builtin_getattr();
    return getattr ? Py_BuildValue("N(Os)", getattr, self, function_of(op)->m_ml->ml_name) : NULL;
}

static PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyMemberDef members[] = {
    {"__module__", T_OBJECT, offsetof(PyCFunctionObject, m_module), 0, NULL}, {NULL, 0, 0, 0, NULL}};
static PyGetSetDef getsets[] = {
    {"__name__", get_name, NULL, NULL, NULL}, {"__qualname__", get_qualname, NULL, NULL, NULL},
    {"__doc__", get_doc, NULL, NULL, NULL}, {"__text_signature__", get_doc, NULL, NULL, &members},
    {"__self__", get_self, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};

void m_init_cfunction(void)
{
    PyTypeObject *type = &PyCFunction_Type;
    type->tp_name = "builtin_function_or_method";
    type->tp_basicsize = sizeof(PyCFunctionObject);
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE;
    type->tp_vectorcall_offset = offsetof(PyCFunctionObject, vectorcall);
    type->tp_weaklistoffset = offsetof(PyCFunctionObject, m_weakreflist);
    type->tp_dealloc = cfunction_dealloc;
    type->tp_traverse = cfunction_traverse;
    type->tp_clear = cfunction_clear;
    type->tp_call = cfunction_call;
    type->tp_repr = cfunction_repr;
    type->tp_hash = cfunction_hash;
    type->tp_richcompare = cfunction_compare;
    type->tp_methods = methods;
    type->tp_members = members;
    type->tp_getset = getsets;
    PyCMethod_Type.tp_name = "builtin_method";
    PyCMethod_Type.tp_basicsize = sizeof(PyCMethodObject);
    PyCMethod_Type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE;
    PyCMethod_Type.tp_base = type;
}
