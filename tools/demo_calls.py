"""What the demo calls in each package; run by path, on any machine: ``python demo_calls.py PACKAGE``.

Prints one JSON object a line: ``{"module", "file"}`` of the C module, ``{"shown"}`` for what the package does, ``{"call",
"ns"}`` for each timed call.  A process that dies has said all it got to.  Standard library and the package only.
"""

import gc
import importlib
import json
import statistics
import sys
import time

RUNS = 5
RUN_SECONDS = 0.02
WARM_SECONDS = 0.3

# package: (the C module, statements before, expressions to show, {label: timed expression})
PACKAGES = {
    "MarkupSafe": ("markupsafe._speedups", """
from markupsafe import Markup, escape
from markupsafe._speedups import _escape_inner
page = "<li>bread & butter</li> " * 40
""", [
        'escape("<b>bread & butter</b>")',
        'Markup("<em>Hello</em> %s") % "<World>"',
    ], {
        "_escape_inner('plain text')": "_escape_inner('plain text')",
        "_escape_inner('<b>bread & butter</b>')": "_escape_inner('<b>bread & butter</b>')",
        "escape('<b>bread & butter</b>')": "escape('<b>bread & butter</b>')",
        "escape(page of 960 characters)": "escape(page)",
    }),
    "wrapt": ("wrapt._wrappers", """
import wrapt
class Account:
    balance = 10
    def deposit(self, amount): return amount + 1
account = Account()
proxy = wrapt.ObjectProxy(account)
function = wrapt.CallableObjectProxy(account.deposit)
calls = []
@wrapt.decorator
def logged(wrapped, instance, args, kwargs):
    calls.append(wrapped.__name__)
    return wrapped(*args, **kwargs)
@wrapt.decorator
def through(wrapped, instance, args, kwargs): return wrapped(*args, **kwargs)
@through
def increment(number): return number + 1
@logged
def area(width, height=2): return width * height
""", [
        'area(21), calls, area.__name__',
        'isinstance(proxy, Account), proxy == account, proxy.deposit(41)',
    ], {
        "proxy.balance": "proxy.balance",
        "proxy(1) of a bound method": "function(1)",
        "call of a decorated function": "increment(1)",
        "ObjectProxy(account)": "wrapt.ObjectProxy(account)",
    }),
    "ujson": ("ujson", """
import ujson
record = {"id": 1234, "name": "Mooring", "tags": ["c", "pypy"], "price": 9.5, "sold": True}
text = ujson.dumps(record)
numbers = list(range(1000))
digits = ujson.dumps(numbers)
""", [
        'ujson.dumps(record)',
        'ujson.loads(text) == record',
    ], {
        "dumps(1)": "ujson.dumps(1)",
        "dumps(record)": "ujson.dumps(record)",
        "loads(record)": "ujson.loads(text)",
        "dumps(1000 ints)": "ujson.dumps(numbers)",
        "loads(1000 ints)": "ujson.loads(digits)",
    }),
    "msgpack": ("msgpack._cmsgpack", """
import msgpack
record = {"id": 1234, "name": "Mooring", "tags": ["c", "pypy"], "price": 9.5, "sold": True}
packed = msgpack.packb(record)
numbers = list(range(1000))
array = msgpack.packb(numbers)
""", [
        'msgpack.packb({"compact": True, "schema": 0}).hex(" ")',
        'msgpack.unpackb(packed) == record',
    ], {
        "packb(record)": "msgpack.packb(record)",
        "unpackb(record)": "msgpack.unpackb(packed)",
        "packb(1000 ints)": "msgpack.packb(numbers)",
        "unpackb(1000 ints)": "msgpack.unpackb(array)",
    }),
}


def say(**facts):
    print(json.dumps(facts), flush=True)


def timed(expression, names):
    """Median over RUNS of nanoseconds for one evaluation, after warming up."""
    scope = {}
    exec("def run(times, clock, {0}):\n    start = clock()\n    for _ in times: {1}\n    return clock() - start".format(
        ", ".join(names), expression), scope)
    run = scope["run"]

    def once(number):
        return run(range(number), time.perf_counter, **names)

    number, end = 1, time.perf_counter() + WARM_SECONDS
    while time.perf_counter() < end:
        if once(number) < RUN_SECONDS / 2:
            number *= 2
    number = max(1, int(number * RUN_SECONDS / max(once(number), 1e-9)))
    return statistics.median(once(number) for _ in range(RUNS)) / number * 1e9


def main(package):
    module, before, shown, calls = PACKAGES[package]
    if "--layer" in sys.argv:
        import capi                             # its finder knows the suffix of our modules
    names = {}
    exec(before, names)
    try:
        file = importlib.import_module(module).__file__
    except ImportError:
        file = None
    say(module=module, file=file)
    for expression in shown:
        say(expression=expression, shown=repr(eval(expression, names)))
    names = {name: value for name, value in names.items() if not name.startswith("__")}
    for label, expression in calls.items():
        gc.collect()
        say(call=label, ns=timed(expression, names))


if __name__ == "__main__":
    main(sys.argv[1])
