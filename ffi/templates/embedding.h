/* A library with Python inside.  The first call of an exported function starts Python, imports this module and runs its
   initialisation code; several threads, and several such libraries in one process, may do so at once. */

#if defined(_WIN32)
#  define CFFI_DLLEXPORT  __declspec(dllexport)
#elif defined(__GNUC__)
#  define CFFI_DLLEXPORT  __attribute__((visibility("default")))
#else
#  define CFFI_DLLEXPORT
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* What extern "Python" functions call: `start_and_call` until all is set up, then the engine's function,
   which is in _cffi_call_python_org (NULL if setting up has failed). */
#undef _cffi_call_python
typedef void (*_cffi_call_python_fnptr)(struct _ffi_externpy_s *, char *);
static void _cffi_start_and_call_python(struct _ffi_externpy_s *, char *);
static _cffi_call_python_fnptr _cffi_call_python = &_cffi_start_and_call_python;

/* ---- locks ---- */

#ifdef _MSC_VER
#  include <Windows.h>
#  define _cffi_swap(place, old, value)  (InterlockedCompareExchangePointer((void *volatile *)(place), (value), (old)) == (old))
#  define _cffi_fence()                  MemoryBarrier()
static CRITICAL_SECTION _cffi_start_lock;
#  define _cffi_make_lock()              InitializeCriticalSection(&_cffi_start_lock)
#  define _cffi_lock()                   EnterCriticalSection(&_cffi_start_lock)
#  define _cffi_unlock()                 LeaveCriticalSection(&_cffi_start_lock)
#else
#  include <pthread.h>
#  define _cffi_swap(place, old, value)  __sync_bool_compare_and_swap(place, old, value)
#  define _cffi_fence()                  __sync_synchronize()
static pthread_mutex_t _cffi_start_lock;
static void _cffi_make_lock(void)
{
    pthread_mutexattr_t recursive;      /* the initialisation code may call an exported function */
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&_cffi_start_lock, &recursive);
    pthread_mutexattr_destroy(&recursive);
}
#  define _cffi_lock()                   pthread_mutex_lock(&_cffi_start_lock)
#  define _cffi_unlock()                 pthread_mutex_unlock(&_cffi_start_lock)
#endif

static void _cffi_enter_start(void)
{
    static void *volatile guard = NULL;
    static char made = 0;

    while (!_cffi_swap(&guard, NULL, (void *)1))
        continue;
    if (!made) {
        _cffi_make_lock();
        made = 1;
    }
    while (!_cffi_swap(&guard, (void *)1, NULL))
        continue;
    _cffi_lock();
}

/* ---- starting Python: nonzero for failure ---- */

#ifdef PYPY_VERSION

PyMODINIT_FUNC _CFFI_PYTHON_STARTUP_FUNC(const void *[]);

static struct _ffi_pypy_init_s {
    const char *name;
    void *function;
    const char *code;
} _cffi_pypy_init = {_CFFI_MODULE_NAME, (void *)_CFFI_PYTHON_STARTUP_FUNC, _CFFI_PYTHON_STARTUP_CODE};

extern int pypy_carefully_make_gil(const char *);
extern int pypy_init_embedded_cffi_module(int, struct _ffi_pypy_init_s *);
#  define _cffi_make_interpreter()  pypy_carefully_make_gil(_CFFI_MODULE_NAME)
#  define _cffi_make_module()       pypy_init_embedded_cffi_module(0xB011, &_cffi_pypy_init)

#else

#  define _cffi_call_python_org  _cffi_exports[_CFFI_CPIDX]
PyMODINIT_FUNC _CFFI_PYTHON_STARTUP_FUNC(void);

/* One library at a time may initialise the interpreter.  The lock must be the same in all of them, those made by cffi
   included: a slot of a static type of Python that nobody else uses, set for a moment to what says "locked". */
static int _cffi_make_interpreter(void)
{
#  if PY_VERSION_HEX < 0x030C0000
    int volatile *lock = (int volatile *)&PyCapsule_Type.tp_version_tag;
    int unlocked = 0, locked = -42;
#  else
    static struct { PyBufferProcs procs; int mark; } occupied;
    PyBufferProcs *volatile *lock = (PyBufferProcs *volatile *)&PyCapsule_Type.tp_as_buffer;
    PyBufferProcs *unlocked = NULL, *locked = &occupied.procs;
    occupied.mark = -42;
#  endif

    while (!_cffi_swap(lock, unlocked, locked))
        continue;
    if (!Py_IsInitialized()) {
        Py_InitializeEx(0);             /* 0: signals are the program's own */
        PyEval_SaveThread();
    }
    while (!_cffi_swap(lock, locked, unlocked))
        continue;
    return 0;
}

static void _cffi_tell_failure(void)
{
    PyObject *type, *value, *traceback, *modules, *engine, *file, *out;

    PyErr_Fetch(&type, &value, &traceback);
    out = PySys_GetObject((char *)"stderr");
    if (out != NULL && out != Py_None)
        PyFile_WriteString("Python could not be set up inside " _CFFI_MODULE_NAME ":\n\n", out);
    if (type != NULL) {
        PyErr_NormalizeException(&type, &value, &traceback);
        PyErr_Display(type, value, traceback);
    }
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    if (out != NULL && out != Py_None) {
        modules = PyImport_GetModuleDict();
        engine = PyDict_GetItemString(modules, "_cffi_backend");
        file = engine == NULL ? NULL : PyObject_GetAttrString(engine, "__file__");
        PyFile_WriteString("\nthe engine, _cffi_backend: ", out);
        if (file != NULL)
            PyFile_WriteObject(file, out, 0);
        else
            PyFile_WriteString("not loaded", out);
        Py_XDECREF(file);
        PyFile_WriteString("\nsys.path: ", out);
        PyFile_WriteObject(PySys_GetObject((char *)"path"), out, 0);
        PyFile_WriteString("\n\n", out);
    }
    PyErr_Clear();
}

static int _cffi_run_code(void)
{
    PyObject *code = NULL, *globals = NULL, *result = NULL;

    /* The module is made by its own function: importing it by name could load this library a second time. */
    (void)_CFFI_PYTHON_STARTUP_FUNC();
    if (PyErr_Occurred())
        goto done;
    code = Py_CompileString(_CFFI_PYTHON_STARTUP_CODE, "<init code for '" _CFFI_MODULE_NAME "'>", Py_file_input);
    globals = code == NULL ? NULL : PyDict_New();
    if (globals == NULL || PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) < 0)
        goto done;
    result = PyEval_EvalCode(code, globals, globals);
done:
    Py_XDECREF(code);
    Py_XDECREF(globals);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static int _cffi_make_module(void)
{
    PyGILState_STATE state = PyGILState_Ensure();
    int failed = _cffi_run_code();

    if (failed)
        _cffi_tell_failure();
    PyGILState_Release(state);
    return failed;
}

#endif

#ifdef __GNUC__
__attribute__((noinline))
#endif
static _cffi_call_python_fnptr _cffi_start_python(void)
{
    static char called = 0;

    if (_cffi_make_interpreter() != 0)
        return NULL;
    _cffi_enter_start();                /* from here on only this thread, which may come again */
    if (!called) {
        called = 1;
        if (_cffi_make_module() == 0) {
            _cffi_fence();              /* who sees the new pointer sees what was set up before */
            assert(_cffi_call_python_org != NULL);
            _cffi_call_python = (_cffi_call_python_fnptr)_cffi_call_python_org;
        }
        else
            _cffi_call_python_org = NULL;
    }
    _cffi_unlock();
    return (_cffi_call_python_fnptr)_cffi_call_python_org;
}

static void _cffi_start_and_call_python(struct _ffi_externpy_s *externpy, char *args)
{
    int saved = errno;
    _cffi_call_python_fnptr function = _cffi_start_python();

    if (function == NULL) {
        fprintf(stderr, "function %s() called, but initialization code failed.  Returning 0.\n", externpy->name);
        memset(args, 0, externpy->size_of_result);
    }
    errno = saved;
    if (function != NULL)
        function(externpy, args);
}

/* For the user's C: start Python now.  0, or -1 if that fails. */
_CFFI_UNUSED_FN static int cffi_start_python(void)
{
    if (_cffi_call_python == &_cffi_start_and_call_python && _cffi_start_python() == NULL)
        return -1;
    _cffi_fence();
    return 0;
}

#undef _cffi_swap
#undef _cffi_fence
#ifdef __cplusplus
}
#endif
