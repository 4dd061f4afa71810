"""The C API of datetime: constructors behind the capsule, macros that read the fields."""

import datetime as dt

import pytest

SOURCE = r"""
    #include "datetime.h"
    @INIT
    {
        PyDateTime_IMPORT;
        if (!PyDateTimeAPI) return NULL;
    }
    @EXPORT(read, METH_O)
    static PyObject *read_(PyObject *self, PyObject *o)
    {
        if (PyDateTime_Check(o))
            return Py_BuildValue("(siiiiiiiiO)", "datetime", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o),
                                 PyDateTime_DATE_GET_HOUR(o), PyDateTime_DATE_GET_MINUTE(o), PyDateTime_DATE_GET_SECOND(o),
                                 PyDateTime_DATE_GET_MICROSECOND(o), PyDateTime_DATE_GET_FOLD(o), PyDateTime_DATE_GET_TZINFO(o));
        if (PyDate_Check(o))
            return Py_BuildValue("(siii)", "date", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o));
        if (PyTime_Check(o))
            return Py_BuildValue("(siiiiiO)", "time", PyDateTime_TIME_GET_HOUR(o), PyDateTime_TIME_GET_MINUTE(o),
                                 PyDateTime_TIME_GET_SECOND(o), PyDateTime_TIME_GET_MICROSECOND(o), PyDateTime_TIME_GET_FOLD(o),
                                 PyDateTime_TIME_GET_TZINFO(o));
        if (PyDelta_Check(o))
            return Py_BuildValue("(siii)", "delta", PyDateTime_DELTA_GET_DAYS(o), PyDateTime_DELTA_GET_SECONDS(o),
                                 PyDateTime_DELTA_GET_MICROSECONDS(o));
        if (PyTZInfo_Check(o))
            return PyUnicode_FromString("zone");
        Py_RETURN_NONE;
    }
    @EXPORT(make_all, METH_O)
    static PyObject *make_all(PyObject *self, PyObject *zone)
    {
        PyObject *offset = PyDelta_FromDSU(0, 3600, 0);
        PyObject *made = Py_BuildValue("(NNNNNNNO)", PyDate_FromDate(2024, 2, 29), PyDateTime_FromDateAndTime(2001, 2, 3, 4, 5, 6, 789012),
                             PyTime_FromTime(1, 2, 3, 4), PyDelta_FromDSU(1, 86401, -1),
                             PyDateTimeAPI->DateTime_FromDateAndTime(1999, 12, 31, 23, 59, 59, 999999, zone, PyDateTimeAPI->DateTimeType),
                             PyDateTime_FromDateAndTimeAndFold(2020, 1, 1, 0, 0, 0, 0, 1),
                             PyTimeZone_FromOffset(offset), PyDateTime_TimeZone_UTC);
        Py_XDECREF(offset);
        return made;
    }
    @EXPORT(exact, METH_O)
    static PyObject *exact(PyObject *self, PyObject *o)
    {
        return Py_BuildValue("(iiii)", PyDate_CheckExact(o), PyDateTime_CheckExact(o), PyTime_CheckExact(o), PyDelta_CheckExact(o));
    }
    @EXPORT(stamp, METH_O)
    static PyObject *stamp(PyObject *self, PyObject *args)
    {
        return Py_BuildValue("(NN)", PyDateTime_FromTimestamp(args), PyDate_FromTimestamp(args));
    }
    @EXPORT(bad, METH_NOARGS)
    static PyObject *bad(PyObject *self, PyObject *unused) { return PyDate_FromDate(2024, 13, 1); }
"""


def test_read(make):
    mod = make(SOURCE)
    utc = dt.timezone.utc
    assert mod.read(dt.date(2024, 2, 29)) == ("date", 2024, 2, 29)
    assert mod.read(dt.datetime(2001, 2, 3, 4, 5, 6, 789012)) == ("datetime", 2001, 2, 3, 4, 5, 6, 789012, 0, None)
    assert mod.read(dt.datetime(1, 1, 1, tzinfo=utc, fold=1)) == ("datetime", 1, 1, 1, 0, 0, 0, 0, 1, utc)
    assert mod.read(dt.time(23, 59, 58, 999999, utc)) == ("time", 23, 59, 58, 999999, 0, utc)
    assert mod.read(dt.timedelta(-1, 5, 7)) == ("delta", -1, 5, 7)
    assert mod.read(utc) == "zone" and mod.read(3) is None


def test_subclasses(make):
    mod = make(SOURCE)

    class Stamp(dt.datetime):
        pass

    class Day(dt.date):
        pass
    assert mod.read(Stamp(2000, 1, 2)) == ("datetime", 2000, 1, 2, 0, 0, 0, 0, 0, None)
    assert mod.read(Day(2000, 1, 2)) == ("date", 2000, 1, 2)
    assert mod.exact(Stamp(2000, 1, 2)) == (0, 0, 0, 0)
    assert mod.exact(dt.datetime(2000, 1, 1)) == (0, 1, 0, 0)
    assert mod.exact(dt.date(2000, 1, 1)) == (1, 0, 0, 0)


def test_make(make):
    mod = make(SOURCE)
    zone = dt.timezone(dt.timedelta(hours=2))
    assert mod.make_all(zone) == (
        dt.date(2024, 2, 29), dt.datetime(2001, 2, 3, 4, 5, 6, 789012), dt.time(1, 2, 3, 4), dt.timedelta(2, 0, 999999),
        dt.datetime(1999, 12, 31, 23, 59, 59, 999999, zone), dt.datetime(2020, 1, 1, fold=1),
        dt.timezone(dt.timedelta(hours=1)), dt.timezone.utc)
    assert mod.make_all(zone)[5].fold == 1
    assert mod.make_all(zone)[7] is dt.timezone.utc
    assert mod.stamp((86400 * 365,)) == (dt.datetime.fromtimestamp(86400 * 365), dt.date.fromtimestamp(86400 * 365))
    with pytest.raises(ValueError, match="month must be in 1..12"):
        mod.bad()
