"""Settings from the environment or a `.env` file, read once at start.

A field's description completes the sentence "NAME: must be …", which is all that is said about a
wrong value.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from application.access import Scope

_SHOWN = 80
"""Characters of a wrong value that are shown again."""

_NEVER_SHOWN = frozenset(
    {
        "airtable_api_key",
        "api_keys",
        "database_url",
        "deepseek_api_key",
        "message_webhook_secret",
        "message_webhook_url",
        "openai_api_key",
        "redis_url",
        "smtp_url",
    }
)
"""Settings that hold secrets, whole or in part."""


class SettingsError(Exception):
    """The settings cannot be started with. `lines` say why, one clear line for each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _pairs(value: object) -> object:
    """`guest:abc, staff:def` as pairs of a scope and a key."""
    if not isinstance(value, str):
        return value
    pairs = [item.strip().partition(":") for item in value.split(",") if item.strip()]
    return tuple((scope.strip(), key.strip()) for scope, _, key in pairs)


def _writable(folder: Path) -> Path:
    """A folder that is there, or that can be made."""
    if folder.exists() and not folder.is_dir():
        raise ValueError
    nearest = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ValueError
    return folder


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise ValueError
    return folder


def _database(url: str) -> str:
    if not url.startswith(("sqlite://", "postgresql://", "postgres://")):
        raise ValueError
    return url


def _cache(url: SecretStr) -> SecretStr:
    schemes = ("redis://", "rediss://", "unix://", "redis+sentinel://", "redis+cluster://")
    value = url.get_secret_value()
    if value not in ("embedded", "off") and not value.startswith(schemes):
        raise ValueError
    return url


