// What pages keep in the browser of who is signed in (session storage, under names that begin with "comptoir."):
// it is theirs alone. At sign-out it goes, in every tab; so it does when somebody else signs in.
"use strict";

(() => {
  const { person, leave } = document.currentScript.dataset;
  const OURS = "comptoir.";
  const OWNER = "comptoir.of";

  // A browser that keeps nothing throws at each of these: then there is nothing to let go of either.
  function trying(act) {
    try { return act(); } catch { return null; }
  }

  function letGo() {
    trying(() => {
      const names = Array.from({ length: sessionStorage.length }, (_, place) => sessionStorage.key(place));
      for (const name of names) if (name.startsWith(OURS)) sessionStorage.removeItem(name);
    });
  }

  const owner = trying(() => sessionStorage.getItem(OWNER));
  if (owner && owner !== person) letGo();
  trying(() => sessionStorage.setItem(OWNER, person));

  const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("comptoir");
  if (tabs) tabs.addEventListener("message", (event) => { if (event.data === "signed-out") letGo(); });

  document.addEventListener("submit", (event) => {
    const action = event.target.getAttribute("action") || "";  // a field may have this name, too
    if (event.defaultPrevented || new URL(action, document.baseURI).pathname !== leave) return;
    letGo();
    if (tabs) tabs.postMessage("signed-out");
  });

  // The server says of what it has taken in that it need not be kept.
  for (const element of document.querySelectorAll("[data-lets-go]")) {
    for (const name of element.dataset.letsGo.split(" ")) trying(() => sessionStorage.removeItem(OURS + name));
  }
})();
