/* The compiler: start, compile, symbols, diagnostics. */
#include "shim.h"
#include "jit.h"
#include "../runtime/exceptions.h"

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <clang/Interpreter/PartialTranslationUnit.h>
#include <clang/Lex/HeaderSearch.h>
#include <clang/Lex/Pragma.h>
#include <clang/Lex/Preprocessor.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>

#include <dlfcn.h>

#include <deque>

using namespace cppbind;

namespace cppbind {

Session &session = *new Session;

namespace {

std::string told;                                       /* by the compiler, since it was last asked */
llvm::raw_string_ostream teller(told);
unsigned warnings, errors, refusals;                    /* refusals: errors that were about access only */
thread_local std::string kept, message;

class Printer : public clang::TextDiagnosticPrinter {
public:
    explicit Printer(clang::DiagnosticOptions *options) : clang::TextDiagnosticPrinter(teller, options) {}

    void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic &info) override {
        warnings += level == clang::DiagnosticsEngine::Warning;
        if (level >= clang::DiagnosticsEngine::Error) {
            errors++;
            refusals += clang::DiagnosticIDs::getDiagnosticSFINAEResponse(info.getID()) == clang::DiagnosticIDs::SFINAE_AccessControl;
            if (session.interpreter) spoil();
        }
        clang::TextDiagnosticPrinter::HandleDiagnostic(level, info);
    }
};

/* Wrappers need no header: they place objects and report what they catch through these. */
const char PRELUDE[] = R"(
extern "C" {
void __cppbind_caught() noexcept;
extern int __cppbind_raised;
void __cppbind_throw();
void *__cppbind_enter();
void __cppbind_leave();
int __cppbind_setjmp(void *, int) __asm__("__sigsetjmp") __attribute__((returns_twice));
}
struct __cppbind_tag {};
inline void *operator new(__SIZE_TYPE__, void *place, __cppbind_tag) noexcept { return place; }
template <class T> struct __cppbind_same { using type = T; };
template <class T> T &&__cppbind_value() noexcept;
template <class T> struct __cppbind_bare { using type = T; };
template <class T> struct __cppbind_bare<const T> { using type = T; };
template <class T> struct __cppbind_bare<T &> : __cppbind_bare<T> {};
template <class T> struct __cppbind_bare<T &&> : __cppbind_bare<T> {};
)";

/* What compiled code refers to in this library, which is loaded RTLD_LOCAL. */
const char *const OWN[] = {"__cppbind_caught", "__cppbind_raised", "__cppbind_throw", "__cppbind_enter", "__cppbind_leave",
                           "_ZTIN8CPyCppyy11PyExceptionE", "_ZTVN8CPyCppyy11PyExceptionE", "_ZN8CPyCppyy11PyExceptionC1Ev",
                           "_ZN8CPyCppyy11PyExceptionC1ERKS0_", "_ZN8CPyCppyy11PyExceptionC2ERKS0_", "_ZN8CPyCppyy11PyExceptionD1Ev",
                           "_ZN8CPyCppyy11PyExceptionD2Ev", "_ZN8CPyCppyy11PyExceptionD0Ev", "_ZNK8CPyCppyy11PyException4whatEv",
                           "_ZNK8CPyCppyy11PyException6ticketEv"};

std::string unresolved;                                 /* what the JIT told of code that it could not link */

/* clang's own interpreter but for the JIT, and for printing the value of an expression that ends without a semicolon. */
class Interpreter : public clang::Interpreter {
public:
    Interpreter(std::unique_ptr<clang::CompilerInstance> instance, llvm::Error &error, std::unique_ptr<llvm::orc::LLJITBuilder> builder)
        : clang::Interpreter(std::move(instance), error, std::move(builder)) {}

#if LLVM_VERSION_MAJOR < 20
private:
    struct Silent : clang::RuntimeInterfaceBuilder {
        static clang::ExprResult same(RuntimeInterfaceBuilder *, clang::Expr *expression, llvm::ArrayRef<clang::Expr *>) { return expression; }
        TransformExprFunction *getPrintValueTransformer() override { return same; }
    };

    std::unique_ptr<clang::RuntimeInterfaceBuilder> FindRuntimeInterface() override { return std::make_unique<Silent>(); }
#endif
};

bool failed(llvm::Error error) {
    if (!error) return false;
    std::string text = llvm::toString(std::move(error));
    if (told.empty()) told = unresolved.empty() ? text : std::exchange(unresolved, std::string());
    return true;
}

}  // namespace

