"""PyFrame_...: what only the VM's frames know."""

import gc

from capi.core import NULL, vm


@vm("int vm_frame_line(PyFrameObject *frame)")
def vm_frame_line(frame):
    return frame.f_lineno or 0


@vm("PyObject *vm_frame_back(PyFrameObject *frame)")
def vm_frame_back(frame):
    from capi.core.frames import is_ours
    back = frame.f_back
    while back is not None and is_ours(back.f_code):
        back = back.f_back
    return NULL if back is None else back


@vm("PyObject *vm_frame_locals(PyFrameObject *frame)")
def vm_frame_locals(frame):
    return frame.f_locals


@vm("int vm_frame_lasti(PyFrameObject *frame)")
def vm_frame_lasti(frame):
    return frame.f_lasti


@vm("PyObject *vm_frame_generator(PyFrameObject *frame)")
def vm_frame_generator(frame):
    if not frame.f_code.co_flags & 0x2a0:              # generator, coroutine, asynchronous generator
        return NULL
    for x in gc.get_referrers(frame):
        for name in ("gi_frame", "cr_frame", "ag_frame"):
            if getattr(x, name, None) is frame:
                return x
    return NULL
