/* The thin C API over frozen tables: what a dictionary's generated source includes.  Neither a compiler nor LLVM is involved.

   The generated source defines, sorted by name where that is said:
       cppbind_scopes      name, record of cppbind_describe, list of cppbind_names          sorted
       cppbind_entries     "SCOPE\tNAME", answer of cppbind_lookup                           sorted
       cppbind_types       text, answer of cppbind_type                                      sorted
       cppbind_functions   request, entry point                                              sorted
       cppbind_variables   addresses, by number
   Handles are: of scopes, index + 1; of functions and variables, their number in the records. */
#pragma once

#include "runtime/exceptions.h"

#include <algorithm>
#include <cstring>

namespace {

struct Scope { const char *name, *record, *names; };
struct Answer { const char *key, *text; };
struct Entry { const char *request; void *address; };

extern const Scope cppbind_scopes[];
extern const Answer cppbind_entries[], cppbind_types[];
extern const Entry cppbind_functions[];
extern void *const cppbind_variables[];
extern const size_t cppbind_scope_count, cppbind_entry_count, cppbind_type_count, cppbind_function_count, cppbind_variable_count;

const char *problem = "";

template <class Row> const char *key_of(const Row &row) { return *reinterpret_cast<const char *const *>(&row); }

/* The row with a key in a sorted table, or nullptr. */
template <class Row> const Row *row_of(const Row *rows, size_t count, const char *key) {
    const Row *found = std::lower_bound(rows, rows + count, key, [](const Row &row, const char *name) { return std::strcmp(key_of(row), name) < 0; });
    return found != rows + count && !std::strcmp(key_of(*found), key) ? found : nullptr;
}

const Scope *scope_at(intptr_t handle) {
    return handle > 0 && static_cast<size_t>(handle) <= cppbind_scope_count ? &cppbind_scopes[handle - 1] : nullptr;
}

}  // namespace

EXPORT int cppbind_start(const char *) { return 0; }
EXPORT const char *cppbind_message() { return problem; }

EXPORT intptr_t cppbind_scope(const char *name) {
    const Scope *found = row_of(cppbind_scopes, cppbind_scope_count, name);
    return found ? found - cppbind_scopes + 1 : 0;
}

EXPORT const char *cppbind_describe(intptr_t scope) {
    const Scope *found = scope_at(scope);
    return found && *found->record ? found->record : nullptr;
}

EXPORT const char *cppbind_lookup(intptr_t scope, const char *name) {
    const Scope *at = scope_at(scope);
    if (!at) return nullptr;
    const Answer *found = row_of(cppbind_entries, cppbind_entry_count, (std::string(at->name) + '\t' + name).c_str());
    return found ? found->text : nullptr;
}

EXPORT const char *cppbind_names(intptr_t scope) {
    const Scope *found = scope_at(scope);
    return found ? found->names : nullptr;
}

EXPORT const char *cppbind_type(const char *text) {
    const Answer *found = row_of(cppbind_types, cppbind_type_count, text);
    return found ? found->text : nullptr;
}

EXPORT int cppbind_wrappers(const char *requests, intptr_t *addresses) {
    int failed = 0;
    problem = "";
    for (std::string rest = requests;; addresses++) {
        size_t end = rest.find('\n');
        const Entry *found = row_of(cppbind_functions, cppbind_function_count, rest.substr(0, end).c_str());
        *addresses = found ? reinterpret_cast<intptr_t>(found->address) : 0;
        failed += !found;
        if (end == std::string::npos) break;
        rest.erase(0, end + 1);
    }
    if (failed) problem = "the dictionary was made without this function";
    return failed;
}

EXPORT intptr_t cppbind_address(intptr_t variable) {
    return variable > 0 && static_cast<size_t>(variable) <= cppbind_variable_count ? reinterpret_cast<intptr_t>(cppbind_variables[variable - 1]) : 0;
}

/* The way to a virtual base was compiled as a cast; other offsets are in the records. */
EXPORT intptr_t cppbind_offset(intptr_t derived, intptr_t base, intptr_t address) {
    const Scope *from = scope_at(derived), *to = scope_at(base);
    if (!from || !to) return -1;
    if (from == to) return 0;
    const Entry *found = row_of(cppbind_functions, cppbind_function_count, (std::string("cast\t") + from->name + '\t' + to->name).c_str());
    return found ? reinterpret_cast<intptr_t (*)(intptr_t)>(found->address)(address) - address : -1;
}

namespace {
const char NO_COMPILER[] = "a dictionary has no compiler";
}

EXPORT const char *cppbind_resolve(const char *) { return problem = NO_COMPILER, nullptr; }
EXPORT const char *cppbind_wrapper_source(const char *) { return problem = NO_COMPILER, nullptr; }
EXPORT int cppbind_compile(const char *) { return problem = NO_COMPILER, -1; }
EXPORT int cppbind_include_path(const char *) { return problem = NO_COMPILER, -1; }
EXPORT intptr_t cppbind_symbol(const char *) { return problem = NO_COMPILER, 0; }
