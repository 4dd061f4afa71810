/* Code that fails takes back what it has declared before the error.

   clang takes it away from the names of the global namespace only, and what it redeclares with it: here names of all namespaces are taken
   back, and what was there before has its name again.  What was declared before, and defined by such code, is only declared again. */
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

/* The class or enum that it defines, if that was declared before. */
TagDecl *late_definition(Decl *decl) {
    if (auto *pattern = dyn_cast<ClassTemplateDecl>(decl)) decl = pattern->getTemplatedDecl();
    auto *tag = dyn_cast<TagDecl>(decl);
    return tag && tag->isCompleteDefinition() && tag->getPreviousDecl() ? tag : nullptr;
}

/* clang has no way to take a definition away, and keeps private what would have to change: an explicit instantiation may name it all the same. */
void undefine(CXXRecordDecl *decl);
void forget_sizes(ASTContext &context);

template <auto definition, auto layouts, auto sizes> struct Private {
    friend void undefine(CXXRecordDecl *decl) { decl->*definition = nullptr; }
    friend void forget_sizes(ASTContext &context) { (context.*layouts).clear(), (context.*sizes).clear(); }
};

template struct Private<&CXXRecordDecl::DefinitionData, &ASTContext::ASTRecordLayouts, &ASTContext::MemoizedTypeInfo>;

void take_late_definition(TagDecl *tag) {
    tag->setCompleteDefinition(false);
    auto *record = dyn_cast<CXXRecordDecl>(tag);
    if (!record) return;
    for (TagDecl *one : record->redecls()) undefine(cast<CXXRecordDecl>(one));
    forget_sizes(session.context());
    if (auto *pattern = record->getDescribedClassTemplate())
        for (ClassTemplateSpecializationDecl *one : pattern->specializations()) {
            if (one->getSpecializationKind() != TSK_ImplicitInstantiation || !one->isCompleteDefinition()) continue;
            while (one->decls_begin() != one->decls_end()) one->removeDecl(*one->decls_begin());
            one->setSpecializationKind(TSK_Undeclared);
            take_late_definition(one);
        }
}

/* Whether it is code or memory. */
bool is_definition(const Decl *decl) {
    if (const auto *function = dyn_cast<FunctionDecl>(decl)) return function->isThisDeclarationADefinition();
    const auto *variable = dyn_cast<VarDecl>(decl);
    return variable && variable->isThisDeclarationADefinition() != VarDecl::DeclarationOnly;
}

bool has_definitions(DeclContext *scope) {
    for (Decl *decl : scope->decls())
        if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(decl) ? has_definitions(cast<DeclContext>(decl)) : is_definition(decl) || late_definition(decl)) return true;
    return false;
}

/* Make a mere declaration of it, or the same could not be defined again. */
void take_definition(Decl *decl) {
    if (auto *function = dyn_cast<FunctionDecl>(decl)) return function->setBody(nullptr);
    auto *variable = cast<VarDecl>(decl);
    variable->setInit(nullptr);
    if (variable->isStaticDataMember()) variable->setLexicalDeclContext(variable->getDeclContext());
    else variable->setStorageClass(SC_Extern);
}

void take_names(DeclContext *scope) {
    for (Decl *decl : scope->decls()) {
        if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(decl)) take_names(cast<DeclContext>(decl));
        if (auto *list = dyn_cast<EnumDecl>(decl); list && !list->isScoped())
            for (EnumConstantDecl *one : list->enumerators()) take_name(scope->getRedeclContext(), one);
        if (is_definition(decl)) take_definition(decl);
        if (TagDecl *tag = late_definition(decl)) take_late_definition(tag);
        if (auto *named = dyn_cast<NamedDecl>(decl); named && named->getDeclName() && !isa<CXXRecordDecl>(decl->getDeclContext())) {
            take_name(decl->getDeclContext()->getRedeclContext(), named);
            restore(decl);
        }
    }
}

std::vector<NamedDecl *> hidden;

