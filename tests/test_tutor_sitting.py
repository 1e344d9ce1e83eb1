"""An interview is sat to its end, whoever presses twice, opens a second tab, comes late, or loses the model."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest

from corpus.types import QAItem
from tests.interviews import START
from tests.model_server import ModelServer, refuses, says
from tests.sittings import ITEMS, judge, sittings_of
from tutor.connection import Connection
from tutor.delivery import Delivery
from tutor.endpoint import Endpoint
from tutor.engine import EngineError
from tutor.events import InterviewError
from tutor.interview import Interview, Setup
from tutor.journal import JournalError
from tutor.marking import FAULT
from tutor.quiz import Judge
from tutor.sitting import Sittings
from tutor.types import Verdict

SETUP = Setup(questions=3)
ALL = "It has iron, wood and rope."
MARK = {"reason": "So it is.", "mark": "covered", "answer_quote": "iron, wood and rope", "source_quote": "iron, wood and rope"}
MARKS = json.dumps({"points": [{"point": number} | MARK for number in (1, 2, 3)], "misconceptions": []})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "viva.db"


@pytest.fixture
def sittings(path: Path) -> Sittings:
    return sittings_of(path)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def settled(sittings: Sittings, interview: str, learner: str = "") -> Interview:
    """With all the time that a busy machine needs."""
    return sittings.wait(interview, learner, timeout_s=60)


def tell(sittings: Sittings, interview: Interview, text: str, learner: str = "") -> Interview:
    assert interview.prompt
    return sittings.answer(interview.id, interview.prompt.id, f"a{len(interview.made_by)}", text, learner=learner)


def test_an_interview_from_the_first_question_to_the_last_verdict(sittings: Sittings) -> None:
    assert [planned.topic for planned in sittings.plan(SETUP)] == ["Tools"]
    interview = sittings.begin(SETUP)
    assert (interview.turns[0].question, interview.turns[0].reason) == ("What is a pan?", "It is the next one.")
    for _ in range(3):
        interview = tell(sittings, interview, ALL)
    assert (interview.phase, interview.ending, len(interview.turns)) == ("ended", "finished", 3)
    done = settled(sittings, interview.id)
    assert done.judged
    assert [turn.score for turn in done.turns] == [10, 10, 10]
    assert [turn.outcome for turn in done.turns] == ["answered"] * 3
    (listed,) = sittings.interviews()
    assert (listed.phase, listed.questions, listed.score) == ("ended", 3, 10)
    assert [one.item for one in sittings.past()] == ["pan", "kettle", "knife"]
    assert sittings.begin(SETUP).turns[0].item == "spade"


def test_probes_are_two_and_redirects_are_counted_apart(sittings: Sittings) -> None:
    interview = sittings.begin(SETUP)
    for text, kind in (("Hm?", "redirect"), ("It has iron.", "probe"), ("Well.", "redirect"), ("It has more.", "probe")):
        interview = tell(sittings, interview, text)
        assert interview.prompt
        assert (len(interview.turns), interview.prompt.kind) == (1, kind)
    first = interview.turns[0]
    assert first.prompts[1].text == "Try once more (neutral)."
    assert [prompt.point for prompt in first.prompts] == ["", "", "The pan has wood.", "", "The pan has rope."]
    interview = tell(sittings, interview, "It has nothing else.")
    assert len(interview.turns) == 2
    assert interview.turns[0].said == "Hm?\n\nIt has iron.\n\nWell.\n\nIt has more.\n\nIt has nothing else."
    assert settled(sittings, interview.id).turns[0].score == 10 / 3


def test_after_two_answers_that_are_none_the_interviewer_goes_on(sittings: Sittings) -> None:
    interview = sittings.begin(SETUP)
    interview = tell(sittings, interview, "Hm?")
    interview = tell(sittings, interview, "Hm hm.")
    assert [len(turn.prompts) for turn in interview.turns] == [2, 1]
    assert settled(sittings, interview.id).turns[0].score == 0


def test_passing_is_judged_for_what_it_is_and_skipping_is_not_judged(sittings: Sittings) -> None:
    interview = sittings.begin(SETUP)
    for act in (sittings.pass_, sittings.skip):
        assert interview.prompt
        prompt = interview.prompt.id
        act(interview.id, prompt)
        settled(sittings, interview.id)
        interview = act(interview.id, prompt)
        assert act(interview.id, prompt) == interview
        assert interview.prompt
        assert interview.prompt.id != prompt
    interview = tell(sittings, interview, "It has iron.")
    assert interview.prompt
    interview = settled(sittings, sittings.pass_(interview.id, interview.prompt.id).id)
    assert [(turn.outcome, turn.score) for turn in interview.turns] == [("passed", 0), ("skipped", None), ("answered", 10 / 3)]
    assert interview.judged


def test_hints_cost_what_they_say_and_the_same_one_costs_once(sittings: Sittings) -> None:
    interview = sittings.begin(SETUP)
    assert interview.prompt
    for step in (1, 1, 3, 2, 1, 2, 3, 4, 3):
        interview = sittings.hint(interview.id, f"{interview.id}.1.1", step)
    assert interview.turns[0].hints == ("Hint 1 to pan", "Hint 2 to pan", "Hint 3 to pan")
    assert interview.turns[0].cost == 3.0
    interview = tell(sittings, interview, ALL)
    assert interview.prompt
    interview = settled(sittings, sittings.hint(interview.id, interview.turns[0].prompts[0].id, 1).id)
    assert (interview.turns[0].score, interview.turns[1].hints) == (7.0, ())
    interview = tell(sittings, interview, "It has iron.")
    assert interview.prompt
    assert sittings.hint(interview.id, interview.prompt.id, 1).turns[1].hints == ("Hint 1 to kettle after an answer",)


def test_a_draft_comes_back_after_a_reload_and_is_no_answer(sittings: Sittings, path: Path) -> None:
    interview = sittings.begin(SETUP)
    prompt = f"{interview.id}.1.1"
    sittings.draft(interview.id, prompt, "It has")
    heard = Delivery(words_per_minute=120)
    drafted = sittings.draft(interview.id, prompt, "It has iron\x00", spoken=True, delivery=heard)
    assert sittings.draft(interview.id, prompt, "It has iron", spoken=True, delivery=heard) == drafted
    again = sittings_of(path).open(interview.id)
    assert again.prompt
    assert (again.prompt.draft, again.prompt.spoken, again.prompt.delivery, again.prompt.answer) == ("It has iron", True, heard, None)
    told = sittings.answer(interview.id, prompt, "a", "It has iron, wood, rope", spoken=True, delivery=heard)
    assert sittings.draft(interview.id, prompt, "late") == told
    answer = told.turns[0].answers[0]
    assert (answer.id, answer.text, answer.spoken, answer.delivery) == ("a", "It has iron, wood, rope", True, heard)


def test_a_pause_stops_the_clock_and_whoever_answers_goes_on(path: Path) -> None:
    clock = Clock()
    sittings = sittings_of(path, clock=clock)
    interview = sittings.begin(replace(SETUP, minutes=2))
    clock.pass_s(60)
    assert sittings.pause(interview.id) == sittings.pause(interview.id)
    clock.pass_s(5000)
    interview = sittings.resume(interview.id)
    assert (interview.phase, interview.elapsed_s(clock.now)) == ("running", 60)
    sittings.pause(interview.id)
    clock.pass_s(5000)
    interview = tell(sittings, interview, ALL)
    assert (interview.phase, interview.elapsed_s(clock.now), interview.turns[0].taken_s, len(interview.turns)) == ("running", 60, 60, 2)


def test_when_time_is_up_the_open_question_may_be_answered_and_then_it_ends(path: Path) -> None:
    clock = Clock()
    sittings = sittings_of(path, clock=clock)
    interview = sittings.begin(Setup(questions=1, minutes=1))
    interview = settled(sittings, tell(sittings, interview, ALL).id)
    assert len(interview.turns) == 2
    clock.pass_s(61)
    assert sittings.open(interview.id) == interview
    interview = tell(sittings, interview, "It has iron.")
    assert (interview.phase, interview.ending, interview.turns[1].outcome) == ("ended", "out of time", "answered")
    assert len(interview.turns[1].prompts) == 1
    assert settled(sittings, interview.id).judged


def test_ended_early_what_was_answered_is_judged_and_what_was_not_stays_open(sittings: Sittings) -> None:
    interview = sittings.begin(SETUP)
    interview = tell(sittings, interview, "It has iron.")
    sittings.end(interview.id)
    done = settled(sittings, sittings.end(interview.id).id)
    assert (done.ending, done.turns[0].outcome, done.turns[0].score) == ("early", "answered", 10 / 3)
    other = sittings.begin(SETUP)
    assert sittings.unfinished() == other
    done = sittings.end(other.id)
    assert (done.turns[0].outcome, done.judged) == ("open", True)
    assert sittings.unfinished() is None
    with pytest.raises(InterviewError, match="has ended"):
        sittings.answer(other.id, f"{other.id}.1.1", "late", ALL)


def test_there_is_an_end_when_nothing_is_left_and_no_beginning_without_a_question(path: Path) -> None:
    sittings = sittings_of(path, items={"pan": ITEMS["pan"]})
    interview = tell(sittings, sittings.begin(SETUP), ALL)
    assert (interview.phase, interview.ending) == ("ended", "nothing left")
    for nothing in (sittings, sittings_of(path, items={})):
        with pytest.raises(InterviewError, match="no question for that"):
            nothing.begin(SETUP)
    assert len(sittings.interviews()) == 1


def test_a_question_that_the_learner_wants_again_is_noted_once(sittings: Sittings) -> None:
    interview = sittings.end(sittings.begin(SETUP).id)
    turn = interview.turns[0].id
    assert sittings.ask_again(interview.id, turn) == sittings.ask_again(interview.id, turn)
    assert [one.wanted for one in sittings.past()] == [True]


def test_pressing_twice_counts_once(sittings: Sittings) -> None:
    with ThreadPoolExecutor(8) as threads:
        begun = list(threads.map(lambda _: sittings.begin(SETUP, interview="mine"), range(8)))
        assert len({interview.turns for interview in begun}) == 1
        assert len(sittings.interviews()) == 1
        list(threads.map(lambda _: sittings.answer("mine", "mine.1.1", "a", "It has iron."), range(8)))
    interview = sittings.open("mine")
    assert [prompt.kind for prompt in interview.turns[0].prompts] == ["question", "probe"]
    assert [answer.id for answer in interview.turns[0].answers] == ["a"]
    with pytest.raises(InterviewError, match="answered already"):
        sittings.answer("mine", "mine.1.1", "b", "It has wood.")
    assert sittings.open("mine") == interview


def test_of_two_tabs_one_answers_and_the_other_is_told(path: Path) -> None:
    tabs = [sittings_of(path), sittings_of(path)]
    interview = tabs[0].begin(SETUP)
    for number in range(1, 4):
        prompt = f"{interview.id}.{number}.1"

        def press(tab: int, prompt: str = prompt) -> Interview | InterviewError:
            try:
                return tabs[tab].answer(interview.id, prompt, f"{prompt[-3]}-{tab}", ALL)
            except InterviewError as error:
                return error

        with ThreadPoolExecutor(2) as threads:
            results = list(threads.map(press, range(2)))
        assert sum(isinstance(result, InterviewError) for result in results) == 1
    done = settled(tabs[1], interview.id)
    assert [(len(turn.answers), turn.outcome, turn.score) for turn in done.turns] == [(1, "answered", 10)] * 3
    assert done == settled(tabs[0], interview.id)


def test_a_learner_cannot_reach_the_interview_of_another(sittings: Sittings) -> None:
    interview = sittings.begin(SETUP, "ann")
    prompt = interview.turns[0].prompts[0].id
    for attempt in (
        lambda: sittings.open(interview.id, "ben"),
        lambda: sittings.begin(SETUP, "ben", interview=interview.id),
        lambda: sittings.answer(interview.id, prompt, "a", ALL, learner="ben"),
        lambda: sittings.draft(interview.id, prompt, ALL, learner="ben"),
        lambda: sittings.hint(interview.id, prompt, 1, "ben"),
        lambda: sittings.pass_(interview.id, prompt, "ben"),
        lambda: sittings.skip(interview.id, prompt, "ben"),
        lambda: sittings.pause(interview.id, "ben"),
        lambda: sittings.resume(interview.id, "ben"),
        lambda: sittings.end(interview.id, "ben"),
        lambda: sittings.judge_again(interview.id, interview.turns[0].id, "ben"),
        lambda: sittings.ask_again(interview.id, interview.turns[0].id, "ben"),
        lambda: settled(sittings, interview.id, "ben"),
        lambda: sittings.delete(interview.id, "ben"),
    ):
        with pytest.raises(JournalError, match="not there any more"):
            attempt()
    assert sittings.open(interview.id, "ann") == interview
    assert (sittings.interviews("ben"), sittings.past("ben"), sittings.unfinished("ben")) == ((), (), None)


def test_what_cannot_be_taken_is_refused_in_a_sentence(sittings: Sittings) -> None:
    for setup in (Setup(questions=0), Setup(questions=31), Setup(minutes=0), Setup(minutes=181)):
        with pytest.raises(InterviewError, match="An interview"):
            sittings.begin(setup, plan=sittings.plan(SETUP))
    with pytest.raises(InterviewError, match="Reload"):
        sittings.begin(SETUP, interview="../etc")
    interview = sittings.begin(SETUP)
    prompt = interview.turns[0].prompts[0].id
    for text in ("", " \n", "...", "\u200b", "🙂"):
        with pytest.raises(InterviewError, match="no answer in that"):
            sittings.answer(interview.id, prompt, "a", text)
    with pytest.raises(InterviewError, match="too long"):
        sittings.answer(interview.id, prompt, "a", "x" * 20_001)
    with pytest.raises(InterviewError, match="too long"):
        sittings.draft(interview.id, prompt, "x" * 20_001)
    with pytest.raises(InterviewError, match="Reload"):
        sittings.answer(interview.id, prompt, "a b", ALL)
    assert sittings.open(interview.id) == interview


class Held:
    """A judge that waits until it is let go."""

    def __init__(self) -> None:
        self.go, self.begun, self.asked = threading.Event(), threading.Event(), 0

    def __call__(self, offline: Judge) -> Judge:
        def wait(item: QAItem, answer: str) -> Verdict:
            self.begun.set()
            self.asked += 1
            assert self.go.wait(60)
            return offline(item, answer)

        return wait


def test_the_interview_goes_on_while_it_is_judged_and_each_question_is_judged_once(path: Path) -> None:
    held = Held()
    sittings = sittings_of(path, real_judge=held)
    interview = sittings.begin(SETUP)
    for _ in range(3):
        interview = tell(sittings, interview, ALL)
        sittings.open(interview.id)
    assert (interview.phase, interview.judged, [turn.waiting for turn in interview.turns]) == ("ended", False, [True] * 3)
    assert not sittings.wait(interview.id, timeout_s=0.05).judged
    held.go.set()
    assert settled(sittings, interview.id).judged
    assert held.asked == 3


def test_a_late_result_is_dropped_where_another_process_was_faster(path: Path) -> None:
    held = Held()
    slow, fast = sittings_of(path, real_judge=held), sittings_of(path)
    interview = tell(slow, slow.begin(SETUP), ALL)
    assert held.begun.wait(60)
    fast.open(interview.id)
    first = settled(fast, interview.id)
    held.go.set()
    tell(slow, first, ALL)
    last = settled(slow, interview.id)
    assert last.turns[0] == first.turns[0]
    assert held.asked == 2


def test_a_result_for_what_was_deleted_does_no_harm(path: Path) -> None:
    held = Held()
    sittings = sittings_of(path, real_judge=held)
    gone = tell(sittings, sittings.begin(SETUP), ALL)
    assert held.begun.wait(60)
    sittings.delete(gone.id)
    held.go.set()
    interview = tell(sittings, sittings.begin(SETUP), ALL)
    assert settled(sittings, interview.id).turns[0].score == 10
    with pytest.raises(JournalError, match="not there any more"):
        sittings.open(gone.id)


def test_what_was_not_judged_before_a_restart_is_judged_by_itself(path: Path) -> None:
    held = Held()
    before = sittings_of(path, real_judge=held)
    names = [tell(before, before.begin(SETUP, learner), ALL, learner).id for learner in ("ann", "ben")]
    after = sittings_of(path)
    after.start()
    for name, learner in zip(names, ("ann", "ben"), strict=True):
        assert settled(after, name, learner).turns[0].score == 10
    held.go.set()


def test_a_question_that_its_documents_have_lost_is_not_judged_until_they_are_back(path: Path) -> None:
    interview = sittings_of(path).begin(SETUP)
    without = sittings_of(path, items={name: item for name, item in ITEMS.items() if name != "pan"})
    told = settled(without, tell(without, interview, "It has iron.").id)
    assert (told.turns[0].outcome, len(told.turns[0].prompts)) == ("answered", 1)
    assert "do not have this question any more" in (told.turns[0].problem or "")
    back = sittings_of(path)
    assert back.open(interview.id).turns[0].problem
    back.judge_again(interview.id, told.turns[0].id)
    assert settled(back, interview.id).turns[0].score == 10 / 3


def failing(error: Exception) -> Judge:
    def fail(item: QAItem, answer: str) -> Verdict:
        if item.id == "pan":
            raise error
        return judge(item, answer)

    return fail


def test_a_failure_to_judge_is_told_and_the_others_are_judged(path: Path) -> None:
    sittings = sittings_of(path, real_judge=lambda _: failing(EngineError("It is broken. Mend it.")))
    interview = tell(sittings, tell(sittings, sittings.begin(SETUP), ALL), ALL)
    told = settled(sittings, interview.id)
    assert [(turn.score, turn.problem) for turn in told.turns[:2]] == [(None, "It is broken. Mend it."), (10, None)]


def test_a_fault_of_ours_ends_no_interview_and_is_no_score(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", lambda fault: terminal.put(fault.exc_type.__name__))
    sittings = sittings_of(path, real_judge=lambda _: failing(ZeroDivisionError()))
    interview = tell(sittings, tell(sittings, sittings.begin(SETUP), ALL), ALL)
    told = settled(sittings, interview.id)
    assert [(turn.score, turn.problem) for turn in told.turns[:2]] == [(None, FAULT), (10, None)]
    assert sittings.judge_again(interview.id, told.turns[0].id).turns[0].problem is None
    assert settled(sittings, interview.id).turns[0].problem == FAULT
    assert [terminal.get(timeout=60) for _ in range(2)] == ["ZeroDivisionError"] * 2


@pytest.fixture
def with_model(path: Path, server: ModelServer) -> Sittings:
    endpoint = Endpoint(base_url=server.url, model="tiny")
    return sittings_of(path, real_judge=Connection(None, endpoint).judge)


def test_a_model_server_that_is_lost_in_the_middle_costs_no_answer(with_model: Sittings, server: ModelServer) -> None:
    server.plays(says(MARKS))
    interview = settled(with_model, tell(with_model, with_model.begin(SETUP), ALL).id)
    assert interview.turns[0].verdict
    assert "tiny" in interview.turns[0].verdict.engine
    server.plays(refuses(401))
    interview = tell(with_model, tell(with_model, interview, ALL), ALL)
    assert interview.phase == "ended"
    ended = settled(with_model, interview.id)
    assert ended.judged
    assert [turn.score is None for turn in ended.turns] == [False, True, True]
    assert all("not graded yet" in (turn.problem or "") for turn in ended.turns[1:])
    assert with_model.interviews()[0].score == ended.turns[0].score
    server.plays(says(MARKS))
    with_model.judge_again(interview.id, ended.turns[1].id)
    again = settled(with_model, interview.id)
    assert (again.turns[1].problem, again.turns[1].score) == (None, ended.turns[0].score)
    assert again.turns[2] == ended.turns[2]
