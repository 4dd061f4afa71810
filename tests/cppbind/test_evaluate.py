"""Values of expressions, and None, which is no null pointer."""

import pytest


def test_evaluate(cpp):
    cpp.cppdef("namespace evaluated { int n = 20; struct S { int i = 3; }; }")
    assert (cpp.evaluate("evaluated::n + 1"), cpp.evaluate("1.5 * 2"), cpp.evaluate("evaluated::S{}").i) == (21, 3.0, 3)
    with pytest.raises(SyntaxError, match="evaluate"):
        cpp.evaluate("evaluated::none")


def test_evaluate_of_names(cpp):
    """What is no value is what the name gives."""
    cpp.cppdef("namespace evaluated { struct Named {}; template <class T> struct Made {}; namespace inner { using evaluated::Made; } }")
    assert cpp.evaluate("evaluated::Named") is cpp.gbl.evaluated.Named and cpp.evaluate("evaluated::inner::Made")[int]


def test_none_is_no_pointer(cpp):
    cpp.cppdef("namespace evaluated { struct P {}; bool null(P *p) { return !p; } }")
    assert cpp.gbl.evaluated.null(cpp.nullptr) and not cpp.gbl.evaluated.null(cpp.gbl.evaluated.P())
    with pytest.raises(TypeError):
        cpp.gbl.evaluated.null(None)
