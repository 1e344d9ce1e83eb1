"""Quiz me: a question that was neither answered nor asked, and a word on the reply with the answer beside it."""

from pathlib import Path

import pytest

from corpus.types import QAItem
from index.store import load_documents
from tests.conftest import index_of
from tests.test_tutor_ladder import VESSELS, Talk
from tutor.moves import QUIZ_MARK
from tutor.offline import OfflineEngine
from tutor.prepare import Prepared
from tutor.tutor import Tutor
from tutor.types import Evidence, MetMisconception, PointMark, Verdict


def judge(item: QAItem, answer: str) -> Verdict:
    """Finds one point covered and one missing, whatever is said, and refuses to judge the word 'unclear'."""
    if answer == "unclear":
        return Verdict(None, None, "test")
    met = MetMisconception("Pans are round.", "Pans may be square.", Evidence(answer, 0, len(answer)))
    points = (PointMark(item.question, "covered", Evidence(answer, 0, len(answer))), PointMark("A second point.", "missed"))
    return Verdict(6.0, (5.0, 7.0), "test", points, (), "Well begun.", (met,))


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    (tmp_path / "vessels.md").write_text(VESSELS, encoding="utf-8")
    retriever = index_of([tmp_path / "vessels.md"], tmp_path / "index")
    engine = OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))
    tutor = Tutor(lambda _report: Prepared(engine, retriever.retrieve, judge))
    tutor.prepare()
    return Talk(tutor)


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
