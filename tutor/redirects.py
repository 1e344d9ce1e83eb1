"""Back to the question, after an answer that is none: nothing said, something else said, the question again, letters, orders.

Told by the guards, and off the subject only where a verdict agrees. A probe is asked again where it was not understood, but who has
nothing to say to it is not asked the whole question anew. A redirect neither praises nor blames, and gives nothing away.
"""

import re
from collections.abc import Mapping
from typing import Literal

from corpus.types import QAItem
from index.lexical import words
from tutor.bank import content
from tutor.guards import guard
from tutor.interview import Style, Turn
from tutor.types import Verdict
from tutor.wording import wordings_of

Reason = Literal["empty", "unknown", "asked back", "copied question", "gibberish", "instruction", "keywords", "off the subject"]
_ASKED_BACK = re.compile(
    r"^\W*(?:what|sorry|how so|excuse me)\W*\?|\b(?:repeat|rephrase|say (?:that|it) again|come again|pardon|what do you mean"
    r"|(?:do(?:n['’]?t| not)) understand (?:the|your|this|that) question"
    r"|clarif\w+|explain the question|once more)\b",
    re.IGNORECASE,
)
_HUMMED = re.compile(r"\W*(?:(?:h+m+|u+h*m+|u+h+|e+r+m*|well|so|okay)\W*)+", re.IGNORECASE)
_SHORT = 20  # words of a question back to the interviewer
_NOTHING = 1.0  # score up to which an answer may be off the subject
_ELSEWHERE = 0.3  # share of its words that the item has, below which it is, if it has no word of the question either
_BRIEF = 5  # words of a wording that is a name of the subject and no situation
_COPIED, _ADDED = 0.8, 3  # share of the words of what was said to the learner that a copy holds, and words that it may add
_AGAIN = frozenset({"asked back", "copied question", "gibberish", "instruction"})
"""What is answered by asking a probe again. Whoever has nothing more to say to it has answered the question as far as they can."""
_TEXTS: Mapping[Reason, Mapping[Style, str]] = {
    "empty": {
        "friendly": "I did not hear an answer yet. Take your time, and begin wherever you like.",
        "neutral": "I have no answer yet.",
        "strict": "That was no answer.",
    },
    "unknown": {
        "friendly": "That happens. Is there any part of it that you can say something about? You can also take a hint, or pass.",
        "neutral": "Say what you do know of it, even a part. You can also take a hint, or pass.",
        "strict": "Say what you know of it, take a hint, or pass.",
    },
    "asked back": {
        "friendly": "Of course.",
        "neutral": "Once more:",
        "strict": "Once more:",
    },
    "copied question": {
        "friendly": "That was the question. I would like to hear it in your words.",
        "neutral": "That is the question again. What is your answer to it?",
        "strict": "You repeated the question. Answer it.",
    },
    "gibberish": {
        "friendly": "I could not make out these words. Could you say it once more, in plain English?",
        "neutral": "I could not read that. Please answer in plain English sentences.",
        "strict": "That cannot be read. Answer in English sentences.",
    },
    "instruction": {
        "friendly": "Let us stay with the interview. I can only go by what you say about the question.",
        "neutral": "I only go by what you say about the question.",
        "strict": "That was addressed to me and not to the question. Answer the question.",
    },
    "keywords": {
        "friendly": "Those are terms. Could you say in a few sentences what they mean and how they hang together?",
        "neutral": "You name terms. Say in sentences what they mean and how they hang together.",
        "strict": "A list of terms is no answer. Say in sentences how they hang together.",
    },
    "off the subject": {
        "friendly": "I think we have drifted away from the question. Let us go back to it.",
        "neutral": "That does not speak to the question yet.",
        "strict": "That is off the subject.",
    },
}


def redirect_for(item: QAItem, turn: Turn, verdict: Verdict, style: Style) -> str | None:
    """What to say after a turn's last answer, if it is none; None after an answer, however weak. `verdict` is on that answer alone."""
    last = turn.prompts[-1]
    reason = reason_for(item, turn, verdict)
    probe = next((prompt.text for prompt in reversed(turn.prompts) if prompt.kind != "redirect"), turn.question)
    if reason is None or (probe != turn.question and reason not in _AGAIN):
        return None
    text = _TEXTS[reason][style]
    if reason == "unknown":
        return text
    others = wordings_of(item) if reason == "asked back" and last.text == turn.question else ()
    return f"{text} {next((other for other in others if other != turn.question), probe)}"


def reason_for(item: QAItem, turn: Turn, verdict: Verdict) -> Reason | None:
    """Why a turn's last answer is none, if so."""
    answer = turn.answers[-1].text if turn.answers else ""
    references = [source.answer for source in item.sources if source.answer] or [point.text for point in item.key_points]
    flags = {*guard(item.question, references, answer).flags, *verdict.flags}
    earned = _said_something(verdict) or (verdict.score or 0.0) > _NOTHING
    if len(words(answer)) <= _SHORT and _ASKED_BACK.search(answer) and not earned:
        return "asked back"
    if "instruction" in flags and not earned:
        return "instruction"
    if "empty" in flags or not content(answer) or _HUMMED.fullmatch(answer):
        return "unknown" if words(answer) else "empty"
    if not earned and any(_repeats(answer, prompt.text) for prompt in turn.prompts):
        return "copied question"
    for reason in ("copied question", "gibberish", "keywords"):
        if reason in flags:
            return reason
    return "off the subject" if verdict.score is not None and not earned and _is_elsewhere(item, answer) else None


def _repeats(answer: str, told: str) -> bool:
    """Whether an answer is what the learner was told, and next to nothing else."""
    heard, said = set(words(told)), set(words(answer))
    return len(heard & said) >= _COPIED * len(heard) and len(content(answer) - content(told)) <= _ADDED


def _said_something(verdict: Verdict) -> bool:
    return bool(verdict.misconceptions) or any(mark.status != "missed" for mark in verdict.points)


def _is_elsewhere(item: QAItem, answer: str) -> bool:
    said = content(answer)
    texts = [item.question, *item.wordings, *(source.answer for source in item.sources)]
    texts += [text for point in item.key_points for text in (point.text, *point.wordings)]
    texts += [text for one in item.misconceptions for text in (one.claim, one.truth)]
    known = content(" ".join(texts))
    asked = content(" ".join((item.question, *(wording for wording in item.wordings if len(wording.split()) <= _BRIEF))))
    return not said & asked and len(said & known) < _ELSEWHERE * max(len(said), 1)
