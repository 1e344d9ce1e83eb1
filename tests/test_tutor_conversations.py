"""A conversation is named, found and written out; nothing in it reaches beyond its own place."""

import re
from datetime import UTC, datetime

import pytest
from markdown_it import MarkdownIt

from tutor.conversations import (
    INTERRUPTED,
    exchange_from,
    folded,
    reply_to_json,
    snippet,
    storable,
    title_of,
    to_markdown,
    words_of,
)
from tutor.escaping import escaped
from tutor.types import Citation, Conversation, Cost, Exchange, Reply

AT = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
CITATION = Citation(1, "soil_care.md", "What does a *spade* do?", "It cuts\nthe soil.", 3, 20, "It cuts the soil.", 0, 17)
REPLY = Reply("It cuts the soil [1].", True, "offline", (CITATION,))


def written(*exchanges: Exchange, title: str = "Spades") -> str:
    return to_markdown(Conversation("c", title, AT, AT, len(exchanges)), exchanges)


def headings(markdown: str) -> list[tuple[str, str]]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [(token.tag, tokens[at + 1].content) for at, token in enumerate(tokens) if token.type == "heading_open"]


def test_a_conversation_in_markdown_has_questions_answers_sources_and_notices() -> None:
    reply = Reply(REPLY.answer, True, "offline", REPLY.citations, notice="This is the offline answer.")
    assert written(Exchange("What is a spade?", reply), Exchange("And a hoe?", None, "The model did not answer.")) == (
        "# Spades\n\n2026-02-03 04:05 UTC, 2 questions\n\n"
        "## 1. What is a spade?\n\nIt cuts the soil [1].\n\n> This is the offline answer.\n\n"
        "Sources:\n\n- \\[1\\] soil\\_care.md, What does a \\*spade\\* do?: “It cuts the soil.”\n\n"
        "## 2. And a hoe?\n\n> The model did not answer.\n"
    )


@pytest.mark.parametrize(
    "question",
    [
        "# Not a title",
        "> quoted\n\n# A heading\n```\nnever closed",
        "~~~~\nfence\n~~~~~\n# out",
        "a\n===\nb\n---",
        "<!-- never closed",
        "<script>alert(1)</script>\n<div>",
        "![x](https://example.org/x.png) [link](https://example.org) https://example.org",
        "1. one\n2. two\n- three",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "[1]: https://example.org\n\n[1]",
        "&lt;b&gt; $x$ `code` *a* _b_ \\",
        "\u202egnp.exe \x1b[31mred\x00",
    ],
)
def test_no_question_breaks_the_page(question: str) -> None:
    page = written(Exchange(question, REPLY), Exchange("Still here?", REPLY), title=question)
    found = headings(page)
    assert [level for level, _ in found] == ["h1", "h2", "h2"]
    assert found[2][1] == "2. Still here?"
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    inner = [token.type for block in tokens for token in block.children or ()]
    assert not {"image", "link_open", "html_inline", "code_inline", "em_open"} & set(inner)
    assert not {"html_block", "table_open", "ordered_list_open"} & {token.type for token in tokens}


def test_a_question_of_several_lines_is_there_to_the_letter() -> None:
    question = "Why does this fail?\n\n    def f(x):\n        return *x\n~~~"
    fences = [token.content for token in MarkdownIt().parse(written(Exchange(question, REPLY))) if token.type == "fence"]
    assert fences == [question + "\n"]


@pytest.mark.parametrize(
    "answer",
    [
        "# Top\n## Second\ntext\n===\nmore\n---\nend",
        "```python\nnever = closed",
        "````\n```\n# code\n````` not closed",
        "~~~\n```",
        "<div><!-- never closed",
        "<details>\n<summary>x",
        "<?php\n",
        "```a`b\n# T",
    ],
)
def test_no_answer_reaches_into_the_next_question(answer: str) -> None:
    page = written(Exchange("One?", Reply(answer, True, "model")), Exchange("Two?", REPLY))
    assert [heading for heading in headings(page) if heading[0] in ("h1", "h2")] == [("h1", "Spades"), ("h2", "1. One?"), ("h2", "2. Two?")]
    assert not [token for token in MarkdownIt("commonmark").parse(page) if token.type == "html_block"]


