"""Libraries called from their own installed headers, in ABI mode: no declaration is written here."""

import pytest

from ffi import FFI
from tests.ffi_headers import is_installed

PACKAGES = {"zlib.h": "zlib1g-dev", "sqlite3.h": "libsqlite3-dev", "openssl/evp.h": "libssl-dev", "png.h": "libpng-dev", "ncurses.h": "libncurses-dev",
            "curl/curl.h": "libcurl4-openssl-dev", "SDL2/SDL.h": "libsdl2-dev", "gsl/gsl_sf_bessel.h": "libgsl-dev"}


def bound(header, library, *more, **options):
    """(ffi, lib) of an installed library."""
    if not is_installed(header):
        pytest.skip(f"{header} is not installed: {PACKAGES.get(header, 'libc6-dev')}")
    ffi = FFI()
    ffi.cdef_headers(header, *more, **options)
    return ffi, ffi.dlopen(library)


def test_libc():
    ffi, lib = bound("time.h", None, "stdlib.h", "sys/stat.h", "errno.h", "stdio.h")
    moment = ffi.new("time_t *", 86400 * 365)
    broken = ffi.new("struct tm *")
    assert lib.gmtime_r(moment, broken) == broken and (broken.tm_year, broken.tm_mon, broken.tm_mday) == (71, 0, 1)
    seen = ffi.new("struct stat *")
    assert lib.stat(b"/", seen) == 0 and seen.st_mode & lib.S_IFMT == lib.S_IFDIR
    assert lib.stat(b"/no/such/file", seen) == -1 and ffi.errno == lib.ENOENT
    assert lib.div(17, 5).rem == 2
    numbers = ffi.new("int[]", [3, 1, 2])
    order = ffi.callback("int(const void *, const void *)", lambda a, b: ffi.cast("int *", a)[0] - ffi.cast("int *", b)[0])
    lib.qsort(numbers, 3, ffi.sizeof("int"), order)
    assert list(numbers) == [1, 2, 3]
    text, n = ffi.new("char[20]"), ffi.new("int *")
    lib.snprintf(text, 20, b"%d apples", ffi.cast("int", 5))
    assert lib.sscanf(text, b"%d", n) == 1 and n[0] == 5          # its symbol is another: the header's asm label


def test_zlib():
    ffi, lib = bound("zlib.h", "z", only=["*Z*_*", "*compress*", "z_stream", "deflate*", "crc32"])
    data, size = b"mooring " * 100, ffi.new("unsigned long *", 1000)
    packed, plain = ffi.new("unsigned char[1000]"), ffi.new("unsigned char[1000]")
    assert lib.compress2(packed, size, data, len(data), lib.Z_BEST_COMPRESSION) == lib.Z_OK
    assert size[0] < 50
    length = ffi.new("unsigned long *", 1000)
    assert lib.uncompress(plain, length, packed, size[0]) == lib.Z_OK
    assert ffi.buffer(plain, length[0])[:] == data
    stream = ffi.new("z_stream *")
    assert lib.deflateInit_(stream, lib.Z_BEST_SPEED, lib.ZLIB_VERSION, ffi.sizeof("z_stream")) == lib.Z_OK
    assert lib.deflateEnd(stream) == lib.Z_OK


def test_sqlite3():
    ffi, lib = bound("sqlite3.h", "sqlite3", only=["sqlite3*", "SQLITE_*"])
    db, statement = ffi.new("sqlite3 **"), ffi.new("sqlite3_stmt **")
    assert lib.sqlite3_open(b":memory:", db) == lib.SQLITE_OK
    assert lib.sqlite3_prepare_v2(db[0], b"select upper(?), 6 * 7", -1, statement, ffi.NULL) == lib.SQLITE_OK
    assert lib.sqlite3_bind_text(statement[0], 1, b"tide", -1, lib.SQLITE_TRANSIENT) == lib.SQLITE_OK
    assert lib.sqlite3_step(statement[0]) == lib.SQLITE_ROW
    assert ffi.string(lib.sqlite3_column_text(statement[0], 0)) == b"TIDE"
    assert lib.sqlite3_column_int(statement[0], 1) == 42
    assert lib.sqlite3_finalize(statement[0]) == lib.sqlite3_close(db[0]) == 0


def test_openssl():
    ffi, lib = bound("openssl/evp.h", "crypto")
    digest, size = ffi.new("unsigned char[64]"), ffi.new("unsigned int *")
    assert lib.EVP_Digest(b"abc", 3, digest, size, lib.EVP_sha256(), ffi.NULL) == 1
    assert ffi.buffer(digest, size[0])[:].hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert ffi.string(lib.EVP_MD_name(lib.EVP_sha256())) == b"SHA256"      # a macro: another name of EVP_MD_get0_name


def test_libpng():
    ffi, lib = bound("png.h", "png16")
    version = lib.png_access_version_number()
    assert version == lib.PNG_LIBPNG_VER
    png = lib.png_create_read_struct(lib.PNG_LIBPNG_VER_STRING, ffi.NULL, ffi.NULL, ffi.NULL)
    assert png and lib.png_sig_cmp(b"\x89PNG\r\n\x1a\n", 0, 8) == 0
    lib.png_destroy_read_struct(ffi.new("png_structp *", png), ffi.NULL, ffi.NULL)


def test_ncurses():
    ffi, lib = bound("ncurses.h", "ncurses")
    assert ffi.string(lib.curses_version()).startswith(b"ncurses ")
    assert ffi.string(lib.keyname(lib.KEY_UP)) == b"KEY_UP"


def test_libcurl():
    ffi, lib = bound("curl/curl.h", "curl")
    handle = lib.curl_easy_init()
    escaped = lib.curl_easy_escape(handle, b"a b", 0)
    assert ffi.string(escaped) == b"a%20b"
    assert lib.curl_easy_setopt(handle, lib.CURLOPT_URL, ffi.new("char[]", b"file:///")) == lib.CURLE_OK
    lib.curl_free(escaped)
    lib.curl_easy_cleanup(handle)


def test_sdl2():
    ffi, lib = bound("SDL2/SDL.h", "SDL2-2.0")
    version = ffi.new("SDL_version *")
    lib.SDL_GetVersion(version)
    assert version.major == lib.SDL_MAJOR_VERSION == 2
    first, second = ffi.new("SDL_Rect *", [0, 0, 10, 10]), ffi.new("SDL_Rect *", [5, 5, 10, 10])
    shared = ffi.new("SDL_Rect *")
    assert lib.SDL_IntersectRect(first, second, shared) == lib.SDL_TRUE and (shared.x, shared.w) == (5, 5)


def test_gsl():
    ffi, lib = bound("gsl/gsl_sf_bessel.h", "gsl", "gsl/gsl_errno.h")
    assert abs(lib.gsl_sf_bessel_J0(5.0) - -0.17759677131433830) < 1e-15
    result = ffi.new("gsl_sf_result *")
    assert lib.gsl_sf_bessel_J0_e(5.0, result) == lib.GSL_SUCCESS and 0 < result.err < 1e-14
    assert ffi.string(lib.gsl_strerror(lib.GSL_EDOM)) == b"input domain error"
