"""The shared documents in the library's page: folded until they are opened, and text through and through."""

from corpus.parse import parse
from corpus.types import Document
from tutor.shared import shared_documents
from tutor.ui.library_html import shared_to_html

EVIL = "<img src=x onerror=pwned()>"
TEXT = f"## What is {EVIL}?\n\nAn attack.\n\n## What is lost?\n\n## What is a pan?\n\nA vessel.\n"


def test_a_shared_document_shows_its_questions_and_health_when_it_is_opened_and_only_then() -> None:
    documents = {name: Document(name, TEXT, name, (f"{EVIL} is odd.",)) for name in ("a.md", f"{EVIL}.md")}
    items = {item.id: item for item in parse(documents["a.md"]) if item.answered}
    folded = shared_to_html(shared_documents(documents, items), [f"{EVIL}.pdf is damaged."])
    assert "2 questions · 1 warning" in folded
    assert "is damaged." in folded
    assert "What is a pan?" not in folded
    assert "Practise" not in folded
    opened = shared_to_html(shared_documents(documents, items, ["a.md"]), ())
    assert opened.count(" open>") == 1
    assert 'data-do="open" data-item="what-is-a-pan"' in opened
    assert "Without an answer: 1" in opened
    assert "What is lost?" in opened
    assert 'href="/interview?topic=A"' in opened
    assert "Could not be read" not in opened
    for html in (folded, opened):
        assert "<img" not in html
        assert "Remove" not in html
        assert "Replace" not in html
