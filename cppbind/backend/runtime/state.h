/* What waits for the front-end to take it: shared by what catches, raises and signals.  Part of both back-ends. */
#pragma once

#include <cxxabi.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#ifndef EXPORT
#define EXPORT extern "C" __attribute__((visibility("default")))
#endif

namespace {

std::atomic<int> pending;
thread_local std::exception_ptr caught;
thread_local std::string taken;
std::mutex &lock = *new std::mutex;
auto &alive = *new std::map<intptr_t, std::exception_ptr>;    /* those that the front-end refers to */

std::string demangled(const char *name) {
    int status;
    char *text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
    std::string result = text ? text : name;
    std::free(text);
    return result;
}

}  // namespace
