"""A file is there with all its text or with the text before: what is written beside it takes its name when it is on the disk."""

import os
from pathlib import Path


def write_whole(path: Path, raw: bytes) -> None:
    """Writes a file of which nobody ever sees a half, not after a crash either. Raises OSError."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with partial.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    if os.name != "nt":  # where folders cannot be flushed
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
