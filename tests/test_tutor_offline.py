"""The offline engine shows nothing but its sources' own words, each with its place, and says so when they do not answer."""

import itertools
import re
from pathlib import Path

import pytest

from corpus.sentences import sentence_spans
from index.retriever import Retriever
from index.store import load_documents
from tests.conftest import index_of
from tutor.engine import Request
from tutor.offline import ADDED, NEAREST, NOT_ANSWERED, OfflineEngine
from tutor.types import Depth, Reply

VIVA = """# Vessels

## What is a pan?

**Id:** pan · **Level:** basic · **Related:** pot

**Answer:**

A pan is a flat vessel. It has a handle. You fry in it.

```python
fry("egg")
```

**Follow-ups:**

### Why is a pan flat?

So that the food touches the heat.

## What is a pot?

**Id:** pot · **Level:** basic · **Related:** pan

**Answer:**

A deep vessel for soup.
"""


@pytest.fixture
def engine(retriever: Retriever, tmp_path: Path) -> OfflineEngine:
    return OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))


def last(engine: OfflineEngine, retriever: Retriever, question: str, depth: Depth = "interview") -> Reply:
    *_, reply = engine.explain(Request(question, retriever.retrieve(question), depth=depth))
    return reply


def test_every_sentence_is_a_sources_own_and_has_its_number(engine: OfflineEngine, retriever: Retriever) -> None:
    reply = last(engine, retriever, "What is a pan?")
    assert reply.complete
    for sentence in re.split(r"\s*\[\d+\]\s*", reply.answer.replace(ADDED, "")):
        words = sentence.strip().lstrip("- ")
        assert not words or any(words in citation.passage for citation in reply.citations)
    assert [int(n) for n in re.findall(r"\[(\d+)\]", reply.answer)] == [citation.n for citation in reply.citations]


def test_a_quote_is_the_documents_own_text_to_the_character(engine: OfflineEngine, retriever: Retriever) -> None:
    for citation in last(engine, retriever, "What is a pan?").citations:
        assert engine.documents[citation.file].text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
        assert citation.passage[citation.passage_start : citation.passage_end]


def test_what_another_source_adds_follows_the_best_answer(engine: OfflineEngine, retriever: Retriever) -> None:
    reply = last(engine, retriever, "What is a pan?")
    assert {citation.file for citation in reply.citations} == {"kitchen.md", "garden.txt"}
    best, added = reply.answer.split(ADDED)
    assert best.strip()
    assert added.strip().startswith("- ")


def test_the_form_of_the_answer_is_kept(engine: OfflineEngine, retriever: Retriever) -> None:
    assert "\n- Iron keeps the heat. [" in last(engine, retriever, "flat vessel with a handle on the fire, iron and copper").answer


def test_a_question_that_is_not_answered_is_refused_with_the_nearest(engine: OfflineEngine, retriever: Retriever) -> None:
    reply = last(engine, retriever, "Who won the championship in Brazil?")
    assert (reply.answer, reply.answerable, reply.citations) == (f"{NOT_ANSWERED} {NEAREST}", False, ())
    assert len(reply.follow_ups) == 3


def test_the_reply_grows_a_sentence_at_a_time(engine: OfflineEngine, retriever: Retriever) -> None:
    replies = list(engine.explain(Request("What is a pan?", retriever.retrieve("What is a pan?"))))
    assert len(replies) > 3
    assert [reply.complete for reply in replies] == [False] * (len(replies) - 1) + [True]
    assert all(later.answer.startswith(earlier.answer) for earlier, later in itertools.pairwise(replies))


def test_follow_ups_are_the_items_own_first_then_related_ones(tmp_path: Path) -> None:
    (tmp_path / "vessels.md").write_text(VIVA, encoding="utf-8")
    retriever = index_of([tmp_path / "vessels.md"], tmp_path / "index")
    engine = OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))
    reply = last(engine, retriever, "What is a pan?")
    assert reply.follow_ups == ("Why is a pan flat?", "What is a pot?")
    assert 'fry("egg")' in reply.answer


def test_depth_shortens_and_lengthens_the_answer(tmp_path: Path) -> None:
    (tmp_path / "vessels.md").write_text(VIVA, encoding="utf-8")
    retriever = index_of([tmp_path / "vessels.md"], tmp_path / "index")
    engine = OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))
    assert last(engine, retriever, "What is a pan?", "simple").answer == "A pan is a flat vessel. [1] It has a handle. [2]"
    deep = last(engine, retriever, "What is a pan?", "deep")
    assert "**Why is a pan flat?**\n\nSo that the food touches the heat. [4]" in deep.answer


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two!", ["One.", "Two!"]),
        ("Use it, e.g. GPT. Then stop.", ["Use it, e.g. GPT.", "Then stop."]),
        ("It is 3.5 times. Fine.", ["It is 3.5 times.", "Fine."]),
        ("- **A:** first. Second.\n2. third", ["**A:** first.", "Second.", "third"]),
        ("See:\n\n```\ncode. Not. This\n```\nEnd.", ["See:", "End."]),
        ('He said "stop." Then left.', ['He said "stop."', "Then left."]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences
