"""The shell's way in: `python -m eval retrieval`. A table, JSON where asked for, and exit 1 below the recorded baseline."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import UserError
from corpus.readers import read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from eval.cases import read_retrieval_cases
from eval.retrieval import evaluate_retrieval
from index.encoders import DEFAULT_ENCODER, SentenceTransformerEncoder
from index.store import build, load

CASES = Path(__file__).parent / "data" / "retrieval.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 1 for an error, or for a figure below the baseline."""
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measures the tutor.")
    retrieval = parser.add_subparsers(dest="command", required=True).add_parser("retrieval", help="is the right passage found?")
    retrieval.add_argument("--documents", type=Path, default=SHIPPED_DOCUMENTS, metavar="DIR", help="other documents than the shipped ones")
    retrieval.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="other cases, one JSON object a line")
    retrieval.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
    retrieval.add_argument("--json", type=Path, metavar="FILE", help="write the scorecard there as well")
    retrieval.add_argument("--record", action="store_true", help="make these figures the baseline")
    options = parser.parse_args(arguments)
    try:
        return _retrieval(options)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _retrieval(options: argparse.Namespace) -> int:
    cases = read_retrieval_cases(options.cases)
    encoder = SentenceTransformerEncoder(options.encoder)
    with tempfile.TemporaryDirectory() as folder:
        build(read_paths([options.documents]).documents, encoder, Path(folder))
        scorecard = evaluate_retrieval(cases, load(Path(folder), encoder).retrieve)
    sys.stdout.write(scorecard.table() + "\n")
    if options.json:
        options.json.write_text(scorecard.as_json() + "\n", encoding="utf-8")
    if options.record:
        scorecard.record()
    ours = options.cases == CASES and options.documents == SHIPPED_DOCUMENTS and options.encoder == DEFAULT_ENCODER
    worse = scorecard.worse_than_baseline() if ours else []
    for line in worse:
        sys.stderr.write(f"Below the baseline: {line}\n")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
