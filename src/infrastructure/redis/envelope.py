"""How a value is written: a header of 17 bytes, then the value, compressed where that pays.

    version and compression  1 byte
    checksum                 4, CRC-32 of key, header and content
    stored at                6, milliseconds since the epoch
    fresh for                4, seconds
    cost                     2, seconds its computation took

The checksum begins with the key, so a value under another key is as foreign as a torn one. zstd
frames go without their magic number: the header says what they are.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files
from zlib import crc32

import zstandard

from infrastructure.caching.tier import Entry

VERSION = 1

_CHECKED = struct.Struct("<BHIfe")
_HEADER = struct.Struct("<BIHIfe")
HEADER_BYTES = _HEADER.size
_MOST_COST_S = 65_000.0
_LONGEST = 64 * 1024 * 1024
"""No value unpacks to more: a frame that claims to is not ours."""

_LEVEL = 1
"""Measured in docs/cache.md: level 3 takes half as long again and saves nothing here."""


class Compression(IntEnum):
    NONE = 0
    PLAIN = 1
    SHEETS = 2
    """With the dictionary that is trained on day sheets."""
    ABSENT = 3
    """No content: it is known that there is no value."""


class Foreign(Exception):
    """These bytes are no value of ours, or not of this key, or damaged."""


def seal(key: bytes, content: bytes | None, entry: Entry, compression: Compression) -> bytes:
    """`content` (None: there is no value) with its header; compressed as asked for."""
    if content is None:
        compression, content = Compression.ABSENT, b""
    elif compression is not Compression.NONE:
        content = _compressor(compression).compress(content)
    kind = VERSION << 4 | compression
    stored_ms = int(entry.stored_at * 1000)
    cost_s = min(entry.cost_s, _MOST_COST_S)
    high, low = stored_ms >> 32, stored_ms & 0xFFFFFFFF
    checked = _CHECKED.pack(kind, high, low, entry.fresh_s, cost_s)
    checksum = crc32(content, crc32(checked, crc32(key)))
    return _HEADER.pack(kind, checksum, high, low, entry.fresh_s, cost_s) + content


def unseal(key: bytes, sealed: bytes) -> tuple[bytes | None, Entry]:
    """The content (None: there is no value) and an entry without its value. Raises: Foreign."""
    try:
        kind, checksum, high, low, fresh_s, cost_s = _HEADER.unpack_from(sealed)
        content = sealed[HEADER_BYTES:]
        checked = _CHECKED.pack(kind, high, low, fresh_s, cost_s)
        compression = Compression(kind & 0x0F)
    except (struct.error, ValueError, OverflowError, TypeError) as error:
        raise Foreign from error
    if kind >> 4 != VERSION or checksum != crc32(content, crc32(checked, crc32(key))):
        raise Foreign
    entry = Entry(None, (high << 32 | low) / 1000, fresh_s, cost_s)
    if compression is Compression.ABSENT:
        return None, entry
    if compression is Compression.NONE:
        return content, entry
    try:
        # The decompressor's own limit holds for frames that do not say how long they are, which ours do.
        claimed = zstandard.get_frame_parameters(content, zstandard.FORMAT_ZSTD1_MAGICLESS)
        if claimed.content_size > _LONGEST:
            raise Foreign
        return _decompressor(compression).decompress(content, max_output_size=_LONGEST), entry
    except zstandard.ZstdError as error:
        raise Foreign from error


@lru_cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(
        files("infrastructure.redis").joinpath("sheets.zdict").read_bytes()
    )


@lru_cache
def _compressor(compression: Compression) -> zstandard.ZstdCompressor:
    dictionary = _dictionary() if compression is Compression.SHEETS else None
    parameters = compression_parameters(dictionary)
    if dictionary is not None:
        dictionary.precompute_compress(compression_params=parameters)
    return zstandard.ZstdCompressor(dict_data=dictionary, compression_params=parameters)


@lru_cache
def _decompressor(compression: Compression) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(
        dict_data=_dictionary() if compression is Compression.SHEETS else None,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
    )


def compression_parameters(
    dictionary: zstandard.ZstdCompressionDict | None,
) -> zstandard.ZstdCompressionParameters:
    """Without what the header says already: magic number, checksum, number of the dictionary."""
    return zstandard.ZstdCompressionParameters.from_level(
        _LEVEL,
        dict_size=len(dictionary) if dictionary is not None else 0,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_checksum=0,
        write_content_size=1,
        write_dict_id=0,
    )
