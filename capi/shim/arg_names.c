/* Keyword arguments: found by name, and what is said of those that fit nowhere. */
#include "core/mooring.h"
#include "arg.h"

static int name_matches(PyObject *key, const char *name, size_t size)
{
    if (!PyUnicode_Check(key))
        return 0;
    if (PyUnicode_IS_COMPACT_ASCII(key))
        return (size_t)PyUnicode_GET_LENGTH(key) == size && memcmp(((PyASCIIObject *)key) + 1, name, size) == 0;
    Py_ssize_t n;
    const char *utf8 = PyUnicode_AsUTF8AndSize(key, &n);
    if (utf8 == NULL) {
        PyErr_Clear();  /* a lone surrogate: no C string spells it */
        return 0;
    }
    return (size_t)n == size && memcmp(utf8, name, size) == 0;
}

/* Borrowed. Goes through a dict of few items rather than making a str to look up. */
PyObject *arg_find_keyword(const ArgCall *call, const char *name)
{
    size_t size = strlen(name);
    PyObject *key, *value;

    if (call->kwnames != NULL) {
        Py_ssize_t n = PyTuple_GET_SIZE(call->kwnames);
        for (Py_ssize_t i = 0; i < n; i++)
            if (name_matches(PyTuple_GET_ITEM(call->kwnames, i), name, size))
                return call->args[call->nargs + i];
        return NULL;
    }
    if (PyDict_Size(call->kwargs) > 8) {
        key = PyUnicode_FromStringAndSize(name, size);
        if (key == NULL)
            return NULL;
        value = PyDict_GetItemWithError(call->kwargs, key);
        Py_DECREF(key);
        return value;
    }
    Py_ssize_t pos = 0;
    while (PyDict_Next(call->kwargs, &pos, &key, &value))
        if (name_matches(key, name, size))
            return value;
    return NULL;
}

static int check_key(const char *function, const ArgSignature *sig, PyObject *key)
{
    if (!PyUnicode_Check(key)) {
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        return 0;
    }
    for (int i = sig->pos; i < sig->len; i++)
        if (name_matches(key, sig->names[i], strlen(sig->names[i])))
            return 1;
    PyErr_Format(PyExc_TypeError, "'%U' is an invalid keyword argument for %.200s%s", key,
                 function ? function : "this function", function ? "()" : "");
    return 0;
}

/* Some keywords were not used: says which, and why. */
int arg_set_keyword_error(const char *function, const ArgSignature *sig, const ArgCall *call)
{
    for (int i = sig->pos; i < call->nargs && i < sig->len; i++) {
        if (arg_find_keyword(call, sig->names[i]) != NULL) {
            PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                         ARG_CALLER(function), sig->names[i], i + 1);
            return 0;
        }
        if (PyErr_Occurred())
            return 0;
    }
    if (call->kwnames != NULL) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(call->kwnames); i++)
            if (!check_key(function, sig, PyTuple_GET_ITEM(call->kwnames, i)))
                return 0;
    } else {
        PyObject *key;
        Py_ssize_t pos = 0;
        while (PyDict_Next(call->kwargs, &pos, &key, NULL))
            if (!check_key(function, sig, key))
                return 0;
    }
    PyErr_Format(PyExc_SystemError, "%.200s%s: a keyword argument was given twice", ARG_CALLER(function));
    return 0;
}

int arg_set_positional_error(const char *function, const char *bound, int wanted, Py_ssize_t nargs)
{
    PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", ARG_CALLER(function),
                 bound, wanted, wanted == 1 ? "" : "s", nargs);
    return 0;
}

int arg_read_names(ArgSignature *sig, const char *const *names)
{
    int len = 0;
    while (names[len] != NULL && *names[len] == '\0')
        len++;
    sig->names = names;
    sig->pos = len;
    for (; names[len] != NULL; len++)
        if (*names[len] == '\0') {
            PyErr_SetString(PyExc_SystemError, "Empty keyword parameter name");
            return 0;
        }
    sig->len = len;
    return 1;
}
