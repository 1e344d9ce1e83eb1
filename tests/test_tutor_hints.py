"""Hints tell more of one missing point step by step, and the whole of it never."""

import dataclasses

import pytest

from corpus.types import Source
from tests.shipped import GARDEN, shipped_items
from tutor.hints import BLANK, STEPS, hint_for
from tutor.interview import HINT_COSTS
from tutor.leaks import leaks
from tutor.types import PointMark, Verdict

COMPOST = GARDEN["compost"]
POINTS = [point.text for point in COMPOST.key_points]


def hints(verdict: Verdict | None) -> list[str]:
    return [hint_for(COMPOST, step, verdict) for step in range(1, STEPS + 1)]


def marked(*marks: PointMark) -> Verdict:
    return Verdict(3.0, None, "test", marks)


def test_there_is_a_cost_for_each_hint() -> None:
    assert len(HINT_COSTS) == STEPS
    assert list(HINT_COSTS) == sorted(HINT_COSTS)


def test_the_steps_go_from_the_kind_of_thing_to_the_point_with_its_term_left_out() -> None:
    kind, term, blanked = hints(None)
    assert kind.startswith("Think of")
    assert kind.endswith("It is about compost.")
    assert "letters" in term
    assert blanked == f"Fill in what is left out: Compost is {BLANK} that feeds the soil."


def test_hints_are_on_what_is_wrong_then_on_what_is_missing_then_on_what_is_half_said() -> None:
    covered, partial = PointMark(POINTS[0], "covered"), PointMark(POINTS[1], "partial")
    missed, wrong = PointMark(POINTS[2], "missed"), PointMark(POINTS[3], "wrong")
    assert "Meat" in hint_for(COMPOST, 3, marked(covered, partial, missed, wrong))
    assert "turned" in hint_for(COMPOST, 3, marked(covered, partial, missed))
    assert "Microbes" in hint_for(COMPOST, 3, marked(covered, partial))


def test_an_item_without_key_points_gets_hints_on_its_answer() -> None:
    bare = dataclasses.replace(COMPOST, key_points=())
    assert BLANK in hint_for(bare, 3, None)


def test_the_last_step_leaves_more_out_the_more_of_the_answer_its_point_is() -> None:
    left_out = [
        hint_for(dataclasses.replace(COMPOST, key_points=COMPOST.key_points[-n:]), 3, marked(PointMark(POINTS[-1], "missed"))).count(BLANK)
        for n in (4, 2, 1)
    ]
    assert left_out == sorted(left_out)
    assert left_out[0] < left_out[2]


@pytest.mark.parametrize("step", [0, 4])
def test_there_is_no_other_step(step: int) -> None:
    with pytest.raises(ValueError, match=f"no hint {step}"):
        hint_for(COMPOST, step, None)


def test_an_item_with_nothing_to_tell_has_no_hint() -> None:
    empty = dataclasses.replace(COMPOST, key_points=(), sources=(Source("a.md", COMPOST.question, "", 0, 0),))
    with pytest.raises(ValueError, match="nothing to give a hint of"):
        hint_for(empty, 1, None)


def test_the_first_two_hints_leak_no_point_of_any_shipped_item_and_the_third_never_all_of_it() -> None:
    for item in list(shipped_items().values())[::5]:
        first, second, third = (hint_for(item, step, None) for step in range(1, STEPS + 1))
        assert not leaks(item, first), first
        assert not leaks(item, second), second
        assert BLANK in third
        assert not any(point.text.rstrip(".") in third for point in item.key_points), third
