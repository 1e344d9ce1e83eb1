"""A timed version of an answer is told what it covers for its time, what to begin with and what to leave out."""

import pytest

from corpus.types import KeyPoint
from tests.shipped import garden_item
from tutor.delivery import Delivery
from tutor.rehearsal import LENGTHS, Rehearsal, rehearse
from tutor.types import Evidence, PointMark, PointStatus, Verdict

POINTS = (
    "Compost is rotted plant matter that feeds the soil.",
    "Microbes turn kitchen scraps into humus because they need food and air.",
    "A heap must be turned, or it smells.",
    "Meat is left out, since it attracts rats.",
)
ITEM = garden_item("compost", "What is compost, and how is it made?", *POINTS)
IDLE = "My uncle has a garden near the river where we used to play as children every summer."


def version(
    text: str, *said: tuple[int, str], seconds: int = 30, delivery: Delivery | None = None, status: PointStatus = "covered"
) -> Rehearsal:
    """The rehearsal of a text in which these points were said with these words."""
    places = {n: Evidence(words, text.index(words), text.index(words) + len(words)) for n, words in said}
    marks = tuple(PointMark(point, status if n in places else "missed", places.get(n)) for n, point in enumerate(POINTS))
    return rehearse(ITEM, Verdict(5.0, None, "test", marks), text, seconds, delivery)


def test_time_is_counted_in_words_of_calm_speech() -> None:
    assert [version("It rots.", seconds=seconds).budget for seconds in LENGTHS] == [70, 140, 420]


@pytest.mark.parametrize(("pace", "budget"), [(120.0, 60), (300.0, 85), (40.0, 50)])
def test_a_measured_pace_counts_within_what_is_sensible(pace: float, budget: int) -> None:
    assert version("It rots.", delivery=Delivery(pace)).budget == budget


def test_what_was_said_in_time_and_what_came_after_it_are_told_apart() -> None:
    text = f"It is rotted plant matter. {IDLE * 6} Microbes eat the scraps."
    found = version(text, (0, "It is rotted plant matter."), (1, "Microbes eat the scraps."))
    assert found.covered == (POINTS[0],)
    assert found.late == (POINTS[1],)
    assert "too long for 30 seconds" in found.advice[0]
    assert "1 point came after the time was up." in found.advice


def test_a_short_version_is_told_what_still_fits() -> None:
    found = version("It is rotted plant matter.", (0, "It is rotted plant matter."))
    assert "there is room for more" in found.advice[0]
    assert found.missing == POINTS[1:]
    assert found.cut == ()
    assert found.advice[-1] == f"Make room for this: {POINTS[1]}"


def test_fewer_points_fit_into_less_time_and_always_one() -> None:
    assert version("It rots.", seconds=1).missing == POINTS[:1]
    assert len(version("It rots.", seconds=10).missing) < len(version("It rots.", seconds=60).missing) == len(POINTS)


def test_an_answer_that_comes_late_to_its_main_point_is_told_to_begin_with_it() -> None:
    main = "It is rotted plant matter."
    assert version(f"{main} {IDLE}", (0, main)).first is None
    late = version(f"{IDLE} {main}", (0, main))
    assert late.first == POINTS[0]
    assert f"Begin with this: {POINTS[0]}" in late.advice


def test_what_says_no_point_is_cut_where_the_time_is_short() -> None:
    main = "It is rotted plant matter."
    found = version(f"{main} {IDLE} {IDLE} {IDLE} {IDLE} {IDLE}", (0, main))
    assert found.cut
    assert all(part.quote.strip() in f"{IDLE} {IDLE}" and main not in part.quote for part in found.cut)
    assert any(line.startswith("Leave out: “") for line in found.advice)


def test_nothing_is_cut_where_there_is_time_for_all_of_it() -> None:
    main = "It is rotted plant matter."
    assert version(f"{main} {IDLE}", (0, main), seconds=180).cut == ()


def test_an_answer_that_could_not_be_judged_is_told_its_time_only() -> None:
    found = rehearse(ITEM, Verdict(None, None, "test"), "It rots.", 30)
    assert not found.judged
    assert found.covered == found.missing == ()
    assert found.advice[-1] == "What it says could not be judged."


@pytest.mark.parametrize("seconds", [0, -5])
def test_no_time_is_no_version(seconds: int) -> None:
    with pytest.raises(ValueError, match="some seconds"):
        rehearse(ITEM, Verdict(1.0, None, "test"), "It rots.", seconds)


def test_points_that_were_derived_from_the_answer_count_as_those_of_the_document() -> None:
    bare = garden_item("bare", "What is compost?")
    found = rehearse(bare, Verdict(2.0, None, "test", (PointMark(POINTS[0], "missed"),)), "It rots.", 30)
    assert found.missing == (KeyPoint(POINTS[0]).text,)
