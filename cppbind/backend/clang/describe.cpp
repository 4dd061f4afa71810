/* Records: what is known about classes, functions, variables and enums, as text (docs/cppbind.md, "Records"). */
#include "shim.h"

#include <clang/AST/Attr.h>
#include <clang/AST/CXXInheritance.h>
#include <clang/AST/RecordLayout.h>
#include <clang/Sema/Lookup.h>

using namespace clang;
using namespace cppbind;

namespace cppbind {

namespace {

std::string numbered(long long value) { return std::to_string(value); }

std::string default_of(const ParmVarDecl *parameter) {
    if (!parameter->hasDefaultArg()) return "";
    const Expr *value = parameter->hasUninstantiatedDefaultArg() ? parameter->getUninstantiatedDefaultArg() : parameter->getDefaultArg();
    if (parameter->hasUnparsedDefaultArg() || !value) return "...";
    std::string text;
    llvm::raw_string_ostream stream(text);
    value->printPretty(stream, nullptr, PrintingPolicy(session.context().getLangOpts()));
    return text.empty() ? "..." : one_line(stream.str());
}

char kind_of(const FunctionDecl *function) {
    if (isa<CXXConstructorDecl>(function)) return 'c';
    if (isa<CXXDestructorDecl>(function)) return 'd';
    if (isa<CXXConversionDecl>(function)) return 'v';
    return isa<CXXMethodDecl>(function) ? 'm' : 'f';
}

/* this const T &self */
bool takes_const(const CXXMethodDecl *method) {
    return method->isExplicitObjectMemberFunction() && method->getParamDecl(0)->getType().getNonReferenceType().isConstQualified();
}

std::string flags_of(const FunctionDecl *function) {
    std::string flags;
    if (function->getAccess() == AS_protected) flags += 'g';
    if (function->getAccess() == AS_private) flags += 'q';
    if (function->isDeleted()) flags += 'd';
    if (function->isVariadic()) flags += 'z';
    if (function->isImmediateFunction()) flags += 'k';
    if (const auto *type = function->getType()->getAs<FunctionProtoType>(); type && !isUnresolvedExceptionSpec(type->getExceptionSpecType()) && type->isNothrow()) flags += 'n';
    if (const auto *method = dyn_cast<CXXMethodDecl>(function)) {
        if (method->isStatic()) flags += 's';
        if (method->isConst() || takes_const(method)) flags += 'c';
        if (method->isVirtual()) flags += 'v';
        if (method->isPureVirtual()) flags += 'p';
        if (method->hasAttr<FinalAttr>()) flags += 'x';
        if (method->isImplicit()) flags += 'i';
        if (method->getRefQualifier() == RQ_LValue) flags += 'l';
        if (method->getRefQualifier() == RQ_RValue) flags += 'r';
    }
    if (const auto *constructor = dyn_cast<CXXConstructorDecl>(function)) {
        if (constructor->isExplicit()) flags += 'e';
        if (constructor->isCopyConstructor()) flags += 'C';
        if (constructor->isMoveConstructor()) flags += 'M';
    }
    if (const auto *conversion = dyn_cast<CXXConversionDecl>(function); conversion && conversion->isExplicit()) flags += 'e';
    return flags;
}

void field_line(const FieldDecl *field, uint64_t offset, std::string &out) {
    std::string flags;
    QualType type = field->getType();
    if (field->getAccess() == AS_protected) flags += 'g';
    if (type.isConstQualified()) flags += 'c';
    out += "field\t" + field->getNameAsString() + '\t' + code_of(type) + '\t' + spelling(type) + '\t' + numbered(offset / 8) + '\t' + flags;
    if (field->isBitField()) out += '\t' + numbered(offset % 8) + '\t' + numbered(field->getBitWidthValue(session.context()));
    out += '\n';
}

/* The fields of a record that lies `base` bits into the one that is described; anonymous ones give theirs to their parent. */
void fields_of(const RecordDecl *record, uint64_t base, std::string &out) {
    if (record->isInvalidDecl()) return;
    const ASTRecordLayout &layout = session.context().getASTRecordLayout(record);
    for (const FieldDecl *field : record->fields()) {
        if (field->getAccess() == AS_private) continue;
        uint64_t offset = base + layout.getFieldOffset(field->getFieldIndex());
        if (field->isAnonymousStructOrUnion())
            fields_of(field->getType()->getAsRecordDecl(), offset, out);
        else if (field->getIdentifier())
            field_line(field, offset, out);
    }
}

void member_line(const Decl *decl, std::string &out) {
    if (decl->getAccess() == AS_private && !isa<FunctionDecl, EnumDecl>(decl)) return;
    if (decl->getAccess() == AS_protected && isa<TypeDecl, TemplateDecl>(decl) && !isa<EnumDecl>(decl)) return;
    if (const auto *shadow = dyn_cast<UsingShadowDecl>(decl)) {
        const NamedDecl *target = shadow->getUnderlyingDecl();
        if (const auto *function = dyn_cast<CXXMethodDecl>(target); function && !isa<CXXConstructorDecl>(function))
            describe_function(function, out, "using");
        else if (const auto *general = dyn_cast<FunctionTemplateDecl>(target))
            describe_template(general, out);
        else if (isa<ConstructorUsingShadowDecl>(shadow))   /* a base's constructors: C++ finds them as it does templates */
            out += "template\t" + numbered(handle(target)) + '\t' + target->getNameAsString() + '\t' + name_of(target) + "\tconstructor\n";
        return;
    }
    if (const auto *function = dyn_cast<FunctionDecl>(decl)) {
        bool hidden = function->getAccess() == AS_private && !(isa<CXXMethodDecl>(function) && cast<CXXMethodDecl>(function)->isVirtual());
        if (!hidden || isa<CXXConstructorDecl>(function) || isa<CXXDestructorDecl>(function)) describe_function(function, out);
    } else if (const auto *variable = dyn_cast<VarDecl>(decl)) {
        describe_variable(variable, out);
    } else if (const auto *record = dyn_cast<CXXRecordDecl>(decl)) {
        if (!record->isInjectedClassName() && record->getIdentifier() && decl == record->getCanonicalDecl())
            out += "class\t" + numbered(handle(record)) + '\t' + name_of(record) + '\n';
    } else if (const auto *declared = dyn_cast<EnumDecl>(decl)) {
        if (decl == declared->getCanonicalDecl()) describe_enum(declared, out);
    } else if (const auto *alias = dyn_cast<TypedefNameDecl>(decl)) {
        out += "type\t" + alias->getNameAsString() + '\t' + code_of(alias->getUnderlyingType()) + '\t' + spelling(alias->getUnderlyingType()) + '\n';
    } else if (const auto *general = dyn_cast<TemplateDecl>(decl)) {
        describe_template(general, out);
    }
}

void bases_of(const CXXRecordDecl *record, std::string &out) {
    const ASTRecordLayout &layout = session.context().getASTRecordLayout(record);
    for (const CXXBaseSpecifier &base : record->bases()) {
        const auto *other = base.getType()->getAsCXXRecordDecl();
        if (!other) continue;
        const char *flags = base.getAccessSpecifier() == AS_public ? (base.isVirtual() ? "v" : "") : base.isVirtual() ? "vg" : "g";
        long long offset = base.isVirtual() ? layout.getVBaseClassOffset(other).getQuantity() : layout.getBaseClassOffset(other).getQuantity();
        out += "base\t" + name_of(base.getType()) + '\t' + numbered(offset) + '\t' + flags + '\n';
    }
}

}  // namespace

bool complete(CXXRecordDecl *record) {
    if (record->hasDefinition()) return true;
    return session.sema().isCompleteType(SourceLocation(), session.context().getTypeDeclType(record));
}

void describe_function(const FunctionDecl *function, std::string &out, const char *how) {
    if (function->isInvalidDecl()) return;
    QualType result = function->getReturnType();
    if (result->isUndeducedType()) {
        session.sema().DeduceReturnType(const_cast<FunctionDecl *>(function), SourceLocation(), /*Diagnose=*/false);
        result = function->getReturnType();
    }
    char kind = kind_of(function);
    out += "function\t" + numbered(handle(function)) + '\t' + function->getNameAsString() + '\t' + kind + '\t' + flags_of(function) + (*how ? "u" : "") + '\t' +
           numbered(function->getMinRequiredExplicitArguments()) + '\t' + code_of(result) + '\t' + spelling(result);
    for (const ParmVarDecl *parameter : function->parameters().drop_front(function->hasCXXExplicitFunctionObjectParameter()))
        out += '\t' + code_of(parameter->getType()) + '\t' + spelling(parameter->getType()) + '\t' + parameter->getNameAsString() + '\t' + default_of(parameter);
    out += '\n';
}

bool only_declared(const VarDecl *variable) {
    return variable->isStaticDataMember() && variable->getType().isConstQualified() && variable->getAnyInitializer() && !variable->getDefinition();
}

void describe_variable(const VarDecl *variable, std::string &out) {
    QualType type = variable->getType();
    std::string flags;
    if (variable->getAccess() == AS_protected) flags += 'g';
    if (type.isConstQualified()) flags += 'c';
    if (variable->getTLSKind() != VarDecl::TLS_None) flags += 'T';
    if (only_declared(variable)) flags += 'k';
    out += "variable\t" + numbered(handle(variable)) + '\t' + variable->getNameAsString() + '\t' + code_of(type) + '\t' + spelling(type) + '\t' + flags + '\n';
}

void describe_enum(const EnumDecl *declared, std::string &out) {
    if (const auto *definition = declared->getDefinition()) declared = definition;
    QualType integer = declared->getIntegerType();
    out += "enum\t" + numbered(handle(declared->getCanonicalDecl())) + '\t' + name_of(declared) + '\t' + declared->getNameAsString() + '\t' +
           (integer.isNull() ? "i" : code_of(integer)) + '\t' + (declared->isScoped() ? "s" : "") +
           (declared->getAccess() == AS_private || declared->getAccess() == AS_protected ? "g" : "");
    for (const EnumConstantDecl *constant : declared->enumerators())
        out += '\t' + constant->getNameAsString() + '\t' + llvm::toString(constant->getInitVal(), 10);
    out += '\n';
}

void describe_template(const TemplateDecl *declared, std::string &out) {
    const char *kind = isa<FunctionTemplateDecl>(declared) ? "function" : isa<ClassTemplateDecl>(declared) ? "class" :
                       isa<TypeAliasTemplateDecl>(declared) ? "alias" : isa<VarTemplateDecl>(declared) ? "variable" : "concept";
    std::string name = declared->getNameAsString();
    const auto *general = dyn_cast<FunctionTemplateDecl>(declared);
    if (general && isa<CXXConstructorDecl>(general->getTemplatedDecl())) kind = "constructor";
    out += "template\t" + numbered(handle(declared->getCanonicalDecl())) + '\t' + name + '\t' + name_of(declared) + '\t' + kind + '\n';
    if (kind != std::string_view("function")) return;
    for (const FunctionDecl *instance : general->specializations())      /* `template int f<int>(int);` is there like any other function */
        if (isTemplateExplicitInstantiationOrSpecialization(instance->getTemplateSpecializationKind()) && instance->getAccess() != AS_private)
            describe_function(instance, out);
}

}  // namespace cppbind

