"""The house in Spanish. `{usted|tú}`: the first half where the house is formal."""

# ruff: noqa: ARG001 (every act is worded by a function of voice and act, whether it needs both or not)
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from application.ports.aftercare import WAITLIST_OVER
from application.ports.messages import MessageKind
from domain.acts import (
    Act,
    Ask,
    AskCancel,
    AskHowMany,
    AskLast4,
    AskNewTime,
    AskWaitlist,
    AskWhichBooking,
    AskWhichDay,
    AskWhichService,
    AskWhichTime,
    Booked,
    BotIdentity,
    Cancelled,
    CannotDo,
    ChooseOffer,
    Detail,
    Dropped,
    Escalated,
    Expected,
    Farewell,
    Greet,
    Help,
    Hindrance,
    HouseFacts,
    HouseSays,
    KeepCalm,
    Kept,
    LargeParty,
    Menu,
    Moved,
    News,
    NoAnswer,
    NoBookings,
    NoneChosen,
    NoSuchDay,
    NoSuchTime,
    Noted,
    NothingFree,
    NoticeKind,
    NotUnderstood,
    NotVerified,
    NotWaiting,
    NoWaitlist,
    Offer,
    Offered,
    OfferGone,
    OnWaitlist,
    OpeningHours,
    OutOfScope,
    Purpose,
    Received,
    ResourceUnknown,
    SayAgain,
    ShowBookings,
    Smalltalk,
    Sympathy,
    Thanked,
    Trouble,
    Updated,
    Waitlisted,
    WaitlistOver,
    WelcomeBack,
)
from domain.availability import RefusalCode
from domain.booking import Booking, BookingStatus, shown_code
from domain.venue import MINUTES_PER_DAY, ResourceId
from domain.when import DayTrouble
from infrastructure.local.words.voice import (
    MessageWording,
    Start,
    Voice,
    Wording,
    Written,
    capital,
    joined,
    numbered,
    paragraphs,
)


@dataclass(frozen=True, slots=True)
class Spanish(Voice):
    locale: ClassVar[str] = "es"
    day_pattern: ClassVar[str] = "EEEE d 'de' MMMM"
    year_pattern: ClassVar[str] = "EEEE d 'de' MMMM 'de' y"
    time_pattern: ClassVar[str] = "HH:mm"
    areas: ClassVar[dict[str, str]] = {
        "terrace": "en la terraza",
        "inside": "dentro",
        "garden": "en el jardín",
        "bar": "en la barra",
        "patio": "en el patio",
        "window": "junto a la ventana",
        "private": "en el salón privado",
    }

    def near_day(self, day: date) -> str:
        return {0: "hoy", 1: "mañana"}.get((day - self.today).days, "")

    def the_day(self, day: date) -> str:
        """ "el viernes 27 de noviembre", "hoy, sábado 21 de noviembre"."""
        return self.day(day) if self.near_day(day) else f"el {self.day(day)}"

    def moment(self, instant: datetime) -> str:
        local = self.local(instant)
        if self.is_small_hours(instant):
            small = f"a las {self.hour(instant)} de la madrugada"
            if self.near_day(local.date()):
                return f"{self.day(local.date())}, {small} (la noche del {self.weekday(self.eve(instant))})"
            return f"{small} del {self.day(local.date())} (la noche del {self.weekday(self.eve(instant))})"
        at = f"a las {self.hour(instant)}"
        day = self.the_day(local.date())
        return f"{day}, {at}" if self.near_day(local.date()) else f"{day} {at}"

    def people(self, covers: int) -> str:
        return "1 persona" if covers == 1 else f"{covers} personas"

    def what(self, start: Start) -> str:
        """ "mesa para 4 personas", "cita de limpieza dental"."""
        if self.is_clinic:
            return f"cita de {self.service(start.service)}"
        return f"mesa para {self.people(start.covers)}"

    def where(self, start: Start) -> str:
        """ ", en la terraza", " con la Dra. Rojas", or nothing."""
        person = self.practitioner(start.resources)
        if person:
            return f" {_with(person)}"
        area = self.area(start.resources)
        return f", {area}" if area else ""

    def booking(self, booking: Booking) -> str:
        start = Start.of(booking)
        return f"{self.what(start)} {self.moment(start.start)}{self.where(start)}"

    def line(self, offer: Offer, *, dated: bool, served: bool) -> str:
        start = Start.of(offer)
        if dated or self.is_small_hours(start.start):
            at = self.moment(start.start).removeprefix("el ").removeprefix("a las ")
        else:
            at = self.hour(start.start)
        service = f", {self.service(start.service)}" if served else ""
        return f"{at}{service}{self.where(start)}"

    def lines(self, offers: Sequence[Offer]) -> str:
        dated = len({self.local(o.slot.start).date() for o in offers}) > 1
        served = self.is_clinic and len({o.slot.service for o in offers}) > 1
        return numbered(self.line(o, dated=dated, served=served) for o in offers)

    def hours(self, intervals: Sequence[tuple[int, int]]) -> str:
        spans = [f"de {self.clock(first)} a {self.clock(end)}" for first, end in intervals]
        return self.listed(spans, "standard")


def _with(person: str) -> str:
    if person.startswith(("Dra.", "Sra.", "Doctora")):
        return f"con la {person}"
    if person.startswith(("Dr.", "Sr.", "Doctor")):
        return f"con el {person}"
    return f"con {person}"


# --- courtesies ----------------------------------------------------------------------------------


def greet(v: Spanish, act: Greet) -> str:
    name = f", {v.name}" if v.name else ""
    return v.say(
        f"¡Hola{name}! {{Le|Te}} atiende el asistente de {v.venue.name}.",
        f"Buenas{name}, aquí el asistente de {v.venue.name}.",
    )


def welcome_back(v: Spanish, act: WelcomeBack) -> str:
    name = f", {v.name}" if v.name else ""
    return v.say(
        f"¡Hola de nuevo{name}! Seguimos donde lo dejamos.",
        f"¡Qué bien {{verle|verte}} otra vez por aquí{name}! Retomamos lo de antes.",
    )


def thanked(v: Spanish, act: Thanked) -> str:
    return v.say("¡De nada!", "¡Un placer!", "¡A {usted|ti}!")


