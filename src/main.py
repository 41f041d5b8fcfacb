"""The composition root: `create_app()` for servers, `run()` for the command.

Nothing is imported here before it is needed, so that help is printed at once and a server without
model keys never loads a model client.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import re
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from fastapi import FastAPI

    from application.cache_report import CacheHealth
    from application.committer import Heard
    from application.conversation import Conversation
    from application.front_desk import FrontDesk
    from application.guest_news import GuestNews
    from application.message_desk import MessageDesk
    from application.ports.agents import HumanAgent, LogicAgent, RouterAgent
    from application.ports.bookings import Bookings
    from application.ports.cache import Cache
    from application.ports.clock import Clock
    from application.ports.conflicts import Conflicts
    from application.ports.conversations import Conversations
    from application.ports.day_sheets import DaySheets
    from application.ports.handovers import Handovers
    from application.ports.holds import Holds
    from application.ports.keys import Keys
    from application.ports.language_model import LanguageModel
    from application.ports.messages import Messages
    from application.ports.messenger import Messenger
    from application.ports.model_figures import PricedModel
    from application.ports.posts import Posts
    from application.ports.store_state import StoreState
    from application.ports.waitlist import Waitlist
    from application.reservations import Reservations
    from application.sender import Sender
    from application.sheets import WarmSheets
    from application.store_keeper import Pass
    from application.store_office import StoreOffice
    from application.waitlist_desk import WaitlistDesk
    from domain.booking import Booking, BookingCode
    from domain.venue import Venue
    from infrastructure.airtable.care import BaseCare
    from infrastructure.airtable.health import WireHealth
    from infrastructure.airtable.schema import BaseMap
    from infrastructure.airtable.wire import Wire
    from infrastructure.caching.tiered import Observe
    from infrastructure.cli.program import AgentChoice, OpenLedger
    from infrastructure.comparison.comparing import Comparison
    from infrastructure.comparison.playing import OpenHouse
    from infrastructure.database.engine import Ledger
    from infrastructure.http.parts import Figures, HearPing, OpsWindow, Probe
    from infrastructure.http.turns import Answers
    from infrastructure.litellm.model import LiteLLMModel
    from infrastructure.metrics.measurements import Measurements
    from infrastructure.resilience.breaker import OnState
    from infrastructure.resilience.budget import DailyBudget
    from infrastructure.settings import Settings
    from infrastructure.tracing.tracing import Tracing

_E164 = re.compile(r"\+[1-9]\d{7,14}")


class AnyLedger(Protocol):
    """What every ledger offers."""

    @property
    def holds(self) -> Holds: ...
    @property
    def bookings(self) -> Bookings: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def day_sheets(self) -> DaySheets: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def posts(self) -> Posts: ...
    @property
    def handovers(self) -> Handovers: ...
    @property
    def waitlist(self) -> Waitlist: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """The running parts, as the server gets them."""

    conversation: Answers
    reservations: Reservations
    bookings: Bookings
    keys: Keys
    clock: Clock
    links_key: bytes
    probes: Mapping[str, Probe]
    conflicts: Conflicts | None = None
    hear_ping: HearPing | None = None
    cache: Cache | None = None
    figures: Figures | None = None
    ops: OpsWindow | None = None
    conversations: Conversations | None = None
    posts: Posts | None = None
    messages: MessageDesk | None = None
    waitlist: WaitlistDesk | None = None
    front_desk: FrontDesk | None = None


def create_app(
    settings: Settings | None = None,
    *,
    ledger: AnyLedger | None = None,
    router: RouterAgent | None = None,
    logic: LogicAgent | None = None,
    human: HumanAgent | None = None,
    clock: Clock | None = None,
    venues: Sequence[Venue] | None = None,
    background: bool = True,
) -> FastAPI:
    """The server's app. What is not given is built from the settings; what is given stays open.

    `background`: whether this process also does the work between messages (DBOS).

    Raises: SettingsError, VenueFileError.
    """
    from importlib.metadata import version

    from infrastructure.http.app import create_http
    from infrastructure.settings import read_settings
    from infrastructure.zones import use_packaged_zones

    use_packaged_zones()
    settings = settings or read_settings()
    houses = tuple(venues) if venues is not None else _venues(settings)
    clock = clock or _clock(settings)
    measurements = _measurements(settings, clock)
    _check_tracing(settings)
    _check_mail(settings)

    @asynccontextmanager
    async def open_parts() -> AsyncIterator[Opened]:
        async with AsyncExitStack() as stack:
            yield await _open(
                stack,
                settings,
                houses,
                ledger=ledger,
                router=router,
                logic=logic,
                human=human,
                clock=clock,
                measurements=measurements,
                background=background and ledger is None,
            )

    return create_http(
        open_parts,
        version=version("anfitrion"),
        api_keys=settings.fixed_keys,
        is_loopback=settings.is_loopback,
        on_request=measurements.request,
        public_url=settings.public_url,
    )


def _measurements(settings: Settings, clock: Clock) -> Measurements:
    from infrastructure.metrics import open_measurements

    return open_measurements(clock=clock, shared_dir=settings.prometheus_multiproc_dir)


async def _open(
    stack: AsyncExitStack,
    settings: Settings,
    venues: Sequence[Venue],
    *,
    ledger: AnyLedger | None,
    router: RouterAgent | None,
    logic: LogicAgent | None,
    human: HumanAgent | None,
    clock: Clock,
    measurements: Measurements,
    background: bool,
) -> Opened:
    from application.actions import Actions
    from application.conversation import Conversation
    from application.demand import Demand
    from application.lately import Lately
    from application.observers import Observers
    from application.reservations import Reservations
    from application.sheets import WarmSheets
    from infrastructure.http.parts import OpsWindow
    from infrastructure.logging import keyed_hash, log_key
    from infrastructure.metrics import Watched, open_figures

    ops = OpsWindow(Lately(clock=clock), Demand(clock=clock))
    probes: dict[str, Probe] = {}
    opened: Ledger | None = None
    if ledger is None:
        ledger = opened = await stack.enter_async_context(_ledger(settings))
        probes["ledger"] = _probe(opened)
    cache = await _cache(
        stack, settings, clock, observe=measurements.cache_operation, on_state=measurements.breaker
    )
    sheets = WarmSheets(ledger.day_sheets, cache)
    stack.push_async_callback(sheets.aclose)
    store: _Store | None = None
    if opened is not None and settings.uses_airtable:
        store = await _airtable(
            stack, settings, opened, sheets, venues, clock, heard=measurements.commit
        )
        probes["airtable"] = store.probe
        venues = store.venues
    reservations = Reservations(
        venues=venues,
        holds=ledger.holds,
        bookings=ledger.bookings,
        sheets=sheets,
        clock=clock,
        settlement=None if store is None else store.office.settlement,
        knowledge=None if store is None else store.office.status,
        heard=measurements.staff_booking,
    )
    if store is not None:
        store.on_venues(reservations.replace_venues)
        await store.office.open()
        stack.push_async_callback(store.office.close)
    if router is None or logic is None or human is None:
        agents = _agents(stack, settings, clock, cache=cache, on_state=measurements.breaker)
        router, logic, human = (
            router or agents.router,
            logic or agents.logic,
            human or agents.human,
        )
    news = None if opened is None else _news(opened, clock)
    aftercare = _aftercare(stack, settings, ledger, reservations, clock, opened, news)
    tracing = _tracing(stack, settings)
    observers = Observers(measurements, ops.lately, ops.demand)
    conversation = Conversation(
        router=router,
        human=human,
        actions=Actions(
            reservations=reservations,
            logic=logic,
            observer=ops.demand,
            waitlist=aftercare.waitlist,
        ),
        reservations=reservations,
        conversations=ledger.conversations,
        bookings=ledger.bookings,
        clock=clock,
        phone_of=_phone_of,
        guest_key=keyed_hash(log_key(settings.data_dir / "log.key")),
        news=news,
        settlement=None if store is None else store.office.settlement,
        observer=observers if tracing is None else tracing.observer(observers),
        prompts=aftercare.messages,
        front_desk=aftercare.front_desk,
    )
    answers: Answers = measurements.measured(conversation)
    figures = await stack.enter_async_context(
        open_figures(
            measurements,
            Watched(
                cache=cache.stats,
                store=None if store is None else store.health,
                backlog=None if opened is None or store is None else opened.outbox.backlog,
                activity=None if opened is None else opened.activity,
            ),
        )
    )
    if background:
        await _start_background(stack, settings, ledger, conversation, clock, aftercare)
    return Opened(
        answers if tracing is None else tracing.answers(answers),
        reservations,
        ledger.bookings,
        ledger.keys,
        clock,
        log_key(settings.data_dir / "links.key"),
        probes,
        cache=cache,
        figures=figures,
        conflicts=None if opened is None else opened.conflicts,
        hear_ping=None if store is None else store.hear_ping,
        ops=ops,
        conversations=ledger.conversations,
        posts=ledger.posts,
        messages=aftercare.messages,
        waitlist=aftercare.waitlist,
        front_desk=aftercare.front_desk,
    )


def _news(ledger: Ledger, clock: Clock) -> GuestNews:
    """What staff, and the booking store, have done to guests' bookings."""
    from application.guest_news import GuestNews

    return GuestNews(notices=ledger.notices, conflicts=ledger.conflicts, clock=clock)


