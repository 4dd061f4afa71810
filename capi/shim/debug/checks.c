/* The checks that a wrapper makes before it calls the body, and what it notes afterwards. */
#include "debug/wrapper.h"

__thread MDebugSite m_debug_last __attribute__((tls_model("initial-exec")));
__thread uint64_t m_debug_outermost __attribute__((tls_model("initial-exec")));

static __thread struct { MDebugSite site; PyObject *type; } error __attribute__((tls_model("initial-exec")));      /* who set it */

/* The last calls, to find who changed a container. */
#define REMEMBERED 4096
static struct { MDebugSite site; PyObject *first; uint64_t number; } calls[REMEMBERED];
uint64_t m_debug_calls;

const MDebugSite *m_debug_change_of(PyObject *owner, uint64_t since)
{
    for (uint64_t n = m_debug_calls; n > since && n + REMEMBERED > m_debug_calls; n--)
        if (calls[n % REMEMBERED].first == owner && calls[n % REMEMBERED].site.flags & CHANGES)
            return &calls[n % REMEMBERED].site;
    return NULL;
}

/* Between two calls nothing sets the indicator: what is set now and was not before was set by the last call. */
static void note_error(MThread *t)
{
    if (t->err_type && t->err_type != error.type)
        error.site = m_debug_last;
    error.type = t->err_type;
}

static void report_lock(const MDebugSite *here)
{
    MReport report;
    if (!m_report_begin(&report, "no lock", here))
        return;
    fprintf(report.out, "%s() was called without the lock (the GIL): after PyEval_SaveThread() or Py_BEGIN_ALLOW_THREADS, or in a thread "
            "that has not called PyGILState_Ensure()\n", m_debug_functions[here->function].name);
    m_report_end(&report, 1);
}

static void report_error(MThread *t, const MDebugSite *here)
{
    MReport report;
    if (!m_report_begin(&report, "error ignored", here))
        return;
    PyTypeObject *type = (PyTypeObject *)t->err_type;
    fprintf(report.out, "%s() was called while an error is set (%s)\n", m_debug_functions[here->function].name,
            PyType_Check(type) ? type->tp_name : "?");
    m_report_site(&report, "set by", &error.site);
    m_report_end(&report, 1);
}

MDebugCall m_debug_enter(uint32_t function, uint32_t flags, PyObject *first, void *site)
{
    MThread *t = &m_tls;
    MDebugCall call = {{function, flags, site}, 0};
    if (m_is_shim(site))                /* the shim calls a slot: for the sake of the call under way */
        call.here = m_debug_last.function ? m_debug_last : call.here;
    else {
        if (unlikely(!t->active && flags & NEEDS_LOCK)) {
            report_lock(&call.here);
            m_enter(t);
            call.locked = 1;
        }
        if (t->active) {
            note_error(t);
            if (unlikely(t->err_type && flags & NEEDS_NO_ERROR))
                report_error(t, &call.here);
            m_debug_calls++;
            calls[m_debug_calls % REMEMBERED].site = call.here;
            calls[m_debug_calls % REMEMBERED].first = first;
            calls[m_debug_calls % REMEMBERED].number = m_debug_calls;
        }
    }
    m_debug_last = call.here;
    return call;
}

void m_debug_leave(MDebugCall *call)
{
    MThread *t = &m_tls;
    m_debug_last = call->here;
    if (t->active)
        note_error(t);
    if (call->locked) {
        if (t->pending && !t->saved)
            m_release_pending(t);
        m_leave(t);
    }
}

/* ---- the arguments ---------------------------------------------------------------------------------------------------- */

static void report_use(MDebugCall *call, PyObject *op, const char *kind, const char *what)
{
    MReport report;
    if (!m_report_begin(&report, kind, &call->here))
        return;
    fprintf(report.out, "%s() was called with %s\n", m_debug_functions[call->here.function].name, what);
    m_report_object(&report, op);
    m_report_end(&report, 1);
}

/* C has this object only as lent by a container: is it still there? */
static void check_lent(MDebugCall *call, PyObject *op, MBlock *block)
{
    PyObject *owner = block->owner;
    if (block->lent_outermost != m_debug_outermost || (op->ob_refcnt & (M_SHARE - 1)) > 1) {
        block->lent.function = 0;
        return;
    }
    if (block->lent_epoch == m_epoch || m_debug_is_freed(owner) || !M_HDR(owner)->link)
        return;
    if (m_debug_vm_holds(owner, op)) {
        block->lent_epoch = m_epoch;
        return;
    }
    MReport report;
    if (m_report_begin(&report, "borrowed reference", &call->here)) {
        fprintf(report.out, "%s() was called with a borrowed reference whose container has let go of it\n",
                m_debug_functions[call->here.function].name);
        m_report_object(&report, op);
        m_report_site(&report, "borrowed by", &block->lent);
        const MDebugSite *change = m_debug_change_of(owner, block->lent_number);
        if (change)
            m_report_site(&report, "container changed by", change);
        else
            fprintf(report.out, "    the container was changed by code that C called\n");
        m_report_end(&report, 1);
    }
    block->lent.function = 0;
}

int m_debug_object(MDebugCall *call, PyObject *op)
{
    if (!op)
        return 0;
    if (unlikely(m_debug_is_freed(op))) {
        report_use(call, op, "use of a freed object", "an object that was freed");
        return 1;
    }
    MBlock *block = m_debug_watched(op);
    if (!block || block->kind != IS_OBJECT || call->here.flags & TAKES_DYING)
        return 0;
    if (unlikely(op->ob_refcnt <= 0 && block->header.flags & M_DEAD))
        report_use(call, op, "use of a released object", "an object to which C has no reference any more; it may be freed at any time");
    else if (unlikely(block->lent.function && block->owner != op))
        check_lent(call, op, block);
    return 0;
}

void m_debug_refuse(MDebugCall *call)
{
    if (m_tls.active)
        PyErr_Format(PyExc_SystemError, "%s() was called with an object that was freed (CAPI_DEBUG has the report)",
                     m_debug_functions[call->here.function].name);
    m_debug_leave(call);
}

/* ---- the results --------------------------------------------------------------------------------------------------------- */

void m_debug_lent(MDebugCall *call, PyObject *op, PyObject *owner)
{
    MBlock *block = op && m_debug_watched(owner) ? m_debug_watched(op) : NULL;
    if (!block)
        return;
    block->lent = call->here;
    block->owner = owner;
    block->lent_number = m_debug_calls;
    block->lent_epoch = m_epoch;
    block->lent_outermost = m_debug_outermost;
}

void m_debug_got(MDebugCall *call, PyObject *op)
{
    MBlock *block = op ? m_debug_watched(op) : NULL;
    if (!block)
        return;
    block->got = call->here;
    block->lent.function = 0;
}

#ifdef __x86_64__
long m_debug_variadic(uint32_t function, uint32_t mask, void *site, PyObject *const *registers)
{
    MDebugCall call = m_debug_enter(function, m_debug_functions[function].flags & ~(uint32_t)NEEDS_LOCK, mask & 1 ? registers[0] : NULL, site);
    if (!m_tls.active && m_debug_functions[function].flags & NEEDS_LOCK && !m_is_shim(site))
        report_lock(&call.here);
    for (int i = 0; mask >> i; i++)
        if (mask >> i & 1 && m_debug_object(&call, registers[i])) {
            m_debug_refuse(&call);
            return 1;
        }
    return 0;
}
#endif