def farewell(v: Spanish, act: Farewell) -> str:
    if act.booking is not None and act.booking.status is BookingStatus.CONFIRMED:
        when = v.moment(act.booking.start)
        return v.say(f"¡Hasta pronto! {{Le|Te}} esperamos {when}.", f"Nos vemos {when}.")
    return v.say("¡Hasta pronto!", "¡Que {tenga|tengas} un buen día!", "¡Gracias y hasta otra!")


def help_(v: Spanish, act: Help) -> str:
    thing = v.here("una mesa", "una cita")
    return v.say(
        f"Puedo {{ayudarle|ayudarte}} a reservar {thing}, a cambiar o cancelar una reserva que ya {{tenga|tengas}}, y con preguntas sobre la casa.",
        f"Aquí {{puede|puedes}} pedir {thing}, cambiar o anular una reserva, o preguntarme por horarios y dirección.",
    )


def bot_identity(v: Spanish, act: BotIdentity) -> str:
    return v.say(
        f"Soy el asistente automático de {v.venue.name}; si lo {{prefiere|prefieres}}, puedo pasar la conversación a una persona.",
        f"No soy una persona: soy el asistente virtual de {v.venue.name}. Si {{quiere|quieres}} hablar con alguien, {{dígamelo|dímelo}}.",
    )


def smalltalk(v: Spanish, act: Smalltalk) -> str:
    return v.say("¡Muy amable!", "¡Qué bien!", "¡Gracias por contármelo!")


def out_of_scope(v: Spanish, act: OutOfScope) -> str:
    thing = v.here("las reservas de mesa", "las citas")
    return v.say(
        f"En eso no puedo {{ayudarle|ayudarte}}; aquí llevo {thing} de {v.venue.name}.",
        f"Eso se me escapa: lo mío son {thing}.",
    )


def sympathy(v: Spanish, act: Sympathy) -> str:
    call = f" Si es urgente, {{llame|llama}} ahora al {act.phone}." if act.phone else ""
    return v.say(
        f"Siento mucho que {{se encuentre|te encuentres}} así. No puedo dar consejos médicos, pero sí buscar una cita cuanto antes.{call}",
        f"Lamento oírlo. Eso debe verlo un profesional; busquemos una cita.{call}",
    )


def not_understood(v: Spanish, act: NotUnderstood) -> str:
    if act.tries <= 1:
        return v.say(
            "Perdón, no {le|te} he entendido bien. ¿{Puede|Puedes} decírmelo de otra forma?",
            "{Disculpe|Disculpa}, eso no lo he entendido. ¿Me lo {dice|dices} con otras palabras?",
        )
    return v.say("Sigo sin entenderlo, perdón.", "No consigo entenderlo, perdón.")


def menu(v: Spanish, act: Menu) -> str:
    thing = v.here("una mesa", "una cita")
    options = f"1. Reservar {thing}\n2. Cambiar o cancelar una reserva\n3. Una pregunta sobre la casa\n4. Hablar con una persona"
    return v.say(
        f"{{Elija|Elige}} una opción:\n{options}",
        f"{{Dígame|Dime}} un número, por favor:\n{options}",
    )


def keep_calm(v: Spanish, act: KeepCalm) -> str:
    return v.say(
        "Siento que esté siendo frustrante. Estoy para {ayudarle|ayudarte}, y si lo {prefiere|prefieres} puedo pasar la conversación a una persona.",
        "Entiendo el enfado, y lo siento. ¿Seguimos, o {prefiere|prefieres} hablar con una persona?",
    )


def say_again(v: Spanish, act: SayAgain) -> str:
    return act.text


# --- collecting ----------------------------------------------------------------------------------


def noted(v: Spanish, act: Noted) -> str:
    known = [
        *([v.people(act.covers)] if act.covers is not None else []),
        *([_noted_when(v, act)] if act.day is not None or act.minute is not None else []),
        *([v.service(act.service)] if act.service is not None else []),
        *([f"a nombre de {act.name}"] if act.name else []),
        *([f"teléfono {act.phone}"] if act.phone else []),
    ]
    parts = []
    if known:
        told = v.listed(known, "standard")
        lead = (
            v.say("Anotado, ahora:", "De acuerdo, ahora:")
            if act.corrected
            else v.say("Anotado:", "De acuerdo:")
        )
        parts.append(f"{lead} {told}.")
    if act.requests:
        told = v.listed([f"«{r}»" for r in act.requests], "standard")
        parts.append(v.say(f"Tomo nota de la petición: {told}.", f"Petición anotada: {told}."))
    return joined(parts) or v.say("De acuerdo.", "Muy bien.")


def _noted_when(v: Spanish, act: Noted) -> str:
    if act.day is None:
        return f"a las {v.clock(act.minute or 0)}"
    if act.minute is None:
        return v.the_day(act.day)
    if act.minute >= MINUTES_PER_DAY:
        return f"la noche del {v.day(act.day)}, a las {v.clock(act.minute)}"
    return f"{v.the_day(act.day)} a las {v.clock(act.minute)}"


def ask(v: Spanish, act: Ask) -> str:
    if act.detail is Detail.TIME:
        return _ask_time(v, act)
    questions = {
        Detail.SERVICE: ("¿Para qué sería la cita?", "¿Qué servicio {necesita|necesitas}?"),
        Detail.PARTY_SIZE: (
            "¿Para cuántas personas?",
            "¿Cuántas personas {serán|seréis}?",
            "¿Me {dice|dices} para cuántos sería?",
        ),
        Detail.DATE: (
            "¿Para qué día?",
            "¿Qué día {le|te} vendría bien?",
            "¿Me {dice|dices} el día?",
        ),
        Detail.NAME: (
            "¿A nombre de quién la pongo?",
            "¿A qué nombre la hago?",
            "¿Me {dice|dices} el nombre?",
        ),
        Detail.PHONE: (
            "¿Me {deja|dejas} un teléfono de contacto?",
            "¿Qué número de teléfono {le|te} pongo?",
        ),
    }
    question = v.say(*questions[act.detail])
    if act.tries > 1:
        examples = {
            Detail.PARTY_SIZE: "Con el número me basta.",
            Detail.DATE: "{Puede|Puedes} escribirlo con el día y el mes.",
            Detail.NAME: "Con nombre y apellido me vale.",
            Detail.PHONE: "Con todas las cifras, por favor.",
        }
        question = joined([question, v.form(examples.get(act.detail, ""))])
    if act.options:
        question = joined(
            [question, f"{v.form('{Puede|Puedes} elegir')}: {v.listed(act.options)}."]
        )
    return question


