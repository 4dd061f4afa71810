/* How code is optimised, compiled and linked: jit.cpp; where it lies: memory.cpp. */
#pragma once

#include <llvm/ExecutionEngine/Orc/LLJIT.h>

#include <memory>

namespace cppbind {

std::unique_ptr<llvm::jitlink::JITLinkMemoryManager> one_range();
llvm::Expected<std::unique_ptr<llvm::orc::LLJITBuilder>> jit_builder(unsigned level);     /* of -O; once */
void optimise(llvm::Module &module);                    /* as clang does at that level */

}  // namespace cppbind
