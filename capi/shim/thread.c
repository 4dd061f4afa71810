/* PyThread_...: locks, threads, thread-local storage. None of them touches the C-API lock, as in CPython. */
#include "core/mooring.h"
#include <semaphore.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>

static size_t stack_size;                /* 0: the system's choice */

PYAPI void PyThread_init_thread(void)
{
}

PYAPI unsigned long PyThread_get_thread_ident(void)
{
    return (unsigned long)pthread_self();
}

PYAPI unsigned long PyThread_get_thread_native_id(void)
{
    return (unsigned long)syscall(SYS_gettid);
}

typedef struct {
    void (*func)(void *);
    void *arg;
} Start;

static void *run_thread(void *p)
{
    Start start = *(Start *)p;
    PyMem_RawFree(p);
    start.func(start.arg);
    return NULL;
}

PYAPI unsigned long PyThread_start_new_thread(void (*func)(void *), void *arg)
{
    pthread_t thread;
    pthread_attr_t attributes;
    int error;

    Start *start = PyMem_RawMalloc(sizeof(Start));
    if (start == NULL)
        return PYTHREAD_INVALID_THREAD_ID;
    *start = (Start){func, arg};
    if (pthread_attr_init(&attributes) != 0) {
        PyMem_RawFree(start);
        return PYTHREAD_INVALID_THREAD_ID;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (stack_size != 0)
        pthread_attr_setstacksize(&attributes, stack_size);
    error = pthread_create(&thread, &attributes, run_thread, start);
    pthread_attr_destroy(&attributes);
    if (error) {
        PyMem_RawFree(start);
        return PYTHREAD_INVALID_THREAD_ID;
    }
    return (unsigned long)thread;
}

PYAPI void PyThread_exit_thread(void)
{
    pthread_exit(NULL);
}

PYAPI size_t PyThread_get_stacksize(void)
{
    return stack_size;
}

/* -1: the size is not possible. */
PYAPI int PyThread_set_stacksize(size_t size)
{
    pthread_attr_t attributes;
    int error = 0;

    if (size != 0) {
        if (pthread_attr_init(&attributes) != 0)
            return -1;
        error = size < 0x8000 || pthread_attr_setstacksize(&attributes, size) != 0;
        pthread_attr_destroy(&attributes);
    }
    if (error)
        return -1;
    stack_size = size;
    return 0;
}

/* ---- locks: a semaphore of one, since any thread may release it --------------------------------------------------- */

PYAPI PyThread_type_lock PyThread_allocate_lock(void)
{
    sem_t *lock = PyMem_RawMalloc(sizeof(sem_t));
    if (lock != NULL && sem_init(lock, 0, 1) != 0) {
        PyMem_RawFree(lock);
        return NULL;
    }
    return lock;
}

PYAPI void PyThread_free_lock(PyThread_type_lock lock)
{
    if (lock == NULL)
        return;
    sem_destroy(lock);
    PyMem_RawFree(lock);
}

static struct timespec deadline_after(PY_TIMEOUT_T microseconds)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += microseconds / 1000000;
    t.tv_nsec += microseconds % 1000000 * 1000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* microseconds: 0 does not wait, < 0 waits for ever. A signal ends the wait only with intr_flag. */
PYAPI PyLockStatus PyThread_acquire_lock_timed(PyThread_type_lock lock, long long microseconds, int intr_flag)
{
    int error;

    if (sem_trywait(lock) == 0)
        return PY_LOCK_ACQUIRED;
    if (microseconds == 0)
        return PY_LOCK_FAILURE;
    struct timespec deadline = {0};
    if (microseconds > 0)
        deadline = deadline_after(microseconds);
    do
        error = (microseconds > 0 ? sem_timedwait(lock, &deadline) : sem_wait(lock)) == 0 ? 0 : errno;
    while (error == EINTR && !intr_flag);
    return error == 0 ? PY_LOCK_ACQUIRED : error == EINTR ? PY_LOCK_INTR : PY_LOCK_FAILURE;
}

PYAPI int PyThread_acquire_lock(PyThread_type_lock lock, int waitflag)
{
    return PyThread_acquire_lock_timed(lock, waitflag ? -1 : 0, 0) == PY_LOCK_ACQUIRED;
}

PYAPI void PyThread_release_lock(PyThread_type_lock lock)
{
    sem_post(lock);
}

/* ---- thread-specific storage ---------------------------------------------------------------------------------------- */

PYAPI Py_tss_t *PyThread_tss_alloc(void)
{
    return PyMem_RawCalloc(1, sizeof(Py_tss_t));
}

PYAPI void PyThread_tss_free(Py_tss_t *key)
{
    if (key != NULL) {
        PyThread_tss_delete(key);
        PyMem_RawFree(key);
    }
}

PYAPI int PyThread_tss_is_created(Py_tss_t *key)
{
    return key->_is_initialized;
}

PYAPI int PyThread_tss_create(Py_tss_t *key)
{
    if (key->_is_initialized)
        return 0;
    if (pthread_key_create(&key->_key, NULL) != 0)
        return -1;
    key->_is_initialized = 1;
    return 0;
}

PYAPI void PyThread_tss_delete(Py_tss_t *key)
{
    if (key->_is_initialized)
        pthread_key_delete(key->_key);
    key->_is_initialized = 0;
}

PYAPI int PyThread_tss_set(Py_tss_t *key, void *value)
{
    return pthread_setspecific(key->_key, value) == 0 ? 0 : -1;
}

PYAPI void *PyThread_tss_get(Py_tss_t *key)
{
    return pthread_getspecific(key->_key);
}

/* ---- the older form, with int keys ------------------------------------------------------------------------------------ */

PYAPI int PyThread_create_key(void)
{
    pthread_key_t key;
    if (pthread_key_create(&key, NULL) != 0)
        return -1;
    if (key > INT_MAX) {
        pthread_key_delete(key);
        return -1;
    }
    return (int)key;
}

PYAPI void PyThread_delete_key(int key)
{
    pthread_key_delete((pthread_key_t)key);
}

PYAPI int PyThread_set_key_value(int key, void *value)
{
    return pthread_setspecific((pthread_key_t)key, value) == 0 ? 0 : -1;
}

PYAPI void *PyThread_get_key_value(int key)
{
    return pthread_getspecific((pthread_key_t)key);
}

PYAPI void PyThread_delete_key_value(int key)
{
    pthread_setspecific((pthread_key_t)key, NULL);
}

PYAPI void PyThread_ReInitTLS(void)
{
}
