"""A recording of any kind becomes the same kind of sound, and what cannot be one is refused with a sentence."""

import io
import struct
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tutor.speech import sound as module
from tutor.speech.sound import read_sound, sound_of, write_wav
from tutor.speech.types import RATE, SpeechError

TONE_S = 0.5
Numbers = NDArray[np.float64]


def tone(rate: int, seconds: float = TONE_S) -> Numbers:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)


def wav(
    data: bytes, *, kind: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, size: int | None = None, extra: bytes = b""
) -> bytes:
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits) + extra
    head = b"RIFF" + struct.pack("<I", 0) + b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form
    return head + b"data" + struct.pack("<I", len(data) if size is None else size) + data


def as_8(x: Numbers) -> bytes:
    return bytes((x * 127 + 128).astype(np.uint8).tobytes())


def as_24(x: Numbers) -> bytes:
    return b"".join(int(value * (2**23 - 1)).to_bytes(3, "little", signed=True) for value in x)


def as_numbers(kind: str, scale: float) -> Callable[[Numbers], bytes]:
    return lambda x: bytes((x * scale).astype(kind).tobytes())


@pytest.mark.parametrize(
    ("bits", "kind", "packed"),
    [
        (8, 1, as_8), (16, 1, as_numbers("<i2", 2**15 - 1)), (24, 1, as_24), (32, 1, as_numbers("<i4", 2**31 - 1)),
        (32, 3, as_numbers("<f4", 1)), (64, 3, as_numbers("<f8", 1)),
    ],
)  # fmt: skip
def test_every_width_is_read_as_the_same_sound(bits: int, kind: int, packed: Callable[[Numbers], bytes]) -> None:
    read = read_sound(wav(packed(tone(RATE)), bits=bits, kind=kind)).samples / 32_767
    assert np.abs(read - tone(RATE)).max() < 0.02


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 1), (48_000, 2), (192_000, 8), (8_000, 1), (11_025, 3)])
def test_any_rate_and_any_number_of_channels_become_one_channel_at_16000(rate: int, channels: int) -> None:
    frames = np.repeat(tone(rate)[:, None], channels, axis=1)
    read = read_sound(wav((frames * 32_767).astype("<i2").tobytes(), rate=rate, channels=channels))
    assert read.duration_s == pytest.approx(TONE_S, abs=0.01)
    spectrum = np.abs(np.fft.rfft(read.samples))
    assert np.argmax(spectrum) / read.duration_s == pytest.approx(440, abs=4)


def test_an_extensible_header_is_read_by_its_inner_format() -> None:
    extra = struct.pack("<HHI", 22, 16, 0) + struct.pack("<H", 1) + bytes(14)
    content = wav((tone(RATE) * 32_767).astype("<i2").tobytes(), kind=0xFFFE, extra=extra)
    assert read_sound(content).duration_s == TONE_S


def test_what_is_no_number_is_silence_and_what_is_too_loud_is_clipped() -> None:
    values = np.array([np.nan, np.inf, -np.inf, 5.0, -5.0] * 1000, "<f4")
    read = read_sound(wav(values.tobytes(), kind=3, bits=32)).samples
    assert {int(value) for value in read} == {0, 32_767, -32_767}


def test_the_length_is_that_of_the_samples_and_not_of_the_header() -> None:
    ten_ms = bytes(320)
    with pytest.raises(SpeechError, match="Nothing was recorded"):
        read_sound(wav(ten_ms, size=2 * 3600 * RATE * 2))
    assert read_sound(wav(bytes(RATE), size=0xFFFFFFFF)).duration_s == 0.5


@pytest.mark.parametrize("recording", [b"", wav(b""), wav(bytes(64))], ids=["no bytes", "no samples", "a moment"])
def test_nothing_recorded_is_said(recording: bytes) -> None:
    with pytest.raises(SpeechError, match="Nothing was recorded"):
        read_sound(recording)


@pytest.mark.parametrize(
    "recording",
    [
        b"RIFF\x00\x00\x00\x00WAVE", b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01", wav(bytes(4000), rate=0),
        wav(bytes(4000), rate=1),
        wav(bytes(4000), channels=0), wav(bytes(4000), channels=99), wav(bytes(4000), bits=13), wav(bytes(4000), kind=85),
    ],
    ids=["head only", "cut", "rate 0", "rate 1", "no channel", "99 channels", "13 bits", "packed as MP3"],
)  # fmt: skip
def test_a_broken_header_is_told_in_a_sentence(recording: bytes) -> None:
    with pytest.raises(SpeechError, match=r"\.$"):
        read_sound(recording)


def test_a_long_recording_is_cut_and_says_so_and_a_very_long_one_is_refused() -> None:
    quiet = np.zeros(400 * 4_000, np.float32)
    cut = sound_of(quiet, 4_000)
    assert (cut.duration_s, cut.notice) == (300, "Only the first 5 minutes of the recording were kept.")
    with pytest.raises(SpeechError, match="longer than 10 minutes"):
        read_sound(wav(bytes(601 * 4_000), rate=4_000, bits=8))


def test_a_file_is_read_like_its_bytes_and_a_huge_one_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "-i x; rm"
    file.write_bytes(wav(bytes(RATE)))
    assert read_sound(file).duration_s == 0.5
    with pytest.raises(SpeechError, match="could not be opened"):
        read_sound(tmp_path / "missing.wav")
    monkeypatch.setattr(module, "_LARGEST", 1000)
    with pytest.raises(SpeechError, match="larger than"):
        read_sound(file)


def test_a_sound_is_written_as_it_is_read() -> None:
    read = read_sound(wav((tone(RATE) * 32_767).astype("<i2").tobytes()))
    assert np.abs(read_sound(write_wav(read)).samples - read.samples).max() <= 1


def test_other_formats_need_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(SpeechError, match="Only WAV recordings can be read"):
        read_sound(b"OggS and so on")


needs_av = pytest.mark.skipif(find_spec("av") is None, reason="PyAV comes with the speech extra")


@needs_av
@pytest.mark.parametrize(
    ("form", "codec"), [("flac", "flac"), ("ogg", "libopus"), ("webm", "libopus"), ("mp3", "libmp3lame"), ("mp4", "aac")]
)
def test_other_formats_are_decoded(form: str, codec: str) -> None:
    read = read_sound(encoded(form, codec, tone(48_000, 2.0)))
    assert read.duration_s == pytest.approx(2.0, abs=0.1)
    assert np.argmax(np.abs(np.fft.rfft(read.samples))) / read.duration_s == pytest.approx(440, abs=4)


@needs_av
def test_a_small_file_of_much_silence_is_refused_while_it_is_decoded() -> None:
    packed = encoded("flac", "flac", np.zeros(700 * 8_000), 8_000)
    assert len(packed) < 300_000
    with pytest.raises(SpeechError, match="longer than 10 minutes"):
        read_sound(packed)


@needs_av
@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n", b"hello",
        b"\x1aE\xdf\xa3 cut short", b"OggS", b"ID3", b"\xff\xfb\x90", b"\x00\x00\x00\x20ftypisom",
    ],
)  # fmt: skip
def test_playlists_texts_and_cut_files_are_refused(content: bytes) -> None:
    with pytest.raises(SpeechError, match=r"\.$"):
        read_sound(content)


def encoded(form: str, codec: str, samples: Numbers, rate: int = 48_000) -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate)
        for i in range(0, len(samples), 4096):
            frame = av.AudioFrame.from_ndarray((samples[None, i : i + 4096] * 32_767).astype(np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts = rate, i
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
