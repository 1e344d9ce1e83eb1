"""The verdict card: every mark with a word and the quotes behind it, nothing that anybody wrote becomes markup, and no score is made up."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from tests.browser import PAYLOADS, cited
from tests.test_ui_render import faults, soup
from tutor.types import Appeal, Evidence, Exchange, Graded, MetMisconception, PointMark, Reply, Verdict, reply_as_json
from tutor.ui.render import exchange_to_html, history

ANSWER = "A pan is flat.\nIt is made of iron & sings."
PASSAGE = "A pan is a flat vessel. It has a handle."
POINTS = (
    PointMark("It is **flat**.", "covered", Evidence("A pan is flat.", 0, 14), "A pan is a flat vessel."),
    PointMark("It has a handle.", "missed", None, "It has a handle."),
    PointMark("It is silent.", "wrong", Evidence("sings", 36, 41), None),
    PointMark("It is iron.", "partial", Evidence("iron & sings", 29, 41)),
)
VERDICT = Verdict(
    score=4.2,
    band=(2.6, 6.4),
    engine="test",
    points=POINTS,
    feedback="“sings” sounds like a common mistake. Pans are silent. Some of it is there: 1 of 4 points. Next time also say: It is silent.",
    misconceptions=(MetMisconception("Pans sing.", "Pans are silent.", Evidence("sings", 36, 41)),),
    beyond=(Evidence("It is made of iron & sings.", 15, 42),),
    next_time=("It is silent.", "It has a handle."),
    model_answer=PASSAGE,
    notice="I do not see everything.",
)
GRADED = Graded("What is a pan?", ANSWER, VERDICT, "A pan is a flat vessel. [1]")
CITED = (cited(1, PASSAGE, "A pan is a flat vessel."),)


def shown(graded: Graded) -> BeautifulSoup:
    return soup(exchange_to_html(Exchange(ANSWER, Reply("**4 of 10**", True, "e", CITED, graded=graded)), 3))


def text_of(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(tag.get_text(" ").split()) for tag in page.select(selector)]


def test_the_card_takes_the_place_of_the_words_and_copies_them() -> None:
    page = shown(GRADED)
    assert page.select(".viva-answer") == []
    assert text_of(page, ".viva-raw")[0].startswith("**4 of 10**")
    assert [button.get_text() for button in page.select(".viva-moves button")][:2] == ["Disagree", "Why?"]


def test_the_score_stands_on_a_scale_in_its_band() -> None:
    page = shown(GRADED)
    assert text_of(page, ".viva-score") == ["4 of 10 between 3 and 6"]
    assert text_of(page, ".viva-cell") == [str(n) for n in range(11)]
    assert text_of(page, ".viva-cell.is-band") == ["3", "4", "5", "6"]
    assert text_of(page, ".viva-cell.is-score") == ["4"]


def test_each_point_says_its_mark_in_a_word_and_opens_to_both_quotes() -> None:
    rows = shown(GRADED).select("details.viva-point")
    assert [row.select_one(".viva-grade").get_text() for row in rows] == ["Covered", "Missing", "Not right", "Half said"]  # type: ignore[union-attr]
    assert [mark.get_text() for row in rows for mark in row.select("mark")] == ["A pan is flat.", "sings", "iron & sings"]
    own = rows[2].select_one(".viva-own")
    assert own is not None
    assert own.decode_contents() == "A pan is flat.<br/>It is made of iron &amp; <mark>sings</mark>.", (
        "the rest of the answer is there, too"
    )
    assert [quote.get_text() for quote in rows[0].select("blockquote")] == ["A pan is a flat vessel."]
    assert "Nothing in your answer says this." in rows[1].get_text()
    assert "No sentence of the source" in rows[2].get_text()


def test_mistakes_next_steps_and_what_is_beyond_are_said_once() -> None:
    page = shown(GRADED)
    assert text_of(page, ".viva-gist") == ["Some of it is there: 1 of 4 points."]
    assert text_of(page, ".viva-mistake") == ["A common mistake You said “sings”. In truth: Pans are silent."]
    assert text_of(page, ".viva-part") == [
        "Say next time It is silent. It has a handle.",
        "Beyond the source: I cannot check it, and it is not held against you “It is made of iron & sings.”",
    ]
    assert text_of(page, ".viva-limits") == ["I do not see everything."]


def test_the_model_answer_is_folded_and_its_number_leads_to_its_source() -> None:
    page = shown(GRADED)
    fold = page.select_one("details.viva-fold")
    assert fold is not None
    assert not fold.has_attr("open")
    assert [chip["href"] for chip in fold.select("a.viva-cite")] == ["#viva-3-1"]
    assert page.find(id="viva-3-1") is not None


def test_what_was_not_graded_has_no_score_and_can_be_tried_again() -> None:
    page = shown(dataclasses.replace(GRADED, verdict=Verdict(None, None, "e")))
    assert text_of(page, ".viva-score") == ["Not graded yet"]
    assert page.select(".viva-scale") == []
    assert "Try again" in text_of(page, ".viva-again")
    assert page.select(".viva-disagree") == []


def test_after_an_appeal_both_verdicts_are_there() -> None:
    better = (POINTS[0], PointMark("It has a handle.", "covered", Evidence("sings", 36, 41)), *POINTS[2:])
    after = dataclasses.replace(VERDICT, score=6.0, points=better)
    page = shown(dataclasses.replace(GRADED, verdict=after, appeal=Appeal("I meant a handle", VERDICT)))
    assert "Was 4, now 6 of 10" in text_of(page, ".viva-outcome")[0]
    assert text_of(page, ".viva-score") == ["6 of 10 between 3 and 6", "4 of 10 between 3 and 6"]
    assert text_of(page, ".viva-point:has(.viva-new) .viva-text") == ["It has a handle. credited now"]
    assert text_of(page, ".viva-fold > summary") == ["The model answer", "The first verdict"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_of_a_verdict_becomes_markup(payload: str) -> None:
    evidence = Evidence(payload[1:-1], 1, len(payload) - 1)
    verdict = Verdict(
        4.0,
        (3.0, 5.0),
        payload,
        (PointMark(payload, "covered", evidence, payload), PointMark(payload, "missed", None, payload)),
        (payload,),
        payload,
        (MetMisconception(payload, payload, evidence),),
        (evidence,),
        (payload,),
        payload,
        payload,
    )
    graded = Graded(payload, payload, verdict, f"{payload} [1]", Appeal(payload, verdict))
    html = exchange_to_html(Exchange(payload, Reply(payload, True, payload, CITED, graded=graded)), 0)
    assert [fault for fault in faults(html) if fault != "div aria-hidden=true"] == []
    assert "\n" not in html


def test_a_verdict_goes_with_the_conversation_and_with_the_shell() -> None:
    reply = Reply("**4 of 10**", True, "e", CITED, graded=GRADED)
    assert history([Exchange("q", reply)])[1].graded == GRADED
    found = reply_as_json(reply)["verdict"]
    assert isinstance(found, dict)
    assert found["score"] == 4.2
