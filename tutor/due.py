"""What is to be asked today: what the learner wants now, then what is due, oldest first, as much as a day may bring.

A day is the learner's own, and begins at four in the morning where they are: what was missed late in the evening waits the next morning,
and not five minutes after midnight. Points of one question are kept apart, so that the answer to one does not stand on the screen while
the next is asked.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from tutor.deck import Deck
from tutor.schedule import Card

DAYS = 7
_BEGINS = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Due:
    """What waits. `now` can be asked today, `over` is due too, above the day's limits; `days` has what falls due on each of the next days.

    `done` were reviewed today; `suspended` rest.
    """

    now: int
    over: int
    done: int
    suspended: int
    days: tuple[tuple[date, int], ...]


def day_of(at: datetime, zone: tzinfo) -> date:
    """The learner's day that a time belongs to."""
    return (at.astimezone(zone) - _BEGINS).date()


def is_due(card: Card, now: datetime, zone: tzinfo) -> bool:
    """Whether a card is to be asked."""
    return not card.suspended and (card.wanted or day_of(card.due, zone) <= day_of(now, zone))


def due_cards(deck: Deck, now: datetime, zone: tzinfo, askable: Callable[[Card], bool]) -> tuple[Card, ...]:
    """The cards to ask today, in their order. `askable` says whether the documents still have the point."""
    wanted = sorted((card for card in deck.cards.values() if is_due(card, now, zone) and card.wanted and askable(card)), key=_order)
    due = sorted((card for card in deck.cards.values() if is_due(card, now, zone) and not card.wanted and askable(card)), key=_order)
    new, total = _left(deck, now, zone)
    today: list[Card] = []
    for card in due:
        is_new = not _was_reviewed(card, deck)
        if len(today) < total and (new > 0 or not is_new):
            today.append(card)
            new -= is_new
    return (*_apart(wanted), *_apart(today))


def due_of(deck: Deck, now: datetime, zone: tzinfo, askable: Callable[[Card], bool]) -> Due:
    """How much waits, now and in the next days."""
    today = day_of(now, zone)
    cards = [card for card in deck.cards.values() if askable(card)]
    asked = len(due_cards(deck, now, zone, askable))
    ready = sum(is_due(card, now, zone) for card in cards)
    later = Counter(day_of(card.due, zone) for card in cards if not is_due(card, now, zone) and not card.suspended)
    days = tuple((day, later[day] + (ready if day == today else 0)) for day in (today + timedelta(days=n) for n in range(DAYS)))
    done = sum(one.at >= _morning(now, zone) for one in deck.reviewed.values())
    return Due(asked, ready - asked, done, sum(card.suspended for card in cards), days)


def zone_of(name: str) -> tzinfo:
    """The time zone that a browser names; UTC where it names none that is known, which only moves the morning."""
    try:
        return ZoneInfo(name) if name and len(name) < 64 else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def _left(deck: Deck, now: datetime, zone: tzinfo) -> tuple[int, int]:
    """How many points may still be asked today: for the first time, and in all."""
    morning, seen, new, total = _morning(now, zone), set(), 0, 0
    for one in deck.reviewed.values():
        key = one.item, one.mark.text
        if one.at >= morning:
            total += 1
            new += key not in seen
        seen.add(key)
    return max(deck.limits.new - new, 0), max(deck.limits.total - total, 0)


def _morning(now: datetime, zone: tzinfo) -> datetime:
    return (datetime.combine(day_of(now, zone), time(), zone) + _BEGINS).astimezone(UTC)


def _was_reviewed(card: Card, deck: Deck) -> bool:
    return any(grade.source in deck.reviewed for grade in card.grades)


def _order(card: Card) -> tuple[datetime, str]:
    return card.due, card.id


def _apart(cards: Iterable[Card]) -> list[Card]:
    """The first of each question, then the second of each, and so on."""
    before: Counter[str] = Counter()
    ranked = []
    for n, card in enumerate(cards):
        ranked.append((before[card.item], n, card))
        before[card.item] += 1
    return [card for *_, card in sorted(ranked, key=lambda one: one[:2])]
