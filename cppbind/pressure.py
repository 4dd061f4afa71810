"""How much garbage of C++ may wait for a collection of the VM's own, which does not know of its memory: docs/cppbind.md, "How garbage is paced"."""

import gc
import os

from cppbind.backend.api import ffi

COUNT = 1 << 16                                        # objects, of which we do not know how much memory they have,
HEAP = 1024                                            # and one more for so many bytes of the VM's heap
MEMORY = 8 << 20                                       # bytes, besides an eighth of what the VM has
HEAD = 28                                              # bytes that malloc() needs for an object, on average
GROWTH = 64 << 20
PAGE = os.sysconf("SC_PAGESIZE")

ffi.cdef("struct mallinfo2 { size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost; };"
         "struct mallinfo2 mallinfo2(void);")


def most(size, known):
    """How many objects of a size may wait; `known`: they have no more memory than that."""
    used = gc._get_stats()
    heap = used.total_arena_memory + used.total_rawmalloced_memory
    count = (MEMORY + (used.nursery_size + heap) // 8) // (size + HEAD)
    return count if known else min(count, COUNT + heap // HEAP)


class Memory:
    """What malloc() has given away, in bytes, as objects may have more than their size."""

    def __init__(self):
        self.ask = getattr(ffi.dlopen(None), "mallinfo2", None)
        self.before, self.quiet = self.now(), 0

    def now(self):
        """0 where the system does not tell."""
        if self.ask is None:
            return 0
        told = self.ask()
        return told.uordblks + told.hblkhd

    def resident(self):
        """What the process has: it takes less to know that, but malloc() seldom gives memory back."""
        try:
            with open("/proc/self/statm", "rb", buffering=0) as file:
                return int(file.read().split()[1]) * PAGE
        except OSError:
            return self.now()

    def has_grown(self):
        """Whether there is much more than when it was least since there was a collection because of it."""
        resident = self.resident()
        if resident <= self.quiet:
            return False
        now = self.now()
        self.before = min(self.before, now)
        if now > more(self.before):
            return True
        self.quiet = more(resident)
        return False


def more(memory):
    return memory + max(memory // 4, GROWTH)


memory = Memory()
