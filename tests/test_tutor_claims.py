"""Wrong claims are told by a network that knows them, and nobody is accused of a claim that it does not know."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.parse import parse
from corpus.readers import read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from corpus.types import Misconception
from eval.cases import read_cases
from eval.claims import DATA, ClaimCase, halves, pairs_of
from index.encoders import SentenceTransformerEncoder
from tests.test_tutor_grading import FULL, KETTLE, PART
from tutor.claims import WEIGHTS, ClaimsError, TaughtClaims
from tutor.grading import OfflineJudge

HOT = "The lid whistles because its metal gets hot."


class Suspicious:
    """Takes every text for a claim in which its word stands."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.read: list[str] = []

    def made(self, pairs: Sequence[tuple[Misconception, str]]) -> list[bool]:
        self.read += [text for _, text in pairs]
        return [self.word in text for _, text in pairs]


@pytest.fixture(scope="module")
def encoder() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder()


def test_a_wrong_claim_is_met_with_its_truth_which_is_marked_wrong(encoder: SentenceTransformerEncoder) -> None:
    verdict = OfflineJudge(encoder, Suspicious("metal")).judge(KETTLE, f"{PART} {HOT}")
    claim = KETTLE.misconceptions[0]
    assert [(met.claim, met.evidence.quote) for met in verdict.misconceptions] == [(claim.claim, HOT)]
    assert [point.text for point in verdict.points] == [*(point.text for point in KETTLE.key_points), claim.truth]
    assert [point.status == "wrong" for point in verdict.points] == [False, False, False, True]
    assert claim.truth in verdict.feedback
    assert verdict.next_time[0] == claim.truth
    honest = OfflineJudge(encoder, Suspicious("xyz")).judge(KETTLE, f"{PART} {HOT}")
    assert honest.score is not None
    assert verdict.score is not None
    assert verdict.score < honest.score


def test_of_a_long_answer_the_sentences_around_the_claim_are_read(encoder: SentenceTransformerEncoder) -> None:
    reader = Suspicious("metal")
    answer = f"{FULL} My aunt has two kettles. {HOT} She bought them long ago. They are blue. One of them is broken now."
    verdict = OfflineJudge(encoder, reader).judge(KETTLE, answer)
    assert verdict.misconceptions
    assert HOT in reader.read[0]
    assert len(reader.read[0]) < len(answer)


def test_nothing_is_asked_about_an_answer_that_says_nothing(encoder: SentenceTransformerEncoder) -> None:
    reader = Suspicious("")
    OfflineJudge(encoder, reader).judge(KETTLE, "I don't know")
    assert reader.read == []


def test_the_network_is_silent_about_claims_of_other_documents() -> None:
    claims = TaughtClaims()
    assert claims.made([(KETTLE.misconceptions[0], KETTLE.misconceptions[0].claim)]) == [False]
    assert "_loaded" not in vars(claims)


def test_talk_of_something_else_makes_no_claim() -> None:
    items = [item for document in read_paths([SHIPPED_DOCUMENTS]).documents for item in parse(document) if item.misconceptions]
    claims = [item.misconceptions[0] for item in items[::20]]
    talk = ["My sister went by train last weekend, and it rained.", "There are many opinions, and one has to choose what fits the project."]
    assert not any(TaughtClaims().made([(claim, text) for claim in claims for text in talk]))
    said = TaughtClaims().made([(claim, claim.claim) for claim in claims])
    assert sum(said) > 0.8 * len(said)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    damaged = tmp_path / "claims.safetensors"
    damaged.write_bytes(WEIGHTS.read_bytes()[:1000])
    for path in (damaged, tmp_path / "none"):
        with pytest.raises(ClaimsError, match="Install Viva again"):
            TaughtClaims(path).made([(KETTLE.misconceptions[0], "x")])


def test_what_ships_knows_the_shipped_claims_and_tells_most_answers_apart() -> None:
    items = {item.id: item for document in read_paths([SHIPPED_DOCUMENTS]).documents for item in parse(document)}
    _, held = pairs_of(read_cases(DATA, ClaimCase, "a case"), items)
    pairs = random.Random(5).sample(halves(held)[1], 80)
    assert WEIGHTS.stat().st_size < 50_000_000
    made = TaughtClaims().made([(pair.claim, pair.text) for pair in pairs])
    right = [told for pair, told in zip(pairs, made, strict=True) if not pair.makes]
    seen = [told for pair, told in zip(pairs, made, strict=True) if pair.makes]
    assert sum(right) / len(right) <= 0.12
    assert sum(seen) / len(seen) >= 0.5


def test_no_held_out_answer_is_taught() -> None:
    items = {item.id: item for document in read_paths([SHIPPED_DOCUMENTS]).documents for item in parse(document)}
    taught, held = pairs_of(read_cases(DATA, ClaimCase, "a case"), items)
    texts = {pair.text for pair in taught}
    assert not texts & {pair.text for pairs in held for pair in pairs}
    assert len(held) == sum(len(item.misconceptions) for item in items.values())
    chosen, measured = halves(held)
    assert not {pair.claim for pair in chosen} & {pair.claim for pair in measured}
