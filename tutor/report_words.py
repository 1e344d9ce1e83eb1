"""What a report says in words: the same on the screen, on paper and in Markdown, so that they never tell different things."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tutor.delivery import Delivery
from tutor.gaps import Lack
from tutor.interview import PromptKind
from tutor.report import Coverage, Mark, Report, State
from tutor.types import Citation

STATES: Mapping[State, str] = {
    "judged": "Judged",
    "waiting": "Being judged",
    "ungraded": "Not judged",
    "passed": "“I don't know”",
    "skipped": "Skipped",
    "unanswered": "Not answered",
}
LACKS: Mapping[Lack, str] = {"wrong": "Got wrong", "missed": "Left out", "partial": "Half said", "passed": "Not known"}
WHY: Mapping[Lack, str] = {
    "wrong": "Your answer gets this wrong.",
    "missed": "Your answer does not say this.",
    "partial": "Your answer says only part of this.",
    "passed": "You said that you do not know this.",
}
ASKED: Mapping[PromptKind, str] = {"question": "Question", "probe": "Follow-up", "redirect": "Back to the question"}
NOT_ASSESSED = "not assessed"
NO_GAPS = "Nothing that could be judged lacks a point."
UNANSWERED = "What you passed, skipped or did not reach has no mark and lowers none."
APART = "How you spoke, measured from the sound and its transcript. It is no part of any mark."
MISSING = "This question is not among the documents any more, so there is no model answer to show."


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured of a spoken answer, and how a value of it is written."""

    name: str
    of: Callable[[Delivery], float | None]
    text: Callable[[float], str]


MEASURES = (
    Measure("Words a minute", lambda one: one.words_per_minute, lambda value: f"{value:.0f}"),
    Measure("Share of pauses", lambda one: one.pause_share, lambda value: f"{100 * value:.0f}%"),
    Measure("Longest pause", lambda one: one.longest_pause_s, lambda value: f"{value:.1f} s"),
    Measure("Time to the first word", lambda one: one.first_word_s, lambda value: f"{value:.1f} s"),
    Measure("Fillers", lambda one: one.fillers, lambda value: f"{value:.0f}"),
)


def title_of(report: Report) -> str:
    """The heading of a report."""
    return f"Mock interview of {report.started_at:%d %B %Y}".replace(" 0", " ")


def facts_of(report: Report) -> tuple[str, ...]:
    """What kind of interview it was, a few words each."""
    setup = report.setup
    facts = [moment(report.started_at), length(report.taken_s) if report.taken_s is not None else "not over yet"]
    level = [f"level: {setup.level}"] if setup.level else []
    return (*facts, f"{setup.style} interviewer", "spoken" if setup.spoken else "typed", *level)


def headline(report: Report) -> str:
    """The mark of the whole interview and what it is over, in a sentence."""
    return f"{mark_in_words(report.mark)}. {over(report)}" if report.mark else over(report)


def over(report: Report) -> str:
    """What the mark of an interview is over, in a sentence."""
    judged, asked = report.coverage.judged, report.coverage.asked
    if not asked:
        return "Nothing was asked."
    if not judged:
        return f"No mark: none of the {counted(asked, 'question')} asked has been judged."
    return f"Over {judged} of the {counted(asked, 'question')} asked."


def mark_in_words(mark: Mark) -> str:
    """A mark as it stands in a sentence, in whole points: more digits would say more than is known."""
    low, high = (round(end) for end in mark.band)
    return f"{mark.score:.0f} of 10" + (f", between {low} and {high}" if low < high else "")


def mark_in_figures(mark: Mark | None) -> str:
    """A mark as it stands in a table."""
    return f"{mark.score:.1f} ({mark.band[0]:.1f} to {mark.band[1]:.1f})" if mark else "no mark"


def coverage_rows(coverage: Coverage) -> tuple[tuple[str, int], ...]:
    """What became of the questions, those kinds that there are."""
    counts = (
        ("Judged", coverage.judged),
        ("Being judged", coverage.waiting),
        ("Could not be judged", coverage.ungraded),
        ("“I don't know”", coverage.passed),
        ("Skipped", coverage.skipped),
        ("Not answered", coverage.unanswered),
        ("Planned and not asked", coverage.planned - coverage.asked),
    )
    return tuple((name, count) for name, count in counts if count or name == "Judged")


def hints_in_words(hints: int, cost: float) -> str:
    """What hints cost; nothing where there were none."""
    return f"{counted(hints, 'hint')} cost {cost:g} {'point' if cost == 1 else 'points'} of 10." if hints else ""


def counted(count: int, noun: str) -> str:
    """A number and its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def length(seconds: float) -> str:
    """How long something took."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes and rest else f"{minutes} min" if minutes else f"{rest} s"


def moment(at: datetime) -> str:
    """A time of the clock."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def sources_of(citations: Sequence[Citation]) -> tuple[str, ...]:
    """The passages behind the numbers of a model answer, one line each: a model answer quotes them, so its sentences need no repeating."""
    passages: dict[tuple[str, str], list[int]] = {}
    for citation in citations:
        passages.setdefault((citation.file, citation.question), []).append(citation.n)
    return tuple(f"[{_numbers(numbers)}] {file}, {question}" for (file, question), numbers in passages.items())


def _numbers(numbers: Sequence[int]) -> str:
    """From the first to the last where none is left out."""
    return f"{numbers[0]}–{numbers[-1]}" if numbers[-1] - numbers[0] == len(numbers) - 1 > 1 else ", ".join(map(str, numbers))
