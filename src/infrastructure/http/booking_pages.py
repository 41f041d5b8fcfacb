"""The page of one booking, for whoever has its link: see it, move it, cancel it, put it in a calendar.

Plain forms without a script. A GET changes nothing, so that programs which open every link of an
e-mail change nothing; moving and cancelling are POSTs that a person sends. The token in the address
is the permission (`links`), which is why the page is never kept, never named to another site, and
never framed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from html import escape
from http import HTTPStatus
from string import Template
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import HTMLResponse
from starlette.responses import RedirectResponse, Response

from application.ports.bookings import Once
from application.reservations import LAST_MINUTE, fingerprint
from domain.availability import Wish, service_day
from domain.booking import Booking, BookingCode, BookingStatus, shown_code, spoken_code
from domain.errors import BookingNotFound, DomainError, SlotTaken
from domain.floor import Slot
from domain.venue import Venue, VenueKind
from domain.zones import local_day, minute_of
from infrastructure.http.calendar_file import calendar_file
from infrastructure.http.pages import PAGES, place_of, web_address
from infrastructure.http.parts import Parts, PartsHere
from infrastructure.http.texts import Texts, language_for, texts

router = APIRouter(prefix="/b", include_in_schema=False)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex, nofollow",
}

_MAX_FORM_BYTES = 2000
_MOST_SLOTS = 96
"""A start every fifteen minutes, around the clock."""


def with_link(answer: Mapping[str, Any], parts: Parts) -> Mapping[str, Any]:
    """A chat answer with the address of its booking's page, which is never stored with the answer."""
    booking = answer.get("booking")
    if not booking:
        return answer
    link = parts.links.url(spoken_code(booking["code"]))
    return {**answer, "booking": {**booking, "link": link}}


@dataclass(frozen=True, slots=True)
class _Visit:
    """A request for a booking that its token opens."""

    parts: Parts
    booking: Booking
    venue: Venue
    said: Texts
    language: str
    now: datetime

    @property
    def path(self) -> str:
        return self.parts.links.path(self.booking.code)

    def to(self, part: str = "", **query: str) -> str:
        """The address of a part of these pages, in the same language."""
        return f"{self.path}{part}?{urlencode({**query, 'lang': self.language})}"


async def _visit(
    token: str,
    parts: PartsHere,
    lang: Annotated[str, Query(max_length=16)] = "",
    accept_language: Annotated[str, Header()] = "",
) -> _Visit | HTMLResponse:
    code = parts.links.code(token)
    booking = None if code is None else await _find(code, parts)
    if booking is None:
        said = texts(language_for(asked=lang, accepted=accept_language, spoken=()), "booking")
        return _gone(said)
    venue = parts.venue(booking.venue)
    spoken = (booking.guest.language, *venue.languages)
    language = language_for(asked=lang, accepted="", spoken=spoken)
    return _Visit(parts, booking, venue, texts(language, "booking"), language, parts.clock.now())


async def _find(code: BookingCode, parts: Parts) -> Booking | None:
    try:
        return await parts.reservations.get(code)
    except BookingNotFound:
        return None


VisitHere = Annotated[_Visit | HTMLResponse, Depends(_visit)]
Day = Annotated[date | None, Query(alias="date", ge=date(2000, 1, 1), le=date(2100, 12, 31))]


@router.get("/{token}.ics")
async def booking_calendar(visit: VisitHere, request: Request) -> Response:
    """The booking for a calendar, which may also come back to this address for changes."""
    if isinstance(visit, Response):
        return visit
    link = visit.parts.links.url(visit.booking.code)
    if link.startswith("/"):
        link = f"{str(request.base_url).rstrip('/')}{link}"
    file = calendar_file(visit.booking, visit.venue, now=visit.now, link=link)
    method = "CANCEL" if visit.booking.status is BookingStatus.CANCELLED else "PUBLISH"
    return Response(
        file,
        media_type=f"text/calendar; method={method}",
        headers={
            "Content-Disposition": f'attachment; filename="{shown_code(visit.booking.code)}.ics"',
            "X-Robots-Tag": "noindex, nofollow",
        },
    )


