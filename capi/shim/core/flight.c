/* Words on their way to the VM: see flight.h. */
#include "core/flight.h"

W m_flights[M_FLIGHTS];
uint32_t m_flights_n;

/* The call before was of another VM frame: what lies deeper in the stack than this one has been read. */
MOutValue *m_out_of_another(MOut *out, char *frame)
{
    MOutValue *value = out->last;
    while (value > out->values && value->frame <= frame + M_FRAME_ROOM)
        value--;
    if (value < out->values + M_OUTS - 1)
        value++;
    value->frame = frame;
    return out->last = value;
}

/* Nothing is on its way to the VM: gc.collect() was called. */
VMCALL void m_all_landed(void)
{
    memset(m_flights, 0, sizeof m_flights);
}

/* Keep the link of the object at `address` until m_land(): the VM makes or moves what stands for it. */
VMCALL void m_lift(W address)
{
    MThread *t = &m_tls;
    m_enter(t);
    ((PyObject *)address)->ob_refcnt += M_FLIGHT;
    m_leave(t);
}

/* The same by its handle: the address, or 0 if the handle is stale.  A settled one is a weak one from which no word of the strong one
   that it was is on its way any more. */
VMCALL W m_lift_link(W handle, int settled)
{
    MThread *t = &m_tls;
    W address = 0;
    m_enter(t);
    MSlot *slot = &m_slots[W_INDEX(handle)];
    if (slot->handle == handle && slot->obj && !(settled && m_flies(slot->obj))) {
        slot->obj->ob_refcnt += M_FLIGHT;
        address = (W)slot->obj;
    }
    m_leave(t);
    return address;
}

VMCALL void m_land(W address)
{
    MThread *t = &m_tls;
    PyObject *op = (PyObject *)address;
    m_enter(t);
    op->ob_refcnt -= M_FLIGHT - 1;
    Py_DECREF(op);
    m_leave(t);
}

void m_mark_flights(const W *flights, int flying)
{
    for (int i = 0; i < M_FLIGHTS; i++) {
        MSlot *slot = &m_slots[W_INDEX(flights[i])];
        if (slot->handle != flights[i] || !slot->obj || M_HDR(slot->obj)->magic != M_MAGIC(slot->obj))
            continue;
        if (flying)
            M_HDR(slot->obj)->flags |= M_FLYING;
        else
            M_HDR(slot->obj)->flags &= ~M_FLYING;
    }
}

/* The same for one that has no header to be marked: it may be in static memory. */
int m_is_flying(const W *flights, W handle)
{
    for (int i = 0; i < M_FLIGHTS; i++)
        if (flights[i] == handle)
            return 1;
    return 0;
}
