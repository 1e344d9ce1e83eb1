"""What was missed in an interview or a quiz comes back in other words, and how it goes then decides when it comes again."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.types import Document, QAItem
from tests.shipped import GARDEN, shipped_items
from tests.sittings import INTERVIEWER, ITEMS, judge, retrieve
from tutor.deck import Corrected, Limits, Marked, ReviewError, note_from
from tutor.due import is_due
from tutor.engine import EngineError
from tutor.interview import Setup
from tutor.journal import Journal, JournalError
from tutor.leaks import LEAK, leaked
from tutor.quiz import Judge
from tutor.records import Records
from tutor.review_records import ReviewRecords
from tutor.reviews import Reviews
from tutor.sitting import Knowledge, Sittings
from tutor.types import Appeal, Graded, PointMark, Reply, Verdict
from tutor.variants import point_of, question_on

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DOCUMENTS = {"tools.md": Document("tools.md", "A tool has iron, wood and rope. " * 40, "0")}
IRON, WOOD, ROPE = (point.text for point in ITEMS["pan"].key_points)


def one_point(item: QAItem, answer: str) -> Verdict:
    """As `judge`, for an item with any number of points."""
    return judge(item, answer) if len(item.key_points) == 3 else _narrow(item, answer)


def _narrow(item: QAItem, answer: str) -> Verdict:
    marks = tuple(PointMark(point.text, "covered" if point.text.split()[-1][:-1] in answer else "missed") for point in item.key_points)
    return Verdict(10.0 * (marks[0].status == "covered"), (0.0, 10.0), "fake", marks, feedback="Read.")


class Desk:
    """Interviews, conversations and reviews of one journal, with a clock to turn."""

    def __init__(self, path: Path | None = None, real_judge: Callable[[Judge], Judge] = lambda offline: offline) -> None:
        self.now = NOW
        self.journal = Journal(path)
        interviews = Records(self.journal)
        self.records = ReviewRecords(self.journal)
        self.reviews = Reviews(self.records, interviews, self.knowledge, lambda _learner: DOCUMENTS, real_judge, lambda: self.now)
        self.sittings = Sittings(interviews, self.knowledge, lambda one: one, INTERVIEWER, lambda: self.now, self.reviews.past)

    def knowledge(self, _learner: str = "") -> Knowledge:
        return Knowledge(ITEMS, retrieve, one_point)

    def sit(self, *answers: str, learner: str = "", name: str = "i1") -> str:
        """An interview with an answer to each question; a probe gets nothing new."""
        interview = self.sittings.begin(Setup(questions=len(answers)), learner, interview=name)
        for answer in answers:
            turn = interview.turn
            while interview.turn and turn and interview.turn.id == turn.id and interview.prompt:
                said = answer if interview.prompt.kind == "question" else "it has nothing more"
                interview = self.sittings.answer(
                    interview.id, interview.prompt.id, f"{interview.prompt.id}-a".replace(".", "-"), said, learner=learner
                )
        self.sittings.wait(interview.id, learner)
        return interview.id

    def quiz(self, verdict: Verdict, answer: str = "it has iron", appeal: Appeal | None = None, chat: str = "", key: str = "e") -> str:
        """A quiz about the pan in a conversation, judged."""
        chat = chat or self.journal.begin()
        self.journal.ask(chat, key, answer)
        self.journal.settle(key, Reply("Judged.", True, "fake", graded=Graded("What is a pan?", answer, verdict, appeal=appeal)), None)
        return chat


@pytest.fixture
def desk() -> Desk:
    return Desk()


def due_points(desk: Desk, learner: str = "") -> set[tuple[str, str]]:
    deck = desk.reviews.deck(learner)
    return {key for key, card in deck.cards.items() if is_due(card, desk.now, UTC)}


def test_what_an_interview_missed_is_due_the_next_day_and_what_it_covered_never(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    assert set(desk.reviews.deck().cards) == {("pan", ROPE)}
    assert desk.reviews.next() is None
    desk.now += timedelta(days=1)
    question = desk.reviews.next()
    assert question
    assert (question.card.point, question.topic, question.left) == (ROPE, "Tools", 1)
    assert question.reason == "You missed a point here yesterday."
    assert question.text != ITEMS["pan"].question
    assert "rope" not in question.text


def test_a_right_answer_is_scheduled_later_and_later_and_a_wrong_one_for_tomorrow(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    gaps = []
    for _ in range(3):
        desk.now += timedelta(days=400)
        question = desk.reviews.next()
        assert question
        outcome = desk.reviews.answer(question.id, "a rope")
        assert outcome.card
        assert (outcome.review.mark.status, outcome.review.rating) == ("covered", "good")
        gaps.append(outcome.card.due - desk.now)
        assert desk.reviews.next() is None
    assert gaps == sorted(gaps)
    desk.now += timedelta(days=400)
    question = desk.reviews.next()
    assert question
    missed = desk.reviews.answer(question.id, "a string")
    assert missed.review.rating == "again"
    assert missed.card
    assert missed.card.due - desk.now < gaps[0]


def test_each_time_the_words_are_others(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    texts = []
    for _ in range(4):
        desk.now += timedelta(days=400)
        question = desk.reviews.next()
        assert question
        texts.append(question.text)
        desk.reviews.answer(question.id, "rope")
    assert len(set(texts)) == 4


def test_reading_verdicts_again_or_pressing_twice_makes_nothing_twice(desk: Desk) -> None:
    desk.sit("it has iron")
    first = desk.reviews.deck()
    assert desk.reviews.deck() == first
    assert len(desk.records.written()) == 1
    desk.now += timedelta(days=1)
    question = desk.reviews.next()
    assert question
    answers = [desk.reviews.answer(question.id, "wood") for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(desk.reviews.deck().reviewed) == 1


def test_many_who_press_at_once_review_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "viva.db")
    desk.sit("it has iron and wood")
    desk.now += timedelta(days=1)
    question = desk.reviews.next()
    assert question
    threads = [threading.Thread(target=desk.reviews.answer, args=(question.id, "rope")) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desk.reviews.deck().cards["pan", ROPE].grades) == 2


def test_another_process_sees_the_same_reviews(tmp_path: Path) -> None:
    one = Desk(tmp_path / "viva.db")
    one.sit("it has iron", "nothing at all")
    one.now += timedelta(days=1)
    question = one.reviews.next()
    assert question
    one.reviews.answer(question.id, "wood")
    other = Desk(tmp_path / "viva.db")
    assert other.reviews.deck() == one.reviews.deck()


def test_a_review_that_went_on_elsewhere_does_not_count(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    card = desk.reviews.deck().cards["pan", ROPE]
    with pytest.raises(ReviewError, match="went on elsewhere"):
        desk.reviews.answer(f"{card.id}.7", "rope")
    with pytest.raises(ReviewError, match="not among your reviews"):
        desk.reviews.answer("nothing.1", "rope")


def test_what_could_not_be_judged_changes_no_date_and_keeps_the_answer() -> None:
    def broken(_offline: Judge) -> Judge:
        def fail(_item: QAItem, _answer: str) -> Verdict:
            raise EngineError("The model did not answer.")

        return fail

    def unsure(_offline: Judge) -> Judge:
        return lambda _item, _answer: Verdict(None, None, "fake", feedback="No.")

    for faulty in (broken, unsure):
        desk = Desk(real_judge=faulty)
        desk.sit("it has iron and wood")
        before = desk.reviews.deck()
        desk.now += timedelta(days=1)
        question = desk.reviews.next()
        assert question
        with pytest.raises((EngineError, ReviewError)):
            desk.reviews.answer(question.id, "a rope")
        assert desk.reviews.deck().cards == before.cards
        again = desk.reviews.next()
        assert again == replace(question, draft="a rope")


def test_nothing_is_no_answer_and_dont_know_is_one(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    desk.now += timedelta(days=1)
    question = desk.reviews.next()
    assert question
    with pytest.raises(Exception, match="no answer in that yet"):
        desk.reviews.answer(question.id, " . ")
    assert desk.reviews.pass_(question.id).review.rating == "again"


def test_the_learner_overrules_a_rating(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    desk.now += timedelta(days=1)
    question = desk.reviews.next()
    assert question
    judged = desk.reviews.answer(question.id, "a cord")
    better = desk.reviews.overrule(question.id, "good")
    assert judged.card
    assert better.card
    assert better.card.due > judged.card.due
    assert (better.review.rating, better.review.mark.status) == ("good", "missed")
    assert desk.reviews.overrule(question.id, "good") == better
    assert desk.reviews.overrule(question.id, "again").card == judged.card


def test_a_quiz_feeds_the_reviews_and_an_appeal_corrects_them(desk: Desk) -> None:
    verdict = judge(ITEMS["pan"], "it has iron")
    chat = desk.quiz(verdict)
    assert set(desk.reviews.deck().cards) == {("pan", WOOD), ("pan", ROPE)}
    better = replace(verdict, score=6.7, points=(verdict.points[0], replace(verdict.points[1], status="covered"), verdict.points[2]))
    desk.quiz(better, "it has iron\n\nI meant wood", Appeal("I meant wood", verdict), chat, "e2")
    assert set(desk.reviews.deck().cards) == {("pan", ROPE)}
    assert [type(note_from(text)) for text in desk.records.written()] == [Marked, Corrected]


def test_an_answer_that_is_judged_anew_in_the_same_place_counts_once(desk: Desk) -> None:
    verdict = judge(ITEMS["pan"], "it has iron")
    chat = desk.quiz(verdict)
    desk.reviews.deck()
    desk.journal.discard("e")
    desk.quiz(verdict, chat=chat, key="again")
    assert len(desk.reviews.deck().marked) == 1


def test_a_quiz_that_could_not_be_judged_or_is_not_among_the_documents_makes_no_card(desk: Desk) -> None:
    desk.quiz(Verdict(None, None, "fake"))
    chat = desk.journal.begin()
    desk.journal.ask(chat, "x", "a")
    graded = Graded("What is a moon?", "a", judge(ITEMS["pan"], "a"))
    desk.journal.settle("x", Reply("", True, "fake", graded=graded), None)
    assert desk.reviews.deck().cards == {}


def test_ask_me_again_in_a_report_asks_now(desk: Desk) -> None:
    interview = desk.sit("it has iron and wood", "it has iron, wood and rope")
    assert due_points(desk) == set()
    first, second = desk.sittings.open(interview).turns
    desk.sittings.ask_again(interview, first.id)
    desk.sittings.ask_again(interview, first.id)
    assert due_points(desk) == {("pan", ROPE)}
    desk.sittings.ask_again(interview, second.id)
    assert len(due_points(desk)) == 4, "what was not missed is asked whole"
    question = desk.reviews.next()
    assert question
    assert question.reason == "You asked for it."


def test_a_point_can_rest_and_be_woken_and_be_forgotten_and_be_wanted(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    desk.now += timedelta(days=1)
    card = desk.reviews.deck().cards["pan", ROPE].id
    assert desk.reviews.suspend(card) == desk.reviews.suspend(card)
    assert desk.reviews.next() is None
    assert desk.reviews.due().suspended == 1
    desk.reviews.resume(card)
    assert desk.reviews.next()
    desk.reviews.forget(card)
    assert desk.reviews.deck().cards == {}
    with pytest.raises(ReviewError):
        desk.reviews.want(card)


def test_the_limits_of_a_day_are_the_learners(desk: Desk) -> None:
    desk.sit(*["it has nothing"] * 6)
    desk.now += timedelta(days=1)
    assert desk.reviews.due().now == 10
    desk.reviews.limit(Limits(2, 5))
    assert (desk.reviews.due().now, desk.reviews.due().over) == (2, 16)
    for limits in (Limits(-1, 5), Limits(0, 0), Limits(5, 10_000)):
        with pytest.raises(ReviewError, match="Choose other numbers"):
            desk.reviews.limit(limits)


def test_interviews_ask_what_is_due_and_know_what_was_reviewed(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    card = desk.reviews.deck().cards["pan", ROPE]
    assert [one.due for one in desk.sittings.past()] == [card.due - timedelta(hours=8)]
    desk.now += timedelta(days=1)
    question = desk.reviews.next()
    assert question
    desk.reviews.answer(question.id, "rope")
    interview, review = desk.sittings.past()
    assert (review.score, review.share < 1, review.missed) == (10.0, True, ())
    assert interview.due == review.due == desk.reviews.deck().cards["pan", ROPE].due - timedelta(hours=8)
    desk.reviews.suspend(card.id)
    assert {one.due for one in desk.sittings.past()} == {None}


def test_one_learner_never_sees_anothers_reviews(desk: Desk) -> None:
    desk.sit("it has iron and wood", learner="anna")
    desk.now += timedelta(days=1)
    question = desk.reviews.next("anna")
    assert question
    for other in ("", "ben"):
        assert desk.reviews.next(other) is None
        assert desk.reviews.past(other) == ()
        for act in (desk.reviews.suspend, desk.reviews.forget, desk.reviews.want):
            with pytest.raises(ReviewError):
                act(question.card.id, other)
        for answer in (desk.reviews.answer, desk.reviews.overrule):
            with pytest.raises(ReviewError):
                answer(question.id, "good", other)
    assert desk.reviews.next("anna") == question


def test_an_interview_that_is_deleted_takes_its_verdicts_along_and_leaves_the_cards(desk: Desk) -> None:
    interview = desk.sit("it has iron and wood")
    desk.reviews.deck()
    desk.sittings.delete(interview)
    assert set(desk.reviews.deck().cards) == {("pan", ROPE)}
    assert desk.reviews.past() == ()


def test_everything_of_a_learner_goes_and_nothing_of_another(desk: Desk) -> None:
    for learner in ("anna", "ben"):
        desk.sit("it has iron", learner=learner, name=learner)
        desk.reviews.deck(learner)
    desk.quiz(judge(ITEMS["pan"], "x"))
    desk.journal.delete_all("anna")
    assert desk.reviews.deck("anna").cards == {}
    assert desk.sittings.interviews("anna") == ()
    assert len(desk.reviews.deck("ben").cards) == 2
    assert desk.journal.conversations()
    desk.sit("it has iron", learner="anna", name="anew")
    assert len(desk.reviews.deck("anna").cards) == 2


def test_where_nothing_can_be_written_what_is_due_can_still_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.quiz(judge(ITEMS["pan"], "it has iron"))
    with monkeypatch.context() as full:
        full.setattr(desk.records, "add", refuse)
        for _ in range(2):
            assert set(desk.reviews.deck().cards) == {("pan", WOOD), ("pan", ROPE)}
        with pytest.raises(JournalError):
            desk.reviews.forget(next(iter(desk.reviews.deck().cards.values())).id)
    assert len(desk.reviews.deck().cards) == 2
    assert len(desk.records.written()) == 1


def refuse(*_: object) -> None:
    raise JournalError("The disk is full.")


def test_a_closed_journal_says_so() -> None:
    desk = Desk(Path("/proc/nothing/viva.db"))
    with pytest.raises(JournalError):
        desk.reviews.due()


def test_no_question_on_a_shipped_point_says_it_and_hardly_any_is_the_documents_own() -> None:
    items = shipped_items()
    same = asked = 0
    for item in list(items.values())[::7]:
        for point in item.key_points[:3]:
            for times in (1, 2, 5):
                text = question_on(item, point, items, times)
                asked += 1
                same += text == item.question
                assert leaked(item, text, points=(point,)) < LEAK, (text, point.text)
    assert asked > 500
    assert same == 0


def test_a_follow_up_that_leads_to_the_point_is_asked_first() -> None:
    item = GARDEN["compost"]
    follow_up = GARDEN["compost-air"]
    point = replace(item.key_points[1], text=follow_up.key_points[0].text)
    narrowed = replace(item, key_points=(point,))
    assert question_on(narrowed, point, GARDEN | {"compost": narrowed}, 0) == follow_up.question


def test_a_point_that_was_edited_is_not_asked_and_the_truth_of_a_wrong_claim_is() -> None:
    item = GARDEN["compost"]
    assert point_of(item, "Compost is something else.") is None
    assert point_of(item, item.misconceptions[0].truth)
    assert point_of(None, "x") is None
    assert point_of(replace(item, key_points=()), "A sentence of the answer.")
