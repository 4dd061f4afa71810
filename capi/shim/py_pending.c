/* Py_AddPendingCall(): calls that wait for a moment when Python code may run in the main thread. */
#include "core/mooring.h"

#define MAX_PENDING 32

static struct {
    int (*func)(void *);
    void *arg;
} pending[MAX_PENDING];
static int pending_first, pending_running;
volatile int m_pending_calls;
static pthread_mutex_t pending_mutex = PTHREAD_MUTEX_INITIALIZER;

PYAPI int Py_AddPendingCall(int (*func)(void *), void *arg)
{
    pthread_mutex_lock(&pending_mutex);
    int full = m_pending_calls == MAX_PENDING;
    if (!full) {
        int last = (pending_first + m_pending_calls++) % MAX_PENDING;
        pending[last].func = func;
        pending[last].arg = arg;
    }
    pthread_mutex_unlock(&pending_mutex);
    if (m_main)
        ((volatile MThread *)m_main)->pending = 1;      /* its next return from C looks here */
    return full ? -1 : 0;
}

/* Those that are waiting now; one that fails leaves the rest for the next time. */
PYAPI int Py_MakePendingCalls(void)
{
    if (!m_pending_calls || &m_tls != m_main)
        return 0;
    int error = 0;
    pthread_mutex_lock(&pending_mutex);
    int left = pending_running ? 0 : m_pending_calls;
    int ours = left > 0;
    pending_running |= ours;
    while (left-- > 0 && error == 0) {
        int (*func)(void *) = pending[pending_first].func;
        void *arg = pending[pending_first].arg;
        pending_first = (pending_first + 1) % MAX_PENDING;
        m_pending_calls--;
        pthread_mutex_unlock(&pending_mutex);
        error = func(arg);
        pthread_mutex_lock(&pending_mutex);
    }
    if (ours)
        pending_running = 0;
    pthread_mutex_unlock(&pending_mutex);
    return error ? -1 : 0;
}

/* A C function has returned to the VM: an error of a pending call is nobody's, and told as such. */
void m_run_pending_calls(void)
{
    PyObject *type, *value, *tb;
    if (pending_running)
        return;
    PyErr_Fetch(&type, &value, &tb);
    if (Py_MakePendingCalls() < 0)
        _PyErr_WriteUnraisableMsg("in a pending call", NULL);
    PyErr_Restore(type, value, tb);
}
