"""The cache on disk: the same declarations, only its own files trusted, never in the way."""

import os
import stat
import subprocess
import sys
import threading

import pytest

from ffi import FFI, cache

SOURCE = "#define N 3\n" + "\n".join(f"typedef struct {{ int a[N]; struct s{i} *p; }} t{i};\nint f{i}(t{i} *, enum e{i} {{ A{i}, B{i} = {i} + N }} x);"
                                      for i in range(20))
pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the cache is for systems with user ids")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("MOORING_CACHE", raising=False)
    return tmp_path / "mooring" / "ffi"


def declared(*sources, **options):
    ffi = FFI()
    for source in sources:
        ffi.cdef(source, **options)
    return ffi


def parses(monkeypatch):
    """A list that grows with each source that is parsed."""
    seen, parsed = [], cache.parsed
    monkeypatch.setattr(cache, "parsed", lambda known, text, options: seen.append(text) or parsed(known, text, options))
    return seen


def test_a_second_time_nothing_is_parsed(folder, monkeypatch):
    seen = parses(monkeypatch)
    first, second = declared(SOURCE), declared(SOURCE)
    assert len(seen) == 1
    assert first._found.state() == second._found.state()
    assert second.sizeof("t3") == first.sizeof("t3") and second.list_functions() == first.list_functions()


def test_what_came_before_is_part_of_the_key(folder, monkeypatch):
    seen = parses(monkeypatch)
    more = "#undef N\nextern t1 global;\n" + "\n" * cache.SHORT
    first, second = declared(SOURCE, more), declared(SOURCE, more)
    assert len(seen) == 2 and first._found.state() == second._found.state() and "N" not in second._found.macros
    other = declared(SOURCE.replace("#define N 3", "#define N 5"), more)
    assert len(seen) == 4 and other.sizeof("t1") != first.sizeof("t1")


def test_options_are_part_of_the_key(folder):
    text = "struct s { char c; int i; };" + " " * cache.SHORT
    assert declared(text).sizeof("struct s") == 8 and declared(text, packed=True).sizeof("struct s") == 5


def test_the_name_alone_is_not_trusted(folder, monkeypatch):
    monkeypatch.setattr(cache, "name_of", lambda key: "same")
    declared(SOURCE)
    assert declared(SOURCE.replace("f1(", "g1(")).list_functions().keys() != declared(SOURCE).list_functions().keys()


def test_folder_and_files_are_private(folder):
    declared(SOURCE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(folder.iterdir())
    assert len(files) == 1 and stat.S_IMODE(files[0].stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\xfb\x00", None])
def test_a_damaged_file_is_as_none(folder, monkeypatch, damage):
    declared(SOURCE)
    [file] = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-20] if damage is None else damage)
    seen = parses(monkeypatch)
    assert declared(SOURCE).sizeof("t1") and len(seen) == 1
    assert declared(SOURCE).sizeof("t1") and len(seen) == 1


def test_others_may_not_write(folder, monkeypatch):
    declared(SOURCE)
    [file] = folder.iterdir()
    seen = parses(monkeypatch)
    file.chmod(0o666)
    declared(SOURCE)
    assert len(seen) == 1
    folder.chmod(0o777)
    declared(SOURCE)
    assert len(seen) == 2
    folder.chmod(0o700)


def test_a_link_is_not_followed(folder, tmp_path, monkeypatch):
    declared(SOURCE)
    [file] = folder.iterdir()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    seen = parses(monkeypatch)
    declared(SOURCE)
    assert len(seen) == 1
    folder.rename(tmp_path / "moved")
    folder.symlink_to(tmp_path / "moved")
    declared(SOURCE)
    assert len(seen) == 2


def test_anothers_files_are_not_read(folder, monkeypatch):
    declared(SOURCE)
    seen = parses(monkeypatch)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    declared(SOURCE)
    assert len(seen) == 1


def test_no_folder_no_cache(folder, tmp_path, monkeypatch):
    (tmp_path / "mooring").write_text("a file is in the way")
    assert declared(SOURCE).sizeof("t1")


def test_off(folder, monkeypatch):
    monkeypatch.setenv("MOORING_CACHE", "off")
    declared(SOURCE)
    assert not folder.exists()


def test_short_sources_make_no_files(folder):
    declared(SOURCE)
    declared("int short_one(void);")
    assert len(list(folder.iterdir())) == 1


def test_its_size_is_bounded(folder, monkeypatch):
    monkeypatch.setattr(cache, "MOST_FILES", 6)
    for i in range(20):
        declared(SOURCE + f"int more{i}(void);")
    assert len(list(folder.iterdir())) <= 6


def test_many_writers(folder):
    made = []

    def work():
        for i in range(10):
            made.append(declared(SOURCE).list_functions())
    threads = [threading.Thread(target=work) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 40 and all(one == made[0] for one in made)
    assert len(list(folder.iterdir())) == 1


def test_headers_that_change_are_read_again(folder, tmp_path, monkeypatch):
    from ffi import headers
    path = tmp_path / "mine.h"
    path.write_text("int one(void);\n")
    seen, read = [], headers.read
    monkeypatch.setattr(headers, "read", lambda *a: seen.append(a) or read(*a))

    def names():
        ffi = FFI()
        ffi.cdef_headers(str(path))
        return list(ffi.list_functions())
    assert names() == names() == ["one"] and len(seen) == 1
    path.write_text("int one(void); int two(void);\n")
    assert names() == ["one", "two"] and len(seen) == 2


LOADED = """
import sys
from ffi import FFI
ffi = FFI()
ffi.cdef(open(sys.argv[1]).read())
assert ffi.sizeof("t1")
print(*sorted(name for name in ("re", "enum", "threading", "ctypes", "ffi.parser", "ffi.lexer", "hashlib", "typing") if name in sys.modules))
"""


def test_what_a_hit_does_not_import(folder, tmp_path):
    source = tmp_path / "source.h"
    source.write_text(SOURCE)
    run = [sys.executable, "-S", "-c", LOADED, str(source)]
    paths = os.pathsep.join(path or "." for path in sys.path)
    environment = {**os.environ, "PYTHONPATH": paths}
    first = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout.split()
    second = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert "ffi.parser" in first and second == []


def test_a_simple_source_needs_no_regular_expressions(tmp_path):
    source = tmp_path / "source.h"
    source.write_text("struct t { int a[3]; char *s; }; typedef struct t t1; int f(const t1 *, ...);")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path), "MOORING_CACHE": "off"}
    loaded = subprocess.run([sys.executable, "-S", "-c", LOADED, str(source)], env=environment, capture_output=True, text=True, check=True).stdout
    assert loaded.split() == ["ffi.lexer", "ffi.parser"]
