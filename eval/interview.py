"""Whole interviews, sat by simulated candidates as learners sit them: who knows more gets more, and the interviewer keeps to the rules.

The real course, the real interviewer and the real offline judge over the shipped documents; only the clock and the candidates are made.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import fmean

from corpus.types import Document, QAItem
from eval.candidates import CANDIDATES, Candidate, Moment
from eval.scorecard import Scorecard
from index.types import Retrieval
from tutor.feedback import gist
from tutor.hints import STEPS, hint_for
from tutor.interview import HINT_COSTS, MAX_PROBES, Interview, Setup, Turn
from tutor.interviewing import INTERVIEWER
from tutor.journal import Journal
from tutor.quiz import Judge
from tutor.records import Records
from tutor.report import report_of
from tutor.sitting import Knowledge, Sittings

SETUPS = (
    Setup(questions=8),
    Setup(
        questions=8,
        level="basic",
        style="friendly",
        topics=("Retrieval-augmented generation", "Agents and tools", "Prompting and reasoning"),
    ),
    Setup(questions=8, level="advanced", style="strict", topics=("Transformers and attention", "Inference and serving", "System design")),
    Setup(questions=8, style="friendly", topics=("Diffusion and image generation", "Business applications", "Multimodal models")),
    Setup(
        questions=8,
        style="strict",
        topics=("Safety, security, ethics and law", "Evaluation and hallucination", "Foundations of generative AI"),
    ),
)
"""What the interviews are about. One learner sits them all, two days apart."""
JUNK = 2.0
"""The most, of 10, that an answer without an answer may get."""
REPORT_S = 10.0
_TIE = 0.25  # of 10: a smaller difference of means at the bottom is none, and hangs on how a processor rounds
_THINKS_S = 120.0  # real seconds in which a verdict must come while the candidate thinks
_PRAISE = re.compile(
    r"\b(?:(?<!how )good|great|nice|well done|excellent|strong|solid|impressive|perfect|brilliant|interesting|bravo"
    r"|(?:that|this) is (?:right|correct|true)|exactly[.!]|correct[.!])\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“[^”]*”")


class Clock:
    """Time that passes only where it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def pass_(self, **time: float) -> None:
        """Lets time pass, as timedelta counts it."""
        self.now += timedelta(**time)

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@dataclass(frozen=True, slots=True)
class Sat:
    """An interview that a candidate has sat, and the seconds from its end to its report."""

    candidate: Candidate
    interview: Interview
    report_s: float

    @property
    def score(self) -> float:
        """The mean of its questions, as the report has it."""
        return fmean(turn.score or 0.0 for turn in self.interview.turns)


@dataclass(slots=True)
class Room:
    """Where interviews are sat: the documents and the judge, which remembers its verdicts."""

    items: Mapping[str, QAItem]
    documents: Mapping[str, Document]
    judge: Judge
    _known: dict[tuple[str, str], float] = field(default_factory=dict)

    def sit_all(self, candidate: Candidate, setups: Sequence[Setup]) -> list[Sat]:
        """One candidate sits one interview after another, as one learner."""
        clock = Clock()
        sittings = Sittings(
            Records(Journal(None)), lambda _learner: Knowledge(self.items, _nothing, self.judge), lambda judge: judge, INTERVIEWER, clock
        )
        sat = []
        for n, setup in enumerate(setups):
            sat.append(self._sit(candidate, sittings, setup, f"run{n}", clock))
            clock.pass_(days=2)
        return sat

    def told(self, turn: Turn) -> float:
        """What all that the interviewer said in a turn would get as an answer, without what it quotes of the learner's."""
        said = " ".join(_QUOTED.sub("", prompt.text) for prompt in turn.prompts)
        return self._score(turn.item, said)

    def hinted(self, turn: Turn) -> float:
        """What the hints to a turn would get as an answer, before their cost."""
        return self._score(turn.item, " ".join(hint_for(self.items[turn.item], step, turn.verdict) for step in range(1, STEPS + 1)))

    def _score(self, item: str, text: str) -> float:
        if (item, text) not in self._known:
            self._known[item, text] = self.judge(self.items[item], text).score or 0.0
        return self._known[item, text]

    def _sit(self, candidate: Candidate, sittings: Sittings, setup: Setup, name: str, clock: Clock) -> Sat:
        now = sittings.begin(setup, interview=name)
        while now.turn and now.prompt:
            turn, prompt = now.turn, now.prompt
            clock.pass_(seconds=45)
            sittings.wait(name, timeout_s=_THINKS_S)  # or the next question would hang on how fast this machine judges
            for step in range(len(turn.hints) + 1, candidate.hints + 1):
                now = sittings.hint(name, prompt.id, step)
            moment = Moment(self.items[turn.item], now.turn or turn, prompt, self.items, Random(f"{name} {candidate.name} {prompt.id}"))
            text = candidate.says(moment)
            now = sittings.pass_(name, prompt.id) if text is None else sittings.answer(name, prompt.id, prompt.id.replace(".", "-"), text)
        ended = time.perf_counter()
        done = sittings.wait(name, timeout_s=REPORT_S)
        report_of(done, self.items, self.documents)
        return Sat(candidate, done, time.perf_counter() - ended)


def sit_interviews(room: Room, setups: Sequence[Setup] = SETUPS, candidates: Sequence[Candidate] = CANDIDATES) -> list[Sat]:
    """Every candidate sits every interview."""
    return [sat for candidate in candidates for sat in room.sit_all(candidate, setups)]