def _ask_time(v: Spanish, act: Ask) -> str:
    question = v.say(
        "¿A qué hora {le|te} vendría bien?", "¿A qué hora?", "¿Qué hora {prefiere|prefieres}?"
    )
    if not act.options:
        return question
    spans = v.listed(act.options, "standard")
    if act.day is None:
        return joined([f"Abrimos {spans}.", question])
    return joined([f"{capital(v.the_day(act.day))} abrimos {spans}.", question])


def ask_which_day(v: Spanish, act: AskWhichDay) -> str:
    options = v.listed(v.the_day(day) for day in act.options)
    if act.trouble is DayTrouble.WEEKDAY_MISMATCH:
        return v.say(
            f"El día de la semana y la fecha no cuadran. ¿{capital(options)}?",
            f"Esa fecha no cae en ese día. ¿Sería {options}?",
        )
    return v.say(f"¿{capital(options)}?", f"¿Sería {options}?")


def no_such_day(v: Spanish, act: NoSuchDay) -> str:
    if act.trouble is DayTrouble.PAST:
        said = v.say("Ese día ya ha pasado.", "Esa fecha ya pasó.")
    else:
        said = v.say("Ese día no existe en el calendario.", "Esa fecha no existe.")
    if act.suggestion is None:
        return joined([said, v.say("¿Qué otro día {le|te} vendría bien?", "¿Qué día sería?")])
    return joined(
        [
            said,
            v.say(f"¿Sería {v.the_day(act.suggestion)}?", f"¿Quizá {v.the_day(act.suggestion)}?"),
        ]
    )


def ask_which_time(v: Spanish, act: AskWhichTime) -> str:
    options = v.listed(f"a las {v.clock(minute)}" for minute in act.options)
    when = f" {v.the_day(act.day)}" if act.day is not None else ""
    return v.say(f"¿{capital(options)}{when}?", f"¿Sería {options}{when}?")


def no_such_time(v: Spanish, act: NoSuchTime) -> str:
    return v.say(
        "Esa hora no existe. ¿A qué hora sería?",
        "No hay tal hora en el reloj. ¿Cuál {prefiere|prefieres}?",
    )


def ask_how_many(v: Spanish, act: AskHowMany) -> str:
    options = f"{act.low} o {act.high}"
    return v.say(
        f"¿Cuento {options} personas? {{Dígame|Dime}} un solo número, por favor.",
        f"¿{options} personas? Necesito el número exacto.",
    )


def ask_which_service(v: Spanish, act: AskWhichService) -> str:
    options = v.listed(v.service(service) for service in act.options)
    return v.say(f"¿Para qué sería: {options}?", f"¿Qué {{necesita|necesitas}}: {options}?")


def resource_unknown(v: Spanish, act: ResourceUnknown) -> str:
    names = v.listed(act.names, "standard")
    who = v.here("No encuentro ninguna mesa así.", "No tenemos a nadie con ese nombre.")
    who = v.say(who, v.here("Esa mesa no la conozco.", "Ese nombre no me suena en el equipo."))
    return joined(
        [
            who,
            v.say(
                f"{v.here('Están', 'Atienden')}: {names}.",
                f"Tenemos a: {names}." if v.is_clinic else f"Las que hay: {names}.",
            )
            if names
            else "",
        ]
    )


def large_party(v: Spanish, act: LargeParty) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    return v.say(
        f"Por aquí puedo reservar hasta {v.people(act.limit)}; un grupo de {act.covers} lo prepara directamente nuestro equipo.{call}",
        f"Un grupo de {act.covers} lo organiza nuestro equipo; por aquí llego hasta {v.people(act.limit)}.{call}",
    )


# --- offering ------------------------------------------------------------------------------------


def offered(v: Spanish, act: Offered) -> str:
    if act.reminder:
        return _reminded(v, act)
    why = _refusal(v, act)
    if len(act.offers) == 1:
        return joined([why, _one_offer(v, act)])
    return joined([why, _several_offers(v, act)])


def _refusal(v: Spanish, act: Offered) -> str:
    if act.taken_meanwhile:
        return v.say(
            "Lo siento, esa hora se acaba de ocupar.",
            "Vaya, otra persona fue más rápida y esa hora ya no está libre.",
        )
    if act.refusal is None:
        return ""
    when = _wished(v, act.wished, act.wished_day, some_hours=act.some_hours)
    return _reason(v, act.refusal, when, act.resource)


_TAKEN = frozenset({RefusalCode.NO_RESOURCE, RefusalCode.HELD, RefusalCode.CLOSED})
"""Reasons that, where somebody was asked for by name, are theirs and not the house's."""


def _reason(v: Spanish, code: RefusalCode, when: str, resource: ResourceId | None) -> str:
    person = v.practitioner([resource]) if resource is not None else ""
    if person and code in _TAKEN:
        return v.say(
            f"{when} no hay cita libre {_with(person)}.",
            f"{when} ya no queda cita libre {_with(person)}.",
        )
    seat = v.here("mesa libre", "cita libre")
    match code:
        case RefusalCode.CLOSED:
            return v.say(f"{when} estamos cerrados.", f"{when} no abrimos.")
        case RefusalCode.TOO_LATE:
            late = v.here("sentarse", "empezar")
            return v.say(
                f"{when} ya es tarde para {late}: no daría tiempo antes del cierre.",
                f"{when} es demasiado tarde para {late}, porque el cierre llegaría antes.",
            )
        case RefusalCode.OFF_GRID:
            return v.say(
                f"{when} justo no empezamos, pero sí muy cerca.",
                f"{when} exactamente no arranca ningún turno.",
            )
        case RefusalCode.NO_RESOURCE:
            return v.say(f"{when} ya no queda {seat}.", f"{when} está todo completo.")
        case RefusalCode.HELD:
            return v.say(
                f"{when} no queda {seat} ahora mismo: la última está pendiente de otra conversación.",
                f"{when} no hay {seat} en este momento, aunque podría volver a quedar.",
            )
        case RefusalCode.PACING:
            return v.say(
                f"{when} ya no podemos recibir más {v.here('mesas', 'pacientes')}.",
                f"{when} ya no podemos recibir a más gente a la vez.",
            )
        case RefusalCode.LEAD_TIME:
            return v.say(
                f"{when} es demasiado pronto para prepararlo.", f"{when} no nos da tiempo."
            )
        case RefusalCode.TOO_FAR:
            return v.say(
                f"{when} todavía no está abierto para reservas.",
                f"{when} aún está demasiado lejos para reservar.",
            )
        case RefusalCode.PARTY_TOO_LARGE:
            return v.say(
                "Es un grupo más grande de lo que podemos sentar ahí.",
                "Para un grupo así no nos alcanza el sitio.",
            )
        case RefusalCode.PARTY_TOO_SMALL:
            return v.say(
                "Ahí solo podemos sentar grupos más grandes.", "Esa opción es para grupos mayores."
            )
        case RefusalCode.PAST:
            return v.say("Esa hora ya ha pasado.", "Ese momento ya pasó.")


