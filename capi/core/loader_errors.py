"""Say in one sentence why an extension module does not load, and what to do."""

from pathlib import Path

from .adapt import PYTHON_SYMBOL
from .elf import ElfError, Library


def explain_load_failure(path, message="", exported=None):
    """One sentence on why the loader refuses the file `path`, and what to do.

    `message` is the dynamic loader's own, used where nothing better is known.  `exported` is the collection of names that
    the layer exports, if known: a missing one is then named even where the message does not.
    """
    path = Path(path)
    if not path.exists():
        return f"{path} does not exist: build it with `python -m capi build` or `capi.build_extension`."
    try:
        library = Library(path)
    except ElfError as reason:
        return f"{reason}: give an extension module compiled for this layer."
    undefined, defined = library.undefined(), library.defined()
    foreign = made_for(undefined)
    if foreign:
        return (f"{path} is compiled for {foreign}, not for this layer: compile it from its sources with "
                f"`python -m capi build PROJECT` or `capi.build_extension`.")
    missing = missing_symbol(undefined, message, exported)
    if missing:
        return (f"{path} needs {missing}, which this version of the layer does not have: build the module again with "
                f"`python -m capi build`, or if it was, report the missing function.")
    if "undefined symbol: " in message:
        symbol = message.rpartition("undefined symbol: ")[2].split()[0]
        return f"{path} needs the symbol {symbol}, which no library that it is linked with has: link the one that has it."
    if not any(name.startswith("PyInit") for name in defined):
        return f"{path} defines no PyInit_ function: it is a shared library, but no extension module."
    return f"{path} cannot be loaded: {message or 'the dynamic loader did not say why'}."


def made_for(undefined):
    """Which Python a module with these undefined symbols was compiled for, or None if for this layer."""
    if any(name.lstrip("_").startswith("Mooring") for name in undefined):
        return None
    if any(name.lstrip("_").startswith("PyPy") for name in undefined):
        return "PyPy's built-in cpyext"
    if any(PYTHON_SYMBOL.match(name) for name in undefined):
        return "CPython"
    return None


def missing_symbol(undefined, message, exported):
    """The C-API name that the layer lacks, in CPython's spelling, or None."""
    ours = {name for name in undefined if name.lstrip("_").startswith("Mooring")}
    missing = sorted(ours - set(exported)) if exported is not None else [name for name in ours if f"symbol: {name}" in message]
    return missing[0].replace("Mooring", "Py", 1) if missing else None