@router.get("/{token}")
async def booking_page(
    visit: VisitHere,
    request: Request,
    day: Day = None,
    party: Annotated[int | None, Query(ge=1, le=1000)] = None,
    done: Annotated[str, Query(max_length=16)] = "",
) -> HTMLResponse:
    """The booking as it stands; with a day or a party also what is free for a move."""
    if isinstance(visit, HTMLResponse):
        return visit
    notice = _notice(visit.said.get(f"done_{done}", "")) if done else ""
    wanted = None
    if day is not None or party is not None:
        wanted = _Wanted.of(visit, day, party)
    host = request.headers.get("host", "")
    return await _page(visit, notice=notice, wanted=wanted, host=host)


@router.get("/{token}/cancel")
async def cancel_question(visit: VisitHere) -> HTMLResponse:
    """Asks once more; nothing has happened yet."""
    if isinstance(visit, HTMLResponse):
        return visit
    if not _may_cancel(visit):
        return await _page(visit)
    said = visit.said
    clinic = visit.venue.kind is VenueKind.CLINIC
    question = (
        '<section class="panel ask">'
        f"<h2>{escape(said['cancel_question'])}</h2>"
        f"<p>{escape(said['cancel_after_clinic' if clinic else 'cancel_after'])}</p>"
        f'<p class="soft">{escape(_policy(visit))}</p>'
        f'<form method="post" action="{escape(visit.to("/cancel"))}" class="row">'
        f'<button class="strong grave">{escape(said["cancel_yes"])}</button>'
        f'<a class="button" href="{escape(visit.to())}">{escape(said["cancel_no"])}</a>'
        "</form></section>"
    )
    return _html(visit, _summary(visit) + question)


@router.post("/{token}/cancel")
async def cancel(visit: VisitHere) -> Response:
    if isinstance(visit, HTMLResponse):
        return visit
    booking = visit.booking
    if booking.status is not BookingStatus.CANCELLED:
        once = Once(f"page:{booking.id}:cancel", fingerprint("cancel", booking.code))
        try:
            await visit.parts.reservations.cancel(visit.venue, booking, once=once)
        except DomainError as error:
            return await _refused(visit, error)
    return _see(visit.to(done="cancelled"))


