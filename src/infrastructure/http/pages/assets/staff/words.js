// Every word of the page, in one place.

const ES = {
  otherLanguage: "EN", otherLanguageTitle: "English",
  title: "Sala del día", venue: "Casa", days: "Día", day: "Elegir día", dayBefore: "Día anterior",
  dayAfter: "Día siguiente", today: "Hoy", search: "Nombre, teléfono o código", view: "Vista",
  floor: "Plano", list: "Lista", walkIn: "Sin reserva", newBooking: "Nueva reserva", print: "Imprimir",
  summary: "Resumen", keyTitle: "Acceso del personal", keyNeeded: "Clave del personal",
  keyUse: "Entrar", keyWrong: "Esa clave no abre esta página.",
  keysHelp: "Flechas: de reserva en reserva. Intro: abrir. M: mover con las flechas.",
  live: "En vivo", offline: "Sin conexión", airtable: "Estas reservas viven en Airtable: lo que cambies aquí se escribe allí, y al revés.",
  bookings: (n) => (n === 1 ? "1 reserva" : `${n} reservas`),
  covers: (n) => (n === 1 ? "1 persona" : `${n} personas`),
  patients: (n) => (n === 1 ? "1 paciente" : `${n} pacientes`),
  seatedNow: (n) => `${n} en mesa`, inChair: (n) => `${n} en consulta`, held: (n) => `${n} ofreciéndose`,
  conflicts: (n) => (n === 1 ? "1 aviso" : `${n} avisos`),
  found: (n) => (n === 1 ? "1 reserva encontrada" : `${n} reservas encontradas`),
  none: "Ese día no hay reservas.", nothingFound: "No hay ninguna reserva así este día.",
  closedDay: "Cerrado", closedFor: (what, why) => `${what} cerrada${why ? `: ${why}` : ""}`, closedAll: (why) => `Cerrado${why ? `: ${why}` : ""}`,
  inside: "Interior", terrace: "Terraza", table: "Mesas", practitioner: "Profesionales", room: "Salas",
  seats: (from, to) => (from === to ? `${to}` : `${from}–${to}`),
  offering: "Ofreciéndose", pacing: "Ritmo de entradas", away: "No disponible", buffer: "Margen",
  pacingOf: (covers, most, parties, mostParties) => `${covers}${most ? ` de ${most}` : ""} personas, ${parties}${mostParties ? ` de ${mostParties}` : ""} reservas`,
  status: {
    confirming: "Confirmando", received: "Recibida", confirmed: "Confirmada", seated: "En mesa",
    completed: "Terminada", cancelled: "Cancelada", no_show: "No vino",
  },
  withNotes: "con notas",
  time: "Hora", party: "Personas", name: "Nombre", phone: "Teléfono", email: "Correo", notes: "Notas",
  table1: "Mesa", place: "Lugar", code: "Código", state: "Estado", from: "Origen", made: "Hecha el",
  channel: { chat: "Chat", whatsapp: "WhatsApp", staff: "Personal", walk_in: "Sin reserva", airtable: "Airtable" },
  best: "La mejor libre", noName: "Sin nombre", service: "Servicio",
  seat: "Sentar", complete: "Terminar", noShow: "No vino", cancel: "Cancelar reserva", confirmAgain: "Volver a confirmada",
  seatPatient: "Pasa a consulta",
  move: "Mover", change: "Cambiar", save: "Guardar", close: "Cerrar", back: "Volver", book: "Reservar", seatNow: "Sentar ahora",
  sureCancel: "¿Cancelar esta reserva? El sitio queda libre.", yesCancel: "Sí, cancelar",
  freeTimes: "Horas libres", noFreeTimes: "No queda ninguna hora para tantos.",
  booked: (code) => `Reservada: ${code}`, changed: "Cambiada", moved: (where) => `Movida: ${where}`, cancelled: "Cancelada",
  moving: (where) => `${where}. Intro para mover, Escape para dejarlo.`, movingStart: "Muévela con las flechas.", leftIt: "Se queda donde estaba.",
  takenBy: (who, when) => `ahí está ${who} a las ${when}.`, tooSmall: (seats) => `ahí caben ${seats}.`,
  looksTaken: "ocupada", alternatives: "En cambio sí:", cannot: (why) => `No se puede: ${why}`,
  conflictsTitle: "Avisos", noConflicts: "No hay nada pendiente.", draft: "Mensaje para el cliente", copy: "Copiar", copied: "Copiado",
  resolve: "Resuelto", resolved: "Resuelto.", see: "Ver reserva", other: "Ocupa el sitio",
  kind: {
    double_booked: "Dos reservas en el mismo sitio", closed: "Fuera de horario", moved: "Reserva movida",
    cancelled: "Reserva cancelada", no_resource: "Sin mesa libre", not_confirmed: "Recibida pero sin sitio", refused: "Airtable no acepta la fila",
  },
  talksTitle: "Conversaciones", talk: "Conversación", noTalks: "Nadie espera a una persona.",
  talksCount: (n, waiting) => `Conversaciones: ${n}, ${waiting} sin atender`, someoneWaits: "Alguien espera a una persona.",
  waits: "Espera", withStaff: "Atendida", waitsSince: (why, when) => `${why} · desde las ${when}`,
  why_talk: { asked: "Pide una persona", stuck: "El asistente no pudo seguir", large_party: "Grupo grande" },
  guestIn: (channel) => `Cliente · ${channel}`, answer: "Responder al cliente…", send: "Enviar",
  take: "Atender", taken: "La conversación es tuya. El asistente calla.", silent: "El asistente calla mientras la atiende una persona.",
  handBack: "Devolver al asistente", handedBack: "El asistente vuelve a responder.", engineHasIt: "El asistente responde en esta conversación.",
  speaker: { guest: "Cliente", engine: "Asistente", house: "Aviso de la casa", staff: "Equipo" },
  waitlistTitle: "Lista de espera", waitlistCount: (n) => (n === 1 ? "Lista de espera: 1" : `Lista de espera: ${n}`),
  addToWaitlist: "Añadir a la lista", nobodyWaits: (day) => `Nadie espera sitio para el ${day}.`, noLonger: "Ya no esperan",
  waitStatus: { waiting: "Espera", offered: "Ofrecida", booked: "Reservada", declined: "Dijo que no", expired: "No respondió", removed: "Quitada" },
  anyTime: "a cualquier hora", between: (from, to) => `de ${from} a ${to}`, offeredUntil: (place, until) => `${place}, guardada hasta las ${until}`,
  joined: (channel, when) => `${channel}, desde las ${when}`, offerNow: "Ofrecer ahora", bookIt: "Reservarla", bookAt: "Reservar…", takeOff: "Quitar",
  offeredTo: (name, when) => `Ofrecida a ${name} a las ${when}.`, takenOff: (name) => `${name} ya no espera.`, added: (name) => `${name} está en la lista.`,
  earliest: "Desde", latest: "Hasta",
  undelivered: "Mensajes sin entregar", notDelivered: (when) => `No se pudo entregar: ${when}`,
  messageKind: { confirmation: "Confirmación", reminder: "Recordatorio", waitlist_offer: "Mesa ofrecida", news: "Cambio", staff: "Del equipo", no_answer: "Sin respuesta" },
  sending: { planned: "En camino al cliente.", failed: "No se ha podido entregar.", void: "Ya no hacía falta enviarlo." },
  delivered: (ways) => (ways ? `Entregado por ${ways}.` : "Entregado."), way: { chat: "chat", email: "correo", webhook: "mensajería" },
  showAll: "También canceladas", walkInTitle: "Entra sin reserva", call: "Llamar",
  elsewhere: (day) => `Esa reserva es del ${day}.`, goThere: "Ir a ese día",
  why: {
    closed: "a esa hora está cerrado.", too_late: "no daría tiempo antes de cerrar.", off_grid: "a esa hora no empieza ningún turno.",
    no_resource: "está ocupado o no cabe tanta gente.", held: "otro cliente lo tiene ofrecido ahora mismo.",
    pacing: "a esa hora ya empiezan demasiados.", pacing_exceeded: "a esa hora ya empiezan demasiados.", lead_time: "es demasiado pronto.",
    too_far: "es demasiado lejos.", party_too_large: "son demasiadas personas.", party_too_small: "son muy pocas personas.",
    past: "ya ha pasado.", slot_taken: "acaba de ocuparse.", booking_changed: "alguien la ha cambiado antes. Ya ves cómo está ahora.",
    illegal_transition: "en su estado ya no.", booking_not_found: "esa reserva no existe.", invalid_request: "falta algo o no se entiende.",
    unknown_conflict: "ese aviso ya estaba resuelto.", not_waiting: "el asistente ya responde en esa conversación.",
    unknown_conversation: "esa conversación no existe.", unknown_entry: "ya no está en la lista.", already_booked: "ya tiene reserva a otra hora.", no_guest: "no hay a quién escribir.",
    too_many_bookings: "ya tiene todas las reservas que se permiten.", hold_expired: "ya no está guardada.", other_kind: "ahí va otra cosa.", "": "no se llega al servidor.",
  },
  somethingElse: "algo ha fallado. Inténtalo otra vez.",
};

