"""The shipped items, and a few of another field, for tests that go over all of them."""

from datetime import UTC, datetime
from functools import cache

from corpus.merge import merge
from corpus.parse import parse
from corpus.types import KeyPoint, Level, Misconception, QAItem, Source
from index.shipped import shipped_documents
from tutor.interview import Answer, Prompt, Turn

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@cache
def shipped_items() -> dict[str, QAItem]:
    """All items of the knowledge base by id."""
    items = merge([item for document in shipped_documents() for item in parse(document)])
    return {item.id: item for item in items if item.answered}


def follow_ups_of(item: QAItem) -> tuple[QAItem, ...]:
    """The shipped follow-ups of a shipped item."""
    return tuple(other for other in shipped_items().values() if other.parent == item.id)


def garden_item(
    name: str,
    question: str,
    *points: str,
    level: Level | None = "basic",
    topic: str | None = "Soil",
    parent: str | None = None,
    wordings: tuple[str, ...] = (),
    misconceptions: tuple[Misconception, ...] = (),
) -> QAItem:
    """An item of the garden, whose answer says its points."""
    source = Source("garden-notes.md", question, " ".join(points), 0, 1)
    return QAItem(name, question, (source,), level, topic, wordings, tuple(map(KeyPoint, points)), misconceptions, parent=parent)


GARDEN = {
    item.id: item
    for item in (
        garden_item(
            "compost",
            "What is compost, and how is it made?",
            "Compost is rotted plant matter that feeds the soil.",
            "Microbes turn kitchen scraps into humus because they need food and air.",
            "A heap must be turned, or it smells.",
            "Meat is left out, since it attracts rats.",
            wordings=("compost heap", "My neighbor throws his peels on a pile and gets black earth a year later. What happens in between?"),
            misconceptions=(Misconception("Compost needs no air.", "Without air the heap rots and stinks."),),
        ),
        garden_item(
            "compost-air", "Why does a compost heap smell without air?", "Other bacteria take over and make sulfur gases.", parent="compost"
        ),
        garden_item("compost-it", "How would you turn it?", "With a fork, once a month.", parent="compost"),
        garden_item("mulch", "What does mulch do?", "It keeps water in the ground.", "It keeps weeds down.", level="intermediate"),
        garden_item("lime", "When should lime be spread?", "In autumn on sour ground.", "Never together with manure.", level="advanced"),
        garden_item(
            "clay", "How is heavy clay made lighter?", "Sand and straw loosen it.", "Frost breaks the clods.", level="intermediate"
        ),
        garden_item(
            "graft", "How do you graft an apple tree?", "A scion is tied to a rootstock.", "The cambium layers must touch.", topic="Trees"
        ),
        garden_item(
            "prune",
            "Why are fruit trees pruned in winter?",
            "The sap rests.",
            "Wounds heal before spring.",
            topic="Trees",
            level="intermediate",
        ),
        garden_item("fence", "How deep do fence posts go?", "A third of their length.", topic=None, level=None),
    )
}


def turn_on(item: QAItem, *answers: str, name: str = "t1") -> Turn:
    """A turn in which an item was asked and answered."""
    prompts = tuple(
        Prompt(f"{name}-{n}", "question" if n == 0 else "probe", item.question, NOW, answer=Answer(f"{name}-a{n}", text, NOW))
        for n, text in enumerate(answers or ("",))
    )
    return Turn(name, item.id, item.topic or "", item.level, "", prompts, "answered")
