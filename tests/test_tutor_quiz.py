"""Quiz me: a question that was neither answered nor asked, and a word on the reply with the answer beside it."""

import dataclasses
import json
import stat
from pathlib import Path

import pytest

from corpus.types import QAItem
from eval.cases import GradingCase, read_cases
from index.store import load_documents
from tests.conftest import index_of
from tests.test_tutor_ladder import VESSELS, Talk
from tutor.appeals import NO_REASON, settled
from tutor.conversations import exchange_from, reply_to_json
from tutor.moves import QUIZ_MARK, appeal_reason
from tutor.offline import OfflineEngine
from tutor.prepare import Prepared
from tutor.tutor import Tutor
from tutor.types import Citation, Evidence, Graded, Message, MetMisconception, PointMark, Reply, Verdict


def judge(item: QAItem, answer: str) -> Verdict:
    """Covers one point whatever is said, another one with 'handle'; takes 'nonsense' badly and refuses to judge the word 'unclear'."""
    if answer == "unclear":
        return Verdict(None, None, "test")
    met = MetMisconception("Pans are round.", "Pans may be square.", Evidence(answer, 0, len(answer)))
    second = PointMark("A second point.", "covered" if "handle" in answer else "missed")
    points = (PointMark(item.question, "covered", Evidence(answer, 0, len(answer))), second)
    score = 6.0 + 2 * ("handle" in answer) - 3 * ("nonsense" in answer)
    return Verdict(score, (score - 1, score + 1), "test", points, (), "Well begun.", (met,))


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    (tmp_path / "vessels.md").write_text(VESSELS, encoding="utf-8")
    retriever = index_of([tmp_path / "vessels.md"], tmp_path / "index")
    engine = OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))
    tutor = Tutor(lambda _report: Prepared(engine, retriever.retrieve, judge, appeals=tmp_path / "data" / "appeals.jsonl"))
    tutor.prepare()
    return Talk(tutor)


def examined(talk: Talk, answer: str = "so that it gets hot") -> Reply:
    """The verdict on an answer to a quiz."""
    talk.say("What is a pan?")
    talk.say("quiz me")
    return talk.say(answer)


def test_a_quiz_asks_on_the_subject_and_keeps_the_answer_to_itself(talk: Talk) -> None:
    talk.say("What is a pan?")
    reply = talk.say("Quiz me on this")
    assert reply.answer.startswith(f"{QUIZ_MARK} Why is a pan flat?")
    assert reply.citations == ()
    assert "hot metal" not in reply.answer


def test_the_reply_is_marked_point_by_point_with_the_answer_of_the_documents(talk: Talk) -> None:
    talk.say("What is a pan?")
    talk.say("quiz me")
    reply = talk.say("so that it gets hot")
    assert reply.answer.startswith("**6 of 10** (between 5 and 7)\n\nWell begun.")
    assert "**You covered**\n\n- Why is a pan flat? (“so that it gets hot”)" in reply.answer
    assert "**Missing**\n\n- A second point." in reply.answer
    assert "- “so that it gets hot” In truth: Pans may be square." in reply.answer
    assert [citation.quote for citation in reply.citations] == ["So that all of the food touches the hot metal."]


def test_another_quiz_asks_another_question(talk: Talk) -> None:
    talk.say("What is a pan?")
    asked = []
    for _ in range(4):
        asked.append(talk.say("Quiz me on this").answer)
        talk.say("I don't know")
    assert len(set(asked)) == 4


def test_a_quiz_on_something_else_changes_the_subject(talk: Talk) -> None:
    talk.say("What is a pan?")
    assert "pot" in talk.say("quiz me on a pot").answer


def test_a_question_in_place_of_a_reply_is_answered_and_not_marked(talk: Talk) -> None:
    talk.say("What is a pan?")
    talk.say("quiz me")
    assert talk.say("What is a pot?").citations[0].question == "What is a pot?"


def test_what_could_not_be_judged_is_said_and_has_no_mark(talk: Talk) -> None:
    talk.say("What is a pan?")
    talk.say("quiz me")
    assert talk.say("unclear").answer.startswith("This could not be judged.")


def test_the_verdict_goes_with_the_reply_and_outlives_the_journal(talk: Talk) -> None:
    reply = examined(talk)
    assert reply.graded is not None
    assert (reply.graded.question, reply.graded.answer, reply.graded.verdict.score) == ("Why is a pan flat?", "so that it gets hot", 6.0)
    assert reply.graded.shown == "So that all of the food touches the hot metal. [1]"
    assert exchange_from("q", reply_to_json(reply), None).reply == reply


def test_a_reply_that_was_kept_before_there_were_verdicts_is_still_read() -> None:
    kept = json.loads(reply_to_json(Reply("Flat.", True, "e", (Citation(1, "f", "q", "Flat.", 0, 5, "Flat.", 0, 5),))))
    del kept["graded"]
    assert exchange_from("q", json.dumps(kept), None).reply is not None


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("I disagree: I said iron", "I said iron"),
        ("I disagree with that, because iron is a metal.", "iron is a metal."),
        ("No, that's wrong because I said iron", "I said iron"),
        ("that’s not fair - I said iron", "I said iron"),
        ("That is not right since I said iron", "I said iron"),
        ("You're wrong. I said iron", "I said iron"),
        ("I disagree", ""),
        ("I disagree: ", ""),
        ("Is that wrong?", None),
        ("Why do people disagree on iron?", None),
        ("that wrong answer of mine", None),
    ],
)
def test_an_appeal_is_told_by_how_it_begins(message: str, reason: str | None) -> None:
    assert appeal_reason(message) == reason


