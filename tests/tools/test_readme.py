"""The README's generated sections."""

import pytest

from tools.readme import README, fill, filled

DOCUMENT = "Title\n\n<!-- bench:begin -->\nold\n<!-- bench:end -->\n\nEnd\n"


def test_only_the_section_changes():
    assert filled(DOCUMENT, "bench", "\nnew\nlines\n") == DOCUMENT.replace("old", "new\nlines")


def test_filling_twice_is_filling_once():
    once = filled(DOCUMENT, "bench", "new")
    assert filled(once, "bench", "new") == once


@pytest.mark.parametrize("document", ["", DOCUMENT * 2, DOCUMENT.replace("begin", "start")])
def test_a_section_that_is_not_there_once(document):
    with pytest.raises(ValueError, match="bench:begin"):
        filled(document, "bench", "new")


def test_file(tmp_path):
    (tmp_path / "README.md").write_text(DOCUMENT)
    fill("bench", "new", tmp_path / "README.md")
    assert "\nnew\n" in (tmp_path / "README.md").read_text()


@pytest.mark.parametrize("section", ["packages", "coverage", "bench"])
def test_our_readme_has_the_sections(section):
    assert filled(README.read_text(encoding="utf-8"), section, "x")
