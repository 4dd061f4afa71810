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


def give(instance):
    """C++ owns an instance's object from now on."""
    if instance._cpp:
        instance.__python_owns__ = False
