"""Locks between threads of the VM, where finalisers and hooks run at any time."""

from _thread import RLock

WAIT = 2                                   # seconds


class Turn:
    """A lock that is no longer waited for after WAIT seconds: who holds it may be in a finaliser that waits for this thread."""

    def __init__(self):
        lock = RLock()
        self.acquire, self.release, self.mine = lock.acquire, lock.release, lock._is_owned

    def __enter__(self):
        self.acquire(True, WAIT)

    def __exit__(self, *error):
        if self.mine():
            self.release()


moving = Turn()                            # a VM object moves between table and cell
wrapping = Turn()                          # a struct gets its wrapper, or a wrapper its struct
typing = Turn()                            # a class gets its PyTypeObject


def has_any():
    """True if this thread is in the middle of something that a sweep must not see."""
    return moving.mine() or wrapping.mine() or typing.mine()
