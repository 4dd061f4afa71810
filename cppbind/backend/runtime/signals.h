/* Signals as exceptions: a guarded entry point returns when a signal would have killed the process.  Part of both back-ends. */
#pragma once

#include "state.h"

#include <csetjmp>
#include <csignal>
#include <deque>

namespace {

const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
struct sigaction before[5];
bool watching;
struct Jump { sigjmp_buf buffer; };
thread_local std::deque<Jump> entered;                  /* guarded entry points that this thread is in */
thread_local int signalled;

void leap(int number) {
    if (entered.empty()) {
        std::signal(number, SIG_DFL);
        raise(number);
        return;
    }
    if (!signalled) ++pending;
    signalled = number;
    siglongjmp(entered.back().buffer, 1);
}

const char *signal_record() {
    if (!signalled) return nullptr;
    --pending;
    taken = "signal\t0\t0\t" + std::to_string(std::exchange(signalled, 0));
    return taken.c_str();
}

}  // namespace

EXPORT void *__cppbind_enter() {
    entered.emplace_back();
    return &entered.back().buffer;
}

EXPORT void __cppbind_leave() { entered.pop_back(); }

EXPORT void cppbind_signals(int on) {
    if (on == watching) return;
    watching = on;
    for (size_t i = 0; i < 5; i++) {
        struct sigaction ours = {};
        ours.sa_handler = leap;
        ours.sa_flags = SA_NODEFER;
        if (on) sigaction(SIGNALS[i], &ours, &before[i]); else sigaction(SIGNALS[i], &before[i], nullptr);
    }
}
