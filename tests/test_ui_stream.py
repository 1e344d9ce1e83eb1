"""Following a tutor loses neither its last word nor its errors, and leaving it closes it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from corpus.errors import UserError
from tutor.engine import EngineError
from tutor.ui.stream import FAILED, follow


def followed(items: Iterator[int], every_s: float = 0.02) -> list[int]:
    async def run() -> list[int]:
        return [item async for item in follow(items, every_s) if item is not None]

    return asyncio.run(run())


def steps(count: int, pace_s: float, error: Exception | None = None) -> Iterator[int]:
    for step in range(count):
        time.sleep(pace_s)
        yield step
    if error:
        raise error


def test_the_last_item_comes_however_fast_the_others_went() -> None:
    assert followed(steps(1000, 0))[-1] == 999
    assert followed(steps(0, 0)) == []


def test_no_more_is_given_than_the_screen_can_show() -> None:
    assert len(followed(steps(60, 0.002), every_s=0.05)) <= 6


def test_what_a_person_is_told_is_passed_on_after_the_last_item() -> None:
    async def run() -> tuple[list[int | None], str]:
        seen: list[int | None] = []
        try:
            async for item in follow(steps(2, 0, UserError("The model is away.")), 0.02):
                seen.append(item)  # noqa: PERF401  # what was seen before the error counts
        except UserError as error:
            return seen, str(error)
        return seen, ""

    seen, sentence = asyncio.run(run())
    assert (seen[-1], sentence) == (1, "The model is away.")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_becomes_a_sentence() -> None:
    with pytest.raises(EngineError) as caught:
        followed(steps(1, 0, ZeroDivisionError("detail")))
    assert str(caught.value) == FAILED


def test_leaving_closes_what_was_followed() -> None:
    ended = []

    def endless() -> Iterator[int]:
        try:
            yield from steps(10**6, 0.005)
        finally:
            ended.append(time.monotonic())

    async def run() -> float:
        async with aclosing(follow(endless(), 0.02)) as items:
            async for item in items:
                if item is not None:
                    break
        return time.monotonic()

    left = asyncio.run(run())
    while not ended and time.monotonic() < left + 5:
        time.sleep(0.01)
    assert ended[0] - left < 1


def test_leaving_takes_no_time_though_the_tutor_is_busy() -> None:
    async def run() -> float:
        began = time.monotonic()
        async with aclosing(follow(steps(1, 1.0), 0.02)) as items:
            async for _ in items:
                break
        return time.monotonic() - began

    assert asyncio.run(run()) < 0.5
