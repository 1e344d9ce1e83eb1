"""So often and no oftener, each by themselves."""

from concurrent.futures import ThreadPoolExecutor

from tutor.throttle import Throttle


def test_there_is_room_again_when_the_first_is_past() -> None:
    throttle = Throttle(2, 60)
    assert [throttle.take("a", now) for now in (0, 10)] == [0, 0]
    assert throttle.take("a", 20) == 40
    assert throttle.take("b", 20) == 0
    assert throttle.take("a", 60) == 0
    assert throttle.take("a", 61) == 9


def test_a_refusal_does_not_make_it_longer() -> None:
    throttle = Throttle(1, 60)
    throttle.take("a", 0)
    assert [throttle.take("a", now) for now in (10, 20, 60)] == [50, 40, 0]


def test_what_is_given_back_does_not_count() -> None:
    throttle = Throttle(1, 60)
    throttle.take("a", 0)
    throttle.give_back("a")
    throttle.give_back("nobody")
    assert throttle.take("a", 1) == 0


def test_many_at_once_get_no_more_than_the_limit() -> None:
    throttle = Throttle(10, 60)
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: throttle.take("a", 0), range(200)))
    assert waits.count(0) == 10


def test_strangers_fill_no_memory() -> None:
    throttle = Throttle(1, 60)
    for number in range(25_000):
        throttle.take(f"stranger {number}", number)
    assert len(throttle._times) <= 10_000
