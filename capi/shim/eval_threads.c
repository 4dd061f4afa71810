/* PyEval_SaveThread(), PyGILState_..., PyThreadState_..., PyInterpreterState_...: the C-API lock as CPython's lock, a
   state for each thread, and the one interpreter. */
#include "core/mooring.h"

typedef struct State {
    PyThreadState base;
    PyObject *dict;
    uint64_t id;
    MThread *thread;                    /* whose own state this is; NULL for one that C code made */
} State;

struct _is {
    PyObject *dict;
};

static PyInterpreterState interpreter;
static uint64_t last_id;
static __thread PyThreadState *current;  /* another state that C code swapped in */

static State *state_new(MThread *t)
{
    State *state = calloc(1, sizeof(State));
    if (!state)
        Py_FatalError("mooring: out of memory");
    state->base.interp = &interpreter;
    state->id = __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
    state->thread = t;
    return state;
}

static PyThreadState *own_state(void)
{
    MThread *t = &m_tls;
    if (unlikely(!t->tstate))
        t->tstate = &state_new(t)->base;
    return t->tstate;
}

static PyThreadState *state_now(void)
{
    return current ? current : own_state();
}

void m_thread_state_free(MThread *t)
{
    State *state = (State *)t->tstate;
    if (!state)
        return;
    t->tstate = NULL;
    Py_XDECREF(state->dict);
    free(state);
}

/* ---- leaving and entering ----------------------------------------------------------------------------------------- */

PYAPI PyThreadState *PyEval_SaveThread(void)
{
    MThread *t = &m_tls;
    PyThreadState *state = state_now();
    if (unlikely(!t->active))
        Py_FatalError("PyEval_SaveThread: the thread does not hold the lock");
    t->saved++;
    current = NULL;
    m_leave(t);
    return state;
}

PYAPI void PyEval_RestoreThread(PyThreadState *tstate)
{
    MThread *t = &m_tls;
    if (unlikely(!tstate))
        Py_FatalError("PyEval_RestoreThread: NULL tstate");
    m_enter(t);
    if (t->saved)
        t->saved--;
    current = tstate == t->tstate ? NULL : tstate;
}

PYAPI void PyEval_AcquireThread(PyThreadState *tstate)
{
    PyEval_RestoreThread(tstate);
}

PYAPI void PyEval_ReleaseThread(PyThreadState *tstate)
{
    (void)tstate;
    PyEval_SaveThread();
}

PYAPI void PyEval_AcquireLock(void)
{
    m_enter(&m_tls);
}

PYAPI void PyEval_ReleaseLock(void)
{
    m_leave(&m_tls);
}

PYAPI void PyEval_InitThreads(void)
{
}

PYAPI int PyEval_ThreadsInitialized(void)
{
    return 1;
}

/* ---- PyGILState_... -------------------------------------------------------------------------------------------------- */

PYAPI PyGILState_STATE PyGILState_Ensure(void)
{
    MThread *t = &m_tls;
    t->gilstate++;
    if (t->active)
        return PyGILState_LOCKED;
    m_enter(t);
    return PyGILState_UNLOCKED;
}

PYAPI void PyGILState_Release(PyGILState_STATE state)
{
    MThread *t = &m_tls;
    if (unlikely(!t->active || t->gilstate <= 0))
        Py_FatalError("PyGILState_Release: the thread does not hold the lock by PyGILState_Ensure");
    t->gilstate--;
    if (state == PyGILState_LOCKED)
        return;
    if (t->pending && !t->saved)        /* no C function of this thread is under way: nothing borrowed is in use */
        m_release_pending(t);
    m_leave(t);
}

PYAPI int PyGILState_Check(void)
{
    return m_tls.active != 0;
}

PYAPI PyThreadState *PyGILState_GetThisThreadState(void)
{
    MThread *t = &m_tls;
    return t->known ? own_state() : NULL;
}

PYAPI PyInterpreterState *_PyGILState_GetInterpreterStateUnsafe(void)
{
    return &interpreter;
}

/* ---- PyThreadState_... ------------------------------------------------------------------------------------------------ */

PYAPI PyThreadState *PyThreadState_Get(void)
{
    if (unlikely(!m_tls.active))
        Py_FatalError("PyThreadState_Get: the thread does not hold the lock");
    return state_now();
}

