/* What wrappers catch: kept per thread until the front-end takes it.  Part of both back-ends. */
#pragma once

#include "raised.h"
#include "signals.h"

/* Called by a wrapper from within its `catch (...)`. */
EXPORT void __cppbind_caught() noexcept {
    if (!caught) ++pending;
    caught = std::current_exception();
}

static_assert(sizeof(std::atomic<int>) == sizeof(int), "the front-end reads it as an int");

EXPORT intptr_t cppbind_pending() { return reinterpret_cast<intptr_t>(&pending); }

EXPORT const char *cppbind_exception() {
    if (const char *found = signal_record()) return found;
    if (const char *found = raised_record()) return found;
    if (!caught) return nullptr;
    std::exception_ptr mine = std::exchange(caught, nullptr);
    --pending;
    intptr_t address = reinterpret_cast<intptr_t>(*reinterpret_cast<void **>(&mine));
    const std::type_info *type = mine.__cxa_exception_type();
    intptr_t standard = 0;
    std::string what;
    try {
        std::rethrow_exception(mine);
    } catch (const CPyCppyy::PyException &error) {
        what = std::to_string(error.ticket());
    } catch (const std::exception &error) {
        standard = reinterpret_cast<intptr_t>(&error);
        what = error.what();
    } catch (...) {
    }
    {
        std::lock_guard<std::mutex> guard(lock);
        alive[address] = mine;
    }
    taken = (type ? demangled(type->name()) : "?") + '\t' + std::to_string(address) + '\t' + std::to_string(standard) + '\t' + what;
    return taken.c_str();
}

EXPORT void cppbind_exception_release(intptr_t address) {
    std::exception_ptr last;
    std::lock_guard<std::mutex> guard(lock);
    auto found = alive.find(address);
    if (found == alive.end()) return;
    last = std::move(found->second);
    alive.erase(found);
}

/* What dies in great numbers was made long ago: its memory is fetched while others are freed. */
EXPORT void cppbind_delete_all(intptr_t wrapper, const intptr_t *addresses, intptr_t n) {
    const intptr_t AHEAD = 8;
    auto destroy = reinterpret_cast<void (*)(intptr_t)>(wrapper);
    for (intptr_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(reinterpret_cast<void *>(addresses[i + AHEAD]), 1);
        if (addresses[i]) destroy(addresses[i]);
    }
}
