"""Run real packages' own test suites on CPython and on this layer, and compare: ``python -m tests.packages [names...]``.

A test counts when it passes on CPython with the package's C code, and its authors do not skip it on PyPy.  Writes
``build/packages/results.json`` and, for each package, ``build/packages/<machine>/<package>/tests.log`` and
``failed.log``.  Exit status 1 if a test that counts failed, or a C module was not loaded.
"""

import argparse
import json
import pickle
import sys

from tools.readme import fill

from .compare import compare, cpython_only, table
from .machines import HOME, RECORDER, CPython, HarnessError, Here, built, fetch
from .table import PACKAGES


def chosen(names):
    known = {package.name.lower(): package for package in PACKAGES}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        sys.exit(f"packages: no package {unknown[0]!r} in the table; there are {', '.join(p.name for p in PACKAGES)}.")
    return [known[name.lower()] for name in names] or PACKAGES


def say(text):
    print(f"packages: {text}", file=sys.stderr, flush=True)


def on_cpython(package, again):
    """The package's results on CPython, kept from run to run: neither side of it changes."""
    kept = HOME / "cpython" / package.requirement / "results.pickle"
    key = repr(package) + RECORDER.read_text(encoding="utf-8")
    if kept.exists() and not again:
        old, results = pickle.loads(kept.read_bytes())
        if old == key:
            return results
    machine = CPython()
    machine.prepare(package.requires)
    sdist = fetch(package)
    say(f"{package.name}: building on {machine.title}")
    modules = built(machine, package, sdist)
    say(f"{package.name}: testing on {machine.title}")
    results = machine.run_tests(package, sdist)
    if not results[1]:
        raise HarnessError(f"{package.name} loaded none of its C modules ({', '.join(sorted(modules)) or 'none built'}) on "
                           f"{machine.title}: read build/packages/cpython/{package.requirement}/build.log.")
    kept.write_bytes(pickle.dumps((key, results)))
    return results


def on_both(package, again):
    cpython = on_cpython(package, again)
    machine = Here()
    try:
        machine.prepare(package.requires)
        sdist = fetch(package)
        say(f"{package.name}: building on {machine.title}")
        modules = built(machine, package, sdist)
        say(f"{package.name}: testing on {machine.title}")
        result = compare(package, modules, cpython, machine.run_tests(package, sdist))
    except (HarnessError, ImportError) as reason:
        result = cpython_only(package, cpython)
        result.error = str(reason)
        return result
    log = machine.home / package.requirement / "failed.log"
    log.write_text("".join(f"==== {test}\n{reason}\n" for test, reason in result.failed.items()), encoding="utf-8")
    return result


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.packages", description=__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="*", help="packages of the table (default: all)")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--readme", action="store_true", help="write the table into the README")
    parser.add_argument("--cpython", action="store_true", help="only CPython's figures, measured anew")
    options = parser.parse_args(arguments)
    results = []
    for package in chosen(options.names):
        if options.cpython:
            result = cpython_only(package, on_cpython(package, again=True))
            result.error = "not asked for"
        else:
            result = on_both(package, again=False)
        results.append(result)
        say(f"{package.name}: {result.cpython_passed} passed on CPython, " + (result.error or
            f"{result.passed} passed here, {len(result.failed)} failed here"))
    save(results)
    print(table(results, options.markdown))
    if options.readme:
        fill("packages", table(results, True))
    return 1 if any(result.error or result.failed or result.modules_missing for result in results) else 0


def save(results):
    """Write the results into ``results.json``, beside those of other packages from earlier runs."""
    path = HOME / "results.json"
    known = {entry["package"]: entry for entry in json.loads(path.read_text())} if path.exists() else {}
    known.update({result.package: result.as_json() for result in results})
    path.write_text(json.dumps(list(known.values()), indent=1))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HarnessError as reason:
        sys.exit(f"packages: {reason}")
