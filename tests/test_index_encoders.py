"""Texts become vectors, in batches that waste little, in the precision that the processor is fast in."""

from pathlib import Path

import numpy as np
import pytest

from index import encoders
from index.encoders import SentenceTransformerEncoder, batches, has_bfloat16

TEXTS = ["What is a pan?", "", "A flat vessel with a handle, which sits on the fire. " * 40, "Why does a kettle whistle?"]


@pytest.fixture(scope="module")
def model() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder()


def test_each_row_is_in_one_batch_and_no_batch_is_too_large_when_it_is_padded() -> None:
    lengths = [5, 250, 9, 250, 7, 8, 1, 30]
    made = list(batches(lengths, 64))
    assert sorted(row for rows in made for row in rows) == list(range(len(lengths)))
    assert made[:2] == [[1], [3]], "a text that is longer than a batch stands alone"
    assert all(len(rows) * max(lengths[row] for row in rows) <= 64 for rows in made if len(rows) > 1)
    assert list(batches([], 64)) == []


def test_a_text_has_one_vector_whatever_it_is_encoded_with(model: SentenceTransformerEncoder) -> None:
    together = model.encode(TEXTS * 6)
    assert np.allclose(together, np.tile(together[: len(TEXTS)], (6, 1)), atol=1e-5)
    together = together[: len(TEXTS)]
    alone = np.concatenate([model.encode([text]) for text in TEXTS])
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together, alone, atol=1e-5)
    assert model.encode([]).shape == (0, together.shape[1])


def test_the_tokenizer_is_told_one_thing_whatever_is_asked(model: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one thread tells it to pad and another not to, 30 of 6,000 calls fail or are padded wrongly."""
    tokenizer = model._model.tokenizer
    tell = tokenizer.set_truncation_and_padding
    told: list[str] = []

    def listen(*given: object, **named: object) -> None:
        told.append(repr((given, named)))
        tell(*given, **named)

    monkeypatch.setattr(tokenizer, "set_truncation_and_padding", listen)
    model.encode(TEXTS)
    model.encode(TEXTS[:1], query=True)
    model.encode_words(TEXTS[:1], [[(0, 4)]])
    assert len(told) > 3
    assert len(set(told)) == 1


def test_progress_ends_at_all(model: SentenceTransformerEncoder) -> None:
    told: list[tuple[int, int]] = []
    model.encode(["A pan."] * 300, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == (300, 300)


@pytest.mark.parametrize(
    ("flags", "fast"),
    [
        ("fpu avx2 avx512f avx512_bf16 amx_tile", True),
        ("fpu avx512f amx_bf16 amx_int8", True),
        ("fpu avx2 avx512f avx512_vnni amx_tile", False),
        ("fpu xavx512_bf16", False),
    ],
)
def test_the_processor_says_whether_it_is_fast_in_bfloat16(tmp_path: Path, flags: str, fast: bool) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"model name\t: A processor\nflags\t\t: {flags}\n", encoding="utf-8")
    assert has_bfloat16(cpuinfo) is fast


def test_a_machine_that_does_not_say_is_not_fast_in_bfloat16(tmp_path: Path) -> None:
    assert not has_bfloat16(tmp_path / "cpuinfo")


def test_bfloat16_hardly_turns_a_vector(model: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "has_bfloat16", lambda: True)
    halved = SentenceTransformerEncoder().encode(TEXTS)
    assert halved.dtype == np.float32
    cosines = (halved * model.encode(TEXTS)).sum(axis=1)
    assert (cosines >= 0.995).all()
    assert (cosines < 0.9999999).any(), "the model was loaded in bfloat16"
