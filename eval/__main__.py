"""The shell's way in: `python -m eval retrieval|grading`. A table, JSON where asked for, and exit 1 below the recorded baseline."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import UserError
from corpus.parse import parse
from corpus.readers import read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from eval.cases import BadCases, GradingCase, HumanMark, read_cases, read_retrieval_cases
from eval.grading import calibration, evaluate_grading, evaluate_public, grade_cases, with_guarded
from eval.retrieval import evaluate_retrieval
from eval.scorecard import Scorecard
from index.encoders import DEFAULT_ENCODER, SentenceTransformerEncoder
from index.store import build, load
from tutor.grading import OfflineJudge

CASES = Path(__file__).parent / "data" / "retrieval.jsonl"
ANSWERS = Path(__file__).parent / "data" / "grading.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 1 for an error, or for a figure below the baseline."""
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measures the tutor.")
    commands = parser.add_subparsers(dest="command", required=True)
    retrieval = commands.add_parser("retrieval", help="is the right passage found?")
    retrieval.add_argument("--documents", type=Path, default=SHIPPED_DOCUMENTS, metavar="DIR", help="other documents than the shipped ones")
    retrieval.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="other cases, one JSON object a line")
    grading = commands.add_parser("grading", help="are the marks those that a person would give?")
    grading.add_argument("--cases", type=Path, default=ANSWERS, metavar="FILE", help="other answers to shipped items")
    grading.add_argument("--data", type=Path, metavar="DIR", help="measure on public answers with people's marks, *.jsonl")
    for command in (retrieval, grading):
        command.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
        command.add_argument("--json", type=Path, metavar="FILE", help="write the scorecard there as well")
        command.add_argument("--record", action="store_true", help="make these figures the baseline")
    options = parser.parse_args(arguments)
    try:
        return _retrieval(options) if options.command == "retrieval" else _grading(options)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _retrieval(options: argparse.Namespace) -> int:
    cases = read_retrieval_cases(options.cases)
    encoder = SentenceTransformerEncoder(options.encoder)
    with tempfile.TemporaryDirectory() as folder:
        build(read_paths([options.documents]).documents, encoder, Path(folder))
        scorecard = evaluate_retrieval(cases, load(Path(folder), encoder).retrieve)
    ours = options.cases == CASES and options.documents == SHIPPED_DOCUMENTS and options.encoder == DEFAULT_ENCODER
    return _report(scorecard, options, ours=ours)


def _grading(options: argparse.Namespace) -> int:
    judge = OfflineJudge(SentenceTransformerEncoder(options.encoder))
    if options.data:
        files = sorted(options.data.glob("*.jsonl"))
        if not files:
            raise BadCases(f"There are no .jsonl files in {options.data}. Check the path.")
        return _report(evaluate_public({file.stem: read_cases(file, HumanMark, "an answer") for file in files}, judge), options, ours=False)
    cases = read_cases(options.cases, GradingCase, "a grading case")
    items = {item.id: item for document in read_paths([SHIPPED_DOCUMENTS]).documents for item in parse(document)}
    unknown = sorted({case.item for case in cases} - items.keys())
    if unknown:
        raise BadCases(f"The shipped documents have no item {unknown[0]!r}, which {options.cases} asks for.")
    graded = grade_cases(with_guarded(cases, items), items, judge)
    sys.stdout.write(calibration(graded) + "\n\n")
    return _report(evaluate_grading(graded, items), options, ours=options.cases == ANSWERS and options.encoder == DEFAULT_ENCODER)


def _report(scorecard: Scorecard, options: argparse.Namespace, *, ours: bool) -> int:
    """Prints and keeps a scorecard. `ours`: it was made from our own cases, so it is held against the baseline."""
    sys.stdout.write(scorecard.table() + "\n")
    if options.json:
        options.json.write_text(scorecard.as_json() + "\n", encoding="utf-8")
    if options.record:
        scorecard.record()
    worse = scorecard.worse_than_baseline() if ours else []
    for line in worse:
        sys.stderr.write(f"Below the baseline: {line}\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
