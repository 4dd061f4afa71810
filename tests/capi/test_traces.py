"""What a hot loop over calls into C becomes: no allocation, and one release of the lock a call."""

import pytest

from tests import traces
from tests.capi import extension

pytestmark = pytest.mark.skipif(not extension.ON_PYPY, reason="it is about PyPy's tracing JIT")

CODE = r"""
@EXPORT(none, METH_NOARGS)
static PyObject *none(PyObject *self, PyObject *ignored) { Py_RETURN_NONE; }

@EXPORT(number, METH_NOARGS)
static PyObject *number(PyObject *self, PyObject *ignored) { return PyLong_FromLong(7); }

@EXPORT(one, METH_O)
static PyObject *one(PyObject *self, PyObject *arg) { return PyLong_FromLong(PyLong_AsLong(arg) & 15); }

@EXPORT(varargs, METH_VARARGS)
static PyObject *varargs(PyObject *self, PyObject *args) { Py_RETURN_NONE; }

@EXPORT(fastcall, METH_FASTCALL)
static PyObject *fastcall(PyObject *self, PyObject *const *args, Py_ssize_t n) { Py_RETURN_NONE; }

@EXPORT(same, METH_O)
static PyObject *same(PyObject *self, PyObject *arg) { return Py_NewRef(arg); }

typedef struct { PyObject_HEAD long n; double d; } Thing;
static PyObject *add(PyObject *self, PyObject *arg)
{
    ((Thing *)self)->n += PyLong_AsLong(arg);
    Py_RETURN_NONE;
}
static PyObject *get_n(PyObject *self, void *closure) { return PyLong_FromLong(((Thing *)self)->n); }
static PyMethodDef thing_methods[] = {{"add", add, METH_O, NULL}, {NULL}};
static PyMemberDef members[] = {
    {"n", T_LONG, offsetof(Thing, n), 0, NULL}, {"d", T_DOUBLE, offsetof(Thing, d), 0, NULL}, {NULL}
};
static PyGetSetDef getset[] = {{"got", get_n, NULL, NULL, NULL}, {NULL}};
static Py_ssize_t length(PyObject *self) { return ((Thing *)self)->n; }
static PySequenceMethods sequence = {.sq_length = length};
static PyTypeObject Thing_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "traced.Thing", .tp_as_sequence = &sequence, .tp_basicsize = sizeof(Thing), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_methods = thing_methods, .tp_members = members, .tp_getset = getset,
};
@EXPORT_TYPE("Thing", Thing_Type)
"""

SETUP = """
import sys, capi
mod = capi.load_extension(sys.argv[1], sys.argv[2])
"""

# body of the loop, function, releases of the lock
CASES = {
    "f()": ("f()", "none", 1),
    "f() -> int": ("total += f()", "number", 1),
    "f(int)": ("f(i)", "one", 1),
    "f(int) -> int": ("total += f(i)", "one", 1),
    "f(object)": ("f(items)", "same", 1),
    "f(*args)": ("f(i, i)", "varargs", 1),
    "f(*args), fast": ("f(i, i, i)", "fastcall", 1),
    "method(int)": ("thing.add(i)", "none", 1),
    "getset": ("total += thing.got", "none", 1),
    "len, a field": ("total += len(thing)", "none", 0),
    "member": ("total += thing.n", "none", 0),
    "member, float": ("total += thing.d", "none", 0),
    "set member": ("thing.n = i", "none", 0),
}


@pytest.fixture(scope="module")
def built():
    return extension.build(CODE)


@pytest.mark.parametrize("case", CASES)
def test_no_allocation_and_one_call(built, case):
    body, function, releases = CASES[case]
    loop = traces.hot_loop(SETUP, "f, thing, items", f"mod.{function}, mod.Thing(), [1]", body, *built)
    assert not loop.allocations, loop.lines()
    assert loop.calls("call_release_gil") == releases, loop.lines()
    assert not loop.calls("call_may_force"), loop.lines()
    assert not loop.calls("call_assembler"), loop.lines()


def test_the_parser_of_logs():
    log = '''[1a] {jit-log-opt-loop
# Loop 1 (f;x.py:3-4~#12 LOAD_FAST) : loop with 3 ops
[p0]
+10: p1 = new_with_vtable(descr=<SizeDescr 24>)
+20: label(p0, descr=TargetToken(1))
debug_merge_point(0, 0, 'f;x.py:3-4~#12 LOAD_FAST')
+30: i2 = int_add(i1, 1)
+32: p2 = new_with_vtable(descr=<SizeDescr 24>)
+34: setfield_gc(p2, p5, descr=<FieldP JitVirtualRef.virtual_token 8>)
+40: i3 = call_release_gil_i(0, ConstClass(x), i2, descr=<Calli 8 i EF=7>)
+50: p4 = newstr(3)
+60: jump(p0, descr=TargetToken(1))
[1b] jit-log-opt-loop}
'''
    loop, = traces.read_log(log)
    assert loop.functions == ["f"]
    assert loop["int_add"] == 1 and loop["new_with_vtable"] == 0 and loop["frame"] == 1
    assert loop.calls("call_release_gil") == 1
    assert loop.allocations == {"newstr": 1}