def _mail_server(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError
    return url


def _web_address(url: SecretStr) -> SecretStr:
    """Some services put what lets a caller in into the address itself."""
    if not url.get_secret_value().startswith(("http://", "https://")):
        raise ValueError
    return url


def _models(value: str) -> str:
    if not all(name.strip() for name in value.split(",")):
        raise ValueError
    return value


Seconds = Annotated[float, Field(gt=0, le=120, description="seconds, more than 0 and at most 120")]
ModelNames = Annotated[
    str,
    AfterValidator(_models),
    Field(description="`local`, or litellm model names separated by commas"),
]


class Settings(BaseSettings):
    """Every setting that does something, with its bounds and its default."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    host: Annotated[
        str, Field(min_length=1, max_length=255, description="a host name or an IP address")
    ] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="a port number from 0 (any free one) to 65535")
    ] = 8000
    data_dir: Annotated[
        Path, AfterValidator(_writable), Field(description="a folder that can be written to")
    ] = Path("data")
    database_url: Annotated[
        Annotated[str, AfterValidator(_database)] | None,
        Field(description="sqlite:///FILE or postgresql://USER@HOST/NAME"),
    ] = None
    redis_url: Annotated[
        Annotated[SecretStr, AfterValidator(_cache)],
        Field(
            description="`embedded`, `off`, or an address that begins with redis://, rediss://,"
            " unix://, redis+sentinel:// or redis+cluster://"
        ),
    ] = SecretStr("embedded")
    venues_dir: Annotated[
        Annotated[Path, AfterValidator(_folder)] | None,
        Field(description="a folder of venue files"),
    ] = None
    clock: Annotated[
        AwareDatetime | None,
        Field(description="an instant with its offset, such as 2026-11-27T10:00:00+01:00"),
    ] = None

    airtable_api_key: SecretStr | None = None
    airtable_base_id: Annotated[
        str | None, Field(pattern=r"^app[A-Za-z0-9]{10,}$", description="a base's id: app…")
    ] = None
    airtable_endpoint_url: Annotated[
        str | None, Field(pattern=r"^https?://", description="an http or https address")
    ] = None
    airtable_budget_rps: Annotated[
        float, Field(ge=0.2, le=5, description="requests per second from 0.2 to 5")
    ] = 4
    airtable_monthly_calls: Annotated[
        int, Field(ge=0, description="calls a month that the plan allows, 0 for no limit")
    ] = 100_000
    store_deadline_s: Annotated[
        float, Field(gt=0, le=20, description="seconds, more than 0 and at most 20")
    ] = 5
    max_sheet_age_s: Annotated[
        float, Field(gt=0, le=86_400, description="seconds, more than 0 and at most 86400")
    ] = 300
    public_url: Annotated[
        str | None, Field(pattern=r"^https?://", description="an http or https address")
    ] = None

    smtp_url: Annotated[
        Annotated[SecretStr, AfterValidator(_mail_server)] | None,
        Field(description="smtp://USER:PASSWORD@HOST:PORT or smtps://…"),
    ] = None
    mail_from: Annotated[
        str | None,
        Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$", max_length=254, description="an e-mail address"),
    ] = None
    message_webhook_url: Annotated[
        Annotated[SecretStr, AfterValidator(_web_address)] | None,
        Field(description="an http or https address"),
    ] = None
    message_webhook_secret: Annotated[
        Annotated[SecretStr, Field(min_length=16)] | None,
        Field(description="a text of 16 characters or more"),
    ] = None

    router_model: ModelNames = "openai/gpt-4o"
    logic_model: ModelNames = "deepseek/deepseek-v4-flash"
    human_model: ModelNames = "openai/gpt-4o"
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    deepseek_api_key: SecretStr | None = None
    deepseek_api_base: str | None = None
    logic_shadow_model: Annotated[
        ModelNames | None, Field(description="litellm model names separated by commas")
    ] = None
    logic_shadow_rate: Annotated[
        float, Field(ge=0, le=1, description="a share of rankings from 0 to 1")
    ] = 0
    router_deadline_s: Seconds = 4
    logic_deadline_s: Seconds = 6
    human_deadline_s: Seconds = 8
    max_tokens_per_call: Annotated[
        int, Field(ge=100, le=1_000_000, description="a number of tokens from 100 to 1000000")
    ] = 4000
    max_cost_per_call_usd: Annotated[
        float, Field(gt=0, le=100, description="US dollars, more than 0 and at most 100")
    ] = 0.02
    daily_budget_usd: Annotated[
        float | None, Field(ge=0, description="US dollars a day, 0 or more")
    ] = None

    api_keys: Annotated[
        tuple[tuple[Scope, Annotated[SecretStr, Field(min_length=1)]], ...],
        NoDecode,
        BeforeValidator(_pairs),
        Field(description="scope:key pairs separated by commas, scopes guest, staff and ops"),
    ] = ()
    prometheus_multiproc_dir: Annotated[
        Annotated[Path, AfterValidator(_writable)] | None,
        Field(description="a folder that can be written to"),
    ] = None
    otel_exporter_otlp_endpoint: Annotated[
        str | None, Field(pattern=r"^https?://", description="an http or https address")
    ] = None
    log_format: Annotated[
        Literal["console", "json"] | None, Field(description="`console` or `json`")
    ] = None

    @model_validator(mode="after")
    def _clock_stays_at_home(self) -> Settings:
        if self.clock is not None and not self.is_loopback:
            raise ValueError(
                f"CLOCK: must be unset where HOST is not a loopback address, got HOST {self.host}"
            )
        return self

    @model_validator(mode="after")
    def _airtable_is_whole(self) -> Settings:
        if (self.airtable_api_key is None) != (self.airtable_base_id is None):
            raise ValueError("AIRTABLE_API_KEY and AIRTABLE_BASE_ID: set both, or neither")
        return self

    @model_validator(mode="after")
    def _ways_to_guests_are_whole(self) -> Settings:
        if (self.smtp_url is None) != (self.mail_from is None):
            raise ValueError("SMTP_URL and MAIL_FROM: set both, or neither")
        if (self.message_webhook_url is None) != (self.message_webhook_secret is None):
            raise ValueError("MESSAGE_WEBHOOK_URL and MESSAGE_WEBHOOK_SECRET: set both, or neither")
        return self

    @property
    def redis_address(self) -> str:
        return self.redis_url.get_secret_value()

    @property
    def uses_airtable(self) -> bool:
        """Whether Airtable is the booking store."""
        return self.airtable_api_key is not None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def ledger_url(self) -> str:
        """Where the ledger is: DATABASE_URL, or a SQLite file in DATA_DIR."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'anfitrion.db'}"

    @property
    def background_url(self) -> str:
        """Where background work keeps its progress: beside the ledger."""
        if self.ledger_url.startswith("sqlite"):
            return f"sqlite:///{self.data_dir.resolve() / 'background.db'}"
        return self.ledger_url

    @property
    def fixed_keys(self) -> tuple[tuple[Scope, str], ...]:
        return tuple((scope, key.get_secret_value()) for scope, key in self.api_keys)

    def models_of(self, agent: str) -> tuple[str, ...]:
        """The models an agent may ask, in order: those whose provider has a key here.

        Empty where the setting says `local`, or where no provider has one.
        """
        names: str | None = getattr(self, f"{agent}_model")
        wanted = [name.strip() for name in (names or "local").split(",")]
        return tuple(name for name in wanted if name != "local" and self._has_key_for(name))

    def access_to(self, model: str) -> tuple[str | None, str | None]:
        """The key and the address of a model's provider; None leaves them to litellm."""
        key, base = {
            "openai": (self.openai_api_key, self.openai_base_url),
            "deepseek": (self.deepseek_api_key, self.deepseek_api_base),
        }.get(model.partition("/")[0], (None, None))
        return key.get_secret_value() if key else None, base

    def _has_key_for(self, model: str) -> bool:
        """Providers other than the two known here take their keys from the environment themselves."""
        match model.partition("/")[0]:
            case "openai":
                return self.openai_api_key is not None or self.openai_base_url is not None
            case "deepseek":
                return self.deepseek_api_key is not None
            case _:
                return True


def read_settings(**given: object) -> Settings:
    """The settings of this process; `given` ones come before the environment and the file.

    Raises: SettingsError.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError(_lines(error)) from None


def _lines(error: ValidationError) -> list[str]:
    """One line for each wrong setting, the first fault of each."""
    lines: dict[str, str] = {}
    for fault in error.errors(include_url=False):
        if not fault["loc"]:
            lines.setdefault("", str(fault["ctx"]["error"]))
            continue
        name = str(fault["loc"][0])
        lines.setdefault(name, _line(name, fault["input"]))
    return list(lines.values())


def _line(name: str, value: object) -> str:
    field = Settings.model_fields.get(name)
    must_be = (field.description if field else None) or "a text"
    if name in _NEVER_SHOWN:
        return f"{name.upper()}: must be {must_be}"
    return f'{name.upper()}: must be {must_be}, got "{str(value)[:_SHOWN]}"'