@dataclass(frozen=True, slots=True)
class _Aftercare:
    """What follows a booking, and who else waits for a word from the house."""

    messages: MessageDesk
    waitlist: WaitlistDesk
    front_desk: FrontDesk
    sender: Sender | None


def _aftercare(
    stack: AsyncExitStack,
    settings: Settings,
    ledger: AnyLedger,
    reservations: Reservations,
    clock: Clock,
    opened: Ledger | None,
    news: GuestNews | None,
) -> _Aftercare:
    """`opened`: the ledger where it is one that several processes share; None in memory."""
    from application.front_desk import FrontDesk
    from application.message_desk import MessageDesk
    from application.no_answer import NoAnswerDesk
    from application.sender import Sender
    from application.waitlist_desk import WaitlistDesk
    from infrastructure.http.calendar_file import calendar_file
    from infrastructure.local.human import word_news
    from infrastructure.local.messages import word_message
    from infrastructure.outgoing.chat import ChatMessenger

    sender = (
        None if opened is None else Sender(leases=opened.leases, clock=clock, holder=_own_name())
    )
    outside = _messengers(stack, settings, clock)

    def calendar(booking: Booking, venue: Venue, link: str) -> bytes:
        return calendar_file(booking, venue, now=clock.now(), link=link)

    messages = MessageDesk(
        venues=lambda: reservations.venues,
        messages=ledger.messages,
        bookings=ledger.bookings,
        posts=ledger.posts,
        waitlist=ledger.waitlist,
        # The conversation comes first: what it is asked there can be answered at once.
        messengers=(ChatMessenger(ledger.posts, clock=clock), *outside),
        clock=clock,
        word=word_message,
        word_news=word_news,
        no_answer=NoAnswerDesk(
            messages=ledger.messages,
            bookings=ledger.bookings,
            conflicts=None if opened is None else opened.conflicts,
            clock=clock,
            asking=[each.name for each in outside if each.can_be_answered],
        ),
        link=_public_links(settings),
        chat_link=_public_chat(settings),
        calendar=calendar,
        notices=None if opened is None else opened.notices,
        news=news,
        is_sender=None if sender is None else sender.is_ours,
    )
    return _Aftercare(
        messages=messages,
        waitlist=WaitlistDesk(
            waitlist=ledger.waitlist,
            reservations=reservations,
            holds=ledger.holds,
            messages=ledger.messages,
            clock=clock,
        ),
        front_desk=FrontDesk(
            handovers=ledger.handovers,
            conversations=ledger.conversations,
            posts=ledger.posts,
            messages=messages,
            clock=clock,
        ),
        sender=sender,
    )


