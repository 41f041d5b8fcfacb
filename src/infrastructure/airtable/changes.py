"""What staff change, by a webhook: pings say that something happened, payloads say what.

Payloads can be read without pings, so a house without a public address has a webhook too and reads it
at an interval. Where the token may not have one at all, every reading answers `lost`: whoever polls
then reads the rows again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from application.ports.booking_store import StoreChanges
from application.ports.clock import Clock
from application.ports.mirror import Known
from application.ports.store_state import StoreState
from domain.booking_cells import differing
from domain.store_row import RecordId, StoreRow
from infrastructure.airtable import pings
from infrastructure.airtable.booking_rows import TABLE, BookingRows, v1_cells
from infrastructure.airtable.errors import AirtableForbidden, AirtableRefused
from infrastructure.airtable.rows import HOUSE_TABLES
from infrastructure.airtable.schema import BaseSchema
from infrastructure.airtable.wire import Wire

DOCUMENT = "webhook"
PING_PATH = "/webhooks/airtable"
_PAGE = 50
_RENEW_BEFORE = timedelta(days=3)
_ASK_AGAIN_S = 3600.0
"""After Airtable has said that this token may have no webhook."""
_GENERATION = 1_000_000_000
"""A position is the webhook's number times this, plus its cursor: cursors of another webhook, which
begin at 1 again, are not taken for this one's."""
_FROM_OUR_API = "publicApi"


class KnownRows(Protocol):
    """The part of the mirror that tells our own writes from staff's."""

    async def known(self, *, records: Collection[RecordId]) -> Mapping[RecordId, Known]: ...


@dataclass(frozen=True, slots=True)
class _Hook:
    """The webhook as this deployment remembers it."""

    id: str
    secret: str
    generation: int
    expires_at: datetime
    """At the earliest: reading payloads prolongs its life."""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> _Hook:
        expires_at = datetime.fromisoformat(value["expires_at"])
        return cls(value["id"], value["secret"], value["generation"], expires_at)

    @property
    def document(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "secret": self.secret,
            "generation": self.generation,
            "expires_at": self.expires_at.isoformat(),
        }

    def position(self, cursor: int) -> int:
        return self.generation * _GENERATION + cursor

    def cursor(self, position: int) -> int | None:
        """None for a position in another webhook."""
        generation, cursor = divmod(position, _GENERATION)
        return cursor if generation == self.generation else None


