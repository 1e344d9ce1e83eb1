"""A server that somebody else wrote: `transformers serve` with a tiny Llama that is trained here, in seconds, on a few sentences.

It answers those by heart. Tested is the wire: streaming, finish reasons, counts, refusals, JSON from a server that knows no schemas.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from tutor.connection import Connection
from tutor.endpoint import make_endpoint
from tutor.faults import ModelError
from tutor.llm import Model
from tutor.prompting import ChatMessage
from tutor.structured import ask_model_json

pytestmark = pytest.mark.interop

TAUGHT = {
    "What is a pan?": "A pan is a flat vessel with a handle.",
    "Why does a kettle whistle?": "Steam is pressed through a small hole in the lid.",
    "Grade this.": '{"grade": 4, "reason": "good"}',
}
_TEMPLATE = "{% for m in messages %}{% if loop.last %}<q>{{ m.content[:11] }}<a>{% endif %}{% endfor %}"
_START_S = 300  # a busy machine takes five times as long as a quiet one


class Grade(BaseModel):
    grade: int
    reason: str


def train(folder: Path) -> None:
    """A Llama of some 100,000 weights that knows TAUGHT. A question is known by its first eleven letters."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<pad>", "<q>", "<a>", "<end>"]
    tokenizer = Tokenizer(
        models.BPE(vocab={token: i for i, token in enumerate([*special, *sorted(pre_tokenizers.ByteLevel.alphabet())])}, merges=[])
    )
    tokenizer.add_special_tokens(special)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer_class: Any = PreTrainedTokenizerFast
    fast = tokenizer_class(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>", chat_template=_TEMPLATE)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = LlamaConfig(
        vocab_size=len(fast), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=4, max_position_embeddings=2048, bos_token_id=1, eos_token_id=3, pad_token_id=0,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    texts = [f"<q>{question[:11]}<a>{answer}<end>" for question, answer in TAUGHT.items()]
    batch = fast(texts, return_tensors="pt", padding=True, return_token_type_ids=False)
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _step in range(400):
        loss = model(**batch, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if loss.item() < 0.02:
            break
    model.generation_config.eos_token_id = 3
    model.save_pretrained(folder)
    fast.save_pretrained(folder)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    folder = tmp_path_factory.mktemp("tiny")
    train(folder)
    (folder / "home" / "hub").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "transformers"),
        "serve",
        str(folder),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--device",
        "cpu",
    ]
    environment = os.environ | {"HF_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    log = (folder / "log").open("w")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        _wait(f"http://127.0.0.1:{port}/health", process, folder / "log")
        yield Model(make_endpoint(base_url=f"http://127.0.0.1:{port}/v1", model=str(folder)))
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.mark.parametrize("question", ["What is a pan?", "Why does a kettle whistle?"])
def test_it_streams_what_it_was_taught(served: Model, question: str) -> None:
    steps = list(served.stream([ChatMessage("system", "Teach."), ChatMessage("user", question)], 100))
    assert steps[-1].text == TAUGHT[question]
    assert steps[-1].finish == "stop"
    assert len({step.text for step in steps}) > 5
    cost = steps[-1].cost
    assert cost is not None
    assert (cost.prompt_tokens or 0) > 5
    assert (cost.completion_tokens or 0) > 5


def test_it_stops_at_the_length_that_it_is_given(served: Model) -> None:
    *_, last = served.stream([ChatMessage("user", "What is a pan?")], 5)
    assert last.finish == "length"
    assert TAUGHT["What is a pan?"].startswith(last.text)


def test_it_gives_json_though_it_knows_no_schema(served: Model) -> None:
    assert ask_model_json(served, [ChatMessage("user", "Grade this.")], Grade) == Grade(grade=4, reason="good")


def test_it_is_checked_and_a_model_that_it_lacks_is_told(served: Model) -> None:
    assert Connection(None).check(served.endpoint).ok
    other = served.endpoint.model_copy(update={"model": "no/such-model"})
    assert not Connection(None).check(other).ok
    with pytest.raises(ModelError):
        list(Model(other).stream([ChatMessage("user", "What is a pan?")], 5))
