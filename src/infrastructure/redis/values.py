"""How the values of each namespace become bytes, and from what length on they are compressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from application.cache_keys import ANSWERS, SHEETS, VENUES
from domain.floor import Allocation
from infrastructure.redis.envelope import Compression

Undecodable = (msgspec.DecodeError, ValueError)
"""What `decode` raises for bytes that it did not write."""


@dataclass(frozen=True, slots=True)
class Codec:
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    compression: Compression
    threshold: int
    """Bytes from which compression saves space and, with what is not sent, time (docs/cache.md)."""


def _json(kind: Any) -> Codec:
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(kind)
    return Codec(encoder.encode, decoder.decode, Compression.PLAIN, threshold=512)


def _day_sheets() -> Codec:
    """Domain values straight to MessagePack and back: msgspec reads and makes dataclasses itself,
    five times as fast as Python code that would first make something more compact of them."""
    encoder = msgspec.msgpack.Encoder()
    decoder = msgspec.msgpack.Decoder(tuple[Allocation, ...])
    return Codec(encoder.encode, decoder.decode, Compression.SHEETS, threshold=64)


CODECS: Mapping[str, Codec] = {
    SHEETS.name: _day_sheets(),
    VENUES.name: _json(dict[str, Any]),
    ANSWERS.name: _json(str),
}