PYAPI PyThreadState *_PyThreadState_UncheckedGet(void)
{
    return m_tls.active ? state_now() : NULL;
}

PYAPI PyThreadState *PyThreadState_New(PyInterpreterState *interp)
{
    (void)interp;
    return &state_new(NULL)->base;
}

PYAPI PyThreadState *_PyThreadState_Prealloc(PyInterpreterState *interp)
{
    return PyThreadState_New(interp);
}

PYAPI PyThreadState *_PyThreadState_Init(PyThreadState *tstate)
{
    return tstate;
}

PYAPI void PyThreadState_Clear(PyThreadState *tstate)
{
    Py_CLEAR(((State *)tstate)->dict);
}

PYAPI void PyThreadState_Delete(PyThreadState *tstate)
{
    State *state = (State *)tstate;
    if (!state->thread)                 /* a thread's own state lives as long as the thread */
        free(state);
}

PYAPI void PyThreadState_DeleteCurrent(void)
{
    MThread *t = &m_tls;
    PyThreadState *state = state_now();
    current = NULL;
    PyThreadState_Delete(state);
    m_leave(t);
}

/* The lock stays where it is; NULL means the thread's own state. */
PYAPI PyThreadState *PyThreadState_Swap(PyThreadState *tstate)
{
    PyThreadState *old = state_now();
    current = tstate == own_state() ? NULL : tstate;
    return old;
}

PYAPI PyObject *_PyThreadState_GetDict(PyThreadState *tstate)
{
    State *state = (State *)tstate;
    if (!state->dict)
        state->dict = PyDict_New();
    return state->dict;                 /* borrowed */
}

PYAPI PyObject *PyThreadState_GetDict(void)
{
    if (!m_tls.active)
        return NULL;
    PyObject *dict = _PyThreadState_GetDict(state_now());
    if (!dict)
        PyErr_Clear();
    return dict;
}

PYAPI uint64_t PyThreadState_GetID(PyThreadState *tstate)
{
    return ((State *)tstate)->id;
}

PYAPI PyInterpreterState *PyThreadState_GetInterpreter(PyThreadState *tstate)
{
    return tstate->interp;
}

PYAPI PyThreadState *PyThreadState_Next(PyThreadState *tstate)
{
    (void)tstate;
    return NULL;
}

PYAPI PyFrameObject *PyThreadState_GetFrame(PyThreadState *tstate)
{
    if (tstate != own_state())
        return NULL;
    PyFrameObject *frame = PyEval_GetFrame();       /* borrowed */
    Py_XINCREF(frame);
    return frame;
}

PYAPI void PyThreadState_EnterTracing(PyThreadState *tstate)
{
    (void)tstate;
}

PYAPI void PyThreadState_LeaveTracing(PyThreadState *tstate)
{
    (void)tstate;
}

/* ---- PyInterpreterState_... ---------------------------------------------------------------------------------------------- */

PYAPI PyInterpreterState *PyInterpreterState_Get(void)
{
    return &interpreter;
}

PYAPI PyInterpreterState *PyInterpreterState_Main(void)
{
    return &interpreter;
}

PYAPI PyInterpreterState *PyInterpreterState_Head(void)
{
    return &interpreter;
}

PYAPI PyInterpreterState *PyInterpreterState_Next(PyInterpreterState *interp)
{
    (void)interp;
    return NULL;
}

PYAPI PyThreadState *PyInterpreterState_ThreadHead(PyInterpreterState *interp)
{
    (void)interp;
    return own_state();
}

PYAPI int64_t PyInterpreterState_GetID(PyInterpreterState *interp)
{
    (void)interp;
    return 0;
}

PYAPI PyObject *PyInterpreterState_GetDict(PyInterpreterState *interp)
{
    if (!interp->dict && !(interp->dict = PyDict_New()))
        PyErr_Clear();
    return interp->dict;                /* borrowed */
}

PYAPI void PyInterpreterState_Clear(PyInterpreterState *interp)
{
    Py_CLEAR(interp->dict);
}

PYAPI void PyInterpreterState_Delete(PyInterpreterState *interp)
{
    (void)interp;
}

PYAPI PyInterpreterState *PyInterpreterState_New(void)
{
    return NULL;                        /* there is one */
}

PYAPI PyObject *_PyInterpreterState_GetMainModule(PyInterpreterState *interp)
{
    (void)interp;
    return PyImport_ImportModule("__main__");
}
