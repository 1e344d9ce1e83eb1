"""Where a language model is asked: an address, a key and what the model can take. Checked when it is given, not when it is used.

A wrong key or address otherwise shows as a fault of the connection an hour later. The key is a secret everywhere but in the file.
"""

import ipaddress
import json
import os
import re
import socket
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_serializer, field_validator

from corpus.errors import UserError
from tutor.settings import Settings

OPENAI = "https://api.openai.com/v1"
_FILE = "endpoint.json"
_PASTED = re.compile(r"(?:/chat/completions|/completions|/models)$")
_METADATA = {"metadata.google.internal", "metadata"}


class EndpointError(UserError):
    """An address, a key or a number of an endpoint that cannot be right, or a saved endpoint that cannot be read."""


class Endpoint(BaseModel):
    """An OpenAI-compatible server and a model on it. Prices are money for a million tokens, in whatever currency.

    `model` may be empty: then it is the only model that the server has. `base_url` ends without a slash, mostly in "/v1".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = OPENAI
    model: str = Field(default="", max_length=300)
    key: SecretStr = SecretStr("")
    context_tokens: int = Field(default=8192, ge=512, le=10_000_000)
    price_in: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    price_out: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        address = value.strip()
        parts = urlsplit(address)  # raises ValueError where a bracket or a port is wrong
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("the address must begin with http:// or https:// and name a server, for example http://127.0.0.1:11434/v1")
        if re.search(r"[\s\x00-\x1f\x7f]", address) or parts.username is not None or parts.query or parts.fragment:
            raise ValueError("the address may hold no spaces, no user name or password, no ? and no #")
        if parts.port == 0 or _is_link_local(parts.hostname):
            raise ValueError(f"the address {parts.hostname} is not a place for a model server")
        path = re.sub(r"(?:/v1){2,}(?=/|$)", "/v1", _PASTED.sub("", re.sub("/{2,}", "/", parts.path).rstrip("/")))
        return f"{parts.scheme}://{parts.netloc}{path or '/v1'}"

    @field_validator("model")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if re.search(r"[\x00-\x1f\x7f]", value):
            raise ValueError("the name of the model must be one line")
        return value.strip()

    @field_validator("key")
    @classmethod
    def _sendable(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value().strip(" ")
        if not re.fullmatch(r"[\x21-\x7e]*", key):
            raise ValueError("the key may hold only plain letters, digits and signs: no spaces, no line breaks. Copy it again")
        return SecretStr(key)

    @field_serializer("key", when_used="json")
    def _written(self, key: SecretStr) -> str:
        return key.get_secret_value()

    @property
    def host(self) -> str:
        """The server as a person would name it, with its port where it has one."""
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the server is this machine."""
        name = urlsplit(self.base_url).hostname or ""
        address = _as_address(name)
        return name == "localhost" or (address is not None and address.is_loopback)

    @property
    def name(self) -> str:
        """One line for the screen that says who answers."""
        return f"{self.model or 'The language model'} at {self.host}, answers checked against your documents"


def make_endpoint(**values: object) -> Endpoint:
    """An endpoint from what a person typed. Raises EndpointError, which never repeats the key."""
    try:
        return Endpoint.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise EndpointError(f"The setting {field} of the language model is wrong: {first['msg'].removeprefix('Value error, ')}.") from None


def endpoint_of(settings: Settings) -> Endpoint | None:
    """The endpoint that the environment names. Raises EndpointError.

    None where it names neither an address nor a model: a key alone, which other programs use too, sends nobody's documents anywhere.
    """
    if not settings.openai_base_url and not settings.model:
        return None
    return make_endpoint(
        base_url=settings.openai_base_url or OPENAI,
        key=settings.openai_api_key,
        model=settings.model,
        context_tokens=settings.context_tokens,
        price_in=settings.price_in,
        price_out=settings.price_out,
    )


def save_endpoint(folder: Path, endpoint: Endpoint | None) -> None:
    """Keeps an endpoint in a folder, readable by its owner only; None removes what was kept. Raises EndpointError."""
    try:
        if endpoint is None:
            (folder / _FILE).unlink(missing_ok=True)
        else:
            _write(folder, json.dumps(endpoint.model_dump(mode="json"), indent=2))
    except OSError as error:
        raise EndpointError(f"The connection could not be saved in {folder}: {error.strerror}. Look at its permissions.") from error


def load_endpoint(folder: Path) -> Endpoint | None:
    """What `save_endpoint` kept, None where nothing is kept. Raises EndpointError where it is damaged."""
    path = folder / _FILE
    try:
        return Endpoint.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise EndpointError(f"The saved connection {path} cannot be read, so it is not used. Set it again on the settings page.") from None


def _write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=_FILE, suffix=".new")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / _FILE)
    finally:
        Path(name).unlink(missing_ok=True)


def _is_link_local(host: str) -> bool:
    """Whether a host is where clouds keep a machine's credentials, in whatever way its number is written."""
    address = _as_address(host)
    return host.rstrip(".").lower() in _METADATA or (address is not None and (address.is_link_local or address.is_multicast))


def _as_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))  # 2852039166 and 0xA9.254.43518 are numbers too
        except (OSError, ValueError):
            return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
