"""What stands before an interview, as HTML: one to go on with, what to choose, the plan, and the interviews of before.

The form is the browser's own: each control has its label and its keys without a word of script, and interview.js reads it when it
changes. Everything has a value already, so one click begins.
"""

import zlib
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from tutor.interview import Interview, Planned, Summary
from tutor.interviewing import Outline
from tutor.limits import MAX_MINUTES, MAX_QUESTIONS
from tutor.markdown import text_to_html
from tutor.report_words import counted

_TITLE = (
    '<header><h2 class="viva-page-title">Interview</h2>'
    "<p>One question at a time, follow-ups where they help, and no marks until the end. Then a report, at once.</p></header>"
)
_LEVELS = {"": "By ability", "basic": "Basic", "intermediate": "Intermediate", "advanced": "Advanced"}
_STYLES = {"friendly": "Friendly", "neutral": "Neutral", "strict": "Strict"}
_ORIGINS = {"both": "All documents", "shipped": "Viva's", "own": "Mine"}
_WAYS = {"typed": "Typed", "spoken": "Spoken"}
_UNITS = {"questions": "Questions", "minutes": "Minutes"}
_DOCUMENTS = "Reading the documents. The topics will be here in a moment."


def lobby_to_html(topics: Sequence[tuple[str, int]], unfinished: Interview | None, *, ready: bool, spoken: bool = False) -> str:
    """The page before an interview. `topics` come with how many questions each has. `spoken`: answers can be spoken, too."""
    rest = _unfinished(unfinished) if unfinished else ""
    busy = "" if ready else f'<p class="viva-wait">{_DOCUMENTS}</p>'
    body = f"{_TITLE}{rest}{_form(topics, spoken=spoken) if ready else busy}"
    return f'<section class="viva-lobby" data-view="lobby" data-digest="{zlib.crc32(body.encode()):x}">{body}</section>'


def plan_to_html(outline: Outline, *, second: bool) -> str:
    """What will be asked, and the button that begins. It is the `second` thing to do where an interview is unfinished."""
    asked = [planned for planned in outline.plan if planned.questions]
    rest = [planned for planned in outline.plan if not planned.questions]
    rows = "".join(map(_planned, asked))
    left_out = f'<ul class="viva-left-out">{"".join(map(_left_out, rest))}</ul>' if rest else ""
    missing = (
        f'<p class="viva-missing">Not in the documents: {", ".join(map(text_to_html, outline.missing))}. This will not be asked.</p>'
        if outline.missing
        else ""
    )
    notice = f'<p class="viva-said is-bad">{text_to_html(outline.notice)}</p>' if outline.notice else ""
    kind = "viva-second" if second else "viva-first"
    return (
        f'<section class="viva-plan"><h3>The plan</h3>{notice}<ol>{rows}</ol>{left_out}{missing}<div class="viva-go"><p>{_sum(asked)}</p>'
        f'<button type="button" class="{kind} viva-start" data-do="begin">Start the interview</button></div></section>'
    )


def no_plan_to_html(problem: str) -> str:
    """Why there is no plan."""
    return f'<section class="viva-plan"><h3>The plan</h3><p class="viva-said is-bad" role="alert">{text_to_html(problem)}</p></section>'


def past_to_html(found: Sequence[Summary], problem: str = "") -> str:
    """The interviews that have ended, newest first."""
    said = f'<p class="viva-said is-bad">{text_to_html(problem)}</p>' if problem else ""
    ended = [summary for summary in found if summary.phase == "ended"]
    if not ended:
        return said
    return f'<section class="viva-past">{said}<h3>Past interviews</h3><ul>{"".join(map(_past, ended))}</ul></section>'


def note_to_html(note: str) -> str:
    """A sentence that is due, whatever the page shows."""
    return f'<p class="viva-told" role="alert">{text_to_html(note)}</p>' if note else ""


def date_of(found: Interview | Summary) -> str:
    """When an interview began, by this machine's clock."""
    return f"{found.started_at.astimezone():%d %b %Y, %H:%M}".removeprefix("0")


