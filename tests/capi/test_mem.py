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
