"""The report on the screen: questions open to their cards, buttons say what they are about, and no text becomes markup."""

import dataclasses

import pytest

from tests.browser import PAYLOADS
from tests.test_tutor_printed_report import ATTRIBUTES, SVG, TAGS, soup, text_of
from tests.test_tutor_report import EVERYTHING, ITEMS, interview, reported, turn
from tests.test_tutor_written_report import hostile_report
from tutor.report import report_of
from tutor.ui.report_html import report_to_html

EXPORTS = {"Markdown": "/interviews/i.md", "Print": "/interviews/i.html"}
PAGE = soup(report_to_html(reported(*EVERYTHING), EXPORTS, wanted={"knife"}))
TAGS_HERE = TAGS | {
    "details",
    "summary",
    "button",
    "a",
    "nav",
    "mark",
    "h3",
    "h4",
    "form",
    "fieldset",
    "legend",
    "label",
    "input",
    "textarea",
}
OURS = ATTRIBUTES | SVG | {"href", "type", "data-item", "data-turn", "aria-pressed", "name", "value", "checked", "rows", "maxlength", "dir"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_anybody_becomes_markup(payload: str) -> None:
    page = soup(report_to_html(hostile_report(payload), {payload: "/x"}))
    assert {tag.name for tag in page.find_all(True)} <= TAGS_HERE
    for tag in page.find_all(True):
        extra = {name: value for name, value in tag.attrs.items() if name not in OURS}
        assert set(extra) <= {"style"}
        assert str(tag.get("href", "/")).startswith(("/?ask=", "/x", "#viva-", "/"))
        assert not str(tag.get("href", "/")).startswith("//")


def test_questions_are_folded_to_their_marks() -> None:
    rows = PAGE.select("details.viva-q")
    assert not any(row.has_attr("open") for row in rows)
    assert [text_of(row, "summary .viva-q-mark")[0] for row in rows] == [
        "6 of 10 between 4 and 8", "“I don't know”", "1 of 10 between 0 and 4", "Skipped", "Not judged", "Not answered",
    ]  # fmt: skip


def test_a_judged_question_has_its_card_and_every_question_its_model_answer() -> None:
    rows = PAGE.select("details.viva-q")
    assert [len(row.select(".viva-verdict")) for row in rows] == [1, 0, 1, 0, 0, 0]
    for row in rows:
        assert "The model answer" in text_of(row, ".viva-fold > summary")
        chips = [str(chip["href"]) for chip in row.select(".viva-fold a.viva-cite")]
        assert len(chips) == 3
        assert all(PAGE.find(id=chip[1:]) for chip in chips)
    assert text_of(rows[0], ".viva-yours") == ["You said It is flat."]
    assert text_of(rows[2], ".viva-yours") == ["You wrote It is flat."]


def test_what_was_answered_can_be_rehearsed_for_a_time() -> None:
    rows = PAGE.select("details.viva-q")
    assert [len(row.select("form.viva-rehearsing")) for row in rows] == [
        "Rehearse it for a time" in text_of(row, "summary") for row in rows
    ]
    form = rows[0].select("form.viva-rehearsing")[0]
    assert text_of(form, "textarea") == ["It is flat."]
    assert [radio["value"] for radio in form.select("input")] == ["30", "60", "180"]


def test_the_ids_of_a_report_are_its_own() -> None:
    ids = [tag["id"] for tag in PAGE.select("[id]")]
    assert len(ids) == len(set(ids))


def test_what_hints_took_off_is_said_beside_the_card_that_does_not_know_it() -> None:
    first = PAGE.select("details.viva-q")[0]
    assert text_of(first, ".viva-hints p") == ["1 hint cost 0.5 points of 10."]
    assert "before that" in text_of(first, ".viva-aside")[0]


def test_a_question_that_could_not_be_judged_says_why_and_can_be_tried_again() -> None:
    (button,) = PAGE.select(".viva-rejudge")
    assert (button["data-turn"], button.get_text()) == ("t-sieve", "Try again")
    assert text_of(PAGE, ".viva-q .viva-notice p") == ["The server did not answer."]
    waiting = soup(report_to_html(reported(turn("pan")), {}))
    assert text_of(waiting, ".viva-notice") == ["Your answer is being judged. Its mark will be here in a moment."]
    assert waiting.select(".viva-rejudge") == []


def test_each_gap_opens_the_tutor_and_asks_for_itself() -> None:
    assert [link["href"] for link in PAGE.select(".viva-gap a.is-first")] == [
        f"/?ask=What%20is%20a%20{name}%3F" for name in ("kettle", "knife", "pan")
    ]
    buttons = [(button["data-item"], button["aria-pressed"]) for button in PAGE.select(".viva-later")]
    assert buttons == [("kettle", "false"), ("knife", "true"), ("pan", "false")]
    waiting = PAGE.select('.viva-gap a[href="/review"]')
    assert [link.parent.select_one(".viva-later")["data-item"] for link in waiting if link.parent] == ["knife"]  # type: ignore[index]


def test_a_report_can_be_kept_in_each_form() -> None:
    assert [(link.get_text(), link["href"]) for link in PAGE.select(".viva-exports a")] == list(EXPORTS.items())
    assert soup(report_to_html(reported(), {})).select(".viva-exports") == []


def test_a_question_that_is_gone_from_the_documents_says_so() -> None:
    report = report_of(interview(dataclasses.replace(EVERYTHING[1], item="gone")), ITEMS, {})
    assert "not among the documents any more" in soup(report_to_html(report, {})).get_text()
