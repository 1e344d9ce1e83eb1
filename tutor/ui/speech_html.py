"""The recorder as HTML, the same in the chat and in the interview: two buttons beside the box, and above it a strip for what goes on.

recorder.js takes the sound, heard.js shows what became of it. Nothing of it is drawn again, so a recording is never cut off by the page.
"""

from collections.abc import Sequence
from datetime import datetime

from tutor.markdown import text_to_html
from tutor.speech.recordings import Recording
from tutor.speech.sound import LIMIT_S

_BARS = 40


def _icon(strokes: str) -> str:
    return f'<svg class="viva-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{strokes}</svg>'


_MIC = _icon('<rect x="9" y="3.5" width="6" height="10.5" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v2.5"/>')
_FILE = _icon('<path d="M12 15.5V4.5M7.5 8.5 12 4l4.5 4.5M4.5 15v3.5a1.5 1.5 0 0 0 1.5 1.5h12a1.5 1.5 0 0 0 1.5-1.5V15"/>')
_BIN = _icon('<path d="M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 10.5v5M13.5 10.5v5"/>')
_SPEAKER = _icon(
    '<path d="M4.5 9.5v5h3.2l4.8 4v-13l-4.8 4z"/><path class="viva-on" d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.8a7.4 7.4 0 0 1 0 10.4"/>'
    '<path class="viva-off" d="m16 9.8 4.4 4.4M20.4 9.8 16 14.2"/>'
)

BUTTONS = (
    f'<span class="viva-speak"><button type="button" class="viva-mic" data-speech="record" aria-label="Record">{_MIC}</button>'
    f'<button type="button" class="viva-pick" data-speech="pick" aria-label="Upload a recording">{_FILE}</button>'
    '<input type="file" class="viva-picked" accept="audio/*" hidden aria-label="A recording"></span>'
)
"""Begin a recording, or choose one."""
STRIP = (
    '<section class="viva-speech" aria-label="Speech" hidden>'
    f'<div class="viva-recording" hidden><p class="viva-level" aria-hidden="true">{"<i></i>" * _BARS}</p>'
    f'<p class="viva-time" role="timer"><b>0:00</b> of {LIMIT_S / 60:g}:00</p>'
    '<div class="viva-ends"><button type="button" class="viva-second" data-speech="discard">Discard</button>'
    '<button type="button" class="viva-first" data-speech="done">Done</button></div>'
    '<p class="viva-quietly">Take your time: a pause ends nothing.</p>'
    '<label class="viva-keep"><input type="checkbox">Keep the sound with Viva</label></div>'
    '<div class="viva-transcribing" hidden><p>Listening</p>'
    '<button type="button" class="viva-second" data-speech="withdraw">Cancel</button></div>'
    '<div class="viva-heard" hidden><p class="viva-by-ear"></p><ul class="viva-repairs" aria-label="Put right by sound"></ul></div>'
    '<p class="viva-refused" role="alert" hidden></p></section>'
)
"""What stands above the box while there is something to say."""
ALOUD = f'<button type="button" class="viva-aloud" aria-pressed="false" aria-label="Read questions aloud">{_SPEAKER}</button>'
"""Switches the interviewer's voice on and off."""
UNHEARD = '<p class="viva-unheard" role="status" hidden></p>'
"""Why a question is not read aloud."""


def recordings_to_html(kept: Sequence[Recording]) -> str:
    """The recordings that a learner has kept; nothing where there are none."""
    if not kept:
        return ""
    return f'<section class="viva-past viva-kept"><h3>Recordings that you keep</h3><ul>{"".join(map(_recording, kept))}</ul></section>'


def _recording(kept: Recording) -> str:
    at = _date(kept.at)
    length = f"{kept.duration_s // 60:.0f}:{kept.duration_s % 60:02.0f}"
    about = text_to_html(kept.about) or "A question of yours"
    return (
        f'<li><div><span class="viva-date">{at}</span><span class="viva-about" dir="auto">{about}</span>'
        f'<span class="viva-mean">{length}</span></div>'
        f'<audio controls preload="none" src="/recordings/{kept.name}.wav" aria-label="The recording of {at}"></audio>'
        f'<button type="button" class="viva-drop" data-do="forget" data-item="{kept.name}" '
        f'aria-label="Delete the recording of {at}">{_BIN}</button></li>'
    )


def _date(at: datetime) -> str:
    return f"{at.astimezone():%d %b %Y, %H:%M}".removeprefix("0")
