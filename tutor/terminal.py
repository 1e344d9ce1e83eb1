"""How getting ready is shown in a terminal: one line for each step, a bar for the one that takes long."""

import sys
from collections.abc import Callable
from typing import Any


def terminal_progress() -> Callable[[str, int, int], None]:
    """A function to be told what is being done, how much of it is done, and how much there is."""
    from tqdm import tqdm

    bar: Any = None  # a tqdm bar, whose type says nothing of use
    last = ""

    def show(doing: str, done: int, total: int) -> None:
        nonlocal bar, last
        if doing != last and bar is not None:
            bar.close()
            bar = None
        if total > 1:
            if bar is None:
                bar = tqdm(total=total, desc=doing, unit=" chunks", file=sys.stderr)
            bar.update(done - bar.n)
        elif doing != last:
            sys.stderr.write(f"{doing} ...\n")
        last = doing

    return show