def _wished(v: Spanish, wished: datetime | None, day: date | None, *, some_hours: bool) -> str:
    if wished is not None:
        return capital(v.moment(wished))
    if day is not None:
        return capital(v.the_day(day)) + (" a esas horas" if some_hours else "")
    return "Entonces"


def _one_offer(v: Spanish, act: Offered) -> str:
    offer = act.offers[0]
    start = Start.of(offer)
    when = f"{v.moment(start.start)}{v.where(start)}"
    what = v.what(start)
    if act.moving is not None:
        told = v.say(
            f"Puedo pasar {{su|tu}} reserva {_to(when)}.", f"Para el cambio hay {what} {when}."
        )
        question = v.say("¿Hago el cambio?", "¿La cambio?", "¿Confirmo el cambio?")
    else:
        told = v.say(
            f"Tengo {what} {when}.",
            f"Hay {what} {when}.",
            f"Puedo {{ofrecerle|ofrecerte}} {what} {when}.",
        )
        question = v.say("¿La reservo?", "¿{Le|Te} va bien?", "¿Confirmo la reserva?")
    return joined([told, act.reason, _held(v, offer), question])


def _to(when: str) -> str:
    return f"al {when.removeprefix('el ')}" if when.startswith("el ") else f"a {when}"


def _several_offers(v: Spanish, act: Offered) -> str:
    start = Start.of(act.offers[0])
    days = {v.local(o.slot.start).date() for o in act.offers}
    when = f" {v.the_day(days.pop())}" if len(days) == 1 else ""
    same = len({o.slot.service for o in act.offers}) == 1
    what = v.what(start) if same or not v.is_clinic else "cita"
    if act.moving is not None:
        lead = v.say(
            f"Para el cambio tengo{when}:", f"Para cambiarla puedo {{ofrecerle|ofrecerte}}{when}:"
        )
    else:
        lead = v.say(f"Tengo {what}{when}:", f"Puedo {{ofrecerle|ofrecerte}} {what}{when}:")
    question = v.say(
        "¿Cuál {prefiere|prefieres}?", "¿Con cuál {se queda|te quedas}?", "¿Cuál {le|te} va mejor?"
    )
    listed = f"{lead}\n{v.lines(act.offers)}"
    return joined([listed, act.reason, question])


def _held(v: Spanish, offer: Offer) -> str:
    if not offer.hold_id:
        return ""
    until = v.hour(offer.expires_at)
    return v.say(f"{{Se|Te}} la guardo hasta las {until}.", f"Queda guardada hasta las {until}.")


def _reminded(v: Spanish, act: Offered) -> str:
    if act.details_taken:
        return _still_to_confirm(v, act)
    if len(act.offers) == 1:
        start = Start.of(act.offers[0])
        when = f"{v.moment(start.start)}{v.where(start)}"
        return v.say(
            f"Y volviendo a la {v.what(start)} {when}: ¿la reservo?"
            if act.moving is None
            else f"Y volviendo al cambio, {when}: ¿lo hago?",
            f"Seguimos con la {v.what(start)} {when}: ¿la confirmo?"
            if act.moving is None
            else f"Seguimos con el cambio, {when}: ¿lo confirmo?",
        )
    times = v.listed(_short(v, offer) for offer in act.offers)
    return v.say(
        f"Y de las opciones, ¿cuál {{prefiere|prefieres}}: {times}?",
        f"Volviendo a lo nuestro: ¿{times}?",
    )


def _still_to_confirm(v: Spanish, act: Offered) -> str:
    if len(act.offers) > 1:
        times = v.listed(_short(v, offer) for offer in act.offers)
        return v.say(
            f"¿Y cuál {{prefiere|prefieres}}: {times}?",
            f"¿Con cuál {{se queda|te quedas}}: {times}?",
        )
    when = _short(v, act.offers[0])
    if act.moving is not None:
        return v.say(f"¿Hago el cambio {_to(when)}?", f"¿Confirmo el cambio {_to(when)}?")
    what = v.here("mesa", "cita")
    return v.say(f"¿Confirmo la {what} {_of(when)}?", f"¿Reservo entonces la {what} {_of(when)}?")


def _of(when: str) -> str:
    return f"del {when.removeprefix('el ')}" if when.startswith("el ") else f"de {when}"


def _short(v: Spanish, offer: Offer) -> str:
    return v.moment(offer.slot.start)


def nothing_free(v: Spanish, act: NothingFree) -> str:
    when = _wished(v, act.wished, act.day, some_hours=act.some_hours)
    return joined([_reason(v, act.code, when, act.resource), _detail(v, act), _way_on(v, act)])


def _detail(v: Spanish, act: NothingFree) -> str:
    if act.code is RefusalCode.LEAD_TIME and act.lead_minutes:
        return f"Necesitamos al menos {_minutes(act.lead_minutes)} de antelación."
    if act.code is RefusalCode.TOO_FAR and act.window_days:
        return f"Se puede reservar con un máximo de {act.window_days} días de antelación."
    if act.code is RefusalCode.PARTY_TOO_LARGE:
        return f"Por aquí puedo reservar hasta {v.people(v.venue.policy.max_party)}."
    if act.code is RefusalCode.CLOSED and act.opening:
        return f"Ese día abrimos {v.hours(act.opening)}."
    return ""


def _minutes(minutes: int) -> str:
    if minutes % 60:
        return f"{minutes} minutos"
    return "60 minutos" if minutes == 60 else f"{minutes // 60} horas"


