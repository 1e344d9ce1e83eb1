"""Rehearsing an answer for its time, beneath its question in the report: a form, and what a version covers. No mark comes of it."""

from html import escape

from tutor.interview import Turn
from tutor.markdown import text_to_html
from tutor.rehearsal import LENGTHS, Rehearsal

_NAMES = {30: "30 seconds", 60: "60 seconds", 180: "3 minutes"}
_DEFAULT = 60


def rehearse_to_html(turn: Turn) -> str:
    """The form for a question; the text to begin with is what was answered."""
    radios = "".join(
        f'<label><input type="radio" name="seconds" value="{seconds}"{" checked" if seconds == _DEFAULT else ""}>'
        f"<span>{_NAMES[seconds]}</span></label>"
        for seconds in LENGTHS
    )
    return (
        '<details class="viva-fold viva-rehearse"><summary>Rehearse it for a time</summary>'
        f'<form class="viva-rehearsing" data-turn="{escape(turn.id)}"><fieldset><legend class="viva-sr">For how long</legend>'
        f'<span class="viva-segments">{radios}</span></fieldset>'
        f'<textarea name="text" rows="5" maxlength="20000" dir="auto" aria-label="Your answer for that time">{escape(turn.said)}</textarea>'
        '<button type="submit" class="viva-do">See what it covers</button></form>'
        '<div class="viva-rehearsed" role="status"></div></details>'
    )


def rehearsal_to_html(rehearsal: Rehearsal, turn: str) -> str:
    """What a version covers for its time. interview.js puts it beneath the form that it is for."""
    rows = "".join(f"<li>{text_to_html(sentence)}</li>" for sentence in rehearsal.advice)
    return f'<div class="viva-rehearsal" data-turn="{escape(turn)}"><ul>{rows}</ul></div>'