EXPORT const char *cppbind_describe(intptr_t scope) {
    Locked locked;
    say("");
    std::string out;
    if (const auto *declared = decl_of<EnumDecl>(scope)) {
        describe_enum(declared, out);
        return keep(std::move(out));
    }
    auto *record = const_cast<CXXRecordDecl *>(decl_of<CXXRecordDecl>(scope));
    if (!record) return nullptr;
    forget_diagnostics();
    bool whole = complete(record);
    say(diagnostics());
    if (!whole) {
        out = "class\t" + numbered(scope) + '\t' + name_of(record) + "\tf\t0\t0\n";
        return keep(std::move(out));
    }
    record = record->getDefinition();
    session.sema().ForceDeclarationOfImplicitMembers(record);
    const ASTRecordLayout &layout = session.context().getASTRecordLayout(record);
    std::string flags;
    if (record->isAbstract()) flags += 'a';
    if (record->isPolymorphic()) flags += 'v';
    if (record->isAggregate()) flags += 'g';
    if (record->isUnion()) flags += 'u';
    if (record->isEffectivelyFinal()) flags += 'x';
    if (record->hasTrivialDestructor()) flags += 't';
    out = "class\t" + numbered(scope) + '\t' + name_of(record) + '\t' + flags + '\t' + numbered(layout.getSize().getQuantity()) + '\t' +
          numbered(layout.getAlignment().getQuantity()) + '\n';
    if (const auto *special = dyn_cast<ClassTemplateSpecializationDecl>(record))
        out += "of\t" + name_of(special->getSpecializedTemplate()) + '\n';
    bases_of(record, out);
    for (const Decl *decl : record->decls()) member_line(decl, out);
    fields_of(record, 0, out);
    return keep(std::move(out));
}

