// An answer that is being written is kept in this tab, so that a reload loses nothing of it. It goes when it is
// sent (people/kept.js), when the enquiry is closed, and at sign-out. Without scripts nothing is kept.
"use strict";

(() => {
  const { reference, closed } = document.currentScript.dataset;
  const KEY = `comptoir.answer.${reference}`;
  const OWNER = "comptoir.of";
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "version", "seen", "text_words"]);
  const composer = () => document.querySelector("form[data-composer]");

  function kept() {
    try {
      if (closed) sessionStorage.removeItem(KEY);
      return JSON.parse(sessionStorage.getItem(KEY) || "null");
    } catch {
      return null;
    }
  }

  function keep() {
    const form = composer();
    if (!form) return;
    const typed = [...new FormData(form)].filter(
      ([name, value]) => !NOT_KEPT.has(name) && typeof value === "string" && value,
    );
    try {
      // After sign-out in another tab nothing is anybody's here.
      if (!sessionStorage.getItem(OWNER)) return;
      if (typed.some(([name]) => name === "body")) sessionStorage.setItem(KEY, JSON.stringify(typed));
      else sessionStorage.removeItem(KEY);
    } catch {
      // A browser that keeps nothing: the page works all the same.
    }
  }

  // The server shows the form again with what was typed, as it does for its other buttons: nothing is judged.
  function giveBack(typed) {
    const values = new FormData();
    for (const [name, value] of typed) values.append(name, value);
    for (const name of ["version", "seen"]) values.append(name, composer().elements[name].value);
    values.append("resume", "yes");
    window.htmx.ajax("POST", composer().getAttribute("action"), {
      target: ".composer", select: ".composer", swap: "outerHTML", values,
    });
  }

  for (const name of ["input", "change", "gcdsInput", "gcdsChange"]) {
    // A component takes its new value after this event.
    document.addEventListener(name, (event) => {
      if (composer() && composer().contains(event.target)) window.setTimeout(keep, 0);
    });
  }
  // A text was inserted, or taken out again.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.closest && event.target.closest(".composer")) window.setTimeout(keep, 0);
  });

  const typed = kept();
  if (typed && composer() && composer().dataset.fresh) giveBack(typed);
})();
