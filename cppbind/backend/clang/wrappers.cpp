/* Entry points: for each function that is called a C function that takes plain words and lets no exception out.

   How each type crosses is part of the contract with the front-end: docs/cppbind.md, "How values cross". */
#include "shim.h"

#include <clang/Frontend/CompilerInstance.h>

#include <unordered_map>

using namespace clang;
using namespace cppbind;

namespace {

const char WORD[] = "__INTPTR_TYPE__";

std::unordered_map<std::string, intptr_t> entries;      /* request -> address */
unsigned counter;

QualType plain(QualType type) { return type.getCanonicalType().getUnqualifiedType(); }

bool is_number(QualType type) { return plain(type)->isBuiltinType() && !type->isVoidType() && !type->isNullPtrType(); }

bool copyable(const CXXRecordDecl *record) {
    record = record->getDefinition();
    if (!record) return true;
    for (const CXXConstructorDecl *one : record->ctors())
        if (one->isCopyConstructor() && !one->isDeleted() && one->getAccess() == AS_public) return true;
    return record->needsImplicitCopyConstructor() && !record->defaultedCopyConstructorIsDeleted();
}

/* The type that a number crosses as. */
std::string number_type(QualType type) {
    if (plain(type)->isSpecificBuiltinType(BuiltinType::LongDouble)) return "double";
    return name_in_code(plain(type));
}

struct Parameter {
    std::string declared, passed;                       /* in the wrapper's list; in the call */
};

Parameter parameter(QualType type, const std::string &name) {
    ASTContext &context = session.context();
    QualType value = type.getNonReferenceType();
    bool by_reference = type->isReferenceType();
    bool by_value = !by_reference || type->isRValueReferenceType() || value.isConstQualified();
    if (by_value && is_number(value)) {
        std::string crosses = number_type(value), own = name_in_code(plain(value));
        if (by_reference) {                             /* what a parameter is, no lvalue that may be changed: another overload could take that */
            std::string as = type->isRValueReferenceType() ? own + "&&" : "const " + own + "&";
            return {crosses + " " + name, "static_cast<" + as + ">(" + name + ")"};
        }
        return {crosses + " " + name, crosses == own ? name : "(" + own + ")" + name};
    }
    if (by_value && value->isEnumeralType())
        return {name_in_code(plain(value->castAs<EnumType>()->getDecl()->getIntegerType())) + " " + name, "static_cast<" + name_in_code(plain(value)) + ">(" + name + ")"};
    std::string word = std::string(WORD) + " " + name;
    if (by_reference) {
        std::string object = "*(" + name_in_code(context.getPointerType(value)) + ")" + name;
        return {word, type->isRValueReferenceType() && !value->isFunctionType() ? "static_cast<" + name_in_code(type) + ">(" + object + ")" : object};
    }
    if (value->isNullPtrType()) return {word, "nullptr"};
    if (value->isPointerType()) return {word, "(" + name_in_code(value) + ")" + name};
    std::string own = name_in_code(plain(value));
    if (const auto *record = value->getAsCXXRecordDecl(); record && !copyable(record)) return {word, "static_cast<" + own + "&&>(*(" + own + "*)" + name + ")"};
    return {word, "*(const " + own + "*)" + name};
}

/* {type that the wrapper returns, statement that returns the value of `call`} */
Parameter result(QualType type, const std::string &call) {
    if (type->isVoidType()) return {"void", call + ";"};
    if (type->isReferenceType()) return {WORD, "auto &&r = " + call + "; return (" + std::string(WORD) + ")__builtin_addressof(r);"};
    if (is_number(type)) return {number_type(type), "return " + call + ";"};
    if (type->isEnumeralType()) {
        std::string integer = name_in_code(plain(type->castAs<EnumType>()->getDecl()->getIntegerType()));
        return {integer, "return (" + integer + ")" + call + ";"};
    }
    if (type->isNullPtrType()) return {WORD, call + "; return 0;"};
    if (type->isPointerType()) return {WORD, "return (" + std::string(WORD) + ")" + call + ";"};
    std::string own = type->isRecordType() ? "auto" : name_in_code(plain(type));     /* which may be private, or have no name */
    return {WORD, "return (" + std::string(WORD) + ")new " + own + "(" + call + ");"};
}

std::string shell(const std::string &name, const std::string &returns, const std::string &parameters, const std::string &body) {
    std::string fallback = returns == "void" ? "" : " return 0;";
    return "extern \"C\" " + returns + " " + name + "(" + parameters + ") noexcept { try { " + body + " } catch (...) { __cppbind_caught();" + fallback + " } }\n";
}

bool otherwise;                                         /* template arguments are left to deduction where they were named, and the reverse */

/* The name by which a function is called: operators and conversions included. */
std::string called(const FunctionDecl *function) {
    if (const auto *conversion = dyn_cast<CXXConversionDecl>(function)) return "operator " + name_in_code(conversion->getConversionType());
    std::string name = function->getNameAsString();
    if (const auto *arguments = function->isOverloadedOperator() != otherwise ? nullptr : function->getTemplateSpecializationArgs()) {
        /* a pack that is not the last parameter is left to deduction, with all that follows it */
        const TemplateParameterList *parameters = function->getPrimaryTemplate()->getTemplateParameters();
        ArrayRef<TemplateArgument> named = arguments->asArray();
        for (size_t i = 0; i + 1 < named.size(); i++)
            if (parameters->getParam(i)->isTemplateParameterPack()) named = named.take_front(i);
        std::string text;
        llvm::raw_string_ostream stream(text);
        PrintingPolicy how(session.context().getLangOpts());
        how.SuppressTagKeyword = true;
        for (const TemplateArgument &one : named)       /* for what is written in them: name_of() */
            if (one.getKind() == TemplateArgument::Type) name_of(one.getAsType());
        printTemplateArgumentList(stream, named, how);
        name += (name.back() == '<' ? " " : "") + stream.str();
    }
    return name;
}

/* A friend that only its class declares. */
bool is_hidden(const FunctionDecl *function) {
    const Decl *declared = function;
    if (const auto *general = function->getPrimaryTemplate()) declared = general;
    for (const Decl *one : declared->redecls())
        if (one->getFriendObjectKind() == Decl::FOK_None) return false;
    return true;
}

std::string object_of(const CXXMethodDecl *method, const std::string &as) {
    std::string own = name_in_code(method->getParent()), constant = method->isConst() ? "const " : "";
    bool moves = method->getRefQualifier() == RQ_RValue;
    if (method->isExplicitObjectMemberFunction()) moves = method->getParamDecl(0)->getType()->isRValueReferenceType();
    std::string object = as.empty() ? "((" + constant + own + "*)self)" : "static_cast<" + constant + own + "*>((" + as + "*)self)";
    if (moves) return "static_cast<" + constant + own + "&&>(*" + object + ").";
    return object + "->";
}

/* A protected method: a derived class may call it. */
std::string protected_call(const CXXMethodDecl *method, const std::string &name, const std::string &parameters, const std::string &arguments, size_t count) {
    std::string access = name + "s", own = name_of(method->getParent()), names;
    for (size_t i = 0; i < count; i++) names += (i ? ", a" : "a") + std::to_string(i);
    std::string call = (method->isPureVirtual() ? "" : own + "::") + called(method) + "(" + arguments + ")";
    std::string all = parameters;
    if (!method->isStatic()) {
        call = std::string("static_cast<") + (method->isConst() ? "const " : "") + access + "*>((" + own + "*)self)->" + call;
        all = std::string(WORD) + " self" + (count ? ", " : "") + parameters;
        names = count ? "self, " + names : "self";
    }
    Parameter returned = result(method->getReturnType(), call);
    return "struct " + access + " : " + own + " { static " + returned.declared + " call(" + all + ") { " + returned.passed + " } };\n" +
           shell(name, returned.declared, all, (returned.declared == "void" ? "" : "return ") + access + "::call(" + names + ");");
}

/* Whether a class or a base of it has an operator new or delete of its own. */
bool allocates(const CXXRecordDecl *record) {
    DeclarationNameTable &names = session.context().DeclarationNames;
    for (auto kind : {OO_New, OO_Delete})
        if (!record->lookup(names.getCXXOperatorName(kind)).empty()) return true;
    for (const CXXBaseSpecifier &base : record->bases())
        if (const auto *other = base.getType()->getAsCXXRecordDecl(); !other || allocates(other)) return true;
    return false;
}

/* The same entry point for when signals are exceptions. */
std::string guarded(const std::string &text, const std::string &name) {
    std::string inner = text;
    size_t head = inner.rfind("extern \"C\" ") + 11, at = inner.find(name + "(", head), open = at + name.size(), close = inner.find(") noexcept", open);
    std::string returns = inner.substr(head, at - head - 1), parameters = inner.substr(open + 1, close - open - 1), names;
    for (const std::string &one : split(parameters, ',')) {
        size_t last = one.rfind(' ');
        if (last != std::string::npos) names += (names.empty() ? "" : ", ") + one.substr(last + 1);
    }
    inner.insert(open, "i");
    bool nothing = returns == "void";
    return inner + "extern \"C\" " + returns + ' ' + name + '(' + parameters + ") noexcept { if (__cppbind_setjmp(__cppbind_enter(), 1)) { __cppbind_leave(); return" +
           (nothing ? "" : " 0") + "; } " + (nothing ? "" : returns + " r = ") + name + "i(" + names + "); __cppbind_leave(); " + (nothing ? "" : "return r; ") + "}\n";
}

}  // namespace

