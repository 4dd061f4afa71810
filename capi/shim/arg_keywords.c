/* PyArg_ParseTupleAndKeywords() and its kin: arguments by position or by name into C variables. */
#include "core/mooring.h"
#include "arg.h"

/* One pass over the format: min and max of the signature, function and message of the walk. */
static int read_signature(ArgWalk *w, ArgSignature *sig)
{
    int units = 0, depth = 0;
    const char *p = w->format;

    sig->min = sig->max = INT_MAX;
    sig->optional = 0;
    for (; *p && *p != ':' && *p != ';'; p++) {
        if (*p == '(' && depth >= ARG_MAX_DEPTH) {
            PyErr_SetString(PyExc_SystemError, "too many tuple nesting levels in argument format string");
            return 0;
        }
        if (depth == 0 && (*p == '(' || (Py_ISALPHA(*p) && *p != 'e')))
            units++;
        depth += (*p == '(') - (*p == ')');
        if (*p == '|') {
            if (sig->min != INT_MAX || sig->max != INT_MAX) {
                PyErr_SetString(PyExc_SystemError, sig->max != INT_MAX ? "Invalid format string ($ before |)"
                                                   : "Invalid format string (| specified twice)");
                return 0;
            }
            sig->min = units;
            sig->optional = 1;
        } else if (*p == '$') {
            if (sig->max != INT_MAX) {
                PyErr_SetString(PyExc_SystemError, "Invalid format string ($ specified twice)");
                return 0;
            }
            sig->max = units;
            if (units < sig->pos) {
                PyErr_SetString(PyExc_SystemError, "Empty parameter name after $");
                return 0;
            }
        }
    }
    if (*p == ':')
        w->function = p + 1;
    else if (*p == ';')
        w->message = p + 1;
    if (sig->min > sig->len)
        sig->min = sig->len;
    if (sig->max > sig->len)
        sig->max = sig->len;
    return 1;
}

static int counts_ok(const ArgWalk *w, const ArgSignature *sig, const ArgCall *call)
{
    if (call->nargs + call->nkwargs > sig->len) {
        /* "keyword" where only keywords were given: not all of them may be allowed */
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", ARG_CALLER(w->function),
                     sig->len, call->nargs == 0 ? "keyword " : "", sig->len == 1 ? "" : "s",
                     call->nargs + call->nkwargs);
        return 0;
    }
    if (call->nargs > sig->max) {
        if (sig->max > 0)
            return arg_set_positional_error(w->function, sig->optional ? "at most" : "exactly", sig->max, call->nargs);
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", ARG_CALLER(w->function));
        return 0;
    }
    return 1;
}

static int at_end(const char *format)
{
    return *format == '\0' || *format == ':' || *format == ';';
}

static int parse(ArgWalk *w, const ArgSignature *sig, const ArgCall *call)
{
    Py_ssize_t left = call->nkwargs;

    if (!counts_ok(w, sig, call))
        return 0;
    for (int i = 0; i < sig->len; i++) {
        while (*w->format == '|' || *w->format == '$')
            w->format++;
        if (at_end(w->format)) {
            PyErr_Format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", sig->len, i);
            return 0;
        }
        PyObject *arg = NULL;
        if (i < call->nargs) {
            arg = call->args[i];
        } else if (left && i >= sig->pos) {
            arg = arg_find_keyword(call, sig->names[i]);
            if (arg != NULL)
                left--;
            else if (PyErr_Occurred())
                return 0;
        }
        if (arg != NULL) {
            const char *failure = arg_convert(w, arg, 0);
            if (failure == NULL)
                continue;
            arg_set_error(w, i + 1, failure);
            return 0;
        }
        if (i < sig->min && i < sig->pos) {
            int wanted = sig->pos < sig->min ? sig->pos : sig->min;
            return arg_set_positional_error(w->function, wanted < sig->max ? "at least" : "exactly", wanted, call->nargs);
        }
        if (i < sig->min) {
            PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %d)", ARG_CALLER(w->function),
                         sig->names[i], i + 1);
            return 0;
        }
        if (!left)
            return 1;
        const char *failure = arg_skip(w);
        if (failure != NULL) {
            if (!PyErr_Occurred())
                PyErr_Format(PyExc_SystemError, "%s: '%s'", failure, w->format);
            return 0;
        }
    }
    if (!at_end(w->format) && *w->format != '|' && *w->format != '$') {
        PyErr_Format(PyExc_SystemError,
                     "more argument specifiers than keyword list entries (remaining format:'%s')", w->format);
        return 0;
    }
    return left ? arg_set_keyword_error(w->function, sig, call) : 1;
}

/* No keywords given, and all is well. */
static inline int try_positional(PyObject *args, PyObject *kw, const char *format, char **keywords, va_list va)
{
    int units;
    if (kw != NULL || args == NULL || !PyTuple_Check(args) || format == NULL || keywords == NULL)
        return 0;
    if (!arg_try_fast(((PyTupleObject *)args)->ob_item, Py_SIZE(args), format, va, &units))
        return 0;
    for (int i = 0; i < units; i++)
        if (keywords[i] == NULL)
            return 0;
    return keywords[units] == NULL;
}

