"""A recording, as bytes or a file -> a Sound. Nothing that a file says of itself is believed: not its name, its length nor its rate.

Browsers record WAV, so that is read here, with every width there is. Other formats need PyAV, which comes with the `speech` extra.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.speech.types import RATE, Sound, SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIMIT_S = 300.0
"""How much of a recording is kept."""
REFUSED_S = 600.0
"""Longer ones are refused: nobody answers for ten minutes."""
_LARGEST = 260_000_000  # bytes; ten minutes of the widest usual WAV
_SHORTEST_S = 0.05
_RATES = range(4_000, 192_001)
_CHANNELS = range(1, 17)
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_WIDTHS = {_PCM: {8, 16, 24, 32}, _FLOAT: {32, 64}}
NOTHING = "Nothing was recorded. Press record, speak, and press stop; or type your answer."
UNREADABLE = "The recording could not be read. Record it again, upload a WAV file, or type your answer."


@dataclass(frozen=True, slots=True)
class _Format:
    kind: int
    channels: int
    rate: int
    bits: int

    @property
    def frame(self) -> int:
        """Bytes of one moment, all channels."""
        return self.channels * self.bits // 8


def read_sound(recording: bytes | Path, limit_s: float = LIMIT_S) -> Sound:
    """A recording as a Sound; of a longer one the first `limit_s` seconds and a notice. Raises SpeechError."""
    content = recording if isinstance(recording, bytes) else _content(recording)
    if not content:
        raise SpeechError(NOTHING)
    if len(content) > _LARGEST:
        raise SpeechError(f"The recording is larger than {_LARGEST // 1_000_000} MB. Record a shorter one, or type your answer.")
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return sound_of(*_decoded(content), limit_s)
    if find_spec("av") is None:
        raise SpeechError(
            "Only WAV recordings can be read, which is what your browser makes. Upload a WAV file, type your answer, or install what reads "
            'other formats with `pip install -c constraints.txt -e ".[speech]"`.'
        )
    from tutor.speech.container import decode

    return sound_of(*decode(content, REFUSED_S), limit_s)


def sound_of(samples: "NDArray[np.float32]", rate: int, limit_s: float = LIMIT_S) -> Sound:
    """Samples of one channel, -1..1 at any rate, as a Sound. Raises SpeechError where there is too little or too much."""
    import numpy as np
    from scipy.signal import resample_poly

    seconds = len(samples) / rate
    if seconds > REFUSED_S:
        raise SpeechError(f"The recording is longer than {REFUSED_S / 60:.0f} minutes. Answer within {limit_s / 60:g} minutes.")
    if seconds < _SHORTEST_S:
        raise SpeechError(NOTHING)
    kept = np.nan_to_num(samples[: int(limit_s * rate)], nan=0.0, posinf=0.0, neginf=0.0)
    common = math.gcd(RATE, rate)
    even = kept if rate == RATE else resample_poly(np.clip(kept, -1, 1), RATE // common, rate // common)
    notice = f"Only the first {limit_s / 60:g} minutes of the recording were kept." if seconds > limit_s else None
    return Sound(np.rint(np.clip(even, -1, 1) * 32_767).astype(np.int16), notice)


def write_wav(sound: Sound) -> bytes:
    """A Sound as a WAV file."""
    content = sound.samples.astype("<i2").tobytes()
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(content), b"WAVE", b"fmt ", 16, _PCM, 1, RATE, RATE * 2, 2, 16, b"data", len(content)
    )
    return head + content


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            return bytes(_LARGEST + 1)
        return path.read_bytes()
    except OSError as error:
        raise SpeechError(f"The recording could not be opened: {error.strerror}. Record it again, or type your answer.") from error


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a RIFF file by name. What a part says of its length holds as far as the file goes."""
    place = 12
    while place + 8 <= len(content):
        name, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        yield name, content[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _decoded(content: bytes) -> "tuple[NDArray[np.float32], int]":
    """The samples of a WAV file, channels taken together, and their rate."""
    import numpy as np

    parts: dict[bytes, bytes] = {}
    for name, part in _chunks(content):
        parts.setdefault(name, part)
    form = _format(parts.get(b"fmt ", b""))
    frames = parts.get(b"data", b"")
    whole = len(frames) // form.frame
    if whole == 0:
        raise SpeechError(NOTHING)
    if whole > REFUSED_S * form.rate:
        whole = int(REFUSED_S * form.rate) + 1  # as much as it takes to see that it is too long
    samples = _numbers(frames[: whole * form.frame], form).reshape(whole, form.channels)
    with np.errstate(invalid="ignore", over="ignore"):
        return samples.mean(axis=1, dtype=np.float32), form.rate


def _format(part: bytes) -> _Format:
    if len(part) < 16:
        raise SpeechError(UNREADABLE)
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", part)
    if kind == _EXTENSIBLE and len(part) >= 26:
        kind = int.from_bytes(part[24:26], "little")
    if bits not in _WIDTHS.get(kind, set()):
        raise SpeechError(f"The recording is a kind of WAV that Viva does not read ({bits} bits, format {kind}). Save it as 16-bit PCM.")
    if rate not in _RATES or channels not in _CHANNELS:
        raise SpeechError(
            f"The recording cannot be used: {rate:,} samples a second on {channels} channels. Record it again with 16,000 or more."
        )
    return _Format(kind, channels, rate, bits)


def _numbers(frames: bytes, form: _Format) -> "NDArray[np.float32]":
    """Samples of any width as -1..1."""
    import numpy as np

    if form.kind == _FLOAT:
        with np.errstate(over="ignore"):
            return np.frombuffer(frames, f"<f{form.bits // 8}").astype(np.float32)
    if form.bits == 8:
        return np.frombuffer(frames, np.uint8).astype(np.float32) / np.float32(128) - np.float32(1)
    if form.bits == 24:
        padded = np.zeros((len(frames) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(frames, np.uint8).reshape(-1, 3)
        return padded.view("<i4").reshape(-1).astype(np.float32) / np.float32(2**31)
    return np.frombuffer(frames, f"<i{form.bits // 8}").astype(np.float32) / np.float32(2 ** (form.bits - 1))
