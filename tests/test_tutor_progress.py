"""Progress in numbers that say how sure they are, and the files that a learner takes away."""

import csv
import io
import json
import sqlite3
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from corpus.types import Level, QAItem, Source
from tests.sittings import ITEMS, judge
from tests.test_tutor_reviews import IRON, NOW, ROPE, WOOD, Desk
from tutor.anki import to_anki
from tutor.appeals import name_of
from tutor.belongings import Belongings
from tutor.deck import ReviewError
from tutor.interview import Past
from tutor.progress import Progress, days_of, mastery, progress_of, streak_of
from tutor.schedule import Card
from tutor.sheet import to_csv
from tutor.speech.recordings import Recordings
from tutor.types import Appeal

DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def answered(topic: str, score: float, days_ago: float, level: Level = "intermediate", share: float = 1.0) -> Past:
    return Past(f"{topic}{days_ago}", topic, level, NOW - timedelta(days=days_ago), score, share=share)


def test_mastery_says_how_sure_it_is_and_the_weakest_comes_first() -> None:
    few = mastery([answered("A", 9.0, 1), answered("B", 2.0, 1)], NOW)
    assert [one.topic for one in few] == ["B", "A"]
    many = mastery([answered("A", 9.0, n / 10) for n in range(20)], NOW)[0]
    for one in (*few, many):
        assert 0 <= one.band[0] < one.score < one.band[1] <= 10
    assert many.band[1] - many.band[0] < few[1].band[1] - few[1].band[0]
    assert many.answers == 20


def test_a_review_of_one_point_moves_mastery_less_than_a_whole_answer() -> None:
    before = mastery([answered("A", 2.0, 2)], NOW)[0].score
    point = mastery([answered("A", 2.0, 2), answered("A", 10.0, 1, share=0.3)], NOW)[0].score
    whole = mastery([answered("A", 2.0, 2), answered("A", 10.0, 1)], NOW)[0].score
    assert before < point < whole


def test_days_are_the_learners_own() -> None:
    past = [answered("A", 4.0, 0), answered("A", 8.0, 0.2), answered("A", 10.0, 0, share=0.3)]
    assert [(day.day, day.questions, day.score, day.reviews) for day in days_of(past, UTC)] == [(date(2026, 3, 4), 2, 6.0, 1)]
    assert len(days_of(past, timezone(timedelta(hours=-10)))) == 2
    assert days_of([answered("A", 10.0, 0, share=0.3)], UTC)[0].score is None


@pytest.mark.parametrize(
    ("ago", "streak"),
    [
        ((), (0, 0, False)),
        ((0,), (1, 1, True)),
        ((1,), (1, 1, False)),
        ((2,), (0, 1, False)),
        ((0, 1, 2, 4, 5, 6, 7), (3, 4, True)),
        ((3, 2, 1, -1), (3, 3, False)),
    ],
)
def test_a_streak_lasts_until_a_day_is_over_without_an_answer(ago: tuple[int, ...], streak: tuple[int, int, bool]) -> None:
    today = NOW.date()
    found = streak_of([today - timedelta(days=n) for n in ago], today)
    assert (found.days, found.best, found.today) == streak


def test_a_new_learner_has_nothing_and_is_known_as_new(desk: Desk) -> None:
    progress = desk.reviews.progress()
    assert progress.is_new
    assert (progress.topics, progress.missed, progress.spoken, progress.due.now) == ((), (), (), 0)


def test_what_was_missed_most_comes_first_with_the_way_to_its_passage(desk: Desk) -> None:
    desk.sit("it has iron", "it has nothing")
    desk.now += DAY
    rope = desk.reviews.deck().cards["pan", ROPE]
    desk.reviews.pass_(f"{rope.id}.1")
    progress = desk.reviews.progress()
    assert not progress.is_new
    assert progress.missed[0].card.point == ROPE
    assert progress.missed[0].card.missed == 2
    assert progress.missed[0].address == "/?ask=What%20is%20a%20pan%3F"
    desk.reviews.suspend(rope.id)
    progress = desk.reviews.progress()
    assert ROPE not in {one.card.point for one in progress.missed if one.card.item == "pan"}
    assert [one.card.point for one in progress.resting] == [ROPE]


