/* _PyArg_UnpackKeywords(): what Argument Clinic's generated code calls. */
#include "core/mooring.h"
#include "arg.h"

static int arity_ok(const char *function, const ArgSignature *sig, const ArgCall *call)
{
    int least = sig->pos < sig->min ? sig->pos : sig->min;

    if (call->nargs + call->nkwargs > sig->len) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", ARG_CALLER(function),
                     sig->len, call->nargs == 0 ? "keyword " : "", sig->len == 1 ? "" : "s",
                     call->nargs + call->nkwargs);
        return 0;
    }
    if (call->nargs > sig->max) {
        if (sig->max > 0)
            return arg_set_positional_error(function, sig->min < sig->max ? "at most" : "exactly", sig->max, call->nargs);
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", ARG_CALLER(function));
        return 0;
    }
    if (call->nargs < least)
        return arg_set_positional_error(function, least < sig->max ? "at least" : "exactly", least, call->nargs);
    return 1;
}

/* Borrowed arguments in the order of the parameters: args itself where no keyword was given, else buf. */
PYAPI PyObject *const *_PyArg_UnpackKeywords(PyObject *const *args, Py_ssize_t nargs, PyObject *kwargs, PyObject *kwnames, struct _PyArg_Parser *parser, int minpos, int maxpos, int minkw, PyObject **buf)
{
    if ((kwargs != NULL && !PyDict_Check(kwargs)) || parser == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (args == NULL && nargs == 0)
        args = buf;
    Py_ssize_t nkwargs = kwargs != NULL ? PyDict_Size(kwargs) : kwnames != NULL ? PyTuple_GET_SIZE(kwnames) : 0;
    if (nkwargs == 0 && minkw == 0 && minpos <= nargs && nargs <= maxpos)
        return args;

    ArgCall call = {args, nargs, kwargs, kwnames, nkwargs};
    ArgSignature sig = {.min = minpos, .max = maxpos};
    const char *function = parser->fname;
    if (function == NULL && parser->format != NULL && strchr(parser->format, ':') != NULL)
        function = strchr(parser->format, ':') + 1;
    if (!arg_read_names(&sig, parser->keywords) || !arity_ok(function, &sig, &call))
        return NULL;

    int required = minkw ? maxpos + minkw : minpos;
    memmove(buf, args, nargs * sizeof(PyObject *));
    for (int i = (int)nargs; i < sig.pos; i++)
        buf[i] = NULL;
    for (int i = (int)nargs > sig.pos ? (int)nargs : sig.pos; i < sig.len; i++) {
        if (!nkwargs && i >= required) {
            buf[i] = NULL;
            continue;
        }
        buf[i] = nkwargs ? arg_find_keyword(&call, sig.names[i]) : NULL;
        if (buf[i] != NULL) {
            nkwargs--;
        } else if (PyErr_Occurred()) {
            return NULL;
        } else if (i < minpos || (maxpos <= i && i < required)) {
            PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %d)", ARG_CALLER(function),
                         sig.names[i], i + 1);
            return NULL;
        }
    }
    if (nkwargs && !arg_set_keyword_error(function, &sig, &call))
        return NULL;
    return buf;
}