class AirtableFeed:
    """A `StoreFeed`. One process at a time reads it: the holder of the committer's lease."""

    def __init__(
        self,
        *,
        wire: Wire,
        schema: BaseSchema,
        rows: BookingRows,
        state: StoreState,
        mirror: KnownRows,
        clock: Clock,
        public_url: str | None,
        put_lately: Callable[[RecordId], StoreRow | None] = lambda _record: None,
    ) -> None:
        """`put_lately` gives a row as we have written it, which the mirror may not know yet."""
        self._put_lately = put_lately
        self._wire = wire
        self._schema = schema
        self._rows = rows
        self._state = state
        self._mirror = mirror
        self._clock = clock
        self._url = public_url and public_url.rstrip("/") + PING_PATH
        self._not_before_s: float | None = None

    @property
    def delivers(self) -> bool:
        """Whether there is, as far as is known, a webhook to be had: without one `changes` always
        says `lost`."""
        return self._not_before_s is None or self._clock.monotonic() >= self._not_before_s

    async def is_ping(self, body: bytes, header: str | None) -> bool:
        """Whether these bytes are a ping of our webhook."""
        hook = await self._remembered()
        return hook is not None and pings.verify(body, header, hook.secret)

    async def changes(self, *, position: int) -> StoreChanges:
        """What changed after `position`, at most 50 payloads of it; 0 stands for "nothing yet".

        Raises: StoreUnavailable.
        """
        hook = await self._living()
        if hook is None:
            return StoreChanges(lost=True, position=position)
        cursor = hook.cursor(position)
        if cursor is None:
            return StoreChanges(lost=True, position=hook.position(1))
        try:
            answer = await self._wire.webhook_payloads(hook.id, cursor=cursor, limit=_PAGE)
        except AirtableRefused:
            return await self._anew(hook, position)
        except AirtableForbidden as error:
            if error.status == 401:
                raise
            return await self._anew(hook, position)
        payloads = answer["payloads"]
        if any(each.get("error") for each in payloads):
            # It looks healthy and says nothing any more.
            return await self._anew(hook, position)
        # Payloads are forgotten after a week, and the cursor then skips them silently.
        skipped = bool(payloads) and answer["cursor"] - len(payloads) > cursor
        news = _News(self._schema)
        for each in payloads:
            news.read(each)
        return StoreChanges(
            changed=await self._not_ours(news) - news.deleted,
            deleted=frozenset(news.deleted),
            house=news.house,
            schema=news.schema,
            lost=skipped,
            more=bool(answer.get("mightHaveMore")),
            position=hook.position(answer["cursor"]),
        )

    async def keep_alive(self) -> None:
        """Make the webhook, renew it, switch its pings on again; two or three requests.

        Where the token may have none, nothing happens, and it is asked again in an hour.

        Raises: StoreUnavailable.
        """
        if self.delivers:
            await self._kept()

    async def _living(self) -> _Hook | None:
        """The webhook, renewed where that is due; None where none can be had."""
        if not self.delivers:
            return None
        hook = await self._remembered()
        if hook and self._clock.now() < hook.expires_at - _RENEW_BEFORE:
            return hook
        return await self._kept()

    async def _remembered(self) -> _Hook | None:
        document = await self._state.get(name=DOCUMENT)
        return _Hook.of(document.value) if document else None

    async def _kept(self) -> _Hook | None:
        return await self._if_allowed(self._sound_one())

    async def _sound_one(self) -> _Hook:
        hook = await self._remembered()
        listed = {each["id"]: each for each in await self._wire.webhooks()}
        await self._remove_stale(listed.values(), keep=hook.id if hook else None)
        shown = listed.get(hook.id) if hook else None
        if hook and shown and self._is_sound(shown):
            return await self._renewed(hook, shown)
        return await self._made(after=hook)

    async def _if_allowed(self, getting: Awaitable[_Hook]) -> _Hook | None:
        """None where the token may have no webhook, or the base has its ten and none is ours."""
        try:
            return await getting
        except AirtableForbidden as error:
            if error.status == 401:
                raise
        except AirtableRefused:
            pass
        self._not_before_s = self._clock.monotonic() + _ASK_AGAIN_S
        return None

    def _is_sound(self, shown: Mapping[str, Any]) -> bool:
        return (
            bool(shown.get("isHookEnabled"))
            and shown.get("notificationUrl") == self._url
            and _instant(shown["expirationTime"]) > self._clock.now()
        )

    async def _renewed(self, hook: _Hook, shown: Mapping[str, Any]) -> _Hook:
        expires_at = _instant(shown["expirationTime"])
        try:
            if expires_at - self._clock.now() < _RENEW_BEFORE:
                expires_at = _instant(await self._wire.refresh_webhook(hook.id))
            if self._url and not shown.get("areNotificationsEnabled"):
                # Pings that failed for a day: payloads have gone on piling up.
                await self._wire.enable_webhook(hook.id)
        except AirtableRefused:
            return await self._made(after=hook)
        if expires_at != hook.expires_at:
            hook = _Hook(hook.id, hook.secret, hook.generation, expires_at)
            await self._state.put(name=DOCUMENT, value=hook.document)
        return hook

    async def _made(self, *, after: _Hook | None) -> _Hook:
        """A new webhook in place of another one, whose last payloads are lost."""
        if after:
            await self._remove(after.id)
        made = await self._wire.create_webhook(
            specification=_SPECIFICATION, notification_url=self._url
        )
        hook = _Hook(
            id=made["id"],
            secret=made["macSecretBase64"],
            generation=after.generation + 1 if after else 1,
            expires_at=_instant(made["expirationTime"]),
        )
        await self._state.put(name=DOCUMENT, value=hook.document)
        return hook

    async def _anew(self, hook: _Hook, position: int) -> StoreChanges:
        """The webhook is gone or broken: whatever it would have told is lost."""
        made = await self._if_allowed(self._made(after=hook))
        return StoreChanges(lost=True, position=made.position(1) if made else position)

    async def _remove_stale(self, listed: Iterable[Mapping[str, Any]], keep: str | None) -> None:
        """Webhooks that ping us and whose secret nobody knows any more: a base has ten in all."""
        for each in listed:
            if self._url and each.get("notificationUrl") == self._url and each["id"] != keep:
                await self._remove(each["id"])

    async def _remove(self, webhook: str) -> None:
        with suppress(AirtableRefused):  # it is gone already
            await self._wire.delete_webhook(webhook)

    async def _not_ours(self, news: _News) -> frozenset[RecordId]:
        """The changed rows without those that only show what we have written ourselves.

        The source alone does not tell: other programs write through the API too.
        """
        in_question = news.from_api.keys() - news.changed
        known = await self._mirror.known(records=in_question) if in_question else {}
        own = {
            record
            for record in in_question
            if (row := self._as_written(record, known.get(record)))
            and all(self._shows(row, cells) for cells in news.from_api[record])
        }
        return frozenset(news.changed | (news.from_api.keys() - own))

    def _as_written(self, record: RecordId, known: Known | None) -> StoreRow | None:
        """The row as we have written it last; the mirror tells, once it has that version."""
        put = self._put_lately(record)
        if known is not None and (put is None or known.row.version >= put.version):
            return known.row
        return put

    def _shows(self, row: StoreRow, cells: Mapping[str, Any]) -> bool:
        values, unreadable = self._rows.values(v1_cells(cells))
        return not unreadable and not differing(values, row)


