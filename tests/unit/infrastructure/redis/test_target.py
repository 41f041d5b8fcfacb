"""What a REDIS_URL names; and every error of the client has its word."""

from __future__ import annotations

import inspect
import socket

import pytest
from redis import exceptions
from redis.asyncio.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.sentinel import MasterNotFoundError, SlaveNotFoundError

from infrastructure.redis.store import reason_of
from infrastructure.redis.target import Clients, keepalive_options, read_url

REASONS = {
    "timeout",
    "connection",
    "protocol",
    "loading",
    "denied",
    "refused",
    "out_of_memory",
    "read_only",
    "busy",
}


def test_one_server() -> None:
    target = read_url("redis://ana:s%40cret@cache.example:6380/2")
    assert target.kind == "single"
    assert target.connection_class is Connection
    assert target.options == {
        "host": "cache.example",
        "port": 6380,
        "db": 2,
        "username": "ana",
        "password": "s@cret",
    }
    secure = read_url("rediss://h?ssl_cert_reqs=none")
    assert secure.connection_class is SSLConnection
    assert secure.options["ssl_cert_reqs"] == "none"
    local = read_url("unix:///tmp/a.sock")
    assert (local.connection_class, local.options["path"]) == (
        UnixDomainSocketConnection,
        "/tmp/a.sock",
    )


def test_sentinels() -> None:
    target = read_url("redis+sentinel://:pw@a:1,[::1]:2,c/mymaster/3")
    assert (target.kind, target.service) == ("sentinel", "mymaster")
    assert target.nodes == (("a", 1), ("::1", 2), ("c", 26379))
    assert target.options == {"password": "pw", "db": 3}


def test_a_cluster() -> None:
    target = read_url("rediss+cluster://u:p@a,b:7001")
    assert (target.kind, target.connection_class) == ("cluster", SSLConnection)
    assert target.nodes == (("a", 6379), ("b", 7001))


@pytest.mark.parametrize(
    "url",
    [
        "http://h",
        "redis+sentinel://h:1",
        "redis+cluster:///",
        "unix://",
        "off",
        "redis+cluster://h:x",
    ],
)
def test_what_names_nothing_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as error:
        read_url(url)
    assert "secret" not in str(error.value)
    assert "secret" not in repr(read_url("redis://:secret@h"))


def test_options_in_the_url_cannot_spoil_binary_values_or_bring_other_time_limits() -> None:
    url = "redis://h?decode_responses=true&protocol=3&socket_timeout=60&retry_on_timeout=true"
    assert set(read_url(url).options) <= {"host", "port"}
    connection = Clients(read_url(url), max_connections=1)._connection()
    assert not connection.encoder.decode_responses
    assert connection.retry.get_retries() == 0
    assert connection.socket_connect_timeout == 0.1
    assert connection.health_check_interval == 15
    assert connection.client_name
    assert connection.client_name.startswith("anfitrion-")


def test_keepalive_is_asked_for_by_numbers() -> None:
    options = keepalive_options()
    assert options
    assert all(type(name) is int and type(value) is int for name, value in options.items())
    with socket.socket() as trial:
        for name, value in options.items():
            trial.setsockopt(socket.IPPROTO_TCP, name, value)


def test_every_error_of_the_client_has_its_word() -> None:
    kinds = [
        kind
        for _, kind in inspect.getmembers(exceptions, inspect.isclass)
        if issubclass(kind, exceptions.RedisError)
    ]
    assert len(kinds) > 20
    for kind in (*kinds, MasterNotFoundError, SlaveNotFoundError):
        assert reason_of(Exception.__new__(kind)) in REASONS, kind


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (exceptions.AuthenticationError("x"), "denied"),
        (exceptions.BusyLoadingError("x"), "loading"),
        (exceptions.OutOfMemoryError("x"), "out_of_memory"),
        (exceptions.ReadOnlyError("x"), "read_only"),
        (exceptions.ResponseError("WRONGTYPE Operation against a key"), "wrong_type"),
        (exceptions.ResponseError("x"), "refused"),
        (exceptions.TimeoutError("x"), "timeout"),
        (exceptions.InvalidResponse("x"), "protocol"),
        (exceptions.ClusterDownError("x"), "connection"),
        (MasterNotFoundError("x"), "connection"),
        (ConnectionResetError("x"), "connection"),
        (AttributeError("x"), "protocol"),
    ],
)
def test_errors_by_their_words(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason


def test_an_answer_to_the_greeting_is_found_inside_the_connections_error() -> None:
    outer = exceptions.ConnectionError("x")
    outer.__cause__ = exceptions.AuthenticationError("WRONGPASS")
    assert reason_of(outer) == "denied"
