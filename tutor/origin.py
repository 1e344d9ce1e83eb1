"""Which items come from the documents that ship, and which from the learner's own. A document is known by its bytes, whatever its name."""

import hashlib
from collections.abc import Mapping
from functools import cache

from corpus.shipped import SHIPPED_DOCUMENTS
from corpus.types import Document, QAItem
from tutor.interview import Origin


def of_origin(items: Mapping[str, QAItem], documents: Mapping[str, Document], origin: Origin) -> Mapping[str, QAItem]:
    """The items that at least one such document answers, in their order. `documents` are by file."""
    if origin == "both":
        return items
    files = {file for file, document in documents.items() if (document.sha256 in _shipped()) == (origin == "shipped")}
    return {name: item for name, item in items.items() if any(source.file in files for source in item.sources)}


@cache
def _shipped() -> frozenset[str]:
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in SHIPPED_DOCUMENTS.rglob("*") if path.is_file())