def _messengers(stack: AsyncExitStack, settings: Settings, clock: Clock) -> Sequence[Messenger]:
    """The ways to guests that the settings name."""
    ways: list[Messenger] = []
    if settings.smtp_url is not None and settings.mail_from is not None:
        from infrastructure.smtp.messenger import SmtpMessenger

        url = settings.smtp_url.get_secret_value()
        ways.append(SmtpMessenger(url, sender=settings.mail_from, clock=clock))
    if settings.message_webhook_url is not None and settings.message_webhook_secret is not None:
        from infrastructure.outgoing.webhook import WebhookMessenger

        webhook = WebhookMessenger(
            settings.message_webhook_url.get_secret_value(),
            secret=settings.message_webhook_secret.get_secret_value(),
            clock=clock,
        )
        stack.push_async_callback(webhook.aclose)
        ways.append(webhook)
    return ways


def _check_mail(settings: Settings) -> None:
    """Raises: SettingsError where the mail server's URL or the sender cannot be used."""
    if settings.smtp_url is None or settings.mail_from is None:
        return
    from infrastructure.settings import SettingsError
    from infrastructure.smtp.address import read_mail_server
    from infrastructure.smtp.letters import read_address

    try:
        read_mail_server(settings.smtp_url.get_secret_value())
    except ValueError as error:
        raise SettingsError([f"SMTP_URL: {error}"]) from None
    try:
        read_address(settings.mail_from)
    except ValueError as error:
        raise SettingsError([f"MAIL_FROM: {error}"]) from None


