"""The plan meets every topic, and the questions follow the learner: nothing twice, nothing lately, what was missed first."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest

from corpus.types import LEVELS, Level, QAItem
from index.types import Retrieval
from tests.shipped import GARDEN, NOW, garden_item, shipped_items
from tutor.ability import difficulty
from tutor.attempts import ago, answered_in
from tutor.bank import alike, family_of, topic_of
from tutor.choice import Chosen, choose
from tutor.interview import Interview, Past, Planned, Prompt, Setup, Turn
from tutor.jobs import Posting, SetupRefused, Subject
from tutor.leaks import leaks
from tutor.plan import MINUTES_A_QUESTION, make_plan, plan_for
from tutor.types import PointMark, Verdict


def nothing(query: str, _asked: Sequence[str]) -> Retrieval:
    return Retrieval(query, (), answerable=False, confidence=0.0)


def planned(setup: Setup, items: dict[str, QAItem] = GARDEN, past: Sequence[Past] = (), seed: str = "s") -> tuple[Planned, ...]:
    return make_plan(setup, items, past, NOW, nothing, seed)


def sit(
    setup: Setup,
    items: dict[str, QAItem],
    past: Sequence[Past] = (),
    ability: float = 0.0,
    name: str = "i1",
    plan: tuple[Planned, ...] = (),
) -> tuple[Interview, list[Chosen]]:
    """A whole interview with a learner of this ability, in logits."""
    interview = Interview(name, setup, plan or planned(setup, items, past, seed=name), NOW)
    chosen: list[Chosen] = []
    while (one := choose(interview, items, past, NOW + timedelta(minutes=len(chosen)))) and len(chosen) < 24:
        score = 10 / (1 + 2.718 ** (difficulty(one.level) - ability))
        prompt = Prompt(f"p{len(chosen)}", "question", one.text, NOW + timedelta(minutes=len(chosen)))
        verdict = Verdict(score, None, "test", (PointMark("a point", "missed"),))
        turn = Turn(f"t{len(chosen)}", one.item, one.topic, one.level, one.reason, (prompt,), "answered", verdict=verdict)
        interview = dataclasses.replace(interview, turns=(*interview.turns, turn))
        chosen.append(one)
    return interview, chosen


def missed(item: str, days_ago: float, score: float | None = 3.0, items: dict[str, QAItem] = GARDEN) -> Past:
    at = NOW - timedelta(days=days_ago)
    due = at + timedelta(hours=18) if score is not None and score < 6.5 else None
    return Past(item, topic_of(items[item]), items[item].level, at, score, ("It keeps water in the ground.",), due=due)


def test_every_chosen_topic_is_met_and_the_questions_add_up() -> None:
    topics = tuple(dict.fromkeys(map(topic_of, shipped_items().values())))
    plan = planned(Setup(topics=topics[:5], questions=8), shipped_items())
    assert {one.topic for one in plan} == set(topics[:5])
    assert sum(one.questions for one in plan) == 8
    assert all(one.questions >= 1 and one.reason for one in plan)


def test_topics_for_which_there_is_no_room_are_shown_as_such() -> None:
    plan = planned(Setup(topics=("Soil", "Trees", "Roses"), questions=1))
    assert sorted(one.questions for one in plan) == [0, 0, 1]
    reasons = {one.topic: one.reason for one in plan if not one.questions}
    assert reasons.pop("Roses") == "My documents have no such question on it"
    assert list(reasons.values()) == ["No room for it in 1 question"]


def test_no_topic_gets_more_questions_than_it_has() -> None:
    plan = {one.topic: one.questions for one in planned(Setup(topics=("Soil", "Trees"), questions=20))}
    assert plan["Trees"] == 2
    assert plan["Soil"] == 4


def test_without_chosen_topics_the_plan_is_drawn_by_lot_and_the_same_for_the_same_seed() -> None:
    plans = [planned(Setup(), shipped_items(), seed=str(n)) for n in range(6)]
    assert plans[0] == planned(Setup(), shipped_items(), seed="0")
    assert len({tuple(one.topic for one in plan) for plan in plans}) > 3
    assert all(sum(one.questions for one in plan) == 6 and 3 <= len(plan) <= 6 for plan in plans)


def test_minutes_are_planned_as_questions() -> None:
    plan = planned(Setup(minutes=6 * MINUTES_A_QUESTION), shipped_items())
    assert sum(one.questions for one in plan) == 6


def test_a_topic_with_something_due_is_nearly_always_in_the_plan_and_says_so() -> None:
    past = [missed("bm25", 8, items=shipped_items())]
    plans = [planned(Setup(), shipped_items(), past, seed=str(n)) for n in range(12)]
    reasons = [one.reason for plan in plans for one in plan if one.topic == "Retrieval-augmented generation"]
    assert len(reasons) >= 11
    assert set(reasons) == {"To come back to: 1 question due, the weakest asked last week"}


def test_a_job_description_chooses_and_weighs_the_topics() -> None:
    subjects = (
        Subject("Trees", 0.7, ("grafting of fruit trees",), ("pruned an orchard",), ("graft",)),
        Subject("Soil", 0.3, (), ("heavy ground",), ("lime",)),
    )
    plan = plan_for(Setup(questions=3), GARDEN, (), NOW, Posting(subjects))
    assert [(one.topic, one.questions, one.items) for one in plan] == [("Trees", 2, ("graft",)), ("Soil", 1, ("lime",))]
    assert plan[0].reason == (
        "The job asks for “grafting of fruit trees”, and your résumé claims “pruned an orchard”, so expect to be probed on it"
    )
    assert plan[1].reason == "Your résumé claims “heavy ground”, so expect to be probed on it"
    _, chosen = sit(Setup(questions=3), GARDEN, plan=plan)
    assert {"graft", "lime"} <= {one.item for one in chosen}


def test_nothing_to_ask_is_said_with_what_to_do() -> None:
    with pytest.raises(
        SetupRefused, match=r"no question to ask on Roses at the advanced level in your own documents\. Choose other topics"
    ):
        planned(Setup(topics=("Roses",), level="advanced", origin="own"))


@pytest.mark.parametrize(("ability", "level"), [(2.5, "advanced"), (-2.5, "basic")])
def test_questions_begin_in_the_middle_and_follow_the_answers(ability: float, level: Level) -> None:
    topics = ("Inference and serving", "Retrieval-augmented generation")
    _, chosen = sit(Setup(questions=8, topics=topics), shipped_items(), ability=ability)
    assert chosen[0].level == "intermediate"
    assert [one.level for one in chosen[3:]] == [level] * 5


def test_a_level_that_was_chosen_stays() -> None:
    for level in LEVELS:
        _, chosen = sit(Setup(level=level), shipped_items(), ability=2.0)
        assert {one.level for one in chosen} == {level}


def test_quotas_are_kept_and_topics_take_turns() -> None:
    setup = Setup(topics=("Inference and serving", "Multimodal models", "System design"), questions=7)
    interview, chosen = sit(setup, shipped_items())
    assert Counter(one.topic for one in chosen) == {one.topic: one.questions for one in interview.plan}
    assert len({one.topic for one in chosen[:3]}) == 3


@pytest.mark.parametrize("name", ["a", "b"])
def test_nothing_is_asked_twice_nor_in_other_words_nor_after_its_answer_was_told(name: str) -> None:
    items = shipped_items()
    _, chosen = sit(Setup(minutes=120), items, name=name)
    asked = [items[one.item] for one in chosen]
    assert len(asked) == 24
    assert len({family_of(item) for item in asked}) == 24
    for n, later in enumerate(asked):
        assert not any(alike(later, earlier) for earlier in asked[:n])
        assert not leaks(later, " ".join(one.text for one in chosen[:n]))


def test_what_was_asked_lately_rests_and_what_was_missed_comes_back_in_other_words() -> None:
    past = [missed("mulch", 8), missed("clay", 8, score=9.0), missed("lime", 0.1), missed("compost", 60, score=9.0)]
    _, chosen = sit(Setup(topics=("Soil",), questions=4), GARDEN, past)
    assert chosen[0].item == "mulch"
    assert chosen[0].reason == "Asked because you missed 1 point of it last week."
    assert chosen[0].text != GARDEN["mulch"].question
    assert not {"clay", "lime"} & {one.item for one in chosen}


def test_a_good_answer_comes_back_when_its_points_are_due_and_says_so() -> None:
    past = [dataclasses.replace(missed("mulch", 8, score=9.0), missed=(), due=NOW - timedelta(hours=1))]
    _, chosen = sit(Setup(topics=("Soil",), questions=4), GARDEN, past)
    assert (chosen[0].item, chosen[0].reason) == ("mulch", "Asked because it is time to recall it, and you got 9 of 10 for it last week.")


def test_reviews_fill_half_of_an_interview_at_most() -> None:
    items = shipped_items()
    agents = [item.id for item in items.values() if topic_of(item) == "Agents and tools" and not item.parent]
    past = [missed(name, 3 + n, items=items) for n, name in enumerate(agents)]
    _, chosen = sit(Setup(questions=8, topics=("Agents and tools", "System design")), items, past)
    again = [one for one in chosen if one.item in {one.item for one in past}]
    assert len(again) == 4
    assert again == chosen[:4]


def test_the_same_interview_asks_the_same_and_another_one_asks_other_things() -> None:
    first, second, third = ([one.item for one in sit(Setup(), shipped_items(), name=name)[1]] for name in ("a", "a", "b"))
    assert first == second
    assert first != third


def test_no_reason_gives_an_answer_away() -> None:
    items = shipped_items()
    past = [dataclasses.replace(missed(name, 5, items=items), missed=(items[name].key_points[0].text,)) for name in list(items)[:40:3]]
    for name in ("a", "b"):
        for one in sit(Setup(questions=10), items, past, name=name)[1]:
            assert not leaks(items[one.item], one.reason), one.reason


def test_follow_ups_come_when_the_main_questions_are_used_up() -> None:
    _, chosen = sit(
        Setup(topics=("Soil",), questions=9), GARDEN | {"dew": garden_item("dew", "What is dew on glass?", "Water from air.", parent="x")}
    )
    assert [one.item for one in chosen if one.item in {"dew", "compost-air"}]
    assert chosen[-1].item in {"dew", "compost-air"}


def test_an_interview_ends_when_nothing_is_left() -> None:
    _, chosen = sit(Setup(minutes=400), GARDEN)
    assert len(chosen) == 7


def test_items_that_are_gone_do_no_harm() -> None:
    past = [Past("gone", "Soil", "basic", NOW - timedelta(days=2), 1.0)]
    interview, _ = sit(Setup(topics=("Soil",), questions=3), GARDEN, past)
    rest = {name: item for name, item in GARDEN.items() if name != interview.turns[0].item}
    assert choose(dataclasses.replace(interview, turns=interview.turns[:1]), rest, past, NOW) is not None


def test_dont_know_counts_as_nothing_known_and_a_skipped_question_as_nothing_told() -> None:
    def turn(name: str, outcome: str) -> Turn:
        return Turn(name, name, "Soil", "basic", "", (Prompt(name, "question", "?", NOW),), outcome)  # type: ignore[arg-type]

    turns = (turn("mulch", "passed"), turn("lime", "skipped"), turn("clay", "answered"), turn("compost", "open"))
    told = answered_in(Interview("i", Setup(), (), NOW, turns))
    assert [(one.item, one.score) for one in told] == [("mulch", 0.0), ("clay", None)]


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "yesterday"), (4, "4 days ago"), (8, "last week"), (20, "2 weeks ago"), (90, "3 months ago")]
)
def test_times_are_said_as_people_say_them(days: int, words: str) -> None:
    assert ago(NOW - timedelta(days=days), NOW) == words
