// The chat for a venue's own site:
//   <script src="https://HERE/widget.js" data-venue="la-terraza" async></script>
// A button in the corner opens the chat in a frame. The frame's own policy says on which sites it
// opens; elsewhere the button leads to the chat in a tab of its own.
(() => {
  const script = document.currentScript;
  if (!script || window.anfitrionWidget) return;
  window.anfitrionWidget = true;
  const texts = __TEXTS__;
  const home = new URL(script.src).origin;
  const wanted = script.dataset.lang || document.documentElement.lang.slice(0, 2);
  const language = wanted in texts ? wanted : (navigator.language.slice(0, 2) in texts ? navigator.language.slice(0, 2) : "en");
  const said = texts[language];
  const query = new URLSearchParams({ lang: language });
  if (script.dataset.venue) query.set("venue", script.dataset.venue);
  const whole = `${home}/?${query}`;
  query.set("widget", "true");

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; color-scheme: light dark; }
    button, a { font: 600 16px/1 system-ui, sans-serif; color: #fff; background: #1c6a57; border: 0; border-radius: 2rem; min-height: 3.25rem; padding: 0 1.4rem; cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; }
    .open { position: fixed; inset: auto max(1rem, env(safe-area-inset-right)) max(1rem, env(safe-area-inset-bottom)) auto; z-index: 2147483000; box-shadow: 0 4px 18px rgb(0 0 0 / 25%); }
    .open[hidden] { display: none; }
    .open.news::after { content: ""; position: absolute; top: .1rem; right: .1rem; width: .8rem; height: .8rem; border-radius: 50%; background: #d8572f; border: 2px solid #fff; }
    button:hover, a:hover { background: #155445; }
    :focus-visible { outline: 3px solid #1c6a57; outline-offset: 3px; }
    .panel { position: fixed; z-index: 2147483001; inset: auto 1rem 1rem auto; width: min(24.5rem, 100vw - 2rem); height: min(42rem, 100dvh - 2rem); border-radius: 1.25rem; overflow: hidden; background: Canvas; box-shadow: 0 10px 40px rgb(0 0 0 / 30%); }
    .panel[hidden] { display: none; }
    .panel > a { position: absolute; inset: auto 1.5rem 1.5rem; justify-content: center; }
    iframe { border: 0; width: 100%; height: 100%; display: block; }
    @media (max-width: 32rem) { .panel { inset: 0; width: auto; height: auto; border-radius: 0; } }
    @media (prefers-reduced-motion: no-preference) { .panel { animation: rise .16s ease-out; } @keyframes rise { from { transform: translateY(.6rem); opacity: 0; } } }
  `);
  root.adoptedStyleSheets = [sheet];

  const open = document.createElement("button");
  open.type = "button";
  open.className = "open";
  const label = open.textContent = script.dataset.label || said.open;
  open.setAttribute("aria-haspopup", "dialog");
  open.setAttribute("aria-expanded", "false");
  root.append(open);
  document.body.append(host);

  let panel, frame, isReady = false;

  function build() {
    panel = document.createElement("div");
    panel.className = "panel";
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", said.frame);
    frame = document.createElement("iframe");
    frame.title = said.frame;
    frame.allow = "clipboard-write";
    frame.src = `${home}/?${query}`;
    panel.append(frame);
    root.append(panel);
    // A frame that was refused says nothing: offer the page instead.
    setTimeout(() => {
      if (isReady) return;
      const away = document.createElement("a");
      away.href = whole;
      away.target = "_blank";
      away.rel = "noopener";
      away.textContent = said.elsewhere;
      const shut = document.createElement("button");
      shut.type = "button";
      shut.textContent = said.close;
      shut.style.cssText = "position:absolute;inset:1rem 1rem auto auto";
      shut.onclick = close;
      shut.dataset.instead = away.dataset.instead = "";
      panel.append(shut, away);
    }, 4000);
  }

  // Something was written to the guest while the chat was closed.
  function tellNews(isNew) {
    open.classList.toggle("news", isNew);
    open.setAttribute("aria-label", isNew ? `${label}. ${said.news}` : label);
  }

  function show() {
    tellNews(false);
    if (panel) panel.hidden = false;
    else build();
    open.setAttribute("aria-expanded", "true");
    open.hidden = true;
    if (isReady) frame.contentWindow.postMessage({ anfitrion: "opened" }, home);
    frame.focus();
  }

  function close() {
    panel.hidden = true;
    open.setAttribute("aria-expanded", "false");
    open.hidden = false;
    open.focus();
  }

  open.onclick = show;
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel && !panel.hidden) close();
  });
  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home) return;
    if (event.data?.anfitrion === "close") close();
    if (event.data?.anfitrion === "post" && panel.hidden) tellNews(true);
    if (event.data?.anfitrion === "ready") {
      isReady = true;
      for (const instead of panel.querySelectorAll("[data-instead]")) instead.remove();
      frame.contentWindow.postMessage({ anfitrion: "opened" }, home);
    }
  });
})();
