"""PyUnicodeDecodeError_..., PyUnicodeEncodeError_..., PyUnicodeTranslateError_...: the same functions for each class."""

from capi.core import api, text
from capi.core.engine import ffi
from capi.core.tables import bytes_at

GETTERS = {"Encoding": "encoding", "Object": "object", "Reason": "reason"}


def getter(family, name, attribute):
    def body(exc):
        return getattr(exc, attribute)
    body.__name__ = f"{family}_Get{name}"
    api(f"PyObject *{body.__name__}(PyObject *exc)")(body)


def places(family):
    """Get and Set of start and end; what is read lies within the object."""
    def GetStart(exc, p_start):
        ffi.cast("long *", p_start)[0] = max(0, min(exc.start, len(exc.object) - 1))

    def GetEnd(exc, p_end):
        ffi.cast("long *", p_end)[0] = min(max(exc.end, 1), len(exc.object))

    def SetStart(exc, start):
        exc.start = start

    def SetEnd(exc, end):
        exc.end = end

    def SetReason(exc, p_reason):
        exc.reason = text(p_reason)

    for body, argument in ((GetStart, "Py_ssize_t *p_start"), (GetEnd, "Py_ssize_t *p_end"), (SetStart, "Py_ssize_t start"),
                           (SetEnd, "Py_ssize_t end"), (SetReason, "const char *p_reason")):
        body.__name__ = f"{family}_{body.__name__}"
        api(f"int {body.__name__}(PyObject *exc, {argument})")(body)


for family in ("PyUnicodeDecodeError", "PyUnicodeEncodeError", "PyUnicodeTranslateError"):
    for name, attribute in GETTERS.items():
        if (family, name) != ("PyUnicodeTranslateError", "Encoding"):
            getter(family, name, attribute)
    places(family)


@api("PyObject *PyUnicodeDecodeError_Create(const char *p_encoding, const char *p_object, Py_ssize_t length, Py_ssize_t start, "
     "Py_ssize_t end, const char *p_reason)")
def PyUnicodeDecodeError_Create(p_encoding, p_object, length, start, end, p_reason):
    return UnicodeDecodeError(text(p_encoding), bytes_at(p_object, length), start, end, text(p_reason))


@api("PyObject *_PyUnicodeTranslateError_Create(PyObject *object, Py_ssize_t start, Py_ssize_t end, const char *p_reason)")
def _PyUnicodeTranslateError_Create(object, start, end, p_reason):
    return UnicodeTranslateError(object, start, end, text(p_reason))
