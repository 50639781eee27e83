// The professional's pages: only the fields that fit the outcome, and a button that prints.
// Without scripts every field is there and the browser's own menu prints.
"use strict";

const FIELDS = "gcds-input, gcds-textarea, gcds-radios, gcds-date-input";

// A field that is out of sight is also out of what is sent: its text comes back with its outcome.
function show(block, visible) {
  block.hidden = !visible;
  for (const field of block.querySelectorAll(FIELDS)) field.toggleAttribute("disabled", !visible);
}

// What is chosen; before the component has come to life, what it was told to choose.
function chosen(radios) {
  if (!radios) return "";
  if (radios.value) return radios.value;
  const told = JSON.parse(radios.getAttribute("options") || "[]").find((option) => option.checked);
  return told ? told.value : "";
}

function fit(root) {
  const sections = root.matches && root.matches("[data-case]") ? [root] : root.querySelectorAll("[data-case]");
  for (const section of sections) {
    const outcome = chosen(section.querySelector("gcds-radios[name$='-outcome']"));
    const due = chosen(section.querySelector("gcds-radios[name$='-due']"));
    for (const block of section.querySelectorAll("[data-fits]")) {
      const fits = block.dataset.fits.split(" ").includes(outcome);
      show(block, fits && (!block.dataset.due || block.dataset.due === due));
    }
  }
}

for (const name of ["change", "input", "gcdsChange"]) {
  document.addEventListener(name, (event) => {
    const section = event.target.closest && event.target.closest("[data-case]");
    // The component takes its new value after this event.
    if (section) window.setTimeout(() => fit(section), 0);
  });
}

document.addEventListener("htmx:afterSettle", (event) => fit(event.detail.elt));

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

fit(document);
