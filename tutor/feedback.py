"""What a verdict says to the learner: a few plain sentences, put together from the marks. Nothing here changes a mark."""

from collections.abc import Mapping, Sequence

from tutor.types import Appeal, MetMisconception, PointMark, PointStatus, Verdict

UNSEEN = (
    "Without a language model I do not reliably see when a claim is turned into its opposite. Compare your answer with the model answer."
)
RANKS: Mapping[PointStatus, int] = {"wrong": 0, "missed": 1, "partial": 2, "covered": 3}
"""The better the mark, the higher."""
MARKS: Mapping[PointStatus, str] = {"covered": "Covered", "partial": "Half said", "missed": "Missing", "wrong": "Not right"}
"""What a mark is called, wherever it is shown."""
_NEXT = "Next time also say: "
_FLAGS = {
    "empty": "You said nothing yet that answers the question. Nothing said is not the same as wrong: read the model answer and try again.",
    "copied question": "This is the question again. Say what you know about it.",
    "gibberish": "I cannot read most of these words. I read English only.",
    "keywords": "You name terms but say nothing about them. Say in sentences what they are and how they hang together.",
    "instruction": "I left out what was said to the grader. Only what answers the question counts.",
    "long": "Your answer is very long. I read its first 10,000 characters.",
}


def feedback_for(score: float, points: Sequence[PointMark], flags: Sequence[str], met: Sequence[MetMisconception]) -> str:
    """The sentences, most important first."""
    said = [_FLAGS[flag] for flag in flags]
    if not {"empty", "copied question", "gibberish"} & set(flags):
        said += [_mistake(one) for one in met]
        said.append(_summary(score, points))
        missed = [point for point in points if point.status != "covered"]
        if missed:
            said.append(f"{_NEXT}{missed[0].text}")
    return " ".join(said)


def gist(verdict: Verdict) -> str:
    """The feedback without the mistakes and without what to say next time, for a screen that shows these on their own."""
    text = verdict.feedback.rpartition(f" {_NEXT}")[0] or verdict.feedback if verdict.next_time else verdict.feedback
    for met in verdict.misconceptions:
        text = text.replace(_mistake(met), "")
    return " ".join(text.split())


def credited(appeal: Appeal, verdict: Verdict) -> tuple[PointMark, ...]:
    """The points that are marked better than before the appeal."""
    before = {point.text: RANKS[point.status] for point in appeal.before.points}
    return tuple(point for point in verdict.points if RANKS[point.status] > before.get(point.text, RANKS["covered"]))


def outcome(appeal: Appeal, verdict: Verdict) -> str:
    """What an appeal has changed, in one sentence."""
    if verdict.score is None:
        return "The second look gave no verdict either."
    if appeal.before.score is None:
        return f"The second look gives {verdict.score:.0f} of 10."
    was, now = f"{appeal.before.score:.0f}", f"{verdict.score:.0f}"
    if credited(appeal, verdict) or was != now:
        return f"Was {was}, now {now} of 10, since your reason counts as part of your answer."
    return f"It stays at {now} of 10: your reason, read as part of your answer, says no further point."


def _mistake(met: MetMisconception) -> str:
    return f"“{met.evidence.quote.strip()}” sounds like a common mistake. {met.truth}"


def _summary(score: float, points: Sequence[PointMark]) -> str:
    full = sum(point.status == "covered" for point in points)
    part = sum(point.status == "partial" for point in points)
    partly = f", {part} in part" if part else ""
    tone = (
        "Strong answer"
        if score >= 8
        else "Good start"
        if score >= 5
        else "Some of it is there"
        if score >= 2.5
        else "Little of it is there"
    )
    return f"{tone}: {full} of {len(points)} points{partly}."
