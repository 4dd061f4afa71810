"""What cdef() and cdef_headers() found out, kept on disk: a second run parses nothing.

    $XDG_CACHE_HOME/mooring/ffi/NAME        marshal of (key, result)

NAME only finds the file; the key has all that the result depends on, and is compared.

marshal trusts what it reads: folder and files must be this user's own and writable by no one else.  A folder that is not there and
cannot be made, or is not ours, means no cache; so does MOORING_CACHE=off.  A file is written beside its place and renamed, so that
readers see whole ones.
"""

import marshal
import os
import sys

from ffi.model import Declarations

MOST_FILES, MOST_BYTES = 512, 64 << 20
SHORT = 400                                            # characters: once the parser is loaded, it is faster than a file
MISSING = object()


def parse(known, sources, text, options):
    """`known` and what `text` declares on top of it; `sources` and their options are what `known` came from."""
    if len(text) < SHORT and "ffi.parser" in sys.modules or "#pragma" in text:      # a #pragma may warn
        return parsed(known, text, options)
    key = "cdef", stamp(), tuple(sources), text, options
    delta = load(key)
    if delta is not None:
        return applied(known, delta)
    found = parsed(known, text, options)
    save(key, difference(known, found))
    return found


def parsed(known, text, options):
    from ffi.parser import Parser
    packed, pack, override, cplusplus = options
    return Parser(known, packed, pack, override, cplusplus).parse(text)


def headers(headers, include_dirs, define, only):
    """(Declarations of the headers, a key of what they depend on: for `parse`)."""
    from ffi.preprocess import command, include_lines
    words = command(include_dirs, define)
    surroundings = tuple(os.environ.get(name) for name in ("CPATH", "C_INCLUDE_PATH", "SOURCE_DATE_EPOCH"))
    key = "headers", stamp(), tuple(words), fingerprint(executable(words[0])), include_lines(headers), surroundings, \
        tuple(map(fingerprint, include_dirs)), only if only is None or isinstance(only, str) else tuple(only)
    known = load(key)
    if known is not None and all(fingerprint(file[0]) == file for file in known[0]):
        return Declarations.restored(known[1]), (key, known[0])
    from ffi.headers import read
    found, files = read(headers, include_dirs, define, only)
    seen = tuple(map(fingerprint, files))
    save(key, (seen, found.state()))
    return found, (key, seen)


# ---- results ---------------------------------------------------------------------------------------------------------------

def difference(known, found):
    """What `found` adds to `known`, or changes; names that are gone."""
    tables = []
    for table in Declarations.TABLES:
        before, after = getattr(known, table), getattr(found, table)
        changed = {name: value for name, value in after.items() if before.get(name, MISSING) is not value} if before else after
        gone = tuple(name for name in before if name not in after)
        tables.append((changed, gone))
    return found.counter, tuple(tables)


def applied(known, delta):
    counter, tables = delta
    made = Declarations()
    made.counter = counter
    for name, (changed, gone) in zip(Declarations.TABLES, tables):
        before = getattr(known, name)
        if before:
            changed = {**before, **changed}
            for one in gone:
                del changed[one]
        setattr(made, name, changed)
    return made


# ---- keys ------------------------------------------------------------------------------------------------------------------

def fingerprint(path):
    """(path, time of change, size) of a file; None for the last two if there is none."""
    try:
        info = os.stat(path)
    except OSError:
        return path, None, None
    return path, info.st_mtime_ns, info.st_size


def executable(name):
    """The file that a command runs."""
    if "/" not in name:
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = os.path.join(folder, name)
            if os.access(path, os.X_OK):
                return path
    return name


def stamp():
    """This Python, this engine and the state of this package's own files: others parse differently."""
    global own_stamp
    if own_stamp is None:
        from ffi.engine import VERSION
        folder = os.path.dirname(__file__)
        try:
            files = sorted((e.name, *fingerprint(e.path)[1:]) for e in os.scandir(folder) if e.name.endswith(".py"))
        except OSError:
            files = ()
        own_stamp = sys.implementation.cache_tag, VERSION, sys.platform, sys.maxsize, tuple(files)
    return own_stamp


own_stamp = None


# ---- files -----------------------------------------------------------------------------------------------------------------

def folder(make=False):
    """The cache's folder, or None."""
    if os.environ.get("MOORING_CACHE") == "off" or not hasattr(os, "geteuid") or os.geteuid() != os.getuid():
        return None
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
        if base[0] == "~":
            return None
    middle = os.path.join(base, "mooring")
    path = os.path.join(middle, "ffi")
    try:
        if make:
            os.makedirs(base, 0o700, exist_ok=True)
            for one in (middle, path):
                if not os.path.isdir(one):
                    os.mkdir(one, 0o700)
        return path if is_ours(os.lstat(path), 0o040000) else None
    except OSError:
        return None


def is_ours(info, kind):
    """True for a folder (0o040000) or plain file (0o100000) of this user that no other can write to."""
    return info.st_mode & 0o170000 == kind and info.st_uid == os.geteuid() and not info.st_mode & 0o022


def name_of(key):
    from binascii import crc32
    data = repr(key[2:]).encode(errors="surrogateescape")
    return f"{sys.implementation.cache_tag}-{crc32(data):08x}-{len(data):x}"


def load(key):
    """What was saved for `key`, else None."""
    path = folder()
    if path is None:
        return None
    try:
        file = os.open(os.path.join(path, name_of(key)), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        info = os.fstat(file)
        if not is_ours(info, 0o100000):
            return None
        saved, result = marshal.loads(os.read(file, info.st_size))
        return result if saved == key else None
    except (OSError, ValueError, EOFError, TypeError):  # cut short, or of another kind
        return None
    finally:
        os.close(file)


def save(key, result):
    """Keep `result` for `key`, if that can be."""
    path = folder(make=True)
    if path is None:
        return
    try:
        data = marshal.dumps((key, result))
    except ValueError:                                 # a path or type of a kind that marshal does not know
        return
    if len(data) > MOST_BYTES // 4:
        return
    name = name_of(key)
    beside = os.path.join(path, f".{name}.{os.getpid()}.{id(data):x}")
    try:
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(file, "wb") as out:
                out.write(data)
            os.replace(beside, os.path.join(path, name))
        except OSError:
            os.unlink(beside)
            raise
        tidy(path)
    except OSError:
        pass


def tidy(path):
    """Remove the oldest files of a cache that has grown too large."""
    files = []
    for entry in os.scandir(path):
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError:                                # another process removed it
            continue
        files.append((info.st_mtime_ns, info.st_size, entry.path))
    total = sum(size for when, size, file in files)
    if len(files) <= MOST_FILES and total <= MOST_BYTES:
        return
    files.sort()
    count = len(files)
    for when, size, file in files:
        if count <= MOST_FILES // 2 and total <= MOST_BYTES // 2:
            return
        try:
            os.unlink(file)
        except OSError:
            pass
        count, total = count - 1, total - size
