/* Code that fails takes back what it has declared before the error.

   clang takes it away from the names of the global namespace only, and what it redeclares with it: here names of all namespaces are taken
   back, and what was there before has its name again.  Only a class that was declared before, and is defined by such code, stays defined. */
#include "shim.h"

#include <clang/AST/DeclContextInternals.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Lex/Preprocessor.h>

#include <algorithm>
#include <unordered_set>

using namespace clang;
using namespace cppbind;

namespace {

std::unordered_set<const DeclContext *> failed;         /* the units of code that failed */

/* Give a name back to what had it before a declaration. */
void restore(Decl *decl) {
    for (Decl *before = decl->getPreviousDecl(); before; before = before->getPreviousDecl()) {
        if (is_taken_back(before)) continue;
        before->getDeclContext()->makeDeclVisibleInContext(cast<NamedDecl>(before));
        return;
    }
}

/* Names of inline namespaces are names of what is around them, too. */
void take_name(DeclContext *scope, NamedDecl *decl) {
    StoredDeclsMap *names = scope->getPrimaryContext()->buildLookup();
    auto at = names ? names->find(decl->getDeclName()) : StoredDeclsMap::iterator();
    if (!names || at == names->end()) return;
    auto found = at->second.getLookupResult();
    if (std::find(found.begin(), found.end(), decl) != found.end()) at->second.remove(decl);
    if (scope->isInlineNamespace()) take_name(scope->getParent(), decl);
}

/* Whether it is code or memory; that is taken from the declaration, or the same could not be defined again. */
bool is_definition(Decl *decl) {
    if (auto *function = dyn_cast<FunctionDecl>(decl); function && function->isThisDeclarationADefinition()) {
        function->setBody(nullptr);
        return true;
    }
    auto *variable = dyn_cast<VarDecl>(decl);
    if (!variable || variable->isThisDeclarationADefinition() == VarDecl::DeclarationOnly) return false;
    variable->setInit(nullptr);
    if (variable->isStaticDataMember()) variable->setLexicalDeclContext(variable->getDeclContext());
    else variable->setStorageClass(SC_Extern);
    return true;
}

/* Whether there was a definition. */
bool take_names(DeclContext *scope) {
    bool defined = false;
    for (Decl *decl : scope->decls()) {
        if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(decl)) defined |= take_names(cast<DeclContext>(decl));
        if (auto *list = dyn_cast<EnumDecl>(decl); list && !list->isScoped())
            for (EnumConstantDecl *one : list->enumerators()) take_name(scope->getRedeclContext(), one);
        defined |= is_definition(decl);
        if (auto *named = dyn_cast<NamedDecl>(decl); named && named->getDeclName() && !isa<CXXRecordDecl>(decl->getDeclContext())) {
            take_name(decl->getDeclContext()->getRedeclContext(), named);
            restore(decl);
        }
    }
    return defined;
}

/* clang 19 crashes over code that fails and has directives among its declarations: they are known by name, too. */
void hide_directives(DeclContext *unit) {
    std::vector<UsingDirectiveDecl *> found;
    for (Decl *decl : unit->decls())
        if (auto *directive = dyn_cast<UsingDirectiveDecl>(decl)) found.push_back(directive);
    for (UsingDirectiveDecl *one : found) {
        unit->removeDecl(one);
        unit->makeDeclVisibleInContext(one);
    }
}

}  // namespace

namespace cppbind {

void watch_ends() {
    session.interpreter->getCompilerInstance()->getPreprocessor().setTokenWatcher([](const Token &token) {
        if (token.is(tok::annot_repl_input_end)) hide_directives(session.context().getTranslationUnitDecl());
    });
}

bool is_taken_back(const Decl *decl) {
    const DeclContext *at = isa<TranslationUnitDecl>(decl) ? cast<DeclContext>(decl) : decl->getLexicalDeclContext();
    while (at->getLexicalParent()) at = at->getLexicalParent();
    return failed.count(at);
}

bool take_back() {
    DeclContext *unit = session.context().getTranslationUnitDecl();
    failed.insert(unit);
    return take_names(unit);
}

}  // namespace cppbind