namespace cppbind {

bool is_compiled(const std::string &request) { return entries.count(request); }

/* request: "FORM<tab>HANDLE<tab>NARGS[<tab>CLASS[<tab>NAME]]"; docs/cppbind.md, "Requests" */
std::string wrapper(const std::string &request, const std::string &name, std::string &problem) {
    Lines words = split(request, '\t');
    std::string form = words[0], self = std::string(WORD) + " self";
    if (form.rfind("guarded ", 0) == 0) {
        std::string text = wrapper(request.substr(8), name, problem);
        return text.empty() ? text : guarded(text, name);
    }
    if (form.rfind("held ", 0) == 0) {
        std::string text = wrapper(request.substr(5), name, problem);
        size_t at = text.find("try { ");
        return at == std::string::npos ? text : text.insert(at, "__cppbind_held held; ");
    }
    if (form == "cast")
        return shell(name, WORD, self, "return (" + std::string(WORD) + ")static_cast<" + words[2] + "*>((" + words[1] + "*)self);");
    if (form == "delete" || form == "destroy") {
        const auto *record = decl_of<CXXRecordDecl>(std::stoll(words[1]));
        if (!record) return problem = "no such class", "";
        std::string own = name_in_code(record);
        return shell(name, "void", self, form == "delete" ? "delete (" + own + "*)self;" : "using T = " + own + "; ((T*)self)->~T();");
    }
    if (form == "aggregate") {
        const auto *record = decl_of<CXXRecordDecl>(std::stoll(words[1]));
        if (!record) return problem = "no such class", "";
        return shell(name, WORD, "", "return (" + std::string(WORD) + ")new " + name_in_code(record) + "{};");
    }
    const auto *function = decl_of<FunctionDecl>(std::stoll(words[1]));
    if (!function) return problem = "no such function", "";
    size_t count = std::stoul(words[2]);
    std::string parameters, arguments;
    const auto *method = dyn_cast<CXXMethodDecl>(function);
    for (size_t i = 0; i < count; i++) {
        Parameter one = parameter(function->getNonObjectParameter(i)->getType(), "a" + std::to_string(i));
        parameters += (i ? ", " : "") + one.declared;
        arguments += (i ? ", " : "") + one.passed;
    }
    if (form == "cross") return shell(name, WORD, parameters, "return (" + std::string(WORD) + ")new " + words[3] + "(__cppbind_tag()" + (count ? ", " : "") + arguments + ");");
    if (form == "place") {
        if (allocates(method->getParent())) return problem = "the class allocates its objects itself", "";
        std::string made = name_of(method->getParent()) + "(" + arguments + ")", word = std::string(WORD);
        return shell(name, WORD, word + " at" + (count ? ", " : "") + parameters,
                     "return (" + word + ")(at ? ::new ((void *)at, __cppbind_tag()) " + made + " : new " + made + ");");
    }
    if (isa<CXXConstructorDecl>(function))
        return shell(name, WORD, parameters, "return (" + std::string(WORD) + ")new " + name_in_code(method->getParent()) + "(" + arguments + ");");
    if (form == "protected") return protected_call(method, name, parameters, arguments, count);
    std::string call = (words.size() > 4 ? words[4] : called(function)) + "(" + arguments + ")";
    if (method && method->isStatic())
        call = name_of(method->getParent()) + "::" + call;
    else if (method) {
        std::string as = words.size() > 3 ? words[3] : "";
        call = object_of(method, as) + (form == "base" ? name_of(method->getParent()) + "::" : "") + call;
        parameters = self + (count ? ", " : "") + parameters;
    } else if (is_hidden(function)) {
        /* found by the types of its arguments only */
    } else if (const auto *space = dyn_cast<NamespaceDecl>(function->getDeclContext()->getRedeclContext())) {
        call = name_of(space) + "::" + call;
    } else {
        call = "::" + call;
    }
    Parameter returned = result(function->getReturnType(), call);
    return shell(name, returned.declared, parameters, returned.passed);
}

namespace {

/* Whether a request compiles by itself, under a new name: as it is, or with template arguments left to deduction, or named, since those that
   are named may be an error for other overloads. */
bool compiled(const std::string &request, std::string &name) {
    bool good = false;
    for (bool other : {false, true}) {
        std::string problem;
        forget_diagnostics();
        name = "__cppbind_w" + std::to_string(counter++);
        otherwise = other;
        if ((good = compile(wrapper(request, name, problem)))) break;
    }
    otherwise = false;
    return good;
}

}  // namespace

}  // namespace cppbind

