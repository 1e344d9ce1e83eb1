"""The shell's way in: `python -m eval retrieval|grading|claims|grounding|interview|speech|speed|library`. Exit 1 when worse."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import UserError
from corpus.parse import parse
from corpus.readers import read_paths
from corpus.shipped import SHIPPED_DOCUMENTS
from corpus.types import QAItem
from eval.cases import (
    BadCases,
    GradingCase,
    HumanMark,
    MishearingCase,
    SpokenCase,
    read_cases,
    read_retrieval_cases,
)
from eval.claims import DATA, ClaimCase, evaluate_claims, halves, pairs_of, teach
from eval.extras import require
from eval.grading import calibration, evaluate_grading, evaluate_public, grade_cases, with_guarded
from eval.grounding import evaluate_grounding
from eval.interview import SETUPS, Room, evaluate_interviews, sit_interviews, transcript
from eval.library import DOCUMENTS, ITEMS, evaluate_library
from eval.plots import plot
from eval.retrieval import evaluate_retrieval
from eval.scorecard import Scorecard
from eval.speed import GOAL, GOAL_BFLOAT16, evaluate_speed, queries_from, run_in_process, write_documents
from index.encoders import DEFAULT_ENCODER, SentenceTransformerEncoder, has_bfloat16
from index.store import build, load, load_documents
from tutor.connection import Connection
from tutor.endpoint import endpoint_of
from tutor.engine import EngineError
from tutor.grading import OfflineJudge, task_of
from tutor.prepare import open_index
from tutor.settings import SettingsError, read_settings
from tutor.tutor import QuestionRefused, Tutor
from tutor.types import Depth, Message, Reply

CASES = Path(__file__).parent / "data" / "retrieval.jsonl"
ANSWERS = Path(__file__).parent / "data" / "grading.jsonl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 1 for an error, or for a figure below the baseline."""
    options = _options(arguments)
    measures = {
        "retrieval": _retrieval,
        "grading": _grading,
        "claims": _claims,
        "grounding": _grounding,
        "interview": _interview,
        "speech": _speech,
        "speed": _speed,
        "library": _library,
    }
    measure = measures[options.command]
    try:
        return _tell(measure(options), options)
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measures the tutor.")
    commands = parser.add_subparsers(dest="command", required=True)
    retrieval = commands.add_parser("retrieval", help="is the right passage found?")
    grounding = commands.add_parser("grounding", help="has every sentence its source, and is a refusal right?")
    grading = commands.add_parser("grading", help="are the marks those that a person would give?")
    claims = commands.add_parser("claims", help="are wrong claims seen, and right answers left in peace?")
    speed = commands.add_parser("speed", help="how fast is it, against a LangChain pipeline with the same model?")
    interview = commands.add_parser("interview", help="do interviews tell who knows from who does not, and keep to their rules?")
    interview.add_argument("--runs", type=int, default=2, help=f"how many interviews each candidate sits, of {len(SETUPS)} (default 2)")
    interview.add_argument("--transcripts", type=Path, metavar="FILE", help="write what was said there, to be read")
    interview.add_argument("--record", action="store_true", help="make these figures the baseline")
    speech = commands.add_parser("speech", help="what does the offline recogniser hear, and are misheard terms put right?")
    speech.add_argument("--record", action="store_true", help="make these figures the baseline")
    library = commands.add_parser("library", help="what does one more document cost in a library of the largest size?")
    library.add_argument("--size", type=int, default=DOCUMENTS, metavar="N", help=f"documents of {ITEMS} items (default {DOCUMENTS})")
    library.set_defaults(plot=None)  # seconds, megabytes and items have no scale in common
    for command in (retrieval, grounding):
        command.add_argument(
            "--documents", type=Path, default=SHIPPED_DOCUMENTS, metavar="DIR", help="other documents than the shipped ones"
        )
        command.add_argument("--cases", type=Path, default=CASES, metavar="FILE", help="other cases, one JSON object a line")
        command.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
        command.add_argument("--record", action="store_true", help="make these figures the baseline")
    grading.add_argument("--cases", type=Path, default=ANSWERS, metavar="FILE", help="other answers to shipped items")
    grading.add_argument("--data", type=Path, metavar="DIR", help="measure on public answers with people's marks, *.jsonl")
    grading.add_argument("--encoder", default=DEFAULT_ENCODER, help=f"the embedding model (default {DEFAULT_ENCODER})")
    grading.add_argument("--record", action="store_true", help="make these figures the baseline")
    claims.add_argument("--teach", action="store_true", help="teach the network first, which takes an hour, and write what it has learnt")
    claims.add_argument("--record", action="store_true", help="make these figures the baseline")
    grounding.add_argument("--model", action="store_true", help="ask the language model that the environment names, not the offline engine")
    speed.add_argument("--documents", type=Path, metavar="DIR", help="text files to index (default: 100,000 characters of our own)")
    speed.add_argument("--rounds", type=int, default=3, help="how often each of the two takes its turn (default 3)")
    speed.add_argument("--floor", type=float, help=f"exit 1 below this ratio of building (default {GOAL}; {GOAL_BFLOAT16} with bfloat16)")
    for command in (retrieval, grading, claims, grounding, interview, speech, speed, library):
        command.add_argument("--json", type=Path, metavar="FILE", help="write the scorecard there as well")
    for command in (retrieval, grading, claims, grounding, interview, speech, speed):
        command.add_argument("--plot", type=Path, metavar="FILE", help="draw it there as well: a .svg or a .png")
    return parser.parse_args(arguments)


