"""Cards are what their events make of them, in whatever order they are corrected, overruled or told again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from time import perf_counter

import pytest

from tutor.deck import (
    Corrected,
    Deck,
    Forgotten,
    Limited,
    Limits,
    Marked,
    Note,
    Overruled,
    Replied,
    Resumed,
    Reviewed,
    ReviewError,
    Suspended,
    WantedNow,
    note_from,
    note_to_json,
    replay,
)
from tutor.due import Due, due_cards, due_of, is_due, zone_of
from tutor.schedule import Card, Rating
from tutor.types import Evidence, PointMark, PointStatus

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FLAT, HOT, RED = "It is flat.", "It is hot.", "It is red."


def marked(name: str = "m", item: str = "pan", at: datetime = NOW, *, easy: bool = False, **marks: PointStatus) -> Marked:
    named = {"flat": FLAT, "hot": HOT, "red": RED}
    return Marked(name, at, item, 5.0, tuple((named[point], status) for point, status in marks.items()), "interview", easy)


def reviewed(name: str, rating: Rating = "good", at: datetime = NOW + DAY, item: str = "pan", point: str = FLAT) -> Reviewed:
    return Reviewed(name, at, item, "What is it?", "flat", PointMark(point, "covered", Evidence("flat", 0, 4)), rating, "Good.", "fake")


EVERYTHING: tuple[Note, ...] = (
    marked(flat="missed", hot="partial", red="covered"),
    WantedNow("w", NOW, "pan", (HOT,)),
    Replied("a", NOW + DAY, "r1", "pan", FLAT, "What is it?", "flat"),
    reviewed("r1"),
    Overruled("o", NOW + DAY, "r1", "hard"),
    Suspended("s", NOW + DAY, "pan", HOT),
    Resumed("u", NOW + DAY, "pan", HOT),
    Forgotten("f", NOW + DAY, "pan", HOT),
    Corrected("c", NOW + DAY, "m", 9.0, ((FLAT, "partial"), (HOT, "covered"), (RED, "covered"))),
    Limited("l", NOW + DAY, Limits(3, 4)),
)


def cards(*notes: Note) -> dict[str, Card]:
    return {point: card for (_, point), card in replay(Deck(), notes).cards.items()}


def test_points_that_were_lacking_get_cards_and_no_others() -> None:
    assert set(cards(marked(flat="missed", hot="partial", red="covered"))) == {FLAT, HOT}
    assert set(cards(marked(flat="wrong"), marked("n", flat="covered"))) == {FLAT}


def test_an_excellent_answer_without_hints_is_easy_for_what_it_covers() -> None:
    plain = cards(marked(flat="missed"), marked("n", at=NOW + DAY, flat="covered"))[FLAT]
    easy = cards(marked(flat="missed"), marked("n", at=NOW + DAY, easy=True, flat="covered"))[FLAT]
    assert (plain.grades[-1].rating, easy.grades[-1].rating) == ("good", "easy")
    assert easy.due > plain.due


def test_events_that_come_again_change_nothing_and_pieces_make_the_whole() -> None:
    whole = replay(Deck(), EVERYTHING)
    assert replay(whole, EVERYTHING) == whole
    assert replay(Deck(), [*EVERYTHING, *EVERYTHING]) == whole
    for cut in range(len(EVERYTHING)):
        assert replay(replay(Deck(), EVERYTHING[:cut]), EVERYTHING[cut:]) == whole


def test_every_event_is_the_same_after_it_was_kept() -> None:
    assert tuple(note_from(note_to_json(note)) for note in EVERYTHING) == EVERYTHING
    for text in ("{", '{"kind": "from the future"}'):
        with pytest.raises(ReviewError, match="damaged, or a newer Viva"):
            note_from(text)


def test_an_appeal_corrects_the_card_as_if_the_mark_had_been_right_from_the_beginning() -> None:
    wrong, right = marked(flat="missed", hot="missed"), marked(flat="covered", hot="partial")
    later = reviewed("r", "again", point=HOT)
    corrected = cards(wrong, later, Corrected("c", NOW + DAY, "m", 8.0, right.marks))
    assert corrected == cards(right, later)
    assert FLAT not in corrected


def test_a_correction_of_what_nobody_said_and_of_what_was_forgotten_does_nothing() -> None:
    note = Corrected("c", NOW, "other", 8.0, ((FLAT, "missed"),))
    assert cards(note) == {}
    gone = (marked(flat="missed"), Forgotten("f", NOW, "pan", FLAT))
    assert cards(*gone, Corrected("c", NOW, "m", 8.0, ((FLAT, "wrong"),))) == {}


def test_the_learner_has_the_last_word_on_a_rating_and_may_change_it_again() -> None:
    made, good = marked(flat="missed"), reviewed("r", "good")
    assert cards(made, good, Overruled("o", NOW, "r", "again")) == cards(made, reviewed("r", "again"))
    assert cards(made, good, Overruled("o", NOW, "r", "again"), Overruled("p", NOW, "r", "good")) == cards(made, good)


def test_suspended_points_rest_and_forgotten_ones_start_anew() -> None:
    made = marked(flat="missed")
    resting = cards(made, Suspended("s", NOW, "pan", FLAT), reviewed("r"))[FLAT]
    assert resting.suspended
    assert not cards(made, Suspended("s", NOW, "pan", FLAT), Resumed("u", NOW, "pan", FLAT))[FLAT].suspended
    anew = cards(made, Forgotten("f", NOW, "pan", FLAT), marked("n", at=NOW + DAY, flat="missed"))[FLAT]
    assert [grade.source for grade in anew.grades] == ["n"]


def test_what_the_learner_wants_is_asked_now_even_if_it_was_never_missed_or_rests() -> None:
    made = cards(WantedNow("w", NOW, "pan", (RED,)))[RED]
    assert is_due(made, NOW, UTC)
    assert made.stability is None
    woken = cards(marked(flat="missed"), Suspended("s", NOW, "pan", FLAT), WantedNow("w", NOW, "pan", (FLAT,)))[FLAT]
    assert is_due(woken, NOW, UTC)


def test_an_answer_that_was_not_judged_leaves_the_schedule_as_it_is_and_is_there_to_be_sent_again() -> None:
    made, reply = marked(flat="missed"), Replied("a", NOW, "r", "pan", FLAT, "What is it?", "flat")
    deck = replay(Deck(), [made, reply])
    assert deck.cards == replay(Deck(), [made]).cards
    assert deck.replies["r"].answer == "flat"
    assert replay(deck, [reviewed("r")]).replies == {}


def many(items: int = 30, points: int = 2) -> Deck:
    marks: tuple[tuple[str, PointStatus], ...] = tuple((f"point {n}", "missed") for n in range(points))
    return replay(Deck(), [Marked(f"m{n}", NOW, f"item{n}", 0.0, marks, "quiz") for n in range(items)])


def test_ten_thousand_events_are_replayed_at_once() -> None:
    notes = [reviewed(f"r{n}", at=NOW + n * timedelta(minutes=9), item=f"item{n % 400}", point="point 0") for n in range(10_000)]
    begin = perf_counter()
    deck = replay(many(400, 1), [note_from(note_to_json(note)) for note in notes])
    assert perf_counter() - begin < 10, "measured: 0.3 s"
    assert len(deck.reviewed) == 10_000


def everything(_card: Card) -> bool:
    return True


def test_a_day_brings_no_more_than_its_limits() -> None:
    deck, later = many(), NOW + 2 * DAY
    assert len(due_cards(deck, later, UTC, everything)) == 10
    after = replay(deck, [reviewed(f"r{n}", at=later, item=f"item{n}", point="point 0") for n in range(4)])
    assert len(due_cards(after, later, UTC, everything)) == 6
    assert len(due_cards(after, later + DAY, UTC, everything)) >= 10
    fewer = replay(deck, [Limited("l", NOW, Limits(5, 3))])
    assert len(due_cards(fewer, later, UTC, everything)) == 3


def test_what_is_wanted_comes_first_and_on_top_of_the_limits() -> None:
    deck = replay(many(), [WantedNow("w", NOW, "item29", ("point 1",)), Limited("l", NOW, Limits(0, 1))])
    assert [(card.item, card.point) for card in due_cards(deck, NOW, UTC, everything)] == [("item29", "point 1")]


def test_points_of_one_question_are_kept_apart() -> None:
    asked = due_cards(replay(many(3, 3), [Limited("l", NOW, Limits(9, 9))]), NOW + DAY, UTC, everything)
    assert len(asked) == 9
    assert [len({card.item for card in asked[n : n + 3]}) for n in (0, 3, 6)] == [3, 3, 3]


def test_points_that_the_documents_no_longer_have_are_not_asked() -> None:
    assert due_cards(many(), NOW + DAY, UTC, lambda card: card.item == "item3")[0].item == "item3"
    assert due_of(many(), NOW + DAY, UTC, lambda _: False).now == 0


def test_what_is_due_is_counted_by_the_learners_own_days() -> None:
    deck, later = replay(many(4, 1), [Limited("l", NOW, Limits(3, 3))]), NOW + DAY
    due = due_of(replay(deck, [reviewed("r", at=later, item="item0", point="point 0")]), later, UTC, everything)
    assert (due.now, due.over, due.done, due.suspended) == (2, 1, 1, 0)
    assert due.days[0] == (later.date(), 3)
    assert len(due.days) == 7
    assert sum(count for _, count in due.days[1:]) == 1
    east = timezone(timedelta(hours=14))
    assert due_of(deck, later, east, everything).days[0][0] == later.date(), "at two in the morning it is still the day before"
    assert due_of(deck, later + timedelta(hours=2), east, everything).days[0][0] == later.date() + DAY


def test_a_zone_that_is_none_is_utc() -> None:
    assert zone_of("Europe/Berlin").utcoffset(NOW) == timedelta(hours=1)
    for name in ("", "Nowhere/Land", "../../etc/passwd", "x" * 500, "\0"):
        assert zone_of(name) is UTC


def test_nothing_of_a_deck_that_was_handed_out_changes() -> None:
    deck = replay(Deck(), EVERYTHING[:1])
    before = replace(deck, cards=dict(deck.cards))
    replay(deck, EVERYTHING[1:])
    assert deck == before
    assert isinstance(due_of(deck, NOW, UTC, everything), Due)
