"""Compiling sources and projects for the layer: what is made, what is kept, and what bad input is told."""

import sys
import zipfile

import pytest

from capi.core import build, project
from capi.core.build import BuildError, build_extension, ext_suffix

PLAIN = "int answer(void) { return ANSWER; }\n"


@pytest.fixture(autouse=True)
def headers(tmp_path, monkeypatch):
    """Stand-ins for the layer's headers and cache: these tests compile nothing that needs them."""
    folder = tmp_path / "headers"
    folder.mkdir()
    (folder / "Python.h").write_text("")
    for module in (build, project):
        monkeypatch.setattr(module, "include_dir", lambda: str(folder))
        monkeypatch.setattr(module, "cache_dir", lambda: tmp_path / "cache")
    build._hash_of_tree.cache_clear()
    return folder


@pytest.fixture(scope="session")
def build_python(tmp_path_factory):
    """The Python of a virtual environment for builds, made once."""
    folder = tmp_path_factory.mktemp("environment")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project, "cache_dir", lambda: folder)
        return project.build_environment()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "answer.c"
    path.write_text(PLAIN)
    return path


def test_module_has_our_suffix_and_the_last_part_of_the_name(source):
    path = build_extension("package.answer", [source], define_macros=[("ANSWER", "42")])
    assert path.endswith("/answer" + ext_suffix())
    assert ext_suffix().startswith(".mooring311-")


def test_nothing_is_compiled_twice(source, monkeypatch):
    options = {"define_macros": [("ANSWER", "42")]}
    path = build_extension("answer", [source], **options)
    monkeypatch.setattr(build, "_compile", lambda *_: pytest.fail("compiled again"))
    assert build_extension("answer", [source], **options) == path


@pytest.mark.parametrize("change", ["source", "header", "flag", "our header"])
def test_a_change_compiles_anew(source, headers, change):
    (source.parent / "answer.h").write_text("")
    macros = [("ANSWER", "42")]
    before = build_extension("answer", [source], define_macros=macros)
    if change == "source":
        source.write_text(PLAIN + "\n")
    elif change == "header":
        (source.parent / "answer.h").write_text("\n")
    elif change == "flag":
        macros = [("ANSWER", "43")]
    else:
        (headers / "Python.h").write_text("\n")
        build._hash_of_tree.cache_clear()
    assert build_extension("answer", [source], define_macros=macros) != before


def test_cplusplus_is_seen_by_the_suffix(tmp_path):
    source = tmp_path / "answer.cpp"
    source.write_text("#include <vector>\nint answer() { return std::vector<int>{1, 2}.size(); }\n")
    assert build_extension("answer", source)


def test_missing_source_is_named(tmp_path):
    with pytest.raises(BuildError, match=r"the source .*nowhere\.c of the extension 'x' does not exist"):
        build_extension("x", [tmp_path / "nowhere.c"])


def test_compiler_error_has_its_first_line_and_the_log(source):
    source.write_text("int answer(void) { return missing; }\n")
    with pytest.raises(BuildError, match=r"does not compile: .*error: .*missing.* \(all of it: (.*)\)") as caught:
        build_extension("answer", [source])
    log = str(caught.value).rpartition("all of it: ")[2].rstrip(")")
    assert "missing" in open(log).read()


def test_no_compiler(source, monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BuildError, match=r"no C compiler found: install one"):
        build_extension("answer", [source])


def test_wrong_compiler(source, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler -m64")
    with pytest.raises(BuildError, match=r"\$CC names 'no-such-compiler'"):
        build_extension("answer", [source])


# ---- projects -----------------------------------------------------------------------------------------------

def test_no_such_project():
    with pytest.raises(BuildError, match=r"there is no .*nowhere: give a project's folder"):
        project.find_source("./nowhere")


def test_folder_without_a_project(tmp_path):
    with pytest.raises(BuildError, match=r"has no pyproject\.toml and no setup\.py"):
        project.find_source(tmp_path)


def test_file_that_is_no_sdist(source):
    with pytest.raises(BuildError, match=r"is no sdist"):
        project.find_source(source)


def test_a_requirement_that_is_none():
    with pytest.raises(BuildError, match=r"is no project"):
        project.find_source("?what?")


def test_abi3_modules_get_our_suffix(tmp_path):
    old, new = tmp_path / "a-1-cp39-abi3-linux_x86_64.whl", tmp_path / "new.whl"
    with zipfile.ZipFile(old, "w") as archive:
        archive.writestr("a/fast.abi3.so", b"binary")
        archive.writestr("a-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: cp39-abi3-linux_x86_64\n")
        archive.writestr("a-1.dist-info/RECORD", "")
    assert project.retag(old, new) == ["a/fast" + ext_suffix()]
    with zipfile.ZipFile(new) as archive:
        assert f"Tag: mooring311-none-{project.machine_tag()}\n" in archive.read("a-1.dist-info/WHEEL").decode()
        assert f"a/fast{ext_suffix()},sha256=" in archive.read("a-1.dist-info/RECORD").decode()


SETUP = """
import platform, sys, sysconfig
from setuptools import Extension, setup
assert sysconfig.get_config_var("LIBPC") is None        # where meson looks for the headers of a Python
here = platform.python_implementation() == "CPython" == sys.implementation.name.replace("cp", "CP")
here = here and not hasattr(sys, "pypy_version_info") and "PyPy" not in sys.version
setup(name="small", version="1.0", packages=["small"],
      ext_modules=[Extension("small.fast", ["fast.c"], py_limited_api=True)] if here else [])
"""


@pytest.fixture
def small(tmp_path, request, monkeypatch):
    """A project that leaves out its C code unless it is told in every way that it is on CPython."""
    if sys.implementation.name == "pypy":
        python = request.getfixturevalue("build_python")
        monkeypatch.setattr(project, "build_environment", lambda: python)
    folder = tmp_path / "small-1.0"
    (folder / "small").mkdir(parents=True)
    (folder / "small" / "__init__.py").write_text("")
    (folder / "setup.py").write_text(SETUP)
    (folder / "pyproject.toml").write_text('[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n')
    (folder / "fast.c").write_text('#include "Python.h"\nint fast(void) { return 1; }\n')
    return folder


@pytest.mark.skipif(sys.implementation.name != "pypy", reason="projects are built with the PyPy that will load them")
def test_project_is_built_and_kept(small, tmp_path, monkeypatch):
    steps = []
    made, = project.build_project(small, tmp_path / "target", tell=steps.append)
    assert made == str(tmp_path / "target" / "small" / ("fast" + ext_suffix()))
    assert steps == ["find", "compile", "install"]
    steps.clear()
    project.build_project(small, tmp_path / "target", tell=steps.append)
    assert steps == ["find", "install"]
    with pytest.raises(BuildError, match="built without any C module"):
        project.build_project(small, tmp_path / "other", as_cpython=False)


@pytest.mark.skipif(sys.implementation.name != "pypy", reason="projects are built with the PyPy that will load them")
def test_c_code_that_does_not_compile_is_quoted(small, tmp_path):
    (small / "fast.c").write_text("int fast(void) { return missing; }\n")
    with pytest.raises(BuildError, match=r"small-1\.0 does not build: fast\.c:1:.*error: .*missing"):
        project.build_project(small, tmp_path / "target")


@pytest.mark.skipif(sys.implementation.name == "pypy", reason="is about other Pythons")
def test_other_pythons_are_sent_to_pypy(small):
    with pytest.raises(BuildError, match="run this with PyPy, not cpython"):
        project.build_project(small)
