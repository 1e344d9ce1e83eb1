"""The one door to Gradio: what has to be set before it is imported is set here, so nobody can import it too early.

Half of the time that Gradio takes to import goes into writing its own type stubs anew, for editors, in its own folder. They are
there already, and a server may not write there, so that step is left out. And after each event Gradio would sum up the times of
the last ten thousand, for a page that is switched off.
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


class _WithoutStubs(MetaPathFinder):
    """Finds `gradio.component_meta` as ever, and takes the writing of stubs out of it once it is loaded."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != "gradio.component_meta":
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_without_stubs(module: ModuleType) -> None:
            load(module)
            vars(module)["create_or_modify_pyi"] = lambda *_: None

        vars(spec.loader)["exec_module"] = load_without_stubs
        return spec


_finder = _WithoutStubs()
sys.meta_path.insert(0, _finder)
import gradio as gr  # noqa: E402  # after the environment and the finder

sys.meta_path.remove(_finder)

__all__ = ["gr"]