@router.post("/{token}/move")
async def move(visit: VisitHere, request: Request) -> Response:
    """Move to a start that the page has shown as free; sent twice, it moves once."""
    if isinstance(visit, HTMLResponse):
        return visit
    asked = _asked(await request.body(), visit)
    if asked is None:
        return await _page(visit, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    start, covers = asked
    booking = visit.booking
    if (booking.start, booking.party_size.covers) == (start, covers):
        return _see(visit.to(done="moved"))
    once = Once(f"page:{booking.id}:{booking.version}:move", fingerprint("move", start, covers))
    try:
        slot = await _slot_at(visit, start, covers)
        await visit.parts.reservations.move(visit.venue, booking, slot, hold_id=None, once=once)
    except DomainError as error:
        day = service_day(visit.venue, start)
        return await _refused(visit, error, wanted=_Wanted(day, covers))
    return _see(visit.to(done="moved"))


# --- moving ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a guest looks for instead of what they have."""

    day: date
    covers: int

    @classmethod
    def of(cls, visit: _Visit, day: date | None, covers: int | None) -> _Wanted:
        booking = visit.booking
        return cls(
            day or service_day(visit.venue, booking.start), covers or booking.party_size.covers
        )


def _wish(visit: _Visit, wanted: _Wanted, minute: int | None = None) -> Wish:
    """Any start of the day, the booking's own time best; or exactly one."""
    booking, venue = visit.booking, visit.venue
    # Lunch may become dinner; a cleaning does not become an extraction.
    service = booking.service if venue.kind is VenueKind.CLINIC else None
    if minute is not None:
        return Wish(wanted.day, wanted.covers, minute, minute, minute, service)
    usual = minute_of(booking.start, service_day(venue, booking.start), venue.zone)
    return Wish(wanted.day, wanted.covers, 0, LAST_MINUTE, usual, service)


async def _free(visit: _Visit, wanted: _Wanted) -> Sequence[Slot]:
    """Free slots of the day by start, one for each; where there are none, the nearest on other days."""
    found = await visit.parts.reservations.search(
        visit.venue,
        [_wish(visit, wanted)],
        exact=False,
        moving=visit.booking.code,
        limit=_MOST_SLOTS,
    )
    by_start = {slot.start: slot for slot in reversed(found.slots)}
    return [by_start[start] for start in sorted(by_start)]


async def _slot_at(visit: _Visit, start: datetime, covers: int) -> Slot:
    """The slot at this very start. Raises: SlotTaken."""
    day = service_day(visit.venue, start)
    wish = _wish(visit, _Wanted(day, covers), minute_of(start, day, visit.venue.zone))
    found = await visit.parts.reservations.search(
        visit.venue, [wish], exact=True, moving=visit.booking.code
    )
    slot = next((each for each in found.slots if each.start == start), None)
    if slot is None:
        raise SlotTaken
    return slot


def _asked(body: bytes, visit: _Visit) -> tuple[datetime, int] | None:
    """The start and party of a move form; None where it is not one of ours."""
    if len(body) > _MAX_FORM_BYTES:
        return None
    fields = parse_qs(body.decode(errors="replace"))
    try:
        start = datetime.fromisoformat(fields["start"][0]).astimezone(UTC)
        covers = int(fields["party"][0])
    except (KeyError, ValueError, OverflowError):
        return None
    policy = visit.venue.policy
    horizon = visit.now + policy.booking_window + timedelta(days=2)
    fits = policy.min_party <= covers <= policy.max_party and visit.now < start < horizon
    return (start, covers) if fits else None


# --- what is shown ---------------------------------------------------------------------------


async def _refused(
    visit: _Visit, error: DomainError, *, wanted: _Wanted | None = None
) -> HTMLResponse:
    """The booking as it stands now, and why nothing was done."""
    booking = await visit.parts.reservations.get(visit.booking.code)
    fresh = _Visit(
        visit.parts, booking, visit.venue, visit.said, visit.language, visit.parts.clock.now()
    )
    code = "slot_taken" if error.code in {"slot_taken", "pacing"} else error.code
    reason = visit.said.get(f"error_{code}", visit.said["error_other"])
    return await _page(
        fresh,
        notice=_notice(reason, wrong=True),
        wanted=wanted if code == "slot_taken" else None,
        status=HTTPStatus.CONFLICT,
    )


async def _page(
    visit: _Visit,
    *,
    notice: str = "",
    wanted: _Wanted | None = None,
    host: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    parts = [notice, _summary(visit), _links(visit, host)]
    if visit.booking.is_open:
        parts.append(f'<p class="policy">{escape(_policy(visit))}</p>')
        if _may_change(visit):
            parts.append(await _move_panel(visit, wanted))
        if _may_cancel(visit):
            cancel = escape(visit.to("/cancel"))
            words = escape(visit.said["cancel"])
            parts.append(f'<p><a class="button grave wide" href="{cancel}">{words}</a></p>')
    return _html(visit, "".join(parts), status=status)


def _summary(visit: _Visit) -> str:
    booking, venue, said = visit.booking, visit.venue, visit.said
    rows = [
        (said["party"], _people(visit, booking.party_size.covers)),
        (said["who"], booking.guest.name),
        (said["where"], _place(visit, booking.resources)),
        (said["notes"], booking.notes),
    ]
    listed = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in rows
        if value
    )
    gone = booking.status in {BookingStatus.CANCELLED, BookingStatus.NO_SHOW}
    status = said[f"status_{booking.status.value}"]
    return (
        f'<section class="panel ticket{" is-cancelled" if gone else ""}">'
        f'<p class="status">{escape(status)}</p>'
        f'<p class="when">{escape(_day(visit, booking.start))}</p>'
        f'<p class="hours">{escape(_hours(visit, booking))}</p>'
        f"<dl>{listed}</dl>"
        f'<p class="code-line"><span>{escape(said["code"])}</span> '
        f'<span class="code">{escape(shown_code(booking.code))}</span></p>'
        f'<p class="soft">{escape(venue.contact.address)}</p>'
        "</section>"
    )


def _links(visit: _Visit, host: str) -> str:
    said, contact = visit.said, visit.venue.contact
    links: list[tuple[str, str]] = []
    if visit.booking.is_live:
        links.append((f"{visit.path}.ics", said["calendar"]))
        if host:
            links.append((f"webcal://{host}{visit.path}.ics", said["follow"]))
    if web_address(contact.map_url):
        links.append((contact.map_url, said["directions"]))
    if contact.phone:
        links.append((f"tel:{contact.phone}", f"{said['call']} {contact.phone}"))
    links.append(
        (f"/?{urlencode({'venue': visit.venue.id, 'lang': visit.language})}", said["chat"])
    )
    return (
        '<nav class="links">'
        + "".join(
            f'<a href="{escape(to)}" rel="noreferrer">{escape(words)}</a>' for to, words in links
        )
        + "</nav>"
    )


async def _move_panel(visit: _Visit, wanted: _Wanted | None) -> str:
    said, policy = visit.said, visit.venue.policy
    today = local_day(visit.now, visit.venue.zone)
    shown = wanted or _Wanted.of(visit, None, None)
    sizes = "".join(
        f'<option value="{n}"{" selected" if n == shown.covers else ""}>'
        f"{escape(_people(visit, n))}</option>"
        for n in range(policy.min_party, policy.max_party + 1)
    )
    results = "" if wanted is None else await _results(visit, wanted)
    return (
        f'<details class="panel" id="move"{" open" if wanted else ""}>'
        f"<summary>{escape(said['move'])}</summary>"
        f'<p class="soft">{escape(said["move_intro"])}</p>'
        f'<form method="get" action="{escape(visit.path)}#move" class="row">'
        f'<input type="hidden" name="lang" value="{visit.language}">'
        f"<label>{escape(said['day'])}"
        f'<input type="date" name="date" value="{shown.day}" min="{today}"'
        f' max="{today + policy.booking_window}" required></label>'
        f'<label>{escape(said["party"])}<select name="party">{sizes}</select></label>'
        f"<button>{escape(said['search'])}</button></form>{results}</details>"
    )


async def _results(visit: _Visit, wanted: _Wanted) -> str:
    """Free starts as buttons of a form that moves the booking."""
    said = visit.said
    free = await _free(visit, wanted)
    if not free:
        return f'<p role="status">{escape(said["free_none"])}</p>'
    days = {service_day(visit.venue, slot.start) for slot in free}
    is_near = days != {wanted.day}
    title = said["free_near"] if is_near else f"{said['free']} · {_date(visit, wanted.day)}"
    places = {_place(visit, slot.resources) for slot in free}
    if len(places) == 1 and places != {""}:
        title += f" · {places.pop()}"  # once, not on every button
    now_at = (visit.booking.start, visit.booking.party_size.covers)
    buttons = "".join(
        f'<button name="start" value="{slot.start.isoformat()}"'
        f"{' disabled' if (slot.start, wanted.covers) == now_at else ''}>"
        f"{escape(_short(visit, slot, with_day=is_near, with_place=len(places) > 1))}</button>"
        for slot in free
    )
    return (
        f'<form method="post" action="{escape(visit.to("/move"))}">'
        f"<h2>{escape(title)}</h2>"
        f'<input type="hidden" name="party" value="{wanted.covers}">'
        f'<div class="slots">{buttons}</div></form>'
    )


def _policy(visit: _Visit) -> str:
    """Until when a guest may still do what, said before they try."""
    said, policy, booking = visit.said, visit.venue.policy, visit.booking
    ends_cancel = booking.start - policy.cancel_cutoff
    ends_change = booking.start - policy.change_cutoff
    if visit.now > ends_cancel:
        return said["late_cancel"].format(moment=_moment(visit, ends_cancel))
    if visit.now > ends_change:
        late = said["late_change"].format(moment=_moment(visit, ends_change))
        return f"{late} {said['policy_cancel'].format(moment=_moment(visit, ends_cancel))}"
    if not policy.cancel_cutoff and not policy.change_cutoff:
        return said["policy_free"]
    if ends_cancel == ends_change:
        return said["policy_both"].format(moment=_moment(visit, ends_cancel))
    change = said["policy_change"].format(moment=_moment(visit, ends_change))
    return f"{said['policy_cancel'].format(moment=_moment(visit, ends_cancel))} {change}"


def _may_cancel(visit: _Visit) -> bool:
    ends = visit.booking.start - visit.venue.policy.cancel_cutoff
    return visit.booking.is_open and visit.now <= ends


def _may_change(visit: _Visit) -> bool:
    ends = visit.booking.start - visit.venue.policy.change_cutoff
    return visit.booking.is_open and visit.now <= ends


def _people(visit: _Visit, covers: int) -> str:
    if covers == 1:
        return visit.said["people_one"]
    return visit.said["people_other"].format(n=covers)


def _place(visit: _Visit, resources: Sequence[str]) -> str:
    places = {place_of(each): None for each in visit.venue.resources if each.id in resources}
    return ", ".join(visit.said.get(f"area_{place}", place) for place in places if place)


def _date(visit: _Visit, day: date) -> str:
    from babel.dates import format_date  # loads its data: not at every start

    return format_date(day, visit.said["date_pattern"], locale=visit.said["locale"])


def _day(visit: _Visit, instant: datetime) -> str:
    return _date(visit, instant.astimezone(visit.venue.zone).date())


def _time(visit: _Visit, instant: datetime) -> str:
    return instant.astimezone(visit.venue.zone).strftime("%H:%M")


def _hours(visit: _Visit, booking: Booking) -> str:
    said = visit.said["until"]
    return said.replace("{from}", _time(visit, booking.start)).replace(
        "{to}", _time(visit, booking.end)
    )


def _moment(visit: _Visit, instant: datetime) -> str:
    return visit.said["moment"].format(date=_day(visit, instant), time=_time(visit, instant))


def _short(visit: _Visit, slot: Slot, *, with_day: bool, with_place: bool) -> str:
    place = _place(visit, slot.resources) if with_place else ""
    words = [_day(visit, slot.start)] if with_day else []
    return " · ".join([*words, _time(visit, slot.start), *([place] if place else [])])


def _notice(words: str, *, wrong: bool = False) -> str:
    if not words:
        return ""
    kind = "notice is-wrong" if wrong else "notice"
    return f'<p class="{kind}" role="{"alert" if wrong else "status"}">{escape(words)}</p>'


def _see(url: str) -> RedirectResponse:
    return RedirectResponse(url, HTTPStatus.SEE_OTHER)


def _gone(said: Texts) -> HTMLResponse:
    body = (
        f'<section class="panel"><p>{escape(said["gone"])}</p>'
        f'<p><a href="/">{escape(said["home"])}</a></p></section>'
    )
    page = _template().substitute(
        lang="es" if said["language_code"] == "en" else "en",
        title=escape(said["gone_title"]),
        other_language="",
        body=body,
    )
    return HTMLResponse(page, HTTPStatus.NOT_FOUND, headers=_HEADERS)


def _html(visit: _Visit, body: str, *, status: HTTPStatus = HTTPStatus.OK) -> HTMLResponse:
    said = visit.said
    other = said["language_code"]
    toggle = (
        f'<a class="quiet" href="{escape(visit.path)}?lang={other}" lang="{other}"'
        f' hreflang="{other}">{escape(said["language"])}</a>'
    )
    page = _template().substitute(
        lang=visit.language,
        title=escape(said["title"].format(venue=visit.venue.name)),
        other_language=toggle,
        body=body,
    )
    return HTMLResponse(page, status, headers=_HEADERS)


@cache
def _template() -> Template:
    return Template((PAGES / "booking.html").read_text(encoding="utf-8"))
