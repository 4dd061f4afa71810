"""``python -m microbench``: times every operation on every machine, prints a table, writes a JSON file."""

import argparse
import fnmatch
import json
import sys
from pathlib import Path

from microbench import machines, promises, report, runner
from microbench.operations import OPERATIONS
from tools.readme import fill


def arguments():
    parser = argparse.ArgumentParser(prog="python -m microbench", description="Small operations of a C extension, "
                                     "timed under Mooring, under PyPy's own C API (cpyext) and under CPython.")
    parser.add_argument("--runs", type=int, default=5, help="fresh processes a machine; the median counts (default 5)")
    parser.add_argument("--machines", default=",".join(machines.NAMES), help="which, comma-separated (default: all)")
    parser.add_argument("--only", metavar="PATTERN", help="operations whose name contains this, or matches it if it "
                        "has a *")
    parser.add_argument("--json", metavar="FILE", type=Path, default=machines.ROOT / "build" / "bench.json",
                        help="where the numbers go (default build/bench.json)")
    parser.add_argument("--readme", action="store_true", help="write the table into the README")
    parser.add_argument("--check", action="store_true", help="exit non-zero if a promise is broken")
    options = parser.parse_args()
    options.machines = options.machines.split(",")
    unknown = set(options.machines) - set(machines.NAMES)
    if unknown:
        parser.error(f"no such machine: {', '.join(sorted(unknown))}; there are {', '.join(machines.NAMES)}")
    if options.runs < 1:
        parser.error("--runs is at least 1")
    options.operations = [operation for operation in OPERATIONS if matches(options.only, operation.name)]
    if not options.operations:
        parser.error(f"no operation is named like {options.only!r}")
    return options


def matches(pattern, name):
    if pattern is None:
        return True
    return fnmatch.fnmatchcase(name, pattern) if "*" in pattern else pattern in name


def available(names):
    """The machines that can be had, in the fixed order; a sentence on stderr for each that cannot."""
    found = []
    for name in machines.NAMES:
        if name not in names:
            continue
        try:
            found.append(machines.FIND[name]())
        except machines.Unavailable as reason:
            runner.say(f"microbench: the column {name} is left out: {reason}")
    return found


def check(summary, options):
    """Print what is broken; the exit code."""
    for name in machines.NAMES:
        if name not in summary["machines"]:
            print(f"not checked: promises against {name}, which did not run" if name != "mooring"
                  else "broken: mooring did not run")
    if "mooring" not in summary["machines"]:
        return 1
    whole = len(options.operations) == len(OPERATIONS)
    if not whole:
        print("not checked: the geometric mean, which is over all operations")
    sentences = promises.broken(summary, whole)
    for sentence in sentences:
        print(f"broken: {sentence}")
    if not sentences:
        print("every promise checked holds")
    return 1 if sentences else 0


def main():
    options = arguments()
    found = available(options.machines)
    if not found:
        sys.exit("microbench: no machine to run on")
    results = runner.measure(found, options.operations, options.runs)
    summary = report.summary(found, results, options.runs)
    print(report.table(summary))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(summary, indent=1) + "\n")
    if options.readme:
        fill("bench", f"```\n{report.table(summary)}\n```")
    return check(summary, options) if options.check else 0


if __name__ == "__main__":
    sys.exit(main())