def test_a_review_that_goes_well_moves_the_chart(desk: Desk) -> None:
    desk.sit("it has iron and wood")
    before = desk.reviews.progress().topics[0]
    desk.now += DAY
    question = desk.reviews.next()
    assert question
    desk.reviews.answer(question.id, "rope")
    after = desk.reviews.progress()
    assert after.topics[0].score > before.score
    assert after.streak.days == 2
    assert after.days[-1].reviews == 1


def test_ten_thousand_answers_are_summed_up_in_no_time(desk: Desk) -> None:
    from time import perf_counter

    past = [replace(answered(f"T{n % 20}", n % 11, n / 50), item=f"i{n}") for n in range(10_000)]
    deck = desk.reviews.deck()
    begin = perf_counter()
    found = progress_of(past[::-1], deck, (), ITEMS, NOW, UTC, lambda _: True)
    assert isinstance(found, Progress)
    assert perf_counter() - begin < 5


EVIL = QAItem(
    "evil", '=HYPERLINK("http://x")', (Source("<b>.md", "<script>?", "a", 0, 1),), "basic", "=cmd|' /C calc'!A0 <i>", key_points=()
)
CARDS = (Card("evil", "<img src=x onerror=alert(1)> +1", NOW), Card("pan", ROPE, NOW), Card("gone", "@a point", NOW))
WITH_EVIL = {**ITEMS, "evil": EVIL}


def opened(deck: bytes, folder: Path) -> list[tuple[str, str, str, str]]:
    """The notes of a deck: guid, question, points, source."""
    with zipfile.ZipFile(io.BytesIO(deck)) as archive:
        assert set(archive.namelist()) == {"collection.anki2", "media"}
        (folder / "a.anki2").write_bytes(archive.read("collection.anki2"))
    connection = sqlite3.connect(folder / "a.anki2")
    try:
        notes = connection.execute("SELECT guid, flds FROM notes ORDER BY id").fetchall()
        assert connection.execute("SELECT count(*) FROM cards").fetchone() == (len(notes),)
        assert "Viva" in connection.execute("SELECT decks FROM col").fetchone()[0]
    finally:
        connection.close()
    return [(guid, *fields.split("\x1f")) for guid, fields in notes]


def test_an_anki_deck_has_a_note_for_each_question_and_a_second_one_updates_it(tmp_path: Path) -> None:
    notes = opened(to_anki(CARDS, WITH_EVIL, NOW), tmp_path)
    assert len(notes) == 2
    _, question, points, source = notes[1]
    assert question == "What is a pan?"
    assert points == f"<ul><li>{IRON}</li><li>{WOOD}</li><li><b>{ROPE}</b></li></ul>"
    assert source == "tools.md: What is a pan?"
    again = opened(to_anki([*CARDS[1:], Card("kettle", "x", NOW)], WITH_EVIL, NOW + DAY), tmp_path)
    assert again[0][0] == notes[1][0]
    assert again[1][0] not in {note[0] for note in notes}


def test_nothing_that_a_document_says_is_markup_in_a_deck(tmp_path: Path) -> None:
    _, question, points, source = opened(to_anki(CARDS[:1], WITH_EVIL, NOW), tmp_path)[0]
    assert "<img" not in points
    assert "<script" not in source
    assert question.startswith("=HYPERLINK(&quot;")


def test_a_deck_of_nothing_says_what_to_do_first() -> None:
    with pytest.raises(ReviewError, match="nothing to export yet"):
        to_anki([Card("gone", "x", NOW)], ITEMS, NOW)


