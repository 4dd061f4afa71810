"""C text of the common simple types, without the parser: words, stars, one array length; pointers to functions of such."""

from ffi.common import COMMON, PRIMITIVE_WORDS


def simple(found, text):
    """The type that `text` names, or None: then the parser has to look at it."""
    length = False
    body = text.strip()
    if "(*)(" in body:
        return function_pointer(found, body)
    if body[-1:] == "]":
        at = body.find("[")
        inside = body[at + 1:-1].strip()
        if inside and not (inside.isascii() and inside.isdigit() and (inside[0] != "0" or inside == "0")):
            return None
        length, body = int(inside) if inside else None, body[:at].rstrip()
    stars = 0
    while body[-1:] == "*":
        stars, body = stars + 1, body[:-1].rstrip()
    words = body.split()
    quals = ""
    if words[:1] == ["const"]:
        quals, words = "const", words[1:]
    known = found.typedefs.get(words[0]) if len(words) == 1 else None
    if known is not None:
        type, more = known
        quals = quals or more
    elif len(words) == 2 and words[0] in ("struct", "union", "enum"):
        table = found.enums if words[0] == "enum" else found.aggregates
        if " ".join(words) not in table:
            return None
        type = words[0], words[1]
    else:
        type = PRIMITIVE_WORDS.get(" ".join(sorted(words)))
        if type is None:
            known = COMMON.get(words[0]) if len(words) == 1 else None
            if known is None or known[0][0] != "prim":
                return None
            type = known[0]
    for star in range(stars):
        type, quals = ("ptr", type, quals), ""
    if length is not False:
        if type[0] == "func":
            return None
        type = "array", type, length
    return type


def function_pointer(found, text):
    """The same for "int(*)(void *, double)"."""
    result, _, rest = text.partition("(*)(")
    words = rest[:-1].split(",")
    if rest[-1:] != ")" or "(" in rest:
        return None
    result = simple(found, result) if result.strip() else None
    arguments = [simple(found, word) if word.strip() else None for word in words] if rest.strip() != "void)" else []
    if result is None or None in arguments or any(one[0] in ("array", "func", "void") for one in [result, *arguments] if one != ("void",)) \
            or ("void",) in arguments:
        return None
    return "ptr", ("func", result, tuple(arguments), False, ""), ""
