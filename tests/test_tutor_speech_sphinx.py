"""The offline recogniser hears terms of the field, and what ships belongs to the code and the documents that are there."""

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tutor.speech import decoder, sphinx
from tutor.speech.decoder import DICTIONARY, MODEL
from tutor.speech.language_model import arpa_lines, build, dictionary_lines, fingerprint, shipped_sentences, vocabulary
from tutor.speech.ngrams import BEGIN, END, Counted, General, backoffs, mix
from tutor.speech.sound import read_sound
from tutor.speech.sphinx import SphinxTranscriber, pieces
from tutor.speech.stock import StockModel, read_trie, stock_model
from tutor.speech.types import Sound, SpeechError

SOUNDS = Path(__file__).parent / "sounds"
WORDS = ("</s>", "<s>", "the", "cat", "sits", "lora")


@cache
def recogniser() -> SphinxTranscriber:
    return SphinxTranscriber()


def test_terms_are_heard_and_written_as_the_documents_write_them_with_their_times() -> None:
    sound = read_sound(SOUNDS / "rms.wav")
    found = recogniser().transcribe(sound)
    assert found.text == "LoRA trains two small matrices and the other weights stay frozen"
    assert [word.word for word in found.words] == found.text.split()
    times = [(word.start_s or 0.0, word.end_s or 0.0) for word in found.words]
    assert all(start < end for start, end in times)
    assert times == sorted(times)
    assert times[-1][1] <= sound.duration_s
    assert found.draft
    assert not found.keeps_fillers


def test_a_long_recording_is_heard_piece_by_piece_and_its_pauses_end_nothing() -> None:
    one, gap = read_sound(SOUNDS / "slt.wav").samples, np.zeros(16_000 * 12, np.int16)
    found = recogniser().transcribe(Sound(np.concatenate([one, gap, one, gap, one])))
    assert found.text.split().count("softmax") == 3
    assert (found.words[-1].start_s or 0) > 24


def test_nothing_is_heard_in_silence() -> None:
    assert recogniser().transcribe(Sound(np.zeros(32_000, np.int16))).text == ""


def test_pieces_are_cut_in_pauses() -> None:
    spoken = ((1.0, 10.0), (12.0, 20.0), (21.0, 40.0), (41.0, 42.0))
    assert pieces(spoken, 42.1) == [(0.8, 20.2), (20.8, 42.1)]
    assert pieces((), 5.0) == []


def test_a_recogniser_that_crashes_is_told_and_started_anew() -> None:
    transcriber, sound = SphinxTranscriber(), read_sound(SOUNDS / "slt.wav")
    assert "softmax" in transcriber.transcribe(sound).text
    with transcriber._process() as process:
        process._process.kill()
    with pytest.raises(SpeechError, match="failed"):
        transcriber.transcribe(sound)
    assert "softmax" in transcriber.transcribe(sound).text
    transcriber.close()
    assert "softmax" in transcriber.transcribe(sound).text
    transcriber.close()


def test_one_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sphinx, "_LOADING_S", 0.05)
    monkeypatch.setattr(sphinx, "_PATIENCE", 0.0)
    with pytest.raises(SpeechError, match="failed"):
        SphinxTranscriber().transcribe(read_sound(SOUNDS / "slt.wav"))


def test_a_damaged_model_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for content in (b"", b"not packed", MODEL.read_bytes()[:1000]):
        (tmp_path / "broken.gz").write_bytes(content)
        with pytest.raises(SpeechError, match="could not be loaded"):
            decoder.load(tmp_path / "broken.gz")
    monkeypatch.setattr(sphinx, "MODEL", tmp_path / "broken.gz")
    with pytest.raises(SpeechError, match="could not be loaded"):
        SphinxTranscriber().transcribe(read_sound(SOUNDS / "slt.wav"))


def test_what_ships_was_built_by_this_code_and_is_small() -> None:
    with gzip.open(MODEL, "rt", encoding="utf-8") as file:
        assert next(file).strip() == fingerprint(), "run `python -m tutor.speech.language_model`"
    assert MODEL.stat().st_size + DICTIONARY.stat().st_size < 3_000_000


def test_what_ships_knows_the_words_of_the_documents() -> None:
    known = {line.split()[0] for line in gzip.decompress(DICTIONARY.read_bytes()).decode().splitlines()}
    said = [word for sentence in shipped_sentences() for word in sentence]
    assert sum(word in known or word.lower() in known for word in said) > 0.99 * len(said), "run `python -m tutor.speech.language_model`"


