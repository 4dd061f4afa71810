"""Cycles through C while several threads use the layer: nothing is mixed up, and all is collected without being asked for."""

import queue
import threading

import pytest

from tests.capi.test_cycles import NODE
from tests.capi.test_threads import run

SHARED = NODE + r"""
    @EXPORT(mixed, METH_O)
    static PyObject *mixed(PyObject *self, PyObject *x)
    {
        static PyObject *name, *list;                     /* made in C, seen by all threads */
        if (!name) name = PyUnicode_FromString("a name");
        if (!list) list = Py_BuildValue("[is]", 7, "seven");
        return Py_BuildValue("OON(Oi)", name, list, PyUnicode_FromFormat("%s-%S", "text", name), x, 5);
    }
    @EXPORT(pair, METH_O)
    static PyObject *pair(PyObject *self, PyObject *o) { return PyTuple_Pack(2, ((Node *)o)->a, ((Node *)o)->b); }
"""

MOST = 100_000                             # rings that a thread makes: some 10,000 are enough by far, however loaded the machine


@pytest.fixture
def mod(make):
    return make(SHARED)


def ring(mod, i):
    """Two instances, a dict and a list that hold each other."""
    first, second = mod.Node(), mod.Node()
    first.a = {"first": first, "second": second, "i": i}
    first.b, second.a, second.b = second, [first, i], str(i)
    first.value = i
    return first


def check(mod, first):
    d, second = mod.pair(first)
    i = first.value
    assert d is first.a and second is first.b and d["first"] is first and d["second"] is second and d["i"] == i
    items, text = mod.pair(second)
    assert items is second.a and items[0] is first and items[1] == i and text == str(i)
    name, shared, made, (same, five) = mod.mixed(d)
    assert (name, shared, made, five) == ("a name", [7, "seven"], "text-a name", 5) and same is d


@pytest.mark.keeps("what was made last is not collected yet")
def test_rings_go_from_thread_to_thread(mod):
    """Each thread makes rings, and checks those of another one.  Old ones are freed meanwhile."""
    places = [queue.SimpleQueue() for _ in range(4)]
    before, enough = mod.counts()[0], threading.Event()

    def work(k):
        def loop():
            i = 0
            while not enough.is_set() and i < MOST:
                for _ in range(50):
                    i += 1
                    first = ring(mod, 4 * i + k)
                    check(mod, first)
                    places[(k + 1) % 4].put(first)
                    if places[k].qsize() > 60:
                        check(mod, places[k].get())
                if mod.counts()[0] - before > 20000:
                    enough.set()
        return loop
    run(*(work(k) for k in range(4)), seconds=600)
    assert enough.is_set(), f"{mod.counts()[0] - before} freed"


def test_one_list_of_c_for_all(mod):
    """A str and a list that were made in C get their links in several threads at once: all see the same."""
    seen = []

    def work():
        for _ in range(300):
            name, shared, *_ = mod.mixed(None)
            assert name == "a name" and shared == [7, "seven"]
        seen.append(shared)
    run(*[work] * 6)
    assert all(each is seen[0] for each in seen)
