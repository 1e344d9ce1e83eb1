"""The report on an interview: honest marks and bands, nothing unanswered taken for weak, and gaps that lead to their passages."""

import dataclasses
import math
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from corpus.types import Document, KeyPoint, QAItem, Source
from tutor.delivery import Delivery
from tutor.gaps import GAPS, address_of
from tutor.interview import Answer, Interview, Outcome, Planned, Prompt, Setup, Turn
from tutor.report import Mark, Report, delivery_of, mean_mark, report_of, state_of
from tutor.types import Evidence, MetMisconception, PointMark, PointStatus, Verdict

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
NAMES = ("pan", "kettle", "knife", "pot", "sieve", "ladle")
ANSWERS = {name: f"A {name} has a handle. It is made of steel & tin. You can hang it on the wall." for name in NAMES}
TEXT = "\n".join(f"## What is a {name}?\n{answer}" for name, answer in ANSWERS.items())
DOCUMENTS = {"kitchen.md": Document("kitchen.md", TEXT, "")}


def item_of(name: str) -> QAItem:
    """An item with three key points, which `kitchen.md` answers."""
    start = TEXT.index(ANSWERS[name])
    end = start + len(ANSWERS[name])
    source = Source("kitchen.md", f"What is a {name}?", ANSWERS[name], start, end, ((0, start, end),))
    points = tuple(KeyPoint(f"{name}: {part}") for part in ("it has a handle", "it is steel & tin", "it hangs on the wall"))
    return QAItem(name, f"What is a {name}?", (source,), "basic", "Kitchen", key_points=points)


ITEMS = {name: item_of(name) for name in NAMES}


def verdict(name: str, *statuses: PointStatus, score: float | None = 5.0, said: str = "") -> Verdict:
    """A verdict whose every point that is not missed rests on the whole of what was said."""
    points = [
        PointMark(
            point.text,
            status,
            None if status == "missed" else Evidence(said, 0, len(said)),
            "It is made of steel & tin." if n == 1 else None,
        )
        for n, (point, status) in enumerate(zip(ITEMS[name].key_points, statuses, strict=False))
    ]
    band = None if score is None else (max(score - 2, 0.0), min(score + 3, 10.0))
    return Verdict(score, band, "test", tuple(points), feedback="Well begun.")


def turn(
    name: str,
    judged: Verdict | None = None,
    *,
    answer: str = "It is flat.",
    outcome: Outcome = "answered",
    delivery: Delivery | None = None,
) -> Turn:
    """A question that took half a minute; no answer, no answer text."""
    said = Answer(f"a-{name}", answer, AT + timedelta(seconds=30), delivery is not None, delivery) if answer else None
    prompt = Prompt(f"p-{name}", "question", f"Tell me: what is a {name}?", AT, answer=said)
    return Turn(f"t-{name}", name, "Kitchen", "basic", "your topic", (prompt,), outcome, verdict=judged)


def interview(*turns: Turn, plan: tuple[Planned, ...] = (Planned("Kitchen", 6, "chosen"),)) -> Interview:
    return Interview("i", Setup(job="a job", resume="a life"), plan, AT, turns, "ended", paused_s=20, ended_at=AT + timedelta(seconds=200))


def reported(*turns: Turn) -> Report:
    return report_of(interview(*turns), ITEMS, DOCUMENTS)


SPOKEN = Delivery(120.0, 0.2, 3.0, 1.5, 2, 30.0)
WRONG = dataclasses.replace(
    verdict("knife", "missed", "wrong", "covered", score=1.0, said="It is flat."),
    misconceptions=(MetMisconception("It is tin.", "It is **steel**.", Evidence("It is flat.", 0, 11)),),
    next_time=("Say steel.",),
    notice="I do not see all.",
)
EVERYTHING = (
    dataclasses.replace(
        turn("pan", verdict("pan", "covered", "partial", "missed", score=6.0, said="It is flat."), delivery=SPOKEN),
        hints=("Think.",),
        cost=0.5,
    ),
    turn("kettle", outcome="passed", answer=""),
    turn("knife", WRONG),
    turn("pot", outcome="skipped", answer=""),
    dataclasses.replace(turn("sieve"), problem="The server did not answer."),
    turn("ladle", outcome="open", answer=""),
)
"""One question of each kind."""


def test_each_question_has_the_state_that_its_events_gave_it() -> None:
    report = reported(*EVERYTHING, turn("gone"))
    states = [question.state for question in report.questions]
    assert states == ["judged", "passed", "judged", "skipped", "ungraded", "unanswered", "waiting"]
    assert [question.mark is not None for question in report.questions] == [state == "judged" for state in states]


