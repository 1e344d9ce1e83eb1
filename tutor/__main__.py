"""The shell's way in: `python -m tutor ask --index DIR --jsonl`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import UserError
from index.encoders import DEFAULT_ENCODER
from index.jsonl import Query, read_queries
from tutor.prepare import open_index
from tutor.tutor import Tutor
from tutor.types import DEPTHS, Depth, Message, Reply, reply_as_json


class Question(Query):
    """One line of input: a query, and how deep its answer should go."""

    depth: Depth | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tutor", description="Asks the tutor, without a screen.")
    ask = parser.add_subparsers(dest="command", required=True).add_parser("ask", help="answer questions from an index")
    ask.add_argument("--index", type=Path, required=True, metavar="DIR", help="the folder of the index")
    ask.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
    ask.add_argument("--depth", choices=DEPTHS, default="interview", help="how deep to go, where a line does not say")
    ask.add_argument("--jsonl", action="store_true", help="one JSON object a line, in and out (without it: plain questions and answers)")
    options = parser.parse_args(arguments)
    try:
        _ask(options.index, options.encoder, options.depth, jsonl=options.jsonl)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _ask(index: Path, encoder: str, depth: Depth, *, jsonl: bool) -> None:
    tutor = Tutor(lambda _report: open_index(index, encoder))
    tutor.prepare()
    for line in read_queries(sys.stdin, Question, jsonl=jsonl):
        history = [Message(turn.role, turn.content) for turn in line.history if turn.role != "system"]
        *_, reply = tutor.ask(line.query, history, line.depth or depth)
        sys.stdout.write((json.dumps({"qid": line.qid} | reply_as_json(reply), ensure_ascii=False) if jsonl else _readable(reply)) + "\n")
        sys.stdout.flush()


def _readable(reply: Reply) -> str:
    sources = [f"[{citation.n}] {citation.file}: {citation.question}" for citation in reply.citations]
    more = [f"- {question}" for question in reply.follow_ups]
    return "\n".join([reply.answer, "", *sources, "", *more, ""])


if __name__ == "__main__":
    sys.exit(main())
