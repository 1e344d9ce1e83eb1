"""The container files, as far as they can be checked without a container: what they copy, start and set is there."""

import re
from pathlib import Path

import yaml

from app import _options
from tutor.settings import Settings, variable

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
ALONE, OLLAMA = (yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in ("compose.yaml", "compose.ollama.yaml"))
KNOWN = {variable(name) for name in Settings.model_fields}


def test_the_image_holds_all_that_runs() -> None:
    copied = {name.rstrip("/") for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()}
    assert all((ROOT / name).exists() for name in copied)
    assert {"app.py", "corpus", "index", "tutor", "eval", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"} <= copied


def test_what_is_set_are_settings_and_what_is_started_are_options() -> None:
    (line,) = re.findall(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE)
    assert {pair.partition("=")[0] for pair in line.split()} <= KNOWN
    for compose in (ALONE, OLLAMA):
        assert set(compose["services"]["viva"].get("environment", {})) <= KNOWN
    command = ALONE["services"]["viva"]["command"]
    assert command[:2] == ["python", "app.py"]
    assert (_options(command[2:]).host, _options(command[2:]).i_know) == ("0.0.0.0", True)


def test_without_a_log_in_it_is_published_to_this_machine_only() -> None:
    viva = ALONE["services"]["viva"]
    assert viva["environment"]["VIVA_AUTH"] == "off"
    assert all(port.startswith("127.0.0.1:") for port in viva["ports"])
    assert "VIVA_AUTH=on" in DOCKERFILE


def test_the_second_file_only_adds_to_the_first() -> None:
    waits_for = OLLAMA["services"]["viva"]["depends_on"]
    assert set(waits_for) <= set(OLLAMA["services"])
    assert not set(OLLAMA["services"]["viva"]) & {"build", "command", "ports", "volumes"}
