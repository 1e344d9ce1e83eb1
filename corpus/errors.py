"""Every error meant for the person at the screen descends from UserError, so three places can catch them all.

UserError
├── UnreadableDocument      corpus/readers.py    a file that cannot be read as a document
├── BadDocuments            corpus/readers.py    a path that holds nothing to read
├── LibraryError            corpus/library.py    a document that cannot be added, found or removed
├── EncoderError            index/encoders.py    the embedding model is missing or damaged
├── StaleIndex              index/store.py       the index was built from something else, or is damaged
├── BadLine                 index/jsonl.py       a line of input that is not what the shell contract says
├── BadCases                eval/cases.py        a file of cases that is missing or not what it should be
├── MissingPackage          eval/extras.py       a package that only measuring needs is not installed
├── MeasurementFailed       eval/speed.py        a pipeline that was to be measured did not run to its end
├── PlotError               eval/plots.py        a picture that could not be written
├── SettingsError           tutor/settings.py    a setting with an impossible value
├── JournalError            tutor/journal.py     what was said could not be kept or found
├── InterviewError          tutor/events.py      an interview that cannot be read or gone on with
├── SetupRefused            tutor/jobs.py        an interview that cannot be like that
├── LearnerError            tutor/learners.py    a name that nobody can have
├── AccountError            tutor/accounts.py    an account that cannot be made, found or changed
├── NotAllowed              tutor/ui/access.py   something that only an administrator may do
├── TooFast                 tutor/throttle.py    more was asked in a minute than one person can read
├── SpeechError             tutor/speech/       a recording that cannot be used, or a recogniser or voice that failed
├── ReviewError             tutor/deck.py        a review that cannot be read or gone on with
├── CallRefused             tutor/calls.py       a call of a program or a model that cannot be answered as it is
├── QuestionRefused         tutor/tutor.py       a question that is empty or too long
├── ReportError             tutor/written_report.py  a report in JSON that cannot be read
├── ClaimsError             tutor/claims.py      the network that sees wrong claims is missing or damaged
├── EndpointError           tutor/endpoint.py    a language model's address, key or number that cannot be right
└── EngineError             tutor/engine.py      an answer could not be made
    └── ModelError          tutor/faults.py      a language model that could not be reached or gave no answer
"""


class UserError(Exception):
    """One or two sentences for a person: what happened, and what to do next."""


class UnreadableDocument(UserError):
    """A file that cannot be read as a document; the other files are still read."""


class BadDocuments(UserError):
    """A path given as documents that does not exist or holds none."""
