"""PyThread_...: what the VM says of its threads."""

import sys

from capi.core import api


@api("PyObject *PyThread_GetInfo(void)")
def PyThread_GetInfo():
    return sys.thread_info


@api("PyObject *_PyThread_CurrentFrames(void)")
def _PyThread_CurrentFrames():
    return sys._current_frames()


@api("PyObject *_PyThread_CurrentExceptions(void)")
def _PyThread_CurrentExceptions():
    return sys._current_exceptions()
