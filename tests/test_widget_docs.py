"""The widget's reference page is made from its source, and a name that nobody explains is refused."""

from pathlib import Path

import pytest
from scripts import widget_docs


def names(kind: str) -> list[str]:
    return [entry.name for entry in widget_docs.tagged(kind)]


def test_every_public_name_of_the_element_is_told() -> None:
    """Attributes by their names in HTML, and methods with what they take; nothing that is only the element's own."""
    attributes = [entry.name for entry in widget_docs.attributes()]
    methods = [entry.name for entry in widget_docs.methods()]

    assert {"server", "layout", "open", "heading", "context-mode"} <= set(attributes)
    assert "draft" not in attributes
    assert {"show()", "hide()", "ask(text, quote)", "BooksideChat.addLanguage(tag, words)"} <= set(methods)
    assert not any("render" in name or "Callback" in name for name in methods)


def test_parts_and_properties_are_those_of_the_source() -> None:
    """By the tags beside them."""
    assert {"button", "panel", "answer", "threads"} <= set(names("csspart"))
    assert {"--bookside-accent", "--bookside-height"} <= set(names("cssprop"))
    assert {"bookside-answer", "bookside-error"} <= set(names("fires"))


@pytest.mark.parametrize(
    "line",
    ['export const a = html`<p part="novel">`;', "export const a = css`p { color: var(--bookside-novel) }`;"],
)
def test_a_name_that_nobody_explains_is_refused(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the name."""
    (tmp_path / "new.ts").write_text(line)
    monkeypatch.setattr(widget_docs, "SOURCES", tmp_path)
    kind = "csspart" if "part=" in line else "cssprop"

    with pytest.raises(widget_docs.Undocumented, match="novel"):
        widget_docs.tagged(kind)
