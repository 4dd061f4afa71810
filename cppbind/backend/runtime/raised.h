/* Python exceptions in C++: a callback that raises says so here, and the C++ that called it throws.  Part of both back-ends. */
#pragma once

#include "state.h"
#include "../../include/CPyCppyy/PyException.h"

#include <vector>

namespace {

thread_local long raised;                               /* ticket of what this thread's callback raised, 0: nothing */
thread_local std::string raised_text;
std::vector<long> &dropped = *new std::vector<long>;    /* tickets whose exceptions C++ caught and forgot; under `lock`; never destroyed: used at exit */

}  // namespace

extern "C" __attribute__((visibility("default"))) std::atomic<int> __cppbind_raised;
std::atomic<int> __cppbind_raised;                      /* how many threads have one: what compiled callers look at */

namespace CPyCppyy {

struct State {
    std::atomic<int> references;
    long ticket;
    std::string text;
};

PyException::PyException() : state(new State{{1}, raised, std::exchange(raised_text, std::string())}) { raised = 0; }

PyException::PyException(const PyException &other) noexcept : std::exception(other), state(other.state) { ++state->references; }

PyException::~PyException() noexcept {
    if (--state->references) return;
    {
        std::lock_guard<std::mutex> guard(lock);
        dropped.push_back(state->ticket);
    }
    delete state;
}

const char *PyException::what() const noexcept { return state->text.c_str(); }

long PyException::ticket() const noexcept { return state->ticket; }

}  // namespace CPyCppyy

/* Called by compiled callers of Python when __cppbind_raised is not 0. */
EXPORT void __cppbind_throw() {
    if (!raised) return;
    --__cppbind_raised;
    --pending;
    throw CPyCppyy::PyException();
}

EXPORT void cppbind_raise(intptr_t ticket, const char *text) {
    if (raised) return;
    raised = ticket;
    raised_text = text;
    ++__cppbind_raised;
    ++pending;
}

EXPORT intptr_t cppbind_dropped() {
    std::lock_guard<std::mutex> guard(lock);
    if (dropped.empty()) return 0;
    long ticket = dropped.back();
    dropped.pop_back();
    return ticket;
}

/* What C++ did not throw, because it could not or need not, is raised when it returns. */
static const char *raised_record() {
    if (!raised) return nullptr;
    --__cppbind_raised;
    --pending;
    taken = "CPyCppyy::PyException\t0\t0\t" + std::to_string(std::exchange(raised, 0));
    return taken.c_str();
}
