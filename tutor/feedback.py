"""What a verdict says to the learner: a few plain sentences, put together from the marks. Nothing here changes a mark."""

from collections.abc import Sequence

from tutor.types import MetMisconception, PointMark

UNSEEN = (
    "Without a language model I do not reliably see when a claim is turned into its opposite. Compare your answer with the model answer."
)
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
        said += [f"“{one.evidence.quote.strip()}” sounds like a common mistake. {one.truth}" for one in met]
        said.append(_summary(score, points))
        missed = [point for point in points if point.status != "covered"]
        if missed:
            said.append(f"Next time also say: {missed[0].text}")
    return " ".join(said)


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
