"""PyDict_..."""

from capi.core import NULL, api, text


@api("int PyDict_SetItemString(PyObject *dp, const char *p_key, PyObject *item)")
def PyDict_SetItemString(dp, p_key, item):
    dp[text(p_key)] = item


@api("PyObject *PyDict_New(void)")
def PyDict_New():
    return {}
