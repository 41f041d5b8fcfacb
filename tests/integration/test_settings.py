"""Settings: their defaults, and the one clear line for each that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from application.access import Scope
from infrastructure.settings import SettingsError, read_settings
from main import create_app


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of a developer's own."""
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.ledger_url.startswith("sqlite:///")
    assert settings.ledger_url.endswith("/data/anfitrion.db")
    assert settings.models_of("router") == ()
    assert not settings.fixed_keys


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("PORT", "abc", 'PORT: must be a port number from 0 (any free one) to 65535, got "abc"'),
        ("PORT", "65536", "PORT: must be"),
        ("CLOCK", "2026-11-27T10:00:00", "CLOCK: must be an instant with its offset"),
        ("CLOCK", "tomorrow", 'got "tomorrow"'),
        ("ROUTER_DEADLINE_S", "0", "ROUTER_DEADLINE_S: must be seconds, more than 0"),
        ("MAX_TOKENS_PER_CALL", "many", "MAX_TOKENS_PER_CALL: must be a number of tokens"),
        ("DAILY_BUDGET_USD", "-1", "DAILY_BUDGET_USD: must be US dollars"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: must be `console` or `json`"),
        ("HUMAN_MODEL", "a,,b", "HUMAN_MODEL: must be"),
        ("VENUES_DIR", "nowhere", "VENUES_DIR: must be a folder of venue files"),
    ],
)
def test_a_wrong_value_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert len(refused.value.lines) == 1
    assert line in refused.value.lines[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEYS", "boss:s3cret"),
        ("API_KEYS", "s3cret"),
        ("DATABASE_URL", "mysql://me:s3cret@db/x"),
        ("SMTP_URL", "http://me:s3cret@mail"),
        ("SMTP_URL", "smtp://"),
        ("MESSAGE_WEBHOOK_URL", "ftp://me:s3cret@hook"),
        ("MESSAGE_WEBHOOK_SECRET", "s3cret"),
    ],
)
def test_a_wrong_value_that_holds_a_secret_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert refused.value.lines[0].startswith(f"{name}: must be ")
    assert "s3cret" not in str(refused.value)


def test_every_wrong_setting_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("CLOCK", "y")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert [line.partition(":")[0] for line in refused.value.lines] == ["PORT", "CLOCK"]


def test_data_goes_into_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(SettingsError, match="DATA_DIR: must be a folder"):
        read_settings()


def test_another_clock_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOCK", "2026-11-27T10:00:00+01:00")
    assert read_settings().clock == datetime(2026, 11, 27, 9, tzinfo=UTC)
    monkeypatch.setenv("HOST", "0.0.0.0")
    with pytest.raises(SettingsError, match="CLOCK: must be unset"):
        read_settings()


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("127.example.org", False),
    ],
)
def test_a_loopback_host_is_known(host: str, is_loopback: bool) -> None:
    assert read_settings(host=host).is_loopback is is_loopback


def test_keys_are_pairs_of_scope_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEYS", " guest:a:b , staff:c,")
    settings = read_settings()
    assert settings.fixed_keys == ((Scope.GUEST, "a:b"), (Scope.STAFF, "c"))
    assert "a:b" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SMTP_URL", "smtp://me:s3cret@mail.example", "SMTP_URL and MAIL_FROM"),
        ("MAIL_FROM", "sala@house.example", "SMTP_URL and MAIL_FROM"),
        ("MESSAGE_WEBHOOK_URL", "https://n8n.example/s3cret", "MESSAGE_WEBHOOK_URL and"),
        ("MESSAGE_WEBHOOK_SECRET", "s3cret-and-long-enough", "MESSAGE_WEBHOOK_URL and"),
    ],
)
def test_half_a_way_to_guests_is_none(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert line in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_the_ways_to_guests_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://me:s3cret@mail.example")
    monkeypatch.setenv("MAIL_FROM", "sala@house.example")
    monkeypatch.setenv("MESSAGE_WEBHOOK_URL", "https://n8n.example/s3cret")
    monkeypatch.setenv("MESSAGE_WEBHOOK_SECRET", "s3cret-and-long-enough")
    assert "s3cret" not in repr(read_settings())


def test_a_mail_servers_query_that_means_nothing_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://me:s3cret@mail.example?tls=maybe")
    monkeypatch.setenv("MAIL_FROM", "sala@house.example")
    with pytest.raises(
        SettingsError, match="SMTP_URL: the mail server's URL has a query"
    ) as refused:
        create_app(read_settings())
    assert "s3cret" not in str(refused.value)


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("CLOCK", "")
    assert read_settings().port == 8000


def test_a_file_is_read_and_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PORT=8001\nHOST=localhost\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "8002")
    settings = read_settings()
    assert (settings.host, settings.port) == ("localhost", 8002)


def test_only_models_whose_provider_has_a_key_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_MODEL", "openai/gpt-4o, deepseek/deepseek-v4-flash")
    monkeypatch.setenv("HUMAN_MODEL", "local")
    monkeypatch.setenv("DEEPSEEK_API_KEY", "x")
    settings = read_settings()
    assert settings.models_of("router") == ("deepseek/deepseek-v4-flash",)
    assert settings.models_of("logic") == ("deepseek/deepseek-v4-flash",)
    assert settings.models_of("human") == ()
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
    assert len(read_settings().models_of("router")) == 2


def test_every_setting_stands_in_the_example_file() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    named = {
        line.lstrip("# ").partition("=")[0]
        for line in example.read_text(encoding="utf-8").splitlines()
        if "=" in line
    }
    assert {name.upper() for name in read_settings().__class__.model_fields} <= named
