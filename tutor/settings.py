"""What can be set from outside. The only file that reads the environment; the settings are made once, by app.py or a shell command."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import UserError
from corpus.shipped import SHIPPED_DOCUMENTS

_HERE = Path(__file__).parent.parent


class SettingsError(UserError):
    """A setting with an impossible value."""


class Settings(BaseModel):
    """Each setting can be given as VIVA_<NAME> in the environment; several folders with the system's path separator between them."""

    model_config = ConfigDict(frozen=True)

    encoder: str = Field(default="all-MiniLM-L6-v2", min_length=1, description="The embedding model: a name, or a folder on this machine.")
    data: Path = Field(default=_HERE / ".viva", description="The folder for the index and everything else that Viva writes.")
    documents: tuple[Path, ...] = Field(default=(SHIPPED_DOCUMENTS,), min_length=1, description="The folders of documents.")
    rebuild: bool = Field(default=False, description="Build the index anew, whatever is there.")


def read_settings(**given: object) -> Settings:
    """The settings, with those that are given before those of the environment. Raises SettingsError."""
    values: dict[str, object] = {}
    for name in Settings.model_fields:
        value = os.environ.get(f"VIVA_{name.upper()}")
        if value is not None:
            values[name] = value.split(os.pathsep) if name == "documents" else value
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = "VIVA_" + "_".join(str(part) for part in first["loc"][:1]).upper()
        raise SettingsError(f"The setting {name} cannot be {first['input']!r}: {first['msg']}. Change it or leave it unset.") from error
