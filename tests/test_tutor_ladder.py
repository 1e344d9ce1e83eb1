"""Each "why?" goes one level deeper and repeats nothing; the other moves go on in their own ways."""

import re
from pathlib import Path

import pytest

from corpus.types import QAItem
from index.retriever import Retriever
from index.store import load_documents
from tests.conftest import index_of
from tutor.offline import COMPARE_WITH, END, NO_MODEL, NO_SUBJECT, NOT_COMPARED, PLAINEST, OfflineEngine
from tutor.prepare import Prepared
from tutor.tutor import Tutor
from tutor.types import Message, Reply, Verdict

VESSELS = """# Vessels

## What is a pan?

**Id:** pan · **Level:** basic · **Related:** pot, whistle

**Answer:**

A pan is a flat vessel with a handle. Iron pans keep their heat for a long while because they are heavy.
For example, a steak is seared in one.

**Follow-ups:**

### Why is a pan flat?

So that all of the food touches the hot metal.

### Why does a pan have a long handle?

The hand stays away from the fire.

### How do you season a pan?

Oil is burnt into the iron, layer upon layer.

### What happens if a pan is washed with soap?

The burnt layer of oil comes off and the iron rusts.

### How would you explain a pan to a child?

It is a plate for the fire.

## What is a pot?

**Id:** pot · **Level:** basic · **Related:** pan

**Answer:**

A pot is a deep vessel for soup. Deep walls keep the steam inside because it has a long way to go.

## Why does a kettle whistle?

**Id:** whistle · **Level:** basic · **Related:** pot

**Answer:**

Steam is pressed through a small hole in the kettle's lid.
"""


def no_judge(item: QAItem, answer: str) -> Verdict:
    """Nothing is marked in these tests."""
    raise AssertionError(f"{answer!r} was marked for {item.question!r}")


@pytest.fixture
def tutor(tmp_path: Path) -> Tutor:
    (tmp_path / "vessels.md").write_text(VESSELS, encoding="utf-8")
    retriever: Retriever = index_of([tmp_path / "vessels.md"], tmp_path / "index")
    engine = OfflineEngine({item.id: item for item in retriever.items}, load_documents(tmp_path / "index"))
    made = Tutor(lambda _report: Prepared(engine, retriever.retrieve, no_judge))
    made.prepare()
    return made


class Talk:
    """A conversation, as a learner holds it."""

    def __init__(self, tutor: Tutor) -> None:
        self.tutor = tutor
        self.history: list[Message] = []

    def say(self, message: str) -> Reply:
        *_, reply = self.tutor.ask(message, self.history)
        self.history += [Message("user", message), Message("assistant", reply.answer)]
        return reply


@pytest.fixture
def talk(tutor: Tutor) -> Talk:
    return Talk(tutor)


def sentences(reply: Reply) -> list[str]:
    return [citation.quote for citation in reply.citations]


def test_why_goes_from_its_own_questions_to_reasons_to_related_questions_to_an_end(talk: Talk) -> None:
    talk.say("What is a pan?")
    assert talk.say("Why?").answer.startswith("**Why is a pan flat?**")
    assert talk.say("but why?").answer.startswith("**Why does a pan have a long handle?**")
    related = [talk.say("Why?"), talk.say("why?")]
    assert [re.findall(r"\*\*(.+?)\*\*", reply.answer) for reply in related] == [["Why does a kettle whistle?"], ["What is a pot?"]]
    last = talk.say("Why?")
    assert last.answer.startswith(END)
    assert (last.citations, last.follow_ups[0]) == ((), "How do you season a pan?")


def test_nothing_is_said_twice_however_often_one_asks(talk: Talk) -> None:
    said = sentences(talk.say("What is a pan?"))
    for move in ["Why?", "how?", "deeper", "what if?", "Why?", "example", "deeper", "deeper", "Why?", "deeper", "deeper", "deeper"]:
        said += sentences(talk.say(move))
    assert len(said) == len(set(said)) >= 9


def test_reasons_are_sentences_that_give_one(talk: Talk) -> None:
    talk.history = [Message("user", "What is a pot?"), Message("assistant", "It is deep.")]
    assert sentences(talk.say("Why?")) == ["Deep walls keep the steam inside because it has a long way to go."]


def test_a_conversation_that_came_from_elsewhere_still_gets_an_answer(talk: Talk) -> None:
    talk.history = [Message("user", "Why does a kettle whistle?"), Message("assistant", "Because of steam.")]
    assert sentences(talk.say("How?")) == ["Steam is pressed through a small hole in the kettle's lid."]


@pytest.mark.parametrize(
    ("move", "question"),
    [
        ("How?", "How do you season a pan?"),
        ("What if?", "What happens if a pan is washed with soap?"),
        ("Simpler", "How would you explain a pan to a child?"),
    ],
)
def test_each_move_takes_the_follow_up_that_fits_it(talk: Talk, move: str, question: str) -> None:
    talk.say("What is a pan?")
    assert talk.say(move).answer.startswith(f"**{question}**")


def test_in_one_sentence_is_one_sentence(talk: Talk) -> None:
    talk.say("What is a pan?")
    assert talk.say("In one sentence").answer == "A pan is a flat vessel with a handle. [1]"


def test_simpler_falls_to_the_sentences_that_are_easiest_to_read(talk: Talk) -> None:
    talk.say("What is a pan?")
    talk.say("simpler")
    again = talk.say("simpler")
    assert again.answer.startswith(PLAINEST)
    assert "A pan is a flat vessel with a handle." in sentences(again)


def test_two_subjects_are_put_side_by_side(talk: Talk) -> None:
    talk.say("What is a pan?")
    reply = talk.say("compare it with a pot")
    assert reply.answer.startswith(NOT_COMPARED)
    assert {citation.question for citation in reply.citations} == {"What is a pan?", "What is a pot?"}
    assert "nothing about football stadiums" in talk.say("compare with football stadiums").answer


def test_compare_alone_asks_with_what(talk: Talk) -> None:
    talk.say("What is a pan?")
    reply = talk.say("Compare")
    assert (reply.answer, reply.follow_ups) == (COMPARE_WITH, ("Compare with a pot",))


def test_a_question_about_the_subject_is_answered_by_the_sentence_that_says_it(talk: Talk) -> None:
    talk.say("What is a pan?")
    reply = talk.say("why does it keep the heat?")
    assert sentences(reply)[0] == "Iron pans keep their heat for a long while because they are heavy."


def test_a_move_at_the_beginning_asks_for_a_subject(talk: Talk) -> None:
    reply = talk.say("Why?")
    assert (reply.answer, reply.answerable) == (NO_SUBJECT, False)


def test_general_knowledge_needs_a_model(talk: Talk) -> None:
    talk.say("Who won the cup in Brazil?")
    assert talk.say("Answer from general knowledge").answer == NO_MODEL


def test_a_new_question_changes_the_subject_of_why(talk: Talk) -> None:
    talk.say("What is a pan?")
    talk.say("Why?")
    talk.say("What is a pot?")
    assert sentences(talk.say("in one sentence")) == ["A pot is a deep vessel for soup."]
