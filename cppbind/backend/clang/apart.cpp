/* Code that refers to what is nowhere, apart from the rest of its unit.

   A module that does not link is lost with all that it defines, and clang emits an instance of a template only once: later code that
   needs one would not link either.  What links is therefore compiled as a module of its own. */
#include "jit.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Cloning.h>


using namespace llvm;

namespace {

using Globals = std::set<const GlobalValue *>;

std::set<std::string> &suspects = *new std::set<std::string>;       /* names of what was put apart */

bool is_list(const GlobalValue &value) { return value.hasAppendingLinkage() && value.getName() != "llvm.global_ctors" && value.getName() != "llvm.global_dtors"; }

/* What no other module sees, so that its users have to be where it is; what is constant and has no identity is copied instead. */
bool is_tied(const GlobalValue *value) {
    const auto *variable = dyn_cast<GlobalVariable>(value);
    return value->hasLocalLinkage() && !(variable && variable->isConstant() && variable->hasGlobalUnnamedAddr());
}

/* The globals whose code or value mentions another value. */
void users_of(const Value *value, Globals &found, std::set<const Value *> &seen) {
    for (const User *user : value->users()) {
        if (!seen.insert(user).second) continue;
        if (const auto *instruction = dyn_cast<Instruction>(user)) found.insert(instruction->getFunction());
        else if (const auto *global = dyn_cast<GlobalValue>(user)) { if (!is_list(*global)) found.insert(global); }
        else users_of(user, found, seen);
    }
}

/* The globals that a definition mentions. */
void mentioned(const User *user, Globals &found, std::set<const Value *> &seen) {
    for (const Value *operand : user->operands()) {
        if (!isa<Constant>(operand) || !seen.insert(operand).second) continue;
        if (const auto *global = dyn_cast<GlobalValue>(operand)) found.insert(global);
        else mentioned(cast<User>(operand), found, seen);
    }
}

Globals mentioned(const GlobalValue *global) {
    Globals found;
    std::set<const Value *> seen;
    mentioned(global, found, seen);
    if (const auto *function = dyn_cast<Function>(global))
        for (const BasicBlock &block : *function)
            for (const Instruction &instruction : block) mentioned(&instruction, found, seen);
    return found;
}

/* All that cannot be linked if these cannot: what uses them, and what is tied to that. */
Globals closure(Globals from) {
    Globals all = from;
    while (!from.empty()) {
        Globals next;
        for (const GlobalValue *one : from) {
            std::set<const Value *> seen;
            users_of(one, next, seen);
            if (one->isDeclaration()) continue;
            for (const GlobalValue *other : mentioned(one))
                if (is_tied(other)) next.insert(other);
        }
        from.clear();
        for (const GlobalValue *one : next)
            if (all.insert(one).second) from.insert(one);
    }
    return all;
}

/* The declarations of a module that are used, and defined nowhere so far. */
Expected<Globals> undefined(const Module &module, orc::LLJIT &jit) {
    Globals found;
    orc::SymbolLookupSet names;
    std::vector<std::pair<const GlobalValue *, orc::SymbolStringPtr>> asked;
    for (const GlobalValue &one : module.global_values()) {
        if (!one.isDeclaration() || one.use_empty() || one.hasExternalWeakLinkage() || one.getName().starts_with("llvm.")) continue;
        if (suspects.count(one.getName().str())) {
            found.insert(&one);
            continue;
        }
        asked.emplace_back(&one, jit.mangleAndIntern(one.getName()));
        names.add(asked.back().second, orc::SymbolLookupFlags::WeaklyReferencedSymbol);
    }
    orc::JITDylibSearchOrder order;
    jit.getMainJITDylib().withLinkOrderDo([&](const orc::JITDylibSearchOrder &all) { order = all; });
    auto flags = jit.getExecutionSession().lookupFlags(orc::LookupKind::Static, order, std::move(names));
    if (!flags) return flags.takeError();
    for (const auto &[one, name] : asked)
        if (!flags->count(name)) found.insert(one);
    return found;
}

/* A copy of a module with some of its definitions. */
template <class Chosen> std::unique_ptr<Module> part(const Module &module, Chosen chosen) {
    ValueToValueMapTy map;
    auto made = CloneModule(module, map, chosen);
    std::vector<GlobalValue *> idle;
    for (GlobalValue &one : made->global_values())
        if (one.isDeclaration() && one.use_empty()) idle.push_back(&one);
    for (GlobalValue *one : idle) one->eraseFromParent();
    return made;
}

}  // namespace

namespace cppbind {

Expected<std::set<std::string>> missing(const Module &module, orc::LLJIT &jit) {
    auto found = undefined(module, jit);
    if (!found) return found.takeError();
    std::set<std::string> names;
    for (const GlobalValue *one : *found) names.insert(one->getName().str());
    return names;
}

Expected<std::unique_ptr<Module>> put_apart(std::unique_ptr<Module> &module, orc::LLJIT &jit) {
    auto nowhere = undefined(*module, jit);
    if (!nowhere) return nowhere.takeError();
    if (nowhere->empty()) return nullptr;
    Globals bad = closure(std::move(*nowhere));
    auto copied = [](const GlobalValue *one) { return one->hasLocalLinkage() && !is_tied(one); };
    auto rest = part(*module, [&](const GlobalValue *one) { return bad.count(one) || copied(one); });
    rest->setModuleIdentifier(module->getModuleIdentifier() + ".apart");     /* its initialiser is named by that */
    for (const GlobalValue *one : bad)
        if (!one->isDeclaration() && !one->hasLocalLinkage()) suspects.insert(one->getName().str());
    module = part(*module, [&](const GlobalValue *one) { return !bad.count(one); });
    return rest;
}

}  // namespace cppbind
