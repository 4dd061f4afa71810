/* Names of declarations, spellings and codes of types. */
#include "shim.h"

#include <clang/AST/QualTypeNames.h>

#include <unordered_map>
#include <unordered_set>

using namespace clang;

namespace cppbind {

namespace {

PrintingPolicy policy() {
    PrintingPolicy how(session.context().getLangOpts());
    how.adjustForCPlusPlus();
    how.SuppressTagKeyword = true;
    how.SuppressUnwrittenScope = true;
    how.UsePreferredNames = false;
    how.AnonymousTagLocations = true;                   /* what tells types without a name apart */
    return how;
}

std::unordered_map<std::string, const Decl *> known;    /* every class and enum that was named */

/* The code of a builtin type: as the Itanium ABI mangles it; "" for those that do not cross. */
const char *builtin_code(BuiltinType::Kind kind) {
    switch (kind) {
    case BuiltinType::Void: return "v";
    case BuiltinType::Bool: return "b";
    case BuiltinType::Char_S:
    case BuiltinType::Char_U: return "c";
    case BuiltinType::SChar: return "a";
    case BuiltinType::UChar: return "h";
    case BuiltinType::WChar_S:
    case BuiltinType::WChar_U: return "w";
    case BuiltinType::Char8: return "Du";
    case BuiltinType::Char16: return "Ds";
    case BuiltinType::Char32: return "Di";
    case BuiltinType::Short: return "s";
    case BuiltinType::UShort: return "t";
    case BuiltinType::Int: return "i";
    case BuiltinType::UInt: return "j";
    case BuiltinType::Long: return "l";
    case BuiltinType::ULong: return "m";
    case BuiltinType::LongLong: return "x";
    case BuiltinType::ULongLong: return "y";
    case BuiltinType::Float: return "f";
    case BuiltinType::Double: return "d";
    case BuiltinType::LongDouble: return "e";
    case BuiltinType::NullPtr: return "Dn";
    default: return "";
    }
}

/* int8_t and uint8_t are integers for people; their canonical types are characters. */
const char *small_integer(QualType type) {
    for (QualType at = type;;) {
        if (const auto *alias = at->getAs<TypedefType>()) {
            StringRef name = alias->getDecl()->getName();
            if (name == "int8_t") return "B";
            if (name == "uint8_t") return "U";
        }
        QualType next = at.getSingleStepDesugaredType(session.context());
        if (next == at) return "";
        at = next;
    }
}

std::unordered_set<const Decl *> forgotten;

/* Explicit instantiations keep their arguments as they are written, and are printed so, which holds in one place only. */
void forget_written(QualType type) {
    while (!type->getPointeeType().isNull()) type = type->getPointeeType();
    const auto *special = llvm::dyn_cast_or_null<ClassTemplateSpecializationDecl>(type->getAsCXXRecordDecl());
    if (!special || !forgotten.insert(special).second) return;
    auto *own = const_cast<ClassTemplateSpecializationDecl *>(special);
    if (own->getTemplateArgsAsWritten() && !isa<ClassTemplatePartialSpecializationDecl>(own)) own->setTemplateArgsAsWritten(static_cast<const ASTTemplateArgumentListInfo *>(nullptr));
    for (const TemplateArgument &one : special->getTemplateArgs().asArray())
        for (const TemplateArgument &inner : one.getKind() == TemplateArgument::Pack ? one.getPackAsArray() : ArrayRef(one))
            if (inner.getKind() == TemplateArgument::Type) forget_written(inner.getAsType());
}

/* Whether a class or enum can only be named with its keyword, as in "struct stat", for a function or variable has the same name. */
bool is_hidden(QualType type) {
    while (!type->getPointeeType().isNull()) type = type->getPointeeType();
    const auto *tag = type->getAsTagDecl();
    if (!tag || !tag->getIdentifier()) return false;
    for (const NamedDecl *one : tag->getDeclContext()->getRedeclContext()->lookup(tag->getDeclName()))
        if (isa<FunctionDecl, FunctionTemplateDecl, VarDecl, FieldDecl>(one->getUnderlyingDecl())) return true;
    return false;
}

std::string function_code(const FunctionProtoType *type) {
    std::string code = "F" + code_of(type->getReturnType());
    for (QualType parameter : type->param_types()) code += code_of(parameter);
    return code + (type->isVariadic() ? "z;" : ";");
}

}  // namespace

std::string one_line(std::string text) {
    for (char &c : text)
        if (c == '\n' || c == '\t' || c == '\r') c = ' ';
    return text;
}

std::string name_of(QualType type) {
    forget_written(type);
    std::string name = type.getCanonicalType().getAsString(policy());
    if (const auto *tag = type->getAsTagDecl()) known[name] = tag;
    return one_line(name);
}

std::string name_of(const NamedDecl *decl) {
    if (const auto *tag = dyn_cast<TagDecl>(decl)) return name_of(session.context().getTypeDeclType(tag));
    std::string name;
    llvm::raw_string_ostream stream(name);
    decl->printQualifiedName(stream, policy());
    return stream.str();
}

std::string name_in_code(QualType type) {
    PrintingPolicy how = policy();
    how.SuppressTagKeyword = !is_hidden(type);
    return one_line(type.getCanonicalType().getAsString(how));
}

std::string name_in_code(const TypeDecl *decl) { return name_in_code(session.context().getTypeDeclType(decl)); }

const Decl *named(const std::string &name) {
    auto found = known.find(name);
    return found == known.end() ? nullptr : found->second;
}

std::string spelling(QualType type) {
    PrintingPolicy how = policy();
    how.UsePreferredNames = true;
    return one_line(TypeName::getFullyQualifiedName(type, session.context(), how));
}

std::string code_of(QualType type) {
    QualType plain = type.getCanonicalType();
    std::string code = plain.isConstQualified() ? "K" : "";
    if (plain.isVolatileQualified()) code += "V";
    plain = plain.getUnqualifiedType();
    const Type *at = plain.getTypePtr();
    if (const auto *builtin = dyn_cast<BuiltinType>(at)) {
        std::string found = builtin_code(builtin->getKind());
        if (found == "a" || found == "h") {
            const char *small = small_integer(type);
            if (*small) found = small;
        }
        return found.empty() ? "?" + spelling(type) + ";" : code + found;
    }
    if (const auto *complex = dyn_cast<ComplexType>(at)) return code + "J" + code_of(complex->getElementType());
    /* what is below is taken from the type as it is written, for the typedefs in it */
    if (at->isPointerType() && !type->getPointeeType().isNull()) return code + "P" + code_of(type->getPointeeType());
    if (at->isLValueReferenceType()) return code + "R" + code_of(type.getNonReferenceType());
    if (at->isRValueReferenceType()) return code + "O" + code_of(type.getNonReferenceType());
    if (const auto *array = session.context().getAsArrayType(type)) {
        std::string count;
        if (const auto *constant = dyn_cast<ConstantArrayType>(array)) count = std::to_string(constant->getSize().getZExtValue());
        return "A" + count + ";" + code_of(array->getElementType());
    }
    if (const auto *record = at->getAsRecordDecl()) return code + "C" + name_of(plain) + ";";
    if (const auto *declared = dyn_cast<EnumType>(at)) {
        QualType integer = declared->getDecl()->getIntegerType();
        return code + "E" + (integer.isNull() ? "i" : code_of(integer)) + name_of(plain) + ";";
    }
    if (const auto *function = type->getAs<FunctionProtoType>()) return function_code(function);
    if (const auto *member = dyn_cast<MemberPointerType>(at))
        return code + "M" + code_of(QualType(member->getClass(), 0)) + code_of(member->getPointeeType());
    return "?" + spelling(type) + ";";
}

}  // namespace cppbind
