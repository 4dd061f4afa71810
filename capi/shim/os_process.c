/* PyOS_...: forks, signals, hooks. */
#include "core/mooring.h"
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

PYAPI int (*PyOS_InputHook)(void);

/* The lock itself is looked after by pthread_atfork(). */
PYAPI void PyOS_BeforeFork(void)
{
}

PYAPI void PyOS_AfterFork_Parent(void)
{
}

PYAPI void PyOS_AfterFork_Child(void)
{
    if (vm_after_fork_child() < 0)
        PyErr_Clear();
}

PYAPI void PyOS_AfterFork(void)
{
    PyOS_AfterFork_Child();
}

PYAPI int _PyOS_IsMainThread(void)
{
    return getpid() == syscall(SYS_gettid);
}

/* True if SIGINT came; its handler has run then, and what it raised is dropped. */
PYAPI int PyOS_InterruptOccurred(void)
{
    if (!_PyOS_IsMainThread() || PyErr_CheckSignals() == 0)
        return 0;
    PyErr_Clear();
    return 1;
}