def test_coverage_counts_every_question_once() -> None:
    coverage = reported(*EVERYTHING).coverage
    counts = (coverage.judged, coverage.waiting, coverage.ungraded, coverage.passed, coverage.skipped, coverage.unanswered)
    assert counts == (2, 0, 1, 1, 1, 1)
    assert sum(counts) == coverage.asked == coverage.planned == 6
    assert (coverage.answered, coverage.hints, coverage.cost) == (3, 1, 0.5)


@pytest.mark.parametrize("outcome", ["passed", "skipped", "open"])
def test_what_was_not_answered_lowers_no_mark(outcome: Outcome) -> None:
    good = turn("pan", verdict("pan", "covered", "covered", "covered", score=9.0))
    nothing = turn("kettle", verdict("kettle", "missed", "missed", "missed", score=0.0), outcome=outcome, answer="")
    assert reported(good, nothing).mark == reported(good).mark
    assert reported(good, nothing).topics[0].mark == reported(good).topics[0].mark


def test_a_failed_verdict_is_no_mark() -> None:
    failed = turn("pan", Verdict(None, None, "test", feedback="The model is away."))
    report = reported(failed)
    assert (report.questions[0].state, report.mark, report.topics[0].mark) == ("ungraded", None, None)


def test_an_answer_before_i_do_not_know_counts() -> None:
    assert state_of(turn("pan", verdict("pan", "covered"), outcome="passed")) == "judged"
    assert state_of(turn("pan", outcome="passed")) == "waiting"
    assert state_of(turn("pan", outcome="skipped")) == "skipped"


def test_hints_lower_the_mark_and_its_band_but_not_below_nothing() -> None:
    asked = turn("pan", verdict("pan", "covered", score=1.0))
    assert reported(dataclasses.replace(asked, cost=0.5)).questions[0].mark == Mark(0.5, (0.0, 3.5))
    assert reported(dataclasses.replace(asked, cost=3.0)).questions[0].mark == Mark(0.0, (0.0, 1.0))


def test_the_band_of_a_mean_narrows_with_the_number_but_not_without_end() -> None:
    def reach(n: int) -> float:
        mark = mean_mark([Mark(5.0, (3.0, 7.0))] * n)
        assert mark is not None
        assert mark.score == 5.0
        return mark.band[1] - mark.score

    assert reach(1) == 2.0
    assert [reach(n) for n in (3, 100)] == pytest.approx([2 * math.sqrt(1 / 3 + 2 / 9), 2 * math.sqrt(1 / 3)], abs=0.07)
    assert mean_mark([]) is None


def test_the_band_of_a_mean_stays_on_the_scale_and_around_it() -> None:
    mark = mean_mark([Mark(10.0, (8.0, 10.0)), Mark(10.0, (7.0, 10.0)), Mark(9.5, (9.0, 10.0))])
    assert mark is not None
    assert mark.band[0] < mark.score <= mark.band[1] <= 10.0


def test_topics_stand_in_the_order_of_the_plan_with_those_never_reached() -> None:
    plan = (Planned("Garden", 1, "chosen"), Planned("Kitchen", 2, "chosen"))
    other = dataclasses.replace(turn("pot", verdict("pot", "covered")), topic="Attic")
    topics = report_of(interview(turn("pan", verdict("pan", "covered")), other, plan=plan), ITEMS, DOCUMENTS).topics
    assert [(topic.topic, topic.asked, topic.judged) for topic in topics] == [("Garden", 0, 0), ("Kitchen", 1, 1), ("Attic", 1, 1)]


def test_time_runs_from_each_prompt_to_its_answer_and_without_pauses() -> None:
    report = reported(*EVERYTHING)
    assert report.taken_s == 180
    assert [question.taken_s for question in report.questions] == [30, None, 30, None, 30, None]


def test_the_model_answer_is_the_source_word_for_word_with_its_citations() -> None:
    question = reported(*EVERYTHING).questions[1]
    assert question.model_answer == "A kettle has a handle. [1] It is made of steel & tin. [2] You can hang it on the wall. [3]"
    assert [citation.n for citation in question.citations] == [1, 2, 3]
    assert all(TEXT[citation.start : citation.end] == citation.quote for citation in question.citations)


def test_a_question_whose_document_is_gone_still_has_its_verdict() -> None:
    report = report_of(interview(turn("pan", verdict("pan", "missed", "missed"))), {}, {})
    assert (report.questions[0].model_answer, report.questions[0].citations, report.gaps) == ("", (), ())
    assert report.mark is not None


def test_pasted_texts_do_not_get_into_a_report() -> None:
    assert (reported().setup.job, reported().setup.resume) == ("", "")