def _way_on(v: Spanish, act: NothingFree) -> str:
    if act.code in (RefusalCode.PARTY_TOO_LARGE, RefusalCode.LEAD_TIME) and act.phone:
        return v.say(
            f"{{Puede|Puedes}} llamarnos al {act.phone}, o probamos otra opción: ¿cuál sería?",
            f"¿Qué otra opción {{le|te}} vendría bien? También {{puede|puedes}} llamar al {act.phone}.",
        )
    if act.waitlist:
        return v.say(
            "¿{Le|Te} apunto en la lista de espera, o {prefiere|prefieres} otro día?",
            "¿Probamos otro día, o {quiere|quieres} entrar en la lista de espera?",
        )
    return v.say(
        "¿Probamos otro día u otra hora?",
        "¿Qué otro día {le|te} vendría bien?",
        "¿{Le|Te} miro otra fecha?",
    )


def offer_gone(v: Spanish, act: OfferGone) -> str:
    return v.say(
        "Esa opción ya no está disponible.", "El tiempo de esa opción pasó y ya no está libre."
    )


def choose_offer(v: Spanish, act: ChooseOffer) -> str:
    question = v.say(
        "¿Cuál de estas {prefiere|prefieres}?",
        "¿Me {dice|dices} el número de la que {quiere|quieres}?",
    )
    return f"{question}\n{v.lines(act.offers)}"


def none_chosen(v: Spanish, act: NoneChosen) -> str:
    return v.say(
        "De acuerdo, ninguna de esas. ¿Qué día u hora {le|te} vendría mejor?",
        "Sin problema. ¿Qué otra fecha u hora busco?",
    )


# --- outcomes ------------------------------------------------------------------------------------


def booked(v: Spanish, act: Booked) -> str:
    booking = act.booking
    named = f", a nombre de {booking.guest.name}" if booking.guest.name else ""
    told = f"{v.booking(booking)}{named}"
    done = v.here("reservada", "confirmada")
    if act.earlier:
        lead = v.say(
            f"Antes se cortó la respuesta: {{su|tu}} {told}, quedó {done}.",
            f"{{Le|Te}} debía una respuesta: {{su|tu}} {told}, está {done}.",
        )
    else:
        lead = v.say(
            f"¡Listo! Queda {done} {{su|tu}} {told}.",
            f"¡Perfecto! {{Su|Tu}} {told}, queda {done}.",
        )
    return joined([lead, _code(v, booking)])


def _code(v: Spanish, booking: Booking) -> str:
    code = shown_code(booking.code)
    return v.say(
        f"{{Su|Tu}} código es {code}, por si {{necesita|necesitas}} cambiarla.",
        f"El código es {code}.",
    )


def _code_alone(v: Spanish, code: str) -> str:
    return v.say(f"El código es {code}.", f"{{Apunte|Apunta}} el código: {code}.")


def received(v: Spanish, act: Received) -> str:
    code = shown_code(act.booking.code)
    told = v.booking(act.booking)
    match act.what:
        case Purpose.MOVE:
            lead = v.say(
                f"He recibido {{su|tu}} petición de cambio: {told}.",
                f"Petición de cambio recibida: {told}.",
            )
        case Purpose.CANCEL:
            lead = v.say(
                "He recibido {su|tu} petición de anulación.", "Petición de anulación recibida."
            )
        case _:
            lead = v.say(
                f"He recibido {{su|tu}} solicitud: {told}.", f"Solicitud recibida: {told}."
            )
    open_ = v.say(
        "Todavía no está confirmada; {le|te} avisaremos en cuanto lo esté.",
        "Aún no la tengo confirmada; {le|te} avisaré en cuanto lo esté.",
    )
    return joined([lead, open_, _code_alone(v, code)])


def news(v: Spanish, act: News) -> str:
    booking, code = act.booking, shown_code(act.booking.code)
    told = v.booking(booking)
    match act.kind:
        case NoticeKind.CONFIRMED:
            return f"{v.form('{Su|Tu}')} {told}, está confirmada. El código es {code}."
        case NoticeKind.NOT_CONFIRMED:
            return v.form(
                f"Lo siento: no he podido confirmar {{su|tu}} {told}; ese hueco ya no está libre. "
                "Si {quiere|quieres}, busco otra hora."
            )
        case NoticeKind.CANCELLATION_STORED:
            return v.form(f"{{Su|Tu}} {told}, queda cancelada.")
        case NoticeKind.MOVED:
            start = Start.of(booking)
            people = f" para {v.people(start.covers)}" if not v.is_clinic else ""
            return v.form(
                f"Cambio de la casa: {{su|tu}} reserva {code} es ahora "
                f"{v.moment(start.start)}{people}{v.where(start)}. "
                "Si no {le|te} va bien, {dígame|dime} otra hora."
            )
        case NoticeKind.CANCELLED:
            return v.form(
                f"La casa ha cancelado {{su|tu}} {told}. Lo siento. Si {{quiere|quieres}}, busco otra hora."
            )
        case NoticeKind.STRANDED:
            return v.form(
                f"Hay un problema con {{su|tu}} {told}: puede que tengamos que cambiarla. "
                "Una persona de la casa lo está mirando; si {prefiere|prefieres}, busco otra hora."
            )


def moved(v: Spanish, act: Moved) -> str:
    start = Start.of(act.booking)
    new = f"{v.moment(start.start)}{v.where(start)}"
    size = f" y {v.people(start.covers)}" if act.booking.party_size != act.before.party_size else ""
    return joined(
        [
            v.say(
                f"¡Listo! {{Su|Tu}} reserva queda cambiada: ahora es {new}{size}.",
                f"Cambio hecho: {{su|tu}} reserva es ahora {new}{size}.",
            ),
            v.say(
                f"El código sigue siendo {shown_code(act.booking.code)}.",
                f"Conserva el mismo código, {shown_code(act.booking.code)}.",
            ),
        ]
    )


def cancelled(v: Spanish, act: Cancelled) -> str:
    told = v.booking(act.booking)
    return v.say(
        f"Hecho: queda cancelada {{su|tu}} {told}.",
        f"He cancelado {{su|tu}} {told}.",
    )


def updated(v: Spanish, act: Updated) -> str:
    code = shown_code(act.booking.code)
    return v.say(
        f"Hecho, he actualizado {{su|tu}} reserva {code}.", f"Actualizada {{su|tu}} reserva {code}."
    )


def kept(v: Spanish, act: Kept) -> str:
    return v.say(
        f"De acuerdo, {{su|tu}} reserva sigue como estaba: {v.booking(act.booking)}.",
        f"Muy bien, no cambio nada: {v.booking(act.booking)}.",
    )


