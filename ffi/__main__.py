"""python -m ffi COMMAND ..."""

import sys


def stubs(module, file=None):
    """stubs MODULE [FILE]: a .pyi of a module that has an FFI and its lib; to standard output without FILE."""
    import importlib

    from ffi.stubs import stub
    sys.path.insert(0, "")
    text = stub(importlib.import_module(module))
    if file is None:
        sys.stdout.write(text)
        return
    with open(file, "w", encoding="utf-8") as out:
        out.write(text)


COMMANDS = {"stubs": stubs}


def main(arguments):
    command = COMMANDS.get(arguments[0] if arguments else "")
    if command is None or not 1 <= len(arguments) - 1 <= command.__code__.co_argcount:
        print("usage:\n" + "\n".join(f"  python -m ffi {command.__doc__}" for command in COMMANDS.values()), file=sys.stderr)
        return 2
    command(*arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
