/* The table of functions behind the capsule datetime.datetime_CAPI. */
#include "core/mooring.h"
#include "datetime.h"

static PyObject *datetime_new(int year, int month, int day, int hour, int minute, int second, int microsecond, PyObject *zone, int fold,
                              PyTypeObject *type)
{
    return vm_datetime((PyObject *)type, year, month, day, hour, minute, second, microsecond, zone, fold);
}

static PyObject *date_from_date(int year, int month, int day, PyTypeObject *type)
{
    return vm_date((PyObject *)type, year, month, day);
}

static PyObject *datetime_from_parts(int year, int month, int day, int hour, int minute, int second, int microsecond, PyObject *zone,
                                     PyTypeObject *type)
{
    return datetime_new(year, month, day, hour, minute, second, microsecond, zone, 0, type);
}

static PyObject *time_with_fold(int hour, int minute, int second, int microsecond, PyObject *zone, int fold, PyTypeObject *type)
{
    return vm_time((PyObject *)type, hour, minute, second, microsecond, zone, fold);
}

static PyObject *time_from_time(int hour, int minute, int second, int microsecond, PyObject *zone, PyTypeObject *type)
{
    return time_with_fold(hour, minute, second, microsecond, zone, 0, type);
}

static PyObject *delta_from_delta(int days, int seconds, int microseconds, int normalize, PyTypeObject *type)
{
    (void)normalize;                    /* the VM always does */
    return vm_delta((PyObject *)type, days, seconds, microseconds);
}

static PyObject *zone_from_zone(PyObject *offset, PyObject *name)
{
    return vm_timezone(offset, name);
}

static PyObject *datetime_from_timestamp(PyObject *type, PyObject *args, PyObject *kwargs)
{
    return vm_from_timestamp(type, args, kwargs);
}

static PyObject *date_from_timestamp(PyObject *type, PyObject *args)
{
    return vm_from_timestamp(type, args, NULL);
}

void *m_datetime_api(void)
{
    static PyDateTime_CAPI api = {
        .Date_FromDate = date_from_date, .DateTime_FromDateAndTime = datetime_from_parts, .Time_FromTime = time_from_time,
        .Delta_FromDelta = delta_from_delta, .TimeZone_FromTimeZone = zone_from_zone,
        .DateTime_FromTimestamp = datetime_from_timestamp, .Date_FromTimestamp = date_from_timestamp,
        .DateTime_FromDateAndTimeAndFold = datetime_new, .Time_FromTimeAndFold = time_with_fold,
    };
    if (!api.DateType) {
        PyTypeObject **types[] = {&api.DateType, &api.DateTimeType, &api.TimeType, &api.DeltaType, &api.TZInfoType};
        PyObject *all = vm_datetime_types();        /* kept for good */
        if (!all)
            return NULL;
        api.TimeZone_UTC = PyTuple_GET_ITEM(all, 5);
        for (int i = 4; i >= 0; i--)
            *types[i] = (PyTypeObject *)PyTuple_GET_ITEM(all, i);
    }
    return &api;
}