def dropped(v: Spanish, act: Dropped) -> str:
    return v.say("De acuerdo, lo dejamos como está.", "Muy bien, no hago nada.")


def expected(v: Spanish, act: Expected) -> str:
    when = v.moment(act.booking.start)
    return v.say(
        f"¡Estupendo! {{Le|Te}} esperamos {when}.", f"¡Gracias por avisar! Nos vemos {when}."
    )


# --- the waitlist --------------------------------------------------------------------------------


def ask_waitlist(v: Spanish, act: AskWaitlist) -> str:
    day = _of_day(v, act.day)
    return v.say(
        f"¿{{Le|Te}} apunto en la lista de espera {day} por si se libera algo, o {{prefiere|prefieres}} otro día?",
        f"¿{{Quiere|Quieres}} entrar en la lista de espera {day}, o miramos otra fecha?",
    )


def waitlisted(v: Spanish, act: Waitlisted) -> str:
    when = _wait(v, act)
    if act.already:
        return v.say(
            f"Ya {{estaba|estabas}} en la lista de espera: {when}. No {{pierde|pierdes}} el turno: {{le|te}} avisaremos si queda libre.",
            f"En la lista de espera ya {{está|estás}}: {when}. Si se libera algo, {{le|te}} avisaremos.",
        )
    return v.say(
        f"{{Le|Te}} he apuntado en la lista de espera: {when}. Si se libera algo, {{le|te}} avisaremos.",
        f"{{Queda|Quedas}} en la lista de espera: {when}. {{Le|Te}} avisaremos si queda libre.",
    )


def on_waitlist(v: Spanish, act: OnWaitlist) -> str:
    when = _wait(v, act)
    return v.say(
        f"{{Está|Estás}} en la lista de espera: {when}.",
        f"En la lista de espera {{está|estás}} para {when}.",
    )


def waitlist_over(v: Spanish, act: WaitlistOver) -> str:
    day = _of_day(v, act.day)
    return v.say(
        f"De acuerdo, ya no {{está|estás}} en la lista de espera {day}.",
        f"Hecho: {{le|te}} he quitado de la lista de espera {day}.",
    )


def not_waiting(v: Spanish, act: NotWaiting) -> str:
    return v.say(
        "No {está|estás} en ninguna lista de espera.", "En la lista de espera no {figura|figuras}."
    )


def no_waitlist(v: Spanish, act: NoWaitlist) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    return v.say(f"Aquí no llevamos lista de espera.{call}", f"No hay lista de espera.{call}")


def _wait(v: Spanish, act: Waitlisted | OnWaitlist) -> str:
    """ "el viernes 27 de noviembre, entre las 20:00 y las 22:00, 4 personas"."""
    if act.earliest == act.latest:
        span = f"a las {v.clock(act.earliest)}"
    else:
        span = f"entre las {v.clock(act.earliest)} y las {v.clock(act.latest)}"
    people = "" if v.is_clinic else f", {v.people(act.covers)}"
    return f"{v.the_day(act.day)}, {span}{people}"


def _of_day(v: Spanish, day: date) -> str:
    """ "del viernes 27 de noviembre", "de hoy, sábado 21 de noviembre"."""
    return f"de {v.day(day)}" if v.near_day(day) else f"del {v.day(day)}"


# --- existing bookings ---------------------------------------------------------------------------


def ask_cancel(v: Spanish, act: AskCancel) -> str:
    return v.say(
        f"¿Cancelo {{su|tu}} {v.booking(act.booking)}?",
        f"¿{{Quiere|Quieres}} que anule {{su|tu}} {v.booking(act.booking)}?",
    )


def ask_new_time(v: Spanish, act: AskNewTime) -> str:
    return v.say(
        f"Ahora es {v.booking(act.booking)}. ¿A qué día y hora la cambio?",
        f"¿Para cuándo {{quiere|quieres}} cambiar {{su|tu}} {v.booking(act.booking)}?",
    )


def show_bookings(v: Spanish, act: ShowBookings) -> str:
    if len(act.bookings) == 1:
        booking = act.bookings[0]
        return joined(
            [
                v.say(
                    f"{{Su|Tu}} reserva: {v.booking(booking)}.",
                    f"Esta es {{su|tu}} reserva: {v.booking(booking)}.",
                ),
                _status(booking),
                f"Código: {shown_code(booking.code)}.",
            ]
        )
    lead = v.say("{Tiene|Tienes} estas reservas:", "Estas son {sus|tus} reservas:")
    return f"{lead}\n{_booking_lines(v, act.bookings)}"


def _status(booking: Booking) -> str:
    if booking.status in (BookingStatus.RECEIVED, BookingStatus.CONFIRMING):
        return "Todavía no está confirmada."
    return "Está confirmada." if booking.status is BookingStatus.CONFIRMED else ""


def _booking_lines(v: Spanish, bookings: Sequence[Booking]) -> str:
    return numbered(f"{v.booking(b)}, código {shown_code(b.code)}" for b in bookings)


def no_bookings(v: Spanish, act: NoBookings) -> str:
    if act.in_passing:
        return v.say(
            "No encuentro ninguna reserva a {su|tu} nombre.", "Aquí no me aparece ninguna reserva."
        )
    if act.asked_code:
        return v.say(
            "No encuentro ninguna reserva con ese código. ¿{Puede|Puedes} revisarlo?",
            "Ese código no me aparece. ¿Me lo {repite|repites}?",
        )
    return v.say(
        "No encuentro ninguna reserva a {su|tu} nombre. Si {tiene|tienes} el código, {escríbamelo|escríbemelo}.",
        "Aquí no me aparece ninguna reserva. ¿Me {dice|dices} el código?",
    )


def ask_which_booking(v: Spanish, act: AskWhichBooking) -> str:
    question = {
        Purpose.MOVE: v.say("¿Cuál {quiere|quieres} cambiar?", "¿Cuál de ellas cambio?"),
        Purpose.CANCEL: v.say("¿Cuál {quiere|quieres} cancelar?", "¿Cuál de ellas anulo?"),
        Purpose.CHECK: v.say("¿Cuál {quiere|quieres} consultar?", "¿De cuál hablamos?"),
    }[act.purpose]
    return f"{question}\n{_booking_lines(v, act.bookings)}"