def _tell(scorecard: Scorecard, options: argparse.Namespace) -> int:
    sys.stdout.write(scorecard.table() + "\n")
    if options.json:
        options.json.write_text(scorecard.as_json() + "\n", encoding="utf-8")
    if options.plot:
        plot(scorecard, options.plot)
    worse = _worse(scorecard, options)
    for line in worse:
        sys.stderr.write(f"Below the baseline: {line}\n")
    return 1 if worse else 0


def _worse(scorecard: Scorecard, options: argparse.Namespace) -> list[str]:
    if options.command == "speed":
        floor = options.floor or (GOAL_BFLOAT16 if has_bfloat16() else GOAL)
        ratio = scorecard.guarded["build"]
        return [] if ratio >= floor else [f"building is {ratio:.2f} times as fast as LangChain's and should be {floor}"]
    if options.command == "library":
        return []  # how long is long enough depends on the machine
    if options.record:
        scorecard.record()
    return scorecard.worse_than_baseline() if _is_ours(options) else []


def _is_ours(options: argparse.Namespace) -> bool:
    """Whether it was measured as the baseline was: on our own cases, with what ships."""
    if options.command in {"claims", "interview", "speech"}:
        return True
    if options.encoder != DEFAULT_ENCODER:
        return False
    if options.command == "grading":
        return options.cases == ANSWERS and not options.data
    return options.cases == CASES and options.documents == SHIPPED_DOCUMENTS and not getattr(options, "model", False)


def _retrieval(options: argparse.Namespace) -> Scorecard:
    cases = read_retrieval_cases(options.cases)
    encoder = SentenceTransformerEncoder(options.encoder)
    with tempfile.TemporaryDirectory() as folder:
        build(read_paths([options.documents]).documents, encoder, Path(folder))
        return evaluate_retrieval(cases, load(Path(folder), encoder).retrieve)


def _grading(options: argparse.Namespace) -> Scorecard:
    judge = OfflineJudge(SentenceTransformerEncoder(options.encoder))
    if options.data:
        files = sorted(options.data.glob("*.jsonl"))
        if not files:
            raise BadCases(f"There are no .jsonl files in {options.data}. Check the path.")
        return evaluate_public({file.stem: read_cases(file, HumanMark, "an answer") for file in files}, judge)
    cases = read_cases(options.cases, GradingCase, "a grading case")
    items = _shipped_items()
    unknown = sorted({case.item for case in cases} - items.keys())
    if unknown:
        raise BadCases(f"The shipped documents have no item {unknown[0]!r}, which {options.cases} asks for.")
    graded = grade_cases(with_guarded(cases, items), items, judge)
    sys.stdout.write(calibration(graded) + "\n\n")
    return evaluate_grading(graded, items)


def _claims(options: argparse.Namespace) -> Scorecard:
    cases, items = read_cases(DATA, ClaimCase, "a set of answers to a claim"), _shipped_items()
    if options.teach:
        teach(cases, items, _say)
    _, measured = halves(pairs_of(cases, items)[1])
    return evaluate_claims(measured, items, OfflineJudge(SentenceTransformerEncoder()))


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _shipped_items() -> dict[str, QAItem]:
    return {item.id: item for document in read_paths([SHIPPED_DOCUMENTS]).documents for item in parse(document)}


def _grounding(options: argparse.Namespace) -> Scorecard:
    cases = read_retrieval_cases(options.cases)
    connection = _connection() if options.model else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(read_paths([options.documents]).documents, SentenceTransformerEncoder(options.encoder), folder)
        tutor = Tutor(lambda _report: open_index(folder, options.encoder), connection=connection)
        tutor.prepare()
        if problem := tutor.status().problem:
            raise EngineError(problem)

        def ask(question: str, history: Sequence[Message], depth: Depth) -> Reply:
            try:
                *_, reply = tutor.ask(question, history, depth)
            except QuestionRefused as error:
                return Reply(str(error), answerable=False, engine=tutor.engine)
            return reply

        return evaluate_grounding(cases, ask, load_documents(folder))


def _interview(options: argparse.Namespace) -> Scorecard:
    judge = OfflineJudge(SentenceTransformerEncoder())
    documents = {document.file: document for document in read_paths([SHIPPED_DOCUMENTS]).documents}
    room = Room(_shipped_items(), documents, lambda item, answer: judge.judge(task_of(item), answer))
    sat = sit_interviews(room, SETUPS[: max(options.runs, 1)])
    if options.transcripts:
        options.transcripts.write_text("\n\n".join(map(transcript, sat)) + "\n", encoding="utf-8")
    return evaluate_interviews(sat, room)


def _connection() -> Connection:
    endpoint = endpoint_of(read_settings())
    if endpoint is None:
        raise SettingsError("--model asks a language model, and the environment names none. Set OPENAI_BASE_URL.")
    return Connection(None, endpoint)


def _speech(_options: argparse.Namespace) -> Scorecard:
    from eval.speech import MISHEARINGS, SENTENCES, evaluate_speech, require_voice

    require_voice()
    mishearings = read_cases(MISHEARINGS, MishearingCase, "a mishearing")
    return evaluate_speech(read_cases(SENTENCES, SpokenCase, "a sentence to be spoken"), mishearings, SHIPPED_DOCUMENTS)


def _speed(options: argparse.Namespace) -> Scorecard:
    require("langchain_community", "The other pipeline is")
    with _documents(options.documents) as documents:
        return evaluate_speed(run_in_process(documents, queries_from(read_retrieval_cases(CASES))), max(options.rounds, 1))


def _library(options: argparse.Namespace) -> Scorecard:
    return evaluate_library(max(options.size, 1))


@contextmanager
def _documents(given: Path | None) -> Iterator[Path]:
    """The folder to index: the one that is given, or one of our own."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        write_documents(read_paths([SHIPPED_DOCUMENTS]).documents, Path(folder))
        yield Path(folder)


if __name__ == "__main__":
    sys.exit(main())
