// The idle lock over an untouched page: it warns, it asks who is there, and nothing typed is lost.
// Without this script the server does the same with pages of its own (people.middleware).
"use strict";

(() => {
  const settings = document.currentScript.dataset;
  const warningSeconds = Number(settings.warning);
  const fullMilliseconds = Number(settings.limit) * 1000;
  let locksAt = Date.now() + Number(settings.seconds) * 1000;
  let lastContact = Date.now();
  let lastSign = Date.now();
  let timer = 0;
  let dialog = null;
  let shown = "";
  const waiting = [];

  if (location.pathname === settings.unlock) return; // The page that unlocks needs no watch.

  function token() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  }

  // A person who signed in again in another tab has a new token; this page takes it over.
  function renewToken(fresh) {
    if (!fresh) return;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = fresh;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
  }

  async function ask(method) {
    const response = await fetch(settings.session, {
      method, headers: { "X-CSRFToken": token(), Accept: "application/json" },
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const answer = await response.json();
    lastContact = Date.now();
    if (answer.state === "open" && String(answer.person) !== settings.person) return { state: "other" };
    locksAt = Date.now() + answer.seconds * 1000;
    window.clearTimeout(timer);
    // Locked or signed out, the page asks no more by itself: many locked screens would be a load, and
    // an answer to the session that has ended would take the cookie of one that has just begun.
    if (answer.state !== "open") return answer;
    renewToken(answer.csrf);
    plan();
    return answer;
  }

  function plan() {
    window.clearTimeout(timer);
    const warnIn = locksAt - warningSeconds * 1000 - Date.now();
    const lockIn = locksAt - Date.now();
    timer = window.setTimeout(look, Math.max(warnIn > 0 ? warnIn : lockIn, 500));
  }

  // Another tab may have been used meanwhile: the server knows.
  async function look() {
    let answer;
    try { answer = await ask("GET"); } catch { timer = window.setTimeout(look, 15000); return; }
    if (answer.state === "open") {
      if (answer.seconds <= warningSeconds) await show("warning");
      else if (shown) unlocked();
      else conceal(false);
    } else {
      await show(answer.state === "locked" ? "unlock" : "out");
    }
  }

  function element() {
    if (dialog) return dialog;
    dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.id = "lock-dialog";
    dialog.setAttribute("aria-labelledby", "lock-title");
    dialog.addEventListener("cancel", (event) => { if (shown === "warning") stay(); else event.preventDefault(); });
    dialog.addEventListener("click", (event) => { if (event.target.closest("[data-stay]")) stay(); });
    dialog.addEventListener("submit", submitted);
    document.body.append(dialog);
    return dialog;
  }

  async function show(what) {
    if (shown === what) return;
    const addresses = { warning: settings.session + "warning/", unlock: settings.unlock + "?dialog=1", out: settings.session + "ended/" };
    const response = await fetch(addresses[what], { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (response.status === 204) { unlocked(); return; }
    if (!response.ok || response.redirected) { if (what !== "out") await leave(); return; }
    fill(await response.text());
    shown = what;
    conceal(what !== "warning");
    if (!dialog.open) dialog.showModal();
    (dialog.querySelector("button[data-stay]") || dialog.querySelector("#lock-title")).focus();
  }

  function fill(html) {
    const content = new DOMParser().parseFromString(html, "text/html");
    // Twins for browsers without scripts would become real fields here.
    for (const twin of content.querySelectorAll("noscript")) twin.remove();
    element().replaceChildren(...content.body.childNodes);
    loadPasskeys();
  }

  // Whoever walks past a locked screen reads nothing on it.
  function conceal(hide) {
    const page = document.querySelector(".page");
    if (page) page.style.visibility = hide ? "hidden" : "";
  }

  // The library is only fetched by those who have a passkey.
  function loadPasskeys() {
    if (!dialog.querySelector("[data-needs-passkeys]")) return;
    if (window.comptoirPasskeys) { window.comptoirPasskeys.reveal(dialog); return; }
    const own = document.querySelector("script[src*='people/lock']").src;
    const base = own.slice(0, own.indexOf("people/lock"));
    load(`${base}mfa/js/webauthn-json.js`, () => load(`${base}people/passkeys.js`, () => window.comptoirPasskeys.reveal(dialog)));
  }

  function load(src, then) {
    const script = document.createElement("script");
    script.src = src;
    script.onload = then;
    document.head.append(script);
  }

  async function submitted(event) {
    const form = event.target.closest("form[data-unlocks]");
    if (!form || (form.dataset.passkey && !form.dataset.ready)) return;
    event.preventDefault();
    event.stopPropagation();
    const data = new URLSearchParams(new FormData(form));
    if (event.submitter && event.submitter.name) data.set(event.submitter.name, event.submitter.value);
    data.set("csrfmiddlewaretoken", token());
    try {
      const response = await fetch(settings.unlock + "?dialog=1", {
        method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" },
      });
      if (response.status === 204) { unlocked(); return; }
      if (!response.ok || response.redirected) { leave(); return; }
      fill(await response.text());
      const field = dialog.querySelector("gcds-input, input:not([type=hidden])");
      (field || dialog.querySelector("#lock-title")).focus();
    } catch {
      const problem = dialog.querySelector("[data-lock-problem]");
      if (problem) problem.hidden = false;
    }
  }

  async function unlocked() {
    close();
    await ask("POST").catch(() => {});
    goOn();
  }

  function goOn() {
    close();
    while (waiting.length) waiting.shift()();
  }

  async function stay() {
    try {
      // First a look: whoever signed in again has a new token, and this page the old one.
      let answer = await ask("GET");
      if (answer.state === "open") answer = await ask("POST");
      if (answer.state === "open") goOn(); else await show(answer.state === "locked" ? "unlock" : "out");
    } catch { timer = window.setTimeout(look, 5000); }
  }

  function close() {
    shown = "";
    conceal(false);
    if (dialog && dialog.open) dialog.close();
  }

  // The session is gone altogether: it was ended elsewhere, or somebody else signed in here. What is
  // typed stays on the screen; the person signs in in another tab and comes back.
  const leave = () => show("out");

  // A form that is sent after a pause asks first, so that a lock finds the page as it is.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.closest("#lock-dialog") || form.dataset.checked) return;
    if (form.method.toLowerCase() !== "post" || form.hasAttribute("hx-post")) return;
    if (Date.now() - lastContact < 60000 && Date.now() < locksAt) return;
    event.preventDefault();
    event.stopPropagation();
    const again = () => send(form, event.submitter);
    let answer = { state: "open" };
    try { answer = await ask("GET"); } catch { /* The server will say itself what is wrong. */ }
    if (answer.state === "open") { again(); return; }
    // Somebody else is signed in here by now: what this person typed is not theirs to send.
    if (answer.state !== "other") waiting.push(again);
    await show(answer.state === "locked" ? "unlock" : "out");
  }, true);

  // A component's button submits through an inner one that does not belong to the form.
  function send(form, submitter) {
    if (submitter && submitter.name) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: submitter.name, value: submitter.value });
      form.append(field);
    }
    form.dataset.checked = "yes";
    form.requestSubmit();
    delete form.dataset.checked;
  }

  // A part of the page that htmx asked for met the lock, or nobody is signed in any more: the page
  // stays as it is, and asks again afterwards.
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status !== 423 && status !== 401) return;
    const { elt, requestConfig } = event.detail;
    waiting.push(() => window.htmx.trigger(elt, requestConfig.triggeringEvent ? requestConfig.triggeringEvent.type : "click"));
    show(status === 423 ? "unlock" : "out");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    lastContact = Date.now();
    locksAt = Date.now() + fullMilliseconds;
    plan();
  });

  // Somebody who types or points is there, though nothing was sent yet: say so once a minute.
  function alive() {
    if (shown || Date.now() - lastSign < 60000) return;
    lastSign = Date.now();
    ask("POST").catch(() => {});
  }

  for (const sign of ["keydown", "pointerdown", "input"]) document.addEventListener(sign, alive, { passive: true });
  // Whoever comes back to this page may have unlocked, or signed in again, in another.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  window.addEventListener("focus", () => { if (shown) look(); });

  // "Back" shows a page as it was left, with the time it had then: the server is asked at once, and
  // what the browser had put aside whole is not read before it has answered.
  window.addEventListener("pageshow", async (event) => {
    const [arrival] = performance.getEntriesByType("navigation");
    if (!event.persisted && !(arrival && arrival.type === "back_forward")) return;
    if (event.persisted) conceal(true);
    await look();
    if (!shown && Date.now() < locksAt) conceal(false);
  });
  plan();
})();
