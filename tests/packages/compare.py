"""What a package's results on the two machines say."""

from dataclasses import asdict, dataclass, field


@dataclass
class Result:
    """One row: a test counts when it passed on CPython and its authors do not skip it here."""

    package: str
    version: str
    modules_built: list = field(default_factory=list)       # of those that the tests load on CPython
    modules_missing: list = field(default_factory=list)     # loaded on CPython, not here
    cpython_passed: int = 0
    cpython_failed: list = field(default_factory=list)
    passed: int = 0
    skipped: int = 0
    failed: dict = field(default_factory=dict)              # id -> reason
    crashes: list = field(default_factory=list)
    error: str = None                                       # what kept it from being measured here

    def as_json(self):
        return asdict(self)


def compare(package, built, cpython, here):
    """The Result of two `Machine.run_tests` answers."""
    result = cpython_only(package, cpython)
    outcomes, modules, result.crashes = here
    result.modules_built = sorted(set(built) & cpython[1])
    result.modules_missing = sorted(cpython[1] - modules)
    for test, (outcome, _) in cpython[0].items():
        if outcome != "passed":
            continue
        outcome, reason = outcomes.get(test, ("failed", "not run here"))
        if outcome == "passed":
            result.passed += 1
        elif outcome == "skipped":
            result.skipped += 1
        else:
            result.failed[test] = reason
    return result


def cpython_only(package, cpython):
    outcomes = cpython[0]
    return Result(package.name, package.version,
                  cpython_passed=sum(outcome == "passed" for outcome, _ in outcomes.values()),
                  cpython_failed=sorted(test for test, (outcome, _) in outcomes.items() if outcome == "failed"))


HEADINGS = ("package", "version", "C modules loaded", "passed on CPython", "passed here", "skipped by its authors",
            "failed here")


def row(result):
    """The cells under HEADINGS."""
    start = (result.package, result.version)
    if result.error:
        return (*start, "-", str(result.cpython_passed), "-", "-", "not measured")
    loaded = len(set(result.modules_built) - set(result.modules_missing))
    if result.modules_missing:
        loaded = f"{loaded}, not {', '.join(result.modules_missing)}"
    failed = f"{len(result.failed)}" + (f", {len(result.crashes)} crashed" if result.crashes else "")
    return (*start, str(loaded), str(result.cpython_passed), str(result.passed), str(result.skipped), failed)


def table(results, markdown=False):
    """The results as text, or as a Markdown table."""
    rows = [HEADINGS, *(row(result) for result in results)]
    if markdown:
        lines = ["| " + " | ".join(cells) + " |" for cells in rows]
        lines.insert(1, "|---|---|---|" + "---:|" * (len(HEADINGS) - 3))
        return "\n".join(lines)
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(HEADINGS) - 1)]
    return "\n".join("  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths)), cells[-1]]) for cells in rows)
