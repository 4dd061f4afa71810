"""Who owns what a pointer is passed for: Python goes on to own it ("strict", and so it starts), or C++ from then on ("heuristics").

Emitted functions read it in their globals, where it is a constant for the JIT.
"""

from cppbind import native, signals

STRICT, HEURISTICS = kMemoryStrict, kMemoryHeuristics = 2, 1
current = STRICT


def SetMemoryPolicy(policy):
    """Set the policy for pointers to objects that C++ may write to; returns the one before."""
    global current
    before, current = current, policy
    for function in list(signals.emitted):
        own = function.__globals__
        for key in [key for key in own if key.endswith("heuristics")]:
            del own[key]                                # an entry that is made anew is a constant again for the JIT
            own[key] = policy == HEURISTICS
    natively()
    return before


def natively():
    """Let native functions leave calls to Python's while something is on that only those do."""
    if native.extension() is not None:
        native.extension().natively(current == STRICT and not signals.on)


def SetOwnership(instance, owns):
    """Whether Python deletes an instance's object."""
    instance.__python_owns__ = owns


def of_constructors(cls, value):
    """`__creates__` of a class's constructors was set: whether Python owns what they make."""
    construct = cls.__dict__["__init__"]
    if not hasattr(construct, "_given"):
        construct = deciding(construct)
        type.__setattr__(cls, "__init__", construct)
    construct.__creates__ = value


def deciding(construct):
    """A constructor whose `__creates__` says whether Python owns what it makes."""
    def __init__(self, *arguments, **keywords):
        construct(self, *arguments, **keywords)
        if not __init__.__creates__:
            give(self)
    __init__.__dict__.update(construct.__dict__, _given=True, __creates__=True)
    __init__.__doc__ = construct.__doc__
    return __init__


def give(instance):
    """C++ owns an instance's object from now on."""
    if instance._cpp:
        instance.__python_owns__ = False
