// The chat page. Everything a guest or the house says is put in as text, never as markup.

const TEXTS = {
  es: {
    venue: "Local", otherLanguage: "EN", otherLanguageTitle: "English",
    message: "Mensaje", placeholder: "Escriba su mensaje…", send: "Enviar",
    hello: "Hola. Escriba lo que necesita: reservar, cambiar, cancelar o preguntar.",
    received: "Leyendo", router: "Mirando la agenda", logic: "Pensando", human: "Escribiendo",
    reconnecting: "Sin conexión, volviendo a intentar",
    failed: "No se ha podido enviar.", again: "Reintentar",
    keyNeeded: "Este sitio pide una clave de acceso:", keyUse: "Usar",
    offer: (n) => `La opción ${n}`, accept: "Sí", code: "Código", people: (n) => (n === 1 ? "1 persona" : `${n} personas`),
  },
  en: {
    venue: "Venue", otherLanguage: "ES", otherLanguageTitle: "Español",
    message: "Message", placeholder: "Type your message…", send: "Send",
    hello: "Hello. Say what you need: book, change, cancel, or ask.",
    received: "Reading", router: "Looking at the book", logic: "Thinking", human: "Writing",
    reconnecting: "No connection, trying again",
    failed: "It could not be sent.", again: "Try again",
    keyNeeded: "This site asks for an access key:", keyUse: "Use",
    offer: (n) => `Option ${n}`, accept: "Yes", code: "Code", people: (n) => (n === 1 ? "1 person" : `${n} people`),
  },
};
const TRIES = 6;
const byId = (id) => document.getElementById(id);
const talk = byId("talk"), composer = byId("composer"), message = byId("message"), venueChoice = byId("venue");

const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function kept(store, key, make) {
  let value = store.getItem(key);
  if (value === null) store.setItem(key, (value = make()));
  return value;
}

const guest = kept(localStorage, "anfitrion.guest", () => `web-${randomId()}`);
let language = kept(localStorage, "anfitrion.language", () => (navigator.language.startsWith("en") ? "en" : "es"));
let venues = [];
let waiting = 0;

const text = () => TEXTS[language];
const venue = () => venues.find((one) => one.id === venueChoice.value);
const conversationKey = () => `anfitrion.conversation.${venueChoice.value}`;

function label() {
  document.documentElement.lang = language;
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = text()[one.dataset.text];
  for (const one of document.querySelectorAll("[data-title]")) one.title = text()[one.dataset.title];
  message.placeholder = text()[message.dataset.placeholder];
}

function make(tag, className, content = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = content;
  return made;
}

function show(element) {
  talk.append(element);
  talk.scrollTop = talk.scrollHeight;
  return element;
}

class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? "");
    this.status = status;
  }
}

async function call(path, options = {}) {
  const key = sessionStorage.getItem("anfitrion.key");
  const headers = { ...options.headers, ...(key ? { "X-API-Key": key } : {}) };
  const response = await fetch(path, { ...options, headers });
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  return response;
}

// One event after another: "id:", "event:" and "data:" lines, then an empty line.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = {};
      for (const line of block.split("\n")) {
        const colon = line.indexOf(": ");
        if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 2);
      }
      if (event.event) yield { name: event.event, id: event.id, data: JSON.parse(event.data) };
    }
  }
}

// Sends one message and follows its turn to the end, through any number of broken connections: the
// same message id finds the same turn again, so nothing is done twice.
async function follow(body, line) {
  let lastId = "0";
  for (let tries = 0; ; ) {
    try {
      const response = await call("/chat/stream", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Last-Event-ID": lastId },
        body: JSON.stringify(body),
      });
      for await (const event of events(response)) {
        tries = 0;
        lastId = event.id;
        if (event.name === "stage") line.stage(event.data.stage);
        if (event.name === "token") line.add(event.data.text);
        if (event.name === "done") return event.data;
        if (event.name === "error") throw new Refused(event.data.status, event.data);
      }
      throw new TypeError("the stream ended early");
    } catch (error) {
      const lasting = error instanceof Refused && ![409, 429, 502, 503, 504].includes(error.status);
      if (lasting || ++tries >= TRIES) throw error;
      line.stage("reconnecting");
      await pause(500 * 2 ** tries * (0.5 + Math.random()));
    }
  }
}

