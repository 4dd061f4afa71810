/* What the VM keeps alive in C without a link that says so. */
#ifndef MOORING_FLIGHT_H
#define MOORING_FLIGHT_H
#include "core/mooring.h"

void m_spare_dead(void);
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

void m_mark_flights(const W *flights, int flying);     /* set or take back M_FLYING */
int m_is_flying(const W *flights, W handle);

/* While several threads run another one may drain or sweep at any time, and where a wrapper is made of many parts much may cross
   before it is there: then each object with a handle that is on its way has a share of its own, until the VM frame that gets the
   word calls again, the callback whose argument it is has returned, or m_land().
   Marked in the list of temps by the lowest bit of the address. */
#define M_FLIGHT ((Py_ssize_t)1 << 40)

static inline void m_fly(MThread *t, PyObject *op)
{
    op->ob_refcnt += M_FLIGHT;
    if (likely(M_HDR(op)->magic == M_MAGIC(op)))
        M_HDR(op)->flags |= M_CROSSES;
    m_temp(t, (PyObject *)((uintptr_t)op | 1));
}

/* True if `op`, an entry of the temps, was such an object; its share is taken back. */
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
