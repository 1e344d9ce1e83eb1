"""A probe: one more question, aimed at the heaviest key point that an answer has not covered yet, which does not give that point away.

It goes out from what the learner did say, in the learner's own words, and leads on by the item's own follow-up where one asks for the
missing point, else by the kind of point that it is. It names nothing that is not in the question or was not said. What was said wrongly
is put back without a word on the truth.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.types import KeyPoint, QAItem
from tutor.bank import content, stands_alone
from tutor.interview import Style, Turn
from tutor.kinds import forms_for
from tutor.leaks import LEAK, leaked
from tutor.subjects import subject_of
from tutor.types import PointMark, PointStatus, Verdict
from tutor.wording import draw, shuffled

NON_ANSWERS = frozenset({"empty", "copied question", "gibberish", "keywords"})
"""What the guards call an answer that says nothing: it gets a redirect and no probe."""
_WEIGHT: Mapping[PointStatus, float] = {"wrong": 1.0, "missed": 1.0, "partial": 0.6, "covered": 0.0}
_ANSWERS = 0.4  # share of a point's new words that a follow-up's own points must hold to be asked for it
_TOLD = 1  # new words of other points that a follow-up's question may hold
_EXCERPT = 16  # words of the learner's that are quoted
_LEAST = 5  # and before a cut
_CLAUSE = 3  # words of a main clause that says something without its grounds
_ANCHOR = 4  # words of an anchor at most
_LEAD_IN = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|well|um+|uh+|er+|like|you know|or|yeah|yes|okay|right|basically|besides|moreover|furthermore|finally"
    r"|first(?:ly)?(?=,)|second(?:ly)?(?=,)|next(?=,)|in addition|on top of that|for one thing|another (?:thing|point)(?: is)?(?: that)?"
    r"|i (?:think|guess|believe|would say)(?: that)?|(?:i would )?say(?= that\b|,)"
    r"|(?:what )?(?:matters|counts) too(?: is)?(?: that)?)\b\W*)+",
    re.I,
)
_LEAD_OUT = re.compile(
    r"(?:\s+(?:and|or|but|so|from|with|of|to|in|on|at|by|the|an?|then|that|which|is|are|for|not|what|how|why|when|where|who|if|as))+$", re.I
)
_GROUNDS = re.compile(r"(?:since|because|as|if|when|while|although|whereas)\s[^,]+,\s(?P<main>.+)", re.I | re.S)
_STOP = re.compile(r"[,;:.]\s")
_CUT = re.compile(
    r"\s(?=(?:because|which|while|but|then|whereas|so|when|if|where|since)\s"
    r"|and (?:so|then|it|they|you|we|the|this|that|can|is|are|has|have|by|in|at|on)\s)"
)
_MENTIONED = "You mentioned"
_DOUBT = (
    "Are you sure? What would happen if it were so?",
    "Is that so in every case? How would you check it?",
    "What makes you say so, and what would speak against it?",
)
_LEAD: Mapping[Style, tuple[str, ...]] = {
    "friendly": ("Let us stay with this for a moment.", "I would like to hear a little more.", "Take your time with this one."),
    "neutral": ("",),
    "strict": ("That is not yet the whole answer.", "Be precise.", "There is more to it."),
}


@dataclass(frozen=True, slots=True)
class Probe:
    """A question that follows an answer, and the key point that it asks for."""

    point: str
    text: str


def probe_for(item: QAItem, follow_ups: Iterable[QAItem], verdict: Verdict, turn: Turn, style: Style) -> Probe | None:
    """The next probe; None where nothing is left to probe for, or where there is no answer to go out from.

    `follow_ups` are the items that follow the item up. Points that were probed for in this turn are not probed for again.
    """
    if verdict.score is None or NON_ANSWERS & set(verdict.flags) or turn.outcome == "passed":
        return None
    probed = {prompt.point for prompt in turn.prompts}
    asked = {prompt.text for prompt in turn.prompts}
    for mark in _open_points(verdict):
        texts = _texts(item, follow_ups, verdict, mark, turn, style) if mark.text not in probed else ()
        for text in texts:
            if text not in asked and leaked(item, text, turn.said, _all_points(item, verdict)) < LEAK:
                return Probe(mark.text, text)
    return None


def _open_points(verdict: Verdict) -> list[PointMark]:
    """What was said wrongly, then what is missing: a key point weighs more the earlier it stands, and less where half of it was said."""
    met = [PointMark(one.truth, "wrong", one.evidence) for one in verdict.misconceptions]
    marked = [mark for mark in verdict.points if mark.status == "wrong"]
    places = {mark.evidence for mark in marked}
    wrong = marked + [mark for mark in met if mark.evidence not in places]
    lacking = [(n, mark) for n, mark in enumerate(verdict.points) if mark.status in {"missed", "partial"}]
    lacking.sort(key=lambda one: -_WEIGHT[one[1].status] * (len(verdict.points) - one[0]))
    return [*wrong, *(mark for _, mark in lacking)]


def excerpt(quote: str) -> str:
    """A few of the learner's words, cut where a thought ends."""
    text = _LEAD_IN.sub("", " ".join(quote.split())).strip(' .,;:!?-–"“”')
    if len(text.split()) <= _EXCERPT:
        return text
    grounds = _GROUNDS.fullmatch(text)
    if grounds and len(grounds["main"].split()) >= _CLAUSE:
        return excerpt(grounds["main"])
    words = text.split()
    for sign in (_STOP, _CUT):
        cuts = [cut.start() for cut in sign.finditer(text) if _LEAST <= len(text[: cut.start()].split()) <= _EXCERPT]
        if cuts:
            return _LEAD_OUT.sub("", text[: cuts[-1]])
    return _LEAD_OUT.sub("", " ".join(words[: _EXCERPT - 2])) + " …"


