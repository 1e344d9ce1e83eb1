"""The shell's way in: `python -m index build --documents DIR --index DIR` and `python -m index search --index DIR --jsonl`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from corpus.errors import UserError
from corpus.merge import merge
from corpus.parse import parse
from corpus.readers import read_paths
from index.chunks import make_chunks
from index.encoders import DEFAULT_ENCODER, SentenceTransformerEncoder
from index.jsonl import Query, read_queries
from index.shipped import pack, shipped_documents
from index.store import build, load
from index.types import retrieval_as_json


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m index", description="Builds an index of documents and searches it.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("build", help="build an index")
    make.add_argument(
        "--documents", type=Path, action="append", required=True, metavar="DIR", help="a folder of documents; may be repeated"
    )
    search = commands.add_parser("search", help="answer queries, one JSON object a line")
    search.add_argument("--jsonl", action="store_true", help="read JSON lines from standard input (without it: plain questions)")
    search.add_argument("-k", type=int, default=10, help="how many results")
    commands.add_parser("pack", help="encode the shipped documents anew, after they were changed")
    for command in (make, search):
        command.add_argument("--index", type=Path, required=True, metavar="DIR", help="the folder of the index")
        command.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
    options = parser.parse_args(arguments)
    try:
        if options.command == "build":
            _build(options.documents, options.index, options.encoder)
        elif options.command == "pack":
            _pack()
        else:
            _search(options.index, options.encoder, options.k, jsonl=options.jsonl)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _build(folders: Sequence[Path], index: Path, encoder: str) -> None:
    reading = read_paths(folders)
    for problem in reading.problems:
        sys.stderr.write(f"{problem}\n")
    with tqdm(unit=" chunks", desc="Encoding", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        summary = build(reading.documents, SentenceTransformerEncoder(encoder), index, show)
    sys.stdout.write(
        f"{summary.documents} documents, {summary.items} items, {summary.chunks} chunks ({summary.encoded} encoded now), "
        f"{summary.unanswered} questions without an answer left out.\n"
    )


def _pack() -> None:
    items = merge([item for document in shipped_documents() for item in parse(document)])
    pack([chunk.text for chunk in make_chunks(items)], SentenceTransformerEncoder())


def _search(index: Path, encoder: str, k: int, *, jsonl: bool) -> None:
    retriever = load(index, SentenceTransformerEncoder(encoder))
    for query in read_queries(sys.stdin, Query, jsonl=jsonl):
        retrieval = retriever.retrieve(query.query, query.asked, k)
        sys.stdout.write(json.dumps(retrieval_as_json(query.qid, retrieval), ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
