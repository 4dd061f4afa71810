"""Runs the operations: one process a machine and round, the machines taking turns at each operation."""

import json
import queue
import subprocess
import sys
import threading

from microbench.machines import ROOT

PATIENCE = 120                  # seconds an operation may take before its process is given up


def say(*words):
    print(*words, file=sys.stderr, flush=True)


class Worker:
    """A machine's process; one that dies or hangs is replaced at the next operation, unless it never got ready."""

    def __init__(self, machine):
        self.machine = machine
        self.process = None
        self.refusal = {}

    def start(self):
        """{} once the process is ready, else {"error"}."""
        extensions = [f"{name}={path}" for name, path in self.machine.extensions.items()]
        self.process = subprocess.Popen(
            [self.machine.executable, "-m", "microbench.worker", self.machine.name, *extensions], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1)
        self.lines = queue.Queue()
        self.errors = []
        self.readers = [threading.Thread(target=self.read_answers, args=(self.process.stdout, self.lines), daemon=True),
                        threading.Thread(target=self.read_errors, args=(self.process.stderr, self.errors), daemon=True)]
        for reader in self.readers:
            reader.start()
        return self.answer()

    @staticmethod
    def read_answers(stream, lines):
        for line in stream:
            lines.put(line.strip())
        lines.put(None)

    @staticmethod
    def read_errors(stream, errors):
        for line in stream:
            errors.append(line.rstrip())

    def answer(self):
        """The process's next line, or {"error"}."""
        try:
            line = self.lines.get(timeout=PATIENCE)
        except queue.Empty:
            self.stop()
            return {"error": f"no answer within {PATIENCE} s"}
        if line is None:
            code = self.process.wait()
            self.stop()
            return {"error": f"its process ended with {code}: {' | '.join(self.errors[-3:]) or 'no message'}"}
        return {} if line == "ready" else json.loads(line)

    def run(self, operation, n):
        """{"ns", "n"} or {"error"}"""
        if self.process is None:
            self.refusal = self.refusal or self.start()
        if self.refusal:
            return self.refusal
        try:
            self.process.stdin.write(json.dumps({"operation": operation.name, "n": n}) + "\n")
            self.process.stdin.flush()
        except OSError:
            pass                # its end is what answer() will report
        return self.answer()

    def stop(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass            # unsent input of a process that is gone
        self.process = None


def measure(machines, operations, runs):
    """{operation name: {machine name: {"runs": [ns], "error": text or None}}}

    A machine that failed at an operation is not asked for it again.
    """
    results = {operation.name: {machine.name: {"runs": [], "error": None} for machine in machines}
               for operation in operations}
    repetitions = {}
    for number in range(1, runs + 1):
        workers = [Worker(machine) for machine in machines]
        try:
            for position, operation in enumerate(operations, 1):
                took = []
                for worker in workers:
                    key = operation.name, worker.machine.name
                    result = results[operation.name][worker.machine.name]
                    if result["error"]:
                        continue
                    answer = worker.run(operation, repetitions.get(key))
                    result["error"] = answer.get("error")
                    if result["error"]:
                        say(f"microbench: {worker.machine.name} fails at {operation.name}: {result['error']}")
                        continue
                    repetitions[key] = answer["n"]
                    result["runs"].append(answer["ns"])
                    took.append(f"{worker.machine.name} {answer['ns']:.1f}")
                say(f"microbench: run {number}/{runs} [{position}/{len(operations)}] {operation.name}: {', '.join(took)}")
        finally:
            for worker in workers:
                worker.stop()
    return results