// The house's line while it is being written: a stage first, then the words.
function houseLine() {
  const element = show(make("div", "line house waiting", text().received));
  let begun = false;
  return {
    element,
    stage(name) {
      if (!begun) element.textContent = text()[name] ?? "";
    },
    add(words) {
      if (!begun) element.textContent = "";
      begun = true;
      element.classList.remove("waiting");
      element.textContent += words;
      talk.scrollTop = talk.scrollHeight;
    },
    end(words) {
      element.classList.remove("waiting");
      element.textContent = words;
    },
  };
}

async function say(words) {
  show(make("div", "line guest", words));
  await deliver({
    venue: venueChoice.value,
    user_id: guest,
    message: words,
    message_id: randomId(),
    conversation_id: sessionStorage.getItem(conversationKey()),
  });
}

async function deliver(body) {
  for (const old of talk.querySelectorAll(".offers")) old.remove();
  const line = houseLine();
  waiting += 1;
  talk.setAttribute("aria-busy", "true");
  try {
    const answer = await follow(body, line);
    line.end(answer.response);
    sessionStorage.setItem(conversationKey(), answer.conversation_id);
    showBooking(answer);
    showOffers(answer);
  } catch (error) {
    line.element.remove();
    showFailure(error, body);
  } finally {
    waiting -= 1;
    if (!waiting) talk.removeAttribute("aria-busy");
  }
}

function showFailure(error, body) {
  if (error.status === 401) byId("access").hidden = false;
  const element = show(make("div", "line house wrong", `${text().failed} ${error.status ? error.message : ""} `));
  const again = make("button", "", text().again);
  again.type = "button";
  again.onclick = () => {
    element.remove();
    deliver(body);
  };
  element.append(again);
}

const when = (start) =>
  new Intl.DateTimeFormat(language, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
    timeZone: venue().time_zone,
  }).format(new Date(start));

function showOffers(answer) {
  if (!answer.offers.length) return;
  const row = make("div", "offers");
  answer.offers.forEach((offer, index) => {
    const button = make("button", "", when(offer.start));
    button.type = "button";
    button.onclick = () => say(answer.offers.length === 1 ? text().accept : text().offer(index + 1));
    row.append(button);
  });
  show(row);
}

function showBooking({ booking, action }) {
  if (!booking || action === "none") return;
  const card = make("div", "booking");
  card.append(make("strong", "", booking.code));
  card.append(make("small", "", `${when(booking.start)} · ${text().people(booking.party_size)}`));
  show(card);
}

function greet() {
  talk.replaceChildren(make("div", "line house", text().hello));
}

async function loadVenues() {
  try {
    ({ venues } = await (await call("/venues")).json());
  } catch (error) {
    if (error.status === 401) byId("access").hidden = false;
    return;
  }
  byId("access").hidden = true;
  venueChoice.replaceChildren(...venues.map((one) => new Option(one.name, one.id)));
  const chosen = localStorage.getItem("anfitrion.venue");
  if (venues.some((one) => one.id === chosen)) venueChoice.value = chosen;
}

composer.onsubmit = (event) => {
  event.preventDefault();
  const words = message.value.trim();
  if (!words || !venue()) return;
  message.value = "";
  message.style.height = "";
  say(words);
  message.focus();
};

message.onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
};

message.oninput = () => {
  message.style.height = "auto";
  message.style.height = `${message.scrollHeight}px`;
};

byId("access").onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem("anfitrion.key", byId("key").value.trim());
  loadVenues();
};

byId("language").onclick = () => {
  language = language === "es" ? "en" : "es";
  localStorage.setItem("anfitrion.language", language);
  label();
  if (!talk.querySelector(".guest")) greet();
};

venueChoice.onchange = () => {
  localStorage.setItem("anfitrion.venue", venueChoice.value);
  greet();
};

label();
greet();
loadVenues();
