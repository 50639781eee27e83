// Small comforts; every page works without them.
"use strict";

// Something failed: the summary of errors takes the focus, and a link in it reaches its field.
function focusErrorSummary(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  const inner = field.shadowRoot
    ? field.shadowRoot.querySelector("gcds-input, gcds-select, input, select, textarea")
    : field.querySelector("input, select, textarea");
  (inner || field).focus({ preventScroll: true });
});

// Tell a screen reader what changed. A server says so with the header `HX-Trigger: {"announce": "…"}`.
function announce(text) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  window.setTimeout(() => { region.textContent = text; }, 100);
}

document.addEventListener("announce", (event) => announce(event.detail.value || ""));

document.addEventListener("htmx:afterSettle", (event) => {
  const spoken = event.detail.elt.querySelector("[data-announce]") || event.detail.elt;
  if (spoken.dataset.announce) announce(spoken.dataset.announce);
  focusErrorSummary(event.detail.elt);
  nameTableRoles(event.detail.elt);
});

// htmx parses answers as if scripts were off, which would make the twins in <noscript> real fields
// and send every value twice.
document.addEventListener("htmx:beforeSwap", (event) => {
  event.detail.serverResponse = event.detail.serverResponse.replace(/<noscript>[^]*?<\/noscript>/g, "");
});

// A new row of a form: its first field takes the focus.
document.addEventListener("htmx:afterSwap", (event) => {
  const button = event.detail.requestConfig && event.detail.requestConfig.elt;
  if (!button || !/-add$/.test(button.name || "")) return;
  const rows = document.querySelectorAll(".rows__row");
  const field = rows.length && rows[rows.length - 1].querySelector("[validate-on]");
  if (field) window.customElements.whenDefined(field.localName).then(() => window.setTimeout(() => field.focus(), 50));
});

// Cells turned into blocks on a phone lose their role in some browsers: say it outright.
function nameTableRoles(root) {
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  for (const table of root.querySelectorAll(".table--cards, .calendar")) {
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody, tr, td")) part.setAttribute("role", roles[part.tagName]);
    for (const head of table.querySelectorAll("th")) {
      head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader");
    }
  }
}

// The main menu behind its button on a phone.
function menuButton() {
  const button = document.querySelector(".site-nav__button");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") === "false"));
  });
}

// The account's little menu closes like one.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".account[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".account[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// `data-opens="id"` opens a dialog; without scripts it is the link or the button it looks like.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});

document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog").close();
});

menuButton();
nameTableRoles(document);
Promise.race([
  window.customElements.whenDefined("gcds-button"),
  new Promise((resolve) => window.setTimeout(resolve, 1500)),
]).then(() => focusErrorSummary(document));
