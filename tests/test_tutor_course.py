"""An interview is what its events make it, in whatever order, however often and however late they come."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.interviews import VERDICT, ZERO, answered, asked, at, whole
from tutor.course import advance, begun, event_from, event_to_json, replay
from tutor.events import (
    Answered,
    Asked,
    Closed,
    Drafted,
    Ended,
    Event,
    Hinted,
    InterviewError,
    Judged,
    Passed,
    Paused,
    Probed,
    Redirected,
    Resumed,
    Skipped,
    Started,
    Unjudged,
)
from tutor.interview import HINT_COSTS, MAX_PROBES, Interview, Setup, past_of

RUNS = 300


def check(interview: Interview) -> None:
    """What is so of every interview."""
    ids = [turn.id for turn in interview.turns]
    answers = [answer.id for turn in interview.turns for answer in turn.answers]
    assert len(set(ids)) == len(ids)
    assert len(set(answers)) == len(answers)
    assert all(turn.outcome != "open" for turn in interview.turns[:-1])
    assert (interview.phase == "paused") == (interview.paused_at is not None)
    assert (interview.phase == "ended") == (interview.ended_at is not None) == (interview.ending is not None)
    for turn in interview.turns:
        kinds = [prompt.kind for prompt in turn.prompts]
        assert kinds[0] == "question"
        assert kinds.count("probe") <= MAX_PROBES
        assert ("redirect", "redirect") not in pairwise(kinds)
        assert all(prompt.answer for prompt in turn.prompts[:-1])
        assert turn.cost == sum(HINT_COSTS[: len(turn.hints)])
        assert not (turn.verdict and turn.problem)
        assert turn.outcome not in {"open", "skipped"} or not (turn.verdict or turn.problem)
        assert turn.outcome != "answered" or turn.answers
        assert turn.outcome not in {"passed", "skipped"} or not turn.answers


def test_a_whole_interview() -> None:
    interview = replay(whole())
    check(interview)
    first, second, third, last = interview.turns
    assert [prompt.kind for prompt in first.prompts] == ["question", "redirect", "probe", "probe"]
    assert first.said == "heat is kept\n\nit is flat\n\nit is heavy\n\nround"
    assert (first.outcome, first.hints, first.cost, first.score) == ("answered", ("Think of iron.", "It is about warmth."), 1.5, 6.0)
    assert (first.prompts[0].draft, first.prompts[0].spoken, first.paused_s) == ("heat", True, 60)
    assert first.taken_s == 80 - 1 - 60 + 9 + 4 + 3
    assert (second.outcome, second.verdict, second.problem, second.wanted) == ("passed", ZERO, None, True)
    assert (third.outcome, last.outcome) == ("skipped", "open")
    assert (interview.phase, interview.ending, interview.paused_s, interview.elapsed_s(at(9999))) == ("ended", "early", 70, 50)
    assert (interview.turn, interview.prompt) == (None, None)
    assert interview.judged
    assert interview.made_by == {event.id for event in whole()}


def test_the_past_has_every_question_and_what_became_of_it() -> None:
    past = past_of(replay(whole()))
    assert [(one.item, one.topic, one.at, one.score, one.missed, one.wanted) for one in past] == [
        ("pan", "Kitchen", at(99), 6.0, ("It is flat.",), False),
        ("kettle", "Kitchen", at(100), 0.0, ("Steam is pressed through a hole.",), True),
        ("knife", "Kitchen", at(106), None, (), False),
        ("spade", "Garden", at(109), None, (), False),
    ]


def test_every_beginning_is_an_interview_that_the_rest_completes() -> None:
    events = whole()
    for length in range(1, len(events) + 1):
        interview = replay(events[:length])
        check(interview)
        for event in events[length:]:
            interview = advance(interview, event)
        assert interview == replay(events)


def test_what_came_before_changes_nothing_when_it_comes_again() -> None:
    events, chance = whole(), random.Random(1)
    for _ in range(RUNS):
        doubled: list[Event] = []
        for event in events:
            doubled.append(event)
            doubled += chance.choices(doubled, k=chance.randrange(3))
        assert replay(doubled) == replay(events)
    done = replay(events)
    for event in events:
        assert advance(done, event) is done


def test_in_any_order_nothing_breaks_and_what_had_no_effect_may_as_well_not_have_come() -> None:
    chance, seen = random.Random(2), set()
    for _ in range(RUNS):
        first, *rest = whole()
        chance.shuffle(rest)
        rest += chance.choices(rest, k=10)
        interview, effective = replay([first]), [first]
        for event in rest:
            after = advance(interview, event)
            check(after)
            if after is not interview:
                effective.append(event)
            assert (after is interview) == (after == interview)
            interview = after
        assert replay(effective) == interview
        assert interview.made_by == {event.id for event in effective}
        seen.add(len(effective))
    assert len(seen) > 5


def test_after_the_end_only_verdicts_count() -> None:
    events = whole()
    end = next(position for position, event in enumerate(events) if isinstance(event, Ended))
    ended = replay(events[: end + 1])
    late: Sequence[Event] = [
        asked("t5", 200),
        answered("t4.1", 200),
        Drafted("d", at(200), "t4.1", "late"),
        Hinted("h", at(200), "t4.1", 1, "late", 0.5),
        Probed("b", at(200), "t4", "t4.2", "point", "late"),
        Redirected("x", at(200), "t4", "t4.2", "late"),
        Passed("p", at(200), "t4.1"),
        Skipped("s", at(200), "t4.1"),
        Closed("c", at(200), "t4"),
        Paused("z", at(200)),
        Resumed("r", at(200)),
        Ended("e2", at(200), "finished"),
        Judged("j", at(200), "t4", VERDICT),
        Judged("j3", at(200), "t3", VERDICT),
    ]
    for event in late:
        assert advance(ended, event) is ended


def test_what_is_of_another_question_changes_nothing() -> None:
    interview = replay([*whole()[:15], asked("t2", 100, "kettle")])
    for event in (
        asked("t3", 101),
        answered("t1.1", 101),
        answered("t1.4", 101),
        replace(answered("t2.1", 101), answer="t1.1-a"),
        Drafted("d", at(101), "t1.4", "late"),
        Hinted("h", at(101), "t1.4", 3, "late", 1.5),
        Hinted("h", at(101), "t2.1", 2, "too far", 1.0),
        Passed("p", at(101), "t1.4"),
        Skipped("s", at(101), "t1.4"),
        Probed("b", at(101), "t1", "t1.5", "point", "late"),
        Probed("b", at(101), "t2", "t2.2", "point", "not answered yet"),
        Closed("c", at(101), "t2"),
        Judged("j", at(101), "t2", VERDICT),
        Judged("j", at(101), "t9", VERDICT),
        Resumed("r", at(101)),
    ):
        assert advance(interview, event) is interview


def test_a_verdict_stands_whatever_comes_later_and_none_without_a_score_is_one() -> None:
    interview = replay(whole()[:15])
    unscored = Judged("j0", at(100), "t1", replace(VERDICT, score=None))
    assert advance(interview, unscored) is interview
    failed = advance(interview, Unjudged("u1", at(100), "t1", "The model did not answer."))
    assert (failed.turns[0].problem, failed.turns[0].waiting, failed.turns[0].score) == ("The model did not answer.", False, None)
    late = advance(failed, Judged("j1", at(101), "t1", VERDICT))
    assert (late.turns[0].problem, late.turns[0].verdict) == (None, VERDICT)
    for event in (Judged("j2", at(102), "t1", ZERO), Unjudged("u2", at(102), "t1", "Again.")):
        assert advance(late, event) is late


def test_a_pause_keeps_what_is_typed_and_answered_and_stops_everything_else() -> None:
    paused = replay([*whole()[:2], Paused("p", at(10))])
    typed = advance(paused, Drafted("d", at(11), "t1.1", "so far"))
    assert typed.turns[0].prompts[0].draft == "so far"
    told = advance(typed, answered("t1.1", 12))
    assert (told.phase, told.turns[0].said) == ("paused", "heat is kept")
    for event in (asked("t2", 13), Closed("c", at(13), "t1"), Probed("b", at(13), "t1", "t1.2", "point", "Why?"), Paused("p2", at(13))):
        assert advance(told, event) is told


def test_the_clock_leaves_out_pauses_and_does_not_run_backwards() -> None:
    interview = begun(Started("i", at(0), Setup(minutes=1), ()))
    assert not interview.out_of_time(at(59))
    assert interview.out_of_time(at(60))
    paused = advance(interview, Paused("p", at(30)))
    assert paused.elapsed_s(at(500)) == 30
    resumed = advance(paused, Resumed("r", at(500)))
    assert (resumed.paused_s, resumed.out_of_time(at(529)), resumed.out_of_time(at(530))) == (470, False, True)
    back = advance(advance(interview, Paused("p", at(30))), Resumed("r", at(-3600)))
    assert (back.paused_s, back.elapsed_s(at(-3600))) == (0, 0)
    assert not replace(interview, setup=Setup()).out_of_time(at(10**6))


def test_passing_on_a_probe_keeps_what_was_answered() -> None:
    probed = replay(whole()[:11])
    for event in (Passed("p", at(92), "t1.3"), Skipped("s", at(92), "t1.3"), Ended("e", at(92), "early")):
        turn = advance(probed, event).turns[0]
        assert (turn.outcome, turn.said, turn.waiting) == ("answered", "heat is kept\n\nit is flat", True)


@pytest.mark.parametrize("event", whole(), ids=lambda event: event.id)
def test_an_event_comes_back_from_json_as_it_was(event: Event) -> None:
    assert event_from(event_to_json(event)) == event


def test_any_text_can_be_kept() -> None:
    for text in ("half \ud800 of it", "nul \x00 in it", "\u2028\U0001f600", '"}{', ""):
        kept = event_from(event_to_json(Answered("a", at(0), "p", "a", text)))
        assert isinstance(kept, Answered)
        assert kept.text == text.replace("\ud800", "\ufffd")


def test_what_a_newer_version_kept_or_what_is_damaged_is_refused_in_a_sentence() -> None:
    with pytest.raises(InterviewError, match="newer version of Viva"):
        event_from('{"kind": "sang", "id": "a", "at": "2026-01-01T00:00:00Z"}')
    damaged = ['{"kind": "asked"}', "{}", "", "[1]", event_to_json(whole()[3])[:-5]]
    for text in damaged:
        with pytest.raises(InterviewError, match="damaged"):
            event_from(text)
    with pytest.raises(InterviewError, match="beginning"):
        replay([event for event in whole() if isinstance(event, Asked)])
