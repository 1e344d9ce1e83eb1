"""The shell's way in: `python -m tutor ask --index DIR --jsonl`, `python -m tutor grade --jsonl` and `python -m tutor users`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from corpus.errors import UserError
from index.encoders import DEFAULT_ENCODER, SentenceTransformerEncoder
from index.jsonl import Query, read_queries
from index.store import load
from tutor.batch import Lookup, read_answers
from tutor.connection import Connection
from tutor.endpoint import Endpoint, endpoint_of
from tutor.grading import OfflineJudge, Task
from tutor.prepare import open_index
from tutor.settings import read_settings
from tutor.tutor import Tutor
from tutor.types import DEPTHS, Depth, Message, Reply, Verdict, reply_as_json, verdict_as_json
from tutor.users import add_users, run_users


class Question(Query):
    """One line of input: a query, and how deep its answer should go."""

    depth: Depth | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tutor", description="Asks the tutor and grades answers, without a screen.")
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="answer questions from an index")
    ask.add_argument("--index", type=Path, required=True, metavar="DIR", help="the folder of the index")
    ask.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
    ask.add_argument("--depth", choices=DEPTHS, default="interview", help="how deep to go, where a line does not say")
    ask.add_argument("--offline", action="store_true", help="ask no language model, whatever the environment names")
    ask.add_argument("--jsonl", action="store_true", help="one JSON object a line, in and out (without it: plain questions and answers)")
    grade = commands.add_parser("grade", help="grade answers, one JSON object a line")
    grade.add_argument("--index", type=Path, metavar="DIR", help="where to look up what an answer without a reference is held against")
    grade.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
    grade.add_argument("--jsonl", action="store_true", help="one JSON object a line out, too (without it: plain verdicts)")
    grade.add_argument("--offline", action="store_true", help="ask no language model, whatever the environment names")
    add_users(commands)
    options = parser.parse_args(arguments)
    try:
        if options.command == "users":
            run_users(options)
            return 0
        endpoint = None if options.offline else endpoint_of(read_settings())
        if options.command == "grade":
            _grade(options.index, options.encoder, endpoint, jsonl=options.jsonl)
            return 0
        connection = Connection(None, endpoint)
        tutor = Tutor(lambda _report: open_index(options.index, options.encoder), connection=connection)
        _ask(tutor, options.depth, jsonl=options.jsonl)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _ask(tutor: Tutor, depth: Depth, *, jsonl: bool) -> None:
    tutor.prepare()
    for line in read_queries(sys.stdin, Question, jsonl=jsonl):
        history = [Message(turn.role, turn.content) for turn in line.history if turn.role != "system"]
        *_, reply = tutor.ask(line.query, history, line.depth or depth)
        sys.stdout.write((json.dumps({"qid": line.qid} | reply_as_json(reply), ensure_ascii=False) if jsonl else _readable(reply)) + "\n")
        sys.stdout.flush()


def _grade(index: Path | None, name: str, endpoint: Endpoint | None, *, jsonl: bool) -> None:
    given = list(read_answers(sys.stdin))
    encoder = SentenceTransformerEncoder(name)
    lookup = None
    if index:
        retriever = load(index, encoder)
        lookup = Lookup(retriever.items, retriever.retrieve)
    judge = OfflineJudge(encoder)
    for one in tqdm(given, desc="Grading", unit=" answers", file=sys.stderr):
        task = one.task() or (lookup.task(one.question) if lookup else None) or Task(one.question, ())
        verdict = judge.judge(task, one.answer)
        if endpoint:
            from tutor.judging import judge_with_model

            verdict = judge_with_model(endpoint, task, one.answer, verdict)
        sys.stdout.write(
            (json.dumps({"id": one.id} | verdict_as_json(verdict), ensure_ascii=False) if jsonl else _card(one.id, verdict)) + "\n"
        )
        sys.stdout.flush()


def _card(name: str | int, verdict: Verdict) -> str:
    """A verdict for reading."""
    band = f" ({verdict.band[0]} to {verdict.band[1]})" if verdict.band else ""
    lines = [f"{name}: not graded" if verdict.score is None else f"{name}: {verdict.score} of 10{band}"]
    for point in verdict.points:
        lines.append(f"  {point.status:8} {point.text}")
        if point.evidence:
            lines.append(f"           “{point.evidence.quote}”")
    return "\n".join([*lines, f"  {verdict.feedback}", ""])


def _readable(reply: Reply) -> str:
    sources = [f"[{citation.n}] {citation.file}: {citation.question}" for citation in reply.citations]
    more = [f"- {question}" for question in reply.follow_ups]
    return "\n".join([reply.answer, "", *sources, "", *more, ""])


if __name__ == "__main__":
    sys.exit(main())
