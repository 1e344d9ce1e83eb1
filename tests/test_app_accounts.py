"""The whole program with accounts: who may be reached from elsewhere, the first password, and what a terminal is told."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import app
from tests.browser import free_port
from tutor.settings import SettingsError, read_settings
from tutor.ui.gate import SESSION_COOKIE

ROOT = Path(__file__).parent.parent


@contextmanager
def started(kitchen: Path, data: Path, said: list[str]) -> Iterator[str]:
    """app.py with accounts, reachable from everywhere; what it said is put into `said` afterwards."""
    port = free_port()
    options = ["--host", "0.0.0.0", "--port", str(port), "--only-documents", str(kitchen), "--data", str(data)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "VIVA_AUTH": "on", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "app.py", *options]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    httpx.get(f"{address}/healthz")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield address
        finally:
            process.terminate()
        said.append(process.stdout.read() if process.stdout else "")
    assert process.returncode == 0, said


def test_the_first_start_prints_a_password_once_and_logs_no_other(kitchen: Path, tmp_path: Path) -> None:
    said: list[str] = []
    with started(kitchen, tmp_path / "data", said) as address:
        assert httpx.post(f"{address}/login", data={"name": "admin", "password": "my-secret-guess"}).status_code == 401
        assert httpx.get(f"{address}/config", headers={"Cookie": f"{SESSION_COOKIE}=my-secret-cookie"}).status_code == 401
    found = re.search(r"Log in as admin with the password (\S{16,})\n", said[0])
    assert found
    assert "my-secret" not in said[0]
    with started(kitchen, tmp_path / "data", said) as address, httpx.Client(base_url=address) as client:
        assert client.post("/login", data={"name": "admin", "password": found[1]}).status_code == 303
        assert client.get("/config").json()["username"] == "admin"
        token = client.cookies[SESSION_COOKIE]
    assert "password" not in said[1]
    assert found[1] not in said[1]
    assert token not in said[1]


@pytest.mark.parametrize("auth", ["", "off", "0"])
def test_without_accounts_only_this_machine_is_served(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, auth: str
) -> None:
    monkeypatch.delenv("VIVA_AUTH", raising=False)
    if auth:
        monkeypatch.setenv("VIVA_AUTH", auth)
    assert app.main(["--host", "0.0.0.0", "--data", str(tmp_path)]) == 1
    assert "Set VIVA_AUTH=on" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("auth", ["maybe", ""])
def test_a_setting_that_is_neither_on_nor_off_is_refused(monkeypatch: pytest.MonkeyPatch, auth: str) -> None:
    monkeypatch.setenv("VIVA_AUTH", auth)
    with pytest.raises(SettingsError, match="VIVA_AUTH"):
        read_settings()


@pytest.mark.parametrize(
    "url", ["viva.example", "ftp://viva.example", "https://viva.example/path", "https://a b", "https://u@viva.example"]
)
def test_a_public_address_is_a_scheme_and_a_host(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("VIVA_URL", url)
    with pytest.raises(SettingsError, match="VIVA_URL"):
        read_settings()