EXPORT intptr_t cppbind_offset(intptr_t derived, intptr_t base, intptr_t address) {
    Locked locked;
    say("");
    const auto *from = decl_of<CXXRecordDecl>(derived), *to = decl_of<CXXRecordDecl>(base);
    if (!from || !to || !from->hasDefinition() || !to->hasDefinition()) return -1;
    from = from->getDefinition();
    to = to->getDefinition();
    CXXBasePaths paths(true, true, false);
    if (from == to) return 0;
    if (!from->isDerivedFrom(to, paths)) return -1;
    const CXXBasePath &path = paths.front();
    intptr_t offset = 0;
    const CXXRecordDecl *at = from;
    for (const CXXBasePathElement &step : path) {
        const auto *next = step.Base->getType()->getAsCXXRecordDecl();
        const ASTRecordLayout &layout = session.context().getASTRecordLayout(at);
        if (!step.Base->isVirtual()) {
            offset += layout.getBaseClassOffset(next).getQuantity();
        } else if (!address) {
            offset += layout.getVBaseClassOffset(next).getQuantity();
        } else {                                        /* as compiled code does: the offset stands in front of the vtable */
            std::string request = "cast\t" + name_of(at) + '\t' + name_of(next);
            intptr_t entry = 0;
            if (cppbind_wrappers(request.c_str(), &entry)) return -1;
            intptr_t here = address + offset;
            offset = reinterpret_cast<intptr_t (*)(intptr_t)>(entry)(here) - address;
        }
        at = next;
    }
    return offset;
}
