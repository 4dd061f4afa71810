"""VM functions that call C functions: straight-line code for each calling convention.

Each maker here returns a function specialised for one C function.  The source is generated once for each shape and
compiled once; functions share it under names of their own, so that tracebacks and the JIT tell them apart.
"""

from types import FunctionType, ModuleType

from __pypy__ import identity_dict

from capi.core.engine import ffi, lib
from capi.core import tables
from capi.core.errors import raise_if_pending, raise_or_stop, raise_pending
from capi.core.to_vm import from_word, from_weak
from capi.core.linking import settle
from capi.core.tables import INDEX, NULL, SMALL_MAX, SMALL_MIN, table
from capi.core.to_c import address, argument_word, to_word, tuple_word, word

METH_VARARGS, METH_KEYWORDS, METH_NOARGS, METH_O, METH_CLASS, METH_STATIC, METH_COEXIST = 1, 2, 4, 8, 16, 32, 64
METH_FASTCALL, METH_METHOD = 0x80, 0x200
L_RETRY = -0x7fffffffffff0000

# The globals of generated code: a module's dictionary, whose names the JIT folds (those of a plain one it looks up each time).
NAMESPACE = ModuleType("capi.core.generated").__dict__
NAMESPACE.update({"lib": lib, "ffi": ffi, "table": table, "INDEX": INDEX, "to_word": to_word, "argument_word": argument_word, "tuple_word": tuple_word, "from_word": from_word, "from_weak": from_weak,
             "raise_pending": raise_pending, "raise_if_pending": raise_if_pending, "raise_or_stop": raise_or_stop, "word": word,
             "NULL": NULL, "NONE_ADDRESS": tables.NONE, "L_RETRY": L_RETRY, "settle": settle})

# `a` to a word: an int and None are decided here, in the trace; the rest by argument_word.
CONVERT = """\
{pad}if type({a}) is int and {low} <= {a} <= {high}:
{pad}    {w} = {a} << 1 | 1
{pad}el""" + (OTHER := """\
if {a} is None:
{pad}    {w} = NONE_ADDRESS
{pad}elif type({a}) is tuple:
{pad}    {w} = tuple_word({a})
{pad}else:
{pad}    {w} = argument_word({a})
""")

# `r` to the result.
RESULT = """\
{pad}if r == NONE:
{pad}    return None
{pad}if r & 1:
{pad}    return r >> 1
{pad}if r & 4:
{pad}    return from_weak(r) if r & 2 else table[r >> 3 & INDEX]
{pad}if r == 0:
{pad}    {failed}(name)
{pad}if r == 8:
{pad}    return settle() or {again}
{pad}return from_word(r)
"""


def convert(a, w, pad="    "):
    return CONVERT.format(a=a, w=w, pad=pad, low=SMALL_MIN, high=SMALL_MAX)


def convert_other(a, w, pad="    "):
    """`convert` for what is known not to be a small int."""
    return pad + OTHER.format(a=a, w=w, pad=pad)


def result(again, pad="    ", failed="raise_pending"):
    return RESULT.format(again=again, pad=pad, failed=failed)


compiled = {}


def maker(source, *constants):
    """The factory of functions with this source, whose constants are its closure."""
    make = compiled.get((source, constants))
    if make is None:
        body = "".join(f"    {line}\n" for line in source.splitlines())
        NAMESPACE["NONE"] = tables.links[None]
        made = {}
        exec(f"def make(name, {', '.join(constants)}):\n{body}    return f\n", NAMESPACE, made)
        make = compiled[source, constants] = made["make"]
    return make


def named(function, name, doc=None, qualname=None):
    """`function` under its own name: its own code object, hence its own traces and traceback entries."""
    code = function.__code__.replace(co_name=name, co_filename=f"<C function {qualname or name}>")
    own = FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)
    own.__doc__ = doc
    own.__qualname__ = qualname or name
    return own


# ---- argument shapes ------------------------------------------------------------------------------------------------

