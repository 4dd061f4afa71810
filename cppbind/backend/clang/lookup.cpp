/* Scopes and names in them. */
#include "shim.h"

#include <clang/AST/ExprCXX.h>
#include <clang/Sema/Lookup.h>

#include <set>
#include <unordered_map>

using namespace clang;
using namespace cppbind;

namespace {

DeclContext *context_of(intptr_t scope) {
    const auto *decl = decl_of<Decl>(scope);
    if (const auto *record = llvm::dyn_cast_or_null<CXXRecordDecl>(decl)) complete(const_cast<CXXRecordDecl *>(record));
    return decl ? const_cast<DeclContext *>(llvm::dyn_cast<DeclContext>(decl)) : nullptr;
}

/* "operator+" and so on are no identifiers. */
DeclarationName name_in(const std::string &text) {
    ASTContext &context = session.context();
    if (text.rfind("operator", 0) == 0) {
        std::string sign = text.substr(8);
#define OVERLOADED_OPERATOR(Name, Spelling, Token, Unary, Binary, MemberOnly) \
    if (sign == Spelling) return context.DeclarationNames.getCXXOperatorName(OO_##Name);
#include <clang/Basic/OperatorKinds.def>
    }
    return &context.Idents.get(text);
}

LookupResult found_in(DeclContext *scope, const std::string &name) {
    Sema &sema = session.sema();
    LookupResult result(sema, name_in(name), SourceLocation(), Sema::LookupOrdinaryName);
    result.suppressDiagnostics();
    if (isa<TagDecl>(scope))
        sema.LookupQualifiedName(result, scope);
    else
        sema.LookupQualifiedName(result, scope, /*InUnqualifiedLookup=*/false);
    if (result.empty()) {
        result.clear(Sema::LookupTagName);
        sema.LookupQualifiedName(result, scope);
    }
    return result;
}

void describe(const NamedDecl *decl, std::string &out) {
    const NamedDecl *shadow = decl;
    decl = decl->getUnderlyingDecl();
    if (const auto *function = dyn_cast<FunctionDecl>(decl)) {
        describe_function(function, out);
    } else if (const auto *space = dyn_cast<NamespaceDecl>(decl)) {
        out += "namespace\t" + std::to_string(handle(space->getCanonicalDecl())) + '\t' + name_of(space) + '\n';
    } else if (const auto *alias = dyn_cast<NamespaceAliasDecl>(decl)) {
        describe(alias->getNamespace(), out);
    } else if (const auto *record = dyn_cast<CXXRecordDecl>(decl)) {
        if (record->isInjectedClassName()) record = cast<CXXRecordDecl>(record->getDeclContext());
        out += "class\t" + std::to_string(handle(record->getCanonicalDecl())) + '\t' + name_of(record) + '\n';
    } else if (const auto *declared = dyn_cast<EnumDecl>(decl)) {
        describe_enum(declared, out);
    } else if (const auto *constant = dyn_cast<EnumConstantDecl>(decl)) {
        out += "constant\t" + constant->getNameAsString() + '\t' + code_of(constant->getType()) + '\t' + llvm::toString(constant->getInitVal(), 10) + '\n';
    } else if (const auto *named_type = dyn_cast<TypedefNameDecl>(decl)) {
        out += "type\t" + shadow->getNameAsString() + '\t' + code_of(named_type->getUnderlyingType()) + '\t' + spelling(named_type->getUnderlyingType()) + '\n';
    } else if (const auto *variable = dyn_cast<VarDecl>(decl)) {
        describe_variable(variable, out);
    } else if (const auto *general = dyn_cast<TemplateDecl>(decl)) {
        describe_template(general, out);
    }
}

void names_in(DeclContext *scope, std::set<std::string> &names) {
    for (const Decl *decl : scope->decls()) {
        if (const auto *block = dyn_cast<LinkageSpecDecl>(decl)) names_in(const_cast<LinkageSpecDecl *>(block), names);
        const auto *named = dyn_cast<NamedDecl>(decl);
        if (!named || (decl->getAccess() != AS_public && decl->getAccess() != AS_none)) continue;
        if (named->getDeclName().isIdentifier() && !named->getName().empty() && named->getName().find("__cppbind") != 0)
            names.insert(named->getNameAsString());
        if (isa<FunctionDecl>(decl) && !isa<CXXMethodDecl>(decl) && named->getDeclName().getNameKind() == DeclarationName::CXXOperatorName)
            names.insert(named->getNameAsString());
        if (const auto *space = dyn_cast<NamespaceDecl>(decl); space && space->isInline()) names_in(const_cast<NamespaceDecl *>(space), names);
        if (const auto *list = dyn_cast<EnumDecl>(decl); list && !list->isScoped()) names_in(const_cast<EnumDecl *>(list), names);
    }
}

std::unordered_map<std::string, QualType> types;        /* those that were asked for */
unsigned counter;

/* The declaration that an expression comes to: what its outermost call calls, or the variable that it names. */
const NamedDecl *meaning(const Expr *expression) {
    for (;;) {
        expression = expression->IgnoreParenImpCasts();
        if (const auto *full = dyn_cast<FullExpr>(expression))
            expression = full->getSubExpr();
        else if (const auto *temporary = dyn_cast<MaterializeTemporaryExpr>(expression))
            expression = temporary->getSubExpr();
        else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(expression))
            expression = bound->getSubExpr();
        else if (const auto *address = dyn_cast<UnaryOperator>(expression); address && address->getOpcode() == UO_AddrOf)
            expression = address->getSubExpr();
        else if (const auto *functional = dyn_cast<CXXFunctionalCastExpr>(expression))
            expression = functional->getSubExpr();
        else if (const auto *made = dyn_cast<CXXConstructExpr>(expression)) {
            if (made->getNumArgs() != 1 || !made->isElidable()) return made->getConstructor();
            expression = made->getArg(0);
        } else
            break;
    }
    if (const auto *call = dyn_cast<CallExpr>(expression)) return llvm::dyn_cast_or_null<FunctionDecl>(call->getCalleeDecl());
    if (const auto *named = dyn_cast<DeclRefExpr>(expression)) return named->getDecl();
    if (const auto *member = dyn_cast<MemberExpr>(expression)) return member->getMemberDecl();
    return nullptr;
}

}  // namespace