EXPORT const char *cppbind_wrapper_source(const char *requests) {
    Locked locked;
    std::string out, problems;
    for (const std::string &request : split(requests, '\n')) {
        std::string problem, name = "__cppbind_w" + std::to_string(counter++);
        std::string text = wrapper(request, name, problem);
        out += text.empty() ? "\n" : name + "\t" + text;
        problems += problem;
    }
    say(problems);
    return keep(std::move(out));
}

EXPORT int cppbind_wrappers(const char *requests, intptr_t *addresses) {
    Locked locked;
    Lines lines = split(requests, '\n'), names(lines.size()), sources(lines.size());
    std::string all, problems;
    std::vector<std::pair<std::string, std::string>> more;      /* requests that come along, and their names */
    for (size_t i = 0; i < lines.size(); i++) {
        auto known = entries.find(lines[i]);
        addresses[i] = known == entries.end() ? 0 : known->second;
        if (addresses[i]) continue;
        std::string problem;
        names[i] = "__cppbind_w" + std::to_string(counter++);
        sources[i] = wrapper(lines[i], names[i], problem);
        if (!problem.empty()) problems += problem + '\n';
        all += sources[i];
    }
    for (const std::string &request : all.empty() ? Lines() : along(lines)) {
        std::string problem, name = "__cppbind_w" + std::to_string(counter++), source = wrapper(request, name, problem);
        if (source.empty() || is_compiled(request)) continue;
        all += source;
        more.emplace_back(request, name);
    }
    forget_diagnostics();
    bool together = all.empty() || compile(all);
    std::string first = diagnostics();                  /* a template whose instance is wrong says so only once */
    int failed = 0;
    for (size_t i = 0; i < lines.size(); i++) {
        if (addresses[i]) continue;
        bool good = !sources[i].empty() && (together || compiled(lines[i], names[i]));
        if (good) addresses[i] = symbol(names[i]);
        if (good && !addresses[i] && together && lines.size() > 1 && compiled(lines[i], names[i])) addresses[i] = symbol(names[i]);
        if (good && !addresses[i]) problems += std::string("failed to JIT-compile the call wrapper: ") + cppbind_message() + '\n';
        if (addresses[i])
            entries[lines[i]] = addresses[i];
        else
            failed++;
    }
    for (const auto &[request, name] : more)
        if (intptr_t address = together ? symbol(name) : 0) entries[request] = address;
    problems += diagnostics();
    if (failed && problems.empty()) problems = first;
    if (failed || !problems.empty()) say(problems); else say("");
    return failed;
}

EXPORT intptr_t cppbind_address(intptr_t variable) {
    Locked locked;
    say("");
    const auto *decl = decl_of<VarDecl>(variable);
    if (!decl) return 0;
    std::string request = "variable " + std::to_string(variable);
    bool each = decl->getTLSKind() != VarDecl::TLS_None;    /* each thread has its own */
    auto known = entries.find(request);
    if (known != entries.end()) return each ? reinterpret_cast<intptr_t (*)()>(known->second)() : known->second;
    std::string name = "__cppbind_v" + std::to_string(counter++);
    std::string full = name_of(decl);
    forget_diagnostics();
    std::string copy = only_declared(decl) ? "static const auto copy = ::" + full + "; " : "";
    bool good = compile("extern \"C\" " + std::string(WORD) + " " + name + "() noexcept { " + copy + "return (" + WORD + ")__builtin_addressof(" + (copy.empty() ? "::" + full : "copy") + "); }\n");
    say(diagnostics());
    if (!good) return 0;
    auto entry = reinterpret_cast<intptr_t (*)()>(symbol(name));
    if (!entry) return say(diagnostics()), 0;
    intptr_t address = entry();
    entries[request] = each ? reinterpret_cast<intptr_t>(entry) : address;
    return address;
}
