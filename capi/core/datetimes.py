"""What the C table of `datetime` constructors calls.  The layouts are in structs.py."""

from capi.core.registry import vm
from capi.core.tables import NULL


@vm("PyObject *vm_datetime_types()")
def vm_datetime_types():
    import datetime
    return (datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.tzinfo, datetime.timezone.utc)


@vm("PyObject *vm_date(PyObject *type, int year, int month, int day)")
def vm_date(type, year, month, day):
    return type(year, month, day)


@vm("PyObject *vm_datetime(PyObject *type, int year, int month, int day, int hour, int minute, int second, int microsecond, "
    "PyObject *zone, int fold)")
def vm_datetime(type, year, month, day, hour, minute, second, microsecond, zone, fold):
    if fold:
        return type(year, month, day, hour, minute, second, microsecond, zone, fold=fold)
    return type(year, month, day, hour, minute, second, microsecond, zone)


@vm("PyObject *vm_time(PyObject *type, int hour, int minute, int second, int microsecond, PyObject *zone, int fold)")
def vm_time(type, hour, minute, second, microsecond, zone, fold):
    if fold:
        return type(hour, minute, second, microsecond, zone, fold=fold)
    return type(hour, minute, second, microsecond, zone)


@vm("PyObject *vm_delta(PyObject *type, int days, int seconds, int microseconds)")
def vm_delta(type, days, seconds, microseconds):
    return type(days, seconds, microseconds)


@vm("PyObject *vm_timezone(PyObject *offset, PyObject *name)")
def vm_timezone(offset, name):
    from datetime import timedelta, timezone
    if name is not NULL:
        return timezone(offset, name)
    return timezone(offset) if not isinstance(offset, timedelta) or offset else timezone.utc


@vm("PyObject *vm_from_timestamp(PyObject *type, PyObject *args, PyObject *kwargs)")
def vm_from_timestamp(type, args, kwargs):
    return type.fromtimestamp(*args) if kwargs is NULL else type.fromtimestamp(*args, **kwargs)
