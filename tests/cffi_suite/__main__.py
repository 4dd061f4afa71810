"""Run cffi's own test suite on `ffi`: ``python -m tests.cffi_suite [--machine cpython|pypy] [NAMES]``.

Each machine runs it with cffi itself, which tells what counts (kept from run to run), and with `cffi` replaced by `ffi`.  NAMES choose
files by a part of their name.  Logs are ``build/cffi_suite/<machine>/<cffi|ours>/<file>.log``.  Exit status 1 if a test that passes with
cffi fails with `ffi` and is not in `accepted.py`.
"""

import argparse
import json
import sys
from collections import Counter

from .accepted import ACCEPTED, OUTSIDE
from .machines import HOME, MACHINES, Failure, run


def results(machine, side, names, again):
    """test -> outcome; those of cffi are kept from run to run, file by file."""
    kept = HOME / machine / f"{side}.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    done = {test.split("::")[0] for test in known} if side == "cffi" and not again else set()
    known.update(run(machine, side, names, done))
    kept.write_text(json.dumps(known, indent=0, sort_keys=True))
    return {test: outcome for test, outcome in known.items() if not names or any(name in test.split("::")[0] for name in names)}


def accepted(test):
    """The entry of a test in the list, None if it has none."""
    file, *names = test.split("[")[0].split("::")
    return ACCEPTED.get(".".join(names)) or ACCEPTED.get(names[-1])


def compare(machine, theirs, ours):
    """Print the table of one machine; returns the tests that fail and are not accepted."""
    files = sorted({test.split("::")[0] for test in theirs} - OUTSIDE.keys())
    theirs = {test: outcome for test, outcome in theirs.items() if "::" in test and test.split("::")[0] not in OUTSIDE}
    print(f"{machine:44} {'tests':>6} {'cffi':>6} {'ffi':>6} {'missing':>8} {'accepted':>9}")
    missing = sorted(test for test, outcome in theirs.items() if outcome == "passed" and ours.get(test) != "passed")
    unaccepted = [test for test in missing if not accepted(test)]
    count = {word: Counter(test.split("::")[0] for test in tests) for word, tests in (
        ("tests", theirs), ("cffi", [t for t, o in theirs.items() if o == "passed"]), ("ffi", [t for t, o in theirs.items() if o == "passed" == ours.get(t)]),
        ("missing", unaccepted), ("accepted", list(filter(accepted, missing))))}
    for file in files:
        print(f"{file:44} {count['tests'][file]:6} {count['cffi'][file]:6} {count['ffi'][file]:6} {count['missing'][file] or '':>8} {count['accepted'][file] or '':>9}")
    print(f"{'all':44} {count['tests'].total():6} {count['cffi'].total():6} {count['ffi'].total():6} {count['missing'].total():8} {count['accepted'].total():9}\n")
    for test in missing:
        reason = ": ".join(accepted(test) or ("NOT ACCEPTED", ours.get(test, "did not run")))
        print(f"{test}: {reason}")
    return unaccepted


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.cffi_suite", description=__doc__.split("\n\n")[0])
    parser.add_argument("--machine", choices=MACHINES, help="only one (default: both)")
    parser.add_argument("--again", action="store_true", help="run cffi's side again too")
    parser.add_argument("names", nargs="*", help="parts of file names: cffi1/test_verify1, embedding")
    options = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    wrong = []
    try:
        for machine in [options.machine] if options.machine else MACHINES:
            wrong += compare(machine, results(machine, "cffi", options.names, options.again), results(machine, "ours", options.names, True))
    except Failure as failure:
        sys.exit(f"cffi_suite: {failure}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
