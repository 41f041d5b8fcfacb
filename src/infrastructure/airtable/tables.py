"""The base as data: its tables, columns and options, their names, and what staff read about them.

A table links only to tables above it, so that they can be made in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.booking import BookingStatus
from domain.venue import ResourceKind, VenueKind
from infrastructure.airtable.names import Names


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    names: Names
    color: str
    essential: bool = False
    """Whether its table is of no use without it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a table. `key` is how the program calls it."""

    key: str
    type: str
    """As Airtable writes it, of those in `SAME_CELLS`."""
    names: Names
    about: Names
    """Shown to staff in the column's description."""
    essential: bool = True
    """Whether its table is of no use without it."""
    options: tuple[Option, ...] = ()
    links: str = ""
    """The key of the table it links to."""
    precision: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    names: Names
    about: Names
    columns: tuple[Column, ...]
    """The first one is the primary field: what a link to a row shows."""
    essential: bool = True

    def column(self, key: str) -> Column:
        """Raises: KeyError."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


TEXT, LONG, NUMBER = "singleLineText", "multilineText", "number"
PHONE, EMAIL, URL = "phoneNumber", "email", "url"
CHECK, DAY, INSTANT = "checkbox", "date", "dateTime"
SELECT, SELECTS, LINKS = "singleSelect", "multipleSelects", "multipleRecordLinks"

_TEXTS = frozenset({TEXT, LONG, PHONE, EMAIL, URL})
SAME_CELLS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_TEXTS, _TEXTS),
    NUMBER: frozenset({NUMBER, "currency"}),
    **{each: frozenset({each}) for each in (CHECK, DAY, INSTANT, SELECT, SELECTS, LINKS)},
}
"""By the type a column should have: the types whose cells read and write alike."""

TYPE_NAMES: Mapping[str, str] = {
    TEXT: "single line text",
    LONG: "long text",
    NUMBER: "number",
    PHONE: "phone number",
    EMAIL: "email",
    URL: "URL",
    CHECK: "checkbox",
    DAY: "date without time",
    INSTANT: "date with time",
    SELECT: "single select",
    SELECTS: "multiple select",
    LINKS: "link to another record",
    "currency": "currency",
}
"""As staff see them when they customise a field."""

ENGINE = Names(
    "Filled in by the engine; please leave.", "Lo rellena el motor; por favor, no lo cambie."
)


def definition(
    column: Column, language: str, *, zone: str, table_ids: Mapping[str, str]
) -> dict[str, Any]:
    """A column as the metadata API takes it. `zone` is that of dates with time."""
    made: dict[str, Any] = {
        "name": column.names.in_language(language),
        "type": column.type,
    }
    if about := column.about.in_language(language):
        made["description"] = about
    if options := _options(column, language, zone=zone, table_ids=table_ids):
        made["options"] = options
    return made


def _options(
    column: Column, language: str, *, zone: str, table_ids: Mapping[str, str]
) -> dict[str, Any]:
    match column.type:
        case "number":
            return {"precision": column.precision}
        case "checkbox":
            return {"icon": "check", "color": "greenBright"}
        case "date":
            return {"dateFormat": {"name": "iso"}}
        case "dateTime":
            return {
                "timeZone": zone,
                "dateFormat": {"name": "iso"},
                "timeFormat": {"name": "24hour"},
            }
        case "singleSelect" | "multipleSelects":
            return {
                "choices": [
                    {"name": each.names.in_language(language), "color": each.color}
                    for each in column.options
                ]
            }
        case "multipleRecordLinks":
            return {"linkedTableId": table_ids[column.links]}
    return {}


# --- the nine tables ---------------------------------------------------------------------------

_NAME = Column("name", TEXT, Names("Name", "Nombre"), Names("", ""))
_VENUE = Column(
    "venue",
    LINKS,
    Names("Venue", "Local", ("House", "Clinic", "Restaurant", "Clínica", "Restaurante")),
    Names(
        "The house this belongs to. May stay empty while the base has only one.",
        "La casa a la que pertenece. Puede quedar vacío mientras la base tenga una sola.",
    ),
    links="venues",
)
_KEY = Column(
    "key",
    TEXT,
    Names("Key", "Clave"),
    Names(
        "Short name without spaces by which bookings know this row. Once in use, do not change it.",
        "Nombre corto sin espacios con el que las reservas conocen esta fila. "
        "Una vez en uso, no lo cambie.",
    ),
)
_POSITION = Column(
    "position",
    NUMBER,
    Names("Order", "Orden"),
    Names("Lower numbers come first.", "Los números más bajos van primero."),
    essential=False,
)
_PHONE = Column(
    "phone",
    PHONE,
    Names("Phone", "Teléfono", ("Telephone", "Mobile", "Móvil", "Celular")),
    Names("With country code.", "Con prefijo de país."),
    essential=False,
)
_EMAIL = Column(
    "email",
    EMAIL,
    Names("Email", "Correo", ("E-mail", "Mail", "Correo electrónico")),
    Names("", ""),
    essential=False,
)
_LANGUAGE = Column(
    "language",
    TEXT,
    Names("Language", "Idioma"),
    Names("es, en, …", "es, en, …"),
    essential=False,
)


def _service(english: str, spanish: str, *, essential: bool = True) -> Column:
    """A link to a service; what staff read about it differs."""
    names = Names("Service", "Servicio")
    return Column("service", LINKS, names, Names(english, spanish), essential, links="services")


def _resource(english: str, spanish: str) -> Column:
    names = Names("Resource", "Recurso", ("Practitioner", "Profesional"))
    return Column("resource", LINKS, names, Names(english, spanish), links="resources")


VENUES = Table(
    "venues",
    Names("Venues", "Locales", ("Venue", "Houses", "Casas", "Sedes")),
    Names("One row for each house.", "Una fila por casa."),
    (
        Column(
            "name",
            TEXT,
            Names("Name", "Nombre"),
            Names("As guests know it.", "Como la conocen los clientes."),
        ),
        _KEY,
        Column(
            "kind",
            SELECT,
            Names("Kind", "Tipo"),
            Names("", ""),
            options=(
                Option(VenueKind.RESTAURANT, Names("Restaurant", "Restaurante"), "orangeLight2"),
                Option(VenueKind.CLINIC, Names("Clinic", "Clínica"), "cyanLight2"),
            ),
        ),
        Column(
            "zone",
            TEXT,
            Names("Time zone", "Zona horaria", ("Timezone", "Zone")),
            Names("Such as Europe/Madrid.", "Por ejemplo, Europe/Madrid."),
        ),
        Column(
            "languages",
            TEXT,
            Names("Languages", "Idiomas"),
            Names(
                "Such as: es, en. The first is used until the guest's own is known.",
                "Por ejemplo: es, en. El primero se usa hasta conocer el del cliente.",
            ),
        ),
        Column(
            "country", TEXT, Names("Country", "País"), Names("Two letters: ES.", "Dos letras: ES.")
        ),
        Column(
            "subdivision",
            TEXT,
            Names("Region", "Región"),
            Names(
                "Code of the region, for its own public holidays (Madrid: MD). May stay empty.",
                "Código de la región, por sus festivos propios (Madrid: MD). Puede quedar vacío.",
            ),
            essential=False,
        ),
        Column(
            "currency",
            TEXT,
            Names("Currency", "Moneda"),
            Names("Three letters: EUR.", "Tres letras: EUR."),
        ),
        Column(
            "formal",
            CHECK,
            Names("Formal", "De usted", ("Trato de usted",)),
            Names(
                "Ticked: guests are addressed as usted; otherwise as tú.",
                "Marcado: se trata de usted al cliente; si no, de tú.",
            ),
            essential=False,
        ),
        _PHONE,
        _EMAIL,
        Column("address", TEXT, Names("Address", "Dirección"), Names("", ""), essential=False),
        Column(
            "map_url",
            URL,
            Names("Map", "Mapa"),
            Names("A link to a map.", "Un enlace a un mapa."),
            essential=False,
        ),
        Column(
            "lead_time",
            NUMBER,
            Names("Notice needed (min)", "Antelación mínima (min)"),
            Names(
                "How long before its start a booking can still be made. Empty: 30.",
                "Hasta cuánto antes de empezar se puede reservar. Vacío: 30.",
            ),
            essential=False,
        ),
        Column(
            "booking_window",
            NUMBER,
            Names("Bookable ahead (days)", "Se puede reservar a (días)"),
            Names("Empty: 90.", "Vacío: 90."),
            essential=False,
        ),
        Column(
            "max_party",
            NUMBER,
            Names("Largest party", "Grupo máximo"),
            Names(
                "Larger parties are sent to staff. Empty: 12.",
                "Los grupos mayores pasan al personal. Vacío: 12.",
            ),
            essential=False,
        ),
        Column(
            "cancel_cutoff",
            NUMBER,
            Names("Cancel until (min before)", "Cancelar hasta (min antes)"),
            Names("Empty: until the start.", "Vacío: hasta el comienzo."),
            essential=False,
        ),
        Column(
            "change_cutoff",
            NUMBER,
            Names("Change until (min before)", "Cambiar hasta (min antes)"),
            Names("Empty: until the start.", "Vacío: hasta el comienzo."),
            essential=False,
        ),
        Column(
            "needs_phone",
            CHECK,
            Names("Phone required", "Teléfono obligatorio"),
            Names("Ticked: no booking without a number.", "Marcado: sin teléfono no hay reserva."),
            essential=False,
        ),
        Column(
            "closed_on_holidays",
            CHECK,
            Names("Closed on public holidays", "Cerrado en festivos"),
            Names("", ""),
            essential=False,
        ),
        Column(
            "settings",
            LONG,
            Names("Settings", "Ajustes"),
            Names(
                "What is rarely changed, as in a venue file: pacing, combinations of tables, holds.",
                "Lo que rara vez cambia, como en un archivo de local: ritmo, mesas que se juntan, "
                "tiempos de retención.",
            ),
            essential=False,
        ),
    ),
)

_RESOURCE_KINDS = (
    Option(ResourceKind.TABLE, Names("Table", "Mesa"), "greenLight2"),
    Option(
        ResourceKind.PRACTITIONER,
        Names("Practitioner", "Profesional", ("Dentist", "Doctor", "Dentista")),
        "blueLight2",
    ),
    Option(ResourceKind.ROOM, Names("Room", "Sala", ("Consultorio", "Consulta")), "purpleLight2"),
)
_ACTIVE = Column(
    "active",
    CHECK,
    Names("Active", "Activo", ("Activa",)),
    Names(
        "Tick it when the row is complete. Unticked: guests are not offered it.",
        "Márquelo cuando la fila esté completa. Sin marcar, no se ofrece.",
    ),
)

SERVICES = Table(
    "services",
    Names("Services", "Servicios", ("Service",)),
    Names("What can be booked: lunch, a check-up.", "Lo que se reserva: comida, revisión."),
    (
        Column(
            "name",
            TEXT,
            Names("Name", "Nombre", ("Service", "Servicio")),
            Names("In the house's first language.", "En el primer idioma de la casa."),
        ),
        _KEY,
        _VENUE,
        Column(
            "names",
            LONG,
            Names("Name in other languages", "Nombre en otros idiomas"),
            Names("One line each, such as: en: lunch", "Una línea por idioma: en: lunch"),
            essential=False,
        ),
        Column(
            "aliases",
            LONG,
            Names("What guests call it", "Cómo lo llaman los clientes"),
            Names(
                "One line for each language, such as: en: lunch, midday meal",
                "Una línea por idioma: es: comida, almuerzo",
            ),
            essential=False,
        ),
        Column(
            "price",
            NUMBER,
            Names("Price", "Precio"),
            Names("In the house's currency.", "En la moneda de la casa."),
            essential=False,
            precision=2,
        ),
        Column(
            "minutes",
            NUMBER,
            Names("Minutes", "Minutos"),
            Names("How long it takes, whoever comes.", "Cuánto dura, venga quien venga."),
        ),
        Column(
            "turn_times",
            TEXT,
            Names("Minutes by party", "Minutos por grupo"),
            Names(
                "Instead of Minutes. 2: 75, 4: 90 means up to 2 people 75, up to 4 people 90.",
                "En lugar de Minutos. 2: 75, 4: 90 es hasta 2 personas 75, hasta 4 personas 90.",
            ),
            essential=False,
        ),
        Column(
            "slot_interval",
            NUMBER,
            Names("Starts every (min)", "Empieza cada (min)"),
            Names("Empty: 15.", "Vacío: 15."),
            essential=False,
        ),
        Column(
            "last_seating",
            NUMBER,
            Names("Last start (min before closing)", "Última entrada (min antes del cierre)"),
            Names("Empty: when there is just time enough.", "Vacío: cuando queda el tiempo justo."),
            essential=False,
        ),
        Column(
            "needs",
            SELECTS,
            Names("Needs", "Necesita"),
            Names(
                "One of each. Empty: a table in a restaurant; in a clinic a practitioner, and a "
                "room where there are rooms.",
                "Uno de cada. Vacío: una mesa en un restaurante; en una clínica, un profesional y, "
                "si hay salas, una sala.",
            ),
            essential=False,
            options=_RESOURCE_KINDS,
        ),
        _ACTIVE,
        _POSITION,
    ),
)

RESOURCES = Table(
    "resources",
    Names("Resources", "Recursos", ("Tables", "Mesas", "Tables and rooms", "Mesas y salas")),
    Names("Tables, practitioners, rooms.", "Mesas, profesionales, salas."),
    (
        _NAME,
        _KEY,
        _VENUE,
        Column("kind", SELECT, Names("Kind", "Tipo"), Names("", ""), options=_RESOURCE_KINDS),
        Column(
            "seats",
            NUMBER,
            Names("Seats", "Plazas", ("Seats (max)", "Capacidad", "Capacity")),
            Names(
                "The most people it takes. Empty: 1 for a practitioner or a room.",
                "Cuántas personas admite. Vacío: 1 para un profesional o una sala.",
            ),
        ),
        Column(
            "min_party",
            NUMBER,
            Names("Smallest party", "Grupo mínimo"),
            Names("Empty: 1.", "Vacío: 1."),
            essential=False,
        ),
        Column(
            "area",
            TEXT,
            Names("Area", "Zona"),
            Names("terrace, inside, …", "terrace (terraza), inside (interior), …"),
            essential=False,
        ),
        Column(
            "features",
            TEXT,
            Names("Features", "Características"),
            Names(
                "Separated by commas: window, quiet, high_chair, wheelchair, dogs, view, children",
                "Separadas por comas: window, quiet, high_chair, wheelchair, dogs, view, children",
            ),
            essential=False,
        ),
        Column(
            "services",
            LINKS,
            Names("Services", "Servicios"),
            Names("Empty: all of them.", "Vacío: todos."),
            links="services",
        ),
        _ACTIVE,
        Column(
            "buffer_before",
            NUMBER,
            Names("Free before (min)", "Libre antes (min)"),
            Names("", ""),
            essential=False,
        ),
        Column(
            "buffer_after",
            NUMBER,
            Names("Free after (min)", "Libre después (min)"),
            Names("", ""),
            essential=False,
        ),
        _POSITION,
    ),
)

WEEKDAYS = (
    Option("mon", Names("Monday", "Lunes", ("Mon", "Lun")), "blueLight2"),
    Option("tue", Names("Tuesday", "Martes", ("Tue", "Mar")), "blueLight2"),
    Option("wed", Names("Wednesday", "Miércoles", ("Wed", "Mié", "Miercoles")), "blueLight2"),
    Option("thu", Names("Thursday", "Jueves", ("Thu", "Jue")), "blueLight2"),
    Option("fri", Names("Friday", "Viernes", ("Fri", "Vie")), "blueLight2"),
    Option("sat", Names("Saturday", "Sábado", ("Sat", "Sáb", "Sabado")), "yellowLight2"),
    Option("sun", Names("Sunday", "Domingo", ("Sun", "Dom")), "yellowLight2"),
)

HOURS = Table(
    "hours",
    Names("Opening Hours", "Horarios", ("Hours", "Horario")),
    Names(
        "One row for each time of day: two rows for a morning and an afternoon.",
        "Una fila por tramo: dos filas para mañana y tarde.",
    ),
    (
        Column(
            "name",
            TEXT,
            Names("What", "Qué"),
            Names("For people only.", "Solo para personas."),
            essential=False,
        ),
        _VENUE,
        _service(
            "Empty: every service that has no row of its own.",
            "Vacío: todo servicio que no tenga fila propia.",
        ),
        _resource(
            "For the own hours of a practitioner; the service stays empty.",
            "Para el horario propio de un profesional; el servicio queda vacío.",
        ),
        Column(
            "weekdays",
            SELECTS,
            Names("Weekdays", "Días", ("Days", "Días de la semana")),
            Names("", ""),
            options=WEEKDAYS,
        ),
        Column(
            "opens",
            TEXT,
            Names("From", "Desde", ("Opens", "Abre")),
            Names(
                "20:00. The word closed means: not open at all.",
                "20:00. La palabra cerrado quiere decir: no se abre.",
            ),
        ),
        Column(
            "closes",
            TEXT,
            Names("To", "Hasta", ("Closes", "Cierra")),
            Names("16:00. After midnight: 00:30.", "16:00. Pasada la medianoche: 00:30."),
        ),
        Column(
            "day",
            DAY,
            Names("Only on", "Solo el día", ("Date", "Fecha")),
            Names(
                "Special hours of one day: they replace the usual ones. Weekdays stay empty.",
                "Horario especial de un día: sustituye al habitual. Los días quedan vacíos.",
            ),
        ),
    ),
)

CLOSURES = Table(
    "closures",
    Names("Closures", "Cierres", ("Closed", "Absences", "Ausencias")),
    Names(
        "Days on which the house, a service or a practitioner is not there.",
        "Días en que no hay casa, servicio o profesional.",
    ),
    (
        Column(
            "reason",
            TEXT,
            Names("Reason", "Motivo"),
            Names("Guests may hear it.", "Los clientes pueden oírlo."),
            essential=False,
        ),
        _VENUE,
        _service("Empty: the whole house.", "Vacío: toda la casa."),
        _resource(
            "Only this table or practitioner is away.", "Solo falta esta mesa o profesional."
        ),
        Column("first", DAY, Names("First day", "Primer día"), Names("", "")),
        Column(
            "last",
            DAY,
            Names("Last day", "Último día"),
            Names("Included. Empty: one day only.", "Incluido. Vacío: un solo día."),
        ),
        Column(
            "starts",
            TEXT,
            Names("From time", "Desde hora"),
            Names(
                "For a resource only: away from this time of the first day, such as 14:00.",
                "Solo para un recurso: falta desde esta hora del primer día, por ejemplo 14:00.",
            ),
            essential=False,
        ),
        Column(
            "ends",
            TEXT,
            Names("Until time", "Hasta hora"),
            Names(
                "For a resource only: back at this time of the last day.",
                "Solo para un recurso: vuelve a esta hora del último día.",
            ),
            essential=False,
        ),
    ),
)

STATUSES = (
    Option(
        BookingStatus.CONFIRMED, Names("Confirmed", "Confirmada"), "greenLight2", essential=True
    ),
    Option(BookingStatus.SEATED, Names("Seated", "Sentada"), "blueLight2"),
    Option(BookingStatus.COMPLETED, Names("Completed", "Terminada"), "grayLight2"),
    Option(
        BookingStatus.CANCELLED,
        Names("Cancelled", "Cancelada", ("Canceled", "Anulada")),
        "redLight2",
        essential=True,
    ),
    Option(
        BookingStatus.NO_SHOW,
        Names("No-show", "No se presentó", ("No show", "No_show", "No vino")),
        "orangeLight2",
    ),
    Option(BookingStatus.RECEIVED, Names("Received", "Recibida"), "yellowLight2"),
    Option(BookingStatus.CONFIRMING, Names("Confirming", "En curso"), "yellowLight2"),
)
CHANNELS = (
    Option("chat", Names("Chat", "Chat"), "cyanLight2"),
    Option("whatsapp", Names("WhatsApp", "WhatsApp"), "greenLight2"),
    Option("staff", Names("Staff", "Personal"), "blueLight2"),
    Option("phone", Names("Phone", "Teléfono"), "purpleLight2"),
    Option("walk_in", Names("Walk-in", "Sin reserva", ("Walk in", "Walk_in")), "orangeLight2"),
    Option("other", Names("Other", "Otro"), "grayLight2"),
)

BOOKINGS = Table(
    "bookings",
    Names("Bookings", "Reservas", ("Booking", "Reserva", "Citas", "Appointments", "Reservations")),
    Names(
        "A row counts as a booking once it has a start and a status.",
        "Una fila cuenta como reserva cuando tiene inicio y estado.",
    ),
    (
        Column(
            "name",
            TEXT,
            Names("Name", "Nombre", ("Guest", "Cliente", "Paciente")),
            Names("In whose name.", "A nombre de quién."),
        ),
        Column(
            "covers",
            NUMBER,
            Names("Party", "Personas", ("Covers", "Guests", "People", "Comensales", "Pax")),
            Names("How many come.", "Cuántos vienen."),
        ),
        Column(
            "start",
            INSTANT,
            Names("Start", "Inicio", ("Begins", "Comienzo")),
            Names("", ""),
        ),
        Column(
            "end",
            INSTANT,
            Names("End", "Fin", ("Ends", "Final")),
            Names(
                "May stay empty: the engine fills in the usual time.",
                "Puede quedar vacío: el motor pone lo habitual.",
            ),
        ),
        _service(
            "May stay empty: the engine takes the one at that time.",
            "Puede quedar vacío: el motor toma el de esa hora.",
        ),
        Column(
            "resources",
            LINKS,
            Names("Tables", "Mesas", ("Table", "Mesa", "Resources", "Recursos")),
            Names("May stay empty: the engine chooses.", "Puede quedar vacío: lo elige el motor."),
            links="resources",
        ),
        Column("status", SELECT, Names("Status", "Estado"), Names("", ""), options=STATUSES),
        _PHONE,
        _EMAIL,
        Column(
            "notes",
            LONG,
            Names("Notes", "Notas", ("Comments", "Observaciones")),
            Names("What the guest asked for.", "Lo que pidió el cliente."),
            essential=False,
        ),
        _VENUE,
        Column(
            "channel",
            SELECT,
            Names("Channel", "Canal", ("Source", "Origen")),
            Names("Where it came from.", "De dónde viene."),
            essential=False,
            options=CHANNELS,
        ),
        _LANGUAGE,
        Column(
            "conflict",
            LONG,
            Names("Conflict", "Conflicto"),
            Names(
                "The engine writes here when a person is needed.",
                "El motor escribe aquí cuando hace falta una persona.",
            ),
            essential=False,
        ),
        Column("code", TEXT, Names("Code", "Código"), ENGINE),
        Column("key", TEXT, Names("Booking Key", "Clave de reserva"), ENGINE),
        Column("version", NUMBER, Names("Version", "Versión"), ENGINE),
    ),
)

GUESTS = Table(
    "guests",
    Names("Guests", "Clientes", ("Guest", "Pacientes", "Patients")),
    Names("Everybody who has booked.", "Quienes han reservado."),
    (
        _NAME,
        _PHONE,
        _EMAIL,
        _LANGUAGE,
        Column(
            "notes",
            LONG,
            Names("Notes", "Notas"),
            Names("Staff's own; the engine leaves them.", "Del personal; el motor no las toca."),
            essential=False,
        ),
        Column(
            "last_booking",
            INSTANT,
            Names("Last booking", "Última reserva"),
            ENGINE,
            essential=False,
        ),
        Column("guest_key", TEXT, Names("Guest Key", "Clave de cliente"), ENGINE),
    ),
    essential=False,
)

QUESTIONS = Table(
    "questions",
    Names("Questions", "Preguntas", ("Answers", "FAQ", "Respuestas")),
    Names(
        "The house's own answers: one row for each topic and language.",
        "Las respuestas de la casa: una fila por tema e idioma.",
    ),
    (
        Column(
            "topic",
            TEXT,
            Names("Topic", "Tema"),
            Names(
                "The same word in every language: parking",
                "La misma palabra en todos los idiomas: parking",
            ),
        ),
        _VENUE,
        Column(
            "language",
            TEXT,
            Names("Language", "Idioma"),
            Names("es, en, … Empty: the house's first.", "es, en, … Vacío: el primero de la casa."),
        ),
        Column(
            "words",
            LONG,
            Names("Words that ask for it", "Palabras que lo piden"),
            Names("Separated by commas.", "Separadas por comas."),
            essential=False,
        ),
        Column("text", LONG, Names("Answer", "Respuesta"), Names("", "")),
        _POSITION,
    ),
    essential=False,
)

WAITLIST = Table(
    "waitlist",
    Names("Waitlist", "Lista de espera", ("Waiting list",)),
    Names("Who would come if a place became free.", "Quién vendría si queda un sitio."),
    (
        _NAME,
        Column("covers", NUMBER, Names("Party", "Personas"), Names("", "")),
        _VENUE,
        _service("", "", essential=False),
        Column("day", DAY, Names("Day", "Día", ("Date", "Fecha")), Names("", "")),
        Column("opens", TEXT, Names("From", "Desde"), Names("20:00", "20:00"), essential=False),
        Column("closes", TEXT, Names("To", "Hasta"), Names("22:00", "22:00"), essential=False),
        Column(
            "status",
            SELECT,
            Names("Status", "Estado"),
            Names("", ""),
            options=(
                Option("waiting", Names("Waiting", "En espera"), "yellowLight2"),
                Option("offered", Names("Offered", "Ofrecida"), "blueLight2"),
                Option("booked", Names("Booked", "Reservada"), "greenLight2"),
                Option("closed", Names("Closed", "Cerrada"), "grayLight2"),
            ),
        ),
        _PHONE,
        _EMAIL,
        _LANGUAGE,
        Column("notes", LONG, Names("Notes", "Notas"), Names("", ""), essential=False),
        Column("key", TEXT, Names("Waitlist Key", "Clave de espera"), ENGINE),
    ),
    essential=False,
)

TABLES = (VENUES, SERVICES, RESOURCES, HOURS, CLOSURES, BOOKINGS, GUESTS, QUESTIONS, WAITLIST)
BY_KEY: Mapping[str, Table] = {table.key: table for table in TABLES}