clang::Sema &Session::sema() { return interpreter->getCompilerInstance()->getSema(); }

void say(const std::string &text) { message = text; }

const char *keep(std::string text) {
    kept = std::move(text);
    return kept.c_str();
}

std::string diagnostics() {
    teller.flush();
    warnings = 0;
    return std::exchange(told, std::string());
}

void forget_diagnostics() { diagnostics(); }

namespace {

std::deque<clang::PartialTranslationUnit> apart;       /* of what put_apart() gave: clang goes by their addresses */

bool execute(clang::PartialTranslationUnit &unit, llvm::orc::LLJIT &jit) {
    if (!failed(session.interpreter->Execute(unit))) return true;
    llvm::consumeError(jit.initialize(jit.getMainJITDylib()));      /* or the next code would try the initialiser once more */
    unresolved.clear();
    return false;
}

const unsigned DEEPEST = 8;

/* Compile and run a unit, after what it needs and other code had instantiated: `of` refers to all that. */
bool link(clang::PartialTranslationUnit &unit, clang::TranslationUnitDecl *of, unsigned depth) {
    if (!unit.TheModule) return true;
    optimise(*unit.TheModule);
    auto jit = session.interpreter->getExecutionEngine();
    if (!jit) return !failed(jit.takeError());
    auto nowhere = missing(*unit.TheModule, *jit);
    if (!nowhere) return !failed(nowhere.takeError());
    if (nowhere->empty()) return execute(unit, *jit);
    if (depth && emit_lost(of, *nowhere)) {
        auto more = parse("");
        if (!more) return !failed(more.takeError());
        for (const std::string &name : *nowhere)
            if (auto *one = more->TheModule->getNamedValue(name); one && one->hasLinkOnceLinkage()) one->setLinkage(llvm::GlobalValue::WeakODRLinkage);      /* it stays */
        link(*more, of, depth - 1);
    }
    auto rest = put_apart(unit.TheModule, *jit);
    if (!rest) return !failed(rest.takeError());
    bool good = execute(unit, *jit);
    if (!*rest) return good;
    apart.emplace_back().TheModule = std::move(*rest);
    return execute(apart.back(), *jit) && good;
}

/* What descriptions of classes have instantiated, as for results that are deduced, calls more: the parser would leave that out. */
void perform_pending() {
    clang::Sema &sema = session.sema();
    std::string before = told;
    if (!sema.PendingInstantiations.empty() || !sema.VTableUses.empty()) {
        sema.DefineUsedVTables();
        sema.PerformPendingInstantiations();
    }
    if (sema.Diags.hasErrorOccurred()) sema.Diags.Reset(/*soft=*/true);
    empty_spoiled();
    forget_spoiled();
    told = before;
}

bool compile_once(const std::string &code) {
    perform_pending();
    errors = refusals = 0;
    auto parsed = parse(code + "\n;;");                /* at which the last declaration is done, and known */
    if (parsed) return link(*parsed, parsed->TUPart, DEEPEST);
    failed(parsed.takeError());
    std::string problems = std::exchange(told, std::string());
    empty_spoiled();
    take_back();
    forget_spoiled();
    told = problems;
    return false;
}

}  // namespace

/* Our own code names what other code has given: it may be of a class that has no public name.  It is asked without access control only if
   that fails, for what C++ says of a type depends on access, and is said once. */
bool compile(const std::string &code) {
    if (compile_once(code)) return true;
    if (!errors || errors != refusals || code.find("__cppbind_") == std::string::npos) return false;
    auto &options = session.interpreter->getCompilerInstance()->getLangOpts();
    std::string problems = std::exchange(told, std::string());
    options.AccessControl = 0;
    bool good = compile_once(code);
    options.AccessControl = 1;                          /* else there would have been no such errors */
    if (!good) told = problems;
    return good;
}

/* An address of code that refers to what is nowhere is given all the same: only the JIT's reports tell. */
intptr_t symbol(const std::string &name) {
    unresolved.clear();
    auto found = session.interpreter->getSymbolAddress(name);
    if (found && unresolved.empty()) return static_cast<intptr_t>(found->getValue());
    std::string text = found ? "" : llvm::toString(found.takeError());
    say(unresolved.empty() ? text : std::exchange(unresolved, std::string()));
    return 0;
}