def _public_links(settings: Settings) -> Callable[[BookingCode], str]:
    """A booking's page for somebody who is not on our page already; empty where we do not know our
    own address."""
    from infrastructure.http.links import BookingLinks
    from infrastructure.logging import log_key

    links = BookingLinks(log_key(settings.data_dir / "links.key"), public_url=settings.public_url)
    return lambda code: "" if settings.public_url is None else links.url(code)


def _public_chat(settings: Settings) -> Callable[[Venue], str]:
    """Where a guest finds a house's chat; empty as above."""
    base = (settings.public_url or "").rstrip("/")
    return lambda venue: f"{base}/?venue={venue.id}" if base else ""


def _own_name() -> str:
    """Like no other process's."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _check_tracing(settings: Settings) -> None:
    """Raises: SettingsError where traces are wanted and cannot be sent."""
    from importlib.util import find_spec

    from infrastructure.settings import SettingsError

    if settings.otel_exporter_otlp_endpoint is not None and find_spec("opentelemetry") is None:
        line = "OTEL_EXPORTER_OTLP_ENDPOINT: needs the extra `otel` (uv sync --extra otel)"
        raise SettingsError([line])


def _tracing(stack: AsyncExitStack, settings: Settings) -> Tracing | None:
    if settings.otel_exporter_otlp_endpoint is None:
        return None
    from importlib.metadata import version

    from infrastructure.tracing import open_tracing

    tracing = open_tracing(settings.otel_exporter_otlp_endpoint, version=version("anfitrion"))
    stack.push_async_callback(tracing.aclose)
    return tracing


async def _cache(
    stack: AsyncExitStack,
    settings: Settings,
    clock: Clock,
    *,
    observe: Observe | None = None,
    on_state: OnState | None = None,
) -> Cache:
    """The cache that REDIS_URL names, behind its guard; in this process where there is none.

    `observe` hears of each operation, `on_state` of the breaker.
    """
    from infrastructure.memory.cache import memory_cache

    if settings.redis_address == "off":
        return memory_cache(clock, reason="REDIS_URL is off", observe=observe)

    from infrastructure.redis.opening import open_cache
    from infrastructure.resilience.cached import CacheGuard

    return await stack.enter_async_context(
        open_cache(
            settings.redis_address,
            data_dir=settings.data_dir,
            clock=clock,
            guard=CacheGuard(clock=clock, on_state=on_state),
            without=lambda reason: memory_cache(clock, reason=reason, observe=observe),
            observe=observe,
        )
    )


@dataclass(frozen=True, slots=True)
class _Store:
    """Airtable as the booking store, ready to be opened."""

    office: StoreOffice
    venues: Sequence[Venue]
    on_venues: Callable[[Callable[[Sequence[Venue]], None]], None]
    hear_ping: HearPing
    probe: Probe
    health: Callable[[], WireHealth]


async def _airtable(
    stack: AsyncExitStack,
    settings: Settings,
    ledger: Ledger,
    sheets: WarmSheets,
    fallback: Sequence[Venue],
    clock: Clock,
    *,
    heard: Heard | None = None,
) -> _Store:
    """The base that the settings name. Its houses are those of its tables; `fallback` serves where it
    has none yet."""
    from application.store_keeper import pace_of
    from application.store_office import StoreOffice
    from infrastructure.airtable.base import open_base
    from infrastructure.http.parts import Degraded
    from infrastructure.local.human import word_news

    wire = _wire(settings, ledger, clock)
    stack.push_async_callback(wire.aclose)
    base = await open_base(
        wire=wire,
        state=ledger.store_state,
        mirror=ledger.mirror,
        clock=clock,
        public_url=settings.public_url,
    )
    houses = tuple(base.venues or fallback)
    office = StoreOffice(
        ledger=ledger,
        store=base.bookings,
        feed=base.feed,
        guests=base.guests,
        sheets=sheets,
        venues=lambda: tuple(base.venues or fallback),
        clock=clock,
        word=word_news,
        reload_houses=base.reload,
        on_change=base.on_change,
        holder=_own_name(),
        pace=pace_of(
            monthly_calls=settings.airtable_monthly_calls,
            pinged=settings.public_url is not None,
            days_ahead=max(venue.policy.booking_window.days for venue in houses),
        ),
        deadline_s=settings.store_deadline_s,
        max_age_s=settings.max_sheet_age_s,
        heard=heard,
    )

    async def hear_ping(body: bytes, signature: str | None) -> bool:
        if not await base.feed.is_ping(body, signature):
            return False
        await office.status.pinged()
        return True

    async def probe() -> None:
        # Without Airtable bookings are still taken: the server is degraded, not down.
        if not office.status.answers:
            raise Degraded(office.status.why_not or "Airtable does not answer")

    return _Store(office, houses, base.on_venues, hear_ping, probe, wire.health)


def _wire(settings: Settings, ledger: Ledger, clock: Clock) -> Wire:
    from infrastructure.airtable.wire import Wire

    assert settings.airtable_api_key is not None
    assert settings.airtable_base_id is not None
    return Wire(
        token=settings.airtable_api_key.get_secret_value(),
        base=settings.airtable_base_id,
        endpoint_url=settings.airtable_endpoint_url,
        allowance=ledger.allowance,
        budget_rps=settings.airtable_budget_rps,
        clock=clock,
        monthly_allowance=settings.airtable_monthly_calls or None,
    )


async def _start_background(
    stack: AsyncExitStack,
    settings: Settings,
    ledger: AnyLedger,
    conversation: Conversation,
    clock: Clock,
    aftercare: _Aftercare,
) -> None:
    """Background work begins beside the server, which answers while DBOS is still being loaded."""
    from application.upkeep import Upkeep

    upkeep = Upkeep(
        conversation=conversation,
        conversations=ledger.conversations,
        holds=ledger.holds,
        clock=clock,
    )

    async def work() -> None:
        from infrastructure.dbos.background import BackgroundWork, Job

        messages = aftercare.messages
        background = BackgroundWork(
            database_url=settings.background_url,
            sweeps={
                "holds": upkeep.sweep_holds,
                "waitlist": aftercare.waitlist.sweep,
                "messages": messages.plan,
            },
            jobs={
                "turn": Job(upkeep.abandoned_turns, (upkeep.finish_turn,)),
                "message": Job(messages.due, (messages.deliver,)),
            },
        )
        await background.start()
        await stopping.wait()
        await background.stop()
        if aftercare.sender is not None:
            await aftercare.sender.give_back()

    stopping = asyncio.Event()
    task = asyncio.create_task(work())

    async def end() -> None:
        stopping.set()
        await task

    stack.push_async_callback(end)


@dataclass(frozen=True, slots=True)
class _Agents:
    router: RouterAgent
    logic: LogicAgent
    human: HumanAgent


def _agents(
    stack: AsyncExitStack,
    settings: Settings,
    clock: Clock,
    *,
    daily: DailyBudget | None = None,
    cache: Cache | None = None,
    on_state: OnState | None = None,
) -> _Agents:
    """The agents as the settings want them: on models behind their twins, or the twins alone.

    `daily` is the day's money, where it is shared with others. `cache` keeps models' answers about
    the house. `on_state` hears of the breakers.
    """
    from infrastructure.local.human import LocalHuman
    from infrastructure.local.logic import LocalLogic
    from infrastructure.local.router import LocalRouter

    twins = _Agents(LocalRouter(), LocalLogic(), LocalHuman())
    wanted = {agent: settings.models_of(agent) for agent in ("router", "logic", "human")}
    shadow = settings.models_of("logic_shadow") if settings.logic_shadow_rate else ()
    if not any(wanted.values()) and not shadow:
        return twins

    from application.agents.answers import KeptAnswers
    from application.agents.human import ModelHuman
    from application.agents.logic import ModelLogic
    from application.agents.router import ModelRouter
    from application.claims import ClaimCheck
    from infrastructure.local.dates.reader import DateReader
    from infrastructure.local.understanding.contact import as_e164
    from infrastructure.resilience.budget import DailyBudget
    from infrastructure.resilience.shadow import ShadowLogic
    from infrastructure.resilience.twins import TurnOpening, TwinHuman, TwinLogic, TwinRouter

    daily = daily or DailyBudget(settings.daily_budget_usd, clock=clock)
    models = _models(stack, settings, clock, wanted, daily, on_state)
    router, logic, human = twins.router, twins.logic, twins.human
    if "router" in models:
        asked = ModelRouter(models["router"], DateReader(), read_phone=as_e164)
        router = TwinRouter(asked, router, deadline_s=settings.router_deadline_s, clock=clock)
    else:
        router = TurnOpening(router, clock=clock)
    if "logic" in models:
        asked_logic = ModelLogic(models["logic"])
        logic = TwinLogic(asked_logic, logic, deadline_s=settings.logic_deadline_s, clock=clock)
    if "human" in models:
        asked_human = ModelHuman(models["human"], human, ClaimCheck())
        human = TwinHuman(asked_human, human, deadline_s=settings.human_deadline_s, clock=clock)
        if cache is not None:
            human = KeptAnswers(human, cache, wording=",".join(wanted["human"]))
    if shadow:
        # Clients and breakers of its own: where the shadow fails, nobody else does.
        asked_shadow = ModelLogic(
            _models(stack, settings, clock, {"logic": shadow}, daily)["logic"]
        )
        shadowed = ShadowLogic(logic, asked_shadow, rate=settings.logic_shadow_rate)
        stack.push_async_callback(shadowed.aclose)
        logic = shadowed
    return _Agents(router, logic, human)


def _models(
    stack: AsyncExitStack,
    settings: Settings,
    clock: Clock,
    wanted: Mapping[str, tuple[str, ...]],
    daily: DailyBudget,
    on_state: OnState | None = None,
) -> Mapping[str, LanguageModel]:
    """The model behind each agent that has one, with everything that keeps it in bounds."""
    from infrastructure.resilience.breaker import Breaker
    from infrastructure.resilience.budget import CallLimits
    from infrastructure.resilience.onion import resilient

    names = dict.fromkeys(name for chain in wanted.values() for name in chain)
    clients = {name: _client(stack, settings, name) for name in names}
    breakers = {name: Breaker(name, clock=clock, on_state=on_state) for name in names}
    limits = CallLimits(settings.max_tokens_per_call, settings.max_cost_per_call_usd)
    return {
        agent: resilient(
            [clients[name] for name in chain],
            deadline_s=getattr(settings, f"{agent}_deadline_s"),
            limits=limits,
            daily=daily,
            breakers=breakers,
            clock=clock,
        )
        for agent, chain in wanted.items()
        if chain
    }


def _client(stack: AsyncExitStack, settings: Settings, name: str) -> PricedModel:
    """One long-lived client for a model: a direct one where its provider speaks OpenAI's protocol,
    which costs a twentieth of the time, and litellm for every other provider."""
    from infrastructure.openai_compatible.model import OpenAICompatibleModel, can_serve

    key, base = settings.access_to(name)
    client: OpenAICompatibleModel | LiteLLMModel
    if can_serve(name):
        from infrastructure.litellm.figures import Figures

        figures = Figures(name)
        client = OpenAICompatibleModel(
            name,
            api_key=key,
            api_base=base,
            figures=figures,
            reads_schemas=figures.facts.reads_schemas,
        )
    else:
        from infrastructure.litellm.model import LiteLLMModel

        client = LiteLLMModel(name, api_key=key, api_base=base)
    stack.push_async_callback(client.aclose)
    return client


def _venues(settings: Settings) -> tuple[Venue, ...]:
    from infrastructure.venues.loader import load_venues

    return load_venues(settings.venues_dir)


def _clock(settings: Settings) -> Clock:
    from infrastructure.clock import OffsetClock, SystemClock

    return SystemClock() if settings.clock is None else OffsetClock(settings.clock)


@asynccontextmanager
async def _ledger(settings: Settings) -> AsyncIterator[Ledger]:
    from infrastructure.database.engine import open_ledger

    ledger = await open_ledger(settings.ledger_url, queues_for_store=settings.uses_airtable)
    try:
        yield ledger
    finally:
        await ledger.close()


def _probe(ledger: Any) -> Probe:
    from application.errors import StoreUnavailable

    async def ask() -> None:
        health = await ledger.health()
        if not health.ok:
            raise StoreUnavailable(health.detail)

    return ask


def _phone_of(user_id: str) -> str:
    """Channels that prove a number use it, in E.164, as the guest's id."""
    return user_id if _E164.fullmatch(user_id) else ""