def _texts(item: QAItem, follow_ups: Iterable[QAItem], verdict: Verdict, mark: PointMark, turn: Turn, style: Style) -> Iterable[str]:
    """Ways to ask for a point, the best first."""
    seed = f"{turn.id} {mark.text}"
    lead = shuffled(_LEAD[style], seed)[0]
    if mark.status == "wrong":
        said = f"You said “{excerpt(mark.evidence.quote)}”." if mark.evidence else ""
        yield from (_joined(lead if style == "friendly" else "", said, doubt) for doubt in shuffled(_DOUBT, seed))
        return
    start = _start(verdict, mark, item, turn.said)
    for follow_up in leading_to(mark.text, item, follow_ups, verdict.points, turn.said):
        yield _joined(lead, start, follow_up.question)
    new = content(mark.text) - content(f"{item.question} {turn.said}")
    subject = "" if start.startswith(_MENTIONED) else subject_of(item.question)
    for form in forms_for(mark.text, seed, started=bool(start), first=mark.text == verdict.points[0].text):
        ask = form.about(subject)
        if not content(ask) & new:
            yield _joined(lead, start, ask)


def _start(verdict: Verdict, mark: PointMark, item: QAItem, said: str) -> str:
    """Where the probe goes out from: what was half said of the point, words of it that were said, or the nearest thing that was said."""
    if mark.status == "partial" and mark.evidence:
        return f"You said “{excerpt(mark.evidence.quote)}”."
    anchor = _anchor(mark.text, said, item)
    if anchor:
        return f"{_MENTIONED} “{anchor}”."
    told = [other for other in verdict.points if other.evidence and other.status in {"covered", "partial"}]
    wanted = content(mark.text)
    nearest = max(told, key=lambda other: len(wanted & content(f"{other.text} {_quoted(other)}")), default=None)
    return f"You said “{excerpt(_quoted(nearest))}”." if nearest else ""


def leading_to(point: str, item: QAItem, follow_ups: Iterable[QAItem], marks: Iterable[PointMark], said: str) -> list[QAItem]:
    """The item's own follow-ups that ask for a point: their answers hold it, and their questions say nothing of it or of the others.

    `marks` are those of all points; what was `said` is no secret.
    """
    known = content(f"{item.question} {said}")
    new = content(point) - known
    others = content(" ".join(mark.text for mark in marks if mark.status != "covered")) - known
    fit = []
    for follow_up in follow_ups:
        told = content(" ".join(point.text for point in follow_up.key_points) or follow_up.answer)
        asked = content(follow_up.question)
        share = len(new & told) / len(new) if new else 0.0
        if share >= _ANSWERS and not new & asked and len(others & asked) <= _TOLD and stands_alone(follow_up.question):
            fit.append((share, follow_up))
    return [follow_up for _, follow_up in sorted(fit, key=lambda one: (-one[0], draw(item.id, one[1].id)))]


def _anchor(point: str, said: str, item: QAItem) -> str:
    """The longest run of words in the learner's text that the point has, too, and no wording of the question; empty where there is none."""
    wanted = content(point) - content(" ".join((item.question, *item.wordings)))
    words = [word.span() for word in re.finditer(r"[^\W_][\w'’+#-]*", said)]
    best = ""
    for low in range(len(words)):
        for high in range(low, min(low + _ANCHOR, len(words))):
            run = said[words[low][0] : words[high][1]]
            stems = content(run)
            whole = all(content(said[a:b]) for a, b in words[low : high + 1]) and not re.search(r"[^\w\s'’+#-]", run)
            telling = len(stems) > 1 or any(letter.isupper() for letter in run[1:])
            if whole and telling and stems <= wanted and len(stems) > len(content(best)):
                best = run
    return best


def _all_points(item: QAItem, verdict: Verdict) -> tuple[KeyPoint, ...]:
    return item.key_points or tuple(KeyPoint(mark.text) for mark in verdict.points)


def _quoted(mark: PointMark) -> str:
    return mark.evidence.quote if mark.evidence else ""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
