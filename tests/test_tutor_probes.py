"""A probe leads on from what was said to the heaviest point that is missing, and gives nothing of it away."""

import dataclasses

import pytest

from corpus.types import QAItem
from tests.shipped import GARDEN, NOW, follow_ups_of, shipped_items, turn_on
from tutor.interview import Prompt, Style, Turn
from tutor.kinds import Kind, forms_for, kind_of
from tutor.leaks import leaks
from tutor.probes import NON_ANSWERS, excerpt, probe_for
from tutor.types import Evidence, MetMisconception, PointMark, PointStatus, Verdict

COMPOST = GARDEN["compost"]
CHILDREN = tuple(item for item in GARDEN.values() if item.parent == "compost")
ANSWER = "I think compost is rotted plant matter that feeds the soil."


def verdict_on(item: QAItem, answer: str, *statuses: PointStatus, score: float | None = 4.0, flags: tuple[str, ...] = ()) -> Verdict:
    """Marks for the points of an item in their order, "missed" where none is given; the evidence is the whole answer."""
    rest: list[PointStatus] = ["missed"] * len(item.key_points)
    given = [*statuses, *rest]
    told = Evidence(answer, 0, len(answer))
    marks = tuple(
        PointMark(point.text, status, None if status == "missed" else told) for point, status in zip(item.key_points, given, strict=False)
    )
    return Verdict(score, None, "test", marks, flags)


def asked_on(turn: Turn, point: str, text: str) -> Turn:
    """The turn with a probe that was asked for a point."""
    return dataclasses.replace(turn, prompts=(*turn.prompts, Prompt(f"{turn.id}-p", "probe", text, NOW, point=point)))


def test_a_probe_begins_with_the_learners_own_words_and_aims_at_the_first_missing_point() -> None:
    probe = probe_for(COMPOST, CHILDREN, verdict_on(COMPOST, ANSWER, "covered"), turn_on(COMPOST, ANSWER), "neutral")
    assert probe is not None
    assert probe.point == COMPOST.key_points[1].text
    assert probe.text.startswith("You said “compost is rotted plant matter that feeds the soil”.")
    assert probe.text.endswith("?")


@pytest.mark.parametrize(
    ("statuses", "aim"),
    [
        (("covered", "partial"), 2),
        (("covered", "covered", "missed", "partial"), 2),
        (("missed", "covered", "partial"), 0),
        (("partial", "covered", "covered"), 0),
    ],
)
def test_a_point_weighs_more_the_earlier_it_stands_and_less_where_half_of_it_was_said(statuses: tuple[PointStatus, ...], aim: int) -> None:
    probe = probe_for(COMPOST, (), verdict_on(COMPOST, ANSWER, *statuses), turn_on(COMPOST, ANSWER), "neutral")
    assert probe is not None
    assert probe.point == COMPOST.key_points[aim].text


def test_no_point_is_probed_for_twice() -> None:
    turn = turn_on(COMPOST, ANSWER)
    verdict = verdict_on(COMPOST, ANSWER, "covered")
    points = []
    while (probe := probe_for(COMPOST, CHILDREN, verdict, turn, "neutral")) is not None:
        points.append(probe.point)
        turn = asked_on(turn, probe.point, probe.text)
    assert points == [point.text for point in COMPOST.key_points[1:]]
    assert len({prompt.text for prompt in turn.prompts}) == 4


def test_the_items_own_follow_up_is_asked_where_its_answer_holds_the_point() -> None:
    children = [
        dataclasses.replace(CHILDREN[0], id="rats", question="What must stay out of a compost heap?", key_points=(COMPOST.key_points[3],))
    ]
    verdict = verdict_on(COMPOST, ANSWER, "covered", "covered", "covered")
    probe = probe_for(COMPOST, children, verdict, turn_on(COMPOST, ANSWER), "neutral")
    assert probe is not None
    assert probe.text.endswith("What must stay out of a compost heap?")


def test_what_was_said_wrongly_is_put_back_without_the_truth() -> None:
    said = "Compost needs no air at all."
    met = (MetMisconception(COMPOST.misconceptions[0].claim, COMPOST.misconceptions[0].truth, Evidence(said, 0, len(said))),)
    verdict = dataclasses.replace(verdict_on(COMPOST, said), misconceptions=met)
    probe = probe_for(COMPOST, CHILDREN, verdict, turn_on(COMPOST, said), "strict")
    assert probe is not None
    assert probe.text.startswith("You said “Compost needs no air at all”.")
    assert not {"rots", "stinks", "wrong", "not"} & set(probe.text.lower().replace("?", "").split())


