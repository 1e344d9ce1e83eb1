"""What can be set from outside. The only file that reads the environment; the settings are made once, by app.py or a shell command."""

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from corpus.errors import UserError
from corpus.shipped import SHIPPED_DOCUMENTS

_HERE = Path(__file__).parent.parent


class SettingsError(UserError):
    """A setting with an impossible value."""


class Settings(BaseModel):
    """Each setting can be given in the environment, see `variable`; several folders with the system's path separator between them."""

    model_config = ConfigDict(frozen=True)

    encoder: str = Field(default="all-MiniLM-L6-v2", min_length=1, description="The embedding model: a name, or a folder on this machine.")
    data: Path = Field(default=_HERE / ".viva", description="The folder for the index and everything else that Viva writes.")
    documents: tuple[Path, ...] = Field(default=(SHIPPED_DOCUMENTS,), min_length=1, description="The folders of documents.")
    auth: bool = Field(default=False, description="Whether people have to log in: on or off.")
    url: str = Field(
        default="",
        pattern=r"^(https?://[^/?#@\s]+)?/?$",
        description="The address that people reach Viva at, where a proxy stands before it.",
    )
    rebuild: bool = Field(default=False, description="Build the index anew, whatever is there.")
    openai_base_url: str = Field(
        default="", description="The address of an OpenAI-compatible server, for example http://127.0.0.1:11434/v1."
    )
    openai_api_key: SecretStr = Field(default=SecretStr(""), description="The key for that server, where it wants one.")
    model: str = Field(default="", description="The language model to ask there; empty: the only one that the server has.")
    context_tokens: int = Field(default=8192, ge=512, description="How many tokens the model takes, question and answer together.")
    price_in: float | None = Field(default=None, ge=0, description="What a million tokens sent to the model cost.")
    price_out: float | None = Field(default=None, ge=0, description="What a million tokens from the model cost.")
    transcriber: Literal["auto", "off", "sphinx", "whisper", "endpoint"] = Field(
        default="auto", description="Who listens to spoken answers."
    )
    whisper_model: str = Field(default="small.en", min_length=1, description="The Whisper model: a name, or a folder on this machine.")
    transcription_model: str = Field(default="", max_length=300, description="The model at the server that listens; naming one uses it.")
    speaker: Literal["auto", "off", "espeak", "endpoint"] = Field(default="auto", description="Who speaks where the browser has no voice.")
    speech_model: str = Field(default="", max_length=300, description="The model at the server that speaks; naming one uses it.")
    voice: str = Field(default="", max_length=100, description="A voice of whoever speaks; empty: its usual one.")


def variable(name: str) -> str:
    """The environment variable of a setting: VIVA_<NAME>, or the name that every program uses for it."""
    return name.upper() if name.startswith("openai_") else f"VIVA_{name.upper()}"


def read_settings(**given: object) -> Settings:
    """The settings, with those that are given before those of the environment. Raises SettingsError."""
    values: dict[str, object] = {}
    for name in Settings.model_fields:
        value = os.environ.get(variable(name))
        if value is not None:
            values[name] = value.split(os.pathsep) if name == "documents" else value
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = variable("_".join(str(part) for part in first["loc"][:1]))
        raise SettingsError(f"The setting {name} cannot be {first['input']!r}: {first['msg']}. Change it or leave it unset.") from error
