"""An endpoint is checked when it is given, its key is kept secret, and what is saved survives damage."""

import json
import os
import stat
from pathlib import Path

import pytest

from tutor.endpoint import OPENAI, Endpoint, EndpointError, endpoint_of, load_endpoint, make_endpoint, save_endpoint
from tutor.settings import SettingsError, read_settings


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        (" http://127.0.0.1:8080/v1/ ", "http://127.0.0.1:8080/v1"),
        ("https://models.example/v1/v1", "https://models.example/v1"),
        ("https://models.example//api/v1/chat/completions", "https://models.example/api/v1"),
        ("https://models.example/openai/v1beta", "https://models.example/openai/v1beta"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_an_address_is_put_right(typed: str, used: str) -> None:
    assert Endpoint(base_url=typed).base_url == used


@pytest.mark.parametrize(
    "typed",
    [
        "", "localhost:11434", "file:///etc/passwd", "ftp://models.example", "http://", "http://you:secret@models.example/v1",
        "http://models.example/v1?key=1", "http://models.example/v1#x", "http://models .example", "http://models.example\n.evil",
        "http://169.254.169.254/latest", "http://169.254.10.10", "http://2852039166", "http://0xA9FEA9FE", "http://0251.0376.0251.0376",
        "http://[fe80::1]/v1", "http://[::ffff:169.254.169.254]", "http://metadata.google.internal/v1", "http://[::1", "http://a:99999",
    ],
)  # fmt: skip
def test_an_address_that_no_model_lives_at_is_refused(typed: str) -> None:
    with pytest.raises(EndpointError, match="base_url"):
        make_endpoint(base_url=typed)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel", "tab\t", "nul\x00"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(EndpointError, match="the key may hold only plain letters") as caught:
        make_endpoint(base_url=OPENAI, key=key)
    assert key not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_is_not_shown_by_accident() -> None:
    endpoint = make_endpoint(base_url=OPENAI, key=" sk-secret ")
    assert endpoint.key.get_secret_value() == "sk-secret"
    assert "sk-secret" not in f"{endpoint} {endpoint!r} {endpoint.name} {endpoint.model_dump()}"


@pytest.mark.parametrize("values", [{"context_tokens": 10}, {"price_in": -1}, {"price_out": float("nan")}, {"model": "a\nb"}, {"speed": 1}])
def test_numbers_that_cannot_be_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(EndpointError):
        make_endpoint(base_url=OPENAI, **values)


def test_what_is_saved_is_for_its_owner_only_and_comes_back(tmp_path: Path) -> None:
    endpoint = make_endpoint(base_url="http://127.0.0.1:1234/v1", model="small", key="sk-1", context_tokens=4096, price_in=1.5)
    save_endpoint(tmp_path / "new", endpoint)
    save_endpoint(tmp_path / "new", endpoint)
    (file,) = (tmp_path / "new").iterdir()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_endpoint(tmp_path / "new") == endpoint
    save_endpoint(tmp_path / "new", None)
    save_endpoint(tmp_path / "new", None)
    assert load_endpoint(tmp_path / "new") is None
    assert load_endpoint(tmp_path / "nowhere") is None


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe\x00", b"[]", json.dumps({"base_url": "file:///x", "key": "sk-2"}).encode()])
def test_a_damaged_file_is_told_without_its_key(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "endpoint.json").write_bytes(damage)
    with pytest.raises(EndpointError, match="Set it again on the settings page") as caught:
        load_endpoint(tmp_path)
    assert "sk-2" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EndpointError, match="could not be saved"):
        save_endpoint(tmp_path / "file", make_endpoint(base_url=OPENAI))


def test_the_environment_names_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "VIVA_MODEL"):
        monkeypatch.delenv(name, raising=False)
    assert endpoint_of(read_settings()) is None
    monkeypatch.setenv("OPENAI_API_KEY", "sk-3")
    assert endpoint_of(read_settings()) is None, "a key alone, which other programs use too, sends no documents anywhere"
    monkeypatch.setenv("VIVA_MODEL", "good-model")
    endpoint = endpoint_of(read_settings())
    assert endpoint is not None
    assert (endpoint.base_url, endpoint.model, endpoint.key.get_secret_value()) == (OPENAI, "good-model", "sk-3")
    assert endpoint.name == "good-model at api.openai.com, answers checked against your documents"
    assert not endpoint.is_local
    for name, value in {"OPENAI_BASE_URL": "http://localhost:11434", "VIVA_CONTEXT_TOKENS": "4096", "VIVA_PRICE_IN": "0.5"}.items():
        monkeypatch.setenv(name, value)
    endpoint = endpoint_of(read_settings())
    assert endpoint is not None
    assert (endpoint.base_url, endpoint.context_tokens, endpoint.price_in) == ("http://localhost:11434/v1", 4096, 0.5)
    assert endpoint.is_local
    monkeypatch.setenv("VIVA_PRICE_IN", "cheap")
    with pytest.raises(SettingsError, match="VIVA_PRICE_IN"):
        read_settings()
    monkeypatch.delenv("VIVA_PRICE_IN")
    monkeypatch.setenv("OPENAI_API_KEY", "two words")
    with pytest.raises(EndpointError, match="key"):
        endpoint_of(read_settings())