def test_no_cell_of_the_table_is_a_formula() -> None:
    text = to_csv(CARDS, WITH_EVIL)
    assert text.startswith("\ufefftopic,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 3
    evil = next(row for row in rows if row["question"].startswith("'=HYPERLINK"))
    assert evil["topic"].startswith("'=cmd")
    assert {row["point"] for row in rows} == {CARDS[0].point, ROPE, "'@a point"}
    assert not any(cell.startswith(("=", "+", "@", "-")) for row in rows for cell in row.values())


def belongings(desk: Desk, appeals: Path) -> Belongings:
    recordings = Recordings(appeals.parent / "recordings")
    return Belongings(desk.journal, desk.sittings._records, desk.reviews, ITEMS, appeals, recordings)


def test_everything_that_is_kept_can_be_taken_away_and_deleted(tmp_path: Path) -> None:
    desk, appeals = Desk(tmp_path / "viva.db"), tmp_path / "appeals.jsonl"
    desk.sit("it has iron in the SECRET interview")
    verdict = judge(ITEMS["pan"], "SECRET iron")
    chat = desk.quiz(verdict, "SECRET iron")
    desk.quiz(verdict, "SECRET iron\n\nSECRET reason", Appeal("SECRET reason", verdict), chat, "e2")
    mine, others = name_of("pan", "SECRET iron", "SECRET reason"), name_of("pan", "other", "other")
    appeals.write_text(f'{{"id": "{mine}", "answer": "SECRET"}}\nnot json\n{{"id": "{others}", "answer": "theirs"}}\n', "utf-8")
    desk.now = datetime.now(UTC) + 2 * DAY  # a conversation has the time of the real clock
    question = desk.reviews.next()
    assert question
    desk.reviews.answer(question.id, "SECRET wood")
    desk.sit("it has iron", learner="ben", name="b1")
    recordings = Recordings(tmp_path / "recordings")
    for learner in ("", "ben"):
        recordings.keep(b"SECRET sound", "SECRET question", desk.now, 3.0, learner)
    text = belongings(desk, appeals).to_json("", desk.now)
    everything = json.loads(text)
    assert {name: len(everything[name]) for name in ("conversations", "interviews", "reviews", "appeals", "recordings")} == {
        "conversations": 1,
        "interviews": 1,
        "reviews": 5,
        "appeals": 1,
        "recordings": 1,
    }
    assert everything["conversations"][0]["exchanges"][0]["reply"]["graded"]["answer"] == "SECRET iron"
    assert everything["interviews"][0]["events"][0]["kind"] == "started"
    assert "theirs" not in text
    belongings(desk, appeals).delete("")
    desk.journal.close()
    for file in tmp_path.iterdir():
        if file.is_file():
            assert b"SECRET" not in file.read_bytes(), file
    assert "theirs" in appeals.read_text("utf-8")
    assert (len(recordings.of("")), len(recordings.of("ben"))) == (0, 1)
    assert len(list((tmp_path / "recordings").iterdir())) == 1
    assert desk.reviews.deck().cards == {}
    assert len(desk.reviews.deck("ben").cards) == 2


def test_a_damaged_piece_is_taken_away_as_it_is(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "viva.db")
    interview = desk.sit("it has iron")
    desk.journal.close()
    connection = sqlite3.connect(tmp_path / "viva.db")
    connection.execute("UPDATE events SET body = '{damaged' WHERE interview_id = ? AND position = 2", (interview,))
    connection.commit()
    connection.close()
    events = json.loads(belongings(Desk(tmp_path / "viva.db"), tmp_path / "none").to_json("", NOW))["interviews"][0]["events"]
    assert events[1] == "{damaged"


def test_the_time_of_a_day_is_told_in_the_learners_zone(desk: Desk) -> None:
    desk.now = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    desk.sit("it has iron")
    east = timezone(timedelta(hours=2))
    assert desk.reviews.progress(zone=east).days[0].day == date(2026, 3, 5)
    assert desk.reviews.progress(zone=east).streak.today
