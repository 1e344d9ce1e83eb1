"""Simulated candidates are what their names say, and whole interviews of theirs are told apart and held to the rules."""

import dataclasses
import re
import threading
import time
from random import Random

import pytest

from corpus.types import KeyPoint, QAItem
from eval.candidates import CANDIDATES, Candidate, Moment
from eval.interview import Room, Sat, evaluate_interviews, praise_in, sit_interviews, transcript
from eval.rewording import reworded
from index.shipped import shipped_documents
from tests.shipped import GARDEN, NOW, shipped_items, turn_on
from tutor.bank import family_of, topic_of
from tutor.interview import Interview, Prompt, Setup, Turn
from tutor.leaks import points_of
from tutor.types import PointMark, PointStatus, Verdict

BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}


def moment(item: QAItem, prompt: Prompt | None = None, seed: str = "s", turn: Turn | None = None) -> Moment:
    turn = turn or turn_on(item)
    return Moment(item, turn, prompt or turn.prompts[0], shipped_items(), Random(seed))


def by_words(item: QAItem, answer: str) -> Verdict:
    """A judge that counts the longer words of each point."""
    said = set(re.findall(r"[a-z]{4,}", answer.lower()))
    marks = []
    for point in item.key_points:
        wanted = set(re.findall(r"[a-z]{4,}", point.text.lower()))
        status: PointStatus = "covered" if len(wanted & said) >= 0.5 * len(wanted) else "missed"
        marks.append(PointMark(point.text, status))
    share = sum(mark.status == "covered" for mark in marks) / max(len(marks), 1)
    return Verdict(round(10 * share, 1), (0.0, 10.0), "test", tuple(marks), feedback="Some of it is there.")


def test_a_sentence_comes_back_in_other_words_and_keeps_its_terms() -> None:
    text = "The KV cache keeps many keys because every new token needs them, for example in long chats."
    said = reworded(text, Random("a"))
    assert said != text
    assert "KV cache" in said
    assert reworded(text, Random("a")) == said


@pytest.mark.parametrize("name", ["strong", "half-right"])
def test_who_knows_says_it_in_an_order_of_their_own_and_never_the_answer_as_it_stands(name: str) -> None:
    for item in list(shipped_items().values())[::60]:
        if len(item.key_points) > 3:
            said = BY_NAME[name].says(moment(item))
            assert said
            assert item.answer[:120] not in said
            assert " ".join(point.text for point in item.key_points[:2]) not in said


def test_the_strong_say_about_twice_as_much_as_the_half_right() -> None:
    items = [item for item in shipped_items().values() if len(item.key_points) > 3][::20]
    words = {name: sum(len(str(BY_NAME[name].says(moment(item))).split()) for item in items) for name in ("strong", "half-right")}
    assert 1.6 < words["strong"] / words["half-right"] < 2.6


def test_the_half_right_know_the_same_half_whenever_they_are_asked() -> None:
    item = GARDEN["compost"]
    known = set()
    for point in item.key_points:
        probe = Prompt("p", "probe", "And?", NOW, point=point.text)
        said = [str(BY_NAME["half-right"].says(moment(item, probe, seed))) for seed in "abc"]
        if any("heap" in text or "Microbes" in text or "Meat" in text or "Compost" in text or "compost" in text for text in said):
            known.add(point.text)
    assert len(known) == 2


def test_the_others_say_what_their_names_say() -> None:
    item = shipped_items()["lora"]
    for seed in "abcdef":
        said = {name: candidate.says(moment(item, seed=seed)) for name, candidate in BY_NAME.items()}
        assert "LoRA" in str(said["vague"])
        assert said["empty"] is None or len(said["empty"].split()) < 8
        assert item.question in str(said["echo"])
        assert "LoRA" not in str(said["gibberish"])
        assert said["injecting"] is not None
    hinted = dataclasses.replace(turn_on(item), hints=("Think of the weights.",))
    assert BY_NAME["parrot"].says(moment(item, turn=hinted)) == "Think of the weights."


