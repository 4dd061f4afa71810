/* Optimising, compiling and linking.

   clang-repl makes a target machine and passes anew for each module, which costs more than a small module itself: here they are kept.
   Modules of small functions without loops, as entry points are, go through LLVM's quick code generator at -O1: half the time, and
   the same speed as far as Python can tell. */
#include "jit.h"

#include <llvm/Analysis/CFG.h>
#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/TaskDispatch.h>
#include <llvm/IR/Module.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Target/TargetMachine.h>

#include <dlfcn.h>

using namespace llvm;

namespace {

const unsigned SMALL = 64;                              /* instructions of a function */
unsigned level;                                         /* of -O */
TargetMachine *thorough, *quick;                        /* never destroyed */

bool has_loop(const Function &function) {
    SmallVector<std::pair<const BasicBlock *, const BasicBlock *>, 4> edges;
    FindFunctionBackedges(function, edges);
    return !edges.empty();
}

bool is_small(const Module &module) {
    for (const Function &function : module)
        if (!function.isDeclaration() && (function.getInstructionCount() > SMALL || has_loop(function))) return false;
    return true;
}

class Compiler : public orc::IRCompileLayer::IRCompiler {
public:
    Compiler() : IRCompiler(orc::irManglingOptionsFromTargetOptions(thorough->Options)) {}

    Expected<std::unique_ptr<MemoryBuffer>> operator()(Module &module) override {
        return orc::SimpleCompiler(level == 0 || (level == 1 && is_small(module)) ? *quick : *thorough)(module);
    }
};

/* What passes know of a module, and who makes the passes of a level. */
struct Passes {
    PassBuilder builder;
    LoopAnalysisManager loops;
    FunctionAnalysisManager functions;
    CGSCCAnalysisManager components;
    ModuleAnalysisManager modules;

    Passes() : builder(thorough, tuning()) {
        builder.registerModuleAnalyses(modules);
        builder.registerCGSCCAnalyses(components);
        builder.registerFunctionAnalyses(functions);
        builder.registerLoopAnalyses(loops);
        builder.crossRegisterProxies(loops, functions, components, modules);
    }

    static PipelineTuningOptions tuning() {
        PipelineTuningOptions options;
        options.LoopVectorization = options.SLPVectorization = level > 1;
        return options;
    }

    void run(Module &module) {
        const OptimizationLevel levels[] = {OptimizationLevel::O0, OptimizationLevel::O1, OptimizationLevel::O2, OptimizationLevel::O3};
        (level ? builder.buildPerModuleDefaultPipeline(levels[level]) : builder.buildO0DefaultPipeline(levels[0])).run(module, modules);
        modules.clear();
        components.clear();
        functions.clear();
        loops.clear();
    }
};

/* What `extern template` says is elsewhere is called there, if it is: a library may have it of other code than its header shows.  The
   standard library's is the same for certain, and quicker inline. */
void leave_elsewhere(Module &module) {
    for (Function &function : module) {
        StringRef name = function.getName();
        bool standard = name.starts_with("_ZNS") || name.starts_with("_ZNKS") || name.starts_with("_ZS");
        if (function.hasAvailableExternallyLinkage() && !standard && dlsym(RTLD_DEFAULT, name.str().c_str())) function.deleteBody();
    }
}

}  // namespace

namespace cppbind {

void optimise(Module &module) {
    static Passes &passes = *new Passes;
    leave_elsewhere(module);
    passes.run(module);
}

Expected<std::unique_ptr<orc::LLJITBuilder>> jit_builder(unsigned optimisation) {
    level = optimisation;
    auto target = orc::JITTargetMachineBuilder::detectHost();
    if (!target) return target.takeError();
    for (bool fast : {false, true}) {
        target->setCodeGenOptLevel(fast ? CodeGenOptLevel::None : CodeGenOptLevel::Default);
        auto made = target->createTargetMachine();
        if (!made) return made.takeError();
        (fast ? quick : thorough) = made->release();
    }
    auto control = orc::SelfExecutorProcessControl::Create(nullptr, std::make_unique<orc::InPlaceTaskDispatcher>(), one_range());
    if (!control) return control.takeError();
    auto builder = std::make_unique<orc::LLJITBuilder>();
    builder->setJITTargetMachineBuilder(std::move(*target));
    builder->setDataLayout(thorough->createDataLayout());
    builder->setExecutorProcessControl(std::move(*control));
    builder->setSupportConcurrentCompilation(false);    /* or each module is copied into a context of its own */
    builder->setCompileFunctionCreator([](orc::JITTargetMachineBuilder) -> Expected<std::unique_ptr<orc::IRCompileLayer::IRCompiler>> {
        return std::make_unique<Compiler>();
    });
    return builder;
}

}  // namespace cppbind
