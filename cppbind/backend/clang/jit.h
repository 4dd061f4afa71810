/* How code is optimised, compiled and linked: jit.cpp; where it lies: memory.cpp; what does not link: apart.cpp. */
#pragma once

#include <llvm/ExecutionEngine/Orc/LLJIT.h>

#include <memory>
#include <set>
#include <string>

namespace cppbind {

std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> one_range();
llvm::Expected<std::unique_ptr<llvm::orc::LLJITBuilder>> jit_builder(unsigned level);     /* of -O; once */
void optimise(llvm::Module &module);                    /* as clang does at that level */

/* The names that a module uses, and that are defined nowhere so far. */
llvm::Expected<std::set<std::string>> missing(const llvm::Module &module, llvm::orc::LLJIT &jit);

/* Leaves in a module what links, and gives the rest of it, or nullptr. */
llvm::Expected<std::unique_ptr<llvm::Module>> put_apart(std::unique_ptr<llvm::Module> &module, llvm::orc::LLJIT &jit);

}  // namespace cppbind