class _News:
    """What payloads say, collected."""

    def __init__(self, schema: BaseSchema) -> None:
        self._keys = {schema.table(key): key for key in (TABLE, *HOUSE_TABLES)}
        self._fields = {key: schema.fields(key) for key in (TABLE, *HOUSE_TABLES)}
        self.changed: set[RecordId] = set()
        """Booking rows that somebody changed."""
        self.from_api: dict[RecordId, list[Mapping[str, Any]]] = {}
        """Booking rows that were written through the API, with the cells that changed."""
        self.deleted: set[RecordId] = set()
        self.house = False
        self.schema = False

    def read(self, payload: Mapping[str, Any]) -> None:
        source = payload.get("actionMetadata", {}).get("source")
        for table, change in payload.get("changedTablesById", {}).items():
            self._read_table(table, change, source)
        if payload.get("createdTablesById") or payload.get("destroyedTableIds"):
            self.schema = True

    def _read_table(self, table: str, change: Mapping[str, Any], source: str | None) -> None:
        if any(change.get(each) for each in _SCHEMA_CHANGES):
            self.schema = True
        key = self._keys.get(table)
        if key == TABLE:
            self._read_bookings(change, source)
        elif key in HOUSE_TABLES and self._concerns(key, change):
            self.house = True

    def _read_bookings(self, change: Mapping[str, Any], source: str | None) -> None:
        self.deleted |= {RecordId(each) for each in change.get("destroyedRecordIds", ())}
        for record, cells, is_new in _records(change):
            ours = self._ours(TABLE, cells)
            if not ours and not is_new:
                continue  # a column that is staff's own
            if source == _FROM_OUR_API:
                self.from_api.setdefault(record, []).append(ours)
            else:
                self.changed.add(record)

    def _concerns(self, table: str, change: Mapping[str, Any]) -> bool:
        """Not where only the other end of a link changed, as with every booking."""
        if change.get("destroyedRecordIds"):
            return True
        return any(is_new or self._ours(table, cells) for _, cells, is_new in _records(change))

    def _ours(self, table: str, cells: Mapping[str, Any]) -> dict[str, Any]:
        return {field: cell for field, cell in cells.items() if field in self._fields[table]}


_SPECIFICATION: Mapping[str, Any] = {
    "options": {"filters": {"dataTypes": ["tableData", "tableFields", "tableMetadata"]}}
}
"""No field is named in it: one that is deleted would silence the webhook."""

_SCHEMA_CHANGES = (
    "createdFieldsById",
    "changedFieldsById",
    "destroyedFieldIds",
    "changedMetadata",
)


def _records(change: Mapping[str, Any]) -> Iterable[tuple[RecordId, Mapping[str, Any], bool]]:
    """Each created or changed record with its changed cells by field id, and whether it is new."""
    for record, content in change.get("createdRecordsById", {}).items():
        yield RecordId(record), content.get("cellValuesByFieldId", {}), True
    for record, content in change.get("changedRecordsById", {}).items():
        yield RecordId(record), content.get("current", {}).get("cellValuesByFieldId", {}), False


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
