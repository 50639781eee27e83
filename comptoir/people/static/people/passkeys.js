// Passkeys: forms marked `data-passkey` ask the browser for one and post what it answers.
//   sign-in   no address is asked for; what to ask the browser is fetched first
//   answer    what to ask the browser stands on the page, in the script element `data-from`
//   make      the same, for a new passkey
"use strict";

(() => {
  const supported = "PublicKeyCredential" in window && window.webauthnJSON;

  function reveal(root) {
    if (!supported) return;
    for (const part of root.querySelectorAll("[data-needs-passkeys]")) part.hidden = false;
  }

  function onPage(form) {
    return JSON.parse(document.getElementById(form.dataset.from).textContent);
  }

  // A new passkey signs in by itself, so it has to be found without an address and ask who holds it.
  function asking(options) {
    Object.assign(options.publicKey.authenticatorSelection, {
      residentKey: "required", requireResidentKey: true, userVerification: "required",
    });
    return options;
  }

  async function credentialFor(form) {
    if (form.dataset.passkey === "make") {
      return window.webauthnJSON.create(asking(onPage(form).creation_options));
    }
    if (form.dataset.passkey === "answer") {
      const data = onPage(form);
      return window.webauthnJSON.get(data.request_options || data);
    }
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return window.webauthnJSON.get((await response.json()).request_options);
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form || form.dataset.ready) return;
    event.preventDefault();
    event.stopPropagation();
    const problem = form.querySelector("[data-passkey-problem]");
    if (problem) problem.hidden = true;
    try {
      const credential = await credentialFor(form);
      form.querySelector("[name=credential]").value = JSON.stringify(credential);
      form.dataset.ready = "yes";
      form.requestSubmit();
      delete form.dataset.ready;
    } catch {
      // The person closed the browser's own dialog, or has no passkey for us.
      if (problem) problem.hidden = false;
    }
  }, true);

  window.comptoirPasskeys = { reveal };
  reveal(document);
})();
