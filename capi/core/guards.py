"""What tells that wrappers and cells have become unreachable: objects with a `__del__`.

A Guard, which nothing holds, has every cell and every wrapper that is not young: at the next major collection it brings them all
back, while the weak references to those that are unreachable have been cleared.  The unreachable wrappers are then *in limbo*:
each is given a Token, which the VM finalises only when nothing with a finaliser reaches the wrapper any more.
"""

from capi.core.demotion import fired, ref, returned


class Guard:
    """Brings wrappers and cells back at the next major collection.

    There is one at a time: the VM does not clear weak references to what two finalisers reach.
    """

    __slots__ = ("wrappers", "indices", "cells", "__weakref__")

    def __init__(self, wrappers, indices, cells):
        self.wrappers, self.indices, self.cells = wrappers, indices, cells

    def __del__(self):
        returned.append(self)


class Token:
    """Tells that no finaliser reaches its wrappers any more.  With cells, it has all of a garbage component.

    What is freed when it has fired may have a class that has faded, which C code may ask for: `classes`, by index.
    """

    __slots__ = ("indices", "wrappers", "cells", "classes", "edges", "born", "__weakref__")

    def __init__(self, indices, wrappers, cells, limbo=True):
        self.indices, self.wrappers, self.cells, self.classes, self.edges = indices, wrappers, cells, {}, None
        self.born = 0                      # 0: of a live wrapper whose class has a finaliser
        if limbo:
            self.born = serial[0] = serial[0] + 1
            unfired[self.born] = rounds[0]

    def __del__(self):
        unfired.pop(self.born, None)
        fired.append(self)


def guard():
    """The one that waits for the next major collection."""
    waiting = canary[0] and canary[0]()
    if waiting is None:
        waiting = Guard([], [], [])
        canary[0] = ref(waiting)
    return waiting


def watch(wrappers, indices):
    """From now on notice when these wrappers become unreachable."""
    k, finalised = 0, 0
    for wrapper in wrappers:
        if hasattr(type(wrapper), "__del__"):
            finalised += 1
            if type(anchor_of(wrapper)) is not Token:
                set_anchor(wrapper, Token([indices[k]], [wrapper], [], False))
        k += 1
    if finalised:                          # a guard would put off its finaliser for good
        kept = [i for i in range(len(indices)) if not hasattr(type(wrappers[i]), "__del__")]
        wrappers, indices = [wrappers[i] for i in kept], [indices[i] for i in kept]
    waiting = guard()
    waiting.wrappers += wrappers
    waiting.indices += indices


serial, rounds = [0], [0]                  # tokens made, guards that came back
unfired = {}                               # token's number -> round in which it was made
canary = [None]                            # weak reference to the last guard: cleared once a major collection is over
anchored = set()                           # indices of wrappers that have an anchor


def major_passed():
    return canary[0] is not None and canary[0]() is None


def set_anchor(wrapper, anchor):
    object.__setattr__(wrapper, "_mooring_anchor", anchor)


def anchor_of(wrapper):
    try:
        return object.__getattribute__(wrapper, "_mooring_anchor")
    except AttributeError:
        return None


