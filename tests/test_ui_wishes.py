"""What a learner wishes on the interview's page is done once, for its owner, and the page shows how things stand."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from corpus.types import QAItem
from tests.kitchen import ALL, KitchenTutor, judge
from tutor.accounts import Accounts
from tutor.delivery import Delivery
from tutor.journal import JournalError
from tutor.report import Report
from tutor.types import Status, Verdict
from tutor.ui.access import TURNS, Access
from tutor.ui.wishes import Desk, View, Wish


@pytest.fixture
def tutor(tmp_path: Path) -> KitchenTutor:
    return KitchenTutor(tmp_path, tmp_path / "viva.db")


@pytest.fixture
def desk(tutor: KitchenTutor) -> Desk:
    return Desk(tutor, Access())


def wish(do: str, **given: object) -> Wish:
    return Wish.model_validate({"do": do, "id": "i"} | given)


def test_the_page_that_shows_it_already_is_left_alone(desk: Desk) -> None:
    begun = desk.grant(wish("begin"), "")
    assert begun.stage
    assert desk.grant(wish("look", seen=digest_of(begun.stage)), "") == View(note=None)
    assert desk.grant(wish("look", seen="another"), "").stage


class Gated(KitchenTutor):
    """Gives its verdicts when it may; where it is `hurried`, just before a report is written."""

    hurried = False

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, folder / "viva.db")
        assert self._prepared
        self.may = threading.Event()
        self._prepared = replace(self._prepared, judge=self._judged)

    def report(self, interview: str, learner: str = "") -> Report:
        """As Tutor has it."""
        if self.hurried:
            self.may.set()
            assert self.sittings.wait(interview, learner).judged
        return super().report(interview, learner)

    def _judged(self, item: QAItem, answer: str) -> Verdict:
        assert self.may.wait(10)
        return judge(item, answer)


def passed(desk: Desk) -> str:
    """The report on one question that was passed."""
    desk.grant(wish("begin"), "")
    desk.grant(wish("pass", prompt="i.1.1"), "")
    return str(desk.grant(wish("end"), "").stage)


def test_a_report_does_not_wait_for_the_verdict_that_it_shows(tmp_path: Path) -> None:
    tutor = Gated(tmp_path)
    tutor.hurried = True
    assert 'data-waiting="0"' in passed(Desk(tutor, Access()))


def test_a_report_that_a_verdict_does_not_change_waits_no_more_all_the_same(tmp_path: Path) -> None:
    tutor = Gated(tmp_path)
    desk = Desk(tutor, Access())
    early = passed(desk)
    assert 'data-waiting="1"' in early
    tutor.may.set()
    assert tutor.sittings.wait("i").judged
    assert 'data-waiting="0"' in str(desk.grant(wish("look", seen=digest_of(early)), "").stage)


def digest_of(stage: str) -> str:
    return stage.partition('data-digest="')[2].partition('"')[0]


def test_begun_twice_it_is_one_interview(desk: Desk, tutor: KitchenTutor) -> None:
    desk.grant(wish("begin"), "")
    desk.grant(wish("begin"), "")
    assert len(tutor.sittings.interviews()) == 1


def test_what_is_shown_as_the_plan_is_what_is_begun(desk: Desk, tutor: KitchenTutor) -> None:
    shown = desk.grant(wish("plan", form={"amount": 3}), "").below
    desk.grant(wish("begin", form={"amount": 3}), "")
    plan = tutor.sittings.open("i").plan
    assert shown
    assert sum(planned.questions for planned in plan) == 3
    assert all(planned.topic in shown for planned in plan)


def test_a_refusal_shows_why_and_the_page_as_it_is(desk: Desk, tutor: KitchenTutor) -> None:
    desk.grant(wish("begin"), "")
    desk.grant(wish("answer", prompt="i.1.1", answer="a", text=ALL), "")
    late = desk.grant(wish("answer", prompt="i.1.1", answer="b", text="late"), "")
    assert late.note
    assert "does not count" in late.note
    assert late.stage
    assert 'data-prompt="i.2.1"' in late.stage
    assert tutor.sittings.open("i").turns[0].said == ALL


def test_the_interview_of_another_is_not_there(desk: Desk, tutor: KitchenTutor) -> None:
    desk.grant(wish("begin"), "Anna")
    before = tutor.sittings.open("i", "Anna")
    for do in (
        "arrive",
        "look",
        "draft",
        "answer",
        "hint",
        "pass",
        "skip",
        "pause",
        "end",
        "rejudge",
        "later",
        "rehearse",
        "delete",
        "begin",
    ):
        view = desk.grant(wish(do, prompt="i.1.1", answer="b", text="mine", step=1, turn="i.1"), "Bob")
        assert "not there any more" in (view.note or ""), do
        assert "What" not in (view.stage or "").partition("viva-setup")[0], do
    assert tutor.sittings.open("i", "Anna") == before


def test_a_transcript_stays_spoken_while_it_is_corrected_and_when_it_is_sent(desk: Desk, tutor: KitchenTutor) -> None:
    desk.grant(wish("begin"), "")
    delivery = Delivery(words_per_minute=120.0)
    tutor.sittings.draft("i", "i.1.1", "It has irony", spoken=True, delivery=delivery)
    desk.grant(wish("draft", prompt="i.1.1", text="It has iron"), "")
    desk.grant(wish("answer", prompt="i.1.1", answer="a", text="It has iron."), "")
    given = tutor.sittings.open("i").turns[0].answers[0]
    assert (given.text, given.spoken, given.delivery) == ("It has iron.", True, delivery)


def test_a_transcript_that_was_thrown_away_is_not_spoken(desk: Desk, tutor: KitchenTutor) -> None:
    desk.grant(wish("begin"), "")
    tutor.sittings.draft("i", "i.1.1", "It has irony", spoken=True)
    desk.grant(wish("draft", prompt="i.1.1", text=""), "")
    desk.grant(wish("answer", prompt="i.1.1", answer="a", text="It has iron."), "")
    assert not tutor.sittings.open("i").turns[0].answers[0].spoken


def test_before_the_documents_are_read_the_page_says_so(desk: Desk, tutor: KitchenTutor) -> None:
    tutor.be(Status(ready=False, text="Loading", share=0.5))
    assert "Reading the documents" in (desk.lobby("").stage or "")
    tutor.be(Status(ready=False, text="Not ready", problem="The index is broken."))
    assert desk.lobby("").note == "The index is broken."


def test_interviews_that_cannot_be_listed_are_said_and_the_rest_goes_on(desk: Desk, tutor: KitchenTutor) -> None:
    def broken(_learner: str = "") -> None:
        raise JournalError("The journal is damaged.")

    vars(tutor.sittings)["interviews"] = broken
    view = desk.lobby("")
    assert "The journal is damaged." in (view.past or "")
    assert "viva-setup" in (view.stage or "")


def test_with_accounts_nobody_sends_more_than_can_be_read(tutor: KitchenTutor, tmp_path: Path) -> None:
    desk = Desk(tutor, Access(Accounts(tmp_path / "accounts.db")))
    notes = [desk.grant(wish("rehearse", turn="x", text="x"), "Anna").note or "" for _ in range(TURNS + 1)]
    assert "in a minute" not in notes[0]
    assert "in a minute" in notes[-1]


@pytest.mark.parametrize("sent", [{"do": "fly"}, {"do": "rehearse", "seconds": 0}, {"do": "begin", "form": {"amount": "many"}}])
def test_what_no_page_of_ours_sends_is_not_understood(sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Wish.model_validate(sent)