def _unfinished(interview: Interview) -> str:
    at, setup = len(interview.turns), interview.setup
    far = f"question {at}" if setup.minutes else f"{at} of {setup.questions}"
    topics = ", ".join(dict.fromkeys(turn.topic for turn in interview.turns))
    title = f"Go on with the interview of {date_of(interview)} ({far})"
    return (
        f'<div class="viva-unfinished"><div><h3>{title}</h3><p>{text_to_html(topics)}</p></div>'
        f'<div class="viva-choose"><a class="viva-first" href="{_address(interview.id)}">Go on</a>'
        f'<button type="button" class="viva-second" data-do="delete" data-id="{escape(interview.id)}">Discard</button></div></div>'
    )


def _form(topics: Sequence[tuple[str, int]], *, spoken: bool) -> str:
    chips = "".join(map(_chip, topics))
    amount = (
        f'<input type="number" name="amount" value="6" min="1" max="{MAX_QUESTIONS}" required inputmode="numeric" '
        f'data-questions="{MAX_QUESTIONS}" data-minutes="{MAX_MINUTES}" aria-label="How many">'
    )
    way = _choice("Your answers", "way", _WAYS, "typed") if spoken else ""
    return (
        '<form class="viva-setup">'
        f'<fieldset class="viva-topics"><legend>Topics <small>none chosen: all of them</small></legend><div>{chips}</div></fieldset>'
        f"{_choice('Length', 'unit', _UNITS, 'questions', amount)}{_choice('Level', 'level', _LEVELS, '')}"
        f"{_choice('Interviewer', 'style', _STYLES, 'neutral')}{way}"
        f"{_choice('Questions from', 'origin', _ORIGINS, 'both')}{_JOB}</form>"
    )


def _chip(topic: tuple[str, int]) -> str:
    name, count = topic
    said = f'{text_to_html(name)}<i><span class="viva-sr">, questions: </span>{count}</i>'
    return f'<label><input type="checkbox" name="topics" value="{escape(name)}"><b dir="auto">{said}</b></label>'


_JOB = (
    '<details class="viva-job"><summary>For a job: paste its description, and your résumé</summary>'
    "<p>Their subjects choose and weigh the questions. Neither is sent anywhere.</p>"
    '<label>Job description<textarea name="job" rows="5" maxlength="20000"></textarea></label>'
    '<label>Résumé<textarea name="resume" rows="5" maxlength="20000"></textarea></label></details>'
)


def _choice(title: str, name: str, options: Mapping[str, str], chosen: str, before: str = "") -> str:
    """One of a few, side by side."""
    radios = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"{" checked" if value == chosen else ""}><span>{text}</span></label>'
        for value, text in options.items()
    )
    return f'<fieldset class="viva-row"><legend>{title}</legend><div>{before}<span class="viva-segments">{radios}</span></div></fieldset>'


def _sum(planned: Sequence[Planned]) -> str:
    questions = sum(one.questions for one in planned)
    return f"{counted(questions, 'question')} on {counted(len(planned), 'topic')}"


def _planned(planned: Planned) -> str:
    return (
        f'<li><strong dir="auto">{text_to_html(planned.topic)}</strong><span>{counted(planned.questions, "question")}</span>'
        f'<p class="viva-because">{text_to_html(planned.reason)}</p></li>'
    )


def _left_out(planned: Planned) -> str:
    return f'<li><span dir="auto">{text_to_html(planned.topic)}</span>: {text_to_html(planned.reason)}</li>'


def _past(summary: Summary) -> str:
    if summary.problem:
        about = text_to_html(summary.problem)
        score = ""
    else:
        about = f"{counted(summary.questions, 'question')} · {text_to_html(', '.join(summary.topics))}"
        score = "being judged" if summary.waiting else "no mark" if summary.score is None else f"<strong>{summary.score:.0f}</strong> of 10"
    date = date_of(summary)
    return (
        f'<li><a href="{_address(summary.id)}"><span class="viva-date">{date}</span><span class="viva-about">{about}</span>'
        f'<span class="viva-mean">{score}</span></a><button type="button" class="viva-drop" data-do="delete" '
        f'data-id="{escape(summary.id)}" aria-label="Delete the interview of {date}">{_BIN}</button></li>'
    )


_BIN = (
    '<svg class="viva-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
    '<path d="M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 10.5v5M13.5 10.5v5"/></svg>'
)


def _address(interview: str) -> str:
    return f"/interview?id={quote(interview, safe='')}"
