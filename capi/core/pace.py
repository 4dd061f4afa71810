"""How soon the next major collection comes.

The VM collects a small heap when that has reached a fixed size, and each collection looks at what the layer itself keeps.  A program
that imports the layer is not to have more collections than one that does not, nor to spend more time on them in all: so the next
one is put off, by twice as much as the layer keeps.

Garbage with wrappers takes up to four of them: guard, token, `tp_clear`, token.  The VM waits for the next one until its heap has nearly
doubled, so in a program that goes on making such garbage each would find more of it than the one before.  Hence, when as many
wrappers have grown old as there were, and enough to matter in a heap of this size, the next ROUNDS collections are driven from here,
by a few steps with each minor one.
"""

import gc

from __pypy__ import add_memory_pressure

OWN = 2 << 20                              # bytes that the layer keeps on the heap, with a few extensions (tests/capi/test_heap.py)
LEAST = 10_000                             # wrappers that grow old before anything is done,
HEAP = 8192                                # and one more for so many bytes that the VM has
ROUNDS = 4
ALL = 1 << 40
STEPS = 4

grown_old = [0]                            # wrappers that have survived a minor collection since the last of those rounds
watched = [0]                              # how many there were then
rounds_left = [0]
memory = [0]                               # bytes that the VM has
own = [0]                                  # minor collections that the steps made


def round_over(total):
    """A guard has come back; `total` wrappers are watched."""
    if rounds_left[0]:
        rounds_left[0] -= 1
        watched[0] = total


def after_minor(count):
    """The VM made `count` minor collections."""
    count, own[0] = count - own[0], 0
    if count > 0:
        go_on()


def go_on():
    """A few steps towards the next major collection, if it is not to wait."""
    if not rounds_left[0]:
        if grown_old[0] < LEAST + watched[0] + memory[0] // HEAP:
            return
        grown_old[0], rounds_left[0] = 0, ROUNDS
    for _ in range(STEPS):
        own[0] += 1
        if step().major_is_done:
            return


def minor_collection():
    """One without a step of a major collection, which gc.collect_step() would make as well."""
    enabled = gc.isenabled()
    try:
        gc.disable()
        add_memory_pressure(ALL)           # the nursery counts as full now,
        add_memory_pressure(-ALL)          # and the next major collection is where it was
        last[0] = [None]
    finally:
        if enabled:
            gc.enable()


last = [None]


def after_major():
    add_memory_pressure(-2 * OWN)


step = gc.collect_step
