/* Instances of templates that code needs and that clang has left out.

   clang hands a function to its code generator once, when it has instantiated it, and after an error the generator takes no more until the code has
   ended.  What other code that failed has instantiated would be missing for ever: here it is handed over again.  What had an error in it
   is forgotten, so that the next use instantiates it anew, and says what is wrong. */
#include "shim.h"

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/Attr.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/Mangle.h>

#include <unordered_set>

using namespace clang;
using namespace cppbind;

namespace {

std::unordered_set<FunctionDecl *> spoiled;             /* that were being instantiated when an error was told */

/* All that some code may refer to, through functions and variables with a known body or value. */
class Reached {
public:
    std::vector<NamedDecl *> found;

    void declarations(const DeclContext *scope) {
        for (const Decl *decl : scope->decls()) {
            if (isa<NamespaceDecl, LinkageSpecDecl>(decl)) declarations(cast<DeclContext>(decl));
            else if (!decl->isTemplated()) declaration(decl);
        }
    }

private:
    void declaration(const Decl *decl) {
        if (!decl || !seen.insert(decl->getCanonicalDecl()).second) return;
        if (const auto *function = dyn_cast<FunctionDecl>(decl)) {
            found.push_back(const_cast<FunctionDecl *>(function));
            const FunctionDecl *definition = nullptr;
            if (!function->hasBody(definition)) return;
            statement(definition->getBody());
            if (const auto *constructor = dyn_cast<CXXConstructorDecl>(definition)) {
                for (const CXXCtorInitializer *part : constructor->inits()) statement(part->getInit());
                for (const CXXMethodDecl *method : constructor->getParent()->methods())
                    if (method->isVirtual()) declaration(method);
            }
            if (const auto *destructor = dyn_cast<CXXDestructorDecl>(definition)) {
                for (const FieldDecl *field : destructor->getParent()->fields()) destroyed(field->getType());
                for (const CXXBaseSpecifier &base : destructor->getParent()->bases()) destroyed(base.getType());
            }
        } else if (const auto *variable = dyn_cast<VarDecl>(decl)) {
            if (variable->hasGlobalStorage()) found.push_back(const_cast<VarDecl *>(variable));
            statement(variable->getInit());
            destroyed(variable->getType());
        }
    }

    void destroyed(QualType type) {
        const auto *record = type->getBaseElementTypeUnsafe()->getAsCXXRecordDecl();
        if (record && record->hasDefinition()) declaration(record->getDestructor());
    }

    void statement(const Stmt *one) {
        if (!one) return;
        if (const auto *name = dyn_cast<DeclRefExpr>(one)) declaration(name->getDecl());
        if (const auto *member = dyn_cast<MemberExpr>(one)) declaration(member->getMemberDecl());
        if (const auto *made = dyn_cast<CXXConstructExpr>(one)) declaration(made->getConstructor());
        if (const auto *inherited = dyn_cast<CXXInheritedCtorInitExpr>(one)) declaration(inherited->getConstructor());
        if (const auto *temporary = dyn_cast<CXXBindTemporaryExpr>(one)) declaration(temporary->getTemporary()->getDestructor());
        if (const auto *made = dyn_cast<CXXNewExpr>(one)) declaration(made->getOperatorNew());
        if (const auto *value = dyn_cast<CXXDefaultArgExpr>(one)) statement(value->getExpr());
        if (const auto *value = dyn_cast<CXXDefaultInitExpr>(one)) statement(value->getExpr());
        if (const auto *lambda = dyn_cast<LambdaExpr>(one)) declaration(lambda->getCallOperator());
        if (const auto *deleted = dyn_cast<CXXDeleteExpr>(one)) {
            declaration(deleted->getOperatorDelete());
            if (!deleted->getDestroyedType().isNull()) destroyed(deleted->getDestroyedType());
        }
        if (const auto *group = dyn_cast<DeclStmt>(one))
            for (const Decl *decl : group->decls()) declaration(decl);
        for (const Stmt *part : one->children()) statement(part);
    }

    std::unordered_set<const Decl *> seen;
};

bool is_named(ASTNameGenerator &mangler, const NamedDecl *decl, const Names &names) {
    if (!isa<CXXConstructorDecl, CXXDestructorDecl>(decl)) return names.count(mangler.getName(decl));
    for (const std::string &name : mangler.getAllManglings(decl))
        if (names.count(name)) return true;
    return false;
}

/* The definition of an instance, made now if it is not there; nullptr if there is none. */
Decl *definition_of(NamedDecl *decl) {
    Sema &sema = session.sema();
    if (auto *function = dyn_cast<FunctionDecl>(decl)) {
        const FunctionDecl *definition = nullptr;
        if (!function->isDefined() && function->isImplicitlyInstantiable())
            sema.InstantiateFunctionDefinition(function->getLocation(), function, /*Recursive=*/true, /*DefinitionRequired=*/false, /*AtEndOfTU=*/true);
        if (!function->isTemplateInstantiation() || !function->hasBody(definition) || definition->isInvalidDecl() || spoiled.count(function)) return nullptr;
        return const_cast<FunctionDecl *>(definition);
    }
    auto *variable = cast<VarDecl>(decl);
    if (!isTemplateInstantiation(variable->getTemplateSpecializationKind())) return nullptr;
    if (!variable->getDefinition()) sema.InstantiateVariableDefinition(variable->getLocation(), variable, /*Recursive=*/true, /*DefinitionRequired=*/false, /*AtEndOfTU=*/true);
    return variable->getDefinition();
}

}  // namespace

namespace cppbind {

void spoil() {
    for (const Sema::CodeSynthesisContext &one : session.sema().CodeSynthesisContexts)
        if (one.Kind == Sema::CodeSynthesisContext::TemplateInstantiation)
            if (auto *function = llvm::dyn_cast_or_null<FunctionDecl>(one.Entity)) spoiled.insert(function);
}

void empty_spoiled() {
    for (auto at = spoiled.begin(); at != spoiled.end();) {
        const FunctionDecl *pattern = (*at)->getTemplateInstantiationPattern();
        if (!pattern || pattern->getReturnType()->getContainedDeducedType() || (*at)->isDefaulted()) {
            at = spoiled.erase(at);                     /* what was deduced stays */
        } else {
            (*at)->setBody(CompoundStmt::CreateEmpty(session.context(), 0, false));
            (*at++)->setInvalidDecl(false);
        }
    }
}

void forget_spoiled() {
    for (FunctionDecl *function : spoiled) {
        function->setBody(nullptr);
        function->setInstantiationIsPending(false);
        if (auto *member = function->getMemberSpecializationInfo()) member->setPointOfInstantiation(SourceLocation());
        else if (auto *instance = function->getTemplateSpecializationInfo()) instance->setPointOfInstantiation(SourceLocation());
    }
    spoiled.clear();
}

bool emit_lost(const DeclContext *unit, const Names &names) {
    Reached reached;
    reached.declarations(unit);
    ASTNameGenerator mangler(session.context());
    bool any = false;
    for (NamedDecl *decl : reached.found) {
        if (!is_named(mangler, decl, names)) continue;
        Decl *definition = definition_of(decl);
        if (!definition) continue;
        any = true;
        definition->addAttr(UsedAttr::CreateImplicit(session.context()));      /* or it waits until it is used */
        session.sema().Consumer.HandleTopLevelDecl(DeclGroupRef(definition));
        definition->dropAttr<UsedAttr>();
    }
    return any;
}

}  // namespace cppbind