namespace cppbind {

QualType type_named(const std::string &text) {
    auto known = types.find(text);
    if (known != types.end()) return known->second;
    std::string name = "__cppbind_t" + std::to_string(counter++);
    forget_diagnostics();
    bool good = compile("using " + name + " = " + text + ";");
    say(diagnostics());
    if (!good) return QualType();
    LookupResult found = found_in(session.context().getTranslationUnitDecl(), name);
    const auto *alias = found.getAsSingle<TypeAliasDecl>();
    if (!alias) return QualType();
    QualType type = alias->getUnderlyingType();
    if (text.rfind("decltype(", 0) != 0) types[text] = type;
    return type;
}

}  // namespace cppbind

EXPORT intptr_t cppbind_scope(const char *name) {
    Locked locked;
    say("");
    ASTContext &context = session.context();
    if (!*name) return handle(context.getTranslationUnitDecl()->getFirstDecl());
    if (const Decl *known = named(name)) return handle(known->getCanonicalDecl());
    if (std::string(name).find('<') == std::string::npos) {
        DeclContext *at = context.getTranslationUnitDecl();
        for (size_t begin = 0, end; at; begin = end + 2) {
            std::string full = name;
            end = full.find("::", begin);
            NamedDecl *found = found_in(at, full.substr(begin, end == std::string::npos ? end : end - begin)).getAsSingle<NamedDecl>();
            if (const auto *alias = llvm::dyn_cast_or_null<NamespaceAliasDecl>(found)) found = const_cast<NamespaceDecl *>(alias->getNamespace());
            if (const auto *other = llvm::dyn_cast_or_null<TypedefNameDecl>(found)) found = other->getUnderlyingType()->getAsTagDecl();
            at = llvm::dyn_cast_or_null<DeclContext>(found);
            if (at && end == std::string::npos) return handle(found->getCanonicalDecl());
        }
        return 0;
    }
    QualType type = type_named(name);
    if (type.isNull()) return 0;
    const auto *tag = type->getAsTagDecl();
    return tag ? handle(tag->getCanonicalDecl()) : 0;
}

EXPORT const char *cppbind_lookup(intptr_t scope, const char *name) {
    Locked locked;
    say("");
    DeclContext *at = context_of(scope);
    if (!at) return nullptr;
    std::string out;
    std::set<const Decl *> seen;
    LookupResult found = found_in(at, name);
    for (const NamedDecl *decl : found)
        if (seen.insert(decl->getUnderlyingDecl()->getCanonicalDecl()).second) describe(decl, out);
    return out.empty() ? nullptr : keep(std::move(out));
}

EXPORT const char *cppbind_names(intptr_t scope) {
    Locked locked;
    say("");
    DeclContext *at = context_of(scope);
    if (!at) return nullptr;
    std::set<std::string> names;
    for (Decl *part : cast<Decl>(at)->redecls())
        if (!is_taken_back(part)) names_in(cast<DeclContext>(part), names);
    std::string out;
    for (const std::string &name : names) out += name + '\n';
    return keep(std::move(out));
}

EXPORT const char *cppbind_type(const char *text) {
    Locked locked;
    say("");
    QualType type = type_named(text);
    return type.isNull() ? nullptr : keep(code_of(type) + '\t' + spelling(type));
}

EXPORT const char *cppbind_resolve(const char *expression) {
    Locked locked;
    say("");
    QualType type = type_named("decltype(" + std::string(expression) + ")");
    if (type.isNull()) return nullptr;
    const auto *of = type->getAs<DecltypeType>();
    const NamedDecl *decl = of ? meaning(of->getUnderlyingExpr()) : nullptr;
    if (!decl) return say("no function is called"), nullptr;
    std::string out;
    describe(decl, out);
    if (const auto *function = dyn_cast<FunctionDecl>(decl); function && function->getPrimaryTemplate()) {
        PrintingPolicy how(session.context().getLangOpts());
        how.SuppressTagKeyword = true;
        std::string name;
        llvm::raw_string_ostream stream(name);
        function->getNameForDiagnostic(stream, how, /*Qualified=*/false);
        out += "instance\t" + one_line(name) + '\n';
    }
    return out.empty() ? nullptr : keep(std::move(out));
}