/* clang 19 crashes over code that fails and has declarations without a name, such as `typedef struct {} T;`, or directives: so while it
   ends they are not among the others.  Directives are known by name, too. */
void hide_nameless(DeclContext *unit) {
    std::vector<NamedDecl *> found;
    for (Decl *decl : unit->decls())
        if (auto *one = dyn_cast<NamedDecl>(decl); one && (!one->getDeclName() || isa<UsingDirectiveDecl>(one))) found.push_back(one);
    for (NamedDecl *one : found) {
        unit->removeDecl(one);
        if (isa<UsingDirectiveDecl>(one)) unit->makeDeclVisibleInContext(one);
        else hidden.push_back(one);
    }
}

/* clang 19 does not leave a statement outside of functions that is wrong, and leaves any other one for the global namespace. */
void leave_statement() {
    Sema &sema = session.sema();
    Scope *scope = sema.getCurScope();
    if (!scope || scope->getFnParent() || !sema.CurContext) return;
    while (scope && !scope->getEntity()) scope = scope->getParent();
    if (!scope || sema.CurContext == scope->getEntity()) return;
    if (isa<TopLevelStmtDecl>(sema.CurContext)) {
        sema.PopCompoundScope();
        sema.PopFunctionScopeInfo();
    } else if (!sema.CurContext->isTranslationUnit() || !isa<NamespaceDecl, LinkageSpecDecl>(scope->getEntity())) return;
    sema.CurContext = scope->getEntity();
}

Token *current;                                         /* the parser's */
int open_braces, semicolons;                            /* what clang is to get yet before code ends */
SourceLocation last;                                    /* of a token */

/* clang 19 looks for ever for what is missing at the end of code.  So it gets what closes braces, and an error, and ends as at the end of a file. */
void close(Token &token) {
    token.startToken();
    token.setKind(open_braces ? tok::r_brace : tok::semi);
    token.setLocation(last);
    token.setLength(1);
    if (!open_braces) {
        semicolons--;
        return;
    }
    DiagnosticsEngine &engine = session.interpreter->getCompilerInstance()->getDiagnostics();
    engine.Report(last, engine.getCustomDiagID(DiagnosticsEngine::Error, "expected '}'"));
    open_braces--;
    semicolons = 2;
}

}  // namespace

namespace cppbind {

void watch_ends() {
    session.interpreter->getCompilerInstance()->getPreprocessor().setTokenWatcher([](const Token &token) {
        if (!current) current = &const_cast<Token &>(token);
        leave_statement();
        if (token.isNot(tok::annot_repl_input_end)) {
            open_braces += token.is(tok::l_brace) - (token.is(tok::r_brace) && open_braces);
            last = token.getLocation();
            return;
        }
        if (open_braces || semicolons) return close(const_cast<Token &>(token));
        hide_nameless(session.context().getTranslationUnitDecl());
        const_cast<Token &>(token).setKind(tok::eof);
    });
}

llvm::Expected<PartialTranslationUnit &> parse(const std::string &code) {
    auto parsed = session.interpreter->Parse(code);
    if (current && current->is(tok::eof)) current->setKind(tok::annot_repl_input_end);      /* by which it knows that more comes */
    for (NamedDecl *one : hidden) one->getLexicalDeclContext()->addHiddenDecl(one);
    hidden.clear();
    return parsed;
}

bool is_taken_back(const Decl *decl) {
    const DeclContext *at = isa<TranslationUnitDecl>(decl) ? cast<DeclContext>(decl) : decl->getLexicalDeclContext();
    while (at->getLexicalParent()) at = at->getLexicalParent();
    return failed.count(at);
}

void take_back() {
    TranslationUnitDecl *unit = session.context().getTranslationUnitDecl();
    failed.insert(unit);
    if (has_definitions(unit)) {                        /* what was emitted before the error would be part of the next unit */
        llvm::consumeError(parse("").takeError());
        forget_diagnostics();
    }
    take_names(unit);
}

}  // namespace cppbind
