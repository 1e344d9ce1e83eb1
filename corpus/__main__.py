"""The shell's way in: `python -m corpus parse PATH... --jsonl [--merge]` and `python -m corpus check PATH...`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import UserError
from corpus.faults import Encode, find_faults
from corpus.health import FileHealth, disagreements, file_health
from corpus.merge import merge
from corpus.parse import parse
from corpus.readers import Reading, read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from corpus.types import QAItem


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 1 for an error, or for a shipped document that is broken."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description="Reads documents and finds the questions and answers in them.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, says in (("parse", "print every question with its answer"), ("check", "report what was found, empty, repeated, disagreeing")):
        command = commands.add_parser(name, help=says)
        command.add_argument("paths", nargs="*" if name == "check" else "+", type=Path, metavar="PATH", help="a file or a folder")
        if name == "parse":
            command.add_argument("--jsonl", action="store_true", help="one JSON object a line")
            command.add_argument("--merge", action="store_true", help="make one item of a question that is asked in several places")
    options = parser.parse_args(arguments)
    try:
        reading = read_paths(options.paths or [SHIPPED_DOCUMENTS])
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for problem in reading.problems:
        sys.stderr.write(f"{problem}\n")
    if options.command == "parse":
        items = [item for document in reading.documents for item in parse(document)]
        for item in merge(items) if options.merge else items:
            sys.stdout.write((json.dumps(as_json(item), ensure_ascii=False) if options.jsonl else _readable(item)) + "\n")
        return 0
    return check(reading, options.paths or [SHIPPED_DOCUMENTS])


def as_json(item: QAItem) -> dict[str, object]:
    """An item as the shell contract has it."""
    return {
        "file": item.sources[0].file,
        "question": item.question,
        "answer": item.answer,
        "level": item.level,
        "topic": item.topic,
        "sources": [
            {"file": source.file, "start": source.start, "end": source.end, "question": source.question, "answer": source.answer}
            for source in item.sources
        ],
        "key_points": [point.text for point in item.key_points],
        "warnings": list(item.warnings),
        "id": item.id,
        "wordings": list(item.wordings),
        "parent": item.parent,
    }


def check(reading: Reading, paths: Sequence[Path]) -> int:
    """Prints the health report. Returns 1 where a shipped document is broken."""
    parsed = [(document, parse(document)) for document in reading.documents]
    healths = [file_health(document.file, items) for document, items in parsed]
    items = [item for _, found in parsed for item in found]
    merged = merge(items)
    width = max(len(health.file) for health in healths)
    sys.stdout.write(f"{'file':<{width}}  items  empty  repeated  warnings\n")
    for health in healths:
        sys.stdout.write(
            f"{health.file:<{width}}  {health.found:5}  {len(health.empty):5}  {len(health.repeated):8}  {len(health.warnings):8}\n"
        )
    answered = sum(item.answered for item in merged)
    sys.stdout.write(f"\n{len(items)} items in {len(healths)} files; {len(merged)} different questions, {answered} of them answered.\n")
    for document, health in zip(reading.documents, healths, strict=True):
        _details(health, document.warnings)
    for found in disagreements(merged):
        sys.stdout.write(f"\ndisagreeing: {found.question}\n  {found.first[0]}: {found.first[1]}\n  {found.second[0]}: {found.second[1]}\n")
    for problem in reading.problems:
        sys.stdout.write(f"\nnot read: {problem}\n")
    if not any(path.resolve().is_relative_to(SHIPPED_DOCUMENTS) for path in paths):
        return 0
    faults = find_faults(items, _encode())
    for fault in faults:
        sys.stdout.write(f"\n{fault.file}: “{fault.question}” {fault.text}\n")
    return 1 if faults or reading.problems or any(health.empty or health.repeated for health in healths) else 0


def _encode() -> Encode:
    """The embedding model. A command is where packages meet; everything else in this package knows nothing of the index."""
    from index.encoders import SentenceTransformerEncoder

    return SentenceTransformerEncoder().encode


def _details(health: FileHealth, warnings: Sequence[str]) -> None:
    rows = [
        *(("warning", warning) for warning in warnings),
        *(("empty", question) for question in health.empty),
        *(("repeated", question) for question in health.repeated),
    ]
    rows += [("warning", f"{question}: {warning}") for question, warning in health.warnings]
    if rows:
        sys.stdout.write(f"\n{health.file}\n" + "".join(f"  {kind}: {text}\n" for kind, text in rows))


def _readable(item: QAItem) -> str:
    places = ", ".join(f"{source.file}:{source.start}-{source.end}" for source in item.sources)
    return f"{item.question}\n{item.answer or '(the answer is missing)'}\n[{places}]\n"


if __name__ == "__main__":
    sys.exit(main())