def positional(trampoline, first, call="call", limit=4):
    """Source that dispatches on the number of `args`; more than `limit` go through an array."""
    lines = ["n = len(args)"]
    for count in range(limit + 1):
        lines.append(f"{'if' if count == 0 else 'elif'} n == {count}:")
        for i in range(count):
            lines.append(f"    a{i} = args[{i}]")
            lines.append(convert(f"a{i}", f"w{i}", "    ").rstrip("\n"))
        arguments = "".join(f", w{i}" for i in range(count))
        lines.append(f"    r = lib.m_{trampoline}{count}({call}, {first}{arguments})")
    lines.append("else:")
    lines.append(f"    r = many_{trampoline}({call}, {first}, args, None)")
    return "\n".join(lines)


def fill(args):
    """A C array of the words of `args`."""
    array = ffi.new("intptr_t[]", len(args) or 1)
    i = 0
    for a in args:
        array[i] = word(a)
        i += 1
    return array


def any_word(a):
    """The word of an argument of any kind."""
    if type(a) is int and SMALL_MIN <= a <= SMALL_MAX:
        return a << 1 | 1
    if a is None:
        return tables.NONE
    return tuple_word(a) if type(a) is tuple else argument_word(a)


def name_word(name):
    """The word of a keyword; C keeps the names that it has met."""
    p = names.get(name)
    if p is None:
        if len(names) >= MOST_NAMES or type(name) is not str:
            return argument_word(name)
        p = names[name] = address(name)
    return p


names, MOST_NAMES = {}, 4000               # keyword -> address of a str in C


def many_v(fn, self, args, kwargs):
    """Call through an argument tuple and a keyword dictionary."""
    return packed(lib.m_vk, lib.m_vn, fn, self, args, kwargs)


def many_i_v(fn, self, args, kwargs):
    """The same for tp_init."""
    return packed(lib.m_i_vk, lib.m_i_vn, fn, self, args, kwargs)


def packed(few, many, fn, self, args, kwargs):
    """Call through the trampoline for `few` arguments or that for `many`."""
    # JIT: what is unpacked needs neither the dictionary nor a loop.
    n, k = len(args), len(kwargs) if kwargs else 0
    if n > 2 or k > 3 or k == 0:
        return many(fn, self, fill(args), n, argument_word(kwargs) if k else 0)
    w0, w1 = any_word(args[0]) if n else 0, any_word(args[1]) if n > 1 else 0
    if k == 1:
        (a,), (x,) = kwargs, kwargs.values()
        return few(fn, self, n, w0, w1, 1, name_word(a), any_word(x), 0, 0, 0, 0)
    if k == 2:
        (a, b), (x, y) = kwargs, kwargs.values()
        return few(fn, self, n, w0, w1, 2, name_word(a), any_word(x), name_word(b), any_word(y), 0, 0)
    (a, b, c), (x, y, z) = kwargs, kwargs.values()
    return few(fn, self, n, w0, w1, 3, name_word(a), any_word(x), name_word(b), any_word(y), name_word(c), any_word(z))


def many_f(fn, self, args, kwargs):
    """Call through an argument array, keyword values last."""
    return many_m(fn, self, 0, args, kwargs)


def many_m(fn, self, cls, args, kwargs):
    """METH_METHOD: as `many_f`, with the defining class."""
    positional, names = len(args), 0
    if kwargs:
        names = tuple_word(tuple(kwargs))
        args += tuple(kwargs.values())
    n = len(args)
    if n > 4:
        return lib.m_fn(fn, self, cls, fill(args), positional, n - positional, names)
    return lib.m_fk(fn, self, cls, names, positional, n - positional, any_word(args[0]) if n else 0,
                    any_word(args[1]) if n > 1 else 0, any_word(args[2]) if n > 2 else 0, any_word(args[3]) if n > 3 else 0)


NAMESPACE.update(many_v=many_v, many_i_v=many_i_v, many_f=many_f, many_m=many_m)


def wrong_count(name, expected, n):
    if expected == 0:
        raise TypeError(f"{name}() takes no arguments ({n} given)")
    raise TypeError(f"{name}() takes exactly one argument ({n} given)")


def no_keywords(name):
    raise TypeError(f"{name}() takes no keyword arguments")


