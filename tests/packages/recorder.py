"""A pytest plugin that records each test's outcome as it goes, a JSON line each, so that a crash loses none.

``{"start": id, "node": pytest's id}`` before a test, ``{"test": id, "outcome": ..., "reason": ...}`` after it, and at the
end ``{"modules": [...]}``: the extension modules loaded from the folder ``$PACKAGE_SITE``.  Where the file
``$PACKAGE_RECORD`` is there already, tests that have started are left out: so a suite goes on after a crash.  Stands alone:
it runs on CPython and on PyPy.
"""

import json
import os
import sys

if sys.implementation.name == "pypy":
    import capi                                 # noqa: F401   its import hook finds modules of our suffix


class Recorder:
    def __init__(self, path):
        self.done = {}                          # pytest's id -> how often it started in earlier processes
        if os.path.exists(path):
            for line in open(path, encoding="utf-8"):
                node = json.loads(line).get("node")
                self.done[node] = self.done.get(node, 0) + 1
        self.file = open(path, "a", encoding="utf-8")
        self.outcomes = {}
        self.files = {}
        self.repeats = {**self.done}                       # id -> how often it has run: some collectors give ids twice

    def write(self, **entry):
        self.file.write(json.dumps(entry) + "\n")
        self.file.flush()

    def pytest_collection_modifyitems(self, items):
        left = dict(self.done)
        kept = []
        for item in items:
            left[item.nodeid] = left.get(item.nodeid, 0) - 1
            if left[item.nodeid] < 0:
                kept.append(item)
        items[:] = kept

    def pytest_runtest_logstart(self, nodeid, location):
        self.outcomes[nodeid] = ("passed", "")
        self.files[nodeid] = os.path.basename(location[0])
        self.repeats[nodeid] = self.repeats.get(nodeid, 0) + 1
        self.write(start=self.name(nodeid), node=nodeid)

    def pytest_runtest_logreport(self, report):
        outcome, reason = self.outcomes.get(report.nodeid, ("passed", ""))
        if report.outcome == "failed" and outcome != "failed":
            outcome, reason = "failed", str(report.longrepr)[-4000:]
        elif report.outcome == "skipped" and outcome == "passed":
            expected = hasattr(report, "wasxfail")
            outcome = "xfailed" if expected else "skipped"
            reason = report.wasxfail if expected else str(report.longrepr[-1] if isinstance(report.longrepr, tuple)
                                                          else report.longrepr)
        self.outcomes[report.nodeid] = (outcome, reason)

    def pytest_runtest_logfinish(self, nodeid, location):
        outcome, reason = self.outcomes[nodeid]
        self.write(test=self.name(nodeid), outcome=outcome, reason=reason)

    def name(self, nodeid):
        """`nodeid`, with the file's name where pytest leaves it out, and told apart from an earlier one."""
        name = self.files[nodeid] + nodeid if nodeid.startswith("::") else nodeid
        return name if self.repeats[nodeid] == 1 else f"{name} #{self.repeats[nodeid]}"

    def pytest_collectreport(self, report):
        if report.outcome != "passed":
            self.write(test=f"{report.nodeid} (collection)", outcome=report.outcome, reason=str(report.longrepr)[-4000:])

    def pytest_sessionfinish(self, session, exitstatus):
        site = os.path.join(os.environ["PACKAGE_SITE"], "")
        loaded = {name for name, module in list(sys.modules.items())
                  if (getattr(module, "__file__", None) or "").startswith(site) and module.__file__.endswith(".so")}
        self.write(modules=sorted(loaded))


def pytest_configure(config):
    config.pluginmanager.register(Recorder(os.environ["PACKAGE_RECORD"]), "package-recorder")