def test_who_is_off_topic_says_what_no_link_leads_to_and_who_is_near_says_what_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    items = shipped_items()
    said: list[str] = []
    of = {point.text: item for item in items.values() for point in points_of(item)}

    def noted(points: list[KeyPoint], _chance: Random) -> str:
        said.append(points[0].text)
        return points[0].text

    monkeypatch.setattr("eval.candidates._spoken", noted)
    asked = items["moe-serving"]
    for n in range(40):
        BY_NAME["off topic"].says(moment(asked, seed=str(n)))
    far, said[:] = [of[text] for text in said], []
    assert far
    linked = {asked.id, *asked.related, *(one.id for one in items.values() if asked.id in one.related)}
    around = {other for name in linked for other in items[name].related} | linked
    assert not {item.id for item in far} & around
    assert topic_of(asked) not in {topic_of(item) for item in far}
    for n in range(20):
        BY_NAME["near topic"].says(moment(asked, seed=str(n)))
    assert {topic_of(of[text]) for text in said} == {topic_of(asked)}
    assert not {family_of(of[text]) for text in said} & {asked.id}


def test_the_same_interviews_come_again_however_long_verdicts_take() -> None:
    def sat_with(pause_s: float) -> list[str]:
        def judge(item: QAItem, answer: str) -> Verdict:
            time.sleep(pause_s if threading.current_thread().name == "marking" else 0)
            return by_words(item, answer)

        room = Room(shipped_items(), {document.file: document for document in shipped_documents()}, judge)
        return [transcript(one) for one in sit_interviews(room, [Setup(questions=4)], [BY_NAME["half-right"]])]

    assert sat_with(0) == sat_with(0.2)


def test_candidates_sit_whole_interviews_and_are_told_apart() -> None:
    room = Room(shipped_items(), {document.file: document for document in shipped_documents()}, by_words)
    sat = sit_interviews(room, [Setup(questions=2, topics=("Agents and tools",))])
    card = evaluate_interviews(sat, room)
    assert {one.candidate.name for one in sat} == set(BY_NAME)
    assert card.rows["strong"]["score"] > card.rows["half-right"]["score"] > card.rows["empty"]["score"] == 0
    assert all(one.interview.phase == "ended" and one.interview.judged for one in sat)
    assert card.guarded["probes"] == card.guarded["judged"] == card.guarded["report"] == card.guarded["new"] == 1
    assert "QUESTION: " in transcript(sat[0])


def broken(candidate: Candidate, score: float, *turns: Turn) -> Sat:
    """An interview that went as it should not."""
    verdict = Verdict(score, None, "test", feedback="Strong answer: 3 of 3 points.")
    judged = tuple(dataclasses.replace(turn, verdict=verdict) for turn in turns)
    return Sat(candidate, Interview("run0", Setup(), (), NOW, judged, "ended"), 11.0)


def test_what_breaks_a_rule_is_seen() -> None:
    item = GARDEN["compost"]
    turn = turn_on(item, "Compost.", "It rots.", "It rots.", "It rots.")
    sat = [
        broken(BY_NAME["strong"], 2.0, turn, turn),
        broken(BY_NAME["half-right"], 3.0, turn),
        broken(BY_NAME["vague"], 1.0, turn),
        broken(BY_NAME["empty"], 5.0, turn),
    ]
    guarded = evaluate_interviews(sat, Room(GARDEN, {}, by_words)).guarded
    assert guarded["order"] == guarded["junk"] == guarded["unpraised"] == guarded["probes"] == guarded["report"] == 0
    assert guarded["new"] < 1


def test_praise_is_what_the_interviewer_says_and_not_what_the_learner_is_quoted_with() -> None:
    turn = turn_on(GARDEN["compost"], "This is a great question.")
    quoting = Prompt("p", "probe", "You said “this is a great question”. What exactly happens?", NOW)
    assert praise_in(dataclasses.replace(turn, prompts=(*turn.prompts, quoting))) == []
    praising = Prompt("p", "probe", "Great. What exactly happens?", NOW)
    assert praise_in(dataclasses.replace(turn, prompts=(*turn.prompts, praising))) == ["Great"]