@asynccontextmanager
async def open_houses(
    settings: Settings, venues: Sequence[Venue], daily: DailyBudget | None = None
) -> AsyncIterator[OpenHouse]:
    """Houses for a comparison: each with a ledger of its own, all with the same agents and clients."""
    from infrastructure.clock import OffsetClock, SystemClock
    from infrastructure.memory import MemoryLedger

    async with AsyncExitStack() as stack:
        agents = _agents(stack, settings, SystemClock(), daily=daily)

        @asynccontextmanager
        async def open_house(start: datetime) -> AsyncIterator[Opened]:
            clock = OffsetClock(start)
            async with AsyncExitStack() as of_house:
                yield await _open(
                    of_house,
                    settings,
                    venues,
                    ledger=MemoryLedger(),
                    router=agents.router,
                    logic=agents.logic,
                    human=agents.human,
                    clock=clock,
                    measurements=_measurements(settings, clock),
                    background=False,
                )

        yield open_house


def _model_router(name: str, settings: Settings) -> RouterAgent:
    """A router that asks one model and nobody else: for measuring that model."""
    from application.agents.router import ModelRouter
    from infrastructure.litellm.model import LiteLLMModel
    from infrastructure.local.dates import DateReader

    api_key, api_base = settings.access_to(name)
    model = LiteLLMModel(
        name, api_key=api_key, api_base=api_base, timeout_s=settings.router_deadline_s
    )
    return ModelRouter(model, DateReader())


