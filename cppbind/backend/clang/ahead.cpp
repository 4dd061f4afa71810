/* Entry points that come along with those that are asked for.

   One by itself costs four times what it costs in a batch.  With the first that is asked for of a class come a few others, with each further one
   twice as many, so that what is compiled in vain stays in proportion.  A batch is one module, and clang does not emit an inline function twice: only
   what cannot fail to link comes along, and only with what cannot. */
#include "shim.h"

#include <clang/AST/ExprCXX.h>
#include <clang/AST/Mangle.h>
#include <clang/AST/StmtCXX.h>

#include <dlfcn.h>

#include <set>
#include <unordered_map>

using namespace clang;
using namespace cppbind;

namespace {

const size_t FIRST = 3, MOST = 24, DEEPEST = 40;        /* functions; those that one may refer to */
std::unordered_map<const CXXRecordDecl *, size_t> allowance;

/* Whether the process has a function's symbol, where compiled code looks for it. */
bool is_loaded(const FunctionDecl *function) {
    static std::unique_ptr<MangleContext> mangler(session.context().createMangleContext());
    static void *process = dlopen(nullptr, RTLD_LAZY);
    std::string name = function->getNameAsString();
    if (mangler->shouldMangleDeclName(function)) {
        name.clear();
        llvm::raw_string_ostream stream(name);
        const auto *constructor = dyn_cast<CXXConstructorDecl>(function);
        mangler->mangleName(constructor ? GlobalDecl(constructor, Ctor_Complete) : GlobalDecl(function), stream);
    }
    return dlsym(process, name.c_str()) != nullptr;
}

/* Whether all that a function refers to is there for certain. */
class Links {
public:
    bool function(const FunctionDecl *one) {
        if (one->getBuiltinID() || !seen.insert(one->getCanonicalDecl()).second) return true;
        if (seen.size() > DEEPEST || one->isDependentContext() || one->isTemplateInstantiation() || isa<CXXDestructorDecl>(one)) return false;
        const FunctionDecl *definition = one->getDefinition();
        if (!definition || !definition->isInlined()) return is_loaded(one);
        if (const auto *constructor = dyn_cast<CXXConstructorDecl>(definition)) {
            if (constructor->getParent()->isPolymorphic() || !constructor->getParent()->hasTrivialDestructor()) return false;
            for (const CXXCtorInitializer *part : constructor->inits())
                if (!statement(part->getInit())) return false;
        }
        return definition->isTrivial() || (!definition->isDefaulted() && definition->getBody() && statement(definition->getBody()));
    }

private:
    bool statement(const Stmt *one) {
        if (!one) return true;
        if (isa<CXXNewExpr, CXXDeleteExpr, LambdaExpr, CXXDynamicCastExpr, CXXTypeidExpr, CXXBindTemporaryExpr, CXXThrowExpr, CXXCatchStmt, CXXInheritedCtorInitExpr,
                AsmStmt, CoroutineBodyStmt>(one)) return false;
        if (const auto *made = dyn_cast<CXXConstructExpr>(one); made && !function(made->getConstructor())) return false;
        if (const auto *value = dyn_cast<CXXDefaultArgExpr>(one)) return statement(value->getExpr());
        if (const auto *value = dyn_cast<CXXDefaultInitExpr>(one)) return statement(value->getExpr());
        if (const auto *name = dyn_cast<DeclRefExpr>(one); name && !declaration(name->getDecl())) return false;
        if (const auto *member = dyn_cast<MemberExpr>(one); member && !declaration(member->getMemberDecl())) return false;
        if (const auto *group = dyn_cast<DeclStmt>(one))
            for (const Decl *decl : group->decls())
                if (const auto *variable = dyn_cast<VarDecl>(decl); variable && (variable->isStaticLocal() || variable->getType().isDestructedType())) return false;
        for (const Stmt *part : one->children())
            if (!statement(part)) return false;
        return true;
    }

    bool declaration(const ValueDecl *one) {
        if (const auto *called = dyn_cast<FunctionDecl>(one)) return function(called);
        const auto *variable = dyn_cast<VarDecl>(one);
        return !variable || !variable->hasGlobalStorage();
    }

    std::set<const Decl *> seen;
};

bool is_plain(QualType type) { return type->isVoidType() || type->isScalarType() || type->isReferenceType(); }

bool links(const CXXMethodDecl *method) {
    if (method->isDeleted() || method->isImplicit() || method->isInvalidDecl() || method->getAccess() != AS_public || !is_plain(method->getReturnType())) return false;
    for (const ParmVarDecl *parameter : method->parameters()) {
        if (!is_plain(parameter->getType())) return false;
        if (parameter->hasUnparsedDefaultArg() || parameter->hasUninstantiatedDefaultArg()) return false;
    }
    return Links().function(method);
}

bool is_usual(const CXXRecordDecl *record) {
    return record->getIdentifier() && !isa<ClassTemplateSpecializationDecl>(record) && !record->isDependentContext() && !record->isLocalClass() && !record->isInAnonymousNamespace();
}

/* A class that `delete` needs no function of the program's for. */
bool is_simply_deleted(const CXXRecordDecl *record) {
    DeclarationName own = session.context().DeclarationNames.getCXXOperatorName(OO_Delete);
    return record->hasTrivialDestructor() && !record->getNumBases() && record->lookup(own).empty();
}

}  // namespace

namespace cppbind {

/* Requests to compile with those: "call<tab>HANDLE<tab>NARGS" of methods of one class, else there are none. */
Lines along(const Lines &requests) {
    const CXXRecordDecl *record = nullptr;
    const CXXMethodDecl *method = nullptr;
    for (const std::string &request : requests) {
        Lines words = split(request, '\t');
        method = words[0] == "call" && words.size() == 3 ? decl_of<CXXMethodDecl>(std::stoll(words[1])) : nullptr;
        if (!method || (record && record != method->getParent())) return {};
        record = method->getParent();
        if (!is_usual(record) || !links(method)) return {};
    }
    Lines found;
    if (!record) return found;
    size_t &most = allowance.try_emplace(record, FIRST).first->second, count = 0;
    if (isa<CXXConstructorDecl>(method) && is_simply_deleted(record)) found.push_back("delete\t" + std::to_string(handle(record->getCanonicalDecl())) + "\t0");
    for (const CXXMethodDecl *other : record->methods()) {
        if (count == most) break;
        if (other == method || isa<CXXDestructorDecl>(other) || is_compiled("call\t" + std::to_string(handle(other)) + '\t' + std::to_string(other->getNumParams()))) continue;
        if (!links(other)) continue;
        count++;
        for (unsigned number = other->getMinRequiredArguments(); number <= other->getNumParams(); number++)
            found.push_back("call\t" + std::to_string(handle(other)) + '\t' + std::to_string(number));
    }
    most = std::min(2 * most, MOST);
    return found;
}

}  // namespace cppbind
