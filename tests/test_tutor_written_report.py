"""A report to keep: Markdown that nobody's text can break out of, JSON that comes back as it was."""

import dataclasses
import json
import re

import pytest
from markdown_it import MarkdownIt

from tests.browser import PAYLOADS
from tests.test_tutor_report import DOCUMENTS, EVERYTHING, ITEMS, interview, reported, turn
from tutor.interview import Answer, Prompt, Turn
from tutor.report import Report, report_of
from tutor.types import Evidence, MetMisconception, PointMark, Verdict
from tutor.written_report import VERSION, ReportError, from_json, to_json, to_markdown

REPORT = reported(*EVERYTHING)
BLOCKS = ("# x\n\n## y\n\n---\n\n- z", "a\n===", "~~~\n```", "| a |\n|---|\n| b |", "\ud800\x00", "\\", "<!--", "    code")


def hostile(text: str) -> Turn:
    """A question with one text in every place that somebody else fills."""
    evidence = Evidence(text, 0, len(text))
    judged = Verdict(
        2.0, (1.0, 3.0), text, (PointMark(text, "wrong", evidence, text), PointMark(text, "missed")), (), text,
        (MetMisconception(text, text, evidence),), (evidence,), (text,), text, text,
    )  # fmt: skip
    at = EVERYTHING[0].prompts[0].at
    prompts = (
        Prompt("p", "question", text, at, answer=Answer("a", text, at)),
        Prompt("q", "probe", text, at, answer=Answer("b", text, at)),
    )
    return Turn("t", "pan", text, "basic", text, prompts, "answered", (text,), 0.5, judged)


def hostile_report(text: str) -> Report:
    ungraded = dataclasses.replace(hostile(text), id=text, item=text, verdict=None, problem=text)
    return report_of(interview(hostile(text), ungraded), ITEMS, DOCUMENTS)


def headings(page: str) -> list[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    return [f"{token.tag} {tokens[n + 1].content}" for n, token in enumerate(tokens) if token.type == "heading_open"]


def test_json_comes_back_as_it_was() -> None:
    for report in (REPORT, reported()):
        assert from_json(to_json(report)) == report


def test_json_says_what_it_is() -> None:
    written = json.loads(to_json(REPORT))
    assert (written["format"], written["version"], list(written)) == ("viva report", 1, ["format", "version", "report"])
    assert set(written["report"]) == {field.name for field in dataclasses.fields(Report)}
    assert written["report"]["questions"][1]["mark"] is None, "what was not judged is null, not 0"
    assert written["report"]["started_at"].endswith("Z")
    assert "a life" not in to_json(REPORT)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format": "viva report", "version": 1}', to_json(REPORT)[:-40], "[" * 100_000])
def test_what_is_no_report_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ReportError, match="not a report"):
        from_json(text)


def test_a_report_of_a_newer_version_is_refused() -> None:
    newer = to_json(REPORT).replace(f'"version": {VERSION}', f'"version": {VERSION + 1}')
    with pytest.raises(ReportError, match="newer Viva"):
        from_json(newer)


def test_markdown_has_every_part() -> None:
    page = to_markdown(REPORT)
    assert headings(page) == [
        "h1 Mock interview of 4 March 2026",
        "h2 What to learn next",
        "h3 1. Not known: kettle: it has a handle",
        "h3 2. Got wrong: knife: it is steel \\& tin",
        "h3 3. Left out: pan: it hangs on the wall",
        "h2 Topics",
        "h2 Time a question",
        "h2 Delivery",
        "h2 The questions",
        *[
            heading
            for n, name in enumerate(("pan", "kettle", "knife", "pot", "sieve", "ladle"), 1)
            for heading in (f"h3 {n}. Tell me: what is a {name}?", "h4 The model answer")
        ],
    ]
    for said in (
        "**3 of 10, between 2 and 6. Over 2 of the 6 questions asked.**",
        "What you passed, skipped or did not reach has no mark and lowers none. 1 hint cost 0.5 points of 10.",
        "| Could not be judged | 1 |",
        "Not judged: The server did not answer.",
        "- **Not right**: knife: it is steel \\& tin “It is flat.”",
        "You said: “It is flat.” In truth: It is \\*\\*steel\\*\\*.",
        "> It is made of steel \\& tin.",
        "Judged by: test.",
    ):
        assert said in page, said


def test_links_are_there_only_with_an_address() -> None:
    assert "](" not in to_markdown(REPORT)
    assert "[Open it in the tutor](<http://127.0.0.1:7860/?ask=What%20is%20a%20kettle%3F>)" in to_markdown(REPORT, "http://127.0.0.1:7860/")


def test_what_all_verdicts_say_is_said_once() -> None:
    same = [turn(name, Verdict(5.0, (4.0, 6.0), "test", notice="I do not see all.")) for name in ("pan", "pot")]
    assert to_markdown(reported(*same)).count("I do not see all.") == 1
    assert to_markdown(REPORT).count("I do not see all.") == 1, "one verdict of two says it"


@pytest.mark.parametrize("payload", [*PAYLOADS, *BLOCKS])
def test_nothing_that_anybody_wrote_reaches_beyond_its_place(payload: str) -> None:
    page = to_markdown(hostile_report(payload))
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    children = [child for token in tokens for child in token.children or ()]
    assert not [token for token in (*tokens, *children) if token.type in ("html_block", "html_inline", "image", "link_open", "fence")]
    assert [re.sub(r" .*", "", heading) for heading in headings(page)] == ["h1", "h2", "h3", *["h2"] * 3, *["h3", "h4"] * 2]
    assert sum(token.type == "table_open" for token in tokens) == 3
    page.encode("utf-8")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_comes_back_in_json(payload: str) -> None:
    report = hostile_report(payload)
    assert from_json(to_json(report)) == report
