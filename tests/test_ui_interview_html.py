"""The interview's page as HTML: what is asked stands out, no word says how it goes, and a page that shows the same is left alone."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.interviews import START, at, whole
from tutor.course import replay
from tutor.events import Event
from tutor.interview import Interview, Planned, Setup, Style, Summary
from tutor.interviewing import Outline
from tutor.ui.interview_html import help_to_html, sitting_to_html
from tutor.ui.setup_html import lobby_to_html, no_plan_to_html, past_to_html, plan_to_html

EVIL = "<img src=x onerror=pwned()>\"'"


def until(event: str) -> Interview:
    """The interview of tests/interviews.py up to and with an event."""
    events: list[Event] = []
    for one in whole():
        events.append(one)
        if one.id == event:
            return replay(events)
    raise AssertionError(event)


def value(html: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', html)
    assert found
    return found[1]


def test_the_open_question_stands_out_and_what_was_said_stands_before_it() -> None:
    html = sitting_to_html(until("b1"), at(92))
    assert html.index("heat is kept") < html.index("Try again.") < html.index("it is flat") < html.index('id="viva-asked">Why iron?')
    assert html.count('id="viva-asked"') == 1
    assert "It comes first." in html
    assert "First hint" in html
    assert "Second hint" in html


def test_no_verdict_is_told_while_it_is_sat() -> None:
    html = sitting_to_html(until("t3!"), at(106))
    assert until("t3!").turns[0].verdict
    assert not re.search(r"7\.5|of 10|covered|missed|Good\.", html)


@pytest.mark.parametrize("style", ["friendly", "neutral", "strict"])
def test_each_style_has_words_of_its_own_for_what_was_before(style: Style) -> None:
    def said(event: str) -> str:
        interview = until(event)
        html = sitting_to_html(replace(interview, setup=replace(interview.setup, style=style)), at(200))
        return html.partition('<p class="viva-ack">')[2].partition("<")[0]

    assert said("t1!") == ""
    assert "Thank" in said("t2!") or style == "strict"
    assert said("t3!") != said("t2!") or style == "strict"
    assert said("t4!").startswith("Skipped.")


def test_the_draft_and_the_clock_are_told_but_make_no_new_page() -> None:
    before, after = sitting_to_html(until("t1!"), at(3)), sitting_to_html(until("d1"), at(5))
    assert (value(before, "draft"), value(after, "draft")) == ("", "heat")
    assert (value(before, "elapsed"), value(after, "elapsed")) == ("3", "5")
    assert value(before, "digest") == value(after, "digest") != value(sitting_to_html(until("h1"), at(6)), "digest")


def test_the_clock_of_a_pause_stands_still() -> None:
    html = sitting_to_html(until("p1"), at(60))
    assert (value(html, "elapsed"), value(html, "phase")) == ("10", "paused")
    assert "Pause" not in html.partition("viva-asking")[0].replace("paused", "")
    assert 'data-do="resume"' in help_to_html(until("p1"))


def test_a_hint_says_its_cost_before_and_there_are_three() -> None:
    assert "Hint<span> costs 0.5 of 10" in help_to_html(until("t1!"))
    assert "Hint<span> costs 1.5 of 10" in help_to_html(until("h2"))
    third = until("h2")
    assert third.turn
    told = replace(third, turns=(*third.turns[:-1], replace(third.turn, hints=("a", "b", "c"))))
    assert "No more hints" in help_to_html(told)


def test_with_minutes_no_number_of_questions_is_promised() -> None:
    interview = replace(until("t1!"), setup=Setup(minutes=20))
    html = sitting_to_html(interview, at(3))
    assert ">Question 1<" in html.replace("</span> ", "</span>>")
    assert value(html, "minutes") == "20"
    assert "viva-steps" not in html


def test_what_anybody_wrote_is_only_read() -> None:
    interview = until("d1")
    assert interview.turn
    prompt = replace(interview.turn.prompts[0], text=EVIL, draft=EVIL)
    turn = replace(interview.turn, prompts=(prompt,), topic=EVIL, reason=EVIL, hints=(EVIL,))
    summary = Summary(EVIL, START, questions=1, topics=(EVIL,))
    planned = Planned(EVIL, 1, EVIL)
    html = "".join(
        (
            sitting_to_html(replace(interview, turns=(turn,)), at(9)),
            lobby_to_html(((EVIL, 1),), replace(interview, turns=(turn,)), ready=True),
            plan_to_html(Outline((planned, replace(planned, questions=0)), (EVIL,), EVIL), second=False),
            no_plan_to_html(EVIL),
            past_to_html((summary, replace(summary, problem=EVIL)), EVIL),
        )
    )
    assert "<img" not in html
    assert EVIL not in html


def test_the_plan_says_what_is_asked_what_has_no_room_and_what_is_not_there() -> None:
    plan = (Planned("Pans", 2, "The job asks for “pans”"), Planned("Lids", 0, "No room for it"))
    html = plan_to_html(Outline(plan, ("Kubernetes",)), second=True)
    assert "2 questions on 1 topic" in html
    assert "Lids</span>: No room for it" in html
    assert "Not in the documents: Kubernetes." in html
    assert "viva-first" not in html, "there is something to go on with first"


def test_past_interviews_are_listed_with_their_marks_and_running_ones_are_not() -> None:
    ended = Summary("a", START, questions=3, score=6.6, topics=("Pans", "Lids"))
    running = Summary("b", START + timedelta(days=1), "running")
    html = past_to_html((running, ended, replace(ended, waiting=1), replace(ended, score=None)))
    assert html.count("<li>") == 3
    assert "3 questions · Pans, Lids" in html
    assert "<strong>7</strong> of 10" in html
    assert "being judged" in html
    assert "no mark" in html
    assert past_to_html(()) == ""
