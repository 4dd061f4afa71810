/* The debug build (CAPI_DEBUG): included by core/mooring.h in that build only.  docs/debugging.md says what it reports. */
#ifndef MOORING_DEBUG_H
#define MOORING_DEBUG_H

#define M_DEBUG(...) __VA_ARGS__

typedef struct {
    uint32_t function;                  /* index in m_debug_functions */
    uint32_t flags;
    void *site;                         /* where it was called */
} MDebugSite;

/* The call that C made last, or that is under way; function 0: none since the VM called C. */
extern __thread MDebugSite m_debug_last __attribute__((tls_model("initial-exec")));
extern __thread uint64_t m_debug_outermost __attribute__((tls_model("initial-exec")));

static inline void m_debug_from_vm(MThread *t)
{
    if (!t->depth) {
        m_debug_last.function = 0;
        m_debug_outermost++;
    }
}

void *m_debug_block(size_t size, int zero);             /* an object's memory, header included */
void m_debug_free(void *p);
int m_debug_free_other(void *p);        /* of PyMem_Malloc(), or freed before; 0 if it is neither */
void *m_debug_resize(void *p, size_t size);             /* NULL leaves it as it was */
void *m_debug_mem(void *p, size_t size, int zero);      /* PyMem_Malloc(), PyMem_Realloc() */
int m_debug_is_mem(void *p);
void m_debug_drained(PyObject *op);     /* a dead proxy is about to go */
void m_debug_keep(PyObject *op);        /* a cache of the layer has it: no leak */
#endif
