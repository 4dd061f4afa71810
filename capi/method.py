"""PyInstanceMethod_...: a callable of C that binds like a function of the VM."""

from types import MethodType

from capi.core import api


class instancemethod:
    """Gives any callable the binding behaviour of a function."""

    __slots__ = ("__func__", "__weakref__")

    def __init__(self, func):
        if not callable(func):
            raise TypeError("first argument must be callable")
        self.__func__ = func

    def __get__(self, obj, owner=None):
        # JIT: the bound method is virtual when it is called at once.
        return self.__func__ if obj is None else MethodType(self.__func__, obj)

    def __call__(self, /, *args, **kwargs):
        return self.__func__(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.__func__, name)

    @property
    def __doc__(self):
        return self.__func__.__doc__

    def __eq__(self, other):
        return self.__func__ == other.__func__ if type(other) is instancemethod else NotImplemented

    __hash__ = None

    def __repr__(self):
        return f"<instancemethod {getattr(self.__func__, '__name__', '?')} at {id(self):#x}>"


@api("PyObject *PyInstanceMethod_New(PyObject *func)")
def PyInstanceMethod_New(func):
    return instancemethod(func)


@api("PyObject *PyInstanceMethod_Function(PyObject *im)", borrowed=True)
def PyInstanceMethod_Function(im):
    if type(im) is not instancemethod:
        raise SystemError("bad argument to internal function")
    return im.__func__