static int parse_named(PyObject *args, PyObject *kw, const char *format, char **keywords, int sizes_are_ssize, va_list va)
{
    if (args == NULL || !PyTuple_Check(args) || (kw != NULL && !PyDict_Check(kw)) || format == NULL || keywords == NULL) {
        PyErr_BadInternalCall();
        return 0;
    }
    ArgCall call = {((PyTupleObject *)args)->ob_item, Py_SIZE(args), kw, NULL, kw != NULL ? PyDict_Size(kw) : 0};
    ArgWalk w;
    ArgSignature sig;
    arg_begin(&w, format, sizes_are_ssize, va);
    return arg_end(&w, arg_read_names(&sig, (const char *const *)keywords) && read_signature(&w, &sig)
                       && parse(&w, &sig, &call));
}

static int parse_call(const ArgCall *call, struct _PyArg_Parser *parser, int sizes_are_ssize, va_list va)
{
    if ((call->kwargs != NULL && !PyDict_Check(call->kwargs)) || (call->kwnames != NULL && !PyTuple_Check(call->kwnames))
        || parser == NULL || parser->format == NULL || parser->keywords == NULL) {
        PyErr_BadInternalCall();
        return 0;
    }
    ArgWalk w;
    ArgSignature sig;
    arg_begin(&w, parser->format, sizes_are_ssize, va);
    int ok = arg_read_names(&sig, parser->keywords) && read_signature(&w, &sig);
    sig.optional = ok && sig.min < sig.max;
    return arg_end(&w, ok && parse(&w, &sig, call));
}

static int parse_fast(PyObject *args, PyObject *kw, struct _PyArg_Parser *parser, int sizes_are_ssize, va_list va)
{
    if (args == NULL || !PyTuple_Check(args)) {
        PyErr_BadInternalCall();
        return 0;
    }
    ArgCall call = {((PyTupleObject *)args)->ob_item, Py_SIZE(args), kw, NULL,
                 kw != NULL && PyDict_Check(kw) ? PyDict_Size(kw) : 0};
    return parse_call(&call, parser, sizes_are_ssize, va);
}

PYAPI int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *kw, const char *format, char **keywords, va_list vargs)
{
    return parse_named(args, kw, format, keywords, 0, vargs);
}

PYAPI int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kw, const char *format, char **keywords, va_list vargs)
{
    return parse_named(args, kw, format, keywords, 1, vargs);
}

PYAPI int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *kw, const char *format, char **keywords, ...)
{
    va_list va;
    va_start(va, keywords);
    int ok = try_positional(args, kw, format, keywords, va);
    va_end(va);
    if (ok)
        return 1;
    va_start(va, keywords);
    ok = parse_named(args, kw, format, keywords, 0, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_ParseTupleAndKeywords_SizeT(PyObject *args, PyObject *kw, const char *format, char **keywords, ...)
{
    va_list va;
    va_start(va, keywords);
    int ok = try_positional(args, kw, format, keywords, va);
    va_end(va);
    if (ok)
        return 1;
    va_start(va, keywords);
    ok = parse_named(args, kw, format, keywords, 1, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_VaParseTupleAndKeywordsFast(PyObject *args, PyObject *kw, struct _PyArg_Parser *parser, va_list vargs)
{
    return parse_fast(args, kw, parser, 0, vargs);
}

PYAPI int _PyArg_VaParseTupleAndKeywordsFast_SizeT(PyObject *args, PyObject *kw, struct _PyArg_Parser *parser, va_list vargs)
{
    return parse_fast(args, kw, parser, 1, vargs);
}

PYAPI int _PyArg_ParseTupleAndKeywordsFast(PyObject *args, PyObject *kw, struct _PyArg_Parser *parser, ...)
{
    va_list va;
    va_start(va, parser);
    int ok = parse_fast(args, kw, parser, 0, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_ParseTupleAndKeywordsFast_SizeT(PyObject *args, PyObject *kw, struct _PyArg_Parser *parser, ...)
{
    va_list va;
    va_start(va, parser);
    int ok = parse_fast(args, kw, parser, 1, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_ParseStackAndKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, struct _PyArg_Parser *parser, ...)
{
    ArgCall call = {args, nargs, NULL, kwnames, kwnames != NULL ? PyTuple_GET_SIZE(kwnames) : 0};
    va_list va;
    va_start(va, parser);
    int ok = parse_call(&call, parser, 0, va);
    va_end(va);
    return ok;
}

PYAPI int _PyArg_ParseStackAndKeywords_SizeT(PyObject *const *args, Py_ssize_t nargs, PyObject *kwnames, struct _PyArg_Parser *parser, ...)
{
    ArgCall call = {args, nargs, NULL, kwnames, kwnames != NULL ? PyTuple_GET_SIZE(kwnames) : 0};
    va_list va;
    va_start(va, parser);
    int ok = parse_call(&call, parser, 1, va);
    va_end(va);
    return ok;
}