def test_the_heaviest_gaps_come_first_one_a_question() -> None:
    gaps = reported(
        turn("pan", verdict("pan", "covered", "covered", "partial")),
        turn("kettle", verdict("kettle", "missed", "missed", "missed")),
        turn("knife", verdict("knife", "wrong", "missed", "missed", said="It is flat.")),
        turn("pot", verdict("pot", "covered", "missed", "missed")),
    ).gaps
    assert [(gap.item, gap.lack) for gap in gaps] == [("knife", "wrong"), ("kettle", "missed"), ("pot", "missed")]
    assert [gap.point for gap in gaps] == ["knife: it has a handle", "kettle: it has a handle", "pot: it is steel & tin"]
    assert len(gaps) == GAPS


def test_a_wrong_point_outweighs_a_missed_one_that_stands_before_it() -> None:
    (gap,) = reported(turn("knife", WRONG)).gaps
    assert (gap.lack, gap.point, gap.said, gap.truth) == ("wrong", "knife: it is steel & tin", "It is flat.", "It is **steel**.")


def test_a_wrong_claim_that_belongs_to_no_point_is_a_gap() -> None:
    met = MetMisconception("Pans sing.", "Pans are silent.", Evidence("It sings.", 0, 9))
    told = dataclasses.replace(verdict("pan", "covered", "covered", "covered"), misconceptions=(met,))
    (gap,) = reported(turn("pan", told)).gaps
    assert (gap.lack, gap.point, gap.said, gap.truth) == ("wrong", "Pans are silent.", "It sings.", "")


def test_i_do_not_know_is_a_gap_and_what_is_unknown_is_none() -> None:
    gaps = reported(*EVERYTHING).gaps
    assert [(gap.n, gap.item, gap.lack) for gap in gaps] == [(2, "kettle", "passed"), (3, "knife", "wrong"), (1, "pan", "missed")]
    perfect = turn("pan", verdict("pan", "covered", "covered", "covered", score=10.0))
    assert reported(perfect, *EVERYTHING[3:]).gaps == ()


def test_an_item_without_key_points_has_a_gap_too() -> None:
    bare = {"pan": dataclasses.replace(ITEMS["pan"], key_points=())}
    (gap,) = report_of(interview(turn("pan", outcome="passed", answer="")), bare, DOCUMENTS).gaps
    assert gap.point == gap.citation.quote == "A pan has a handle."


def test_a_gap_leads_to_the_sentence_that_says_it_and_to_the_tutor() -> None:
    kettle, knife, _ = reported(*EVERYTHING).gaps
    assert kettle.citation.quote == "A kettle has a handle."
    assert knife.citation.quote == "It is made of steel & tin."
    assert TEXT[knife.citation.start : knife.citation.end] == knife.citation.quote
    assert TEXT.rindex("What is a knife?", 0, knife.citation.start) > TEXT.rindex("What is a kettle?", 0, knife.citation.start)
    assert parse_qs(urlsplit(knife.address).query) == {"ask": ["What is a knife?"]}


def test_an_address_takes_any_question() -> None:
    address = address_of('What is "a&b=c#d" / é?\n')
    assert parse_qs(urlsplit(address).query) == {"ask": ['What is "a&b=c#d" / é?\n']}
    assert address.startswith("/?")


def test_spoken_answers_are_taken_together_by_how_long_they_are() -> None:
    other = Delivery(180.0, None, 1.0, 2.5, None, 10.0)
    assert delivery_of([SPOKEN, other]) == Delivery(135.0, 0.2, 3.0, 2.0, None, 40.0)
    unknown = dataclasses.replace(other, spoken_s=None)
    assert delivery_of([SPOKEN, unknown]) == Delivery(150.0, 0.2, 3.0, 2.0, None, None), "then each answer counts alike"
    assert delivery_of([]) is None
    assert delivery_of([Delivery()]) == Delivery()


def test_delivery_has_no_part_in_a_mark() -> None:
    typed = turn("pan", verdict("pan", "covered"))
    spoken = turn("pan", verdict("pan", "covered"), delivery=SPOKEN)
    assert (reported(spoken).mark, reported(spoken).gaps) == (reported(typed).mark, reported(typed).gaps)
    assert (reported(spoken).delivery, reported(typed).delivery) == (SPOKEN, None)


def test_an_interview_without_questions_has_a_report() -> None:
    report = report_of(dataclasses.replace(interview(), phase="running", ended_at=None), ITEMS, DOCUMENTS)
    assert (report.mark, report.gaps, report.questions, report.taken_s, report.engines, report.notice) == (None, (), (), None, (), "")
