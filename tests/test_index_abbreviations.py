"""Short forms find long ones and the other way round, by what the documents explain and by what stands in their questions."""

import pytest

from index.abbreviations import Abbreviations, Explained, pairs_in

TEXTS = [
    "What is a GAN? Generative Adversarial Networks (GANs) have two parts.",
    "What is RAG (Retrieval-Augmented Generation)? RAG looks things up.",
    "What is a large language model? It writes. LLMs write a lot.",
    "What is knowledge distillation? Knowledge distillation makes a model small.",
    "How does in-context learning work? In-context learning needs no training.",
]
TERMS = [text.split("?")[0] for text in TEXTS] + ["Why knowledge distillation", "Is in-context learning slow"]
BASE = ["A large language model (LLM) writes.", "Direct preference optimization (DPO) needs no reward model."]
KNOWN = Abbreviations(Explained.of(TEXTS, TERMS), base=Explained.of(BASE, ()))


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("A Variational Autoencoder (VAE) draws.", [("vae", ("variational", "autoencoder"))]),
        ("RAG (retrieval-augmented generation) looks up.", [("rag", ("retrieval", "augmented", "generation"))]),
        ("We use LoRA (Low-Rank Adaptation).", [("lora", ("low", "rank", "adaptation"))]),
        ("It is fast. Large Language Models (LLMs) write.", [("llm", ("large", "language", "models"))]),
        ("A kettle (made of iron) whistles, a pan (IRON) does not, see RFC (1999).", []),
    ],
)
def test_a_short_form_is_explained_in_brackets_on_either_side(text: str, pairs: list[tuple[str, tuple[str, ...]]]) -> None:
    assert pairs_in(text) == pairs


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("what is retrieval augmented generation", "what is rag"),
        ("mode collapse in generative adversarial networks", "mode collapse in gans"),
        ("limits of large language models", "limits of llms"),
        ("how does a GAN learn", "how does a generative adversarial networks learn"),
        ("KD for phones", "knowledge distillation for phones"),
        ("is ICL training", "is in context learning training"),
    ],
)
def test_a_query_is_read_with_the_other_form(query: str, view: str) -> None:
    assert view in KNOWN.views(query)


@pytest.mark.parametrize(
    "query", ["what is direct preference optimization", "DPO", "how do I bake bread", "the rag doll", "TV and PC", "Is it?"]
)
def test_what_the_documents_do_not_speak_of_is_not_put_in(query: str) -> None:
    assert KNOWN.views(query) == ()
