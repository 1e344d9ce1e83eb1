"""An interview as it is sat, as HTML: one question at a time, large, with what was said to it, and no word on how it went.

What interview.js has to know stands in data attributes of the one element around it all. `digest` says what is shown, apart from the
clock and the draft, so that a page which shows the same already is left alone.
"""

import zlib
from collections.abc import Iterator
from datetime import datetime
from html import escape

from tutor.interview import HINT_COSTS, Interview, Prompt, Style, Turn
from tutor.markdown import markdown_to_html, text_to_html
from tutor.ui.speech_html import ALOUD

_THANKS: dict[Style, tuple[str, ...]] = {
    "friendly": ("Thank you. Let us go on.", "Thanks, on to the next one.", "Thank you for that. Here is the next one."),
    "neutral": ("Thank you. Next question.", "Thank you. Let us go on."),
    "strict": ("Noted. Next question.", "Next question."),
}
_PASSED: dict[Style, str] = {
    "friendly": "That is all right. Let us go on.",
    "neutral": "All right. Next question.",
    "strict": "Noted. Next question.",
}
_PAUSED = (
    '<div class="viva-paused"><div><h3>Paused</h3><p>The clock stands still, and what you typed is kept.</p></div>'
    '<button type="button" class="viva-first" data-do="resume">Go on</button></div>'
)
_TITLE = '<span class="viva-sr viva-page-title">Interview</span> '
_SKIPPED = "Skipped. Next question."
_HINTS = ("First hint", "Second hint", "Third hint")


def sitting_to_html(interview: Interview, now: datetime, *, aloud: bool = False) -> str:
    """The open question of an interview that has not ended, and around it how far the interview is. `aloud`: it can be read out."""
    turn, prompt = interview.turn, interview.prompt
    body = _course(interview, ALOUD if aloud else "") + (_turn(interview, turn) if turn else "")
    shown = f"{prompt.id if prompt else ''} {body}"
    told = {
        "view": "sitting",
        "id": interview.id,
        "phase": interview.phase,
        "turn": turn.id if turn else "",
        "prompt": prompt.id if prompt else "",
        "last": next((answer.id for one in interview.turns[::-1] for answer in one.answers[::-1]), ""),
        "spoken": str(interview.setup.spoken).lower(),
        "draft": prompt.draft if prompt else "",
        "elapsed": f"{interview.elapsed_s(now):.0f}",
        "minutes": str(interview.setup.minutes or ""),
        "digest": f"{zlib.crc32(shown.encode()):x}",
    }
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in told.items())
    return f'<section class="viva-sitting" {data}>{body}</section>'


def help_to_html(interview: Interview) -> str:
    """What else can be done than to answer, beneath the box; while the clock stands still, the way on, in its place."""
    turn = interview.turn
    if interview.phase == "paused":
        return _PAUSED
    if turn is None:
        return ""
    given = len(turn.hints)
    hint = '<span class="viva-help is-none">No more hints</span>'
    if given < len(HINT_COSTS):
        cost = f"<span> costs {HINT_COSTS[given]:g} of 10</span>"
        hint = f'<button type="button" class="viva-help" data-do="hint" data-step="{given + 1}">Hint{cost}</button>'
    return (
        f'<div class="viva-helps">{hint}<button type="button" class="viva-help" data-do="pass">I don\'t know</button>'
        '<button type="button" class="viva-help" data-do="skip">Skip</button><span class="viva-keys">Ctrl+Enter sends</span></div>'
    )


def _course(interview: Interview, aloud: str) -> str:
    """How far it is, the clock, the voice, and the two buttons that stop it."""
    at = len(interview.turns)
    number = f"Question {at}" if interview.setup.minutes else f"Question {at} of {interview.setup.questions}"
    steps = "" if interview.setup.minutes else _steps(at, interview.setup.questions)
    pause = '<button type="button" class="viva-quiet" data-do="pause">Pause</button>' if interview.phase == "running" else ""
    return (
        f'<header class="viva-course"><p class="viva-number">{_TITLE}{number}</p>{steps}<p class="viva-clock" role="timer"></p>'
        f'{aloud}{pause}<button type="button" class="viva-quiet" data-do="end">End</button></header>'
        '<p class="viva-over" hidden>The time is up. Take what you need for this question; it is the last one.</p>'
    )


def _steps(at: int, questions: int) -> str:
    kinds = ("is-done" if n < at else "is-now" if n == at else "is-open" for n in range(1, questions + 1))
    return f'<span class="viva-steps" aria-hidden="true">{"".join(f"<i class={kind}></i>" for kind in kinds)}</span>'


def _turn(interview: Interview, turn: Turn) -> str:
    """A question and its thread: follow-ups, answers, and the hints that were given."""
    about = " · ".join(text_to_html(part) for part in (turn.topic, turn.level) if part)
    hints = "".join(
        f'<div class="viva-hint-given"><h3>{name}</h3>{markdown_to_html(hint)}</div>'
        for name, hint in zip(_HINTS, turn.hints, strict=False)
    )
    return (
        f'<article class="viva-asking"><p class="viva-ack">{_acknowledged(interview)}</p><p class="viva-about">{about}</p>'
        f"{''.join(_thread(turn))}{hints}</article>"
    )


def _thread(turn: Turn) -> Iterator[str]:
    for prompt in turn.prompts:
        yield _asked(prompt, open_now=prompt.answer is None)
        if prompt.kind == "question" and turn.reason:
            yield f'<p class="viva-why">{text_to_html(turn.reason)}</p>'
        if prompt.answer:
            how = "You said" if prompt.answer.spoken else "You wrote"
            yield f'<div class="viva-mine"><h3 class="viva-sr">{how}</h3><p dir="auto">{text_to_html(prompt.answer.text)}</p></div>'


def _asked(prompt: Prompt, *, open_now: bool) -> str:
    """What the interviewer said. The one that waits for an answer is marked, so that it is read out and scrolled to."""
    here = ' id="viva-asked"' if open_now else ""
    if prompt.kind == "question":
        return f'<h2 class="viva-asks" dir="auto"{here}>{text_to_html(prompt.text)}</h2>'
    return f'<h3 class="viva-asks is-on" dir="auto"{here}>{text_to_html(prompt.text)}</h3>'


def _acknowledged(interview: Interview) -> str:
    """A word on the question before, in the interviewer's style. It never says how good an answer was."""
    if len(interview.turns) < 2:
        return ""
    before, style = interview.turns[-2], interview.setup.style
    if before.outcome == "skipped" and not before.answers:
        return _SKIPPED
    if before.outcome == "passed" and not before.answers:
        return _PASSED[style]
    thanks = _THANKS[style]
    return thanks[len(interview.turns) % len(thanks)]