def evaluate_interviews(sat: Sequence[Sat], room: Room) -> Scorecard:
    """A row for each candidate, and the rules: shares of what keeps to them, each of which should be 1."""
    names = list(dict.fromkeys(one.candidate.name for one in sat))
    rows = {name: _row([one for one in sat if one.candidate.name == name]) for name in names}
    turns = [(one, turn) for one in sat for turn in one.interview.turns]
    junk = [turn for one, turn in turns if one.candidate.junk]
    asked_on = [(one, turn) for one, turn in turns if not one.candidate.junk]
    rules = {
        "order": _share(_ordered(sat)),
        "near": _share(_below_half(sat)),
        "new": _share(_new(sat)),
        "kept": _share([room.told(turn) <= JUNK for _, turn in turns]),
        "hints": _share([room.hinted(turn) <= JUNK + sum(HINT_COSTS) for _, turn in asked_on]),
        "junk": _share([(turn.score or 0.0) <= JUNK for turn in junk]),
        "unpraised": _share([not praise_in(turn) for turn in junk]),
        "probes": _share([_keeps_count(turn) for _, turn in turns]),
        "judged": _share([turn.outcome == "skipped" or turn.score is not None for _, turn in turns]),
        "report": _share([one.report_s <= REPORT_S for one in sat]),
    }
    rows["rules kept"] = rules
    return Scorecard("interview", rows, rules)


def praise_in(turn: Turn) -> list[str]:
    """The words of praise in what a learner is told about a turn, be it asked on or judged."""
    feedback = gist(turn.verdict) if turn.verdict else ""
    told = " ".join((feedback, *(prompt.text.removesuffix(turn.question) for prompt in turn.prompts[1:])))
    return _PRAISE.findall(_QUOTED.sub("", told))


def transcript(one: Sat) -> str:
    """An interview to be read: who said what, and what it got."""
    lines = [f"# {one.candidate.name}, {one.interview.setup.style}: {one.score:.1f}"]
    for turn in one.interview.turns:
        lines.append(f"\n[{turn.topic}, {turn.level}] {turn.reason}")
        for prompt in turn.prompts:
            lines.append(f"  {prompt.kind.upper()}: {prompt.text}")
            lines.append(f"      > {prompt.answer.text}" if prompt.answer else "      > (I don't know)")
        lines += [f"  HINT: {hint}" for hint in turn.hints]
        if turn.verdict:
            lines.append(
                f"  = {turn.score} {' '.join(mark.status for mark in turn.verdict.points)} {turn.verdict.flags}: {turn.verdict.feedback}"
            )
    return "\n".join(lines)


def _row(sat: Sequence[Sat]) -> dict[str, float]:
    turns = [turn for one in sat for turn in one.interview.turns]
    kinds = [prompt.kind for turn in turns for prompt in turn.prompts]
    return {
        "asked": len(turns),
        "score": fmean(one.score for one in sat),
        "lowest": min(one.score for one in sat),
        "highest": max(one.score for one in sat),
        "best": max(turn.score or 0.0 for turn in turns),
        "probes": kinds.count("probe") / len(turns),
        "redirects": kinds.count("redirect") / len(turns),
        "report_s": max(one.report_s for one in sat),
    }


def _ordered(sat: Sequence[Sat]) -> list[bool]:
    """For each run whether strong beats half-right, that beats vague, and none of the rest beats vague, ties aside."""
    runs = list(dict.fromkeys(one.interview.id for one in sat))
    kept = []
    for run in runs:
        scores = {one.candidate.name: one.score for one in sat if one.interview.id == run}
        rest = max(one.score for one in sat if one.interview.id == run and one.candidate.junk)
        kept.append(scores["strong"] > scores["half-right"] > scores["vague"] > rest - _TIE)
    return kept


def _below_half(sat: Sequence[Sat]) -> list[bool]:
    """For each run whether who answers other questions of the topic, which may touch on what was asked, gets less than the half-right."""
    halves = {one.interview.id: one.score for one in sat if one.candidate.name == "half-right"}
    return [one.score < halves[one.interview.id] for one in sat if one.candidate.name == "near topic"]


def _new(sat: Sequence[Sat]) -> list[bool]:
    """For each question whether it is new in its interview, and to its learner unless it is asked again for a reason that is told."""
    new = []
    before: dict[str, set[str]] = {}
    for one in sat:
        known = before.setdefault(one.candidate.name, set())
        here: set[str] = set()
        for turn in one.interview.turns:
            new.append(turn.item not in here and turn.question not in here)
            new.append(turn.item not in known or turn.reason.startswith("Asked because"))
            here |= {turn.item, turn.question}
        known |= here
    return new


def _keeps_count(turn: Turn) -> bool:
    """At most two probes, none of them the same, and never two redirects in a row."""
    kinds = [prompt.kind for prompt in turn.prompts]
    probes = [prompt.text for prompt in turn.prompts if prompt.kind == "probe"]
    return len(probes) <= MAX_PROBES and len(set(probes)) == len(probes) and ("redirect", "redirect") not in pairwise(kinds)


def _share(kept: Sequence[bool]) -> float:
    return sum(kept) / max(len(kept), 1)


def _nothing(query: str, _earlier: Sequence[str] = ()) -> Retrieval:
    """No job description is read here, so nothing is looked up."""
    return Retrieval(query, (), answerable=False, confidence=0.0)