Lines split(const std::string &text, char at) {
    Lines parts;
    size_t begin = 0;
    for (size_t end; (end = text.find(at, begin)) != std::string::npos; begin = end + 1)
        parts.push_back(text.substr(begin, end - begin));
    parts.push_back(text.substr(begin));
    return parts;
}

}  // namespace cppbind

EXPORT int cppbind_start(const char *options);

namespace {

/* A pragma about the file that it is in: clang 19 crashes where it is in none. */
struct OfFile : clang::PragmaHandler {
    void (clang::Preprocessor::*handle)(clang::Token &);
    OfFile(const char *name, void (clang::Preprocessor::*handle)(clang::Token &)) : PragmaHandler(name), handle(handle) {}

    void HandlePragma(clang::Preprocessor &preprocessor, clang::PragmaIntroducer, clang::Token &token) override {
        auto *lexer = preprocessor.getCurrentFileLexer();
        if (lexer && lexer->getFileEntry()) (preprocessor.*handle)(token);
    }
};

void handle_pragmas(clang::Preprocessor &preprocessor) {
    preprocessor.AddPragmaHandler(new OfFile("once", &clang::Preprocessor::HandlePragmaOnce));
    for (const char *space : {"GCC", "clang"})
        preprocessor.AddPragmaHandler(space, new OfFile("system_header", &clang::Preprocessor::HandlePragmaSystemHeader));
}

bool start(const Lines &options) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
    std::vector<const char *> arguments;
    for (const std::string &option : options)
        if (!option.empty()) arguments.push_back(option.c_str());
    clang::IncrementalCompilerBuilder front;
    front.SetCompilerArgs(arguments);
    auto instance = front.CreateCpp();
    if (!instance) return failed(instance.takeError()), false;
    auto &engine = (*instance)->getDiagnostics();
    engine.setClient(new Printer(&engine.getDiagnosticOptions()), true);
    auto &how = (*instance)->getCodeGenOpts();
    how.DisableLLVMPasses = true;                       /* optimise() runs them */
    auto builder = jit_builder(how.OptimizationLevel);
    if (!builder) return failed(builder.takeError()), false;
    llvm::Error error = llvm::Error::success();
    auto made = std::make_unique<Interpreter>(std::move(*instance), error, std::move(*builder));
    if (error) return failed(std::move(error)), false;
    session.interpreter = std::move(made);
    watch_ends();
    handle_pragmas(session.interpreter->getCompilerInstance()->getPreprocessor());

    auto jit = session.interpreter->getExecutionEngine();
    if (!jit) return failed(jit.takeError()), false;
    jit->getExecutionSession().setErrorReporter([](llvm::Error error) { unresolved += llvm::toString(std::move(error)); });
    Dl_info self;
    void *library = dladdr(reinterpret_cast<void *>(&cppbind_start), &self) ? dlopen(self.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : nullptr;
    llvm::orc::SymbolMap map;
    for (const char *name : OWN)
        map[jit->mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(dlsym(library, name)), llvm::JITSymbolFlags::Exported};
    if (failed(jit->getMainJITDylib().define(llvm::orc::absoluteSymbols(std::move(map))))) return false;
    return compile(PRELUDE);
}

}  // namespace

EXPORT int cppbind_start(const char *options) {
    Locked locked;
    if (session.interpreter) return 0;
    static Lines kept_options;                          /* clang keeps pointers to them */
    kept_options = split(options, '\n');
    bool good = start(kept_options);
    say(diagnostics());
    return good ? 0 : -1;
}

EXPORT const char *cppbind_message() { return message.c_str(); }

EXPORT int cppbind_compile(const char *code) {
    Locked locked;
    forget_diagnostics();
    bool good = compile(code);
    bool warned = warnings != 0;
    say(diagnostics());
    return good ? warned : -1;
}

EXPORT int cppbind_include_path(const char *folder) {
    Locked locked;
    say("");
    auto *compiler = session.interpreter->getCompilerInstance();
    auto directory = compiler->getFileManager().getOptionalDirectoryRef(folder);
    if (!directory) return -1;
    auto &search = compiler->getPreprocessor().getHeaderSearchInfo();
    search.AddSearchPath(clang::DirectoryLookup(*directory, clang::SrcMgr::C_User, false), /*isAngled=*/true);
    return 0;
}

EXPORT intptr_t cppbind_symbol(const char *name) {
    Locked locked;
    say("");
    intptr_t found = symbol(std::string(name));
    say(diagnostics());
    return found;
}