def ask_last4(v: Spanish, act: AskLast4) -> str:
    if act.tries > 1:
        return v.say(
            "No coinciden. ¿{Puede|Puedes} repetirme las últimas cuatro cifras del teléfono?",
            "Esas cifras no son. ¿Me {dice|dices} otra vez las últimas cuatro?",
        )
    return v.say(
        "Para proteger la reserva, ¿me {dice|dices} las últimas cuatro cifras del teléfono con que se hizo?",
        "Antes de tocarla: ¿cuáles son las últimas cuatro cifras del teléfono de la reserva?",
    )


def not_verified(v: Spanish, act: NotVerified) -> str:
    return v.say(
        "No he podido comprobar que la reserva sea {suya|tuya}, así que no puedo tocarla.",
        "Sin esa comprobación no puedo enseñar ni cambiar la reserva.",
    )


def cannot_do(v: Spanish, act: CannotDo) -> str:
    return joined([_hindrance(v, act), _call(v, act.phone) if act.why in _STAFF_CAN else ""])


_STAFF_CAN = frozenset({Hindrance.TOO_LATE, Hindrance.TOO_MANY_BOOKINGS, Hindrance.STORE_DOWN})


def _hindrance(v: Spanish, act: CannotDo) -> str:
    match act.why:
        case Hindrance.TOO_LATE:
            return v.say(
                "Ya es tarde para cambiarla o cancelarla por aquí.",
                "Queda demasiado poco tiempo para tocarla por aquí.",
            )
        case Hindrance.TOO_MANY_BOOKINGS:
            most = f" ({act.limit})" if act.limit else ""
            return v.say(
                f"{{Ha|Has}} llegado al máximo de reservas abiertas{most}.",
                f"No puedo abrir otra reserva: ya está al máximo{most}.",
            )
        case Hindrance.TOO_MANY_HOLDS:
            return v.say(
                "Hay demasiadas opciones pendientes a la vez; primero hay que decidir una de ellas.",
                "Antes de mirar más, hay que elegir entre las opciones pendientes.",
            )
        case Hindrance.NOT_OPEN:
            return v.say(
                "Esa reserva ya no se puede cambiar.",
                "Sobre esa reserva ya no puedo hacer cambios.",
            )
        case Hindrance.CHANGED_MEANWHILE:
            return v.say(
                "La casa ha tocado esa reserva mientras hablábamos; no he cambiado nada.",
                "Esa reserva cambió entretanto, así que no he hecho nada.",
            )
        case Hindrance.STORE_DOWN:
            return v.say(
                "Ahora mismo no llego al libro de reservas; no he cambiado nada.",
                "El libro de reservas no responde en este momento; no he tocado nada.",
            )
        case Hindrance.SAME_TIME:
            told = f": {v.booking(act.booking)}" if act.booking else ""
            return v.say(
                f"{{Su|Tu}} reserva ya es a esa hora{told}.", f"Ya la {{tiene|tienes}} así{told}."
            )


def _call(v: Spanish, phone: str) -> str:
    if not phone:
        return ""
    return v.say(f"{{Puede|Puedes}} llamarnos al {phone}.", f"Nuestro teléfono es el {phone}.")


# --- answers and people --------------------------------------------------------------------------


def house_says(v: Spanish, act: HouseSays) -> str:
    return act.text


def opening_hours(v: Spanish, act: OpeningHours) -> str:
    if act.day is not None:
        return _hours_on(v, act, act.day)
    lines = [f"{v.weekday_name(day)}: {told}" for day, told in _week(v, act)]
    return f"{v.say('Abrimos así:', 'Este es nuestro horario:')}\n" + "\n".join(lines)


def _hours_on(v: Spanish, act: OpeningHours, day: date) -> str:
    open_ = [span for _, spans in act.services for span in spans]
    if not open_:
        return v.say(
            f"{capital(v.the_day(day))} cerramos.", f"{capital(v.the_day(day))} no abrimos."
        )
    told = v.hours(sorted(set(open_)))
    return v.say(f"{capital(v.the_day(day))} abrimos {told}.", f"Abrimos {told} {v.the_day(day)}.")


def _week(v: Spanish, act: OpeningHours) -> list[tuple[int, str]]:
    return [
        (day, v.hours(sorted({s for _, on, spans in act.weekly if on == day for s in spans})))
        for day in sorted({day for _, day, spans in act.weekly if spans})
    ]


def house_facts(v: Spanish, act: HouseFacts) -> str:
    return "\n".join(act.lines)


def no_answer(v: Spanish, act: NoAnswer) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    return v.say(
        f"Sobre eso no tengo información.{call}", f"Eso no lo sé, y prefiero no inventarlo.{call}"
    )


def escalated(v: Spanish, act: Escalated) -> str:
    call = f" {_call(v, act.phone)}" if act.phone else ""
    if act.asked:
        return v.say(
            f"De acuerdo, he avisado a una persona del equipo.{call}",
            f"Claro, he pasado la conversación a una persona del equipo.{call}",
        )
    return v.say(
        f"Creo que es mejor que siga una persona: he avisado al equipo.{call}",
        f"Para no dar más vueltas, he pasado la conversación a una persona.{call}",
    )


def trouble(v: Spanish, act: Trouble) -> str:
    return v.say(
        "Perdón, algo nuestro no funciona ahora mismo y no he cambiado nada. ¿{Lo intenta|Lo intentas} en un momento?",
        "Tenemos un problema técnico; no he cambiado nada. ¿{Puede|Puedes} probar de nuevo en un minuto?",
    )


WORDS: Mapping[type[Act], Wording] = {
    Greet: greet,
    WelcomeBack: welcome_back,
    Thanked: thanked,
    Farewell: farewell,
    Help: help_,
    BotIdentity: bot_identity,
    Smalltalk: smalltalk,
    OutOfScope: out_of_scope,
    Sympathy: sympathy,
    NotUnderstood: not_understood,
    Menu: menu,
    KeepCalm: keep_calm,
    SayAgain: say_again,
    Noted: noted,
    Ask: ask,
    AskWhichDay: ask_which_day,
    NoSuchDay: no_such_day,
    AskWhichTime: ask_which_time,
    NoSuchTime: no_such_time,
    AskHowMany: ask_how_many,
    AskWhichService: ask_which_service,
    ResourceUnknown: resource_unknown,
    LargeParty: large_party,
    Offered: offered,
    NothingFree: nothing_free,
    OfferGone: offer_gone,
    ChooseOffer: choose_offer,
    NoneChosen: none_chosen,
    Booked: booked,
    Received: received,
    News: news,
    Moved: moved,
    Cancelled: cancelled,
    Updated: updated,
    Kept: kept,
    Dropped: dropped,
    Expected: expected,
    AskWaitlist: ask_waitlist,
    Waitlisted: waitlisted,
    OnWaitlist: on_waitlist,
    WaitlistOver: waitlist_over,
    NotWaiting: not_waiting,
    NoWaitlist: no_waitlist,
    AskCancel: ask_cancel,
    AskNewTime: ask_new_time,
    ShowBookings: show_bookings,
    NoBookings: no_bookings,
    AskWhichBooking: ask_which_booking,
    AskLast4: ask_last4,
    NotVerified: not_verified,
    CannotDo: cannot_do,
    HouseSays: house_says,
    OpeningHours: opening_hours,
    HouseFacts: house_facts,
    NoAnswer: no_answer,
    Escalated: escalated,
    Trouble: trouble,
}