const EN = {
  otherLanguage: "ES", otherLanguageTitle: "Español",
  title: "Floor of the day", venue: "House", days: "Day", day: "Choose a day", dayBefore: "Day before",
  dayAfter: "Day after", today: "Today", search: "Name, phone or code", view: "View",
  floor: "Floor", list: "List", walkIn: "Walk-in", newBooking: "New booking", print: "Print",
  summary: "Summary", keyTitle: "Staff access", keyNeeded: "Staff key",
  keyUse: "Enter", keyWrong: "This key does not open this page.",
  keysHelp: "Arrows: from booking to booking. Enter: open. M: move with the arrows.",
  live: "Live", offline: "No connection", airtable: "These bookings live in Airtable: what you change here is written there, and the other way round.",
  bookings: (n) => (n === 1 ? "1 booking" : `${n} bookings`),
  covers: (n) => (n === 1 ? "1 cover" : `${n} covers`),
  patients: (n) => (n === 1 ? "1 patient" : `${n} patients`),
  seatedNow: (n) => `${n} seated`, inChair: (n) => `${n} in the chair`, held: (n) => `${n} on offer`,
  conflicts: (n) => (n === 1 ? "1 conflict" : `${n} conflicts`),
  found: (n) => (n === 1 ? "1 booking found" : `${n} bookings found`),
  none: "There are no bookings that day.", nothingFound: "No booking like that on this day.",
  closedDay: "Closed", closedFor: (what, why) => `${what} closed${why ? `: ${why}` : ""}`, closedAll: (why) => `Closed${why ? `: ${why}` : ""}`,
  inside: "Inside", terrace: "Terrace", table: "Tables", practitioner: "Practitioners", room: "Rooms",
  seats: (from, to) => (from === to ? `${to}` : `${from}–${to}`),
  offering: "On offer", pacing: "Pacing", away: "Not available", buffer: "Buffer",
  pacingOf: (covers, most, parties, mostParties) => `${covers}${most ? ` of ${most}` : ""} covers, ${parties}${mostParties ? ` of ${mostParties}` : ""} parties`,
  status: {
    confirming: "Confirming", received: "Received", confirmed: "Confirmed", seated: "Seated",
    completed: "Completed", cancelled: "Cancelled", no_show: "No-show",
  },
  withNotes: "with notes",
  time: "Time", party: "Party", name: "Name", phone: "Phone", email: "E-mail", notes: "Notes",
  table1: "Table", place: "Place", code: "Code", state: "Status", from: "Through", made: "Made on",
  channel: { chat: "Chat", whatsapp: "WhatsApp", staff: "Staff", walk_in: "Walk-in", airtable: "Airtable" },
  best: "Best that is free", noName: "No name", service: "Service",
  seat: "Seat", complete: "Complete", noShow: "No-show", cancel: "Cancel booking", confirmAgain: "Back to confirmed",
  seatPatient: "In the chair",
  move: "Move", change: "Change", save: "Save", close: "Close", back: "Back", book: "Book", seatNow: "Seat now",
  sureCancel: "Cancel this booking? Its place becomes free.", yesCancel: "Yes, cancel",
  freeTimes: "Free times", noFreeTimes: "No time is left for that many.",
  booked: (code) => `Booked: ${code}`, changed: "Changed", moved: (where) => `Moved: ${where}`, cancelled: "Cancelled",
  moving: (where) => `${where}. Enter to move it, Escape to leave it.`, movingStart: "Move it with the arrows.", leftIt: "It stays where it was.",
  takenBy: (who, when) => `${who} is there at ${when}.`, tooSmall: (seats) => `it seats ${seats}.`,
  looksTaken: "taken", alternatives: "Possible instead:", cannot: (why) => `Not possible: ${why}`,
  conflictsTitle: "Conflicts", noConflicts: "Nothing is waiting.", draft: "Message to the guest", copy: "Copy", copied: "Copied",
  resolve: "Resolved", resolved: "Resolved.", see: "See booking", other: "In the way",
  kind: {
    double_booked: "Two bookings in one place", closed: "Outside opening hours", moved: "Booking moved",
    cancelled: "Booking cancelled", no_resource: "No table free", not_confirmed: "Received but no place", refused: "Airtable does not take the row",
  },
  talksTitle: "Conversations", talk: "Conversation", noTalks: "Nobody is waiting for a person.",
  talksCount: (n, waiting) => `Conversations: ${n}, ${waiting} unattended`, someoneWaits: "Somebody is waiting for a person.",
  waits: "Waiting", withStaff: "With staff", waitsSince: (why, when) => `${why} · since ${when}`,
  why_talk: { asked: "Asks for a person", stuck: "The assistant got no further", large_party: "Large party" },
  guestIn: (channel) => `Guest · ${channel}`, answer: "Answer the guest…", send: "Send",
  take: "Take it", taken: "The conversation is yours. The assistant is silent.", silent: "The assistant is silent while a person has it.",
  handBack: "Hand back to the assistant", handedBack: "The assistant answers again.", engineHasIt: "The assistant answers in this conversation.",
  speaker: { guest: "Guest", engine: "Assistant", house: "The house", staff: "Staff" },
  waitlistTitle: "Waitlist", waitlistCount: (n) => `Waitlist: ${n}`,
  addToWaitlist: "Add to the list", nobodyWaits: (day) => `Nobody is waiting for ${day}.`, noLonger: "No longer waiting",
  waitStatus: { waiting: "Waiting", offered: "Offered", booked: "Booked", declined: "Said no", expired: "No answer", removed: "Taken off" },
  anyTime: "at any time", between: (from, to) => `${from} to ${to}`, offeredUntil: (place, until) => `${place}, kept until ${until}`,
  joined: (channel, when) => `${channel}, since ${when}`, offerNow: "Offer now", bookIt: "Book it", bookAt: "Book…", takeOff: "Take off",
  offeredTo: (name, when) => `Offered to ${name} at ${when}.`, takenOff: (name) => `${name} is off the list.`, added: (name) => `${name} is on the list.`,
  earliest: "From", latest: "Until",
  undelivered: "Messages not delivered", notDelivered: (when) => `Could not be delivered: ${when}`,
  messageKind: { confirmation: "Confirmation", reminder: "Reminder", waitlist_offer: "Table offered", news: "Change", staff: "From staff", no_answer: "No answer" },
  sending: { planned: "On its way to the guest.", failed: "It could not be delivered.", void: "There was no more need to send it." },
  delivered: (ways) => (ways ? `Delivered by ${ways}.` : "Delivered."), way: { chat: "chat", email: "e-mail", webhook: "messaging" },
  showAll: "Cancelled too", walkInTitle: "Walk-in", call: "Call",
  elsewhere: (day) => `That booking is for ${day}.`, goThere: "Go to that day",
  why: {
    closed: "the house is closed then.", too_late: "it would not end before closing.", off_grid: "no turn starts at that time.",
    no_resource: "it is taken, or too small for the party.", held: "another guest is being offered it right now.",
    pacing: "too many start then already.", pacing_exceeded: "too many start then already.", lead_time: "it is too soon.",
    too_far: "it is too far ahead.", party_too_large: "the party is too large.", party_too_small: "the party is too small.",
    past: "that has passed.", slot_taken: "it has just been taken.", booking_changed: "somebody changed it first. This is how it stands now.",
    illegal_transition: "not in its status.", booking_not_found: "there is no such booking.", invalid_request: "something is missing or cannot be read.",
    unknown_conflict: "it was resolved already.", not_waiting: "the assistant has that conversation again.",
    unknown_conversation: "there is no such conversation.", unknown_entry: "they are not on the list any more.", already_booked: "they have been booked for another time.", no_guest: "there is nobody to write to.",
    too_many_bookings: "they have as many bookings as the house allows.", hold_expired: "it is not kept any more.", other_kind: "that place is for something else.", "": "the server cannot be reached.",
  },
  somethingElse: "something went wrong. Try again.",
};

const LANGUAGE = "anfitrion-staff-language";

export let language = localStorage.getItem(LANGUAGE) ?? (navigator.language.startsWith("es") ? "es" : "en");
export let words = language === "es" ? ES : EN;

export function otherLanguage() {
  language = language === "es" ? "en" : "es";
  words = language === "es" ? ES : EN;
  localStorage.setItem(LANGUAGE, language);
}

/** Put the words into what the page was served with. */
export function word(root = document) {
  document.documentElement.lang = language;
  for (const each of root.querySelectorAll("[data-text]")) each.textContent = words[each.dataset.text];
  for (const each of root.querySelectorAll("[data-label]")) each.setAttribute("aria-label", words[each.dataset.label]);
  for (const each of root.querySelectorAll("[data-placeholder]")) each.placeholder = words[each.dataset.placeholder];
}

/** Why the server said no, as a sentence. */
export function reason(error) {
  const { reason: inside } = error.problem ?? {};
  return words.why[inside] ?? words.why[error.code] ?? words.somethingElse;
}
