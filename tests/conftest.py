"""What many tests need: documents, an index of them without a real model, and where the shared data lies."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.readers import read_paths
from index.encoders import HashingEncoder
from index.retriever import Retriever
from index.store import build, load
from tests.model_server import ModelServer

SHARED = Path(__file__).parent.parent.parent / "shared"

KITCHEN = """# Kitchen

## What is a pan?

A flat vessel with a handle. It sits on the fire.

- Iron keeps the heat.
- Copper spreads it.

## Why does a kettle whistle?

Steam is pressed through a small hole in the lid.

## How do you sharpen a knife?

Draw the blade over a wet stone at twenty degrees.
"""
GARDEN = """1. What is a pan?
A pan is made of iron and hung on the garden wall for birds to drink.

2. What does a spade do?
It cuts the soil into blocks.
"""


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    """A folder with two documents that answer one question both."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "kitchen.md").write_text(KITCHEN, encoding="utf-8")
    (folder / "garden.txt").write_text(GARDEN, encoding="utf-8")
    return folder


@pytest.fixture
def retriever(kitchen: Path, tmp_path: Path) -> Retriever:
    """The index of `kitchen`, made with hashes in place of a model."""
    return index_of([kitchen], tmp_path / "index")


def index_of(paths: Sequence[Path], folder: Path) -> Retriever:
    """The index of some documents, made with hashes in place of a model."""
    build(read_paths(paths).documents, HashingEncoder(), folder)
    return load(folder, HashingEncoder())


@pytest.fixture(scope="session")
def running_server() -> Iterator[ModelServer]:
    server = ModelServer()
    with server.http:
        yield server
        server.reset()


@pytest.fixture
def server(running_server: ModelServer) -> ModelServer:
    """A language model's server that plays what a test tells it."""
    running_server.reset()
    return running_server


@pytest.fixture
def seeds() -> Path:
    """The real files that the parser is held to. Skips where they are not at hand."""
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("the shared documents are not beside this clone")
    return folder
