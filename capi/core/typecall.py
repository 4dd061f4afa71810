"""Types with a tp_vectorcall, which is what a call of the class runs in place of tp_new and tp_init.

The VM's type.__call__ knows `__new__` and `__init__` only.  So `__new__` of exactly this class calls tp_vectorcall, and an
`__init__` with the same arguments that follows has nothing left to do.  If tp_vectorcall refuses the arguments `__new__` is what
tp_new says, and it is that `__init__` that raises: C.__new__(C), with no call of the class, is what it is on CPython.
Subclasses do not inherit tp_vectorcall.
"""

from capi.core import calls
from capi.core.calls import indent, positional, result

MANY = 64
made = {}                                  # address of an instance: the arguments that made it, and what was wrong with them
waiting = []                               # types that may get a tp_vectorcall while their module is made


def add(p_type, view, cls, get_address):
    """A class was made for a C type; C code may set tp_vectorcall in what PyType_FromSpec() returns."""
    waiting.append((p_type, view, cls, get_address))
    if view.tp_vectorcall:
        finish()


def finish():
    """A module was made."""
    while waiting:
        p_type, view, cls, get_address = waiting.pop()
        if view.tp_vectorcall:
            install(p_type, view.tp_vectorcall, cls, get_address(cls))


def install(p_type, fn, cls, address):
    source = ("def f(*args, **kwargs):\n    if kwargs:\n        r = many_f(fn, me, args, kwargs)\n    else:\n"
              + indent(positional("f", "me", "fn"), 8) + result("f(*args, **kwargs)", "    "))
    call = calls.named(calls.maker(source, "fn", "me")(cls.__name__, fn, p_type), cls.__name__)
    new, init = cls.__new__, cls.__init__

    def __new__(in_cls, /, *args, **kwargs):
        if in_cls is not cls:
            return new(in_cls, *args, **kwargs)
        if init is object.__init__:
            return call(*args, **kwargs)
        wrong = None
        try:
            x = call(*args, **kwargs)
        except TypeError as error:
            wrong = error
        if wrong is not None:
            try:
                x = new(cls, *args, **kwargs)
            except TypeError:
                raise wrong
        if type(x) is cls:
            if len(made) > MANY:
                made.clear()
            made[address(x)] = args, kwargs, wrong
        return x

    def __init__(self, /, *args, **kwargs):
        if type(self) is cls and made:
            found = made.pop(address(self), None)
            if found is not None and same(found, args, kwargs):
                if found[2] is not None:
                    raise found[2]
                return
        init(self, *args, **kwargs)

    type.__setattr__(cls, "__new__", staticmethod(__new__))
    if init is not object.__init__:
        type.__setattr__(cls, "__init__", __init__)


def same(found, args, kwargs):
    before, names, _ = found
    if len(before) != len(args) or len(names) != len(kwargs):
        return False
    i = 0
    for a in args:
        if before[i] is not a:
            return False
        i += 1
    return not names or all(name in names and names[name] is value for name, value in kwargs.items())
