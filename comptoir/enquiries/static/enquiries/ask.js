// The form of an enquiry: only the questions the answers call for, numbers looked at as they are typed, a
// draft kept in this tab. Without scripts all is there, and the server decides in any case.
"use strict";

const KEY = "comptoir.enquiry";
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "token", "work", "website"]);
const form = document.getElementById("ask");

// Who asks

function chosenKind() {
  const radios = form.querySelector("gcds-radios[name=asker_kind]");
  if (!radios) return "";
  if (radios.value) return radios.value;
  const choice = JSON.parse(radios.getAttribute("options") || "[]").find((one) => one.checked);
  return choice ? choice.value : "";
}

function fit(kind) {
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(kind);
  }
}

form.addEventListener("gcdsChange", (event) => {
  if (event.target.getAttribute("name") === "asker_kind") fit(event.detail);
});
document.addEventListener("htmx:afterSettle", () => fit(chosenKind()));
fit(chosenKind());

// Numbers, by the rules of comptoir/domain/identifiers.py

const SEPARATORS = /[\s\-\u2010-\u2015.]+/g;

function identifierFault(name, text) {
  const plain = text.replace(SEPARATORS, "");
  if (name === "uci") {
    if (!/^[0-9]*$/.test(plain)) return "uci_characters";
    return plain.length === 8 || plain.length === 10 ? "" : "uci_length";
  }
  if (!/^[A-Za-z]/.test(plain)) return "application_letter";
  return /^[0-9]{9}$/.test(plain.slice(1)) ? "" : "application_digits";
}

const SENTENCES = JSON.parse(document.getElementById("identifier-faults").textContent);

for (const name of ["uci", "application_number"]) {
  const field = form.querySelector(`gcds-input[name=${name}]`);
  if (!field) continue;
  const judge = () => {
    const text = (field.value || "").trim();
    const fault = text ? identifierFault(name, text) : "";
    return fault ? SENTENCES[fault] : "";
  };
  // While a number is typed it is not complete: a fault is said on leaving it, and goes when it is mended.
  field.addEventListener("gcdsInput", () => window.setTimeout(() => { if (!judge()) field.errorMessage = ""; }, 0));
  field.addEventListener("gcdsBlur", () => { field.errorMessage = judge(); });
}

// The draft

const notice = document.getElementById("draft");

function keep() {
  const typed = {};
  for (const [name, value] of new FormData(form)) {
    if (!NOT_KEPT.has(name) && typeof value === "string" && value) typed[name] = value;
  }
  // The language of the answer follows the page until somebody wants another.
  if (typed.language === document.documentElement.lang) delete typed.language;
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(typed));
    notice.hidden = false;
  } catch {
    // A browser that keeps nothing: the form works all the same.
  }
}

function kept() {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEY) || "null");
  } catch {
    return null;
  }
}

// Radios take what is chosen from their options only; the other components have a value to set.
function put(field, value) {
  if (field.localName !== "gcds-radios") {
    field.value = value;
    return;
  }
  const options = JSON.parse(field.getAttribute("options"));
  field.value = null;
  field.options = JSON.stringify(options.map((one) => ({ ...one, checked: one.value === value })));
}

async function giveBack(typed) {
  for (const field of form.querySelectorAll("[validate-on][name]")) {
    const value = typed[field.getAttribute("name")];
    if (value === undefined) continue;
    if (field.componentOnReady) await field.componentOnReady();
    put(field, value);
  }
  fit(typed.asker_kind || chosenKind());
}

for (const name of ["gcdsInput", "gcdsChange", "change"]) {
  form.addEventListener(name, () => window.setTimeout(keep, 0));
}

document.getElementById("clear-draft").addEventListener("click", () => {
  window.sessionStorage.removeItem(KEY);
  window.location.assign(window.location.pathname);
});

window.customElements.whenDefined("gcds-input").then(() => {
  const typed = kept();
  if (!typed) return;
  notice.hidden = false;
  if (form.dataset.fresh === "yes") giveBack(typed);
});
