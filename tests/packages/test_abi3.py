"""Binaries that were compiled for CPython run here, unchanged but for the names of the symbols they ask for.

The wheels come from the package index.  On CPython the same wheels are installed as they are, and the same tests pass.
"""

import importlib
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ON_PYPY = sys.implementation.name == "pypy"
SALT = b"$2b$04$cVWp4XaNU8a4v1uMRum2SO"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder on sys.path; `imported` puts wheels into it."""
    folder = tmp_path_factory.mktemp("site")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def install(requirement, site):
    if ON_PYPY:
        from capi.core.adapt import AdaptError, adapt_wheel, fetch_wheel
        try:
            wheel = fetch_wheel(requirement)
        except AdaptError as reason:
            pytest.skip(f"needs a package index: {reason}")
        adapt_wheel(wheel, site)
    else:
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--no-deps", "--target", str(site), requirement],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            pytest.skip(f"needs a package index: {done.stdout.splitlines()[-1]}")


def imported(name, requirement, site):
    """The module `name` of an abi3 wheel, from no other place."""
    install(requirement, site)
    top = name.partition(".")[0]
    with pytest.MonkeyPatch.context() as patch:
        for other in [other for other in sys.modules if other.partition(".")[0] == top]:
            patch.delitem(sys.modules, other)
        module = importlib.import_module(name)
        assert module.__file__.startswith(str(site))
        yield module
        for other in [other for other in sys.modules if other.partition(".")[0] == top]:
            del sys.modules[other]


@pytest.fixture(scope="module")
def tornado_util(site):
    yield from imported("tornado.util", "tornado==6.6.1", site)


@pytest.fixture(scope="module")
def bcrypt(site):
    yield from imported("bcrypt", "bcrypt==5.0.0", site)


class TestTornado:
    """Its speedups: a C function that takes two bytes-like objects."""

    @pytest.fixture
    def mask(self, tornado_util):
        from tornado import speedups
        assert tornado_util._websocket_mask is speedups.websocket_mask
        return speedups.websocket_mask

    def test_its_own_python_version_agrees(self, mask, tornado_util):
        for length in range(70):
            data = bytes(range(100, 100 + length))
            for key in (b"abcd", b"\x00\xff\x80\x7f"):
                assert mask(key, data) == tornado_util._websocket_mask_python(key, data)

    def test_masking_twice_gives_the_data_back(self, mask):
        data = b"\x00text\xff" * 10000
        assert mask(b"\x01\x02\x03\x04", mask(b"\x01\x02\x03\x04", data)) == data

    @pytest.mark.parametrize("arguments, error, text", [
        ((b"abc", b"x"), ValueError, "mask must be 4 bytes"),
        ((b"abcd",), TypeError, "function takes exactly 2 arguments (1 given)"),
        ((b"abcd", 3), TypeError, "a bytes-like object is required, not 'int'"),
    ])
    def test_errors(self, mask, arguments, error, text):
        with pytest.raises(error) as caught:
            mask(*arguments)
        assert str(caught.value) == text


class TestBcrypt:
    """Written in Rust, with PyO3."""

    def test_hashpw(self, bcrypt):
        assert bcrypt.hashpw(b"pw", SALT) == SALT + b"FVEpGpzgDdbx4ALo81Tshw8Uowsl6TW"

    def test_checkpw(self, bcrypt):
        hashed = bcrypt.hashpw("schlüssel".encode(), bcrypt.gensalt(4))
        assert bcrypt.checkpw("schlüssel".encode(), hashed) is True
        assert bcrypt.checkpw(b"another", hashed) is False

    def test_gensalt(self, bcrypt):
        salt = bcrypt.gensalt(rounds=5, prefix=b"2a")
        assert type(salt) is bytes and salt.startswith(b"$2a$05$") and len(salt) == 29
        assert bcrypt.gensalt(4) != bcrypt.gensalt(4)

    def test_kdf(self, bcrypt):
        key = bcrypt.kdf(password=b"password", salt=b"salt", desired_key_bytes=32, rounds=4, ignore_few_rounds=True)
        assert key.hex() == "5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9"

    def test_warning(self, bcrypt):
        with pytest.warns(UserWarning, match=r"bcrypt\.kdf\(\) called with only 1 round"):
            bcrypt.kdf(b"p", b"s", 1, 1)

    def test_warning_that_is_an_error(self, bcrypt):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(UserWarning):
                bcrypt.kdf(b"p", b"s", 1, 1)

    @pytest.mark.parametrize("function, arguments, error, text", [
        ("hashpw", (b"pw", b"bad"), ValueError, "Invalid salt"),
        ("hashpw", ("pw", SALT), TypeError, "argument 'password': 'str' object cannot be converted to 'PyBytes'"),
        ("hashpw", (), TypeError, "hashpw() missing 2 required positional arguments: 'password' and 'salt'"),
        ("hashpw", (b"a" * 73, SALT), ValueError,
         "password cannot be longer than 72 bytes, truncate manually if necessary (e.g. my_password[:72])"),
        ("gensalt", (1,), ValueError, "Invalid rounds"),
        ("gensalt", (4, b"q"), ValueError, "Supported prefixes are b'2a' or b'2b'"),
        ("gensalt", (2 ** 70,), OverflowError, "Python int too large to convert to C long"),
        ("gensalt", ("x",), TypeError, "argument 'rounds': 'str' object cannot be interpreted as an integer"),
        ("kdf", (b"", b"s", 1, 100), ValueError, "password and salt must not be empty"),
        ("kdf", (b"p", b"s", 600, 100), ValueError, "desired_key_bytes must be 1-512"),
    ])
    def test_errors(self, bcrypt, function, arguments, error, text):
        with pytest.raises(error) as caught:
            getattr(bcrypt, function)(*arguments)
        assert str(caught.value) == text

    def test_threads(self, bcrypt):
        """It lets go of the lock while it computes."""
        from concurrent.futures import ThreadPoolExecutor
        expected = bcrypt.hashpw(b"pw", SALT)
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda _: bcrypt.hashpw(b"pw", SALT), range(16))) == [expected] * 16


@pytest.mark.skipif(not ON_PYPY, reason="CPython takes its wheels as they are")
def test_the_command(tmp_path):
    from capi.core import adapt
    if adapt.main(["bcrypt==5.0.0", "--target", str(tmp_path)]):
        pytest.skip("needs a package index")
    done = subprocess.run([sys.executable, "-c", "import capi, bcrypt; print(bcrypt.hashpw(b'pw', bcrypt.gensalt(4))[:7])"],
                          capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.stdout == "b'$2b$04$'\n", done.stderr
