"""Millions of objects cross and die; memory must stay where it is.  ``python -m tests.stress [CROSSINGS]`` (default ten million)."""

import gc
import sys
import time


class Plain:
    """An object of the VM."""


def same_objects(mod, n):
    """Fresh VM objects cross to C and back."""
    same = mod.same
    for _ in range(n):
        same(Plain())


def same_strings(mod, n):
    same = mod.same
    for i in range(n):
        same("text %d" % i)


def same_tuples(mod, n):
    same = mod.same
    for i in range(n):
        same((i, "x"))


def same_lists(mod, n):
    same = mod.same
    for i in range(n):
        same([i])


def same_large_ints(mod, n):
    same = mod.same
    for i in range(n):
        same(i + (1 << 80))


def fresh_instances(mod, n):
    """Fresh C instances cross to the VM."""
    fresh = mod.fresh
    for _ in range(n):
        fresh()


def instances_of_a_subclass(mod, n):
    class Sub(mod.Plain):
        pass

    same = mod.same
    for _ in range(n):
        same(Sub())


def lists_born_in_c(mod, n):
    make_list = mod.make_list
    for _ in range(n // 4):
        make_list(3)


def replaced_in_c(mod, n):
    """C lets go of one object when it gets the next."""
    keep = mod.keep
    for _ in range(n):
        keep(1, Plain())
    mod.take(1)


def exceptions(mod, n):
    raise_text = mod.raise_text
    for _ in range(n // 10):
        try:
            raise_text(ValueError)
        except ValueError:
            pass


CASES = {f.__name__: f for f in (same_objects, same_strings, same_tuples, same_lists, same_large_ints, fresh_instances,
                                 instances_of_a_subclass, lists_born_in_c, replaced_in_c, exceptions)}


def resident():
    """Memory of this process in kB."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def run(mod, name, n):
    """How many kB more there are after `n` crossings, when the first third is left out as warming up."""
    case = CASES[name]
    case(mod, n // 3)
    gc.collect()
    before = resident()
    case(mod, n - n // 3)
    gc.collect()
    return resident() - before


def main():
    from tests.capi import extension
    from tests.capi.test_crossing import CODE

    n = int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 10_000_000
    mod = extension.module_of(CODE)
    failed = 0
    for name in CASES:
        start = time.perf_counter()
        grown = run(mod, name, n)
        bad = grown > 50_000
        failed += bad
        print(f"{name:26} {n:>12,} crossings {time.perf_counter() - start:7.1f} s {grown:>+9,} kB{'  LEAK' if bad else ''}", flush=True)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
