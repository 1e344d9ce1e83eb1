"""Each thing that can be wrong with a shipped document is found, and a sound one passes."""

from textwrap import dedent

import pytest

from corpus.faults import find_faults, read_terms
from corpus.parse import parse
from corpus.types import Document, QAItem
from index.encoders import HashingEncoder

SENTENCES = [
    "A pan is a flat vessel of iron or steel with a long handle on one side.",
    "Iron keeps the heat for many minutes after the fire has gone out below it.",
    "The handle stays cool because little heat travels along thin metal into wood.",
    "Cooks use it for frying eggs, fish and everything else that is quick to make.",
    "A good pan weighs about two kilograms and lasts for a hundred years of care.",
    "Its price is higher than that of thin ones, which warp when they get too hot.",
    "After washing, a drop of oil keeps rust away from the surface for several weeks.",
]


OTHERS = [
    "A ladder leans on walls so that painters reach windows, gutters and lamps above them.",
    "Aluminum rungs weigh less than wooden ones, which rot when winters are wet and long.",
    "Rubber feet stop slipping on tiles, gravel or muddy lawns during autumn jobs outside.",
    "One climbs facing it, holding both rails, never carrying more than one bucket upward.",
    "Folding models fit behind doors, telescopic ones inside car boots, fixed ones nowhere.",
    "Inspect bolts, hinges and ropes before lending yours to neighbors or to any relatives.",
    "Falls injure thousands yearly, mostly from below three meters, mostly during weekends.",
    "Builders prefer scaffolds whenever work lasts longer than an hour or needs two hands.",
]


def document(name: str, thing: str, other: str, sentences: list[str]) -> str:
    answer = " ".join(sentences).replace("pan", thing)
    return dedent(f"""
        ## What is a {thing}?

        **Id:** {name} · **Level:** basic · **Related:** {other}, spoon

        **Also asked as:**

        - {thing} purpose
        - tell me about the {thing}
        - What do people fry in?
        - flat vessel

        **Answer:**

        {answer}

        **Key points:**

        - Iron keeps the heat for many minutes.
          - The heat stays in the iron.
        - The handle stays cool.
          - Little heat travels into the wood.
        - A drop of oil keeps rust away.
          - Oil protects the surface from rust.

        **Misconceptions:**

        - **Claim:** A heavy {thing} heats faster. **Truth:** A heavy one takes longer, for there is more metal to heat.

        **Follow-ups:**

        ### Why does iron keep the heat in a {thing}?

        There is much of it. Much metal holds much heat.

        **Key points:**

        - Much metal holds much heat.

        ### What happens if the {thing} rusts?

        The surface becomes rough. Food sticks to it from then on.

        **Key points:**

        - The surface becomes rough.
        """)


def faults(text: str) -> list[str]:
    items: list[QAItem] = parse(Document("a.md", "# Kitchen\n" + text, ""))
    return [fault.text for fault in find_faults(items, HashingEncoder().encode, read_terms())]


def sound() -> str:
    ladder = document("spoon", "ladder", "pan", OTHERS).replace("pan, spoon", "pan, pan")
    points = {
        "Iron keeps the heat for many minutes.": OTHERS[1],
        "The handle stays cool.": OTHERS[2],
        "A drop of oil keeps rust away.": OTHERS[6],
    }
    for old, new in points.items():
        ladder = ladder.replace(f"- {old}", f"- {new}")
    return document("pan", "pan", "spoon", SENTENCES).replace("spoon, spoon", "spoon, spoon") + ladder


def test_a_sound_document_has_no_faults() -> None:
    assert faults(sound()) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("**Level:** basic · ", "", "has no level"),
        ("- flat vessel\n", "", "has 3 other ways to ask"),
        ("  - The heat stays in the iron.\n", "", "has a key point without another wording"),
        (
            "- The handle stays cool.\n",
            "- Zebras gallop quickly.\n",
            "has a key point that its answer does not support: Zebras gallop quickly.",
        ),
        ("Cooks use it for", "Cooks recieve it for", "may misspell “recieve”"),
        ("spoon, spoon", "spoon, ladle", "is related to ladle, which is not there"),
        (
            "A heavy pan heats faster.",
            "The handle stays cool because little heat travels along thin metal into wood.",
            "has a wrong claim that its own answer",
        ),
        ("**Misconceptions:**", "**Nothing:**", "has 0 misconceptions"),
        (SENTENCES[0] + " " + SENTENCES[1], "", "has an answer of 74 words"),
        ("There is much of it. ", "", "is a follow-up of 1 sentences"),
    ],
)
def test_each_fault_is_named(old: str, new: str, says: str) -> None:
    text = sound()
    assert old in text
    assert any(says in fault for fault in faults(text.replace(old, new, 1))), faults(text.replace(old, new, 1))


def test_two_items_that_say_the_same_are_named() -> None:
    text = sound() + document("skillet", "pan ", "spoon", SENTENCES)
    assert any("says nearly the same as" in fault for fault in faults(text))
