// The agents' pages: shortcuts, the wrap-up code as one builds it, who else reads. All of it a comfort.
"use strict";

// --- Shortcuts: single letters, which can be turned off, and Ctrl + Enter in the answer's box ---

const SWITCH = "comptoir:shortcuts";
const inUse = () => window.localStorage.getItem(SWITCH) !== "off";

function isTyping(event) {
  const where = event.composedPath()[0];
  return where.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(where.tagName);
}

function focusField(field) {
  if (!field) return;
  const inner = field.shadowRoot ? field.shadowRoot.querySelector("textarea, input") : null;
  field.scrollIntoView({ block: "center" });
  (inner || field).focus({ preventScroll: true });
}

function toRow(step) {
  const links = [...document.querySelectorAll("[data-rows] th[scope=row] a")];
  const here = links.indexOf(document.activeElement);
  const next = links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step];
  if (next) next.focus();
}

const LETTERS = {
  j: () => toRow(1),
  k: () => toRow(-1),
  r: () => focusField(document.querySelector("[data-composer] [name=body]")),
  n: () => {
    const note = document.querySelector("[data-note]");
    if (!note) return;
    note.open = true;
    focusField(note.querySelector("[name=note]"));
  },
  "?": () => {
    const dialog = document.getElementById("shortcuts");
    if (dialog && !dialog.open) dialog.showModal();
  },
};

document.addEventListener("keydown", (event) => {
  const composer = document.querySelector("[data-composer]");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (!composer || !inUse() || !event.composedPath().includes(composer)) return;
    event.preventDefault();
    composer.querySelector(`button[value=${event.shiftKey ? "next" : "answer"}]`).click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!inUse() || isTyping(event) || document.querySelector("dialog[open]")) return;
  const act = LETTERS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const box of document.querySelectorAll("[data-shortcuts-switch]")) {
  box.checked = inUse();
  box.addEventListener("change", () => window.localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}
for (const hint of document.querySelectorAll("[data-shortcuts-hint]")) hint.hidden = false;

// --- The wrap-up code: two digits of the line of business and the tier ---

function chosen(field) {
  if (!field) return "";
  if (field.value) return field.value;
  const selected = field.querySelector("option[selected]");
  if (selected) return selected.value;
  const told = JSON.parse(field.getAttribute("options") || "[]").find((option) => option.checked);
  return told ? told.value : "";
}

function showCode() {
  const place = document.querySelector("[data-wrap-up]");
  if (!place) return;
  const form = place.closest("form");
  const digits = JSON.parse(document.getElementById("digits").textContent);
  const two = digits[chosen(form.querySelector("gcds-select[name=line_of_business]"))] || "––";
  const tier = chosen(form.querySelector("gcds-radios[name=tier]")) || "–";
  place.hidden = false;
  place.querySelector("output").textContent = `${two}${tier}`;
}

for (const name of ["change", "input", "gcdsChange"]) {
  // The component takes its new value after this event.
  document.addEventListener(name, () => window.setTimeout(showCode, 0));
}
// The form was fetched anew, with a text inserted or what had been typed before.
document.addEventListener("htmx:afterSettle", showCode);
showCode();

// --- Who else reads this: asked every 20 seconds, not while the page is out of sight ---

const EVERY = 20000;

function look() {
  const place = document.getElementById("presence");
  if (place && !document.hidden) place.dispatchEvent(new CustomEvent("look"));
}

document.addEventListener("visibilitychange", look);
window.addEventListener("pagehide", () => {
  const place = document.getElementById("presence");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (!place || !token) return;
  const data = new FormData();
  data.append("csrfmiddlewaretoken", token.value);
  navigator.sendBeacon(place.dataset.left, data);
});
window.setInterval(look, EVERY);
window.setTimeout(look, 500);

// --- On paper: the browser's own menu prints too ---

for (const button of document.querySelectorAll("[data-prints]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => window.print());
}
