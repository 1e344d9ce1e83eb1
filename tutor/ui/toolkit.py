"""The one door to Gradio: what has to be set before it is imported is set here, so nobody can import it too early.

More than half of the time that Gradio takes to import goes into writing its own type stubs anew, for editors, in its own folder
(where a server may have no right to write), and into docstrings for them. They are there already, so both are left out. And after
each event Gradio would sum up the times of the last ten thousand, for a page that is switched off.
"""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # telemetry
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)  # events between two summaries
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"


def _leave_out(module: ModuleType) -> None:
    """Puts nothing in the place of what only editors need. Where a name is no longer there, nothing is lost."""
    if hasattr(module, "create_or_modify_pyi"):
        vars(module)["create_or_modify_pyi"] = lambda *_: None
    if hasattr(module, "EventListener"):
        module.EventListener.set_doc = lambda *_, **__: None


class _Quick(MetaPathFinder):
    """Finds two of Gradio's modules as ever, and leaves something out of them as soon as they are loaded."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname not in ("gradio.component_meta", "gradio.events"):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_leave_out(module: ModuleType) -> None:
            load(module)
            _leave_out(module)

        vars(spec.loader)["exec_module"] = load_and_leave_out
        return spec


_quick = _Quick()
sys.meta_path.insert(0, _quick)
import gradio as gr  # noqa: E402  # after the environment and the finder

sys.meta_path.remove(_quick)

__all__ = ["gr"]
