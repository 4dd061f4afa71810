/* What the files of the clang back-end share. */
#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/Interpreter/Interpreter.h>
#include <clang/Sema/Sema.h>

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace cppbind {

using Lines = std::vector<std::string>;

/* The one compiler of the process and its lock: clang serves one thread at a time. */
struct Session {
    std::unique_ptr<clang::Interpreter> interpreter;
    std::recursive_mutex lock;

    clang::ASTContext &context() { return interpreter->getASTContext(); }
    clang::Sema &sema();
};
extern Session &session;                               /* never destroyed: objects outlive it at exit */

struct Locked : std::lock_guard<std::recursive_mutex> {
    Locked() : std::lock_guard<std::recursive_mutex>(session.lock) {}
};

/* interpreter.cpp */
bool compile(const std::string &code);                  /* parse and run; diagnostics are kept */
std::string diagnostics();                              /* and forget them */
void forget_diagnostics();
intptr_t symbol(const std::string &name);              /* 0 if there is none: diagnostics() tells */
void say(const std::string &text);                      /* what cppbind_message() returns */
const char *keep(std::string text);                     /* a text that is returned */

/* undo.cpp */
void watch_ends();                                      /* of code, each with semicolons behind it */
llvm::Expected<clang::PartialTranslationUnit &> parse(const std::string &code);     /* only so: wrong code would end the process */
void take_back();                                       /* what the last unit has declared */
bool is_taken_back(const clang::Decl *decl);

/* lost.cpp */
using Names = std::set<std::string>;
void spoil();                                           /* an error was told: what is being instantiated is not right */
void empty_spoiled();                                   /* of what may yet be compiled to be thrown away */
void forget_spoiled();
bool emit_lost(const clang::DeclContext *unit, const Names &names);     /* those instances that a unit refers to, in the next; whether there are any */

/* names.cpp */
std::string name_of(clang::QualType type);              /* canonical, fully qualified */
std::string name_of(const clang::NamedDecl *decl);
std::string name_in_code(clang::QualType type);         /* the same as code that is compiled has to say it */
std::string name_in_code(const clang::TypeDecl *decl);
std::string spelling(clang::QualType type);             /* for people: with its typedefs */
std::string code_of(clang::QualType type);              /* docs/cppbind.md, "Type codes" */
const clang::Decl *named(const std::string &name);      /* what name_of() named before, or nullptr */
std::string one_line(std::string text);

/* lookup.cpp */
clang::QualType type_named(const std::string &text);    /* null if it does not compile */

/* describe.cpp */
void describe_function(const clang::FunctionDecl *function, std::string &out, const char *how = "");
bool only_declared(const clang::VarDecl *variable);     /* a constant of a class whose value is known, and maybe nowhere an address */
void describe_variable(const clang::VarDecl *variable, std::string &out);
void describe_enum(const clang::EnumDecl *declared, std::string &out);
void describe_template(const clang::TemplateDecl *declared, std::string &out);
bool complete(clang::CXXRecordDecl *record);            /* instantiate its definition; false if it has none */

/* wrappers.cpp */
std::string wrapper(const std::string &request, const std::string &name, std::string &problem);
bool is_compiled(const std::string &request);

/* ahead.cpp */
Lines along(const Lines &requests);                     /* more that is compiled with them */

inline intptr_t handle(const clang::Decl *decl) { return reinterpret_cast<intptr_t>(decl); }
template <class T> const T *decl_of(intptr_t handle) {
    return llvm::dyn_cast_or_null<T>(reinterpret_cast<const clang::Decl *>(handle));
}
Lines split(const std::string &text, char at);

}  // namespace cppbind

extern "C" int cppbind_wrappers(const char *requests, intptr_t *addresses);
extern "C" const char *cppbind_message();
