"""Cards -> a table for a spreadsheet. A cell that a spreadsheet would take for a formula is quoted: documents are not to be trusted."""

import csv
import io
from collections.abc import Iterable, Mapping

from corpus.types import QAItem
from tutor.bank import topic_of
from tutor.schedule import Card
from tutor.text import clean

_COLUMNS = ("topic", "question", "point", "due", "last", "asked", "missed", "stability_days", "suspended")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def to_csv(cards: Iterable[Card], items: Mapping[str, QAItem]) -> str:
    """A row for each card, soonest due first. Times are UTC. It begins with a mark by which spreadsheets know that it is UTF-8."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(_COLUMNS)
    for card in sorted(cards, key=lambda card: (card.due, card.id)):
        item = items.get(card.item)
        stability = "" if card.stability is None else f"{card.stability:.1f}"
        last = f"{card.last:%Y-%m-%d %H:%M}" if card.last else ""
        texts = (topic_of(item) if item else "", item.question if item else card.item, card.point)
        numbers = (f"{card.due:%Y-%m-%d %H:%M}", last, len(card.grades), card.missed, stability, "yes" if card.suspended else "no")
        rows.writerow([*map(_harmless, texts), *numbers])
    return f"\ufeff{file.getvalue()}"


def _harmless(text: str) -> str:
    cell = " ".join(clean(text).split())
    return f"'{cell}" if text.startswith(_FORMULA) or cell.startswith(_FORMULA) else cell