def stock() -> StockModel:
    """ "the cat" and "the cat sits", over five words."""
    logs = np.log(np.array([0.3, 1e-9, 0.3, 0.2, 0.1, 0.1]))
    zero = np.zeros(len(WORDS))
    pairs, triples = np.array([[2, 3], [3, 4]]), np.array([[2, 3, 4]])
    return StockModel(WORDS, logs, zero, pairs, np.log(np.array([0.6, 0.5])), np.zeros(2), triples, np.log(np.array([0.9])))


def test_the_mixture_sums_to_one_after_every_word_and_pair() -> None:
    sentences = [("the", "LoRA", "sits"), ("the", "LoRA", "cat")]
    model = build(sentences, stock(), share=0.7, pairs=50, triples=50)
    assert {"LoRA", "cat", "the", "sits"} <= set(model.words)
    size, (singles, pairs) = len(model.words), backoffs(model)
    assert model.singles.sum() == pytest.approx(1)
    after = np.repeat(model.singles[None, :], size, axis=0) * singles[:, None]
    after[model.pairs[:, 0], model.pairs[:, 1]] = model.pair_shares
    assert after.sum(axis=1) == pytest.approx(np.ones(size), abs=1e-6)
    places = {tuple(row): place for place, row in enumerate(model.pairs.tolist())}
    for a, b in {(a, b) for a, b, _ in model.triples.tolist()}:
        following = after[b] * pairs[places[a, b]]
        for (x, y, z), share in zip(model.triples.tolist(), model.triple_shares, strict=True):
            if (x, y) == (a, b):
                following[z] = share
        assert following.sum() == pytest.approx(1, abs=1e-6)


def test_the_mixture_lies_between_what_it_is_mixed_of() -> None:
    words = [BEGIN, END, "cat", "sits", "the"]
    ours = Counted([("the", "cat", "sits"), ("the", "cat")], {word: number for number, word in enumerate(words)})
    general = General(stock(), words)
    pair = np.array([[4, 2]])
    low, high = sorted((float(ours.pair_shares(pair)[0]), float(general.pair_shares(pair)[0])))
    model = mix(words, ours, general, 0.5, 10, 10)
    mixed = {tuple(row): share for row, share in zip(model.pairs.tolist(), model.pair_shares, strict=True)}
    assert low < mixed[4, 2] < high
    assert len(mix(words, ours, general, 0.5, 1, 0).pairs) == 1


def test_the_model_is_written_as_arpa_with_its_dictionary() -> None:
    model = build([("the", "LoRA", "sits")], stock(), pairs=50, triples=50)
    text = "".join(arpa_lines(model))
    assert text.startswith(fingerprint())
    assert f"ngram 1={len(model.words)}\nngram 2={len(model.pairs)}\nngram 3={len(model.triples)}\n" in text
    assert "LoRA L AO R AH\n" in "".join(dictionary_lines(model.words))
    assert text == "".join(arpa_lines(build([("the", "LoRA", "sits")], stock(), pairs=50, triples=50)))


def test_our_words_come_before_the_general_ones() -> None:
    assert vocabulary([("LoRA", "μ")], stock(), size=3) == [BEGIN, END, "LoRA", "cat", "the"]


def test_the_stock_model_is_read_as_the_library_reads_it() -> None:
    from pocketsphinx import Config, LogMath, NGramModel

    from tutor.speech.stock import model_folder

    model = stock_model()
    config, logs = Config(lm=None), LogMath()
    theirs = NGramModel(config, logs, str(model_folder() / "en-us.lm.bin"))
    assert np.exp(model.unigrams).sum() == pytest.approx(1, abs=1e-4)
    for ids, natural in ((model.bigrams, model.bigram_logs), (model.trigrams, model.trigram_logs)):
        for row in np.random.default_rng(6).integers(0, len(ids), 50):
            words = [model.words[number] for number in ids[row]]
            assert theirs.prob(words[::-1]) * np.log(1.0001) == pytest.approx(natural[row], abs=0.01)


def test_another_form_of_model_is_told() -> None:
    with pytest.raises(SpeechError, match=r"Install pocketsphinx 5\.1"):
        read_trie(b"\\data\\ an ARPA text, longer than its head")
