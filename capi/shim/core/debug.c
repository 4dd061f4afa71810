/* What is alive: counters that the tests read. */
#include "core/mooring.h"

/* Number of blocks that m_alloc() gave and that are neither freed nor wait in a free list. */
VMCALL long m_count_blocks(void)
{
    long waiting = m_free_long_n + m_free_float_n + m_free_proxy_n;
    for (size_t i = 0; i < sizeof m_free_tuple_n / sizeof *m_free_tuple_n; i++)
        waiting += m_free_tuple_n[i];
    return m_blocks - waiting;
}

/* Number of objects that wait to be released: arguments of a call, and borrowed references. */
VMCALL long m_count_waiting(void)
{
    return m_tls.temps_n + m_tls.deferred_n + m_tls.given.n + m_tls.texts.n;
}

/* Handle and address of the link at `index`, 0 if it is free; -1 behind the last. */
VMCALL W m_link_at(long index, W *address)
{
    if (index >= m_slots_n)
        return -1;
    *address = (W)m_slots[index].obj;
    return m_slots[index].obj ? m_slots[index].handle : 0;
}

/* Name of the type of the object at `address`, and its references besides the VM's share. */
VMCALL const char *m_describe(W address, long *references)
{
    PyObject *op = (PyObject *)address;
    *references = (long)(op->ob_refcnt >= M_SHARE / 2 ? op->ob_refcnt - M_SHARE : op->ob_refcnt);
    return Py_TYPE(op)->tp_name;
}
