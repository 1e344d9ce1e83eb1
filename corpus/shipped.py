"""Where the documents are that ship. A file of its own, since the settings name it and must load without any reader."""

from pathlib import Path

SHIPPED_DOCUMENTS = Path(__file__).parent / "documents"
