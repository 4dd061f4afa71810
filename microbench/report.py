"""From the runs to medians, ratios and a table."""

import math
import statistics

from microbench.operations import CLASSIC, EMPTY

PEERS = ("cpyext", "cpython")


def summary(machines, results, runs):
    """What goes into the JSON file."""
    operations = {}
    for name, by_machine in results.items():
        ns = {machine: statistics.median(result["runs"]) for machine, result in by_machine.items()
              if result["runs"] and not result["error"]}
        operations[name] = {
            "ns": ns,
            "ratio": {f"{ours}/{theirs}": ns[ours] / ns[theirs] for ours, theirs in pairs(ns)},
            "runs": {machine: result["runs"] for machine, result in by_machine.items()},
            "errors": {machine: result["error"] for machine, result in by_machine.items() if result["error"]},
        }
    return {"machines": {machine.name: machine.version for machine in machines}, "runs": runs,
            "unit": "ns per operation, median", "operations": operations,
            "faster_than": {peer: faster_than(operations, peer) for peer in PEERS if any_ratio(operations, peer)}}


def median(values):
    """That of numbers; where an operation could not be run, the text that says so."""
    return next((v for v in values if isinstance(v, str)), None) or statistics.median(values)


def pairs(names):
    """(ours, theirs) columns to divide, those that are there."""
    return [(ours, theirs) for ours, theirs in (("mooring", "cpyext"), ("mooring", "cpython"), ("cpyext", "cpython"))
            if ours in names and theirs in names]


def ratios(operations, peer):
    return [row["ratio"][f"mooring/{peer}"] for name, row in operations.items()
            if name != EMPTY and f"mooring/{peer}" in row["ratio"]]


def any_ratio(operations, peer):
    return bool(ratios(operations, peer))


def faster_than(operations, peer):
    """Geometric mean of peer's time over ours, over the classic operations that were run, else over all."""
    classic = {operation.name for operation in CLASSIC}
    values = ratios({name: row for name, row in operations.items() if name in classic}, peer) or ratios(operations, peer)
    return math.exp(-sum(map(math.log, values)) / len(values))


def table(report):
    """The report as aligned text: ns per operation, then ratios of times (below 1 is faster)."""
    machines = list(report["machines"])
    columns = [f"{ours}/{theirs}" for ours, theirs in pairs(machines)]
    rows = [["ns per operation", *machines, *columns]]
    for name, row in report["operations"].items():
        rows.append([name,
                     *(number(row["ns"].get(machine), ".1f", "failed") for machine in machines),
                     *(number(row["ratio"].get(column), ".2f", "-") for column in columns)])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join([cells[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:]))])
             for cells in rows]
    lines += ["", *(f"{machine}: {version}" for machine, version in report["machines"].items()),
              f"median of {report['runs']} runs"]
    lines += [f"geometric mean of the classic operations: {mean:.2f} times as fast as {peer}" for peer, mean in report["faster_than"].items()]
    return "\n".join(lines)


def number(value, form, missing):
    return missing if value is None else format(value, form)