# --- messages ------------------------------------------------------------------------------------


def confirmation(v: Spanish, message: Written) -> tuple[str, str]:
    booking = _booked(message)
    thing = v.here("Reserva", "Cita")
    text = paragraphs(
        _hello(v),
        joined(
            [
                v.form(f"Queda confirmada {{su|tu}} {v.booking(booking)}."),
                f"El código es {shown_code(booking.code)}.",
            ]
        ),
        _until_when(v),
        _page(v, message.link),
        _house(v),
    )
    return f"{thing} confirmada: {_heading(v, booking.start)}", text


def reminder(v: Spanish, message: Written) -> tuple[str, str]:
    booking = _booked(message)
    text = paragraphs(
        _hello(v),
        v.form(f"{{Le|Te}} recordamos {{su|tu}} {v.booking(booking)}."),
        _asks_to_answer(v, booking) if message.asks else _code_kept(v, booking),
        _page(v, message.link),
        _house(v),
    )
    return f"Recordatorio: {v.here('mesa', 'cita')} {v.moment(booking.start)}", text


def _asks_to_answer(v: Spanish, booking: Booking) -> str:
    asked = v.form("{Responda|Responde} SÍ para confirmarla o CANCELA para cancelarla.")
    by = v.answer_by(booking)
    if by is None:
        return asked
    return f"{asked} Sin respuesta, la cancelaremos {v.moment(by)}."


def _code_kept(v: Spanish, booking: Booking) -> str:
    code = shown_code(booking.code)
    return v.form(f"El código es {code}, por si {{necesita|necesitas}} cambiarla o cancelarla.")


def unanswered(v: Spanish, message: Written) -> tuple[str, str]:
    booking = _booked(message)
    text = paragraphs(
        _hello(v),
        v.form(
            f"No hemos tenido respuesta a nuestro recordatorio y hemos cancelado {{su|tu}} {v.booking(booking)}."
        ),
        joined(
            [
                v.form("Si todavía {quiere|quieres} venir, {escríbanos|escríbenos}."),
                _call(v, v.venue.contact.phone),
            ]
        ),
        v.venue.name,
    )
    return f"{v.here('Reserva', 'Cita')} cancelada: {_heading(v, booking.start)}", text


def waitlist_offer(v: Spanish, message: Written) -> tuple[str, str]:
    offer = message.about
    assert isinstance(offer, Offer)
    start = Start.of(offer)
    text = paragraphs(
        _hello(v),
        f"¡Buenas noticias! Se ha liberado una {v.what(start)} {v.moment(start.start)}{v.where(start)}.",
        v.form(f"{{Se|Te}} la guardamos hasta {_deadline(v, offer.expires_at)}.")
        + v.form(
            " {Responda|Responde} SÍ para {quedársela|quedártela} o NO para dejarla a otra persona."
        ),
        _answer_here(v, message.link),
        _house(v),
    )
    return f"Se ha liberado una {v.here('mesa', 'cita')}: {_heading(v, start.start)}", text


def waitlist_ended(v: Spanish, message: Written) -> tuple[str, str]:
    day = message.about
    assert isinstance(day, date)
    text = paragraphs(
        _hello(v),
        v.form(
            f"Lo sentimos: {v.the_day(day)} no ha quedado nada libre para {{usted|ti}}, y {{su|tu}} turno en la lista de espera termina aquí."
        ),
        v.form("Si {quiere|quieres} otro día, {escríbanos|escríbenos} y lo miramos."),
        _house(v),
    )
    return f"Lista de espera {_of_day(v, day)}", text


def _booked(message: Written) -> Booking:
    assert isinstance(message.about, Booking)
    return message.about


def _hello(v: Spanish) -> str:
    return f"Hola, {v.name}:" if v.name else ""


def _heading(v: Spanish, start: datetime) -> str:
    return v.moment(start).removeprefix("el ")


def _deadline(v: Spanish, at: datetime) -> str:
    today = v.local(at).date() == v.today
    return f"las {v.hour(at)}" if today else v.moment(at)


def _until_when(v: Spanish) -> str:
    """How late it may be changed or cancelled."""
    change, cancel = v.venue.policy.change_cutoff, v.venue.policy.cancel_cutoff
    if not change and not cancel:
        return v.form(
            "{Puede|Puedes} cambiarla o cancelarla en cualquier momento antes de la hora."
        )
    if change == cancel:
        return v.form(f"{{Puede|Puedes}} cambiarla o cancelarla hasta {v.lasting(cancel)} antes.")
    until = [
        f"hasta {v.lasting(time)} antes" if time else "hasta la hora" for time in (change, cancel)
    ]
    return v.form(f"{{Puede|Puedes}} cambiarla {until[0]} y cancelarla {until[1]}.")


def _answer_here(v: Spanish, link: str) -> str:
    """Where a letter is read that cannot be answered."""
    return v.form("{Responda|Responde} aquí: ") + link if link else ""


def _page(v: Spanish, link: str) -> str:
    return f"Ver, cambiar o cancelar: {link}" if link else ""


def _house(v: Spanish) -> str:
    contact = v.venue.contact
    return "\n".join(line for line in (v.venue.name, contact.address, contact.phone) if line)


MESSAGES: Mapping[str, MessageWording] = {
    MessageKind.CONFIRMATION: confirmation,
    MessageKind.REMINDER: reminder,
    MessageKind.NO_ANSWER: unanswered,
    MessageKind.WAITLIST_OFFER: waitlist_offer,
    WAITLIST_OVER: waitlist_ended,
}