class _Base:
    """A base, cared for from the command line (`infrastructure.cli.program.AirtableBase`)."""

    def __init__(
        self,
        care: BaseCare,
        open_store: Callable[[], Awaitable[_Store]],
        state: StoreState,
    ) -> None:
        self._open_store = open_store
        self._state = state
        self.init = care.init
        self.check = care.check

    @classmethod
    async def open(
        cls, stack: AsyncExitStack, settings: Settings, venues: Sequence[Venue]
    ) -> _Base:
        from application.sheets import WarmSheets
        from infrastructure.airtable.base import SCHEMA
        from infrastructure.airtable.care import BaseCare

        clock = _clock(settings)
        ledger = await stack.enter_async_context(_ledger(settings))
        wire = _wire(settings, ledger, clock)
        stack.push_async_callback(wire.aclose)
        kept = await ledger.store_state.get(name=SCHEMA)

        async def remember(found: BaseMap) -> None:
            await ledger.store_state.put(name=SCHEMA, value=found.to_json())

        care = BaseCare(
            wire, clock=clock, remembered=None if kept is None else kept.value, remember=remember
        )

        async def open_store() -> _Store:
            sheets = WarmSheets(ledger.day_sheets)
            return await _airtable(stack, settings, ledger, sheets, venues, clock)

        return cls(care, open_store, ledger.store_state)

    async def sync(
        self, *, on_window: Callable[[datetime, int], None], on_elsewhere: Callable[[], None]
    ) -> Pass:
        from application.store_sync import sync

        store = await self._open_store()
        return await sync(
            keeper=store.office.keeper,
            state=self._state,
            on_window=on_window,
            on_elsewhere=on_elsewhere,
        )


