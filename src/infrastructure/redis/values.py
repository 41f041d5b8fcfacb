"""How the values of each namespace become bytes, and from what length on they are compressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from application.cache_keys import ANSWERS, SHEETS, VENUES
from infrastructure.redis.columns import Columns, columns_of, day_of
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
    encoder = msgspec.msgpack.Encoder()
    decoder = msgspec.msgpack.Decoder(Columns)
    return Codec(
        lambda day: encoder.encode(columns_of(day)),
        lambda content: day_of(decoder.decode(content)),
        Compression.SHEETS,
        threshold=64,
    )


CODECS: Mapping[str, Codec] = {
    SHEETS.name: _day_sheets(),
    VENUES.name: _json(dict[str, Any]),
    ANSWERS.name: _json(str),
}
