"""_PyUnicode_Is...() and _PyUnicode_To...(): properties that only the VM's own Unicode database tells."""

from capi.core import api
from capi.core.engine import ffi


@api("int _PyUnicode_IsXidStart(Py_UCS4 ch)")
def _PyUnicode_IsXidStart(ch):
    return chr(ch).isidentifier()


@api("int _PyUnicode_IsXidContinue(Py_UCS4 ch)")
def _PyUnicode_IsXidContinue(ch):
    return ("a" + chr(ch)).isidentifier()


@api("int _PyUnicode_IsCased(Py_UCS4 ch)")
def _PyUnicode_IsCased(ch):
    c = chr(ch)
    return c.islower() or c.isupper() or c.istitle()


@api("int _PyUnicode_IsCaseIgnorable(Py_UCS4 ch)")
def _PyUnicode_IsCaseIgnorable(ch):
    # A sigma is final after a cased letter; case-ignorable characters between do not matter, nor do they count.
    return ("A" + chr(ch) + "Σ").lower()[-1] == "ς" and (" " + chr(ch) + "Σ").lower()[-1] == "σ"


def full(name, convert):
    """_PyUnicode_To...Full: the full mapping of a character, up to three characters."""
    def body(ch, p_res):
        found = convert(chr(ch))
        for i, c in enumerate(found):
            ffi.cast("unsigned int *", p_res)[i] = ord(c)
        return len(found)
    body.__name__ = name
    return api(f"int {name}(Py_UCS4 ch, Py_UCS4 *p_res)")(body)


full("_PyUnicode_ToLowerFull", str.lower)
full("_PyUnicode_ToUpperFull", str.upper)
full("_PyUnicode_ToTitleFull", str.title)
full("_PyUnicode_ToFoldedFull", str.casefold)