class _Program:
    """What the command line uses of all this (`infrastructure.cli.program.Program`)."""

    def settings(self, **given: object) -> Settings:
        from infrastructure.settings import read_settings

        return read_settings(**given)

    def create_app(self, settings: Settings) -> FastAPI:
        return create_app(settings)

    def serve(
        self, app: FastAPI, *, host: str, port: int, on_listening: Callable[[str], None]
    ) -> bool:
        from infrastructure.http.server import serve

        return serve(app, host=host, port=port, on_listening=on_listening)

    def serving(self, app: FastAPI) -> AbstractAsyncContextManager[str]:
        from infrastructure.http.server import serving

        return serving(app)

    def configure_logging(self, settings: Settings, *, level: int = logging.INFO) -> None:
        from infrastructure.logging import configure

        configure(settings.log_format, level=level)

    def venues(self, settings: Settings) -> Sequence[Venue]:
        self.zone_table()
        return _venues(settings)

    def write_venue(self, folder: Path, table: Mapping[str, Any]) -> Path:
        from infrastructure.venues.new import write_venue

        return write_venue(folder, table)

    def zone_table(self) -> str:
        from infrastructure.zones import use_packaged_zones, zone_table_version

        use_packaged_zones()
        return zone_table_version()

    def ledger(self, settings: Settings) -> AbstractAsyncContextManager[OpenLedger]:
        return _ledger(settings)

    @asynccontextmanager
    async def airtable(self, settings: Settings) -> AsyncIterator[_Base]:
        """The base that the settings name, for a person at a terminal."""
        async with AsyncExitStack() as stack:
            yield await _Base.open(stack, settings, self.venues(settings))

    async def cache_health(self, settings: Settings) -> CacheHealth:
        async with AsyncExitStack() as stack:
            cache = await _cache(stack, settings, _clock(settings))
            return await cache.health()

    def agents(self, settings: Settings) -> Sequence[AgentChoice]:
        from infrastructure.cli.program import AgentChoice

        def choice(agent: str) -> AgentChoice:
            wanted = getattr(settings, f"{agent}_model")
            reason = "as set" if wanted == "local" else f"no key for {wanted}"
            return AgentChoice(agent, settings.models_of(agent), reason)

        agents = ["router", "logic", "human"]
        if settings.logic_shadow_model is not None:
            agents.append("logic_shadow")
        return [choice(agent) for agent in agents]

    def end_of_life(self, model: str) -> date | None:
        from infrastructure.litellm.figures import read_facts

        return read_facts([model])[model].ends_on

    def understand(
        self, settings: Settings, items: Path, predictions: Path, *, agent: str
    ) -> AsyncIterator[int]:
        from infrastructure.evaluation.understand import understand
        from infrastructure.local.router import LocalRouter

        self.zone_table()
        router = LocalRouter() if agent == "local" else _model_router(agent, settings)
        return understand(items, predictions, router=router)

    async def compare(
        self,
        sides: Sequence[tuple[str, Settings]],
        *,
        scenarios: Path | None,
        repeats: int,
        at_once: int,
        on_played: Callable[[int, int], None],
    ) -> Comparison:
        from infrastructure.clock import SystemClock
        from infrastructure.comparison.comparing import Comparison, compare
        from infrastructure.comparison.scenarios import PACKAGED, load_scenarios
        from infrastructure.resilience.budget import DailyBudget

        (a, settings), (b, _) = sides
        venues = self.venues(settings)
        comparison = Comparison(load_scenarios(scenarios or PACKAGED), repeats, (a, b))
        daily = DailyBudget(settings.daily_budget_usd, clock=SystemClock())
        async with AsyncExitStack() as stack:
            workers = [
                {
                    name: await stack.enter_async_context(open_houses(own, venues, daily))
                    for name, (_, own) in zip("ab", sides, strict=True)
                }
                for _ in range(at_once)
            ]
            await compare(
                comparison,
                workers,
                {venue.id: venue for venue in venues},
                on_played=lambda: on_played(comparison.done, comparison.runs),
            )
        return comparison

    def local_human(self) -> HumanAgent:
        from infrastructure.local.human import LocalHuman

        return LocalHuman()

    def measure(self, subject: str, *arguments: str) -> Mapping[str, Any]:
        measured = import_module(f"infrastructure.benchmarks.{subject}").run(*arguments)
        return asyncio.run(measured) if inspect.iscoroutine(measured) else measured


def run() -> None:
    """The command `anfitrion`."""
    from infrastructure.cli.app import build

    build(_Program())()


if __name__ == "__main__":
    run()
