"""Recordings in other formats than WAV, by PyAV. The only file that imports it.

The library reads playlists, and files and addresses that a file names, if it is let. So the format is told by the first bytes, only a few
are taken, the library is made to read just that one from memory, and it is given no protocol to open anything else with.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np

from tutor.speech.sound import NOTHING, UNREADABLE
from tutor.speech.types import RATE, SpeechError

if TYPE_CHECKING:
    from av.container import InputContainer
    from numpy.typing import NDArray

_STARTS = ((0, b"OggS", "ogg"), (0, b"\x1aE\xdf\xa3", "matroska"), (0, b"fLaC", "flac"), (0, b"ID3", "mp3"), (4, b"ftyp", "mov"))
_KINDS = "WAV, WebM, Ogg, FLAC, MP3 or M4A"


def decode(content: bytes, limit_s: float) -> "tuple[NDArray[np.float32], int]":
    """The samples of a recording at 16,000 a second, one channel, and that rate. Stops just beyond the limit. Raises SpeechError."""
    form = _form(content)
    parts: list[NDArray[np.float32]] = []
    left = int(limit_s * RATE) + 1
    try:
        with av.open(io.BytesIO(content), format=form, options={"protocol_whitelist": ""}) as container:
            for part in _parts(container):
                parts.append(part[:left])
                left -= len(part)
                if left <= 0:
                    break
    except (av.error.FFmpegError, ValueError, EOFError) as error:
        if not parts:
            raise SpeechError(UNREADABLE) from error
    if not parts:
        raise SpeechError(NOTHING)
    return np.concatenate(parts), RATE


def _form(content: bytes) -> str:
    """The format by its first bytes. Raises SpeechError where it is none of those that are taken."""
    for place, start, form in _STARTS:
        if content[place : place + len(start)] == start:
            return form
    if len(content) > 1 and content[0] == 0xFF and content[1] & 0xE0 == 0xE0:
        return "mp3"
    raise SpeechError(f"The file is no recording that Viva reads. Upload {_KINDS}, or type your answer.")


def _parts(container: "InputContainer") -> "Iterator[NDArray[np.float32]]":
    if any(stream.type == "video" and not stream.disposition & stream.disposition.attached_pic for stream in container.streams):
        raise SpeechError("The file is a video. Upload a recording of sound only, or type your answer.")
    if not container.streams.audio:
        raise SpeechError(NOTHING)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    for frame in container.decode(container.streams.audio[0]):
        for even in resampler.resample(frame):
            yield even.to_ndarray().reshape(-1).astype(np.float32) / 32_768