def test_an_answer_keeps_its_markdown_but_fetches_nothing() -> None:
    page = written(Exchange("One?", Reply("**Bold** and `a < b`:\n\n```\nx < y\n```\n\n![p](https://example.org/p.png)", True, "model")))
    assert "**Bold** and `a < b`:" in page
    assert "\nx < y\n" in page
    assert not [token for block in MarkdownIt().parse(page) for token in block.children or () if token.type == "image"]


def test_what_is_no_answer_is_said_to_be_none() -> None:
    page = written(Exchange("One?", Reply("", False, "model", complete=False, general=True, interrupted="It cu# t"), INTERRUPTED))
    assert "> From the general knowledge of a language model, not from the documents.\n" in page
    assert "> What the model had written when it broke off:\n\n~~~text\nIt cu# t\n~~~\n" in page
    assert f"> {INTERRUPTED}\n" in page


def test_a_line_that_would_begin_a_block_is_escaped() -> None:
    assert [escaped(text) for text in ("- a", "1. a", "2) a", "+ a", "= a", "3.5 litres", "a-b")] == [
        "\\- a", "1\\. a", "2\\) a", "\\+ a", "\\= a", "3\\.5 litres", "a-b",
    ]  # fmt: skip


def test_a_title_is_the_question_cut_at_a_word() -> None:
    assert title_of(" What  is\na spade? ") == "What is a spade?"
    long = title_of("How do you keep the blade of a spade sharp when the soil is full of stones and roots?")
    assert len(long) <= 60
    assert long == "How do you keep the blade of a spade sharp when the soil is…"
    assert title_of("x" * 500) == "x" * 59 + "…"
    assert title_of("\u200b\n") == "New conversation"


def test_a_snippet_shows_the_place_in_the_letters_of_the_text() -> None:
    text = "ß" * 30 + " " + "before " * 20 + "the STRASSE is here " + "after " * 60
    assert (cut := snippet(text, words_of("straße IS"))).startswith("…before before")
    assert "the STRASSE is here after" in cut
    assert cut.endswith("after…")
    assert len(cut) < 160
    assert snippet("One two", ("two",)) == "One two"
    assert snippet("plum pear\nplum tree", ("plum", "tree")) == "plum pear plum tree"
    assert re.search("Grad", snippet("x" * 300 + "Grad" + "y" * 300, ("grad",)))


def test_searching_folds_case_composition_and_lines() -> None:
    assert folded("E\u0301LAN\n\tStraße ΣΟΦΟΣ") == "élan strasse σοφοσ"
    assert words_of(" 100%  a_b ") == ("100%", "a_b")
    assert len("".join(words_of("x" * 1000))) == 200


def test_a_reply_survives_being_kept() -> None:
    reply = Reply("Ünï 😀", True, "m", (CITATION,), ("a?",), notice="n", cost=Cost(1, None, 3, 0.25))
    assert exchange_from("q", reply_to_json(reply), None) == Exchange("q", reply)
    halved = exchange_from("q", reply_to_json(Reply("a\ud800b", True, "m")), None)
    assert halved.reply
    assert halved.reply.answer == "a\ufffdb"
    assert storable("\ud83d\ude00") == "😀"


def test_replies_of_other_versions_load_or_say_why_not() -> None:
    assert exchange_from("q", '{"answer": "a", "answerable": true, "engine": "e"}', None).reply == Reply("a", True, "e")
    assert exchange_from("q", '{"answer": "a", "answerable": true, "engine": "e", "later": [1]}', None).reply == Reply("a", True, "e")
    for kept in ('{"answer": "a"}', "{", "", "[]"):
        exchange = exchange_from("q", kept, None)
        assert exchange.reply is None
        assert "cannot be shown" in (exchange.notice or "")


def test_what_never_settled_was_interrupted() -> None:
    assert exchange_from("q", None, None) == Exchange("q", None, INTERRUPTED)
    partial = Reply("so f", True, "m", complete=False)
    assert exchange_from("q", reply_to_json(partial), None) == Exchange("q", partial, INTERRUPTED)
    assert exchange_from("q", reply_to_json(partial), "Stopped.") == Exchange("q", partial, "Stopped.")
