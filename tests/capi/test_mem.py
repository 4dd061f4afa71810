"""Memory without an object."""


def test_tracing_memory_is_off_and_no_error(make):
    mod = make(r"""
        @EXPORT(track, METH_NOARGS)
        static PyObject *track(PyObject *self, PyObject *none)
        {
            int tracked = PyTraceMalloc_Track(389047, 4096, 16);
            return Py_BuildValue("ii", tracked, PyTraceMalloc_Untrack(389047, 4096));
        }
    """)
    assert mod.track() == (-2, -2)


def test_memory_pressure_is_told_in_both_spellings(make):
    mod = make(r"""
        @EXPORT(press, METH_VARARGS)
        static PyObject *press(PyObject *self, PyObject *args)
        {
            Py_ssize_t size;
            if (!PyArg_ParseTuple(args, "n", &size)) return NULL;
        #ifdef _PyPyGC_AddMemoryPressure
            _PyPyGC_AddMemoryPressure(size);
            _PyPyPyGC_AddMemoryPressure(size);
        #endif
            Py_RETURN_NONE;
        }
    """)
    for size in (1, 1000, 10 ** 6):
        mod.press(size)
