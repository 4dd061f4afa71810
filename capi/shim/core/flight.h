/* What the VM keeps alive in C without a link that says so. */
#ifndef MOORING_FLIGHT_H
#define MOORING_FLIGHT_H
#include "core/mooring.h"

void m_lend(PyObject *op);              /* the VM's reference to a tuple that C made */

/* An instance on its way to the VM may have no wrapper yet.  A hook of the garbage collector may sweep between the end of a call and
   the making of the wrapper, hence the last words of instances are remembered: a sweep leaves these alone. */
#define M_FLIGHTS 64
extern W m_flights[M_FLIGHTS];
extern uint32_t m_flights_n;

static inline void m_took_off(W w)
{
    m_flights[m_flights_n++ % M_FLIGHTS] = w;
}

/* While several threads run another one may sweep at any time, and where a wrapper is made of many parts much may cross before it
   is there: then a share of its own keeps the link, until this thread's next call has returned, or m_land().
   Marked in the list of temps by the lowest bit of the address. */
#define M_FLIGHT ((Py_ssize_t)1 << 40)

static inline void m_fly(MThread *t, PyObject *op)
{
    op->ob_refcnt += M_FLIGHT;
    if (likely(M_HDR(op)->magic == M_MAGIC(op)))
        M_HDR(op)->flags |= M_CROSSES;
    m_temp(t, (PyObject *)((uintptr_t)op | 1));
}

/* True if `op`, an entry of the temps, was such an instance; its share is taken back. */
static inline int m_landed(PyObject *op)
{
    if (likely(!((uintptr_t)op & 1)))
        return 0;
    op = (PyObject *)((uintptr_t)op & ~(uintptr_t)1);
    op->ob_refcnt -= M_FLIGHT - 1;
    Py_DECREF(op);
    return 1;
}

static inline int m_flies(PyObject *op)
{
    return (op->ob_refcnt & (M_SHARE - 1)) >= M_FLIGHT;
}

#endif