NAMESPACE.update(wrong_count=wrong_count, no_keywords=no_keywords)


def source_of(flags, method):
    """Source of a function `f` for these METH_ flags; a method takes its self from `address`, a function has `me`."""
    kind = flags & (METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_FASTCALL | METH_METHOD)
    head = "self, *args" if method else "*args" if kind & METH_KEYWORDS else "*args, **kwargs"
    me = "p" if method else "me"
    # After a call the JIT no longer takes a cell for constant, hence the local.
    begin = "    call = fn\n    p = address(self)\n" if method else "    call = fn\n"
    bare = "" if method else "    if kwargs:\n        no_keywords(label)\n"
    call_again = "f(self, *args)" if method else "f(*args)"
    call_again_kw = call_again[:-1] + ", **kwargs)"
    if kind == METH_NOARGS:
        return (f"def f({head}):\n{bare}    if args:\n        wrong_count(label, 0, len(args))\n{begin}"
                f"    r = lib.m_O_OO(call, {me}, 0)\n" + result(call_again))
    if kind == METH_O:
        return (f"def f({head}):\n{bare}    if len(args) != 1:\n        wrong_count(label, 1, len(args))\n{begin}    a = args[0]\n"
                f"    if type(a) is int and {SMALL_MIN} <= a <= {SMALL_MAX}:\n"
                f"        r = lib.m_O_Oi(call, {me}, a)\n"
                "    elif type(a) is float:\n"
                f"        r = lib.m_O_Od(call, {me}, a)\n"
                "    else:\n" + convert_other("a", "w", "        ") + f"        r = lib.m_O_OO(call, {me}, w)\n" + result(call_again))
    if kind == METH_VARARGS:
        return f"def f({head}):\n{bare}{begin}" + indent(positional("v", me)) + result(call_again)
    if kind == METH_FASTCALL:
        return f"def f({head}):\n{bare}{begin}" + indent(positional("f", me)) + result(call_again)
    if kind == METH_VARARGS | METH_KEYWORDS:
        return (f"def f({head}, **kwargs):\n{begin}    if kwargs:\n        r = many_v(call, {me}, args, kwargs)\n    else:\n"
                + indent(positional("v", me), 8) + result(call_again_kw))
    if kind == METH_FASTCALL | METH_KEYWORDS:
        return (f"def f({head}, **kwargs):\n{begin}    if kwargs:\n        r = many_f(call, {me}, args, kwargs)\n    else:\n"
                + indent(positional("f", me), 8) + result(call_again_kw))
    if kind == METH_FASTCALL | METH_KEYWORDS | METH_METHOD:
        return f"def f({head}, **kwargs):\n{begin}    r = many_m(call, {me}, defining, args, kwargs)\n" + result(call_again_kw)
    raise SystemError(f"bad call flags {flags:#x}")


def indent(text, width=4):
    return "".join(" " * width + line + "\n" for line in text.splitlines())


def signature_doc(name, doc):
    """The docstring without the signature line that CPython's C functions carry."""
    if doc and doc.startswith(name + "(") and ")\n--\n\n" in doc:
        return doc.split(")\n--\n\n", 1)[1]
    return doc


def method(definition, address, cls_name, p_type):
    """A VM function for a method's PyMethodDef; `address` gives the address of self."""
    name = tables.text(ffi.cast("intptr_t", definition.name))
    make = maker(source_of(definition.flags, True), "fn", "address", "label", "defining")
    made = make(name, definition.meth, address, f"{cls_name}.{name}", p_type)
    doc = signature_doc(name, tables.text(ffi.cast("intptr_t", definition.doc)))
    made = named(made, name, doc, qualname=f"{cls_name}.{name}")
    definitions[made] = definition, cls_name, p_type
    return made


definitions = identity_dict()              # function -> the arguments of `method` that made it


def simple(parameters, body, address, fn, name, **more):
    """A function for a slot: `body` is source, `fn` the C function."""
    source = f"def f({parameters}):\n" + indent(body)
    make = maker(source, "fn", "address", *more)
    return named(make(name, fn, address, *more.values()), name)