@pytest.mark.parametrize("flag", sorted(NON_ANSWERS))
def test_a_non_answer_gets_no_probe(flag: str) -> None:
    verdict = verdict_on(COMPOST, "", flags=(flag,), score=0.0)
    assert probe_for(COMPOST, CHILDREN, verdict, turn_on(COMPOST, ""), "neutral") is None


def test_there_is_no_probe_after_a_whole_answer_nor_after_i_dont_know_nor_without_a_score() -> None:
    turn = turn_on(COMPOST, ANSWER)
    whole = verdict_on(COMPOST, ANSWER, "covered", "covered", "covered", "covered")
    assert probe_for(COMPOST, CHILDREN, whole, turn, "neutral") is None
    part = verdict_on(COMPOST, ANSWER, "covered")
    assert probe_for(COMPOST, CHILDREN, part, dataclasses.replace(turn, outcome="passed"), "neutral") is None
    assert probe_for(COMPOST, CHILDREN, dataclasses.replace(part, score=None), turn, "neutral") is None


def test_styles_differ_in_tone_and_not_in_what_is_asked() -> None:
    texts: dict[Style, str] = {}
    styles: tuple[Style, ...] = ("friendly", "neutral", "strict")
    for style in styles:
        probe = probe_for(COMPOST, (), verdict_on(COMPOST, ANSWER, "covered"), turn_on(COMPOST, ANSWER), style)
        assert probe is not None
        texts[style] = probe.text
    assert len(set(texts.values())) == 3
    assert all(text.endswith(texts["neutral"]) for text in texts.values())


def test_no_probe_gives_away_a_point_of_any_shipped_item() -> None:
    for item in [item for item in shipped_items().values() if item.key_points][::7]:
        said = f"{item.key_points[0].text} That is what I know."
        turn, verdict = turn_on(item, said, name=item.id), verdict_on(item, said, "covered")
        for _ in range(2):
            probe = probe_for(item, follow_ups_of(item), verdict, turn, "neutral")
            if probe is None:
                break
            assert not leaks(item, probe.text, said), probe.text
            turn = asked_on(turn, probe.point, probe.text)


@pytest.mark.parametrize(
    ("quote", "short"),
    [
        ("Well, um, I think the heap gets warm.", "the heap gets warm"),
        ("And so it rots.", "it rots"),
        ("Besides, I think that the heap gets warm.", "the heap gets warm"),
        ("Another thing: on top of that, it must be turned.", "it must be turned"),
        (
            "Since the small animals in the ground need a little air and some water to do their work, the whole heap has to be turned.",
            "the whole heap has to be turned",
        ),
        (
            "Compost is what is left of kitchen scraps, and after a year or two on the heap the worms have turned all of it into earth.",
            "Compost is what is left of kitchen scraps",
        ),
    ],
)
def test_a_quote_is_cut_where_a_thought_ends(quote: str, short: str) -> None:
    assert excerpt(quote) == short


def test_a_long_quote_without_a_pause_ends_in_dots() -> None:
    text = excerpt("one " * 40)
    assert text.endswith(" …")
    assert len(text.split()) <= 16


@pytest.mark.parametrize(
    ("point", "kind"),
    [
        ("Meat is left out, since it attracts rats.", "reason"),
        ("Clay holds water, whereas sand lets it through.", "contrast"),
        ("A heap shrinks to half its height.", "number"),
        ("It cannot rot below zero degrees.", "limit"),
        ("Roses are cut when the forsythia blooms.", "condition"),
        ("Some like it sour, such as heather.", "example"),
        ("Sourness is measured with strips of paper.", "measure"),
        ("A heap must be turned.", "practice"),
        ("Soil consists of sand, silt and clay.", "parts"),
        ("The root sends sugar to the fungus.", "mechanism"),
        ("Frost makes the clods brittle.", "effect"),
        ("A greenhouse is useful in spring.", "use"),
        ("Humus is dark earth.", "definition"),
    ],
)
def test_the_kind_of_a_point_is_told_by_its_wording(point: str, kind: Kind) -> None:
    assert kind_of(point) == kind


def test_the_forms_fit_the_kind_first_and_are_the_same_for_the_same_seed() -> None:
    point = "Meat is left out, since it attracts rats."
    forms = forms_for(point, "a", started=True, first=False)
    assert forms == forms_for(point, "a", started=True, first=False)
    assert forms[0].bare.startswith("Why")
    assert all(form.about("mulch").endswith("?") and form.about("").endswith("?") for form in forms)
