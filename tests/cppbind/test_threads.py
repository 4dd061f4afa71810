"""Several threads: C++'s own that call Python, Python's that call and compile C++."""

import threading
import time

import pytest

SOURCE = """
#include <functional>
#include <thread>
#include <vector>
#include <atomic>
namespace threads {
struct Consumer { virtual ~Consumer() {} virtual void process(int) = 0; };
std::string run(Consumer *c, int n, int count) {
    std::vector<std::thread> all;
    std::vector<std::string> told(count);
    for (int t = 0; t < count; t++) all.emplace_back([=, &told] {
        try { for (int i = 0; i < n; i++) c->process(i); } catch (const std::exception &e) { told[t] = e.what(); }
    });
    for (auto &t : all) t.join();
    return told[0];
}
int in_thread(std::function<int(int)> f) { int r; std::thread t([&] { r = f(3); }); t.join(); return r; }
double calc(double d) { return d * 42; }
std::atomic<bool> go{false};
void wait() { while (!go) std::this_thread::yield(); }
void release() { go = true; }
int sum(const std::vector<int> &v) { int s = 0; for (int i : v) s += i; return s; }
}
"""


@pytest.fixture(scope="module")
def ns(cpp):
    cpp.cppdef(SOURCE)
    return cpp.gbl.threads


def run(functions):
    all = [threading.Thread(target=function) for function in functions]
    for thread in all:
        thread.start()
    for thread in all:
        thread.join(60)
    assert not any(thread.is_alive() for thread in all)


def test_cpp_threads_call_python(ns):
    lock = threading.Lock()

    class Counting(ns.Consumer):
        count = 0

        def process(self, i):
            with lock:
                self.count += 1
    counting = Counting()
    assert ns.run(counting, 500, 4) == ""
    assert counting.count == 2000
    assert ns.in_thread(lambda i: i + 1) == 4


def test_error_in_cpp_thread(ns):
    class Failing(ns.Consumer):
        def process(self, i):
            raise RuntimeError("all wrong")
    assert "RuntimeError: all wrong" in ns.run(Failing(), 1, 1)
    assert ns.calc(1) == 42


def test_calls(ns):
    results = []
    run([lambda d=d: results.append(ns.calc(d)) for d in range(50)])
    assert sorted(results) == [d * 42.0 for d in range(50)]


def test_others_run_during_a_call(ns):
    done = []
    waiting = threading.Thread(target=lambda: done.append(ns.wait()))
    waiting.start()
    time.sleep(0.05)
    assert not done
    ns.release()
    waiting.join(20)
    assert done == [None]


def test_compiling(cpp, ns):
    results = []

    def work(k):
        cpp.cppdef(f"namespace threads {{ int of{k}(int i) {{ return i + {k}; }} struct S{k} {{ virtual ~S{k}() {{}} virtual int v() {{ return {k}; }} }}; "
                   f"int call{k}(S{k} &s) {{ return s.v(); }} }}")

        class Derived(getattr(ns, f"S{k}")):
            def v(self):
                return super().v() + 1
        results.append((getattr(ns, f"of{k}")(1) - k, getattr(ns, f"call{k}")(Derived()) - k))
    run([lambda k=k: work(k) for k in range(12)])
    assert results == [(1, 1)] * 12


def test_errors_stay_with_their_thread(cpp, ns):
    cpp.cppdef("#include <stdexcept>\nnamespace threads { int thrower(int i) { throw std::runtime_error(std::to_string(i)); } }")
    wrong = []

    def work(k):
        for _ in range(50):
            try:
                ns.thrower(k)
                wrong.append(k)
            except cpp.gbl.std.runtime_error as error:
                if error.what() != str(k):
                    wrong.append((k, error.what()))
            if ns.calc(k) != k * 42.0:
                wrong.append(k)
    run([lambda k=k: work(k) for k in range(6)])
    assert not wrong
