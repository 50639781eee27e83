// The booking form. Only the questions that the answers above call for. Without scripts all are there, and the server
// ignores what the chosen answer makes meaningless.
"use strict";

const CALLED_FOR = [
  { question: "mode", answer: "telephone", fields: ["telephone"] },
  { question: "mode", answer: "video", fields: ["video_link"] },
  {
    question: "legal_basis",
    answer: "consent",
    fields: ["consent_signer", "consent_signed_on", "consent_scope", "consent_expires_on"],
  },
];

function show(question, chosen) {
  const name = question.getAttribute("name");
  const prefix = name.slice(0, name.lastIndexOf("-") + 1);
  for (const rule of CALLED_FOR) {
    if (name !== prefix + rule.question) continue;
    for (const field of rule.fields) {
      const host = document.getElementById(`f_id_${prefix}${field}`);
      if (host) host.hidden = chosen !== rule.answer;
    }
  }
}

// Before it is drawn a component knows its value only from the choices it was given.
function chosen(question) {
  if (question.value) return question.value;
  const choices = JSON.parse(question.getAttribute("options") || "[]");
  const choice = choices.find((one) => one.checked);
  return choice ? choice.value : "";
}

function showAll(root) {
  for (const question of root.querySelectorAll("gcds-radios[name]")) {
    show(question, chosen(question));
  }
}

document.addEventListener("gcdsChange", (event) => {
  if (event.target.localName === "gcds-radios") show(event.target, event.detail);
});
document.addEventListener("htmx:afterSettle", (event) => showAll(event.detail.elt));
showAll(document);

// Somebody comes back from another tab: was another time kept there in place of this one?
document.addEventListener("visibilitychange", () => {
  const kept = document.getElementById("kept");
  if (kept && document.visibilityState === "visible") window.htmx.trigger(kept, "look");
});
