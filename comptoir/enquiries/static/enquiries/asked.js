// The receipt: the draft is no longer needed, the reference can be copied, the page printed.
"use strict";

try {
  if (document.querySelector("[data-sent]")) window.sessionStorage.removeItem("comptoir.enquiry");
} catch {
  // Nothing was kept.
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copies);
    document.dispatchEvent(new CustomEvent("announce", { detail: { value: button.dataset.done } }));
    button.textContent = button.dataset.done;
  });
}