def test_an_appeal_is_judged_with_its_reason_and_shows_both_verdicts(talk: Talk) -> None:
    examined(talk)
    reply = talk.say("I disagree: I meant the handle")
    assert reply.answer.startswith("**Second look.** Was 6, now 8 of 10")
    assert "- Credited now: A second point." in reply.answer
    assert reply.graded is not None
    assert reply.graded.answer == "so that it gets hot\n\nI meant the handle"
    assert reply.graded.appeal is not None
    assert (reply.graded.appeal.reason, reply.graded.appeal.before.score, reply.graded.verdict.score) == ("I meant the handle", 6.0, 8.0)
    assert [citation.question for citation in reply.citations] == ["Why is a pan flat?"]


def test_the_score_never_falls_through_an_appeal(talk: Talk) -> None:
    examined(talk)
    reply = talk.say("that's wrong because nonsense")
    assert reply.answer.startswith("**Second look.** It stays at 6 of 10")
    assert reply.graded is not None
    assert reply.graded.verdict.score == 6.0


def test_a_point_that_was_covered_stays_so() -> None:
    first = Verdict(4.0, None, "e", (PointMark("a", "covered"), PointMark("b", "missed")))
    second = Verdict(5.0, None, "e", (PointMark("a", "missed"), PointMark("b", "partial")), next_time=("a", "b"))
    both = settled(first, second)
    assert [point.status for point in both.points] == ["covered", "partial"]
    assert both.next_time == ("b",)
    assert settled(first, Verdict(None, None, "e")) == first
    assert settled(Verdict(None, None, "e"), second) == second


def test_one_can_disagree_again_and_the_reasons_add_up(talk: Talk) -> None:
    examined(talk)
    talk.say("I disagree: it is hot")
    reply = talk.say("I disagree: and the handle")
    assert reply.graded is not None
    assert reply.graded.answer == "so that it gets hot\n\nit is hot\n\nand the handle"
    assert reply.graded.verdict.score == 8.0


def test_a_verdict_that_was_shown_is_not_given_anew(talk: Talk) -> None:
    graded = examined(talk).graded
    assert graded is not None
    shown = Graded(graded.question, graded.answer, dataclasses.replace(graded.verdict, score=2.0))
    talk.history[-1] = Message("assistant", talk.history[-1].content, shown)
    assert talk.say("I disagree: the handle").answer.startswith("**Second look.** Was 2, now 8 of 10")


def test_an_appeal_without_a_reason_is_asked_for_one(talk: Talk) -> None:
    examined(talk)
    reply = talk.say("I disagree.")
    assert (reply.answer, reply.graded) == (NO_REASON, None)
    assert talk.say("I disagree: the handle").answer.startswith("**Second look.** Was 6, now 8 of 10")


def test_an_answer_that_was_not_graded_is_graded_again_when_asked_for(tmp_path: Path, talk: Talk) -> None:
    first = examined(talk, "unclear")
    assert first.follow_ups[0] == "Grade my answer again"
    assert first.graded is not None
    answered = Graded(first.graded.question, "so that it gets hot", first.graded.verdict)
    talk.history[-2:] = [Message("user", "so that it gets hot"), Message("assistant", first.answer, answered)]
    again = talk.say("Grade my answer again")
    assert again.graded is not None
    assert (again.graded.verdict.score, again.graded.answer, again.graded.appeal) == (6.0, "so that it gets hot", None)
    assert not list(tmp_path.rglob("appeals.jsonl"))


def test_without_a_verdict_to_disagree_with_it_is_a_question_like_any(talk: Talk) -> None:
    talk.say("What is a pan?")
    assert talk.say("I disagree: what is a pot?").graded is None


def test_an_appeal_changes_no_subject(talk: Talk) -> None:
    examined(talk)
    talk.say("I disagree: a pot, a kettle and the handle")
    assert talk.say("Why?").citations[0].question.endswith(("pan have a long handle?", "pan flat?"))


def test_an_appeal_is_kept_as_a_case_for_eval(talk: Talk, tmp_path: Path) -> None:
    examined(talk)
    talk.say("I disagree: the handle")
    talk.say("I disagree: and “nonsense”")
    file = tmp_path / "data" / "appeals.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first, second = read_cases(file, GradingCase, "an appeal")
    assert (first.kind, first.answer, first.points, first.band) == ("appeal", "so that it gets hot", "cc", (7.0, 9.0))
    assert second.answer == "so that it gets hot\n\nthe handle"
    line = json.loads(file.read_text("utf-8").splitlines()[0])
    assert (line["reason"], line["before"]["score"], line["after"]["score"]) == ("the handle", 6.0, 8.0)


def test_an_appeal_that_cannot_be_kept_says_so_and_counts(talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    examined(talk)
    reply = talk.say("I disagree: the handle")
    assert reply.notice is not None
    assert "could not be kept" in reply.notice
    assert reply.answer.startswith("**Second look.** Was 6, now 8")
